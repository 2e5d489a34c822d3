//! What is recorded: who did what to what, and how it ended.

use std::ffi::OsStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::audit::User;
use crate::path::Escaped;

/// One act, as it goes into the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When; written in UTC, to the millisecond.
    pub timestamp: Timestamp,
    /// What was done, in words joined by dots: `ideoguard.push.refuse`.
    pub action: String,
    /// Who did it.
    pub user: User,
    /// To what: a repository, a reference, a key's fingerprint.
    pub resource: String,
    /// How it ended.
    pub result: Ended,
    /// What else is worth knowing; never a secret, only its fingerprint and redacted form.
    /// The name `user` is taken: it says how the user is known.
    pub metadata: Metadata,
}

/// How an act ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was done.
    Success,
    /// It was refused, or failed.
    Failure,
}

impl Ended {
    /// The word that the log uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

/// What else is worth knowing about an act: names and values, written in the order of the names.
///
/// The caller must not put a secret here: only fingerprints, redacted forms and
/// text that was scanned before.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata(Map<String, Value>);

impl Metadata {
    /// Returns metadata that says nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value: text, a number, a truth, or a list or object of these.
    ///
    /// A number with a fraction is written as JSON writes it, which not every
    /// program repeats digit by digit; whole numbers are better.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Adds bytes from outside, as [`text`] writes them.
    #[must_use]
    pub fn with_text(self, name: &str, bytes: &[u8]) -> Self {
        self.with(name, text(bytes))
    }

    /// Returns the names and values.
    pub(super) fn values(&self) -> &Map<String, Value> {
        &self.0
    }
}

/// Returns bytes from outside as JSON, without loss.
///
/// UTF-8 becomes a string. Other bytes become an object: `text`, with the odd
/// bytes as `\xNN`, for people, and `base64` with the exact bytes.
#[must_use]
pub fn text(bytes: &[u8]) -> Value {
    match str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => json!({ "text": Escaped(bytes).to_string(), "base64": STANDARD.encode(bytes) }),
    }
}

/// Returns a word of the environment as [`text`] does.
pub(super) fn os_text(word: &OsStr) -> Value {
    text(word.as_encoded_bytes())
}
