//! The new key: taken, kept, and known to be alive before anything is changed.

use std::ops::ControlFlow;

use ideoguard::audit::{Ended, Metadata};
use ideoguard::error::{Error, Result};
use ideoguard::keys::{Api, Key, Liveness};
use ideoguard::rotation::Known;

use super::ask::Talk;
use super::plan::RotatePlan;
use super::run::Open;
use crate::cli::key::{input, record};
use crate::cli::output;

/// Returns the new key; an exit code if it is of no use.
pub(super) fn take(plan: &RotatePlan, api: &Api, open: &mut Open) -> Result<ControlFlow<u8, Key>> {
    let given = input::named(&plan.new)?;
    let kept = open.folder.recall_new()?;
    if let (Some(known), Some(new)) = (&open.state.new, &kept) {
        let is_other = given.is_some_and(|given| !known.is(&given));
        return if is_other { Err(taken_already(known)) } else { Ok(ControlFlow::Continue(new.clone())) };
    }
    let new = match (given, kept) {
        (Some(given), _) => given,
        (None, Some(kept)) => kept,
        (None, None) => asked(plan.talk)?,
    };
    check(&new, open)?;
    // An account shows a key once: what was taken must not be lost.
    new.keep(&open.folder.new_key())?;
    verify(api, new, open)
}

/// Asks for the new key.
fn asked(talk: Talk) -> Result<Key> {
    if talk == Talk::Silent {
        let ways = "`--key-file`, `--key-env`, `--key-keyring` or `--key-stdin` says where it is";
        return Err(Error::Usage(format!("there is no new key yet; {ways}")));
    }
    output::say(&["make a new key on the API page of your Ideogram account (Settings → API)".to_owned()])?;
    input::ask("New key")
}

/// Refuses a key that cannot take the place of the old one.
fn check(new: &Key, open: &Open) -> Result<()> {
    if open.state.old.is(new) {
        return Err(Error::Usage("the new key is the old one; make another one in your account".to_owned()));
    }
    if !new.needs_no_quotes() {
        let problem = "the new key has a character that files of environment variables would have to quote";
        return Err(Error::Usage(format!("{problem}; Ideogram's keys have letters, digits, `-` and `_`")));
    }
    Ok(())
}

/// Asks whether it is alive, and writes down that it is.
fn verify(api: &Api, new: Key, open: &mut Open) -> Result<ControlFlow<u8, Key>> {
    let known = Known::of(&new);
    let liveness = api.is_alive(&new)?;
    let (state, ended) = match liveness {
        Liveness::Alive(_) => ("alive", Ended::Success),
        Liveness::Dead => ("dead", Ended::Failure),
        Liveness::Unknown(_) => ("unknown", Ended::Failure),
    };
    let metadata = Metadata::new().with("state", state).with("starts", new.start()).with("old", open.state.old.name());
    record::act("rotate.verify-new", known.name(), ended, metadata)?;
    match liveness {
        Liveness::Alive(_) => {
            output::say(&[format!("the new key is alive: {}… {}", known.starts, known.name())])?;
            open.state.new = Some(known);
            open.save()?;
            Ok(ControlFlow::Continue(new))
        }
        Liveness::Dead => {
            open.folder.forget_new()?;
            output::say(&[format!("the new key is dead: {}… {}; nothing was changed", known.starts, known.name())])?;
            Ok(ControlFlow::Break(1))
        }
        Liveness::Unknown(because) => {
            let kept = "it is kept, and nothing was changed; run this again";
            Err(Error::Incomplete(format!("whether the new key is alive is unknown ({because}); {kept}")))
        }
    }
}

/// Makes an error of a third key.
fn taken_already(known: &Known) -> Error {
    let way = "without one it goes on, and `--back` ends it";
    Error::Usage(format!("this rotation has another new key already, {}… {}; {way}", known.starts, known.name()))
}
