//! An application's audit entry, found in a line of a log.

use memchr::memmem;
use serde_json::{Deserializer, Map, Value};

/// What stands before an entry in a log.
pub const MARK: &str = "[AUDIT]";
/// The members that every entry has.
pub const MEMBERS: &[&str] = &["timestamp", "action", "userId", "resource", "result"];
/// How the name of an act begins that is one with Ideogram's API.
const ACTIONS: &str = "ideogram.";

/// An entry: its members.
pub(super) type Entry = Map<String, Value>;

/// Finds the entry of a line: behind the mark, in a member of a line in JSON behind the mark, or the line itself.
///
/// `None` for a line that is none; an error says what is wrong with one.
pub(super) fn find(line: &[u8]) -> Option<Result<Entry, String>> {
    if memmem::find(line, MARK.as_bytes()).is_some() {
        return Some(object(line).and_then(|whole| inner(&whole)).unwrap_or_else(|| behind_mark(line)));
    }
    let is_ours = line.trim_ascii_start().starts_with(b"{") && memmem::find(line, ACTIONS.as_bytes()).is_some();
    let Some(entry) = object(line).filter(|_| is_ours) else {
        return is_ours.then(|| Err(NO_JSON.to_owned()));
    };
    let is_act = entry.get("action").and_then(Value::as_str).is_some_and(|action| action.starts_with(ACTIONS));
    is_act.then(|| checked(entry))
}

/// What is said of an entry that cannot be read.
const NO_JSON: &str = "is not JSON";

/// Reads a line that is one object and nothing else.
fn object(line: &[u8]) -> Option<Entry> {
    serde_json::from_slice(line).ok()
}

/// Reads the entry in a line of a logger that writes JSON: in a member with the mark, or in the line itself.
fn inner(whole: &Entry) -> Option<Result<Entry, String>> {
    if whole.contains_key("action") {
        return Some(checked(whole.clone()));
    }
    let texts = whole.values().filter_map(Value::as_str);
    texts.into_iter().find(|text| text.contains(MARK)).map(|text| behind_mark(text.as_bytes()))
}

/// Reads the entry behind the mark; what follows it does not count.
fn behind_mark(line: &[u8]) -> Result<Entry, String> {
    let rest = memmem::find(line, MARK.as_bytes()).map_or(line, |at| &line[at + MARK.len()..]);
    let start = memchr::memchr(b'{', rest).ok_or(NO_JSON)?;
    match Deserializer::from_slice(&rest[start..]).into_iter().next() {
        Some(Ok(Value::Object(entry))) => checked(entry),
        _ => Err(NO_JSON.to_owned()),
    }
}

/// Returns an entry, or what is wrong with it.
fn checked(entry: Entry) -> Result<Entry, String> {
    wrong(&entry).map_or(Ok(entry), Err)
}

/// Returns what is wrong with an entry in a log.
#[must_use]
pub fn wrong_with(entry: &str) -> Option<String> {
    match serde_json::from_str(entry) {
        Ok(Value::Object(entry)) => wrong(&entry),
        _ => Some(NO_JSON.to_owned()),
    }
}

/// Returns what is wrong with the members of an entry.
fn wrong(entry: &Entry) -> Option<String> {
    let missing: Vec<&str> = MEMBERS.iter().copied().filter(|member| !entry.contains_key(*member)).collect();
    if !missing.is_empty() {
        return Some(format!("lacks {}", missing.join(", ")));
    }
    let result = entry.get("result").and_then(Value::as_str);
    (!matches!(result, Some("success" | "failure"))).then(|| "has a result other than success and failure".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        r#"{"timestamp":"t","action":"ideogram.api.call","userId":"u","resource":"/v1/x","result":"success"}"#;

    fn resource(line: &str) -> Option<Result<String, String>> {
        let of = |entry: Entry| entry["resource"].as_str().unwrap_or_default().to_owned();
        find(line.as_bytes()).map(|found| found.map(of))
    }

    #[test]
    fn an_entry_is_found_wherever_a_logger_puts_it() {
        let wrapped = serde_json::json!({ "log": format!("x [AUDIT] {GOOD}\n"), "stream": "stdout" }).to_string();
        for line in [
            GOOD.to_owned(),
            format!("  {GOOD}\r"),
            format!("[AUDIT] {GOOD}"),
            format!("2026-01-01 INFO app[7]: [AUDIT]: {GOOD} (1 ms)"),
            wrapped,
        ] {
            assert_eq!(resource(&line), Some(Ok("/v1/x".to_owned())), "{line}");
        }
    }

    #[test]
    fn what_is_no_entry_is_none_and_a_broken_one_says_why() {
        for line in ["", "GET /v1/x 200", r#"{"action":"login"}"#, "{\"a\": 1}", "[audit] {}"] {
            assert_eq!(resource(line), None, "{line}");
        }
        assert_eq!(resource("[AUDIT] none"), Some(Err("is not JSON".to_owned())));
        assert_eq!(resource(&GOOD[..60]), Some(Err("is not JSON".to_owned())));
        assert_eq!(
            resource("[AUDIT] {\"timestamp\":1}"),
            Some(Err("lacks action, userId, resource, result".to_owned()))
        );
        let odd = GOOD.replace("success", "ok");
        assert_eq!(resource(&odd), Some(Err("has a result other than success and failure".to_owned())));
    }
}
