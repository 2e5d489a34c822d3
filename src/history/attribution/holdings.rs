//! Which trees hold which of the wanted objects, at any depth.

use crate::history::Trees;
use crate::history::attribution::families::Families;
use crate::history::attribution::lists::Lists;
use crate::history::attribution::sets::{EMPTY, Set, Sets};
use crate::history::prefixes::{Prefixes, prefix_of};
use crate::oid::ObjectId;

/// Stands for a set that is not worked out yet.
const UNKNOWN: Set = Set::MAX;
/// Stands for a set that is being worked out; met again, which honest hashes rule out, it adds nothing.
const OPEN: Set = Set::MAX - 1;
/// Stands for "not wanted".
const NOT_WANTED: u32 = u32::MAX;

/// Which trees hold which of the wanted objects.
///
/// Trees, wanted objects and lists of them share one row of numbers: first the trees
/// by their index, then the wanted objects, then the lists. What a tree holds itself
/// is a list, and what it holds at any depth is the union over that list.
pub(super) struct Holdings<'a> {
    trees: &'a Trees,
    /// Sorted, each once.
    wanted: Vec<ObjectId>,
    /// Finds trees, and wanted objects that are none, by their names.
    things: Prefixes,
    /// For each tree, its number among the wanted objects, if it is one.
    own: Vec<u32>,
    /// For each tree, the list of what it holds itself; of interest only.
    holds: Vec<u32>,
    lists: Lists,
    /// What each tree and each list holds at any depth.
    sets: Vec<Set>,
}

/// An entry of a tree that may matter: its place, and the thing it names.
type Hit = (u32, u32);

impl<'a> Holdings<'a> {
    /// Finds which trees hold which objects themselves.
    ///
    /// `wanted` is sorted, and `is_entry` says of which of them a tree may have entries.
    pub(super) fn of(trees: &'a Trees, wanted: Vec<ObjectId>, is_entry: &[bool]) -> Self {
        let (things, own) = things(trees, &wanted, is_entry);
        let hits = Hits::find(trees, &things);
        let matter = Matter::find(trees, &hits, &own);
        let first_list = number(trees.len() + wanted.len());
        let mut lists = Lists::of_numbers_below(first_list);
        let holds = inherit(trees, &hits, &matter, &mut lists);
        let sets = vec![UNKNOWN; trees.len() + wanted.len() + lists.len()];
        Self { trees, wanted, things, own, holds, lists, sets }
    }

    /// Returns what an object holds at any depth, itself included.
    pub(super) fn set_of(&mut self, id: ObjectId, sets: &mut Sets) -> Set {
        match self.thing(id) {
            Some(thing) => self.work_out(thing, sets),
            None => EMPTY,
        }
    }

    /// Returns what is known of an object that was worked out before.
    pub(super) fn known_set_of(&self, id: ObjectId) -> Set {
        let known = self.thing(id).map(|thing| self.sets[thing as usize]);
        known.filter(|set| *set != UNKNOWN).unwrap_or(EMPTY)
    }

    /// Tells whether an object is wanted that a tree may have an entry for.
    pub(super) fn is_wanted(&self, id: ObjectId) -> bool {
        self.thing(id).is_some_and(|thing| self.own.get(thing as usize).is_none_or(|item| *item != NOT_WANTED))
    }

    /// Returns the wanted objects.
    pub(super) fn wanted(&self) -> &[ObjectId] {
        &self.wanted
    }

    /// Returns the number of a wanted object among them.
    pub(super) fn item(&self, id: ObjectId) -> Option<usize> {
        self.wanted.binary_search(&id).ok()
    }

    /// Returns the number of a tree or a wanted object.
    fn thing(&self, id: ObjectId) -> Option<u32> {
        let name = |thing: u32| {
            let index = thing as usize;
            index.checked_sub(self.trees.len()).map_or_else(|| self.trees.id(index), |item| self.wanted[item])
        };
        self.things.get(prefix_of(id)).find(|thing| name(*thing) == id)
    }

    /// Works out what a thing holds, and all that it is made of, each once.
    fn work_out(&mut self, thing: u32, sets: &mut Sets) -> Set {
        let mut open = Vec::new();
        let mut result = self.begin(thing, &mut open, sets);
        while let Some(mut step) = open.pop() {
            step.sets.push(result);
            let members = self.lists.members(step.list);
            let Some(member) = members.get(step.next).copied() else {
                result = sets.union_of(&mut step.sets);
                self.sets[step.list as usize] = result;
                if let Some(tree) = step.tree {
                    result = sets.with(result, self.own(tree));
                    self.sets[tree as usize] = result;
                }
                continue;
            };
            step.next += 1;
            open.push(step);
            result = self.begin(member, &mut open, sets);
        }
        result
    }

    /// Returns what a thing holds if that is plain; else opens it, and returns nothing so far.
    fn begin(&mut self, thing: u32, open: &mut Vec<Step>, sets: &mut Sets) -> Set {
        match self.sets[thing as usize] {
            UNKNOWN => {}
            OPEN => return EMPTY,
            known => return known,
        }
        if let Some(item) = self.item_of(thing) {
            let set = sets.only(item);
            self.sets[thing as usize] = set;
            return set;
        }
        self.sets[thing as usize] = OPEN;
        let tree = (!self.lists.has(thing)).then_some(thing);
        let list = tree.map_or(thing, |tree| self.holds[tree as usize]);
        match (tree, self.sets[list as usize]) {
            (Some(tree), known) if known != UNKNOWN && known != OPEN => {
                let set = sets.with(known, self.own(tree));
                self.sets[tree as usize] = set;
                set
            }
            _ => {
                open.push(Step { tree, list, next: 0, sets: Vec::new() });
                EMPTY
            }
        }
    }

    /// Returns the number of a wanted object that is no tree.
    fn item_of(&self, thing: u32) -> Option<usize> {
        let item = (thing as usize).checked_sub(self.trees.len())?;
        (item < self.wanted.len()).then_some(item)
    }

    /// Returns the number of a tree among the wanted objects, if it is one.
    fn own(&self, tree: u32) -> Option<usize> {
        let item = self.own[tree as usize];
        (item != NOT_WANTED).then_some(item as usize)
    }
}

/// A list whose members are being gone through, for a tree or for itself.
struct Step {
    tree: Option<u32>,
    list: u32,
    next: usize,
    sets: Vec<Set>,
}

/// Numbers the trees and the wanted objects; says which trees are wanted.
///
/// A tree that is there twice goes by its first number.
fn things(trees: &Trees, wanted: &[ObjectId], is_entry: &[bool]) -> (Prefixes, Vec<u32>) {
    let mut things = Prefixes::with_room(trees.len() + wanted.len());
    let mut own = vec![NOT_WANTED; trees.len()];
    for index in 0..trees.len() {
        let id = trees.id(index);
        let prefix = prefix_of(id);
        if things.get(prefix).all(|other| trees.id(other as usize) != id) {
            things.insert(prefix, number(index));
        }
    }
    for (item, id) in wanted.iter().enumerate() {
        let prefix = prefix_of(*id);
        let tree = things.get(prefix).find(|thing| trees.len() > *thing as usize && trees.id(*thing as usize) == *id);
        match tree {
            Some(tree) => own[tree as usize] = number(item),
            None if is_entry[item] => things.insert(prefix, number(trees.len() + item)),
            None => {}
        }
    }
    (things, own)
}

/// The fresh entries that name trees or wanted objects.
struct Hits {
    hits: Vec<Hit>,
    /// Where each tree's hits end; they begin where those of the tree before end.
    ends: Vec<usize>,
}

impl Hits {
    fn find(trees: &Trees, things: &Prefixes) -> Self {
        let (mut hits, mut ends) = (Vec::new(), Vec::with_capacity(trees.len()));
        for index in 0..trees.len() {
            for fresh in trees.fresh(index) {
                hits.extend(things.get(fresh.prefix).map(|thing| (fresh.at, thing)));
            }
            ends.push(hits.len());
        }
        Self { hits, ends }
    }

    fn in_tree(&self, index: usize) -> &[Hit] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.hits[start..self.ends[index]]
    }
}

/// The trees that may hold something wanted; all others hold nothing.
struct Matter {
    /// For each tree, whether it may.
    trees: Vec<bool>,
    /// For each tree, those that are stored against it.
    stored_against: Families,
}

impl Matter {
    /// Follows hits from the wanted objects up, and from each base to what is stored against it.
    ///
    /// Copies are not looked at here, so each tree is gone through once.
    fn find(trees: &Trees, hits: &Hits, own: &[u32]) -> Self {
        let len = trees.len();
        let stored = (0..len).filter_map(|index| Some((trees.base(index)?, number(index))));
        let stored_against = Families::of(len, stored);
        let rows = (0..len).flat_map(|index| hits.in_tree(index).iter().map(move |hit| (hit.1 as usize, index)));
        let holders = Families::of(len, rows.filter(|row| row.0 < len).map(|(tree, index)| (tree, number(index))));
        let holds_item = |index: &usize| hits.in_tree(*index).iter().any(|hit| hit.1 as usize >= len);
        let mut next: Vec<usize> = (0..len).filter(|index| own[*index] != NOT_WANTED || holds_item(index)).collect();
        let mut matter = vec![false; len];
        for index in &next {
            matter[*index] = true;
        }
        while let Some(index) = next.pop() {
            for other in stored_against.of_owner(index).iter().chain(holders.of_owner(index)) {
                if !std::mem::replace(&mut matter[*other as usize], true) {
                    next.push(*other as usize);
                }
            }
        }
        Self { trees: matter, stored_against }
    }

    /// Tells whether a thing may hold or be something wanted.
    fn has(&self, thing: u32) -> bool {
        self.trees.get(thing as usize).copied().unwrap_or(true)
    }
}

/// Returns for each tree the list of what it holds itself, of what matters.
///
/// Follows each chain of deltas from its base, so that the entries of a few trees only
/// are at hand at any time.
fn inherit(trees: &Trees, hits: &Hits, matter: &Matter, lists: &mut Lists) -> Vec<u32> {
    let empty = lists.number(&[]);
    let mut holds = vec![empty; trees.len()];
    let (mut members, mut spare) = (Vec::new(), Vec::new());
    let is_root = |index: &usize| trees.base(*index).is_none_or(|base| !matter.trees[base]);
    for root in (0..trees.len()).filter(|index| matter.trees[*index]).filter(is_root) {
        let mut first = spare.pop().unwrap_or_default();
        entries(trees, hits, matter, root, &[], &mut first);
        let mut open = vec![Open { tree: root, entries: first, next: 0 }];
        while let Some(last) = open.last_mut() {
            let children = matter.stored_against.of_owner(last.tree);
            if last.next == 0 {
                members.clear();
                members.extend(last.entries.iter().map(|entry| entry.1));
                holds[last.tree] = lists.number(&members);
            }
            let Some(child) = children.get(last.next).copied() else {
                spare.extend(open.pop().map(|done| done.entries));
                continue;
            };
            last.next += 1;
            let mut next = spare.pop().unwrap_or_default();
            entries(trees, hits, matter, child as usize, &last.entries, &mut next);
            if last.next == children.len() {
                spare.extend(open.pop().map(|done| done.entries));
            }
            open.push(Open { tree: child as usize, entries: next, next: 0 });
        }
    }
    holds
}

/// A tree whose family is being gone through.
struct Open {
    tree: usize,
    entries: Vec<Hit>,
    /// Which of the trees stored against it comes next.
    next: usize,
}

/// Lists the entries of a tree that matter, given those of its base, in order of their places.
fn entries(trees: &Trees, hits: &Hits, matter: &Matter, index: usize, base: &[Hit], entries: &mut Vec<Hit>) {
    let id_len = number(trees.id(index).as_bytes().len());
    entries.clear();
    for copied in trees.copies(index) {
        let end = copied.from.saturating_add(copied.len);
        let start = base.partition_point(|entry| entry.0 < copied.from);
        let inside = base[start..].iter().take_while(|entry| entry.0.saturating_add(id_len) <= end);
        entries.extend(inside.map(|entry| (entry.0.wrapping_sub(copied.from).wrapping_add(copied.to), entry.1)));
    }
    let fresh = hits.in_tree(index).iter().filter(|hit| matter.has(hit.1));
    let inherited = entries.len();
    entries.extend(fresh);
    if inherited < entries.len() {
        entries.sort_unstable();
    }
}

/// Narrows a number of trees and wanted objects.
fn number(count: usize) -> u32 {
    u32::try_from(count).expect("fewer than 4,294,967,295 trees and wanted objects")
}
