//! Where the objects with findings come from, as reports say it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::detect::Engine;
use crate::error::Result;
use crate::git::{Kind, Objects, Repository};
use crate::history::{Attribution, Folders, Graph, HeldBy, Occurrence, Paths, Reach};
use crate::oid::ObjectId;
use crate::path::RepoPath;
use crate::reference::{RefKind, Reference};
use crate::scan::hide;
use crate::text::{CommitStamp, Problem, TextKind};

/// How many trees are read for all paths of one object.
const MOST_TREES: usize = 10_000;
/// Objects whose origins one thread looks for at least: it opens the repository for itself.
const LEAST_SHARE: usize = 64;
/// The tips of how many branches are asked for the paths of one object.
const MOST_TIPS: usize = 64;
/// Stands for the paths that are too many to be told: nothing allows them.
pub(super) const FURTHER: &str = "(further paths)";

/// Where one object with findings comes from.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// The first commit that holds it; of a message, the commit itself.
    pub(super) stamp: Option<Arc<CommitStamp>>,
    /// When that was made, in seconds since the epoch.
    pub(super) seconds: Option<i64>,
    /// When the last commit that holds it was made, in seconds since the epoch.
    pub(super) last: Option<i64>,
    /// Where that first one has it.
    pub(super) paths: Vec<RepoPath>,
    /// How it is reached.
    pub(super) reach: Reach,
    /// How many commits hold it.
    pub(super) commits: u64,
    /// The names of the chosen references that hold it, or nothing if none were chosen.
    pub(super) is_chosen: bool,
}

/// The origins of all objects with findings.
pub(super) type Origins = HashMap<ObjectId, Origin>;

/// What origins are worked out from.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    /// The rules, which keep secrets out of paths and names.
    pub(super) engine: &'a Engine,
    /// What holds what.
    pub(super) graph: &'a Graph,
    /// What keeps objects.
    pub(super) references: &'a [Reference],
    /// The references that count; all if none were chosen.
    pub(super) chosen: Option<&'a BTreeSet<usize>>,
    /// Where commits and trees are read.
    pub(super) repository: &'a Repository,
    /// Tells which other paths of an object matter, given one of those where it came from.
    pub(super) asks: &'a (dyn Fn(&Occurrence, &RepoPath) -> Asks + Sync),
}

/// Which paths of an object matter beside those where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asks {
    /// None.
    Nothing,
    /// Those where the tips of branches hold it: it is less sure at this one.
    Now,
    /// All that it ever had: it is allowed at this one.
    Ever,
}

/// Finds where every object with an occurrence comes from.
pub(super) fn of(question: &Question<'_>, occurrences: &[Occurrence], problems: &mut Vec<Problem>) -> Result<Origins> {
    let wanted: BTreeSet<ObjectId> = occurrences.iter().map(|one| one.object).collect();
    let wanted: Vec<ObjectId> = wanted.into_iter().collect();
    let attribution = Attribution::of(question.graph, question.references, &wanted);
    let mut by_object: HashMap<ObjectId, Vec<&Occurrence>> = HashMap::new();
    for one in occurrences {
        by_object.entry(one.object).or_default().push(one);
    }
    let first = |id: &ObjectId| attribution.origin(*id).and_then(|origin| origin.first);
    let last = wanted.iter().filter_map(|id| attribution.last(*id));
    let ends: HashSet<ObjectId> = wanted.iter().filter_map(first).chain(last).collect();
    let named = question.graph.commits.iter().filter(|node| ends.contains(&node.id));
    let seconds = named.map(|node| (node.id, node.seconds)).collect();
    // In the order of their commits, so that what is read for one serves the next.
    let mut order: Vec<(Option<ObjectId>, ObjectId)> = wanted.iter().map(|id| (first(id), *id)).collect();
    order.sort_unstable();
    let search = Search { question, attribution: &attribution, by_object, seconds, tips: tips(question.references) };
    let share = order.len().div_ceil(2 * rayon::current_num_threads()).max(LEAST_SHARE);
    let parts: Result<Vec<_>> = order.par_chunks(share).map(|some| search.some(some)).collect();
    let mut origins = Origins::new();
    for (part, failed) in parts? {
        origins.extend(part);
        problems.extend(failed);
    }
    Ok(origins)
}

/// Returns the commits of the first branches, each once, in a fixed order.
fn tips(references: &[Reference]) -> Vec<ObjectId> {
    let branches = references.iter().filter(|reference| reference.kind <= RefKind::Head);
    let commits: BTreeSet<ObjectId> = branches.map(|branch| branch.target).take(MOST_TIPS).collect();
    commits.into_iter().collect()
}

/// Some origins, and what should have been read for them and could not be.
type Part = (Vec<(ObjectId, Origin)>, Vec<Problem>);

/// A search for the origins of objects, by several threads.
struct Search<'a> {
    question: &'a Question<'a>,
    attribution: &'a Attribution<'a>,
    by_object: HashMap<ObjectId, Vec<&'a Occurrence>>,
    /// When the commits were made that come first or last for some object.
    seconds: HashMap<ObjectId, i64>,
    /// The commits that branches name.
    tips: Vec<ObjectId>,
}

impl Search<'_> {
    /// Finds where some objects come from, each given with the commit that first holds it.
    fn some(&self, order: &[(Option<ObjectId>, ObjectId)]) -> Result<Part> {
        let objects = self.question.repository.objects()?;
        let mut folders = self.attribution.folders(|tree| objects.whole(Kind::Tree, tree));
        let (mut stamps, mut origins, mut problems) = (HashMap::new(), Vec::new(), Vec::new());
        for (first, id) in order {
            let mut origin = self.without_paths(*id, *first);
            if let Some(first) = *first {
                match stamp(self.question.engine, &objects, &mut stamps, first) {
                    Ok(stamp) => origin.stamp = Some(stamp),
                    Err(error) => problems.push(Problem { what: format!("commit {first}"), error }),
                }
                if first != *id || self.by_object[id].iter().any(|one| one.kind == TextKind::PathName) {
                    match self.paths(&mut folders, first, *id, &mut problems) {
                        Ok(paths) => origin.paths = paths,
                        Err(error) => problems.push(Problem { what: format!("paths of object {id}"), error }),
                    }
                }
            }
            origins.push((*id, origin));
        }
        Ok((origins, problems))
    }

    /// Says of an object what follows from the graph alone.
    fn without_paths(&self, id: ObjectId, first: Option<ObjectId>) -> Origin {
        let found = self.attribution.origin(id);
        let is_held = |chosen: &BTreeSet<usize>| {
            self.attribution.holders(id).any(|(at, how)| chosen.contains(&at) && how <= HeldBy::History)
        };
        Origin {
            stamp: None,
            seconds: first.and_then(|first| self.seconds.get(&first).copied()),
            last: self.attribution.last(id).and_then(|last| self.seconds.get(&last).copied()),
            paths: Vec::new(),
            reach: found.map_or(Reach::Unreachable, |found| found.reach),
            commits: found.map_or(0, |found| found.commits as u64),
            is_chosen: self.question.chosen.is_none_or(is_held),
        }
    }

    /// Returns the paths of an object in the commit that first holds it, without the secrets in them.
    fn paths<R: FnMut(ObjectId) -> Result<Vec<u8>>>(
        &self,
        folders: &mut Folders<'_, R>,
        first: ObjectId,
        id: ObjectId,
        problems: &mut Vec<Problem>,
    ) -> Result<Vec<RepoPath>> {
        let mut paths = folders.paths(first, id)?;
        let each = paths.found.iter().flat_map(|path| self.by_object[&id].iter().map(move |one| (*one, path)));
        // What is allowed where it came from may have moved to where it is not.
        let further = match each.map(|(one, path)| (self.question.asks)(one, path)).max() {
            None | Some(Asks::Nothing) => Ok(None),
            Some(Asks::Now) => self.paths_now(folders, id, paths.clone()).map(Some),
            Some(Asks::Ever) => folders.all_paths(id, MOST_TREES).map(Some),
        };
        match further {
            Ok(further) => paths = further.unwrap_or(paths),
            Err(error) => problems.push(Problem { what: format!("paths of object {id}"), error }),
        }
        if !paths.complete {
            paths.found.push(RepoPath::from(FURTHER));
        }
        // Before they are kept, and before they are told.
        paths.found.iter_mut().for_each(|path| hide::path(self.question.engine, path));
        Ok(paths.found)
    }
}

impl Search<'_> {
    /// Adds the paths at which the tips of branches hold an object.
    fn paths_now<R: FnMut(ObjectId) -> Result<Vec<u8>>>(
        &self,
        folders: &mut Folders<'_, R>,
        id: ObjectId,
        known: Paths,
    ) -> Result<Paths> {
        let mut found: BTreeSet<RepoPath> = known.found.into_iter().collect();
        let mut complete = known.complete;
        for tip in &self.tips {
            let here = folders.paths(*tip, id)?;
            found.extend(here.found);
            complete &= here.complete;
        }
        Ok(Paths { found: found.into_iter().collect(), complete })
    }
}

/// Reads what a report says of a commit, once, without the secrets in it.
fn stamp(
    engine: &Engine,
    objects: &Objects,
    stamps: &mut HashMap<ObjectId, Arc<CommitStamp>>,
    commit: ObjectId,
) -> Result<Arc<CommitStamp>> {
    if let Some(known) = stamps.get(&commit) {
        return Ok(Arc::clone(known));
    }
    let stamp = hide::signed(engine, &objects.commit(commit)?.stamp);
    stamps.insert(commit, Arc::clone(&stamp));
    Ok(stamp)
}
