//! Checks and signs deliveries of webhooks.

mod headers;
mod sign;
mod verify;

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::PathBuf;

use ideoguard::error::{Error, Result};
use ideoguard::webhook::SharedSecret;
use zeroize::Zeroizing;

use super::args::{SecretArgs, SharedArgs, WebhookWhat};
use super::secret_file;
use sign::SignPlan;
use verify::VerifyPlan;

/// The largest body that is read, in bytes.
const MOST_BODY: u64 = 64 << 20;
/// The largest secret that is read, in bytes.
const MOST_SECRET: u64 = 64 << 10;

/// What to do with a delivery.
pub(super) enum WebhookPlan {
    /// Check it.
    Verify(VerifyPlan),
    /// Sign it.
    Sign(SignPlan),
}

/// Where something is read from.
pub(super) enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// Where the shared secret is.
pub(super) enum SecretAt {
    /// In a file.
    File(PathBuf),
    /// In a variable of the environment.
    Variable(String),
    /// On standard input.
    Stdin,
}

/// The headers of the shared scheme.
pub(super) struct SharedHeaders {
    /// The one with the signature.
    signature: String,
    /// The one with the time, if that is signed.
    timestamp: Option<String>,
}

impl WebhookPlan {
    /// Makes a plan of arguments.
    pub(super) fn of(what: WebhookWhat) -> Result<Self> {
        match what {
            verify @ WebhookWhat::Verify { .. } => verify::plan(verify).map(Self::Verify),
            sign @ WebhookWhat::Sign { .. } => sign::plan(sign).map(Self::Sign),
        }
    }
}

/// Does what the plan says; returns the exit code.
pub(super) fn run(plan: &WebhookPlan) -> Result<u8> {
    match plan {
        WebhookPlan::Verify(plan) => verify::run(plan),
        WebhookPlan::Sign(plan) => sign::run(plan),
    }
}

impl Input {
    /// Returns where the body is read from.
    fn of(body: Option<PathBuf>) -> Self {
        match body {
            Some(file) if file.as_os_str() != "-" => Self::File(file),
            Some(_) | None => Self::Stdin,
        }
    }

    /// Reads the body.
    fn read(&self) -> Result<Vec<u8>> {
        let too_large = || Error::Usage(format!("the body is larger than {MOST_BODY} bytes"));
        let mut body = Vec::new();
        match self {
            Self::File(file) => return secret_file::bounded(file, MOST_BODY).map(|body| body.to_vec()),
            Self::Stdin => io::stdin().lock().take(MOST_BODY + 1).read_to_end(&mut body),
        }
        .map_err(Error::io("read", "standard input"))?;
        if body.len() as u64 > MOST_BODY { Err(too_large()) } else { Ok(body) }
    }
}

impl SecretAt {
    /// Returns where the secret is; fails when the body and the secret are both on standard input.
    fn of(args: SecretArgs, body: &Input) -> Result<Option<Self>> {
        Ok(match (args.secret_file, args.secret_env, args.secret_stdin) {
            (Some(file), _, _) => Some(Self::File(file)),
            (None, Some(name), _) => Some(Self::Variable(name)),
            (None, None, true) if matches!(body, Input::Stdin) => {
                return Err(Error::Usage("the body and the secret cannot both be on standard input".to_owned()));
            }
            (None, None, true) => Some(Self::Stdin),
            (None, None, false) => None,
        })
    }

    /// Reads the secret.
    fn read(&self) -> Result<SharedSecret> {
        let bytes = match self {
            Self::File(file) => secret_file::read(file)?,
            Self::Stdin => {
                let too_long = || Error::Usage(format!("the secret is longer than {MOST_SECRET} bytes"));
                let read = secret_file::all(io::stdin().lock(), MOST_SECRET);
                read.map_err(Error::io("read", "standard input"))?.ok_or_else(too_long)?
            }
            Self::Variable(name) => {
                let unset = || Error::Usage(format!("the environment variable `{name}` is not set"));
                Zeroizing::new(std::env::var_os(name).map(OsString::into_encoded_bytes).ok_or_else(unset)?)
            }
        };
        SharedSecret::new(bytes)
    }
}

impl From<SharedArgs> for SharedHeaders {
    fn from(args: SharedArgs) -> Self {
        let timestamp = (!args.no_timestamp).then_some(args.timestamp_header);
        Self { signature: args.signature_header, timestamp }
    }
}
