//! The hooks of a push: at a server before it is stored, and at the desk before it leaves.

mod environment;
mod limits;
mod policy;
mod server;
mod settle;
mod unjudged;

use std::io::{self, Read, Write};

use anstream::ColorChoice;
use ideoguard::error::{Error, Result};
use ideoguard::gate::{self, RefUpdate};
use ideoguard::git::{Known, Repository};
use ideoguard::report::push::{self, Bypass, Screen, Told};
use ideoguard::scan::history::Unwatched;
use ideoguard::scan::push::Push;
use ideoguard::scan::{Limits, Telling};
use ideoguard::source::Tip;

use super::plan::{GatePlan, Outgoing};
use super::{output, scan};

pub(super) use policy::check;
pub(super) use settle::settle;

/// More on standard input than this is no list of references.
const MOST_INPUT_BYTES: u64 = 256 << 20;

/// Judges a push; returns the exit code.
pub(super) fn run(plan: &GatePlan, colour: ColorChoice) -> Result<u8> {
    match plan {
        GatePlan::PreReceive => Ok(server::run("pre-receive", || gate::read_updates(&input()?))),
        GatePlan::Update(update) => Ok(server::run("update", || Ok(vec![update.clone()]))),
        GatePlan::PrePush { remote } => desk(remote, &gate::pushed_here(&input()?)?, colour),
        GatePlan::Framework(outgoing) => desk(&outgoing.remote, &[update(outgoing)?], colour),
    }
}

/// Finds the objects of a push that was told of in words.
fn update(outgoing: &Outgoing) -> Result<RefUpdate> {
    let repository = Repository::from_hook_env(&scan::here()?)?;
    let base = outgoing.base.as_deref().map(|base| repository.object_named(base)).transpose()?;
    let tip = repository.object_named(&outgoing.tip)?;
    Ok(RefUpdate { reference: outgoing.reference.as_str().into(), old: base, new: Some(tip) })
}

/// Judges what is about to leave.
fn desk(remote: &str, updates: &[RefUpdate], colour: ColorChoice) -> Result<u8> {
    let tips: Vec<Tip> = updates.iter().filter_map(RefUpdate::tip).collect();
    if tips.is_empty() {
        return Ok(0);
    }
    let repository = Repository::from_hook_env(&scan::here()?)?;
    let known = Known::There { remote: remote.to_owned(), ids: updates.iter().filter_map(|one| one.old).collect() };
    let config = scan::local_config(&repository)?;
    let push = Push {
        engine: &config.engine(),
        policy: &config.policy,
        repository: &repository,
        limits: &Limits { telling: Telling::Enough, ..Limits::default() },
        tips: &tips,
        watch: &Unwatched,
    };
    let pushed = push.from_here(&known)?;
    let code = pushed.outcome.status().code();
    if code != 0 {
        let told = Told {
            outcome: &pushed.outcome,
            more: pushed.more,
            places: &pushed.places,
            bypass: Bypass::Local,
            reasons: &[],
        };
        let mut text = Vec::new();
        if let Err(error) = push::write(&told, Screen::Here, &mut text) {
            output::explain(&Error::io("write", "standard error")(error), colour);
        }
        tell(&text);
    }
    Ok(code)
}

/// Writes to standard error, where git shows it.
fn tell(text: &[u8]) {
    // Nobody is left to be told when this fails; the exit code still says it.
    let _ = io::stderr().lock().write_all(text);
}

/// Returns the standard input without a buffer, which would be larger than what mostly comes.
#[cfg(unix)]
fn standard_input() -> io::Result<impl Read> {
    rustix::stdio::stdin().try_clone_to_owned().map(std::fs::File::from)
}

/// Returns the standard input.
#[cfg(not(unix))]
fn standard_input() -> io::Result<impl Read> {
    Ok(io::stdin())
}

/// Reads what git writes to the hook.
fn input() -> Result<Vec<u8>> {
    let mut text = Vec::new();
    let read = standard_input().and_then(|input| input.take(MOST_INPUT_BYTES + 1).read_to_end(&mut text));
    read.map_err(Error::io("read", "standard input"))?;
    if text.len() as u64 > MOST_INPUT_BYTES {
        return Err(Error::Usage("standard input is too long for a list of references".into()));
    }
    Ok(text)
}
