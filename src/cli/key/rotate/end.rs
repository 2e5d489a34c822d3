//! The end: the old key is revoked by its owner, and seen to be dead.

use std::path::Path;
use std::time::{Duration, Instant};

use ideoguard::audit::{Ended, Metadata};
use ideoguard::error::Result;
use ideoguard::finding::Fingerprint;
use ideoguard::keys::{Api, Liveness};
use ideoguard::rotation::{Folder, Rotation};

use super::ask::{Answer, Talk};
use super::files;
use super::plan::RotatePlan;
use super::run::Open;
use crate::cli::key::{record, registry};
use crate::cli::output;

/// How long to wait before a key is asked for again.
const PAUSE: Duration = Duration::from_secs(2);

/// Waits until the old key is dead, then tidies up; returns the exit code.
pub(super) fn see_dead(plan: &RotatePlan, api: &Api, open: &mut Open) -> Result<u8> {
    let until = Instant::now() + plan.wait;
    let mut noted = None;
    let old = format!("{}… {}", open.state.old.starts, open.state.old.name());
    loop {
        let revoke = format!("Revoke the old key on the API page of your Ideogram account: {old}");
        if plan.talk.pause(&revoke)? == Answer::Stop {
            return left(1, &old, "it was not seen to be dead");
        }
        let liveness = api.is_alive(&open.old)?;
        if noted.as_ref() != Some(&liveness) {
            note(open, &liveness)?;
        }
        let (code, says) = match &liveness {
            Liveness::Dead => return over(open),
            Liveness::Alive(_) => (1, "it is still alive".to_owned()),
            Liveness::Unknown(because) => (3, format!("whether it is dead is unknown ({because})")),
        };
        match plan.talk {
            Talk::Guided => output::say(&[says])?,
            Talk::Silent if Instant::now() >= until => return left(code, &old, &says),
            Talk::Silent => std::thread::sleep(PAUSE),
        }
        noted = Some(liveness);
    }
}

/// Says what is left to do; returns the exit code.
fn left(code: u8, old: &str, says: &str) -> Result<u8> {
    let way =
        "revoke it on the API page of your Ideogram account (Settings → API), then run `ideoguard key rotate` again";
    output::say(&[format!("{old}: {says}; {way}")])?;
    Ok(code)
}

/// Records what the old key was seen to be.
fn note(open: &Open, liveness: &Liveness) -> Result<()> {
    let (state, ended) = match liveness {
        Liveness::Dead => ("dead", Ended::Success),
        Liveness::Alive(_) => ("alive", Ended::Failure),
        Liveness::Unknown(_) => ("unknown", Ended::Failure),
    };
    record::act("rotate.verify-old", open.state.old.name(), ended, Metadata::new().with("state", state))
}

/// Ends the rotation.
fn over(open: &mut Open) -> Result<u8> {
    let new = open.state.new.as_ref().map_or("", |new| new.name());
    record::act("rotate.end", open.state.old.name(), Ended::Success, Metadata::new().with("new", new))?;
    open.state.is_over = true;
    open.save()?;
    tidy(&open.folder, &open.state)
}

/// Takes away what the rotation kept, and the old key's line in the registry; returns the exit code.
pub(super) fn tidy(folder: &Folder, state: &Rotation) -> Result<u8> {
    if let Some(old) = Fingerprint::parse(state.old.name())
        && registry::drop_if_known(&old)?
    {
        output::say(&["took the old key out of .ideoguard/keys.toml; commit that file".to_owned()])?;
    }
    state.swaps.iter().try_for_each(|swap| files::sweep(Path::new(&swap.file)))?;
    folder.clear()?;
    output::say(&[format!("rotated: the old key is dead, {}… {}", state.old.starts, state.old.name())])?;
    Ok(0)
}
