//! Scans what a push brings: every object that was sent, and everything stored that it makes reachable.
//!
//! What was sent lies apart from the rest (git's quarantine) and is scanned as histories are, in the
//! order of its packs, without a walk through the graph. What else becomes reachable shows at the
//! links that lead out of it (`boundary.rs`). Only when something was found is it worked out which
//! commit brings it, at which path, and whether it was there before (`told.rs`).

mod boundary;
mod named;
mod told;

use std::collections::{BTreeMap, HashSet};

use crate::decide::Policy;
use crate::detect::Engine;
use crate::error::{Error, Result};
use crate::finding::Standing;
use crate::git::{Known, Repository};
use crate::oid::ObjectId;
use crate::outcome::Outcome;
use crate::scan::Limits;
use crate::scan::history::{Gathering, Listed, Memory, Method, Naming, Sum, Watch};
use crate::scan::judged::Judged;
use crate::source::{self, Tip};

use named::Names;

/// What a push is judged with.
#[derive(Clone, Copy)]
pub struct Push<'a> {
    /// The rules.
    pub engine: &'a Engine,
    /// What is allowed, and what blocks.
    pub policy: &'a Policy,
    /// The repository.
    pub repository: &'a Repository,
    /// How much may be used.
    pub limits: &'a Limits,
    /// The references that are to name something new.
    pub tips: &'a [Tip],
    /// Who follows, and may end it.
    pub watch: &'a dyn Watch,
}

/// What the scan of a push came to.
#[derive(Default)]
pub struct Pushed {
    /// Everything it learned, judged and sorted.
    pub outcome: Outcome,
    /// How many findings there are beside those that are told.
    pub more: u64,
    /// Where each commit with a finding stands in the push.
    pub places: BTreeMap<ObjectId, Standing>,
    /// Whether it was ended before its end.
    pub is_cut_off: bool,
}

impl Push<'_> {
    /// Scans all that was sent and all that becomes reachable.
    ///
    /// Nothing that the repository keeps of earlier scans is believed.
    pub fn run(self) -> Result<Pushed> {
        let quarantine = self.repository.quarantine();
        let listed = match &quarantine {
            Some(folder) => Listed::in_folder(self.repository, folder)?,
            None => Listed::named(Vec::new()),
        };
        let sent: HashSet<ObjectId> = listed.ids().collect();
        let mut sum = self.gathered(listed, Some(&sent));
        if sum.is_cut_off {
            return Ok(Pushed { is_cut_off: true, ..Pushed::default() });
        }
        let boundary = boundary::Boundary::of(self.repository, self.tips, &sent, &sum)?;
        if !boundary.beyond.is_empty() {
            sum = sum.merge(self.gathered(Listed::named(boundary.beyond.clone()), None));
        }
        if sum.is_cut_off {
            return Ok(Pushed { is_cut_off: true, ..Pushed::default() });
        }
        sum.once_each();
        told::told(&self, sum, &boundary)
    }

    /// Scans what a push adds on the side of the one who pushes, where the objects lie among all others.
    pub fn from_here(self, known: &Known) -> Result<Pushed> {
        let mut listing = source::push(self.repository, self.tips, known, &|_| true)?;
        listing.entries.extend(named::entries(&self, Names::All)?);
        let Judged { mut outcome, more } =
            crate::scan::counted(self.engine, self.policy, Some(self.repository), listing, self.limits);
        told::forgive(&self, known, &mut outcome)?;
        let places = told::standings(&self, known, &outcome)?;
        Ok(Pushed { outcome, more, places, is_cut_off: false })
    }

    /// Scans objects.
    fn gathered(&self, mut listed: Listed, inside: Option<&HashSet<ObjectId>>) -> Sum {
        let gathering = Gathering {
            engine: self.engine,
            repository: self.repository,
            limits: self.limits,
            method: Method::ByDelta,
            inside,
            watch: self.watch,
            // What is told is judged once more, and named then.
            naming: Naming::ForNow,
        };
        gathering.all(&mut listed, &mut Memory::none())
    }
}

/// Says that what a push brings makes no sense.
fn odd(what: ObjectId, because: &str) -> Error {
    Error::Git { doing: "follow what is pushed", what: what.to_string(), because: because.to_owned() }
}
