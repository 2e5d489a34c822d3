//! `ideoguard install` and `uninstall`: which hooks, and where.

use std::path::PathBuf;

use clap::{Args as Group, ValueEnum};

/// Which hooks to install, and where.
#[derive(Debug, Group)]
pub(in crate::cli) struct InstallArgs {
    /// A folder in the repository; without one, the current folder
    #[arg(value_name = "REPO", conflicts_with = "global")]
    pub(in crate::cli) repo: Option<PathBuf>,
    /// This hook only; may be repeated: pre-commit, pre-merge-commit,
    /// commit-msg, pre-push
    #[arg(long, value_name = "NAME", hide_possible_values = true)]
    pub(in crate::cli) hook: Vec<HookNameArg>,
    /// The hook that judges pushes, in a repository of a server: plain, gitea,
    /// gitlab or github; without a word it is found out
    #[arg(
        long,
        value_name = "KIND",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "found",
        hide_possible_values = true,
        conflicts_with_all = ["global", "hook"]
    )]
    pub(in crate::cli) server: Option<ServerArg>,
    /// All repositories of this user
    #[arg(long)]
    pub(in crate::cli) global: bool,
    /// Only say what would be done
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
}

/// The name of a hook that can be installed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum HookNameArg {
    /// Judges what a commit is about to record
    PreCommit,
    /// Judges what a merge is about to record
    PreMergeCommit,
    /// Judges a commit's message
    CommitMsg,
    /// Judges what is about to leave with a push
    PrePush,
}

/// Which server runs the hooks.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum ServerArg {
    /// What lies in the repository tells
    Found,
    /// Git alone
    Plain,
    /// Gitea or Forgejo
    #[value(alias = "forgejo")]
    Gitea,
    /// GitLab
    Gitlab,
    /// GitHub Enterprise Server
    Github,
}
