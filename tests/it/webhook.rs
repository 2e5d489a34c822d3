//! Deliveries of webhooks: what is good, what is refused and why, where keys and secrets come from.

mod ideogram;
mod shared;
mod sign;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::common::{Ran, ideoguard_in};

/// What `webhook/vectors.py` made with another implementation.
fn vectors() -> Value {
    serde_json::from_str(include_str!("webhook/vectors.json")).unwrap()
}

/// The bytes of a body.
fn body(vector: &Value) -> Vec<u8> {
    STANDARD.decode(vector["body"].as_str().unwrap()).unwrap()
}

/// The text of a member.
fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap()
}

/// Another character in place of the one at `at`.
fn changed(hex: &str, at: usize) -> String {
    let other = if hex.as_bytes()[at] == b'0' { "1" } else { "0" };
    format!("{}{other}{}", &hex[..at], &hex[at + 1..])
}

/// Runs `ideoguard webhook` in a folder, with a body on standard input.
#[track_caller]
fn webhook(folder: &Path, words: &[&str], input: &[u8]) -> Ran {
    ideoguard_in(folder, &[&["webhook"], words].concat(), input)
}
