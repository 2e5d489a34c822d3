//! Whether a graph names objects that are not there.

use std::collections::HashSet;
use std::ops::Range;

use crate::history::prefixes::{low, prefix_of};
use crate::history::{CommitNode, Graph, Trees};
use crate::oid::ObjectId;

/// The objects that are there, by the first 8 bytes of their names.
///
/// A twin may hide one that is missing, which takes somebody who makes it on purpose,
/// and then git itself cannot read what leads to it.
pub struct Present {
    /// A table of the prefixes, at least half of it free.
    slots: Vec<u64>,
    /// Whether one is there that is like a free slot.
    has_zero: bool,
}

/// A slot that holds nothing.
const FREE: u64 = 0;

impl Present {
    /// Lists objects, `count` of them at most.
    #[must_use]
    pub fn of(ids: impl IntoIterator<Item = ObjectId>, count: usize) -> Self {
        let mut present = Self { slots: vec![FREE; (count * 2).next_power_of_two().max(8)], has_zero: false };
        for id in ids.into_iter().take(count) {
            let prefix = prefix_of(id);
            let slot = present.slot(prefix);
            present.slots[slot] = prefix;
            present.has_zero |= prefix == FREE;
        }
        present
    }

    fn has(&self, prefix: u64) -> bool {
        self.slots[self.slot(prefix)] == prefix && (prefix != FREE || self.has_zero)
    }

    /// Returns the slot that holds a prefix, or the free one in which it belongs.
    fn slot(&self, prefix: u64) -> usize {
        let mask = self.slots.len() - 1;
        // Object names are hashes already, so their bits serve as they are.
        let mut at = low(prefix) & mask;
        while self.slots[at] != prefix && self.slots[at] != FREE {
            at = (at + 1) & mask;
        }
        at
    }
}

impl Graph {
    /// Tells whether some commit or tag names an object that is not there.
    ///
    /// What a cut-off commit follows is not asked for.
    #[must_use]
    pub fn lacks_any(&self, present: &Present, cut_off: &HashSet<ObjectId>) -> bool {
        let has = |id: &ObjectId| present.has(prefix_of(*id));
        let follows = |node: &&CommitNode| !cut_off.contains(&node.id);
        !(self.commits.iter().all(|node| has(&node.tree))
            && self.commits.iter().filter(follows).all(|node| node.parents.iter().all(has))
            && self.tags.iter().all(|tag| has(&tag.target)))
    }
}

impl Trees {
    /// Tells whether one of some trees names an object that is not there; what a submodule names is not asked for.
    #[must_use]
    pub fn lack_any(&self, some: Range<usize>, present: &Present) -> bool {
        !some.flat_map(|tree| self.fresh(tree)).all(|fresh| present.has(fresh.prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Fresh, TagNode};

    fn id(number: u8) -> ObjectId {
        ObjectId::from_bytes(&[number; 20]).unwrap()
    }

    fn graph() -> Graph {
        let mut graph = Graph::default();
        graph.commits.push(CommitNode { id: id(1), tree: id(2), parents: [id(3)].as_slice().into(), seconds: 0 });
        graph.tags.push(TagNode { id: id(4), target: id(1) });
        graph.trees.add_whole(id(2), [Fresh { prefix: prefix_of(id(5)), at: 9 }]);
        graph
    }

    fn lacks(present: &[u8], cut_off: &[u8]) -> bool {
        let present = Present::of(present.iter().copied().map(id), present.len());
        let graph = graph();
        graph.lacks_any(&present, &cut_off.iter().copied().map(id).collect()) || graph.trees.lack_any(0..1, &present)
    }

    #[test]
    fn each_object_that_is_named_must_be_there() {
        let all = [1, 2, 3, 5];

        assert!(!lacks(&all, &[]));
        for missing in all {
            let rest: Vec<u8> = all.into_iter().filter(|number| *number != missing).collect();

            assert!(lacks(&rest, &[]), "{missing}");
        }
    }

    #[test]
    fn what_lies_before_a_cut_need_not_be_there() {
        assert!(!lacks(&[1, 2, 5], &[1]));
    }
}
