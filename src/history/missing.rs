//! Whether a graph names objects that are not there.

use std::collections::HashSet;
use std::ops::Range;

use crate::history::prefixes::{Prefixes, prefix_of};
use crate::history::{CommitNode, Graph, Trees};
use crate::oid::ObjectId;

/// The objects that are there, by the first 8 bytes of their names.
///
/// A twin may hide one that is missing, which takes somebody who makes it on purpose,
/// and then git itself cannot read what leads to it.
pub struct Present(Prefixes);

impl Present {
    /// Lists objects, `count` of them at most.
    #[must_use]
    pub fn of(ids: impl IntoIterator<Item = ObjectId>, count: usize) -> Self {
        let mut known = Prefixes::with_room(count);
        for id in ids.into_iter().take(count) {
            known.insert(prefix_of(id), 0);
        }
        Self(known)
    }

    fn has(&self, prefix: u64) -> bool {
        self.0.get(prefix).next().is_some()
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
        graph.commits.push(CommitNode { id: id(1), tree: id(2), parents: vec![id(3)], seconds: 0 });
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
