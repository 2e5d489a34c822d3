//! Repositories: where they lie, what is staged, what commits add, what objects hold.
//!
//! libgit2 is the main road. What it refuses (reftable, a split or a sparse
//! index, …) is asked of git's own plumbing, for that step alone, and a notice
//! says so. No type of the git2 crate leaves this folder.

mod alternates;
mod brought;
pub(crate) mod config_file;
mod diff;
mod env;
mod history;
mod ignored;
mod index;
mod lookup;
mod named;
mod objects;
mod open;
pub mod pack;
mod plain;
mod plumbing;
mod pushed;
mod references;
mod revisions;
mod scratch;
mod settings;
mod staged;
mod staged_by_git;
mod trees;

use std::path::{Path, PathBuf};

pub use diff::added_lines;
pub use env::GitEnv;
pub use history::{Commit, Headers};
pub use ignored::IgnoredBy;
pub use named::NamedFiles;
pub use objects::{Kind, Objects};
pub use pushed::{Known, Stored};
pub use revisions::Range;
pub use scratch::{Answer, Chain, Scratch};
pub use settings::ConfigValue;
pub use staged::Staging;
pub use trees::{After, Change, Link, Mode, Version};

use crate::error::{Error, Result};
use crate::git::plumbing::Plumbing;
use crate::oid::ObjectId;
use crate::path::Escaped;

/// A repository that was found: plain data, from which each thread opens what it needs.
#[derive(Debug, Clone)]
pub struct Repository {
    /// The repository's own folder; of a linked worktree, that worktree's part of it.
    git_dir: PathBuf,
    /// The folder that all worktrees share.
    common_dir: PathBuf,
    /// The folder of the files, unless the repository is bare.
    work_dir: Option<PathBuf>,
    /// The index that git uses now.
    index_file: PathBuf,
    /// The folders of objects, the main one first.
    object_dirs: Vec<PathBuf>,
    /// How long object names are.
    format: Format,
    /// The sections of its own configuration, in lower case, where that was read without libgit2 and includes no other.
    sections: Option<Vec<String>>,
    /// Who reads its references.
    road: Road,
    /// The environment that git gave us.
    env: GitEnv,
    /// How git is started for it.
    plumbing: Plumbing,
    /// Where git's plumbing stepped in, and why.
    notices: Vec<String>,
}

/// Which hash names the objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// 20 bytes.
    Sha1,
    /// 32 bytes.
    Sha256,
}

/// Who reads what in a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Road {
    /// libgit2 reads everything.
    Libgit2,
    /// The git executable reads the references, which libgit2 does not understand.
    ReferencesByGit,
    /// The git executable reads all but objects, since libgit2 refuses the repository.
    Git,
}

impl Repository {
    /// Finds the repository that `dir` lies in.
    ///
    /// Variables that name another repository are ignored, as if the user had typed
    /// `git -C DIR` in a fresh shell. A repository of an owner whom git does not
    /// trust is an error.
    pub fn discover(dir: &Path) -> Result<Self> {
        Self::open(dir, GitEnv::from_process().without_repository())
    }

    /// Finds the repository that git means when it runs a hook in `dir`.
    ///
    /// `git commit -a` and `git commit PATH` hand over a temporary index, a server
    /// a quarantine of objects: the environment says where.
    pub fn from_hook_env(dir: &Path) -> Result<Self> {
        Self::open(dir, GitEnv::from_process())
    }

    /// Finds the repository that git would use in `dir` with the environment `env`.
    pub fn open(dir: &Path, env: GitEnv) -> Result<Self> {
        open::open(dir, env)
    }

    /// Returns the folder that all worktrees of the repository share.
    #[must_use]
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// Returns the folder of the files; `None` if the repository is bare.
    #[must_use]
    pub fn work_dir(&self) -> Option<&Path> {
        self.work_dir.as_deref()
    }

    /// Opens the objects; one handle for each thread.
    pub fn objects(&self) -> Result<Objects> {
        Ok(Objects::open(self))
    }

    /// Returns how many bytes an object name has: 20 or 32.
    #[must_use]
    pub fn id_len(&self) -> usize {
        self.format.len()
    }

    /// Returns where git's plumbing stepped in and why, for `-v`.
    #[must_use]
    pub fn notices(&self) -> Vec<String> {
        self.notices.clone()
    }

    /// Opens the repository with libgit2, if its references can be read that way.
    fn references(&self) -> Option<git2::Repository> {
        (self.road == Road::Libgit2).then(|| self.handle())?
    }

    /// Opens the repository with libgit2, if it can be.
    ///
    /// Each call opens it anew, since a handle cannot be shared between threads.
    fn handle(&self) -> Option<git2::Repository> {
        if self.road == Road::Git {
            return None;
        }
        let handle = open::at(&self.git_dir).ok()?;
        if self.env.get("GIT_OBJECT_DIRECTORY").is_some() || self.env.get("GIT_ALTERNATE_OBJECT_DIRECTORIES").is_some()
        {
            handle.set_odb(&objects::database(self)?).ok()?;
        }
        Some(handle)
    }

    /// Returns the commit that HEAD names; `None` on a branch without commits.
    pub fn head(&self) -> Result<Option<ObjectId>> {
        if let Some(Ok(head)) = self.references().map(|handle| head_of(&handle)) {
            return Ok(head);
        }
        self.head_by_git()
    }

    /// Asks git for what HEAD names.
    fn head_by_git(&self) -> Result<Option<ObjectId>> {
        let doing = "read HEAD";
        let answer = self.plumbing.ask(doing, &["rev-parse", "--verify", "--end-of-options", "HEAD^{commit}"])?;
        if let Some(id) = hex_line(&answer) {
            return Ok(Some(id));
        }
        let failed = |because| Error::Git { doing, what: String::new(), because };
        let branch = self.plumbing.ask(doing, &["symbolic-ref", "--quiet", "HEAD"])?;
        if branch.code != Some(0) {
            return Err(failed(answer.because));
        }
        let branch = String::from_utf8_lossy(branch.bytes.trim_ascii()).into_owned();
        // 2 means that the reference is well formed and absent: a branch without commits.
        match self.plumbing.ask(doing, &["show-ref", "--exists", &branch])?.code {
            Some(2) => Ok(None),
            _ => Err(failed(answer.because)),
        }
    }
}

/// Reads HEAD with libgit2; an error means that libgit2 cannot tell.
fn head_of(handle: &git2::Repository) -> Result<Option<ObjectId>> {
    match handle.head() {
        Ok(head) => Ok(head.target().and_then(from_oid)),
        Err(error) if error.code() == git2::ErrorCode::UnbornBranch => Ok(None),
        Err(error) => Err(failed("read HEAD", "")(error)),
    }
}

/// Reads an answer that is one object name on a line.
fn hex_line(answer: &plumbing::Answer) -> Option<ObjectId> {
    (answer.code == Some(0)).then(|| ObjectId::from_hex(answer.bytes.trim_ascii()))?
}

/// Returns the name of an object as libgit2 wants it.
fn to_oid(id: ObjectId) -> Result<git2::Oid> {
    git2::Oid::from_bytes(id.as_bytes()).map_err(failed("read an object name", id.to_string()))
}

/// Returns the name of an object as we keep it.
fn from_oid(id: git2::Oid) -> Option<ObjectId> {
    ObjectId::from_bytes(id.as_bytes())
}

/// Wraps an error of libgit2, for `map_err`.
fn failed(doing: &'static str, what: impl Into<String>) -> impl FnOnce(git2::Error) -> Error {
    let what = what.into();
    move |error| Error::Git { doing, what, because: Escaped(error.message().as_bytes()).to_string() }
}

impl Format {
    /// Returns how many bytes an object name has.
    fn len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// Returns the format as libgit2 names it.
    fn to_git2(self) -> git2::ObjectFormat {
        match self {
            Self::Sha1 => git2::ObjectFormat::Sha1,
            Self::Sha256 => git2::ObjectFormat::Sha256,
        }
    }
}
