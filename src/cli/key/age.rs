//! Says how old keys are.

use std::path::Path;

use anstream::ColorChoice;
use ideoguard::error::{Error, Result};
use ideoguard::keys::{Account, Aged, Leaked, Since, aged};
use ideoguard::path::{Escaped, RepoPath};
use ideoguard::report::counted;
use serde_json::{Value, json};

use super::leaked::Found;
use super::{Form, History, leaked, registry};
use crate::cli::scan::today;
use crate::cli::{output, secret_file};

/// The largest file with an account's keys that is read, in bytes.
const MOST: u64 = 16 << 20;
/// How many references are named.
const NAMED: usize = 5;

/// Says how old the keys are; returns 0, or 1 if something is due, or 3 if not everything could be read.
pub(super) fn run(days: i64, account: Option<&Path>, history: History, form: Form, colour: ColorChoice) -> Result<u8> {
    let registry = registry::here_or_empty()?;
    let found = match history {
        History::Scanned => leaked::find(colour)?,
        History::LeftOut => Found { is_whole: true, ..Found::default() },
    };
    let account = account.map(read).transpose()?;
    let aged = aged(Some(&registry), &found.keys, account.as_ref(), today(), days);
    let due = aged.iter().filter(|key| key.is_due()).count() as u64;
    output::say(&match form {
        Form::Text => {
            let sum = format!("{}, {due} due", counted(aged.len() as u64, "key"));
            aged.iter().flat_map(for_people).chain([sum]).collect()
        }
        Form::Json => {
            let keys: Vec<Value> = aged.iter().map(in_json).collect();
            vec![
                json!({ "schema": 1, "days": days, "due": due, "keys": keys, "historyWhole": found.is_whole })
                    .to_string(),
            ]
        }
    })?;
    Ok(match (due, found.is_whole) {
        (1.., _) => 1,
        (0, true) => 0,
        (0, false) => 3,
    })
}

/// Reads an account's keys from a file.
fn read(file: &Path) -> Result<Account> {
    let bytes = secret_file::bounded(file, MOST)?;
    let wrong = || Error::Usage(format!("{}: that is no list of an account's keys", RepoPath::from(file)));
    Account::parse(&bytes).ok_or_else(wrong)
}

/// Tells people of a key.
fn for_people(key: &Aged) -> Vec<String> {
    let start = key.registered.as_ref().map(|key| &key.starts).or(key.leaked.as_ref().map(|leaked| &leaked.start));
    let start = Escaped(start.map_or("", |start| start).as_bytes()).to_string();
    let mut lines = vec![format!("{}: {start}… {}, {}", word(key), key.fingerprint, age(key))];
    if let Some(known) = &key.registered {
        let what = format!("{} {} of {}", known.environment, known.role.name(), known.owner);
        lines.push(format!("  registered: {}, to be replaced by {}", Escaped(what.as_bytes()), known.rotate_by));
    }
    if let Some(leaked) = &key.leaked {
        lines.push(exposure(leaked));
    }
    if let Some(standing) = &key.standing {
        lines.push(format!("  the account says: {}", Escaped(standing.name().as_bytes())));
    }
    lines
}

/// Says in one word what is to be done.
fn word(key: &Aged) -> &'static str {
    match (key.is_due(), &key.leaked, key.overdue) {
        (false, Some(_), _) => "leaked, dead",
        (false, None, _) => "fine",
        (true, Some(_), _) => "leaked",
        (true, None, 1..) => "overdue",
        (true, None, _) => "age unknown",
    }
}

/// Says how old a key is, and how that is known.
fn age(key: &Aged) -> String {
    let days = counted(key.days.unwrap_or_default().unsigned_abs(), "day");
    let age = match key.since {
        Since::Registry(day) => format!("{days} old (made {day})"),
        Since::Account(day) => format!("{days} old (made {day}, as the account says)"),
        Since::Commit(day) => format!("at least {days} old (first commit {day})"),
        Since::Unknown => "nobody knows how old".to_owned(),
    };
    match key.overdue {
        1.. => format!("{age}, {} overdue", counted(key.overdue.unsigned_abs(), "day")),
        _ => age,
    }
}

/// Says how long and to which references a key was exposed.
fn exposure(leaked: &Leaked) -> String {
    let first = leaked.first.map(|first| first.to_zoned(jiff::tz::TimeZone::UTC).date());
    let days = first.and_then(|first| today().since(first).ok()).map(|span| span.get_days().unsigned_abs());
    let since = match (first, days) {
        (Some(first), Some(days)) => format!("for {} (since {first})", counted(days.into(), "day")),
        (_, _) => "since nobody knows when".to_owned(),
    };
    let named = leaked.references.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = leaked.references.len().saturating_sub(NAMED);
    match (leaked.references.is_empty(), more) {
        (true, _) => format!("  exposed {since}, in objects that no reference leads to"),
        (false, 0) => format!("  exposed {since}, in {named}"),
        (false, _) => format!("  exposed {since}, in {named} and {more} more"),
    }
}

/// Returns a key as JSON.
fn in_json(key: &Aged) -> Value {
    let leaked = key.leaked.as_ref().map(|leaked| {
        json!({
            "starts": leaked.start,
            "firstCommit": leaked.first.map(|first| first.to_string()),
            "references": leaked.references,
            "reachable": leaked.is_reachable,
        })
    });
    let source = match key.since {
        Since::Registry(_) => "registry",
        Since::Account(_) => "account",
        Since::Commit(_) => "commit",
        Since::Unknown => "unknown",
    };
    json!({
        "fingerprint": key.fingerprint.as_str(),
        "registered": key.registered.as_ref().map(|known| registry::in_json(&key.fingerprint, known)),
        "leaked": leaked,
        "status": key.standing.as_ref().map(|standing| standing.name().to_owned()),
        "since": key.since.day().map(|day| day.to_string()),
        "sinceFrom": source,
        "days": key.days,
        "overdueDays": key.overdue.max(0),
        "due": key.is_due(),
    })
}
