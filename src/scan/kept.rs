//! The findings of one text: as many as memory allows, and always what decides the exit code.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::error::Error;
use crate::finding::{Finding, Fingerprint, Secret, Verdict};
use crate::outcome::Outcome;
use crate::path::RepoPath;
use crate::text::Problem;

/// The most findings of one text that are kept; a gigabyte of tokens has tens of millions.
const MOST: usize = 10_000;

/// The findings of one text.
#[derive(Default)]
pub(super) struct Kept {
    findings: Vec<Finding>,
    /// How many more there are.
    more: u64,
    /// Whether one of those that are kept blocks.
    blocks: bool,
    /// The fingerprints so far: that of a short secret takes milliseconds.
    fingerprints: HashMap<Secret, Fingerprint>,
}

impl Kept {
    /// Tells whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Adds a finding, which `make` makes if it is wanted.
    ///
    /// Beyond the limit, only one that could change the verdict on the whole is.
    pub(super) fn add(&mut self, may_block: bool, make: impl FnOnce(&mut Self) -> Finding) {
        let is_full = self.findings.len() >= MOST;
        self.more += u64::from(is_full);
        if is_full && (self.blocks || !may_block) {
            return;
        }
        let finding = make(self);
        let blocks = finding.verdict == Verdict::Leak;
        if is_full && !blocks {
            return;
        }
        self.blocks |= blocks;
        self.more -= u64::from(is_full);
        self.findings.push(finding);
    }

    /// Returns the fingerprint of a secret, computed once.
    pub(super) fn fingerprint(&mut self, secret: &Secret) -> Fingerprint {
        match self.fingerprints.entry(secret.clone()) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(new) => new.insert(Fingerprint::of(secret)).clone(),
        }
    }

    /// Returns all that is kept; what is not is told, as a problem if some of it may block.
    pub(super) fn into_outcome(self, path: &RepoPath) -> Outcome {
        let mut outcome = Outcome { findings: self.findings, ..Outcome::default() };
        let error = Error::TooMany { more: self.more };
        if self.more > 0 && self.blocks {
            outcome.problems.push(Problem { what: path.to_string(), error });
        } else if self.more > 0 {
            outcome.notices.push(format!("{path}: {error}"));
        }
        outcome
    }
}
