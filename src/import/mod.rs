//! Reads what other secret scanners were told to allow, and finds out which findings they meant.
//!
//! Their entries name places, our baseline names secrets. So each entry becomes a
//! [`Wish`]: where to look, and what proves that a finding there is the one that was
//! meant. What cannot be proven is left, with the reason. Nothing is read here.

mod detect_secrets;
mod gitleaks;
mod meant;

use std::ops::RangeInclusive;
use std::path::Path;

pub use meant::{Candidate, Why, known, meant};

use crate::error::{Error, Result};
use crate::finding::Fingerprint;
use crate::path::RepoPath;

/// What the file of another tool says.
#[derive(Debug)]
pub struct Import {
    /// Which file of which tool it is.
    pub form: Form,
    /// What it allows.
    pub wishes: Vec<Wish>,
}

/// A file of another tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Fingerprints of gitleaks, one a line.
    GitleaksIgnore,
    /// A JSON report of gitleaks.
    GitleaksReport,
    /// A baseline of detect-secrets.
    SecretsBaseline,
}

/// Something that another tool allows: one entry of its file.
#[derive(Debug)]
pub struct Wish {
    /// Where in its file the entry stands: `line 3`, `finding 2`.
    pub entry: String,
    /// The file that held the secret, as the other tool wrote it.
    pub path: RepoPath,
    /// The commit that brought it, as hex digits; without one, the file in the work tree is meant.
    pub commit: Option<String>,
    /// The lines on which the secret stood, one-based.
    pub lines: RangeInclusive<u64>,
    /// What tells the secret from others.
    pub proof: Proof,
}

/// What tells the secret that an entry means from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Nothing but its place.
    Place,
    /// Its fingerprint, since the entry held it in clear.
    Fingerprint(Fingerprint),
    /// Its SHA-1, in hex.
    Sha1(String),
}

impl Form {
    /// What the form is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GitleaksIgnore => ".gitleaksignore",
            Self::GitleaksReport => "a gitleaks report",
            Self::SecretsBaseline => ".secrets.baseline",
        }
    }
}

/// Reads the file of another tool, whose form its text tells; messages name it `file`.
pub fn parse(file: &Path, text: &str) -> Result<Import> {
    let text = text.trim_start_matches('\u{feff}');
    match text.trim_start().bytes().next() {
        Some(b'[') => gitleaks::report(file, text),
        Some(b'{') => detect_secrets::baseline(file, text),
        Some(_) | None => gitleaks::ignore_file(file, text),
    }
}

/// Makes an error of one of the JSON reader, which may quote what it read, without the quote.
fn wrong(file: &Path, error: &serde_json::Error, what: &str) -> Error {
    let problem = match error.classify() {
        serde_json::error::Category::Data => format!("this is not {what}"),
        _ => "this is no valid JSON".to_owned(),
    };
    Error::Config { path: file.to_owned(), line: error.line(), column: error.column(), problem }
}

/// Returns a path as git writes it, with `/` between its parts.
fn with_slashes(path: &str) -> RepoPath {
    RepoPath::from(path.replace('\\', "/").as_str())
}
