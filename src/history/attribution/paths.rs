//! The paths at which trees hold an object.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use crate::error::{Error, Result};
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

/// What to look for, and where.
pub(super) struct Search<F> {
    /// The object.
    pub(super) object: ObjectId,
    /// Tells whether a tree may hold the object at any depth.
    pub(super) may_hold: F,
    /// How many trees may be read.
    pub(super) most_trees: usize,
}

/// An entry of a tree that is the object, or a folder that may hold it.
struct Row {
    name: Vec<u8>,
    id: ObjectId,
    is_folder: bool,
}

impl<F: Fn(ObjectId) -> bool> Search<F> {
    /// Returns all paths at which some of the trees `roots` hold the object.
    pub(super) fn below(
        &self,
        roots: impl IntoIterator<Item = ObjectId>,
        mut read_tree: impl FnMut(ObjectId) -> Result<Vec<u8>>,
    ) -> Result<Paths> {
        let (mut found, mut complete, mut steps) = (BTreeSet::new(), true, 0);
        let mut known: HashMap<ObjectId, Rc<[Row]>> = HashMap::new();
        let mut seen = HashSet::new();
        let mut next: Vec<(ObjectId, Vec<u8>)> = Vec::new();
        for root in roots {
            if root == self.object {
                found.insert(RepoPath::default());
            }
            next.push((root, Vec::new()));
            while let Some((tree, path)) = next.pop() {
                if !(self.may_hold)(tree) || !seen.insert((tree, path.clone())) {
                    continue;
                }
                steps += 1;
                if found.len() >= MOST_PATHS || steps > MOST_STEPS {
                    return Ok(Paths { found: found.into_iter().collect(), complete: false });
                }
                let rows = match known.get(&tree) {
                    Some(rows) => Rc::clone(rows),
                    None if known.len() >= self.most_trees => {
                        complete = false;
                        continue;
                    }
                    None => {
                        let rows = self.rows(tree, &read_tree(tree)?)?;
                        Rc::clone(known.entry(tree).or_insert(rows))
                    }
                };
                for row in rows.iter() {
                    let path = joined(&path, &row.name);
                    if path.len() > LONGEST {
                        complete = false;
                        continue;
                    }
                    if row.id == self.object {
                        found.insert(RepoPath::new(path.as_slice()));
                    }
                    if row.is_folder {
                        next.push((row.id, path));
                    }
                }
            }
        }
        Ok(Paths { found: found.into_iter().collect(), complete })
    }

    /// Takes a tree apart, and keeps what matters.
    fn rows(&self, tree: ObjectId, bytes: &[u8]) -> Result<Rc<[Row]>> {
        let (mut rows, mut rest) = (Vec::new(), bytes);
        while !rest.is_empty() {
            let (mode, row, behind) = split(rest, tree.as_bytes().len()).ok_or_else(|| damaged(tree))?;
            rest = behind;
            // The commit of a submodule belongs to another repository, whatever its name is here.
            let is_ours = mode & 0o170_000 != 0o160_000;
            if is_ours && (row.id == self.object || row.is_folder && (self.may_hold)(row.id)) {
                rows.push(row);
            }
        }
        Ok(rows.into())
    }
}

/// Splits off the first entry of a tree, `MODE SP NAME NUL ID`: its mode, the entry, and what comes behind.
fn split(bytes: &[u8], id_len: usize) -> Option<(u32, Row, &[u8])> {
    let space = bytes.iter().position(|byte| *byte == b' ')?;
    let mode = u32::from_str_radix(std::str::from_utf8(&bytes[..space]).ok()?, 8).ok()?;
    let rest = &bytes[space + 1..];
    let end = rest.iter().position(|byte| *byte == 0)?;
    let (id, behind) = rest[end + 1..].split_at_checked(id_len)?;
    let row =
        Row { name: rest[..end].to_vec(), id: ObjectId::from_bytes(id)?, is_folder: mode & 0o170_000 == 0o040_000 };
    Some((mode, row, behind))
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

    fn id(number: u8) -> ObjectId {
        ObjectId::from_bytes(&[number; 20]).unwrap()
    }

    fn row(mode: &str, name: &str, number: u8) -> Vec<u8> {
        [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &[number; 20]].concat()
    }

    #[test]
    fn a_tree_of_trees_that_share_all_their_parts_takes_no_time() {
        // Tree N holds tree N - 1 as `a` and as `b`: 2 ^ 200 paths.
        let read = |tree: ObjectId| {
            let below = tree.as_bytes()[0] - 1;
            let mode = if below == 0 { "100644" } else { "40000" };
            Ok([row(mode, "a", below), row(mode, "b", below)].concat())
        };
        let search = Search { object: id(0), may_hold: |_| true, most_trees: usize::MAX };

        let paths = search.below([id(200)], read).unwrap();

        assert!(!paths.complete);
        assert!(paths.found.len() >= MOST_PATHS);
    }

    #[test]
    fn what_is_held_up_by_a_twin_only_takes_no_time_either() {
        let read = |tree: ObjectId| {
            let below = tree.as_bytes()[0] - 1;
            let mode = if below == 1 { "100644" } else { "40000" };
            Ok([row(mode, "a", below), row(mode, "b", below)].concat())
        };
        let search = Search { object: id(0), may_hold: |_| true, most_trees: usize::MAX };

        let paths = search.below([id(20)], read).unwrap();

        assert_eq!(paths.found, []);
    }

    #[test]
    fn a_submodule_is_no_match() {
        let read = |_| Ok([row("160000", "sub", 1), row("100644", "x", 2)].concat());
        let search = Search { object: id(1), may_hold: |_| true, most_trees: 10 };

        assert_eq!(search.below([id(9)], read).unwrap().found, []);
    }

    #[test]
    fn a_damaged_tree_is_an_error() {
        for bytes in [&b"100644"[..], b"100644 a", b"100644 a\x00123", b"99 a\0", b"\xff a\0"] {
            let search = Search { object: id(1), may_hold: |_| true, most_trees: 10 };

            assert!(search.below([id(9)], |_| Ok(bytes.to_vec())).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn trees_that_may_not_be_read_are_said_to_be_missing() {
        let search = Search { object: id(1), may_hold: |_| true, most_trees: 0 };

        assert!(!search.below([id(9)], |_| Ok(Vec::new())).unwrap().complete);
    }
}
