//! Writes down what a scan learned, one file per format.
//!
//! The same outcome gives the same bytes. No report shows a secret: findings
//! carry it redacted already.

mod fix;
mod groups;
mod json;
mod mend;
pub mod push;
mod summary;
mod text;
mod whereabouts;
pub mod wrap;

use std::io::{self, Write};

pub(crate) use fix::{EnvFile, env_file, shell_word};
pub use summary::{counted, size};
pub use text::write_coverage;
pub use whereabouts::{Whereabouts, whereabouts};

use crate::outcome::Outcome;

/// A form of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object with everything.
    Json,
    /// One JSON object a line, for each finding.
    Jsonl,
}

/// How a report for people is worded; the formats for machines do not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// What was scanned, which decides how a finding is fixed.
    pub occasion: Occasion,
    /// How much is told.
    pub detail: Detail,
    /// Whether it is coloured.
    pub colour: Colour,
}

/// What was scanned, and so what the reader can do about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A commit is being made; the text is staged, and not yet in history.
    Commit,
    /// What is staged, looked at without making a commit.
    Staged,
    /// A commit's message is being written.
    Message,
    /// Commits that exist already.
    Range,
    /// Everything that a repository keeps.
    History,
    /// Files, or standard input.
    Files,
}

/// How much a report for people tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Leaks, warnings and problems, one line each.
    Quiet,
    /// The first leaks and warnings in full, problems, and the summary.
    Normal,
    /// Everything.
    Verbose,
}

/// Whether a report for people is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// It is not.
    Plain,
    /// With ANSI escape sequences.
    Ansi,
}

impl Format {
    /// Writes a report.
    pub fn write(self, outcome: &Outcome, manner: Manner, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Text => text::write(outcome, manner, out),
            Self::Json => json::write(outcome, out),
            Self::Jsonl => json::write_lines(outcome, out),
        }
    }
}
