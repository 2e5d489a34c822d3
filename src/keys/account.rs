//! The keys of an account, as Ideogram lists them.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

/// The keys of an account, in the order of the answer: newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The keys.
    pub keys: Vec<AccountKey>,
}

/// A key of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountKey {
    /// What Ideogram calls it.
    pub id: String,
    /// Its first characters.
    pub start: String,
    /// When it was made, if the answer says so in a form that we know.
    pub created: Option<Timestamp>,
    /// What it may still do.
    pub standing: Standing,
}

/// What a key of an account may still do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Everything.
    Active,
    /// Nothing, for now.
    Disabled,
    /// Nothing, ever again.
    Archived,
    /// Ideogram has a word for it that we do not know.
    Other(String),
}

impl Standing {
    /// The word for it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Archived => "archived",
            Self::Other(word) => word,
        }
    }
}

/// An answer as it comes.
#[derive(Deserialize)]
struct Written {
    /// The keys.
    api_keys: Vec<WrittenKey>,
}

/// A key as it comes; what else is said of it is not looked at.
#[derive(Deserialize)]
struct WrittenKey {
    /// What Ideogram calls it.
    api_key_id: String,
    /// Its first characters.
    redacted_api_key: String,
    /// When it was made.
    #[serde(default)]
    creation_time: Value,
    /// What it may still do.
    #[serde(default)]
    status: String,
}

impl Account {
    /// Reads an answer; `None` if it is no list of keys.
    #[must_use]
    pub fn parse(json: &[u8]) -> Option<Self> {
        let written: Written = serde_json::from_slice(json).ok()?;
        let keys = written.api_keys.into_iter().map(|key| AccountKey {
            id: key.api_key_id,
            // Whatever stands behind them, the first four are what counts.
            start: key.redacted_api_key.chars().take(4).collect(),
            created: time(&key.creation_time),
            standing: match key.status.to_ascii_lowercase().as_str() {
                "active" | "enabled" => Standing::Active,
                "disabled" => Standing::Disabled,
                "archived" => Standing::Archived,
                _ => Standing::Other(key.status),
            },
        });
        Some(Self { keys: keys.collect() })
    }

    /// Returns the keys that may be the one with this start that was seen first at `seen`.
    ///
    /// A key is made before it is seen, so one that was made more than a day after
    /// is another one; a day for clocks and time zones. Several may fit.
    #[must_use]
    pub fn matches(&self, start: &str, seen: Option<Timestamp>) -> Vec<&AccountKey> {
        let is_before = |key: &&AccountKey| match (key.created, seen) {
            (Some(created), Some(seen)) => created.duration_since(seen) <= SignedDuration::from_hours(24),
            (_, _) => true,
        };
        self.keys.iter().filter(|key| start.len() == 4 && key.start == start).filter(is_before).collect()
    }
}

/// Reads a time: RFC 3339, or Unix seconds or milliseconds.
fn time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => {
            let number = number.as_i64()?;
            // Seconds reach this far in the year 5138.
            if number < 100_000_000_000 {
                Timestamp::from_second(number).ok()
            } else {
                Timestamp::from_millisecond(number).ok()
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] = br#"{"api_keys": [
        {"api_key_id": "c", "redacted_api_key": "abcd****", "creation_time": 1767225600000, "status": "ACTIVE", "name": "x"},
        {"api_key_id": "b", "redacted_api_key": "abcd", "creation_time": "2025-01-01T00:00:00Z", "status": "disabled"},
        {"api_key_id": "a", "redacted_api_key": "wxyz", "creation_time": 1735689600, "status": "ARCHIVED"},
        {"api_key_id": "0", "redacted_api_key": "wxyz", "status": "frozen"}]}"#;

    #[test]
    fn an_answer_is_read_whatever_the_form_of_its_times() {
        let account = Account::parse(ANSWER).unwrap();

        let times: Vec<Option<i64>> = account.keys.iter().map(|key| key.created.map(Timestamp::as_second)).collect();
        let standings: Vec<&str> = account.keys.iter().map(|key| key.standing.name()).collect();
        assert_eq!(times, [Some(1_767_225_600), Some(1_735_689_600), Some(1_735_689_600), None]);
        assert_eq!(standings, ["active", "disabled", "archived", "frozen"]);
        assert_eq!(account.keys[0].start, "abcd");
    }

    #[test]
    fn a_key_that_was_made_after_it_was_seen_is_another_one() {
        let account = Account::parse(ANSWER).unwrap();
        let ids = |start: &str, seen: Option<&str>| -> Vec<String> {
            let seen = seen.map(|seen| seen.parse().unwrap());
            account.matches(start, seen).iter().map(|key| key.id.clone()).collect()
        };

        assert_eq!(ids("abcd", None), ["c", "b"]);
        assert_eq!(ids("abcd", Some("2025-06-01T00:00:00Z")), ["b"]);
        assert_eq!(ids("abcd", Some("2024-12-31T01:00:00Z")), ["b"]);
        assert_eq!(ids("abcd", Some("2024-12-01T00:00:00Z")), [""; 0]);
        assert_eq!(ids("wxyz", Some("2020-01-01T00:00:00Z")), ["0"], "nobody knows when it was made");
        assert_eq!(ids("", None), [""; 0]);
    }

    #[test]
    fn what_is_no_list_of_keys_is_none() {
        for text in [&b""[..], b"{}", b"[]", br#"{"api_keys": {}}"#, br#"{"api_keys": [{"api_key_id": "x"}]}"#] {
            assert_eq!(Account::parse(text), None);
        }
    }
}
