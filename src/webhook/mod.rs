//! Webhooks: is this delivery from who it says, and is it new?
//!
//! Two schemes. **Ideogram's**: the headers `X-Ideogram-Webhook-Generation-Id`,
//! `-User-Id`, `-Timestamp` (Unix seconds), `-Key-Id` (a hint) and `-Signature`;
//! the signature is Ed25519, in hex, of the first three values and the hex
//! SHA-256 of the body, joined by line feeds, under any of the keys that
//! Ideogram publishes. **A shared secret**: HMAC-SHA-256, in hex, of the body,
//! or of the timestamp, a dot and the body; this is how our own audit log is
//! delivered.

mod ed25519;
mod hmac;
mod jwks;
mod keys;

use std::fmt;

pub use ed25519::{Delivery, HEADERS, PrivateKey};
pub use hmac::{SIGNATURE_HEADER, SharedSecret, TIMESTAMP_HEADER, Tag};
pub use jwks::{KeySet, PublicKey};
pub use keys::{Fetched, Published};

/// How far the time of a delivery may be from ours, in seconds, unless the user says otherwise.
pub const WINDOW: u64 = 300;

/// Why a delivery is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A header is missing.
    Missing(String),
    /// A header is there twice: which one counts?
    Repeated(String),
    /// A header's value is not what it should be.
    Malformed(String, &'static str),
    /// No key made this signature for this body and these headers.
    BadSignature,
    /// It was sent so many seconds ago: a replay, or it was under way for too long.
    TooOld(u64),
    /// It says that it was sent so many seconds from now.
    TooNew(u64),
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(out, "the header `{name}` is missing"),
            Self::Repeated(name) => write!(out, "the header `{name}` is there more than once"),
            Self::Malformed(name, expected) => write!(out, "the value of `{name}` is not {expected}"),
            Self::BadSignature => write!(out, "the signature is not of this body and these headers"),
            Self::TooOld(seconds) => write!(out, "it was sent {seconds} s ago: it may be a replay"),
            Self::TooNew(seconds) => write!(out, "it says that it was sent {seconds} s from now"),
        }
    }
}

/// Holds the time of a delivery to ours; `window` in seconds, without one any time will do.
pub fn check_time(sent: i64, now: i64, window: Option<u64>) -> Result<(), Refusal> {
    let apart = sent.abs_diff(now);
    match window {
        Some(window) if apart > window && sent < now => Err(Refusal::TooOld(apart)),
        Some(window) if apart > window => Err(Refusal::TooNew(apart)),
        Some(_) | None => Ok(()),
    }
}

/// Returns the one value of a header, whatever the case of its name.
pub fn header<'a>(headers: &'a [(String, String)], name: &str) -> Result<&'a str, Refusal> {
    let mut values = headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value),
        (None, _) => Err(Refusal::Missing(name.to_owned())),
        (Some(_), Some(_)) => Err(Refusal::Repeated(name.to_owned())),
    }
}

/// Reads Unix seconds, written as digits alone.
pub fn timestamp(name: &str, value: &str) -> Result<i64, Refusal> {
    let is_number = !value.is_empty() && value.len() <= 15 && value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|_| is_number);
    number.ok_or_else(|| Refusal::Malformed(name.to_owned(), "a time in Unix seconds"))
}

/// Reads so many bytes in hex.
fn from_hex(hex: &str, bytes: usize) -> Option<Vec<u8>> {
    let is_hex = hex.len() == 2 * bytes && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    hex.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>().filter(|_| is_hex)
}

/// Writes bytes in lower-case hex.
fn to_hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
