//! `ideoguard hook`: which hook to be.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

use super::HowArgs;

/// Which hook to be.
#[derive(Debug, Group)]
#[command(after_help = "\
`ideoguard install` puts these in place. By hand, a hook is two lines:
  #!/bin/sh
  exec ideoguard hook pre-commit

A clean commit or push gets no output. Reports go to standard error, where git
shows them. The hooks of a server (pre-receive, update) take no options: its
policy decides, see `ideoguard policy check`.")]
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
    /// Judge what is about to be pushed; git tells the references on standard input
    PrePush {
        /// The name of the remote, or its URL
        #[arg(value_name = "REMOTE", allow_hyphen_values = true)]
        remote: String,
        /// Where it is
        #[arg(value_name = "URL", allow_hyphen_values = true)]
        url: Option<OsString>,
    },
    /// Under the pre-commit framework: judge what it runs for
    #[command(after_help = "\
The framework's environment says what that is: a commit or a merge, one
reference of a push, the range of --from-ref and --to-ref, and otherwise, as for
--all-files, the files of the work tree that git tracks.")]
    Framework {
        /// How to scan and report.
        #[command(flatten)]
        how: HowArgs,
    },
    /// On a server: judge a push before anything of it is stored
    PreReceive,
    /// On a server that has no pre-receive: judge what one reference is to name
    Update {
        /// The reference
        #[arg(value_name = "REF")]
        reference: OsString,
        /// What it names now
        #[arg(value_name = "OLD")]
        old: OsString,
        /// What it is to name
        #[arg(value_name = "NEW")]
        new: OsString,
    },
}
