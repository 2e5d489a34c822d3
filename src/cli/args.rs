//! What can be typed, and its help.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args as Group, Parser, Subcommand, ValueEnum};

use super::size;

/// Keeps Ideogram API keys, and every other secret, out of git.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 80,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  ideoguard install                    judge every commit of this repository
  ideoguard scan                       look through the work tree
  ideoguard scan --staged              look at what `git commit` would record
  ideoguard scan --range main..HEAD    look at what a branch adds

Exit codes:
  0  clean: everything was read, and nothing blocks
  1  leaks: something was found that blocks
  2  bad usage or configuration: nothing was scanned
  3  incomplete: something could not be read
A hook refuses the commit on every code but 0."
)]
pub(super) struct Args {
    /// Run as if started in DIR; each further -C counts from the one before
    #[arg(short = 'C', value_name = "DIR", global = true, help_heading = "Common options")]
    pub(super) directory: Vec<OsString>,
    /// When to use colour: auto, always or never
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_possible_values = true,
        help_heading = "Common options"
    )]
    pub(super) color: When,
    /// Tell leaks, warnings and problems only, one line each
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Common options")]
    pub(super) quiet: bool,
    /// Tell everything: notes, what is allowed, what was skipped
    #[arg(short, long, global = true, help_heading = "Common options")]
    pub(super) verbose: bool,
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum When {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Find secrets in files, in what is staged, in commits or in text
    Scan(ScanArgs),
    /// Judge for git, from inside a hook
    Hook(HookArgs),
    /// Put the hooks in place
    #[command(after_help = "\
Examples:
  ideoguard install                       all hooks, in this repository
  ideoguard install --hook pre-commit     this hook only
  ideoguard install --global              in all repositories of this user
  ideoguard install --dry-run             say what would be done

A hook that is there already is kept and runs first; `uninstall` puts it back.")]
    Install(InstallArgs),
    /// Take the hooks away, and restore what was there before
    #[command(after_help = "\
Examples:
  ideoguard uninstall                     all hooks, in this repository
  ideoguard uninstall --global            in all repositories of this user")]
    Uninstall(InstallArgs),
    /// Allow a secret, knowingly
    Allow(AllowArgs),
    /// Start from what is there: only new secrets block
    Baseline(BaselineArgs),
    /// Show the rules
    Rules(RulesArgs),
    /// Show or empty the store of what was scanned before
    Store(StoreArgs),
}

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

Ignored files are left out (and counted) unless they are tracked.")]
pub(super) struct ScanArgs {
    /// What to scan.
    #[command(flatten)]
    pub(super) what: WhatArgs,
    /// Show text from standard input under this name
    #[arg(long, value_name = "P", requires = "stdin")]
    pub(super) path: Option<PathBuf>,
    /// Scan files that .gitignore leaves out, too
    #[arg(long, conflicts_with_all = ["staged", "range", "stdin", "history"])]
    pub(super) no_ignore: bool,
    /// How to scan a history.
    #[command(flatten)]
    pub(super) history: HistoryArgs,
    /// How to scan and report.
    #[command(flatten)]
    pub(super) how: HowArgs,
}

/// How to scan a history.
#[derive(Debug, Group)]
pub(super) struct HistoryArgs {
    /// Scan every object of the repositories PATH, or of this one; each once
    #[arg(long, conflicts_with_all = ["staged", "range", "stdin"])]
    pub(super) history: bool,
    /// Read the paths of more repositories from FILE, one a line; - is standard input
    #[arg(long, value_name = "FILE", requires = "history")]
    pub(super) repos_from: Option<PathBuf>,
    /// Tell only what a commit of this day or later brought: 2026-01-31
    #[arg(long, value_name = "DATE", requires = "history")]
    pub(super) since: Option<String>,
    /// Tell only what this branch or tag holds; may be repeated
    #[arg(long = "ref", alias = "branch", value_name = "NAME", requires = "history")]
    pub(super) refs: Vec<String>,
    /// Keep what was scanned in FILE, which repositories may share
    #[arg(long, value_name = "FILE", requires = "history", conflicts_with = "no_store")]
    pub(super) store: Option<PathBuf>,
    /// Keep nothing, and scan all of it again
    #[arg(long, requires = "history")]
    pub(super) no_store: bool,
    /// Do not show how far it is
    #[arg(long)]
    pub(super) no_progress: bool,
}

/// What to scan; one of these.
#[derive(Debug, Group)]
#[group(multiple = false)]
pub(super) struct WhatArgs {
    /// Files and folders to scan; without any, the work tree. With --history, repositories
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Scan what `git commit` would record now
    #[arg(long)]
    pub(super) staged: bool,
    /// Scan what the commits of a range add
    #[arg(long, value_name = "A..B")]
    pub(super) range: Option<String>,
    /// Scan text on standard input
    #[arg(long)]
    pub(super) stdin: bool,
}

/// How to scan and report.
#[derive(Debug, Group)]
pub(super) struct HowArgs {
    /// Form of the report: text, json or jsonl
    #[arg(long, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
    pub(super) format: FormatArg,
    /// Write the report to FILE, whole or not at all
    #[arg(long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Read this allow file instead of .ideoguard.toml
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Read this baseline instead of .ideoguard/baseline
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Use N threads; 0 means one for each core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=1024))]
    pub(super) threads: u16,
    /// Skip (and count) what is larger: 10MB, 512KiB, …
    #[arg(long, value_name = "SIZE", value_parser = size::parse)]
    pub(super) max_blob_size: Option<u64>,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum FormatArg {
    /// For people
    Text,
    /// One object with everything
    Json,
    /// One object a line for each finding
    Jsonl,
}

/// Which hook to be.
#[derive(Debug, Group)]
#[command(after_help = "\
`ideoguard install` puts these in place. By hand, a hook is two lines:
  #!/bin/sh
  exec ideoguard hook pre-commit

A clean commit gets no output. Reports go to standard error, where git shows
them.")]
pub(super) struct HookArgs {
    /// The hook.
    #[command(subcommand)]
    pub(super) hook: HookArg,
}

/// A hook, as git calls it.
#[derive(Debug, Subcommand)]
pub(super) enum HookArg {
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

/// Which hooks to install, and where.
#[derive(Debug, Group)]
pub(super) struct InstallArgs {
    /// A folder in the repository; without one, the current folder
    #[arg(value_name = "REPO", conflicts_with = "global")]
    pub(super) repo: Option<PathBuf>,
    /// This hook only; may be repeated: pre-commit, pre-merge-commit, commit-msg
    #[arg(long, value_name = "NAME", hide_possible_values = true)]
    pub(super) hook: Vec<HookNameArg>,
    /// All repositories of this user
    #[arg(long)]
    pub(super) global: bool,
    /// Only say what would be done
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// The name of a hook that can be installed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum HookNameArg {
    /// Judges what a commit is about to record
    PreCommit,
    /// Judges what a merge is about to record
    PreMergeCommit,
    /// Judges a commit's message
    CommitMsg,
}

/// What to allow, and why.
#[derive(Debug, Group)]
#[command(after_help = "\
Example:
  ideoguard allow ig1:0123456789abcdef0123456789abcdef \\
      --reason \"made up for the tutorial\" --until 2027-01-31

Adds an entry to .ideoguard.toml at the top of the work tree; commit it, so that
everybody allows the same. A comment on the secret's line does it too:
  ideoguard:allow REASON")]
pub(super) struct AllowArgs {
    /// The secret's name, as reports show it: ig1:…
    #[arg(value_name = "FINGERPRINT")]
    pub(super) fingerprint: String,
    /// Why it is allowed
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
    /// The last day on which it is: 2027-01-31
    #[arg(long, value_name = "DATE")]
    pub(super) until: Option<String>,
    /// Write this allow file instead of .ideoguard.toml
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// What to do with the baseline.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  ideoguard baseline create --reason \"old, to be revoked\" --until 2027-01-31
  ideoguard baseline import .gitleaksignore
  ideoguard baseline update               what was found since is added
  ideoguard baseline prune                what is gone is taken out

The baseline is .ideoguard/baseline at the top of the work tree: one line for
each secret, with its fingerprint (never the secret), the rule, who answers for
it, perhaps a last day, and a reason. Commit it, so that everybody allows the
same. This line in .gitattributes lets branches merge it without conflicts:
  .ideoguard/baseline merge=union")]
pub(super) struct BaselineArgs {
    /// What to do.
    #[command(subcommand)]
    pub(super) what: BaselineWhat,
}

/// What to do with the baseline.
#[derive(Debug, Subcommand)]
pub(super) enum BaselineWhat {
    /// Write a new baseline: every secret that blocks now
    #[command(after_help = "\
Examples:
  ideoguard baseline create
  ideoguard baseline create --reason \"old, to be revoked\" --until 2027-01-31

A secret that is in the baseline no longer blocks, wherever it stands. It has
leaked all the same: revoke it. A baseline that is there is never overwritten.")]
    Create {
        /// Write this file instead of .ideoguard/baseline
        #[arg(long, visible_alias = "baseline", value_name = "FILE")]
        output: Option<PathBuf>,
        /// What to add, and in which words.
        #[command(flatten)]
        add: AddArgs,
        /// How to look for it.
        #[command(flatten)]
        look: LookArgs,
    },
    /// Add every secret that blocks and has no line yet
    #[command(after_help = "\
Example:
  ideoguard baseline update --reason \"came with the old service\"

Lines that are there keep their words; nothing is taken out. Lines that a merge
left twice or out of order are tidied.")]
    Update {
        /// Use this file instead of .ideoguard/baseline
        #[arg(long, value_name = "FILE")]
        baseline: Option<PathBuf>,
        /// What to add, and in which words.
        #[command(flatten)]
        add: AddArgs,
        /// How to look for it.
        #[command(flatten)]
        look: LookArgs,
    },
    /// Take out every secret that is found no more
    #[command(after_help = "\
Example:
  ideoguard baseline prune

Nothing is taken out unless everything could be read.")]
    Prune {
        /// Use this file instead of .ideoguard/baseline
        #[arg(long, value_name = "FILE")]
        baseline: Option<PathBuf>,
        /// How to look for it.
        #[command(flatten)]
        look: LookArgs,
    },
    /// Take over what another tool was told to allow
    #[command(after_help = "\
Examples:
  ideoguard baseline import .gitleaksignore
  ideoguard baseline import gitleaks-report.json
  ideoguard baseline import .secrets.baseline

The form is recognised by what is in the file: fingerprints of gitleaks, a JSON
report of gitleaks, or a baseline of detect-secrets. Each entry is looked up
where it says, in its commit or in the work tree, and what is found there gets a
line. What could not be taken over is listed, with the reason.")]
    Import {
        /// The file of the other tool
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Use this file instead of .ideoguard/baseline
        #[arg(long, value_name = "FILE")]
        baseline: Option<PathBuf>,
        /// In which words to add it.
        #[command(flatten)]
        words: WordsArgs,
        /// Write what was found even if something could not be read
        #[arg(long)]
        allow_incomplete: bool,
        /// How to look for it.
        #[command(flatten)]
        look: LookArgs,
    },
}

/// What to add to a baseline, and in which words.
#[derive(Debug, Group)]
pub(super) struct AddArgs {
    /// The words.
    #[command(flatten)]
    pub(super) words: WordsArgs,
    /// Add what only warns, too
    #[arg(long)]
    pub(super) warnings: bool,
    /// Write what was found even if something could not be read
    #[arg(long)]
    pub(super) allow_incomplete: bool,
}

/// What a new line of a baseline says.
#[derive(Debug, Group)]
pub(super) struct WordsArgs {
    /// Why these secrets are there
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// Who answers for them; without it, git's user.name
    #[arg(long, value_name = "NAME")]
    pub(super) who: Option<String>,
    /// The last day on which they do not block: 2027-01-31
    #[arg(long, value_name = "DATE")]
    pub(super) until: Option<String>,
}

/// How to look for secrets when a baseline is made.
#[derive(Debug, Group)]
pub(super) struct LookArgs {
    /// Read this allow file instead of .ideoguard.toml
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Use N threads; 0 means one for each core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=1024))]
    pub(super) threads: u16,
}

/// What to show of the rules.
#[derive(Debug, Group)]
pub(super) struct RulesArgs {
    /// What to show.
    #[command(subcommand)]
    pub(super) what: RulesWhat,
}

/// What to show of the rules.
#[derive(Debug, Subcommand)]
pub(super) enum RulesWhat {
    /// All rules, one line each
    List,
    /// One rule: what it finds, and what to do about it
    Show {
        /// The rule's id
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// What to do with a store.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  ideoguard store info                          this repository's store
  ideoguard store info --store ~/scans.sqlite   one that repositories share
  ideoguard store clear                         scan everything anew next time

The store makes a second scan of a history cheap. It lies in the git directory,
holds no secret, and can be emptied or deleted at any time.")]
pub(super) struct StoreArgs {
    /// What to do.
    #[command(subcommand)]
    pub(super) what: StoreWhat,
}

/// What to do with a store.
#[derive(Debug, Subcommand)]
pub(super) enum StoreWhat {
    /// Say what is in it
    Info(StorePlace),
    /// Empty it, which costs nothing but time
    Clear(StorePlace),
}

/// Where a store is.
#[derive(Debug, Group)]
pub(super) struct StorePlace {
    /// A folder in the repository; without one, the current folder
    #[arg(value_name = "REPO", conflicts_with = "store")]
    pub(super) repo: Option<PathBuf>,
    /// This store instead of the repository's own
    #[arg(long, value_name = "FILE")]
    pub(super) store: Option<PathBuf>,
}
