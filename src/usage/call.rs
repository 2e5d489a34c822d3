//! A call, as an entry tells of it.

use jiff::Timestamp;
use serde_json::Value;

use crate::finding::Fingerprint;
use crate::keys::{Registered, Registry, Role};
use crate::usage::entry::Entry;
use crate::usage::scope::{Scope, is_word};

/// A call, as it may be told.
pub(super) struct Call {
    /// Whose it was.
    pub(super) user: User,
    /// What it used.
    pub(super) scope: Scope,
    /// Where it went, without what could be anything.
    pub(super) place: String,
    /// How it ended.
    pub(super) end: End,
    /// When it was.
    pub(super) time: Option<Timestamp>,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It was done.
    Done,
    /// It failed: with a status, where that is told.
    Failed(Option<u16>),
}

/// Who used a key: a role in an environment, as far as they are known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct User {
    /// The environment; empty if nothing says it.
    pub(super) environment: String,
    /// The role.
    pub(super) role: Option<Role>,
}

impl Call {
    /// Reads an entry.
    pub(super) fn of(entry: &Entry, registry: &Registry, otherwise: Option<&str>) -> Self {
        let empty = Entry::new();
        let metadata = entry.get("metadata").and_then(Value::as_object).unwrap_or(&empty);
        let said = |names: &[&str]| names.iter().find_map(|name| metadata.get(*name)?.as_str());
        let resource = entry.get("resource").and_then(Value::as_str).unwrap_or_default();
        // Some write `POST /v1/x`.
        let (method, resource) = match resource.split_once(' ') {
            Some((method, rest)) => (Some(method), rest),
            None => (said(&["method", "httpMethod"]), resource),
        };
        let resource = resource.split(['?', '#']).next().unwrap_or_default();
        let status = ["status", "statusCode", "httpStatus"].iter().find_map(|name| metadata.get(*name)?.as_u64());
        let status = status.and_then(|status| u16::try_from(status).ok()).filter(|status| *status < 1000);
        let key = said(&["keyFingerprint", "key", "apiKey", "keyId"]).and_then(|key| registered(key, registry));
        let user_id = entry.get("userId").and_then(Value::as_str).unwrap_or_default();
        Self {
            user: User {
                environment: said(&["environment", "env"])
                    .or_else(|| Some(&*key?.environment))
                    .or(otherwise)
                    .map(|name| environment(name, registry))
                    .unwrap_or_default(),
                role: said(&["role", "keyRole"]).and_then(role).or_else(|| Some(key?.role)).or_else(|| role(user_id)),
            },
            scope: said(&["scope"]).and_then(Scope::parse).unwrap_or_else(|| Scope::of(method, resource)),
            place: place(resource),
            end: match entry.get("result").and_then(Value::as_str) {
                Some("failure") => End::Failed(status),
                _ => End::Done,
            },
            time: entry.get("timestamp").and_then(Value::as_str).and_then(|time| time.parse().ok()),
        }
    }
}

/// Finds a key of the registry by its fingerprint, or by its first four characters where one alone has them.
fn registered<'a>(key: &str, registry: &'a Registry) -> Option<&'a Registered> {
    if let Some(name) = Fingerprint::parse(key) {
        return registry.keys().find(|(known, _)| **known == name).map(|(_, key)| key);
    }
    let start = key.get(..4)?;
    let mut like = registry.keys().filter(|(_, key)| key.starts == start).map(|(_, key)| key);
    like.next().filter(|_| like.next().is_none())
}

/// Reads a role from a word of a name.
fn role(name: &str) -> Option<Role> {
    name.split(|letter: char| !letter.is_ascii_alphabetic()).find_map(|word| match word.to_ascii_lowercase().as_str() {
        "reader" | "read" | "readonly" => Some(Role::Reader),
        "writer" | "write" | "readwrite" => Some(Role::Writer),
        "admin" => Some(Role::Admin),
        _ => None,
    })
}

/// Returns the name of an environment as it may be told: as the registry has it, or a word.
fn environment(name: &str, registry: &Registry) -> String {
    let name = name.trim().to_ascii_lowercase();
    match registry.keys().find(|(_, key)| is_same(&key.environment, &name)) {
        Some((_, key)) => key.environment.to_ascii_lowercase(),
        None if name.is_empty() || is_word(&name) => name,
        None => "(no word)".to_owned(),
    }
}

/// Tells whether two names mean the same environment: `prod` is `production`.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
    one == other || (one.len().min(other.len()) >= 3 && (one.starts_with(&other) || other.starts_with(&one)))
}

/// Returns a place of the API as it may be told: what is no word of an API, nor a version, could be anything.
fn place(resource: &str) -> String {
    let is_version = |part: &str| {
        let (name, digits) = part.split_at(part.trim_end_matches(|last: char| last.is_ascii_digit()).len());
        digits.len() <= 2
            && (name.is_empty() || name == "v" || is_word(name.trim_end_matches('v').trim_end_matches('-')))
    };
    let told = |part: &str| if is_word(part) || is_version(part) { part.to_owned() } else { "…".to_owned() };
    let parts: Vec<String> = resource.split('/').filter(|part| !part.is_empty()).take(8).map(told).collect();
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn call(entry: &str, registry: &str) -> Call {
        let registry = Registry::parse(Path::new("keys.toml"), registry).unwrap();
        Call::of(&serde_json::from_str(entry).unwrap(), &registry, None)
    }

    #[test]
    fn nothing_of_a_place_is_told_that_could_be_a_secret() {
        assert_eq!(place("/v1/ideogram-v3/generate"), "/v1/ideogram-v3/generate");
        assert_eq!(place("/v1/images/Ab1cdefgh0123/edit"), "/v1/images/…/edit");
        assert_eq!(place("https://api.ideogram.ai/v2/account"), "/…/…/v2/account");
        assert_eq!(place("12345678901"), "/…");
    }

    #[test]
    fn who_it_was_is_known_from_what_the_entry_or_the_registry_says() {
        let registry = format!(
            "[keys]\n\"ig1:{}\" = {{ starts = \"Ab1c\", environment = \"production\", role = \"writer\", owner = \"o\", created = 2026-01-01, rotate-by = 2026-02-01 }}\n",
            "0".repeat(32)
        );
        let of = |members: &str| {
            let user = call(&format!("{{{members}}}"), &registry).user;
            (user.environment, user.role)
        };

        assert_eq!(of(r#""metadata":{"env":"Staging","role":"reader"}"#), ("staging".to_owned(), Some(Role::Reader)));
        assert_eq!(of(r#""metadata":{"key":"Ab1c…"}"#), ("production".to_owned(), Some(Role::Writer)));
        assert_eq!(of(r#""userId":"svc-ideogram-reader""#), (String::new(), Some(Role::Reader)));
        assert_eq!(of(r#""metadata":{"env":"hunter2hunter2"}"#), ("(no word)".to_owned(), None));
    }
}
