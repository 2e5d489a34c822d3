//! Ideogram's scheme: Ed25519 over three headers and the body.

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::webhook::jwks::{KeySet, PublicKey};
use crate::webhook::{Refusal, check_time, from_hex, header, timestamp, to_hex};

/// The headers of a delivery: the three that are signed, the key's name, the signature.
pub const HEADERS: [&str; 5] = [
    "X-Ideogram-Webhook-Generation-Id",
    "X-Ideogram-Webhook-User-Id",
    "X-Ideogram-Webhook-Timestamp",
    "X-Ideogram-Webhook-Key-Id",
    "X-Ideogram-Webhook-Signature",
];

/// A delivery, as far as it says who sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What is signed.
    message: Vec<u8>,
    /// The signature.
    signature: Vec<u8>,
    /// When it was sent, in Unix seconds.
    pub sent: i64,
    /// The key that it says it is signed with: a hint, nothing more.
    pub key: Option<String>,
}

impl Delivery {
    /// Reads the headers of a delivery; `body` is the raw body, byte by byte.
    pub fn read(headers: &[(String, String)], body: &[u8]) -> std::result::Result<Self, Refusal> {
        let [generation, user, time, key, signature] = HEADERS;
        let signed = |name: &str| {
            let value = header(headers, name)?;
            // A line feed would move the borders between what is signed.
            let is_line = !value.is_empty() && !value.contains(char::is_control);
            if is_line { Ok(value) } else { Err(Refusal::Malformed(name.to_owned(), "one line of text")) }
        };
        let (generation, user, sent) = (signed(generation)?, signed(user)?, signed(time)?);
        let hex = header(headers, signature)?;
        let malformed = || Refusal::Malformed(signature.to_owned(), "an Ed25519 signature in hex");
        Ok(Self {
            message: message(generation, user, sent, body),
            signature: from_hex(hex, 64).ok_or_else(malformed)?,
            sent: timestamp(time, sent)?,
            key: header(headers, key).ok().map(str::to_owned),
        })
    }

    /// Checks the signature with every key, that of the hint first, then the time; returns the key that made it.
    pub fn verify<'a>(
        &self,
        keys: &'a KeySet,
        now: i64,
        window: Option<u64>,
    ) -> std::result::Result<&'a PublicKey, Refusal> {
        let is_hinted = |key: &&PublicKey| key.id.is_some() && key.id == self.key;
        let (hinted, others): (Vec<&PublicKey>, Vec<&PublicKey>) = keys.keys().iter().partition(is_hinted);
        let fits = |key: &&PublicKey| {
            UnparsedPublicKey::new(&ED25519, &key.bytes).verify(&self.message, &self.signature).is_ok()
        };
        let key = hinted.into_iter().chain(others).find(fits).ok_or(Refusal::BadSignature)?;
        check_time(self.sent, now, window)?;
        Ok(key)
    }
}

/// A key that signs deliveries, for tests of one's own handler.
#[derive(Debug)]
pub struct PrivateKey(Ed25519KeyPair);

impl PrivateKey {
    /// Reads a key in PKCS #8, in DER, as OpenSSL and others write it.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self> {
        let wrong = |_| Error::Usage("that is no Ed25519 private key in PKCS #8".to_owned());
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(Self).map_err(wrong)
    }

    /// Returns the public key, named `id`.
    #[must_use]
    pub fn public(&self, id: Option<&str>) -> PublicKey {
        PublicKey { id: id.map(str::to_owned), bytes: self.0.public_key().as_ref().to_vec() }
    }

    /// Returns the signature of a delivery, in lower-case hex.
    #[must_use]
    pub fn sign(&self, generation: &str, user: &str, sent: i64, body: &[u8]) -> String {
        to_hex(self.0.sign(&message(generation, user, &sent.to_string(), body)).as_ref())
    }
}

/// Returns what is signed.
fn message(generation: &str, user: &str, sent: &str, body: &[u8]) -> Vec<u8> {
    format!("{generation}\n{user}\n{sent}\n{}", to_hex(&Sha256::digest(body))).into_bytes()
}
