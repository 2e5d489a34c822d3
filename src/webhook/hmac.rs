//! The scheme of a shared secret: HMAC-SHA-256 in hex.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::webhook::{Refusal, from_hex, to_hex};

/// The header with the Unix time, in seconds, that our own deliveries have.
pub const TIMESTAMP_HEADER: &str = "X-Ideoguard-Timestamp";
/// The header with the signature that our own deliveries have.
pub const SIGNATURE_HEADER: &str = "X-Ideoguard-Signature";
/// The shortest secret, in bytes: a shorter one could be found from a delivery by trying.
const SHORTEST: usize = 16;

/// A secret that sender and receiver share, wiped from memory in the end.
pub struct SharedSecret(Zeroizing<Vec<u8>>);

/// A signature to be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag(Vec<u8>);

impl Tag {
    /// Reads 64 hex digits, with `sha256=` before them or without; `name` is the header that they are from.
    pub fn parse(name: &str, value: &str) -> std::result::Result<Self, Refusal> {
        let hex = value.strip_prefix("sha256=").unwrap_or(value);
        from_hex(hex, 32).map(Self).ok_or_else(|| Refusal::Malformed(name.to_owned(), "an HMAC-SHA-256 in hex"))
    }
}

impl SharedSecret {
    /// Takes the bytes of a secret; the end of a line behind them is not a part of it.
    ///
    /// Fails for a secret of fewer than 16 bytes.
    pub fn new(mut bytes: Zeroizing<Vec<u8>>) -> Result<Self> {
        while matches!(bytes.last(), Some(b'\n' | b'\r')) {
            bytes.pop();
        }
        if bytes.len() < SHORTEST {
            let problem = format!("the secret of the webhook is shorter than {SHORTEST} bytes: it could be guessed");
            return Err(Error::Usage(problem));
        }
        Ok(Self(bytes))
    }

    /// Returns the signature of a body, and of the time in Unix seconds if there is one, in lower-case hex.
    #[must_use]
    pub fn sign(&self, timestamp: Option<i64>, body: &[u8]) -> String {
        to_hex(&self.mac(timestamp.map(|seconds| seconds.to_string()).as_deref(), body).finalize().into_bytes())
    }

    /// Checks a signature, in a time that does not depend on where it differs.
    ///
    /// `timestamp` is the text of the header, byte by byte as it was signed.
    pub fn verify(&self, timestamp: Option<&str>, body: &[u8], tag: &Tag) -> std::result::Result<(), Refusal> {
        self.mac(timestamp, body).verify_slice(&tag.0).map_err(|_| Refusal::BadSignature)
    }

    /// Takes in what is signed.
    fn mac(&self, timestamp: Option<&str>, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        if let Some(timestamp) = timestamp {
            mac.update(timestamp.as_bytes());
            mac.update(b".");
        }
        mac.update(body);
        mac
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<{} bytes>", self.0.len())
    }
}
