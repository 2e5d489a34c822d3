//! Sets of public keys, as JSON Web Keys (RFC 7517, RFC 8037).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// A key that checks signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// Its name, if it has one.
    pub id: Option<String>,
    /// Its 32 bytes.
    pub(super) bytes: Vec<u8>,
}

/// Public keys, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySet(Vec<PublicKey>);

/// A set as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    /// The keys.
    keys: Vec<WrittenKey>,
}

/// A key as it is written; of other kinds of keys, the kind is all that is looked at.
#[derive(Serialize, Deserialize)]
struct WrittenKey {
    /// The kind: `OKP`.
    kty: String,
    /// The curve: `Ed25519`.
    #[serde(default)]
    crv: String,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    /// The key, as base64url without padding.
    #[serde(default)]
    x: String,
}

impl KeySet {
    /// Reads a set; keys of other kinds are left out. `None` if it is no set, or no key of it can be used.
    #[must_use]
    pub fn parse(json: &[u8]) -> Option<Self> {
        let written: Written = serde_json::from_slice(json).ok()?;
        let keys = written.keys.into_iter().filter(|key| key.kty == "OKP" && key.crv == "Ed25519");
        let keys: Vec<PublicKey> = keys
            .filter_map(|key| {
                let bytes = URL_SAFE_NO_PAD.decode(&key.x).ok().filter(|bytes| bytes.len() == 32)?;
                Some(PublicKey { id: key.kid, bytes })
            })
            .collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// Returns a set of one key.
    #[must_use]
    pub fn of(key: PublicKey) -> Self {
        Self(vec![key])
    }

    /// Returns the set as JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let key = |key: &PublicKey| {
            serde_json::json!(WrittenKey {
                kty: "OKP".to_owned(),
                crv: "Ed25519".to_owned(),
                kid: key.id.clone(),
                x: URL_SAFE_NO_PAD.encode(&key.bytes),
            })
        };
        serde_json::json!({ "keys": self.0.iter().map(key).collect::<Vec<_>>() })
    }

    /// Returns the keys.
    pub(super) fn keys(&self) -> &[PublicKey] {
        &self.0
    }
}
