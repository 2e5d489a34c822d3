//! `ideoguard allow`: what to allow, and why.

use std::path::PathBuf;

use clap::Args as Group;

/// What to allow, and why.
#[derive(Debug, Group)]
#[command(after_help = "\
Example:
  ideoguard allow ig1:0123456789abcdef0123456789abcdef \\
      --reason \"made up for the tutorial\" --until 2027-01-31

Adds an entry to .ideoguard.toml at the top of the work tree; commit it, so that
everybody allows the same. A comment on the secret's line does it too:
  ideoguard:allow REASON")]
pub(in crate::cli) struct AllowArgs {
    /// The secret's name, as reports show it: ig1:…
    #[arg(value_name = "FINGERPRINT")]
    pub(in crate::cli) fingerprint: String,
    /// Why it is allowed
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) reason: String,
    /// The last day on which it is: 2027-01-31
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) until: Option<String>,
    /// Write this allow file instead of .ideoguard.toml
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
}
