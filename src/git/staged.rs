//! What is staged: the index against HEAD and, in a merge, against every other parent.

use std::fs;
use std::io::ErrorKind;

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::git::index::{Cached, Cursor, Index, Intent, Refused, Staged};
use crate::git::objects::Objects;
use crate::git::trees::{self, After, Change, Found, Mode, Side};
use crate::oid::ObjectId;
use crate::path::RepoPath;

/// The verb of the errors in this file.
const DOING: &str = "read the index";

/// What `git commit` would record, against the commits that it would follow.
#[derive(Debug, Default)]
pub struct Staging {
    /// The paths that differ from every parent, sorted.
    pub changes: Vec<Change>,
    /// Where git's plumbing stepped in, and why.
    pub notices: Vec<String>,
}

impl Repository {
    /// Compares the index with HEAD and, in a merge, with every other parent.
    pub fn staged(&self) -> Result<Staging> {
        let objects = self.objects()?;
        let mut notices = Vec::new();
        let mut parents = Vec::new();
        for commit in self.parents_to_be(&objects, &mut notices)? {
            parents.push(objects.commit(commit)?.tree);
        }
        let refused = match self.compare(&objects, &parents) {
            Ok(changes) => return Ok(Staging { changes, notices }),
            Err(Stop::Failed(error)) => return Err(error),
            Err(Stop::Refused(why)) => why,
        };
        let changes = self.staged_by_git(&parents).map_err(|error| explained(error, refused))?;
        notices.push(format!("the index cannot be read here ({refused}): git reads it"));
        Ok(Staging { changes, notices })
    }

    /// Returns every path of the index once, sorted.
    pub fn tracked(&self) -> Result<Vec<RepoPath>> {
        match self.read_index().and_then(|index| Ok(paths(&index)?)) {
            Ok(paths) => Ok(paths),
            Err(Stop::Failed(error)) => Err(error),
            Err(Stop::Refused(why)) => self.tracked_by_git().map_err(|error| explained(error, why)),
        }
    }

    /// Returns the commits that a commit made now would follow; none on a new branch.
    fn parents_to_be(&self, objects: &Objects, notices: &mut Vec<String>) -> Result<Vec<ObjectId>> {
        let mut parents: Vec<_> = self.head()?.into_iter().collect();
        for head in self.merge_heads()? {
            if !parents.contains(&head) {
                parents.push(head);
            }
        }
        for head in self.env.merge_heads() {
            // A variable that some other git left behind names nothing here.
            if objects.commit(head).is_err() {
                notices.push(format!("GITHEAD_{head} names no commit here: it is not taken for a parent"));
            } else if !parents.contains(&head) {
                parents.push(head);
            }
        }
        Ok(parents)
    }

    /// Reads the commits that are being merged.
    fn merge_heads(&self) -> Result<Vec<ObjectId>> {
        let path = self.git_dir.join("MERGE_HEAD");
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io("read", path)(error)),
        };
        let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines
            .map(|line| {
                ObjectId::from_hex(line.trim_ascii()).ok_or_else(|| Error::Git {
                    doing: "read the parents of the merge",
                    what: "MERGE_HEAD".to_owned(),
                    because: "a line of it is no commit".to_owned(),
                })
            })
            .collect()
    }

    /// Compares the index with trees, without git's help.
    fn compare(&self, objects: &Objects, parents: &[ObjectId]) -> std::result::Result<Vec<Change>, Stop> {
        let index = self.read_index()?;
        let mut ahead = index.cursor();
        while ahead.next()?.is_some() {}
        let cached = index.cached(ahead.position())?;
        let mut comparison = Comparison { objects, current: None, cursor: index.cursor(), found: Found::default() };
        comparison.advance()?;
        // Without a commit everything is new, as against a tree without rows.
        let earlier: Vec<_> = parents.iter().copied().map(Some).collect();
        comparison.folder(&mut Vec::new(), &earlier, cached.as_ref())?;
        let mut changes = comparison.found.changes;
        changes.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(changes)
    }

    /// Reads the index; a missing one is empty, as for git.
    fn read_index(&self) -> std::result::Result<Index, Stop> {
        let id_len = self.format.len();
        let bytes = match fs::read(&self.index_file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => empty_index(id_len),
            Err(error) => return Err(Error::io("read", &self.index_file)(error).into()),
        };
        Ok(Index::parse(bytes, id_len)?)
    }
}

/// Why a comparison ended early.
enum Stop {
    /// The index has a form that we do not read: git's plumbing may.
    Refused(&'static str),
    /// Something could not be read at all.
    Failed(Error),
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Form(why) => Self::Refused(why),
            Refused::Damaged(why) => {
                Self::Failed(Error::Git { doing: DOING, what: String::new(), because: why.to_owned() })
            }
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The index on its way past the trees of all parents.
struct Comparison<'run> {
    objects: &'run Objects,
    /// The entry that the cursor's path belongs to.
    current: Option<Staged>,
    cursor: Cursor<'run>,
    found: Found,
}

impl Comparison<'_> {
    /// Moves to the next entry.
    fn advance(&mut self) -> std::result::Result<(), Stop> {
        self.current = self.cursor.next()?;
        Ok(())
    }

    /// Tells whether the current entry lies below a folder.
    fn is_below(&self, prefix: &[u8]) -> bool {
        self.current.is_some() && self.cursor.path().starts_with(prefix)
    }

    /// Compares one folder; `prefix` is its path with a slash at the end.
    fn folder(
        &mut self,
        prefix: &mut Vec<u8>,
        earlier: &[Option<ObjectId>],
        cached: Option<&Cached<'_>>,
    ) -> std::result::Result<(), Stop> {
        if let Some((entries @ 1.., tree)) = cached.and_then(|cached| cached.valid)
            && earlier.contains(&Some(tree))
        {
            return self.skip(prefix, entries);
        }
        trees::check_depth(prefix)?;
        let mut sides = earlier.iter().map(|tree| Side::read(self.objects, *tree)).collect::<Result<Vec<_>>>()?;
        while self.is_below(prefix) {
            let rest = &self.cursor.path()[prefix.len()..];
            let Some(slash) = rest.iter().position(|byte| *byte == b'/') else {
                self.file(prefix.len(), &mut sides)?;
                continue;
            };
            let key = rest[..=slash].to_vec();
            let below: Vec<_> = sides.iter_mut().map(|side| side.meet(&key).map(|version| version.id)).collect();
            let length = prefix.len();
            prefix.extend_from_slice(&key);
            self.folder(prefix, &below, cached.and_then(|cached| cached.folder(&key)))?;
            prefix.truncate(length);
        }
        if let Some(first) = sides.first() {
            trees::gone(self.objects, prefix, first.unmet(), &mut self.found)?;
        }
        Ok(())
    }

    /// Passes over the entries of a folder that is the same as in a parent.
    fn skip(&mut self, prefix: &[u8], entries: u64) -> std::result::Result<(), Stop> {
        for _ in 0..entries {
            if !self.is_below(prefix) {
                return Err(Stop::Refused("its tree cache does not fit its entries"));
            }
            self.advance()?;
        }
        if self.is_below(prefix) { Err(Stop::Refused("its tree cache does not fit its entries")) } else { Ok(()) }
    }

    /// Compares the entries of one path: one, or up to three in a conflict.
    fn file(&mut self, prefix_bytes: usize, sides: &mut [Side]) -> std::result::Result<(), Stop> {
        let path = self.cursor.path().to_vec();
        let mut entries = Vec::new();
        while let Some(entry) = self.current
            && self.cursor.path() == path
        {
            // Only a sparse index has folders, and that was refused for its extension.
            if entry.version.mode == Mode::Folder {
                return Err(Refused::Damaged("an entry of it is a folder").into());
            }
            entries.push(entry);
            self.advance()?;
        }
        let Some(after) = after(&entries) else {
            return Ok(());
        };
        let before: Vec<_> = sides.iter_mut().map(|side| side.meet(&path[prefix_bytes..])).collect();
        let same = matches!(after, After::Is(version) if before.contains(&Some(version)));
        if !same {
            let old = before.into_iter().flatten().collect();
            self.found.changes.push(Change { path: RepoPath::new(path), old, after });
        }
        Ok(())
    }
}

/// Returns what the entries of one path come to; `None` if the commit leaves it out.
fn after(entries: &[Staged]) -> Option<After> {
    match entries {
        [Staged { intent: Intent::Later, .. }] => None,
        [Staged { stage: 0, version, .. }] => Some(After::Is(*version)),
        _ => {
            let sides = entries.iter().filter(|entry| entry.stage != 1).map(|entry| entry.version);
            Some(After::Unmerged(sides.collect()))
        }
    }
}

/// Lists every path of an index once.
fn paths(index: &Index) -> std::result::Result<Vec<RepoPath>, Refused> {
    let mut cursor = index.cursor();
    let mut paths: Vec<RepoPath> = Vec::new();
    while cursor.next()?.is_some() {
        if paths.last().is_none_or(|last| last.as_bytes() != cursor.path()) {
            paths.push(RepoPath::new(cursor.path()));
        }
    }
    index.cached(cursor.position())?;
    Ok(paths)
}

/// Adds why we did not read the index ourselves to what git says about it.
fn explained(error: Error, refused: &str) -> Error {
    match error {
        Error::Git { doing, what, because } => Error::Git { doing, what, because: format!("{refused}; {because}") },
        error => error,
    }
}

/// Returns an index without entries.
fn empty_index(id_len: usize) -> Vec<u8> {
    [b"DIRC\0\0\0\x02\0\0\0\0".as_slice(), &vec![0; id_len]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_index_has_no_entries() {
        let index = Index::parse(empty_index(32), 32).ok().unwrap();

        assert_eq!(paths(&index).ok().unwrap(), vec![]);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_of_an_index_panic(version in 2_u8..5, count in 0_u8..5, rest: Vec<u8>) {
            let head = [b'D', b'I', b'R', b'C', 0, 0, 0, version, 0, 0, 0, count];
            let bytes = [head.as_slice(), &rest].concat();

            if let Ok(index) = Index::parse(bytes, 20) {
                let _ = paths(&index);
            }
        }
    }
}
