//! The use of keys for programs: one JSON object.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::keys::{Registry, Role};
use crate::path::RepoPath;
use crate::usage::call::User;
use crate::usage::tally::{Usage, Used};

/// The version of the form; changes when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

/// Writes it.
pub fn write(usage: &Usage, registry: &Registry, out: &mut dyn Write) -> io::Result<()> {
    let broken = usage.named.iter().map(|broken| {
        json!({ "file": RepoPath::from(broken.file.as_path()).to_string(), "line": broken.line, "why": broken.why })
    });
    let (secrets, first) = &usage.secrets;
    let first =
        first.as_ref().map(|(file, line)| json!({ "file": RepoPath::from(file.as_path()).to_string(), "line": line }));
    let whole = json!({
        "schema": SCHEMA,
        "users": usage.users.iter().map(|(user, used)| one(user, used, registry)).collect::<Vec<_>>(),
        "entries": usage.entries,
        "callsOfFurtherUsers": usage.beyond,
        "otherLines": usage.others,
        "brokenLines": usage.broken,
        "broken": broken.collect::<Vec<_>>(),
        "linesWithSecrets": secrets,
        "firstWithSecret": first,
    });
    writeln!(out, "{whole}")
}

/// Returns a user.
fn one(user: &User, of: &Used, registry: &Registry) -> Value {
    let scopes: Vec<Value> =
        of.scopes.iter().map(|(scope, calls)| json!({ "scope": scope.to_string(), "calls": calls })).collect();
    let failures: Vec<Value> = of
        .failures
        .iter()
        .map(|((place, status), failed)| {
            json!({
                "resource": place,
                "status": status,
                "calls": failed.count,
                "first": failed.first.map(|time| time.to_string()),
                "last": failed.last.map(|time| time.to_string()),
            })
        })
        .collect();
    let granted = of.grants(user, registry).map(|grants| {
        json!({ "used": grants.used, "neverUsed": grants.unused, "unclear": grants.unclear, "notGranted": grants.beyond })
    });
    json!({
        "environment": (!user.environment.is_empty()).then_some(&user.environment),
        "role": user.role.map(Role::name),
        "calls": of.calls,
        "failed": of.failed,
        "scopes": scopes,
        "granted": granted,
        "failures": failures,
    })
}
