//! The graph of a repository's objects: commits, tags, and what each tree holds.

use std::ops::Range;

use smallvec::SmallVec;

use crate::history::compact::{self, CopiesOf, FreshOf};
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
    /// The commits that it follows; most follow one, which is kept here.
    ///
    /// Small pieces of memory that live as long as the scan would lie between large ones that do not, and keep them from being given back.
    pub parents: SmallVec<[ObjectId; 1]>,
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
    /// The trees in parts, so that what threads learned is joined without being copied.
    parts: Vec<Part>,
    /// For each part, the index of its first tree.
    starts: Vec<u32>,
}

/// Some trees that follow each other.
#[derive(Debug, Default)]
struct Part {
    ids: Vec<ObjectId>,
    /// For each tree, how far before it its base stands; 0 if it has none.
    bases: Vec<u32>,
    /// The fresh entries, as [`compact`] writes them.
    fresh: Vec<u8>,
    /// For each tree, where its fresh entries end; they begin where those of the tree before end.
    fresh_ends: Vec<u32>,
    copies: Vec<u8>,
    /// For each tree, where its copies end.
    copy_ends: Vec<u32>,
}

/// Parts whose fresh entries have fewer bytes together become one.
const SMALL_PART: usize = 1 << 17;

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

impl Trees {
    /// Adds a tree that is stored whole; returns its index. All its entries are fresh.
    pub fn add_whole(&mut self, id: ObjectId, fresh: impl IntoIterator<Item = Fresh>) -> u32 {
        self.add(id, None, fresh, [])
    }

    /// Adds a tree with what it has beyond another one, which is here already; returns its index.
    pub fn add_delta(
        &mut self,
        id: ObjectId,
        base: u32,
        fresh: impl IntoIterator<Item = Fresh>,
        copies: impl IntoIterator<Item = Copied>,
    ) -> u32 {
        self.add(id, Some(base), fresh, copies)
    }

    fn add(
        &mut self,
        id: ObjectId,
        base: Option<u32>,
        fresh: impl IntoIterator<Item = Fresh>,
        copies: impl IntoIterator<Item = Copied>,
    ) -> u32 {
        let index = small(self.len());
        if self.parts.is_empty() {
            self.push(Part::default());
        }
        if let Some(part) = self.parts.last_mut() {
            part.ids.push(id);
            part.bases.push(base.map_or(0, |base| index - base));
            compact::write_fresh(fresh, &mut part.fresh);
            part.fresh_ends.push(small(part.fresh.len()));
            compact::write_copies(copies, &mut part.copies);
            part.copy_ends.push(small(part.copies.len()));
        }
        index
    }

    fn push(&mut self, part: Part) {
        self.starts.push(small(self.len()));
        self.parts.push(part);
    }

    /// Returns how many trees there are; one that lies in two packs counts twice.
    #[must_use]
    pub fn len(&self) -> usize {
        let before = self.starts.last().map_or(0, |start| *start as usize);
        before + self.parts.last().map_or(0, |part| part.ids.len())
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the part in which a tree is, and its number there.
    fn place(&self, index: usize) -> (&Part, usize) {
        let part = self.starts.partition_point(|start| *start as usize <= index) - 1;
        (&self.parts[part], index - self.starts[part] as usize)
    }

    /// Returns the name of a tree.
    #[must_use]
    pub fn id(&self, index: usize) -> ObjectId {
        let (part, index) = self.place(index);
        part.ids[index]
    }

    /// Returns the index of the tree that this one is stored against; it is smaller than `index`.
    #[must_use]
    pub fn base(&self, index: usize) -> Option<usize> {
        let (part, number) = self.place(index);
        Some(part.bases[number]).filter(|distance| *distance > 0).map(|distance| index - distance as usize)
    }

    /// Returns the entries that a tree has beyond its base, in order.
    pub fn fresh(&self, index: usize) -> impl Iterator<Item = Fresh> + use<'_> {
        let (part, index) = self.place(index);
        FreshOf { bytes: &part.fresh[stretch(&part.fresh_ends, index)], at: 0 }
    }

    /// Returns what a tree copies from its base, in order of `to`.
    pub fn copies(&self, index: usize) -> impl Iterator<Item = Copied> + use<'_> {
        let (part, index) = self.place(index);
        let bytes = &part.copies[stretch(&part.copy_ends, index)];
        CopiesOf { bytes, last: Copied { from: 0, to: 0, len: 0 } }
    }

    /// Adds all trees of another set behind those of this one.
    pub fn append(&mut self, other: Self) {
        for mut part in other.parts {
            part.fresh.shrink_to_fit();
            part.copies.shrink_to_fit();
            match self.parts.last_mut() {
                Some(last) if last.fresh.len() + part.fresh.len() < SMALL_PART => last.append(part),
                Some(_) | None => self.push(part),
            }
        }
    }
}

impl Part {
    /// Adds all trees of another part behind those of this one.
    fn append(&mut self, mut other: Self) {
        let (fresh, copies) = (small(self.fresh.len()), small(self.copies.len()));
        self.ids.append(&mut other.ids);
        self.bases.append(&mut other.bases);
        self.fresh.append(&mut other.fresh);
        self.fresh_ends.extend(other.fresh_ends.iter().map(|end| end + fresh));
        self.copies.append(&mut other.copies);
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(number: usize) -> ObjectId {
        let mut bytes = [0; 20];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        ObjectId::from_bytes(&bytes).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn sets_that_are_joined_hold_all_trees_as_they_were(sizes in prop::collection::vec((0..9_usize, 0..6000_usize), 1..12)) {
            let (mut joined, mut all) = (Trees::default(), Vec::new());
            for (trees, entries) in sizes {
                let (mut set, first) = (Trees::default(), all.len());
                for number in 0..trees {
                    let at = small(all.len());
                    let fresh = (0..entries).map(|entry| Fresh { prefix: entry as u64, at });
                    let copies = [Copied { from: at, to: 1, len: 2 }];
                    match number {
                        0 => set.add_whole(id(all.len()), fresh),
                        _ => set.add_delta(id(all.len()), small(number / 2), fresh, copies),
                    };
                    all.push((entries, (number > 0).then_some(first + number / 2)));
                }
                joined.append(set);
            }

            prop_assert_eq!(joined.len(), all.len());
            for (index, (entries, base)) in all.into_iter().enumerate() {
                let from = joined.copies(index).map(|copied| copied.from as usize).collect::<Vec<_>>();
                prop_assert_eq!(joined.id(index), id(index));
                prop_assert_eq!(joined.base(index), base);
                prop_assert_eq!(from, base.map(|_| index).into_iter().collect::<Vec<_>>());
                prop_assert_eq!(joined.fresh(index).count(), entries);
                prop_assert!(joined.fresh(index).all(|fresh| fresh.at as usize == index));
            }
        }
    }
}
