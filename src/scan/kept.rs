//! What was found in one text, to be judged later: as many as memory allows, and always what decides the exit code.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::decide::Marked;
use crate::detect::Match;
use crate::finding::{Place, Secret};
use crate::oid::ObjectId;
use crate::path::RepoPath;
use crate::text::{CommitStamp, Entry, TextKind};

/// The most findings of one text that are kept; a gigabyte of tokens has tens of millions.
pub(super) const MOST: usize = 10_000;

/// A text, as its findings tell of it.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub(super) path: RepoPath,
    pub(super) kind: TextKind,
    pub(super) blob: Option<ObjectId>,
    pub(super) commit: Option<Arc<CommitStamp>>,
}

impl About {
    fn of(entry: &Entry) -> Self {
        Self { path: entry.path.clone(), kind: entry.kind, blob: entry.blob(), commit: entry.commit.clone() }
    }
}

/// Something that was found and is still to be judged.
pub(super) struct Candidate {
    pub(super) found: Match,
    pub(super) place: Place,
    /// The secret's bytes in the whole text.
    pub(super) span: Range<u64>,
    pub(super) mark: Marked,
    /// Whether it stands on a line that is new.
    pub(super) is_new: bool,
}

/// What was found in one text.
pub(super) struct Kept {
    pub(super) about: About,
    pub(super) candidates: Vec<Candidate>,
    /// How many more there are.
    pub(super) more: u64,
    /// The secrets that only a name could still allow, once it matters.
    open: Option<HashSet<Secret>>,
}

/// Tells which findings block, before secrets have names.
pub(super) trait Unnamed {
    /// Tells whether a finding blocks unless its secret is allowed by name.
    fn blocks(&self, about: &About, candidate: &Candidate) -> bool;
    /// Returns how many secrets may be allowed by name, at most.
    fn names(&self) -> usize;
}

impl Kept {
    /// Holds nothing of a text yet.
    pub(super) fn of(entry: &Entry) -> Self {
        Self { about: About::of(entry), candidates: Vec::new(), more: 0, open: None }
    }

    /// Tells whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    /// Keeps something that was found.
    ///
    /// Beyond the limit, only what could change the verdict on the whole is kept: what only its
    /// name could allow, for as long as there are names for all of these.
    pub(super) fn add(&mut self, candidate: Candidate, unnamed: &impl Unnamed) {
        if self.candidates.len() < MOST || self.decides(&candidate, unnamed) {
            self.candidates.push(candidate);
        } else {
            self.more += 1;
        }
    }

    /// Tells whether it may be this one that makes the text block.
    fn decides(&mut self, candidate: &Candidate, unnamed: &impl Unnamed) -> bool {
        let most = unnamed.names();
        let Self { about, candidates, open, .. } = self;
        let open = open.get_or_insert_with(|| {
            let blocking = candidates.iter().filter(|one| unnamed.blocks(about, one));
            blocking.map(|one| one.found.secret.clone()).collect()
        });
        // With more secrets than there are names, one has none, and the text blocks.
        open.len() <= most && unnamed.blocks(about, candidate) && open.insert(candidate.found.secret.clone())
    }
}
