//! `ideoguard baseline`: what to do with the secrets that are there.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

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
pub(in crate::cli) struct BaselineArgs {
    /// What to do.
    #[command(subcommand)]
    pub(in crate::cli) what: BaselineWhat,
}

/// What to do with the baseline.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum BaselineWhat {
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
pub(in crate::cli) struct AddArgs {
    /// The words.
    #[command(flatten)]
    pub(in crate::cli) words: WordsArgs,
    /// Add what only warns, too
    #[arg(long)]
    pub(in crate::cli) warnings: bool,
    /// Write what was found even if something could not be read
    #[arg(long)]
    pub(in crate::cli) allow_incomplete: bool,
}

/// What a new line of a baseline says.
#[derive(Debug, Group)]
pub(in crate::cli) struct WordsArgs {
    /// Why these secrets are there
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) reason: Option<String>,
    /// Who answers for them; without it, git's user.name
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) who: Option<String>,
    /// The last day on which they do not block: 2027-01-31
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) until: Option<String>,
}

/// How to look for secrets when a baseline is made.
#[derive(Debug, Group)]
pub(in crate::cli) struct LookArgs {
    /// Read this allow file instead of .ideoguard.toml
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Use N threads; 0 means one for each core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=1024))]
    pub(in crate::cli) threads: u16,
}
