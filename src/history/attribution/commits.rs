//! Commits in history order, each once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use crate::history::CommitNode;
use crate::history::attribution::families::Families;
use crate::history::prefixes::{Prefixes, prefix_of};
use crate::oid::ObjectId;

/// The commits of a graph, each once, with the parents that are there.
///
/// A commit is named by its rank: its number among all commits by date and id. So
/// nothing here depends on the order in which the graph holds them.
pub(super) struct Commits<'a> {
    nodes: Vec<&'a CommitNode>,
    by_id: Prefixes,
    /// The ranks of all commits' parents.
    parents: Vec<u32>,
    /// Where each commit's parents end; they begin where those of the commit before end.
    ends: Vec<u32>,
}

impl<'a> Commits<'a> {
    /// Sorts the commits of a graph. Parents that are not there count as absent.
    pub(super) fn of(graph: &'a [CommitNode]) -> Self {
        // The prefix decides nearly always, and lies beside what is moved.
        let mut keyed: Vec<_> = graph.iter().map(|node| (node.seconds, prefix_of(node.id), node)).collect();
        keyed.sort_unstable_by(|one, other| {
            (one.0, one.1).cmp(&(other.0, other.1)).then_with(|| one.2.id.cmp(&other.2.id))
        });
        let mut nodes: Vec<&CommitNode> = keyed.into_iter().map(|(_, _, node)| node).collect();
        nodes.dedup_by_key(|node| node.id);
        let mut by_id = Prefixes::with_room(nodes.len());
        (0..).zip(&nodes).for_each(|(rank, node)| by_id.insert(prefix_of(node.id), rank));
        let mut commits = Self { nodes, by_id, parents: Vec::new(), ends: Vec::new() };
        for rank in 0..commits.nodes.len() {
            let node = commits.nodes[rank];
            let parents: Vec<u32> = node.parents.iter().filter_map(|id| commits.rank(*id)).collect();
            commits.parents.extend(parents);
            commits.ends.push(u32::try_from(commits.parents.len()).expect("fewer than 4,294,967,296 parents"));
        }
        commits
    }

    /// Returns how many commits there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns the commits, by rank.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &'a CommitNode> + '_ {
        self.nodes.iter().copied()
    }

    /// Returns a commit.
    pub(super) fn node(&self, rank: u32) -> &'a CommitNode {
        self.nodes[rank as usize]
    }

    /// Returns the rank of a commit.
    pub(super) fn rank(&self, id: ObjectId) -> Option<u32> {
        self.by_id.get(prefix_of(id)).find(|rank| self.node(*rank).id == id)
    }

    /// Returns the ranks of a commit's parents.
    pub(super) fn parents(&self, rank: u32) -> &[u32] {
        let start = (rank as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.parents[start as usize..self.ends[rank as usize] as usize]
    }

    /// Returns the ranks in history order: each commit behind its parents, and of those that can come next the oldest.
    pub(super) fn in_order(&self) -> Vec<u32> {
        let mut waits_for: Vec<usize> = self.ranks().map(|rank| self.parents(rank).len()).collect();
        let pairs = self.ranks().flat_map(|rank| self.parents(rank).iter().map(move |parent| (*parent as usize, rank)));
        let children = Families::of(self.len(), pairs);
        let mut ready: BinaryHeap<Reverse<u32>> =
            self.ranks().filter(|rank| waits_for[*rank as usize] == 0).map(Reverse).collect();
        let mut order = Vec::with_capacity(self.len());
        while let Some(Reverse(rank)) = ready.pop() {
            order.push(rank);
            for child in children.of_owner(rank as usize) {
                let waits = &mut waits_for[*child as usize];
                *waits -= 1;
                if *waits == 0 {
                    ready.push(Reverse(*child));
                }
            }
        }
        order
    }

    fn ranks(&self) -> Range<u32> {
        0..u32::try_from(self.len()).expect("fewer than 4,294,967,296 commits")
    }
}
