//! The graph of a repository's objects: commits, tags, and what each tree holds.

use std::ops::Range;

use crate::oid::ObjectId;

/// The commits, tags and trees that a walk over all objects met.
#[derive(Debug, Default)]
pub struct Graph {
    /// The commits, in no order; one that lies in two packs may be here twice.
    pub commits: Vec<CommitNode>,
    /// The annotated tags, in no order.
    pub tags: Vec<TagNode>,
    /// The trees.
    pub trees: Trees,
}

/// A commit, as far as the graph needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitNode {
    /// The commit.
    pub id: ObjectId,
    /// The tree that it records.
    pub tree: ObjectId,
    /// The commits that it follows.
    pub parents: Vec<ObjectId>,
    /// When it was made: the committer's date in seconds since the epoch.
    pub seconds: i64,
}

/// An annotated tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagNode {
    /// The tag.
    pub id: ObjectId,
    /// What it names: a commit, or any other object.
    pub target: ObjectId,
}

/// What trees hold, kept as packs keep it: each tree as what it has beyond another one.
///
/// An entry of a tree is *fresh* where the tree is stored whole, or where the entry
/// does not lie wholly within one stretch copied from the tree's base. Every other
/// entry is the base's, at the place from which its bytes were copied. So a tree
/// holds an object if it has a fresh entry for it, or if its base holds it at a
/// place that is copied whole. A place is the offset of an entry's object name in
/// the tree's bytes: `mode SP path NUL NAME`, NAME of 20 or 32 raw bytes.
#[derive(Debug, Default)]
pub struct Trees {
    ids: Vec<ObjectId>,
    /// For each tree, the index of its base, or [`NO_BASE`].
    bases: Vec<u32>,
    fresh: Vec<Fresh>,
    /// For each tree, where its fresh entries end; they begin where those of the tree before end.
    fresh_ends: Vec<u32>,
    copies: Vec<Copied>,
    /// For each tree, where its copies end.
    copy_ends: Vec<u32>,
}

/// An entry that a tree has beyond its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fresh {
    /// The first 8 bytes of the name of the object it names, big-endian: enough to find it, not to be sure.
    pub prefix: u64,
    /// The offset of that name in the tree's bytes.
    pub at: u32,
}

/// A stretch of an object that was copied from its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Where it begins in the base.
    pub from: u32,
    /// Where it begins in the object.
    pub to: u32,
    /// How many bytes it has.
    pub len: u32,
}

/// Stands for the base of a tree that is stored whole.
const NO_BASE: u32 = u32::MAX;

impl Trees {
    /// Adds a tree that is stored whole; returns its index. All its entries are fresh.
    pub fn add_whole(&mut self, id: ObjectId, fresh: impl IntoIterator<Item = Fresh>) -> u32 {
        self.add(id, NO_BASE, fresh, [])
    }

    /// Adds a tree with what it has beyond another one, which is here already; returns its index.
    pub fn add_delta(
        &mut self,
        id: ObjectId,
        base: u32,
        fresh: impl IntoIterator<Item = Fresh>,
        copies: impl IntoIterator<Item = Copied>,
    ) -> u32 {
        self.add(id, base, fresh, copies)
    }

    fn add(
        &mut self,
        id: ObjectId,
        base: u32,
        fresh: impl IntoIterator<Item = Fresh>,
        copies: impl IntoIterator<Item = Copied>,
    ) -> u32 {
        let index = small(self.ids.len());
        self.ids.push(id);
        self.bases.push(base);
        self.fresh.extend(fresh);
        self.fresh_ends.push(small(self.fresh.len()));
        self.copies.extend(copies);
        self.copy_ends.push(small(self.copies.len()));
        index
    }

    /// Returns how many trees there are; one that lies in two packs counts twice.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Returns the name of a tree.
    #[must_use]
    pub fn id(&self, index: usize) -> ObjectId {
        self.ids[index]
    }

    /// Returns the index of the tree that this one is stored against; it is smaller than `index`.
    #[must_use]
    pub fn base(&self, index: usize) -> Option<usize> {
        Some(self.bases[index]).filter(|base| *base != NO_BASE).map(|base| base as usize)
    }

    /// Returns the entries that a tree has beyond its base, in order.
    #[must_use]
    pub fn fresh(&self, index: usize) -> &[Fresh] {
        &self.fresh[stretch(&self.fresh_ends, index)]
    }

    /// Returns what a tree copies from its base, in order of `to`.
    #[must_use]
    pub fn copies(&self, index: usize) -> &[Copied] {
        &self.copies[stretch(&self.copy_ends, index)]
    }

    /// Adds all trees of another set behind those of this one.
    pub fn append(&mut self, other: Self) {
        let shift = small(self.ids.len());
        let (fresh, copies) = (small(self.fresh.len()), small(self.copies.len()));
        self.ids.extend(other.ids);
        self.bases.extend(other.bases.iter().map(|base| if *base == NO_BASE { NO_BASE } else { base + shift }));
        self.fresh.extend(other.fresh);
        self.fresh_ends.extend(other.fresh_ends.iter().map(|end| end + fresh));
        self.copies.extend(other.copies);
        self.copy_ends.extend(other.copy_ends.iter().map(|end| end + copies));
    }
}

impl Graph {
    /// Adds all that another graph holds.
    #[must_use]
    pub fn merge(mut self, mut other: Self) -> Self {
        self.commits.append(&mut other.commits);
        self.tags.append(&mut other.tags);
        self.trees.append(other.trees);
        self
    }
}

/// Returns the stretch that belongs to the tree `index`, given where each tree's ends.
fn stretch(ends: &[u32], index: usize) -> Range<usize> {
    let start = index.checked_sub(1).map_or(0, |before| ends[before]);
    start as usize..ends[index] as usize
}

/// Narrows a count: four thousand million entries would take more memory than there is.
fn small(count: usize) -> u32 {
    u32::try_from(count).expect("fewer than 4,294,967,295 trees and entries")
}
