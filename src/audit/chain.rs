//! Lines of the log: how an entry is written, and how its hash is made.

use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};
use serde_json::ser::{CompactFormatter, Formatter};
use serde_json::{Map, Serializer, Value};
use sha2::{Digest, Sha256};

use crate::audit::entry::Entry;

/// The longest line, in bytes, with its end; a longer one is not written, and not read.
pub const MAX_LINE: usize = 1 << 20;

/// The hash of a line, by which the next line names it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// What the first line has in place of the hash of a line before it.
    pub const START: Self = Self([0; 32]);

    /// Returns the hash of bytes: of a line, those without its `hash`.
    pub(super) fn of(unhashed: &[u8]) -> Self {
        Self(Sha256::digest(unhashed).into())
    }

    /// Returns the hash of a line's bytes up to its `hash`, with the end that it had before it got one.
    fn of_head(head: &[u8]) -> Self {
        Self(Sha256::new_with_prefix(head).chain_update(b"}").finalize().into())
    }

    /// Reads 64 lower-case hex digits.
    #[must_use]
    pub fn parse(hex: &str) -> Option<Self> {
        let is_hex = hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Option<Vec<u8>> = hex.as_bytes().chunks(2).map(byte).collect();
        Some(Self(bytes.filter(|_| is_hex)?.try_into().ok()?))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// The members of a line, in the order in which they are written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Unhashed<'a> {
    /// When, as RFC 3339 in UTC to the millisecond.
    timestamp: String,
    /// What was done.
    action: &'a str,
    /// Who did it.
    user_id: &'a str,
    /// To what.
    resource: &'a str,
    /// How it ended.
    result: &'static str,
    /// What else is known, and how the user is known.
    metadata: Map<String, Value>,
    /// The hash of the line before.
    prev: String,
}

/// Writes an entry as a line with its end, chained to the line before; returns it with its hash.
pub(super) fn line(entry: &Entry, prev: Hash) -> io::Result<(Vec<u8>, Hash)> {
    let mut metadata = entry.metadata.values().clone();
    metadata.insert("user".into(), entry.user.facts().clone().into());
    let unhashed = Unhashed {
        timestamp: entry.timestamp.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        action: &entry.action,
        user_id: entry.user.id(),
        resource: &entry.resource,
        result: entry.result.name(),
        metadata,
        prev: prev.to_string(),
    };
    let mut bytes = Vec::new();
    unhashed.serialize(&mut Serializer::with_formatter(&mut bytes, Ascii))?;
    let hash = Hash::of(&bytes);
    bytes.pop();
    bytes.extend(format!(",\"hash\":\"{hash}\"}}\n").bytes());
    Ok((bytes, hash))
}

/// JSON without spaces, in which every character beyond printable ASCII is a `\u` escape.
struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut plain = 0;
        for (at, letter) in fragment.char_indices().filter(|(_, letter)| !matches!(letter, ' '..='~')) {
            CompactFormatter.write_string_fragment(out, &fragment[plain..at])?;
            letter.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"))?;
            plain = at + letter.len_utf8();
        }
        CompactFormatter.write_string_fragment(out, &fragment[plain..])
    }
}

/// An entry as it stands in a log.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Line {
    /// When, as RFC 3339 in UTC; of our own lines, the order of time is that of these texts.
    pub timestamp: String,
    /// What was done.
    pub action: String,
    /// Who did it.
    pub user_id: String,
    /// To what.
    pub resource: String,
    /// How it ended: `success` or `failure`.
    pub result: String,
    /// What else is known.
    pub metadata: Map<String, Value>,
    /// The hash of the line before, in hex.
    prev: String,
    /// The hash that the line says it has, in hex.
    hash: String,
}

/// The links of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Links {
    /// The hash of the line before, as this one says.
    pub(super) prev: Hash,
    /// The hash that the line says it has.
    pub(super) hash: Hash,
    /// Whether it really has that hash.
    pub(super) is_true: bool,
}

impl Line {
    /// Reads a line without its end; `None` if it is not an entry of a log.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Reads the links of a line without its end; `None` if it is not an entry of a log.
    pub(super) fn links(bytes: &[u8]) -> Option<Links> {
        let line = Self::parse(bytes)?;
        let (prev, hash) = (Hash::parse(&line.prev)?, Hash::parse(&line.hash)?);
        let tail = format!(",\"hash\":\"{hash}\"}}");
        let actual = bytes.strip_suffix(tail.as_bytes()).map(Hash::of_head);
        Some(Links { prev, hash, is_true: actual == Some(hash) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Ended, Metadata, User, UserSource};

    #[test]
    fn a_line_is_printable_ascii_whatever_is_in_it() {
        let entry = Entry {
            timestamp: jiff::Timestamp::from_millisecond(1_700_000_000_123).unwrap(),
            action: "a\u{7f}\u{1b}".to_owned(),
            user: User::find(&UserSource::ALL, |_| None, Some(7)),
            resource: "größe \u{1f511} \u{202e}\"\\".to_owned(),
            result: Ended::Failure,
            metadata: Metadata::new().with("b", 2).with_text("a", b"\xff\n"),
        };

        let (bytes, hash) = line(&entry, Hash::START).unwrap();

        let expected = format!(
            "{}{}{}{}{}",
            r#"{"timestamp":"2023-11-14T22:13:20.123Z","action":"a\u007f\u001b","userId":"uid:7","#,
            r#""resource":"gr\u00f6\u00dfe \ud83d\udd11 \u202e\"\\","result":"failure","#,
            r#""metadata":{"a":{"base64":"/wo=","text":"\\xff\\n"},"b":2,"user":{"source":"uid","uid":7}},"#,
            format_args!(r#""prev":"{}","#, Hash::START),
            format_args!("\"hash\":\"{hash}\"}}\n"),
        );
        assert_eq!(str::from_utf8(&bytes).unwrap(), expected);
        let links = Line::links(bytes.strip_suffix(b"\n").unwrap()).unwrap();
        assert_eq!(links, Links { prev: Hash::START, hash, is_true: true });
    }
}
