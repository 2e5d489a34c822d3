//! From changed paths to texts: which blobs to read, and which of their lines count as new.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::git::{After, Change, Mode, Version};
use crate::oid::ObjectId;
use crate::path::RepoPath;
use crate::text::{Body, CommitStamp, Entry, Listing, Scope, Skip, Skipped, TextKind};

/// Adds to a listing what the changes of one commit, made or to be made, bring.
pub(super) fn list(changes: &[Change], commit: Option<&Arc<CommitStamp>>, listing: &mut Listing) {
    let moved = Moved::among(changes);
    for change in changes {
        let now = match &change.after {
            After::Gone => continue,
            After::Is(version) => std::slice::from_ref(version),
            // The commit will fail as long as the conflict stands; until then, judge both sides.
            After::Unmerged(sides) => sides,
        };
        for version in now.iter().filter(|version| !change.old.contains(version)) {
            list_version(change, *version, &moved, commit, listing);
        }
        if change.old.is_empty() {
            listing.entries.push(name_of(&change.path, commit));
        }
    }
}

/// Adds what is at a changed path now.
fn list_version(
    change: &Change,
    version: Version,
    moved: &Moved,
    commit: Option<&Arc<CommitStamp>>,
    listing: &mut Listing,
) {
    let kind = match version.mode {
        Mode::File => TextKind::Content,
        Mode::Link => TextKind::SymlinkTarget,
        Mode::Submodule | Mode::Folder => {
            listing.skipped.push(Skipped { path: change.path.clone(), why: Skip::Submodule });
            return;
        }
    };
    listing.entries.push(Entry {
        path: change.path.clone(),
        kind,
        body: Body::Blob(version.id),
        scope: scope(change, version, moved),
        commit: commit.cloned(),
    });
}

/// Returns an entry for the name of a new file: a secret may stand there, too.
fn name_of(path: &RepoPath, commit: Option<&Arc<CommitStamp>>) -> Entry {
    Entry {
        path: path.clone(),
        kind: TextKind::PathName,
        body: Body::Inline(path.as_bytes().to_vec()),
        scope: Scope::All,
        commit: commit.cloned(),
    }
}

/// Tells which lines of a version count as new.
///
/// A file that was a link, or the other way round, is new as a whole: what it was
/// is no earlier form of it.
fn scope(change: &Change, version: Version, moved: &Moved) -> Scope {
    let same_kind = change.old.iter().filter(|old| old.mode == version.mode).map(|old| old.id);
    let mut earlier: Vec<_> = same_kind.collect();
    if change.old.is_empty() {
        earlier.extend(moved.source(&change.path, version));
    }
    earlier.dedup();
    if earlier.is_empty() { Scope::All } else { Scope::Since(earlier) }
}

/// The files that a commit moves.
///
/// Whatever a path is paired with lies in a parent of the commit. So a wrong pair
/// cannot hide a new secret: only lines that a parent has count as old.
#[derive(Default)]
struct Moved<'changes> {
    /// What is gone.
    gone: HashSet<Version>,
    /// What is gone and how many paths are new, by file name.
    by_name: HashMap<&'changes [u8], Pair>,
}

/// What there is of one file name.
#[derive(Default)]
struct Pair {
    gone: Vec<Version>,
    new: usize,
}

impl<'changes> Moved<'changes> {
    /// Finds what the changes of one commit move.
    fn among(changes: &'changes [Change]) -> Self {
        let mut moved = Self::default();
        for change in changes {
            let pair = moved.by_name.entry(file_name(&change.path)).or_default();
            match &change.after {
                After::Gone => pair.gone.extend(&change.old),
                After::Is(_) if change.old.is_empty() => pair.new += 1,
                After::Is(_) | After::Unmerged(_) => {}
            }
            if change.after == After::Gone {
                moved.gone.extend(&change.old);
            }
        }
        moved
    }

    /// Returns the blob that a new path comes from: one that is gone and has the same
    /// content, or else the only one that is gone with the same file name.
    fn source(&self, path: &RepoPath, version: Version) -> Option<ObjectId> {
        if self.gone.contains(&version) {
            return Some(version.id);
        }
        match self.by_name.get(file_name(path)) {
            Some(Pair { gone, new: 1 }) if gone.len() == 1 && gone[0].mode == version.mode => Some(gone[0].id),
            _ => None,
        }
    }
}

/// Returns the last part of a path.
fn file_name(path: &RepoPath) -> &[u8] {
    let bytes = path.as_bytes();
    let start = bytes.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    &bytes[start..]
}
