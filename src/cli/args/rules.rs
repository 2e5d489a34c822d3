//! `ideoguard rules`: what to show of the rules.

use clap::{Args as Group, Subcommand};

/// What to show of the rules.
#[derive(Debug, Group)]
pub(in crate::cli) struct RulesArgs {
    /// What to show.
    #[command(subcommand)]
    pub(in crate::cli) what: RulesWhat,
}

/// What to show of the rules.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum RulesWhat {
    /// All rules, one line each
    List,
    /// One rule: what it finds, and what to do about it
    Show {
        /// The rule's id
        #[arg(value_name = "ID")]
        id: String,
    },
}
