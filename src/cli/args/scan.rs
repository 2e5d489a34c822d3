//! `ideoguard scan`: what to scan, and how; shared with the hooks.

use std::path::PathBuf;

use clap::Args as Group;

use ideoguard::size;

use super::FormArgs;

/// What to scan and how.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  ideoguard scan                        the work tree
  ideoguard scan src config/app.yaml    some folders and files
  ideoguard scan --staged               what `git commit` would record
  ideoguard scan --range main..HEAD     what the commits of a range add
  ideoguard scan --history              all that was ever committed here
  ideoguard scan --history a.git b.git  the same of other repositories
  printenv | ideoguard scan --stdin     text
  ideoguard scan --archives dist        files, and what is packed in them

Ignored files are left out (and counted) unless they are tracked.")]
pub(in crate::cli) struct ScanArgs {
    /// What to scan.
    #[command(flatten)]
    pub(in crate::cli) what: WhatArgs,
    /// Show text from standard input under this name
    #[arg(long, value_name = "P", requires = "stdin")]
    pub(in crate::cli) path: Option<PathBuf>,
    /// Scan files that .gitignore leaves out, too
    #[arg(long, conflicts_with_all = ["staged", "range", "stdin", "history"])]
    pub(in crate::cli) no_ignore: bool,
    /// Scan what is packed in gzip, tar and zip files (jar, whl, docx, …), too;
    /// only of files and standard input
    #[arg(long, conflicts_with_all = ["staged", "range", "history"])]
    pub(in crate::cli) archives: bool,
    /// How to scan a history.
    #[command(flatten)]
    pub(in crate::cli) history: HistoryArgs,
    /// How to scan and report.
    #[command(flatten)]
    pub(in crate::cli) how: HowArgs,
}

/// How to scan a history.
#[derive(Debug, Group)]
pub(in crate::cli) struct HistoryArgs {
    /// Scan every object of the repositories PATH, or of this one; each once
    #[arg(long, conflicts_with_all = ["staged", "range", "stdin"])]
    pub(in crate::cli) history: bool,
    /// Read the paths of more repositories from FILE, one a line; - is standard input
    #[arg(long, value_name = "FILE", requires = "history")]
    pub(in crate::cli) repos_from: Option<PathBuf>,
    /// Tell only what a commit of this day or later brought: 2026-01-31
    #[arg(long, value_name = "DATE", requires = "history")]
    pub(in crate::cli) since: Option<String>,
    /// Tell only what this branch or tag holds; may be repeated
    #[arg(long = "ref", alias = "branch", value_name = "NAME", requires = "history")]
    pub(in crate::cli) refs: Vec<String>,
    /// Keep what was scanned in FILE, which repositories may share
    #[arg(long, value_name = "FILE", requires = "history", conflicts_with = "no_store")]
    pub(in crate::cli) store: Option<PathBuf>,
    /// Keep nothing, and scan all of it again
    #[arg(long, requires = "history")]
    pub(in crate::cli) no_store: bool,
    /// Do not show how far it is
    #[arg(long)]
    pub(in crate::cli) no_progress: bool,
}

/// What to scan; one of these.
#[derive(Debug, Group)]
#[group(multiple = false)]
pub(in crate::cli) struct WhatArgs {
    /// Files and folders to scan; without any, the work tree. With --history, repositories
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Scan what `git commit` would record now
    #[arg(long)]
    pub(in crate::cli) staged: bool,
    /// Scan what the commits of a range add
    #[arg(long, value_name = "A..B")]
    pub(in crate::cli) range: Option<String>,
    /// Scan text on standard input
    #[arg(long)]
    pub(in crate::cli) stdin: bool,
}

/// How to scan and report.
#[derive(Debug, Group)]
pub(in crate::cli) struct HowArgs {
    /// In which form to report, and where to.
    #[command(flatten)]
    pub(in crate::cli) form: FormArgs,
    /// Read this instead of .ideoguard.toml: what is allowed, and rules of your
    /// own; also a configuration of gitleaks
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Read this baseline instead of .ideoguard/baseline
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) baseline: Option<PathBuf>,
    /// Use N threads; 0 means one for each core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=1024))]
    pub(in crate::cli) threads: u16,
    /// Skip (and count) what is larger: 10MB, 512KiB, …
    #[arg(long, value_name = "SIZE", value_parser = size::parse)]
    pub(in crate::cli) max_blob_size: Option<u64>,
}
