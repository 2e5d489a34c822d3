//! `ideoguard doctor`: the security checklist.

use std::path::PathBuf;

use clap::{Args as Group, ValueEnum};

use super::LookArgs;

/// Which repository to examine, and what to do about it.
#[derive(Debug, Group)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[command(after_help = "\
Examples:
  ideoguard doctor                      the checklist, for this repository
  ideoguard doctor --fix                mend what is safe to mend
  ideoguard doctor --fix --dry-run      say what that would be
  ideoguard doctor --format json app    for programs
  ideoguard doctor --format sarif       for code scanning
  ideoguard doctor --server /srv/p.git  which made-up secrets its hooks let pass

Nothing is sent anywhere, nothing is run, and no key is shown. What --fix mends:
missing lines in .gitignore, and hooks that are not installed.

Exit codes: 1 when an item fails, 3 when something could not be read.
An item that cannot be told (`unknown`) changes neither.

With --server the pushes go to a scratch copy, which borrows the objects and is
gone at the end; the hooks that run before a push is accepted run for each. Run
it as the user that git runs as. Exit code 0: every secret was refused and every
clean push accepted; 1: not.")]
pub(in crate::cli) struct DoctorArgs {
    /// A folder in the repository; without one, the current folder
    #[arg(value_name = "PATH")]
    pub(in crate::cli) path: Option<PathBuf>,
    /// Mend what is safe to mend, then examine
    #[arg(long)]
    pub(in crate::cli) fix: bool,
    /// With --fix, only say what would be done
    #[arg(long, requires = "fix")]
    pub(in crate::cli) dry_run: bool,
    /// Form of the report: text, json or sarif
    #[arg(long, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
    pub(in crate::cli) format: CheckFormArg,
    /// Read this baseline instead of .ideoguard/baseline
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) baseline: Option<PathBuf>,
    /// How many days old a key of the registry may be
    #[arg(long, value_name = "N", default_value_t = 90)]
    pub(in crate::cli) days: u32,
    /// How the scans go.
    #[command(flatten)]
    pub(in crate::cli) look: LookArgs,
    /// Keep nothing of the scan of the history
    #[arg(long)]
    pub(in crate::cli) no_store: bool,
    /// Do not show how far it is
    #[arg(long)]
    pub(in crate::cli) no_progress: bool,
    /// Put the hooks of this repository of a server to the test instead: made-up secrets are pushed to a scratch copy of it
    #[arg(long, value_name = "REPO", conflicts_with_all = ["path", "fix", "format", "baseline", "days", "config", "threads", "no_store"])]
    pub(in crate::cli) server: Option<PathBuf>,
}

/// The form of the checklist.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum CheckFormArg {
    /// For people
    Text,
    /// One object with everything
    Json,
    /// For code scanning
    Sarif,
}
