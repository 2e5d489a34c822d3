//! The checklist for machines: one JSON object.

use std::io::{self, Write};

use serde::Serialize;

use super::Checklist;
use super::check::Check;

/// The version of the form; changes when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

/// The whole report.
#[derive(Serialize)]
struct Report<'a> {
    /// The version of this form.
    schema: u32,
    /// Who wrote it, and in which version.
    tool: Tool,
    /// The items, in the order in which they are asked.
    checks: Vec<Row<'a>>,
    /// What could not be read.
    problems: Vec<Trouble<'a>>,
}

/// Who wrote it.
#[derive(Serialize)]
struct Tool {
    /// Its name.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

/// One item.
#[derive(Serialize)]
struct Row<'a> {
    /// Its name.
    id: &'static str,
    /// What must be so.
    title: &'static str,
    /// `pass`, `fail`, `not-applicable` or `unknown`.
    verdict: &'static str,
    /// Why.
    because: &'a str,
    /// What that rests on.
    evidence: Vec<Place<'a>>,
    /// What to do.
    fix: &'a [String],
}

/// What a verdict rests on.
#[derive(Serialize)]
struct Place<'a> {
    /// The file, with odd bytes escaped; null where it is about none.
    path: Option<String>,
    /// The one-based line; null where it is about the whole file.
    line: Option<u64>,
    /// What is there.
    says: &'a str,
}

/// What could not be read.
#[derive(Serialize)]
struct Trouble<'a> {
    /// What it is.
    what: &'a str,
    /// Why not.
    because: String,
}

/// Writes the checklist.
pub fn write(list: &Checklist, out: &mut dyn Write) -> io::Result<()> {
    let report = Report {
        schema: SCHEMA,
        tool: Tool { name: "ideoguard", version: env!("CARGO_PKG_VERSION") },
        checks: list.checks.iter().map(row).collect(),
        problems: list
            .problems
            .iter()
            .map(|problem| Trouble { what: &problem.what, because: problem.error.to_string() })
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn row(check: &Check) -> Row<'_> {
    Row {
        id: check.topic.id(),
        title: check.topic.title(),
        verdict: check.verdict.name(),
        because: &check.because,
        evidence: check
            .evidence
            .iter()
            .map(|one| Place { path: one.path.as_ref().map(ToString::to_string), line: one.line, says: &one.says })
            .collect(),
        fix: &check.fix,
    }
}
