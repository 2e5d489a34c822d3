//! `ideoguard hook`: which hook to be.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

use super::HowArgs;

/// Which hook to be.
#[derive(Debug, Group)]
#[command(after_help = "\
`ideoguard install` puts these in place. By hand, a hook is two lines:
  #!/bin/sh
  exec ideoguard hook pre-commit

A clean commit gets no output. Reports go to standard error, where git shows
them.")]
pub(in crate::cli) struct HookArgs {
    /// The hook.
    #[command(subcommand)]
    pub(in crate::cli) hook: HookArg,
}

/// A hook, as git calls it.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum HookArg {
    /// Judge what a commit is about to record
    PreCommit {
        /// How to scan and report.
        #[command(flatten)]
        how: HowArgs,
    },
    /// Judge what a merge is about to record
    PreMergeCommit {
        /// How to scan and report.
        #[command(flatten)]
        how: HowArgs,
    },
    /// Judge a commit's message
    CommitMsg {
        /// The file with the message
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// How to scan and report.
        #[command(flatten)]
        how: HowArgs,
    },
}
