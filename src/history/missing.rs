//! Whether a graph names objects that are not there.

use std::collections::HashSet;

use crate::history::Graph;
use crate::history::prefixes::{Prefixes, prefix_of};
use crate::oid::ObjectId;

impl Graph {
    /// Tells whether some commit, tag or tree names an object that is not among the `count` that are `present`.
    ///
    /// What a cut-off commit follows is not asked for, nor what a submodule names.
    /// Objects are known by the first 8 bytes of their names: a twin may hide one
    /// that is missing, which takes somebody who makes it on purpose, and then git
    /// itself cannot read what leads to it.
    #[must_use]
    pub fn lacks_any(
        &self,
        present: impl IntoIterator<Item = ObjectId>,
        count: usize,
        cut_off: &HashSet<ObjectId>,
    ) -> bool {
        let mut known = Prefixes::with_room(count);
        for id in present.into_iter().take(count) {
            known.insert(prefix_of(id), 0);
        }
        let is_there = |prefix: u64| known.get(prefix).next().is_some();
        let has = |id: &ObjectId| is_there(prefix_of(*id));
        let follows = |node: &&crate::history::CommitNode| !cut_off.contains(&node.id);
        let trees = (0..self.trees.len()).flat_map(|tree| self.trees.fresh(tree));
        !(self.commits.iter().all(|node| has(&node.tree))
            && self.commits.iter().filter(follows).all(|node| node.parents.iter().all(has))
            && self.tags.iter().all(|tag| has(&tag.target))
            && trees.map(|fresh| fresh.prefix).all(is_there))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{CommitNode, Fresh, TagNode};

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

    #[test]
    fn each_object_that_is_named_must_be_there() {
        let all = [1, 2, 3, 5].map(id);

        assert!(!graph().lacks_any(all, all.len(), &HashSet::new()));
        for missing in all {
            let rest: Vec<ObjectId> = all.into_iter().filter(|id| *id != missing).collect();

            assert!(graph().lacks_any(rest, 4, &HashSet::new()), "{missing}");
        }
    }

    #[test]
    fn what_lies_before_a_cut_need_not_be_there() {
        assert!(!graph().lacks_any([1, 2, 5].map(id), 3, &HashSet::from([id(1)])));
    }
}
