//! CSV for spreadsheets: a row for each finding, and one for each thing that could not be read.

use std::io::{self, Write};

use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::path::Escaped;
use crate::report::groups::Class;
use crate::report::json::reason;
use crate::report::safe::{advice, because, safe, said};
use crate::text::Problem;

/// What the columns hold.
const COLUMNS: [&str; 22] = [
    "verdict", "severity", "confidence", "rule", "provider", "title", "repository", "path", "kind", "line", "column",
    "commit", "author", "date", "reach", "commits", "secret", "fingerprint", "reason", "evidence", "advice", "blob",
];

/// Writes the report.
pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = csv::Writer::from_writer(out);
    rows.write_record(COLUMNS)?;
    for finding in &outcome.findings {
        rows.write_record(row(finding).map(|cell| harmless(&cell)))?;
    }
    for problem in &outcome.problems {
        rows.write_record(trouble("problem", &said(problem), &hint(problem)).map(|cell| harmless(&cell)))?;
    }
    if outcome.failed > 0 || !outcome.problems.is_empty() {
        let words = "what could not be read may hold secrets";
        rows.write_record(trouble("incomplete", words, ""))?;
    }
    rows.flush()
}

/// Returns the cells of a finding.
fn row(finding: &Finding) -> [String; COLUMNS.len()] {
    let commit = finding.commit.as_deref();
    let trail = finding.trail.as_deref();
    let repository = trail.and_then(|trail| trail.repository.as_ref());
    [
        Class::of(&finding.verdict).name().to_owned(),
        finding.severity.name().to_owned(),
        finding.confidence.name().to_owned(),
        safe(&finding.rule),
        safe(&finding.provider),
        safe(&finding.title),
        repository.map(ToString::to_string).unwrap_or_default(),
        finding.path.to_string(),
        finding.kind.name().to_owned(),
        finding.place.line.to_string(),
        finding.place.column.to_string(),
        commit.map(|stamp| stamp.id.to_string()).unwrap_or_default(),
        commit.map(|stamp| Escaped(&stamp.author).to_string()).unwrap_or_default(),
        commit.map(|stamp| safe(&stamp.date)).unwrap_or_default(),
        trail.map(|trail| trail.reach.to_owned()).unwrap_or_default(),
        trail.map(|trail| trail.commits.to_string()).unwrap_or_default(),
        safe(&finding.redacted),
        finding.fingerprint.to_string(),
        reason(&finding.verdict).map(|reason| safe(&reason)).unwrap_or_default(),
        because(finding),
        advice(finding),
        finding.blob.map(|id| id.to_string()).unwrap_or_default(),
    ]
}

/// Returns the cells of what is no finding: its kind, what is wrong, and what can be done.
fn trouble(kind: &str, words: &str, hint: &str) -> [String; COLUMNS.len()] {
    let mut cells = [const { String::new() }; COLUMNS.len()];
    for (cell, name) in cells.iter_mut().zip(COLUMNS) {
        match name {
            "verdict" => kind.clone_into(cell),
            "reason" => words.clone_into(cell),
            "advice" => hint.clone_into(cell),
            _ => {}
        }
    }
    cells
}

/// Returns what can be done about a problem.
fn hint(problem: &Problem) -> String {
    problem.error.hint().map(|hint| safe(&hint)).unwrap_or_default()
}

/// Keeps a spreadsheet from taking a cell for a formula: an apostrophe stands before it.
fn harmless(cell: &str) -> String {
    let first = cell.trim_start().chars().next();
    // The wide forms count too in some of them.
    let is_formula =
        first.is_some_and(|first| matches!(first, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '|'));
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(harmless("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(harmless(" @SUM(1)"), "' @SUM(1)");
        assert_eq!(harmless("＝1"), "'＝1");
        assert_eq!(harmless("src/a-b.py"), "src/a-b.py");
    }
}
