//! Trees, and what one of them has that none of several others has.

use std::collections::HashSet;

use crate::error::{Error, Result};
use crate::git::objects::{Kind, Objects};
use crate::oid::ObjectId;
use crate::path::RepoPath;

/// How deep folders may be nested.
const MAX_DEPTH: usize = 2048;
/// How many rows a comparison reads in trees that it had read before.
///
/// Ten trees, each of which holds the next one ten times, are ten thousand million paths: no memory holds them.
const MOST_AGAIN: usize = 1_000_000;

/// What a path is in a tree or in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A file, executable or not.
    File,
    /// A symbolic link; its blob is the target.
    Link,
    /// A submodule; its id is a commit of another repository.
    Submodule,
    /// A folder.
    Folder,
}

impl Mode {
    /// Reads the number that git stores.
    pub(super) fn from_bits(bits: u32) -> Self {
        match bits & 0o170_000 {
            0o120_000 => Self::Link,
            0o160_000 => Self::Submodule,
            0o040_000 => Self::Folder,
            _ => Self::File,
        }
    }
}

/// What one side has at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version {
    /// What it is.
    pub mode: Mode,
    /// Its object.
    pub id: ObjectId,
}

/// A path that is not the same as in any of the earlier trees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path.
    pub path: RepoPath,
    /// What the earlier trees have there, each that has something.
    pub old: Vec<Version>,
    /// What is there now.
    pub after: After,
}

/// What is at a changed path now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// Nothing. Told only of what the first of the earlier trees has.
    Gone,
    /// This.
    Is(Version),
    /// Both sides of a conflict.
    Unmerged(Vec<Version>),
}

/// One row of a tree.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Its name; a folder's ends in `/`, which gives rows the order of whole paths.
    pub(super) key: Vec<u8>,
    /// What it is.
    pub(super) version: Version,
}

/// What an entry of a tree leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its name, without a slash.
    pub name: Vec<u8>,
    /// The object.
    pub id: ObjectId,
    /// Whether it is a folder.
    pub is_folder: bool,
}

impl Objects {
    /// Reads what the entries of a tree lead to; a submodule leads nowhere.
    pub fn tree_links(&self, id: ObjectId) -> Result<Vec<Link>> {
        let link = |mut row: Row| {
            let is_folder = row.version.mode == Mode::Folder;
            row.key.truncate(row.key.len() - usize::from(is_folder));
            Link { name: row.key, id: row.version.id, is_folder }
        };
        let rows = self.tree(id)?.into_iter().filter(|row| row.version.mode != Mode::Submodule);
        Ok(rows.map(link).collect())
    }

    /// Reads the rows of a tree, in the order of their keys.
    pub(super) fn tree(&self, id: ObjectId) -> Result<Vec<Row>> {
        let bytes = self.whole(Kind::Tree, id)?;
        rows(&bytes, self.id_len()).ok_or_else(|| Error::Git {
            doing: "read the tree",
            what: id.to_string(),
            because: "it is damaged".to_owned(),
        })
    }
}

/// Takes a tree object apart: `MODE SP NAME NUL ID` for each row.
fn rows(mut bytes: &[u8], id_len: usize) -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    while !bytes.is_empty() {
        let space = bytes.iter().position(|byte| *byte == b' ')?;
        let bits = u32::from_str_radix(std::str::from_utf8(&bytes[..space]).ok()?, 8).ok()?;
        let rest = &bytes[space + 1..];
        let end = rest.iter().position(|byte| *byte == 0)?;
        let id = ObjectId::from_bytes(rest.get(end + 1..end + 1 + id_len)?)?;
        let mode = Mode::from_bits(bits);
        let mut key = rest[..end].to_vec();
        if mode == Mode::Folder {
            key.push(b'/');
        }
        rows.push(Row { key, version: Version { mode, id } });
        bytes = &rest[end + 1 + id_len..];
    }
    Some(rows)
}

/// The rows that several trees have for one folder, and which of them were met.
pub(super) struct Side {
    rows: Vec<Row>,
    met: Vec<bool>,
}

impl Side {
    /// Reads one folder of an earlier tree; without one, it is empty.
    pub(super) fn read(objects: &Objects, tree: Option<ObjectId>) -> Result<Self> {
        let rows = tree.map_or_else(|| Ok(Vec::new()), |id| objects.tree(id))?;
        Ok(Self { met: vec![false; rows.len()], rows })
    }

    /// Returns what the folder has under a key, and notes that it was met.
    pub(super) fn meet(&mut self, key: &[u8]) -> Option<Version> {
        let at = self.rows.binary_search_by(|row| row.key.as_slice().cmp(key)).ok()?;
        self.met[at] = true;
        Some(self.rows[at].version)
    }

    /// Returns the rows that were never met.
    pub(super) fn unmet(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().zip(&self.met).filter(|(_, met)| !**met).map(|(row, _)| row)
    }
}

/// Returns the paths at which `tree` differs from every one of `earlier`, sorted.
///
/// With no earlier tree, as for a first commit, all paths are new.
pub(super) fn changes(objects: &Objects, tree: ObjectId, earlier: &[ObjectId]) -> Result<Vec<Change>> {
    let mut found = Found::default();
    if !earlier.contains(&tree) {
        let earlier: Vec<_> = earlier.iter().copied().map(Some).collect();
        folder(objects, &mut Vec::new(), tree, &earlier, &mut found)?;
    }
    found.changes.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found.changes)
}

/// What a comparison found, and what it read for that.
#[derive(Default)]
pub(super) struct Found {
    /// The paths that differ.
    pub(super) changes: Vec<Change>,
    /// The trees that were read.
    read: HashSet<ObjectId>,
    /// How many rows were read in trees that had been read before.
    again: usize,
}

impl Found {
    /// Reads a folder, unless the same ones were read too often: then there is no end to the paths below them.
    fn rows(&mut self, objects: &Objects, tree: ObjectId) -> Result<Vec<Row>> {
        let rows = objects.tree(tree)?;
        if !self.read.insert(tree) {
            self.again += rows.len() + 1;
        }
        if self.again <= MOST_AGAIN {
            return Ok(rows);
        }
        let because = format!("the same folders stand at more than {MOST_AGAIN} paths of one commit");
        Err(Error::Git { doing: "list the tree", what: tree.to_string(), because })
    }
}

/// Refuses folders nested deeper than git itself accepts (`core.maxTreeDepth`), before our stack ends.
pub(super) fn check_depth(prefix: &[u8]) -> Result<()> {
    if prefix.split(|byte| *byte == b'/').count() <= MAX_DEPTH {
        return Ok(());
    }
    let because = format!("its folders are nested more than {MAX_DEPTH} deep");
    Err(Error::Git { doing: "read the tree", what: String::new(), because })
}

/// Compares one folder; `prefix` is its path with a slash at the end.
fn folder(
    objects: &Objects,
    prefix: &mut Vec<u8>,
    tree: ObjectId,
    earlier: &[Option<ObjectId>],
    found: &mut Found,
) -> Result<()> {
    check_depth(prefix)?;
    let mut sides = earlier.iter().map(|tree| Side::read(objects, *tree)).collect::<Result<Vec<_>>>()?;
    for row in found.rows(objects, tree)? {
        let before: Vec<_> = sides.iter_mut().map(|side| side.meet(&row.key)).collect();
        if before.contains(&Some(row.version)) {
            continue;
        }
        let length = prefix.len();
        prefix.extend_from_slice(&row.key);
        if row.version.mode == Mode::Folder {
            let below: Vec<_> = before.iter().map(|version| version.map(|version| version.id)).collect();
            folder(objects, prefix, row.version.id, &below, found)?;
        } else {
            let old = before.into_iter().flatten().collect();
            found.changes.push(Change { path: RepoPath::new(prefix.as_slice()), old, after: After::Is(row.version) });
        }
        prefix.truncate(length);
    }
    sides.first().map_or(Ok(()), |first| gone(objects, prefix, first.unmet(), found))
}

/// Lists what lies below the rows of an earlier tree that are no more.
pub(super) fn gone<'rows>(
    objects: &Objects,
    prefix: &mut Vec<u8>,
    rows: impl Iterator<Item = &'rows Row>,
    found: &mut Found,
) -> Result<()> {
    check_depth(prefix)?;
    for row in rows {
        let length = prefix.len();
        prefix.extend_from_slice(&row.key);
        if row.version.mode == Mode::Folder {
            gone_folder(objects, prefix, row.version.id, found)?;
        } else {
            let path = RepoPath::new(prefix.as_slice());
            found.changes.push(Change { path, old: vec![row.version], after: After::Gone });
        }
        prefix.truncate(length);
    }
    Ok(())
}

/// Lists everything below a folder that is no more.
fn gone_folder(objects: &Objects, prefix: &mut Vec<u8>, tree: ObjectId, found: &mut Found) -> Result<()> {
    let rows = found.rows(objects, tree)?;
    gone(objects, prefix, rows.iter(), found)
}
