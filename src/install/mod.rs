//! Puts ideoguard's hooks where git looks for them, beside whatever is there, and takes them away again.
//!
//! Everything is planned before anything is written: a request that cannot be
//! met in full changes nothing. Each step is one rename or one file written
//! whole, so that an interrupted run leaves either the old hook or the new one.

mod global;
mod husky;
mod manager;
mod placed;
mod repository;
mod server;
mod slot;
mod step;
mod wrapper;

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::git::GitEnv;
use crate::path::RepoPath;

pub use placed::{placed, serves_pushes};
pub use server::{Server, recognise};

use step::Step;

/// A hook in which ideoguard judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HookName {
    /// Judges what a commit is about to record.
    PreCommit,
    /// Judges what a merge without conflicts is about to record; git runs no pre-commit for it.
    PreMergeCommit,
    /// Judges the message of a commit.
    CommitMsg,
    /// Judges what is about to leave with a push.
    PrePush,
    /// Judges at a server what is pushed to it.
    PreReceive,
}

impl HookName {
    /// Those of a developer's repository, in the order in which git runs them.
    pub const ALL: [Self; 4] = [Self::PreCommit, Self::PreMergeCommit, Self::CommitMsg, Self::PrePush];

    /// Returns the name that git knows the hook by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::CommitMsg => "commit-msg",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
        }
    }
}

/// Which repositories get the hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The one that the request's folder lies in.
    Repository,
    /// All repositories of this user.
    Global,
    /// The one that the request's folder lies in, as a server; which kind, if that is known.
    Server(Option<Server>),
}

/// Whether anything is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// Changes what has to be changed.
    Real,
    /// Only says what would be changed.
    Dry,
}

/// Where the hooks of all repositories of this user are set up.
#[derive(Debug, Clone)]
pub struct GlobalPlaces {
    /// The folder that holds the global hooks and nothing else: `~/.config/ideoguard/hooks`.
    pub hooks: PathBuf,
    /// The git config file of this user: `$GIT_CONFIG_GLOBAL`, `~/.gitconfig` or `~/.config/git/config`.
    pub config: PathBuf,
}

/// What is to be installed or uninstalled, and where.
#[derive(Debug, Clone)]
pub struct Request {
    /// A folder in the repository; not looked at when the reach is global.
    pub folder: PathBuf,
    /// The hooks that are wanted or no longer wanted; a server has one, whatever is said here.
    pub hooks: Vec<HookName>,
    /// Which repositories are meant.
    pub reach: Reach,
    /// Whether anything is changed.
    pub run: Run,
    /// The absolute path of our program, which the hooks remember; `uninstall` does not look at it.
    pub program: PathBuf,
    /// Where the hooks of all repositories are set up; also tells a global hook from a foreign one.
    pub global: GlobalPlaces,
    /// The part of the environment that git looks at: where its configuration is, for one.
    pub env: GitEnv,
}

/// Puts the hooks in place, and returns one line for each thing done or found already done.
///
/// A hook that is there already is kept and runs first. Installing twice changes nothing.
pub fn install(request: &Request) -> Result<Vec<String>> {
    check_program(request)?;
    let steps = match request.reach {
        Reach::Repository => repository::plan_install(request)?,
        Reach::Global => global::plan_install(request)?,
        Reach::Server(kind) => server::plan_install(request, kind)?,
    };
    take(&steps, request.run)
}

/// Takes the hooks away, and returns one line for each thing done or found already done.
///
/// What was there before `install` is there again afterwards, byte for byte and with its mode.
pub fn uninstall(request: &Request) -> Result<Vec<String>> {
    let steps = match request.reach {
        Reach::Repository => repository::plan_uninstall(request)?,
        Reach::Global => global::plan_uninstall(request)?,
        Reach::Server(kind) => server::plan_uninstall(request, kind)?,
    };
    take(&steps, request.run)
}

/// Takes the steps in order, unless the run is dry, and says each of them.
fn take(steps: &[Step], run: Run) -> Result<Vec<String>> {
    if run == Run::Real {
        steps.iter().try_for_each(Step::take)?;
    }
    Ok(steps.iter().map(|step| step.says(run)).collect())
}

/// Refuses a program that the hooks could not run: they would stop every commit.
fn check_program(request: &Request) -> Result<()> {
    let program = &request.program;
    let shown = RepoPath::from(program.as_path());
    if !program.is_absolute() {
        return Err(Error::Usage(format!("the hooks need the full path of ideoguard, not `{shown}`")));
    }
    if !slot::is_runnable(program) {
        return Err(Error::Usage(format!(
            "there is no program at `{shown}` that the hooks could run; install ideoguard first (`./install.sh`)"
        )));
    }
    Ok(())
}
