//! Writes down what a scan learned, one file per format.
//!
//! The same outcome gives the same bytes. No report shows a secret: findings
//! carry it redacted already.

mod brief;
mod csv;
mod explain;
mod fix;
mod github;
mod gitlab;
mod groups;
mod html;
mod json;
mod junit;
mod markdown;
mod mend;
mod name;
pub mod push;
mod reach;
mod read;
mod safe;
mod sarif;
mod summary;
mod template;
mod text;
mod whereabouts;
pub mod wrap;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

pub use brief::brief;
pub use explain::explanation;
pub(crate) use fix::{EnvFile, env_file, shell_word};
pub(crate) use json::without_controls;
pub use read::read;
pub(crate) use sarif::{SCHEMA as SARIF_SCHEMA, artifact, note, uri_bases};
pub use summary::{counted, size};
pub use template::Template;
pub use text::write_coverage;
pub use whereabouts::{Whereabouts, whereabouts};

use crate::finding::Finding;
use crate::outcome::Outcome;

/// The program's version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A form of report, or a template for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// One of ours.
    Format(Format),
    /// One of the user's.
    Template(Template),
}

/// A form of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object with everything.
    Json,
    /// One JSON object a line, for each finding.
    Jsonl,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitLab's report of a secret detection.
    Gitlab,
    /// JUnit's XML, for CI services.
    Junit,
    /// For spreadsheets.
    Csv,
    /// Annotations of a GitHub workflow.
    Github,
    /// A summary for pull requests and CI jobs.
    Markdown,
    /// One page that needs nothing else, for whoever cleans up.
    Html,
}

/// How a report is worded; of the formats for machines, some tell the times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner<'a> {
    /// What was scanned, which decides how a finding is fixed.
    pub occasion: Occasion,
    /// How much is told.
    pub detail: Detail,
    /// Whether it is coloured.
    pub colour: Colour,
    /// Widest line, in columns, where its words allow it.
    pub width: usize,
    /// What its words lead to.
    pub links: Links<'a>,
    /// When the scan was.
    pub times: Times,
}

/// What the words of a report for people lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links<'a> {
    /// To nothing.
    None,
    /// Rules to their documentation, and places to files: paths begin at this folder.
    From(&'a Path),
}

/// When a scan was, in seconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Times {
    /// Its begin.
    pub began: i64,
    /// Its end.
    pub ended: i64,
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

impl Form {
    /// Writes a report.
    pub fn write(&self, outcome: &Outcome, manner: Manner<'_>, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Format(format) => format.write(outcome, manner, out),
            Self::Template(template) => template.write(outcome, out),
        }
    }
}

impl Format {
    /// Writes a report.
    pub fn write(self, outcome: &Outcome, manner: Manner<'_>, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Text => text::write(outcome, manner, out),
            Self::Json => json::write(outcome, out),
            Self::Jsonl => json::write_lines(outcome, out),
            Self::Sarif => sarif::write(outcome, manner.times, out),
            Self::Gitlab => gitlab::write(outcome, manner.times, out),
            Self::Junit => junit::write(outcome, out),
            Self::Csv => csv::write(outcome, out),
            Self::Github => github::write(outcome, out),
            Self::Markdown => markdown::write(outcome, out),
            Self::Html => html::write(outcome, manner.times, out),
        }
    }
}

/// Returns one finding of each rule, in the order of the rules' names.
fn rule_table(findings: &[Finding]) -> Vec<&Finding> {
    let mut rules: BTreeMap<&str, &Finding> = BTreeMap::new();
    for finding in findings {
        rules.entry(&*finding.rule).or_insert(finding);
    }
    rules.into_values().collect()
}
