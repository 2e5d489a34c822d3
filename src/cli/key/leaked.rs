//! Finds the Ideogram keys in the history of the repository here.

use std::collections::BTreeMap;

use anstream::ColorChoice;
use ideoguard::decide::Policy;
use ideoguard::detect::Engine;
use ideoguard::error::{Error, Result};
use ideoguard::finding::{Finding, Fingerprint};
use ideoguard::git::Repository;
use ideoguard::keys::Leaked;
use ideoguard::path::Escaped;
use ideoguard::report::Occasion;
use ideoguard::rules::RuleBook;
use ideoguard::scan::Limits;
use ideoguard::scan::history::{Choice, History, Memory};
use jiff::Timestamp;

use crate::cli::output;
use crate::cli::plan::Progress;
use crate::cli::progress::Follow;
use crate::cli::scan::{here, today};

/// The rules that find keys.
const RULES: [&str; 2] = ["ideogram-api-key", "ideogram-api-key-shape"];

/// Keys in a history.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The keys.
    pub(super) keys: BTreeMap<Fingerprint, Leaked>,
    /// Whether everything was read; what was not is told already.
    pub(super) is_whole: bool,
}

/// Looks through the history of the repository here; what is allowed or in a baseline has leaked all the same.
pub(super) fn find(colour: ColorChoice) -> Result<Found> {
    let repository = Repository::discover(&here()?)?;
    let follow = Follow::new(Progress::Shown)?;
    let (engine, policy) = (Engine::built_in(), Policy::none(today()));
    let history = History {
        engine: &engine,
        policy: &policy,
        repository: &repository,
        limits: &Limits::default(),
        choice: &Choice::default(),
        watch: &follow,
    };
    let mut memory = Memory::own(repository.common_dir(), &RuleBook::default());
    let scanned = history.run(&mut memory)?;
    let mut found = Found { keys: BTreeMap::new(), is_whole: scanned.outcome.problems.is_empty() };
    for finding in scanned.outcome.findings.iter().filter(|finding| RULES.contains(&&*finding.rule)) {
        note(&mut found.keys, finding);
    }
    let mut is_cut_off = scanned.is_cut_off;
    for (fingerprint, leaked) in &mut found.keys {
        let traced = history.find(fingerprint, &mut memory)?;
        let names = traced.held.iter().map(|(reference, _)| Escaped(reference.name.as_bytes()).to_string());
        leaked.references = names.collect();
        found.is_whole &= traced.problems.is_empty();
        is_cut_off |= traced.is_cut_off;
    }
    follow.finish();
    if is_cut_off {
        return Err(Error::Interrupted("interrupted: not all objects were looked at".to_owned()));
    }
    output::problems(&scanned.outcome, Occasion::History, colour);
    Ok(found)
}

/// Takes in one place of a key.
fn note(keys: &mut BTreeMap<Fingerprint, Leaked>, finding: &Finding) {
    let seconds = finding.trail.as_ref().and_then(|trail| trail.seconds);
    let first = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let is_reachable = finding.trail.as_ref().is_some_and(|trail| trail.reachable);
    let start = finding.redacted.split('…').next().unwrap_or_default().to_owned();
    let empty = || Leaked { start, first: None, references: Vec::new(), is_reachable: false };
    let leaked = keys.entry(finding.fingerprint.clone()).or_insert_with(empty);
    leaked.first = leaked.first.into_iter().chain(first).min();
    leaked.is_reachable |= is_reachable;
}
