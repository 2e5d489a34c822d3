//! `ideoguard rules`: what to show of the rules.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

/// What to show of the rules.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  ideoguard rules list                  all rules, those of .ideoguard.toml too
  ideoguard rules show acme-token       what a rule finds
  ideoguard rules check                 does .ideoguard.toml make sense
  ideoguard rules test sample.env       what is found, what nearly, why not")]
pub(in crate::cli) struct RulesArgs {
    /// What to show.
    #[command(subcommand)]
    pub(in crate::cli) what: RulesWhat,
}

/// What to show of the rules.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum RulesWhat {
    /// All rules, one line each
    List {
        /// Read this rule file instead of .ideoguard.toml
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// One rule: what it finds, and what to do about it
    Show {
        /// The rule's id
        #[arg(value_name = "ID")]
        id: String,
        /// Read this rule file instead of .ideoguard.toml
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// What the rules find in a file, what they nearly find, and why not
    Test {
        /// The file; - is standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Tell of this rule alone
        #[arg(long, value_name = "ID")]
        rule: Option<String>,
        /// Read this rule file instead of .ideoguard.toml
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Whether a rule file makes sense, and its rules pass their own samples
    Check {
        /// The file; without it, .ideoguard.toml
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
}
