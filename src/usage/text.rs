//! The use of keys for people.

use std::io::{self, Write};

use crate::keys::{Registry, Role};
use crate::path::{Escaped, RepoPath};
use crate::report::counted;
use crate::usage::call::User;
use crate::usage::tally::{Failed, Grants, Usage, Used};

/// How many lines of a kind are told of a user.
const TOLD: usize = 20;

/// Writes it.
pub fn write(usage: &Usage, registry: &Registry, out: &mut dyn Write) -> io::Result<()> {
    for (user, used) in &usage.users {
        let (calls, failed) = (counted(used.calls, "call"), used.failed);
        writeln!(out, "{}: {calls}, {failed} failed", who(user))?;
        list(out, "uses", used.scopes.iter().map(|(scope, count)| format!("{scope} ({count})")))?;
        match used.grants(user, registry) {
            Some(grants) => granted(out, &grants)?,
            None => writeln!(out, "  the registry has no key for it, so nothing is known to be granted")?,
        }
        failures(out, used)?;
        writeln!(out)?;
    }
    beside(usage, out)
}

/// Names a user.
fn who(user: &User) -> String {
    let environment = if user.environment.is_empty() { "(no environment)" } else { &user.environment };
    let environment = Escaped(environment.as_bytes());
    format!("{environment}, {}", user.role.map_or("(no role)", Role::name))
}

/// Writes a list in one line; nothing without items.
fn list(out: &mut dyn Write, what: &str, items: impl Iterator<Item = String>) -> io::Result<()> {
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        return Ok(());
    }
    let more = items.len().saturating_sub(TOLD);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    writeln!(out, "  {what}: {}{rest}", items[..items.len() - more].join(", "))
}

/// Writes what is granted and not used, and the other way round.
fn granted(out: &mut dyn Write, grants: &Grants) -> io::Result<()> {
    let shown = |scopes: &[String]| -> Vec<String> {
        scopes.iter().map(|scope| Escaped(scope.as_bytes()).to_string()).collect()
    };
    list(out, "granted and used", shown(&grants.used).into_iter())?;
    list(out, "granted and never used, so too much", shown(&grants.unused).into_iter())?;
    let why = "granted, and some calls say neither scope nor method, so it may be used";
    list(out, why, shown(&grants.unclear).into_iter())?;
    list(out, "used and not granted", grants.beyond.iter().cloned())
}

/// Writes which calls failed, the most frequent first.
fn failures(out: &mut dyn Write, used: &Used) -> io::Result<()> {
    let mut failures: Vec<_> = used.failures.iter().collect();
    failures.sort_by_key(|(_, failed)| std::cmp::Reverse(failed.count));
    for ((place, status), failed) in failures.iter().take(TOLD) {
        let status = status.map_or_else(|| "no status told".to_owned(), |status| status.to_string());
        writeln!(out, "  failed {} × {place} ({status}){}", failed.count, when(failed))?;
    }
    match failures.len().saturating_sub(TOLD) {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more ways to fail"),
    }
}

/// Says when something failed.
fn when(failed: &Failed) -> String {
    match (failed.first, failed.last) {
        (Some(first), Some(last)) if first != last => format!(", {first} to {last}"),
        (Some(only), _) | (None, Some(only)) => format!(", {only}"),
        (None, None) => String::new(),
    }
}

/// Writes what there was beside calls that are told.
fn beside(usage: &Usage, out: &mut dyn Write) -> io::Result<()> {
    if usage.beyond > 0 {
        writeln!(out, "{} of further environments and roles are counted here only", counted(usage.beyond, "call"))?;
    }
    for broken in &usage.named {
        writeln!(out, "{}:{}: the audit line {}", RepoPath::from(broken.file.as_path()), broken.line, broken.why)?;
    }
    match usage.broken - usage.named.len() as u64 {
        0 => {}
        more => writeln!(out, "and {} more", counted(more, "broken line"))?,
    }
    if let (count, Some((file, line))) = &usage.secrets {
        let (count, file) = (counted(*count, "audit line"), RepoPath::from(file.as_path()));
        writeln!(out, "{count} hold what looks like a secret, the first is {file}:{line}: revoke it, and log no keys")?;
    }
    let (entries, broken) = (counted(usage.entries, "audit line"), usage.broken);
    writeln!(out, "{entries}, {broken} broken, {}", counted(usage.others, "other line"))
}
