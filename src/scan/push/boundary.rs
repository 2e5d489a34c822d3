//! What a push makes reachable beyond what was sent.
//!
//! Whatever a reference led to before the push is closed: all that it leads to was reachable,
//! too. So nothing stored becomes reachable if every link out of what was sent leads to
//! something that was. For commits this is shown by the values that references have and a look
//! at the history just below them; for what trees hold, by comparing each new tree with the one
//! that its commit's parent has at the same path. Where it cannot be shown quickly, git walks
//! from the new tips up to all references; and what may be new is scanned, which is always right.

use std::collections::{HashMap, HashSet};

use crate::error::Result;
use crate::git::{Kind, Known, Objects, Repository};
use crate::history::CommitNode;
use crate::oid::ObjectId;
use crate::scan::history::Sum;
use crate::scan::push::odd;
use crate::source::Tip;

/// Tips are compared with so many commits at the boundary; with more, only each commit with its parents.
const COMPARED: usize = 4;
/// Folders nested deeper than this are refused, as by git.
const MAX_DEPTH: usize = 2048;

/// What lies at the boundary of what was sent.
pub(super) struct Boundary {
    /// The stored objects that may become reachable and have to be scanned.
    pub(super) beyond: Vec<ObjectId>,
    /// Objects of which it is known that they were reachable before.
    pub(super) old: HashSet<ObjectId>,
}

impl Boundary {
    /// Finds the boundary of what was sent; `sum` says what leads out of it.
    pub(super) fn of(repository: &Repository, tips: &[Tip], sent: &HashSet<ObjectId>, sum: &Sum) -> Result<Self> {
        let objects = repository.objects()?;
        let shallow = repository.shallow()?;
        let commits: HashMap<ObjectId, &CommitNode> = sum.graph.commits.iter().map(|node| (node.id, node)).collect();
        let parents =
            sum.graph.commits.iter().filter(|node| !shallow.contains(&node.id)).flat_map(|node| &node.parents);
        let targets = sum.graph.tags.iter().map(|tag| &tag.target);
        let links = parents.chain(targets).chain(tips.iter().map(|tip| &tip.id));
        let edge: HashSet<ObjectId> = links.filter(|id| !sent.contains(id)).copied().collect();
        if !all_before(repository, &objects, tips, &edge)? {
            let ids: Vec<ObjectId> = tips.iter().map(|tip| tip.id).collect();
            let newly = repository.new_objects(&ids, &Known::Here)?;
            let mut beyond: Vec<ObjectId> = newly.difference(sent).copied().collect();
            beyond.sort_unstable();
            return Ok(Self { beyond, old: HashSet::new() });
        }
        let mut trees = Trees { objects: &objects, sent, old: HashSet::new(), compared: HashSet::new() };
        for node in commits.values().filter(|node| !shallow.contains(&node.id)) {
            for parent in node.parents.iter().filter(|parent| !sent.contains(parent)) {
                trees.compare_commits(node.tree, *parent)?;
            }
        }
        let mut open: HashSet<ObjectId> = sum.outside.clone();
        open.extend(commits.values().map(|node| node.tree).filter(|tree| !sent.contains(tree)));
        open.retain(|id| !trees.old.contains(id));
        if !open.is_empty() && edge.len() <= COMPARED {
            for node in tips.iter().filter_map(|tip| commits.get(&tip.id)) {
                for parent in &edge {
                    trees.compare_commits(node.tree, *parent)?;
                }
            }
            open.retain(|id| !trees.old.contains(id));
        }
        let beyond = if open.is_empty() { Vec::new() } else { trees.walk(&commits, tips, &shallow, sum)? };
        Ok(Self { beyond, old: trees.old })
    }
}

/// Tells whether all of some objects were reachable before; a no may mean that it takes longer to say.
fn all_before(repository: &Repository, objects: &Objects, tips: &[Tip], edge: &HashSet<ObjectId>) -> Result<bool> {
    if edge.is_empty() {
        return Ok(true);
    }
    // What the pusher says of the old values is not believed: a reference that is not updated in
    // the end may say anything.
    let names: Vec<_> = tips.iter().map(|tip| tip.reference.clone()).collect();
    let mut before: Vec<ObjectId> = repository.values_of(&names)?.into_iter().flatten().collect();
    let missing =
        |before: &[ObjectId]| -> HashSet<ObjectId> { edge.iter().filter(|id| !before.contains(id)).copied().collect() };
    if missing(&before).is_empty() {
        return Ok(true);
    }
    before.extend(repository.head().ok().flatten());
    let mut left = missing(&before);
    for id in repository.packed_tips(&left) {
        left.remove(&id);
    }
    if left.is_empty() {
        return Ok(true);
    }
    for id in &left {
        if objects.kind(*id)?.0 != Kind::Commit {
            return Ok(false);
        }
    }
    before.retain(|id| objects.kind(*id).is_ok_and(|(kind, _)| kind == Kind::Commit));
    Ok(repository.leads_nearby(objects, &before, &left))
}

/// Compares trees that were sent with those that were there before.
struct Trees<'a> {
    objects: &'a Objects,
    /// What was sent.
    sent: &'a HashSet<ObjectId>,
    /// What was reachable before, as far as it was met.
    old: HashSet<ObjectId>,
    /// The pairs of trees that were compared.
    compared: HashSet<(ObjectId, ObjectId)>,
}

impl Trees<'_> {
    /// Notes what the tree of a commit that was there before holds, where a sent tree differs from it.
    fn compare_commits(&mut self, tree: ObjectId, before: ObjectId) -> Result<()> {
        // A tag may have led here, or a blob that a reference names.
        if self.objects.kind(before)?.0 != Kind::Commit {
            return Ok(());
        }
        let before = self.objects.commit(before)?.tree;
        self.old.insert(before);
        self.compare(tree, before, 0)
    }

    fn compare(&mut self, tree: ObjectId, before: ObjectId, depth: usize) -> Result<()> {
        if tree == before || !self.sent.contains(&tree) || !self.compared.insert((tree, before)) {
            return Ok(());
        }
        check(depth, tree)?;
        let rows = self.objects.tree_links(before)?;
        self.old.extend(rows.iter().map(|row| row.id));
        let by_name: HashMap<&[u8], ObjectId> =
            rows.iter().filter(|row| row.is_folder).map(|row| (row.name.as_slice(), row.id)).collect();
        for row in self.objects.tree_links(tree)?.iter().filter(|row| row.is_folder) {
            if let Some(other) = by_name.get(row.name.as_slice()) {
                self.compare(row.id, *other, depth + 1)?;
            }
        }
        Ok(())
    }

    /// Walks from the tips through all that was sent, and returns what it leads to that may not have been reachable.
    fn walk(
        &self,
        commits: &HashMap<ObjectId, &CommitNode>,
        tips: &[Tip],
        shallow: &HashSet<ObjectId>,
        sum: &Sum,
    ) -> Result<Vec<ObjectId>> {
        let mut beyond = Beyond { trees: self, seen: HashSet::new(), found: Vec::new() };
        let tags: HashMap<ObjectId, ObjectId> = sum.graph.tags.iter().map(|tag| (tag.id, tag.target)).collect();
        let mut roots = Vec::new();
        for tip in tips {
            let mut id = tip.id;
            for _ in 0..=tags.len() {
                let Some(target) = tags.get(&id) else { break };
                id = *target;
            }
            if commits.contains_key(&id) {
                roots.push(id);
            } else if self.sent.contains(&id) && !sum.graph.tags.iter().any(|tag| tag.id == id) {
                beyond.object(id)?;
            }
        }
        for id in parents_first(commits, &roots) {
            let node = commits[&id];
            let parents = if shallow.contains(&id) { &[][..] } else { &node.parents[..] };
            let mut before = Vec::new();
            for parent in parents {
                before.push(match commits.get(parent) {
                    Some(parent) => parent.tree,
                    None => self.objects.commit(*parent)?.tree,
                });
            }
            beyond.entry(node.tree, &before, 0)?;
        }
        beyond.finish()
    }
}

/// Returns the commits that were sent and that roots lead to, each after its parents.
fn parents_first(commits: &HashMap<ObjectId, &CommitNode>, roots: &[ObjectId]) -> Vec<ObjectId> {
    let (mut order, mut seen) = (Vec::new(), HashSet::new());
    let mut stack: Vec<(ObjectId, bool)> = roots.iter().map(|id| (*id, false)).collect();
    while let Some((id, is_done)) = stack.pop() {
        if is_done {
            order.push(id);
            continue;
        }
        let Some(node) = commits.get(&id).filter(|_| seen.insert(id)) else { continue };
        stack.push((id, true));
        stack.extend(node.parents.iter().map(|parent| (*parent, false)));
    }
    order
}

/// The objects that were not sent and may not have been reachable.
struct Beyond<'a> {
    trees: &'a Trees<'a>,
    seen: HashSet<ObjectId>,
    found: Vec<ObjectId>,
}

impl Beyond<'_> {
    /// Takes an object that a reference names without a commit.
    fn object(&mut self, id: ObjectId) -> Result<()> {
        match self.trees.objects.kind(id)?.0 {
            Kind::Tree => self.entry(id, &[], 0),
            Kind::Blob | Kind::Commit | Kind::Tag => Ok(()),
        }
    }

    /// Takes what a tree or a commit holds, where the trees before it hold `before`.
    ///
    /// What stands in one of these at the same place was reachable, or was taken when that tree was.
    fn entry(&mut self, id: ObjectId, before: &[ObjectId], depth: usize) -> Result<()> {
        if before.contains(&id) || self.trees.old.contains(&id) || !self.seen.insert(id) {
            return Ok(());
        }
        if !self.trees.sent.contains(&id) {
            self.found.push(id);
            return Ok(());
        }
        check(depth, id)?;
        let objects = self.trees.objects;
        if objects.kind(id)?.0 != Kind::Tree {
            return Ok(());
        }
        let mut sides: HashMap<Vec<u8>, Vec<ObjectId>> = HashMap::new();
        for tree in before {
            if objects.kind(*tree)?.0 == Kind::Tree {
                for row in objects.tree_links(*tree)? {
                    sides.entry(row.name).or_default().push(row.id);
                }
            }
        }
        for row in objects.tree_links(id)? {
            let same = sides.get(&row.name).cloned().unwrap_or_default();
            self.entry(row.id, &same, depth + 1)?;
        }
        Ok(())
    }

    /// Adds what the found trees hold, and returns everything in order.
    fn finish(mut self) -> Result<Vec<ObjectId>> {
        let mut at = 0;
        while let Some(id) = self.found.get(at).copied() {
            at += 1;
            if self.trees.objects.kind(id)?.0 == Kind::Tree {
                for row in self.trees.objects.tree_links(id)? {
                    self.entry(row.id, &[], 0)?;
                }
            }
        }
        self.found.sort_unstable();
        Ok(self.found)
    }
}

/// Refuses folders nested deeper than git itself accepts, before our stack ends.
fn check(depth: usize, tree: ObjectId) -> Result<()> {
    if depth <= MAX_DEPTH { Ok(()) } else { Err(odd(tree, "its folders are nested too deep")) }
}
