//! Signs a delivery, so that whoever wrote a handler can try it.

use std::path::PathBuf;

use ideoguard::error::{Error, Result};
use ideoguard::webhook::{HEADERS, KeySet, PrivateKey};
use jiff::Timestamp;
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;

use super::{Input, SecretAt, SharedHeaders};
use crate::cli::args::WebhookWhat;
use crate::cli::{output, secret_file};

/// Which delivery to sign, and how.
pub(in crate::cli) struct SignPlan {
    /// Its body.
    body: Input,
    /// As at which time, in Unix seconds.
    timestamp: Option<i64>,
    /// By which scheme.
    scheme: Scheme,
}

/// How to sign.
enum Scheme {
    /// With a secret that is shared.
    Shared(SecretAt, SharedHeaders),
    /// As Ideogram does.
    Ideogram {
        /// The file with the key.
        key: PathBuf,
        /// What the key is called.
        key_id: String,
        /// The generation.
        generation: String,
        /// The user.
        user: String,
    },
    /// Not at all: the public key is printed.
    PublicKey {
        /// The file with the key.
        key: PathBuf,
        /// What the key is called.
        key_id: String,
    },
}

/// Makes a plan of arguments.
pub(super) fn plan(what: WebhookWhat) -> Result<SignPlan> {
    let WebhookWhat::Sign { body, timestamp, key, generation_id, user_id, key_id, print_keys, secret, shared } = what
    else {
        return Err(Error::Usage("not a signing of a delivery".to_owned()));
    };
    let body = Input::of(body);
    let scheme = match (SecretAt::of(secret, &body)?, key) {
        (Some(secret), _) => Scheme::Shared(secret, shared.into()),
        (None, Some(key)) => {
            let key_id = plain("--key-id", key_id.or_else(|| Some("test".to_owned())))?;
            if print_keys {
                Scheme::PublicKey { key, key_id }
            } else {
                let generation = plain("--generation-id", generation_id)?;
                Scheme::Ideogram { key, key_id, generation, user: plain("--user-id", user_id)? }
            }
        }
        (None, None) => {
            let problem = "say what to sign with: `--key`, or one of `--secret-file`, `--secret-env`, `--secret-stdin`";
            return Err(Error::Usage(problem.to_owned()));
        }
    };
    Ok(SignPlan { body, timestamp, scheme })
}

/// Signs a delivery, and prints its headers; returns the exit code.
pub(super) fn run(plan: &SignPlan) -> Result<u8> {
    let now = plan.timestamp.unwrap_or_else(|| Timestamp::now().as_second());
    let lines = match &plan.scheme {
        Scheme::Shared(secret, names) => {
            let secret = secret.read()?;
            let body = plan.body.read()?;
            let time = names.timestamp.as_ref().map(|name| format!("{name}: {now}"));
            let signature = secret.sign(names.timestamp.as_ref().map(|_| now), &body);
            time.into_iter().chain([format!("{}: {signature}", names.signature)]).collect::<Vec<_>>()
        }
        Scheme::PublicKey { key, key_id } => {
            vec![KeySet::of(read(key)?.public(Some(key_id))).to_json().to_string()]
        }
        Scheme::Ideogram { key, key_id, generation, user } => {
            let key = read(key)?;
            let signature = key.sign(generation, user, now, &plan.body.read()?);
            let values = [generation, user, &now.to_string(), key_id, &signature];
            HEADERS.iter().zip(values).map(|(name, value)| format!("{name}: {value}")).collect()
        }
    };
    output::say(&lines).map(|()| 0)
}

/// Reads a private key.
fn read(file: &std::path::Path) -> Result<PrivateKey> {
    let pem = secret_file::read(file)?;
    let wrong = |_| Error::Usage("that is no private key in PKCS #8 and PEM".to_owned());
    let der = PrivatePkcs8KeyDer::from_pem_slice(&pem).map_err(wrong)?;
    PrivateKey::from_pkcs8(der.secret_pkcs8_der())
}

/// Returns the value of an option that `--key` needs; refuses what cannot stand in a header.
fn plain(option: &str, value: Option<String>) -> Result<String> {
    let value = value.ok_or_else(|| Error::Usage(format!("to sign with `--key`, say `{option}`, too")))?;
    let is_plain = !value.is_empty() && value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let wrong = || Error::Usage(format!("the value of `{option}` is not one line of printable ASCII"));
    if is_plain { Ok(value) } else { Err(wrong()) }
}
