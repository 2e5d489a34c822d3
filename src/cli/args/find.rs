//! `ideoguard where` and `ideoguard explain`: which secret to look for.

use std::path::PathBuf;

use clap::Args as Group;

/// Which secret to look for, and where.
#[derive(Debug, Group)]
#[command(after_help = "\
Example:
  ideoguard where ig1:0123456789abcdef0123456789abcdef

Looks through branches, tags, stashes, reflogs, hidden references and objects
that nothing leads to any more, and says which commands remove it.
Exit code 1 means that some object holds it, 0 that none does.")]
pub(in crate::cli) struct WhereArgs {
    /// The secret's name, as reports show it: ig1:…
    #[arg(value_name = "FINGERPRINT")]
    pub(in crate::cli) fingerprint: String,
    /// A folder in the repository; without one, the current folder
    #[arg(value_name = "REPO")]
    pub(in crate::cli) repo: Option<PathBuf>,
    /// Keep nothing, and scan all of it again
    #[arg(long)]
    pub(in crate::cli) no_store: bool,
    /// Use N threads; 0 means one for each core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=1024))]
    pub(in crate::cli) threads: u16,
    /// Do not show how far it is
    #[arg(long)]
    pub(in crate::cli) no_progress: bool,
}

/// Which finding to explain, and where.
#[derive(Debug, Group)]
#[command(after_help = "\
Example:
  ideoguard explain ig1:0123456789abcdef0123456789abcdef

Looks at what is staged and at the work tree, then at all of history, and stops
at the first that has it.
Exit code 0 means that it was found, 2 that nothing here has it.")]
pub(in crate::cli) struct ExplainArgs {
    /// The secret's name, as reports show it: ig1:…
    #[arg(value_name = "FINGERPRINT")]
    pub(in crate::cli) fingerprint: String,
    /// A folder in the repository; without one, the current folder
    #[arg(value_name = "REPO")]
    pub(in crate::cli) repo: Option<PathBuf>,
    /// Read this allow file instead of .ideoguard.toml
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Read this baseline instead of .ideoguard/baseline
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) baseline: Option<PathBuf>,
    /// Use N threads; 0 means one for each core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=1024))]
    pub(in crate::cli) threads: u16,
    /// Do not show how far it is
    #[arg(long)]
    pub(in crate::cli) no_progress: bool,
}
