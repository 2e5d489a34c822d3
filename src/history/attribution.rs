//! Where objects with findings come from, and how they can still be reached.
//!
//! Nothing is read for it: [`Graph`] says what each tree has beyond its delta base,
//! so what a tree holds follows from what its base holds. What trees and commits
//! hold is kept as sets that are shared where they are equal ([`sets`]), so each
//! step from a commit to the next costs what has changed.

mod commits;
mod families;
mod holdings;
mod lists;
mod mixer;
mod paths;
mod sets;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::error::Result;
use crate::history::Graph;
use crate::history::attribution::commits::Commits;
use crate::history::attribution::holdings::Holdings;
use crate::history::attribution::paths::{Rows, Search};
use crate::history::attribution::sets::{EMPTY, Set, Sets};
use crate::oid::ObjectId;
use crate::reference::{RefKind, Reference};

pub use paths::Paths;

/// Where each of some objects comes from, and how it can still be reached.
///
/// An object is what findings lie in: a blob, a tree for names in it, a commit or a
/// tag for messages. A commit *holds* an object if its tree has it at any depth, or
/// is it, or if the commit itself is that object. Entries of trees are known by the
/// first 8 bytes of names; [`Attribution::paths`] compares whole names, so an object
/// without a path in its first commit has a twin there that somebody made on purpose.
pub struct Attribution<'a> {
    commits: Commits<'a>,
    holdings: Holdings<'a>,
    sets: Sets,
    /// The commits in history order, by rank.
    order: Vec<u32>,
    /// What each commit holds, by rank.
    now: Vec<Set>,
    /// What each reference holds.
    reached: Vec<Both>,
    origins: Vec<Origin>,
    /// The last commit that holds each object, by rank.
    last: Vec<Option<u32>>,
}

/// Where one object comes from, and how it can still be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The first commit that holds it while no parent does, of those reached in the
    /// most public way; `None` if no commit holds it.
    pub first: Option<ObjectId>,
    /// How many commits hold it, reachable or not.
    pub commits: usize,
    /// The most public way in which it is reached.
    pub reach: Reach,
}

/// How an object can be reached, the most public way first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// The tip of a branch, of a remote's branch or of a worktree's HEAD holds it now.
    Tip,
    /// The history of such a branch holds it.
    History,
    /// A tag leads to it.
    Tag,
    /// Another reference leads to it, such as `refs/pull/1/head`.
    Other,
    /// Notes lead to it.
    Notes,
    /// A stash leads to it.
    Stash,
    /// What git keeps of an operation leads to it: `ORIG_HEAD`, `FETCH_HEAD`, …
    Pseudo,
    /// It is staged.
    Index,
    /// Only a reflog leads to it.
    Reflog,
    /// Nothing leads to it: git will delete it some day, and whoever fetched it keeps it.
    Unreachable,
}

impl Reach {
    /// All ways, in order.
    const ALL: [Self; 10] = [
        Self::Tip,
        Self::History,
        Self::Tag,
        Self::Other,
        Self::Notes,
        Self::Stash,
        Self::Pseudo,
        Self::Index,
        Self::Reflog,
        Self::Unreachable,
    ];

    /// The word that reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tip => "tip",
            Self::History => "history",
            Self::Tag => "tag",
            Self::Other => "other",
            Self::Notes => "notes",
            Self::Stash => "stash",
            Self::Pseudo => "pseudo",
            Self::Index => "index",
            Self::Reflog => "reflog",
            Self::Unreachable => "unreachable",
        }
    }

    /// Reads a word that reports use.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reach| reach.name() == name)
    }
}

/// How a reference holds an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HeldBy {
    /// What the reference names holds it now.
    Tip,
    /// Only a commit before holds it.
    History,
}

/// What something holds now, and what it or anything before it holds.
#[derive(Debug, Clone, Copy, Default)]
struct Both {
    tip: Set,
    history: Set,
}

impl<'a> Attribution<'a> {
    /// Works out where the objects `wanted` come from; none of them need be there.
    #[must_use]
    pub fn of(graph: &'a Graph, references: &[Reference], wanted: &[ObjectId]) -> Self {
        let wanted: Vec<ObjectId> = wanted.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let commits = Commits::of(&graph.commits);
        let tags: HashMap<ObjectId, ObjectId> = graph.tags.iter().map(|tag| (tag.id, tag.target)).collect();
        // Else a submodule that names a commit of this repository would seem to hold it.
        let is_entry =
            wanted.iter().map(|id| commits.rank(*id).is_none() && !tags.contains_key(id)).collect::<Vec<_>>();
        let mut sets = Sets::below(wanted.len());
        let mut holdings = Holdings::of(&graph.trees, wanted, &is_entry);
        let order = commits.in_order();
        let now = held_now(&commits, &mut holdings, &mut sets);
        let ever = held_ever(&commits, &order, &now, &mut sets);
        let mut origins = vec![Origin { first: None, commits: 0, reach: Reach::Unreachable }; holdings.wanted().len()];
        for (origin, count) in origins.iter_mut().zip(sets.count(now.iter().copied(), holdings.wanted().len())) {
            origin.commits = count;
        }
        let last = held_last(&order, &now, &mut sets, origins.len());
        let mut attribution = Self { commits, holdings, sets, order, now, reached: Vec::new(), origins, last };
        let tips = attribution.resolve(references, &tags, &ever);
        attribution.find_reach(references);
        attribution.find_first(references, &tips);
        attribution
    }

    /// Returns where a wanted object comes from; `None` if it was not wanted.
    #[must_use]
    pub fn origin(&self, object: ObjectId) -> Option<Origin> {
        self.holdings.item(object).map(|item| self.origins[item])
    }

    /// Returns the last commit, in history order, that holds a wanted object.
    #[must_use]
    pub fn last(&self, object: ObjectId) -> Option<ObjectId> {
        let rank = self.last[self.holdings.item(object)?]?;
        Some(self.commits.node(rank).id)
    }

    /// Returns the first of some commits, in history order.
    #[must_use]
    pub fn earliest(&self, commits: &BTreeSet<ObjectId>) -> Option<ObjectId> {
        let mut ids = self.order.iter().map(|rank| self.commits.node(*rank).id);
        ids.find(|id| commits.contains(id))
    }

    /// Returns the references that hold a wanted object, by their index in the slice that was given.
    pub fn holders(&self, object: ObjectId) -> impl Iterator<Item = (usize, HeldBy)> + '_ {
        let item = self.holdings.item(object);
        self.reached.iter().enumerate().filter_map(move |(index, both)| {
            let has = |set| item.is_some_and(|item| self.sets.has(set, item));
            match (has(both.tip), has(both.history)) {
                (true, _) => Some((index, HeldBy::Tip)),
                (false, true) => Some((index, HeldBy::History)),
                (false, false) => None,
            }
        })
    }

    /// Returns the references that hold any of some objects, in order of their index, each with the nearest way.
    #[must_use]
    pub fn holders_of(&self, objects: &[ObjectId]) -> Vec<(usize, HeldBy)> {
        let mut nearest: BTreeMap<usize, HeldBy> = BTreeMap::new();
        for (index, held) in objects.iter().flat_map(|object| self.holders(*object)) {
            nearest.entry(index).and_modify(|known| *known = held.min(*known)).or_insert(held);
        }
        nearest.into_iter().collect()
    }

    /// Returns the commits that hold a wanted object while no parent does, in history order.
    #[must_use]
    pub fn introductions(&self, object: ObjectId) -> Vec<ObjectId> {
        let Some(item) = self.holdings.item(object) else {
            return Vec::new();
        };
        let holds = |rank: &u32| self.sets.has(self.now[*rank as usize], item);
        let new = self.order.iter().filter(|rank| holds(rank) && !self.commits.parents(**rank).iter().any(holds));
        new.map(|rank| self.commits.node(*rank).id).collect()
    }

    /// Returns all paths at which a commit's tree holds a wanted object.
    pub fn paths(
        &self,
        commit: ObjectId,
        object: ObjectId,
        read_tree: impl FnMut(ObjectId) -> Result<Vec<u8>>,
    ) -> Result<Paths> {
        self.folders(read_tree).paths(commit, object)
    }

    /// Returns all paths at which any commit's tree holds a wanted object; reads `most_trees` trees at most.
    pub fn all_paths(
        &self,
        object: ObjectId,
        most_trees: usize,
        read_tree: impl FnMut(ObjectId) -> Result<Vec<u8>>,
    ) -> Result<Paths> {
        self.folders(read_tree).all_paths(object, most_trees)
    }

    /// Prepares for the paths of many objects: what is read of a tree for one serves the others.
    pub fn folders<R: FnMut(ObjectId) -> Result<Vec<u8>>>(&'a self, read_tree: R) -> Folders<'a, R> {
        Folders { attribution: self, rows: Rows::of(read_tree) }
    }
}

/// The folders in which wanted objects lie, read when they are asked for.
pub struct Folders<'a, R> {
    attribution: &'a Attribution<'a>,
    rows: Rows<R>,
}

impl<R: FnMut(ObjectId) -> Result<Vec<u8>>> Folders<'_, R> {
    /// Returns all paths at which a commit's tree holds a wanted object.
    pub fn paths(&mut self, commit: ObjectId, object: ObjectId) -> Result<Paths> {
        let commits = &self.attribution.commits;
        let root = commits.rank(commit).map(|rank| commits.node(rank).tree);
        self.attribution.search(object, usize::MAX).below(root, &mut self.rows)
    }

    /// Returns all paths at which any commit's tree holds a wanted object; looks at `most_trees` trees at most.
    ///
    /// Looks at each version of each folder that holds the object, so it is for the few
    /// objects that somebody asks about.
    pub fn all_paths(&mut self, object: ObjectId, most_trees: usize) -> Result<Paths> {
        let this = self.attribution;
        let item = this.holdings.item(object);
        let holds = |rank: &&u32| item.is_some_and(|item| this.sets.has(this.now[**rank as usize], item));
        let roots = this.order.iter().filter(holds).map(|rank| this.commits.node(*rank).tree);
        this.search(object, most_trees).below(roots, &mut self.rows)
    }
}

impl Attribution<'_> {
    /// Prepares a search for the paths of an object.
    fn search(&self, object: ObjectId, most_trees: usize) -> Search<'_> {
        let item = self.holdings.item(object);
        Search { object, item, holdings: &self.holdings, sets: &self.sets, most_trees }
    }

    /// Works out what each reference holds, and returns the commit to which it leads.
    fn resolve(
        &mut self,
        references: &[Reference],
        tags: &HashMap<ObjectId, ObjectId>,
        ever: &[Set],
    ) -> Vec<Option<u32>> {
        let mut tips = Vec::with_capacity(references.len());
        for reference in references {
            let (mut object, mut own) = (reference.target, EMPTY);
            // A chain of tags cannot come round by honest hashes, but it need not be honest.
            for _ in 0..=tags.len() {
                let Some(target) = tags.get(&object) else { break };
                own = self.sets.with(own, self.holdings.item(object));
                object = *target;
            }
            let rank = self.commits.rank(object);
            let held = if let Some(rank) = rank {
                Both { tip: self.now[rank as usize], history: ever[rank as usize] }
            } else {
                let set = self.holdings.set_of(object, &mut self.sets);
                Both { tip: set, history: set }
            };
            let with_own = Both { tip: self.sets.union(held.tip, own), history: self.sets.union(held.history, own) };
            self.reached.push(with_own);
            tips.push(rank);
        }
        tips
    }

    /// Works out the most public way in which each object is reached.
    fn find_reach(&mut self, references: &[Reference]) {
        let mut sets: HashMap<Reach, Set> = HashMap::new();
        for (reference, both) in references.iter().zip(&self.reached) {
            let history = sets.entry(way(reference.kind)).or_insert(EMPTY);
            *history = self.sets.union(*history, both.history);
            if way(reference.kind) == Reach::History {
                let tip = sets.entry(Reach::Tip).or_insert(EMPTY);
                *tip = self.sets.union(*tip, both.tip);
            }
        }
        for (reach, set) in sets {
            self.sets.each_new(set, EMPTY, &mut |item| {
                let origin = &mut self.origins[item];
                origin.reach = origin.reach.min(reach);
            });
        }
    }

    /// Finds the first commit that brings each object, of those reached in the most public way.
    fn find_first(&mut self, references: &[Reference], tips: &[Option<u32>]) {
        let mut public = vec![Reach::Unreachable; self.commits.len()];
        for (reference, rank) in references.iter().zip(tips) {
            if let Some(rank) = rank {
                let known = &mut public[*rank as usize];
                *known = way(reference.kind).min(*known);
            }
        }
        for rank in self.order.iter().rev() {
            for parent in self.commits.parents(*rank) {
                public[*parent as usize] = public[*parent as usize].min(public[*rank as usize]);
            }
        }
        let mut best: Vec<Option<Reach>> = vec![None; self.origins.len()];
        for rank in &self.order {
            let parents = self.commits.parents(*rank).iter();
            let before = parents.fold(EMPTY, |set, parent| self.sets.union(set, self.now[*parent as usize]));
            let how = public[*rank as usize];
            self.sets.each_new(self.now[*rank as usize], before, &mut |item| {
                if best[item].is_none_or(|best| how < best) {
                    best[item] = Some(how);
                    self.origins[item].first = Some(self.commits.node(*rank).id);
                }
            });
        }
    }
}

/// Returns what each commit holds, by rank.
fn held_now(commits: &Commits<'_>, holdings: &mut Holdings<'_>, sets: &mut Sets) -> Vec<Set> {
    let mut now: Vec<Set> = commits.nodes().map(|node| holdings.set_of(node.tree, sets)).collect();
    for item in 0..holdings.wanted().len() {
        if let Some(rank) = commits.rank(holdings.wanted()[item]) {
            now[rank as usize] = sets.with(now[rank as usize], Some(item));
        }
    }
    now
}

/// Returns what each commit or any before it holds, by rank.
fn held_ever(commits: &Commits<'_>, order: &[u32], now: &[Set], sets: &mut Sets) -> Vec<Set> {
    let mut ever = now.to_vec();
    for rank in order {
        let parents = commits.parents(*rank).iter();
        ever[*rank as usize] = parents.fold(now[*rank as usize], |set, parent| sets.union(set, ever[*parent as usize]));
    }
    ever
}

/// Returns the last commit that holds each object, by rank.
fn held_last(order: &[u32], now: &[Set], sets: &mut Sets, count: usize) -> Vec<Option<u32>> {
    let (mut last, mut seen) = (vec![None; count], EMPTY);
    for rank in order.iter().rev() {
        let held = now[*rank as usize];
        sets.each_new(held, seen, &mut |item| last[item] = Some(*rank));
        seen = sets.union(seen, held);
    }
    last
}

/// Returns how an object is reached to which a reference of this kind leads; branches may hold it in their tip, too.
fn way(kind: RefKind) -> Reach {
    match kind {
        RefKind::Branch | RefKind::RemoteBranch | RefKind::Head => Reach::History,
        RefKind::Tag => Reach::Tag,
        RefKind::Other => Reach::Other,
        RefKind::Notes => Reach::Notes,
        RefKind::Stash => Reach::Stash,
        RefKind::Pseudo => Reach::Pseudo,
        RefKind::Index => Reach::Index,
        RefKind::Reflog => Reach::Reflog,
    }
}
