//! `ideoguard doctor`: the security checklist.

use std::path::PathBuf;

use clap::Args as Group;

use super::{ListArg, LookArgs};

/// Which repository to examine, and what to do about it.
#[derive(Debug, Group)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[command(after_help = "\
Examples:
  ideoguard doctor                      the checklist, for this repository
  ideoguard doctor --fix                mend what is safe to mend
  ideoguard doctor --fix --dry-run      say what that would be
  ideoguard doctor --format json app    for programs

Nothing is sent anywhere, nothing is run, and no key is shown. What --fix mends:
missing lines in .gitignore, and hooks that are not installed.

Exit codes: 1 when an item fails, 3 when something could not be read.
An item that cannot be told (`unknown`) changes neither.")]
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
    /// Form of the report: text or json
    #[arg(long, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
    pub(in crate::cli) format: ListArg,
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
}
