//! The paths at which trees hold an object.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::history::attribution::holdings::Holdings;
use crate::history::attribution::sets::{EMPTY, Set, Sets};
use crate::oid::ObjectId;
use crate::path::RepoPath;

/// How many paths of one object are told.
const MOST_PATHS: usize = 1000;
/// How many folders are entered for one object: one tree may hold another under many names, and so on.
const MOST_STEPS: usize = 1 << 20;
/// The longest path that is followed, in bytes.
const LONGEST: usize = 1 << 16;

/// Paths at which an object is held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths {
    /// The paths, sorted, each once; of a commit's own tree, the empty path.
    pub found: Vec<RepoPath>,
    /// Whether these are all. There may be more than anybody wants to read.
    pub complete: bool,
}

/// How many rows of trees are kept: a few dozen bytes each.
const KEPT_ROWS: usize = 1 << 18;

/// An entry of a tree that is a wanted object, or a folder that holds some.
pub(super) struct Row {
    name: Vec<u8>,
    id: ObjectId,
    is_folder: bool,
    /// What is held by the folder.
    holds: Set,
}

/// Trees taken apart, each once for all objects that are looked for.
pub(super) struct Rows<R> {
    read_tree: R,
    known: HashMap<ObjectId, Rc<[Row]>>,
    /// How many trees and rows are known.
    kept: usize,
}

impl<R: FnMut(ObjectId) -> Result<Vec<u8>>> Rows<R> {
    /// Takes apart what `read_tree` reads.
    pub(super) fn of(read_tree: R) -> Self {
        Self { read_tree, known: HashMap::new(), kept: 0 }
    }

    /// Returns the entries of a tree that matter to any wanted object.
    fn get(&mut self, tree: ObjectId, holdings: &Holdings<'_>) -> Result<Rc<[Row]>> {
        if let Some(known) = self.known.get(&tree) {
            return Ok(Rc::clone(known));
        }
        let rows = rows(tree, &(self.read_tree)(tree)?, holdings)?;
        if self.kept > KEPT_ROWS {
            self.known.clear();
            self.kept = 0;
        }
        self.kept += 1 + rows.len();
        self.known.insert(tree, Rc::clone(&rows));
        Ok(rows)
    }
}

/// Takes a tree apart, and keeps what matters.
fn rows(tree: ObjectId, bytes: &[u8], holdings: &Holdings<'_>) -> Result<Rc<[Row]>> {
    let (mut rows, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let (mode, name, id, behind) = split(rest, tree.as_bytes().len()).ok_or_else(|| damaged(tree))?;
        rest = behind;
        let is_folder = mode & 0o170_000 == 0o040_000;
        // The commit of a submodule belongs to another repository, whatever its name is here.
        let is_ours = mode & 0o170_000 != 0o160_000;
        let holds = if is_folder { holdings.known_set_of(id) } else { EMPTY };
        if is_ours && (holds != EMPTY || holdings.is_wanted(id)) {
            rows.push(Row { name: name.to_vec(), id, is_folder, holds });
        }
    }
    Ok(rows.into())
}

/// What to look for.
pub(super) struct Search<'a> {
    /// The object.
    pub(super) object: ObjectId,
    /// Its number among the wanted objects; nothing holds one that is not wanted.
    pub(super) item: Option<usize>,
    /// What trees hold.
    pub(super) holdings: &'a Holdings<'a>,
    /// What sets hold.
    pub(super) sets: &'a Sets,
    /// How many trees may be looked at.
    pub(super) most_trees: usize,
}

impl Search<'_> {
    /// Returns all paths at which some of the trees `roots` hold the object.
    pub(super) fn below<R: FnMut(ObjectId) -> Result<Vec<u8>>>(
        &self,
        roots: impl IntoIterator<Item = ObjectId>,
        rows: &mut Rows<R>,
    ) -> Result<Paths> {
        let (mut found, mut complete, mut steps) = (BTreeSet::new(), true, 0);
        let (mut seen, mut trees) = (HashSet::new(), HashSet::new());
        let mut next: Vec<(ObjectId, Vec<u8>)> = Vec::new();
        for root in roots {
            if root == self.object {
                found.insert(RepoPath::default());
            }
            if self.holds(self.holdings.known_set_of(root)) {
                next.push((root, Vec::new()));
            }
            while let Some((tree, path)) = next.pop() {
                if !seen.insert((tree, path.clone())) {
                    continue;
                }
                steps += 1;
                if found.len() >= MOST_PATHS || steps > MOST_STEPS {
                    return Ok(Paths { found: found.into_iter().collect(), complete: false });
                }
                if !trees.contains(&tree) && trees.len() >= self.most_trees {
                    complete = false;
                    continue;
                }
                trees.insert(tree);
                for row in rows.get(tree, self.holdings)?.iter() {
                    let is_it = row.id == self.object;
                    let holds_it = self.holds(row.holds);
                    if !is_it && !holds_it {
                        continue;
                    }
                    let path = joined(&path, &row.name);
                    if path.len() > LONGEST {
                        complete = false;
                        continue;
                    }
                    if is_it {
                        found.insert(RepoPath::new(path.as_slice()));
                    }
                    if holds_it && row.is_folder {
                        next.push((row.id, path));
                    }
                }
            }
        }
        Ok(Paths { found: found.into_iter().collect(), complete })
    }

    /// Tells whether a set has the object.
    fn holds(&self, set: Set) -> bool {
        self.item.is_some_and(|item| self.sets.has(set, item))
    }
}

/// Splits off the first entry of a tree, `MODE SP NAME NUL ID`: mode, name, object, and what comes behind.
fn split(bytes: &[u8], id_len: usize) -> Option<(u32, &[u8], ObjectId, &[u8])> {
    let space = bytes.iter().position(|byte| *byte == b' ')?;
    let digits = bytes[..space].iter().map(|byte| char::from(*byte).to_digit(8));
    let mode =
        digits.take(8).try_fold(0, |mode, digit| Some(mode << 3 | digit?)).filter(|_| (1..8).contains(&space))?;
    let rest = &bytes[space + 1..];
    let end = memchr::memchr(0, rest)?;
    let (id, behind) = rest[end + 1..].split_at_checked(id_len)?;
    Some((mode, &rest[..end], ObjectId::from_bytes(id)?, behind))
}

/// Joins a folder and a name in it.
fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
}

fn damaged(tree: ObjectId) -> Error {
    Error::Git { doing: "read the tree", what: tree.to_string(), because: "it is damaged".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::prefixes::prefix_of;
    use crate::history::{Fresh, Trees};

    fn id(number: u8) -> ObjectId {
        ObjectId::from_bytes(&[number; 20]).unwrap()
    }

    fn row(mode: &str, name: &str, number: u8) -> Vec<u8> {
        [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &[number; 20]].concat()
    }

    /// Looks in the tree `root` for an object that is known by the first bytes of `known_as`, as is all else.
    fn search(
        object: ObjectId,
        known_as: ObjectId,
        root: u8,
        most_trees: usize,
        read: impl Fn(ObjectId) -> Result<Vec<u8>>,
    ) -> Result<Paths> {
        let mut trees = Trees::default();
        for number in 1..=root {
            let below = if number == 1 { known_as } else { id(number - 1) };
            trees.add_whole(id(number), [Fresh { prefix: prefix_of(below), at: 9 }]);
        }
        let mut holdings = Holdings::of(&trees, vec![object], &[true]);
        let mut sets = Sets::below(1);
        holdings.set_of(id(root), &mut sets);
        let item = holdings.item(object);
        let search = Search { object, item, holdings: &holdings, sets: &sets, most_trees };
        search.below([id(root)], &mut Rows::of(read))
    }

    /// Tree N holds tree N - 1 as `a` and as `b`: 2 ^ N paths lead to the blob 0.
    fn doubled(tree: ObjectId) -> Vec<u8> {
        let below = tree.as_bytes()[0] - 1;
        let mode = if below == 0 { "100644" } else { "40000" };
        [row(mode, "a", below), row(mode, "b", below)].concat()
    }

    #[test]
    fn a_tree_of_trees_that_share_all_their_parts_takes_no_time() {
        let paths = search(id(0), id(0), 200, usize::MAX, |tree| Ok(doubled(tree))).unwrap();

        assert!(!paths.complete);
        assert!(paths.found.len() >= MOST_PATHS);
    }

    #[test]
    fn what_is_held_up_by_a_twin_only_takes_no_time_either() {
        let mut twin = [0; 20];
        twin[19] = 1;
        let twin = ObjectId::from_bytes(&twin).unwrap();

        let paths = search(twin, id(0), 20, usize::MAX, |tree| Ok(doubled(tree))).unwrap();

        assert_eq!(paths.found, []);
    }

    #[test]
    fn a_submodule_is_no_match() {
        let read = |_| Ok([row("160000", "sub", 0), row("100644", "x", 0)].concat());

        let paths = search(id(0), id(0), 1, 10, read).unwrap();

        assert_eq!(paths.found, [RepoPath::from("x")]);
    }

    #[test]
    fn a_damaged_tree_is_an_error() {
        for bytes in
            [&b"100644"[..], b"100644 a", b"100644 a\x00123", b"99 a\0", b"\xff a\0", b" a\x0012345678901234567890"]
        {
            assert!(search(id(0), id(0), 1, 10, |_| Ok(bytes.to_vec())).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn trees_that_may_not_be_read_are_said_to_be_missing() {
        assert!(!search(id(0), id(0), 1, 0, |_| Ok(Vec::new())).unwrap().complete);
    }
}
