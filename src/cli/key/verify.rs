//! Asks whether a key is alive.

use ideoguard::audit::{Ended, Metadata};
use ideoguard::error::{Error, Result};
use ideoguard::keys::{Api, Key, Liveness};
use serde_json::json;

use super::{Form, input, record};
use crate::cli::args::KeySource;
use crate::cli::output;

/// Variables that git sets for hooks, in which nobody waits for another machine.
const HOOK: [&str; 3] = ["GIT_INDEX_FILE", "GIT_QUARANTINE_PATH", "GIT_PUSH_OPTION_COUNT"];

/// Asks, and tells; returns 0 if it is alive, 1 if it is dead, 3 if there is no telling.
pub(super) fn run(source: &KeySource, api: &Api, form: Form) -> Result<u8> {
    refuse_in_hook()?;
    let key = input::key(source)?;
    let liveness = api.is_alive(&key)?;
    let (state, code) = match &liveness {
        Liveness::Alive(_) => ("alive", 0),
        Liveness::Dead => ("dead", 1),
        Liveness::Unknown(_) => ("unknown", 3),
    };
    let ended = if code == 3 { Ended::Failure } else { Ended::Success };
    let metadata = Metadata::new().with("state", state).with("starts", key.start()).with("host", api.base.to_string());
    record::act("verify", key.fingerprint().as_str(), ended, metadata)?;
    output::say(&[match form {
        Form::Text => for_people(&key, &liveness),
        Form::Json => json!({
            "schema": 1,
            "fingerprint": key.fingerprint().as_str(),
            "starts": key.start(),
            "state": state,
            "because": because(&liveness),
        })
        .to_string(),
    }])?;
    Ok(code)
}

/// Refuses to ask from within a hook.
pub(super) fn refuse_in_hook() -> Result<()> {
    match HOOK.iter().find(|name| std::env::var_os(name).is_some()) {
        None => Ok(()),
        Some(name) => Err(Error::Usage(format!("a key is not sent anywhere from within a hook (`{name}` is set)"))),
    }
}

/// Tells people.
fn for_people(key: &Key, liveness: &Liveness) -> String {
    let what = match liveness {
        Liveness::Alive(_) => "alive",
        Liveness::Dead => "dead",
        Liveness::Unknown(_) => "unknown",
    };
    format!("{what}: {}… {} ({})", key.start(), key.fingerprint(), because(liveness))
}

/// Says how that is known.
fn because(liveness: &Liveness) -> String {
    match liveness {
        Liveness::Alive(200) => "it was answered with 200".to_owned(),
        Liveness::Alive(status) => {
            format!("it was answered with {status}: the key is valid, its owner may not see the account's usage")
        }
        Liveness::Dead => "it was answered with 401: the key is not valid".to_owned(),
        Liveness::Unknown(because) => because.clone(),
    }
}
