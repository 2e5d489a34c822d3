//! Names by which a repository keeps objects.

use crate::oid::ObjectId;
use crate::path::RepoPath;

/// A name by which a repository keeps an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// What kind of name it is.
    pub kind: RefKind,
    /// The name as git writes it: `refs/heads/main`, `HEAD`, `stash@{0}`, `refs/heads/main@{2}`; of the index, a path.
    pub name: RepoPath,
    /// What it names: mostly a commit or a tag, but any object will do.
    pub target: ObjectId,
}

/// What kind of name keeps an object, the most public first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefKind {
    /// A branch: `refs/heads/…`.
    Branch,
    /// What a remote's branch was when we last looked: `refs/remotes/…`.
    RemoteBranch,
    /// The HEAD of a worktree.
    Head,
    /// A tag: `refs/tags/…`.
    Tag,
    /// Any other reference: `refs/pull/…`, `refs/changes/…`, `refs/original/…`.
    Other,
    /// Notes on objects: `refs/notes/…`.
    Notes,
    /// One of the stashes.
    Stash,
    /// What git keeps of an operation: `ORIG_HEAD`, `MERGE_HEAD`, `FETCH_HEAD`, …
    Pseudo,
    /// An entry of the index.
    Index,
    /// What a reference was before.
    Reflog,
}
