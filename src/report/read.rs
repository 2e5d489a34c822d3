//! Reads a JSON report back, so that it can be told in another form.
//!
//! Nothing of a report that makes no sense is repeated: it may be another file, with secrets in it.

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::error::{Error, Result};
use crate::finding::{Confidence, Finding, Fingerprint, NoteReason, Place, Reason, Severity, Trail, Verdict};
use crate::oid::ObjectId;
use crate::outcome::Outcome;
use crate::path::RepoPath;
use crate::report::json::SCHEMA;
use crate::report::reach;
use crate::report::summary::Summary;
use crate::text::{CommitStamp, Problem, Skip, Skipped, TextKind};

/// What tells a report of ours, of whichever form.
#[derive(Deserialize)]
struct Head {
    schema: Option<u64>,
    tool: Option<Tool>,
    findings: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Tool {
    name: String,
}

/// A report, as `json.rs` writes it.
#[derive(Deserialize)]
struct Report {
    summary: Numbers,
    findings: Vec<Row>,
    problems: Vec<Trouble>,
    skipped: Vec<Left>,
    #[serde(default)]
    notices: Vec<String>,
}

#[derive(Deserialize)]
struct Numbers {
    planned: u64,
    scanned: u64,
    failed: u64,
    bytes: u64,
    leaks: u64,
    warnings: u64,
    notes: u64,
    allowed: u64,
}

#[derive(Deserialize)]
struct Row {
    rule: String,
    provider: String,
    title: String,
    severity: String,
    confidence: String,
    path: String,
    path_base64: Option<String>,
    kind: Option<String>,
    line: u64,
    column: u64,
    end_line: u64,
    end_column: u64,
    start: u64,
    end: u64,
    blob: Option<String>,
    commit: Option<String>,
    author: Option<String>,
    date: Option<String>,
    reachable: Option<bool>,
    history: Option<History>,
    secret: String,
    fingerprint: String,
    verdict: String,
    reason: Option<String>,
    evidence: Vec<String>,
    advice: Vec<String>,
}

#[derive(Deserialize)]
struct History {
    repository: Option<String>,
    reach: String,
    commits: u64,
    since: Option<String>,
    until: Option<String>,
    paths: Vec<String>,
}

#[derive(Deserialize)]
struct Trouble {
    what: String,
    error: String,
    hint: Option<String>,
}

#[derive(Deserialize)]
struct Left {
    path: String,
    path_base64: Option<String>,
    why: String,
}

/// Reads a report; `file` is its name in errors.
pub fn read(file: &Path, text: &str) -> Result<Outcome> {
    let bad = |line: usize, problem: &str| Error::Config {
        path: file.to_owned(),
        line,
        column: 0,
        problem: format!("{problem}; `ideoguard scan --format json --output FILE` saves a report"),
    };
    let head: Head = serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof => bad(error.line(), "this report ends before its end"),
        serde_json::error::Category::Syntax => bad(error.line(), "this is no JSON report"),
        serde_json::error::Category::Data | serde_json::error::Category::Io => bad(0, "this is no report of ideoguard"),
    })?;
    let is_ours = head.tool.is_some_and(|tool| tool.name == "ideoguard") && head.findings.is_some();
    match head.schema {
        Some(schema) if is_ours && schema == u64::from(SCHEMA) => {}
        Some(schema) if is_ours => {
            return Err(bad(0, &format!("this report has the form {schema}, and this program reads form {SCHEMA}")));
        }
        Some(_) | None => return Err(bad(0, "this is no report of ideoguard")),
    }
    let damaged = |line, what: &str| bad(line, &format!("this report is damaged: {what}"));
    let report: Report = serde_json::from_str(text)
        .map_err(|error| damaged(error.line(), "something is missing or of the wrong kind"))?;
    let outcome = outcome(report).map_err(|what| damaged(0, &what))?;
    Ok(outcome)
}

/// Turns a report into the outcome that it tells of; an error says what makes no sense.
fn outcome(report: Report) -> std::result::Result<Outcome, String> {
    let numbered = |(index, row)| finding(row).ok_or_else(|| format!("finding {} makes no sense", index + 1));
    let findings = report.findings.into_iter().enumerate().map(numbered).collect::<std::result::Result<Vec<_>, _>>()?;
    let numbers = report.summary;
    let outcome = Outcome {
        planned: numbers.planned,
        scanned: numbers.scanned,
        failed: numbers.failed,
        bytes: numbers.bytes,
        findings,
        skipped: report.skipped.into_iter().map(left).collect::<Option<_>>().ok_or("a skipped entry makes no sense")?,
        problems: report.problems.into_iter().map(trouble).collect(),
        notices: report.notices,
    };
    let found = Summary::of(&outcome);
    let counts = |summary: &Summary| (summary.leaks, summary.warnings, summary.notes, summary.allowed);
    if counts(&found) != (numbers.leaks, numbers.warnings, numbers.notes, numbers.allowed) {
        return Err("its summary counts other findings than it lists".to_owned());
    }
    Ok(outcome)
}

/// Reads a finding; `None` if it makes no sense.
fn finding(row: Row) -> Option<Finding> {
    let kind = row.kind.unwrap_or_else(|| TextKind::Content.name().to_owned());
    let commit = match (row.commit, row.author, row.date) {
        (Some(id), Some(author), Some(date)) => Some(Arc::new(CommitStamp {
            id: ObjectId::from_hex(id.as_bytes())?,
            author: author.into_bytes(),
            date,
            parents: 1,
        })),
        (None, None, None) => None,
        _ => return None,
    };
    let trail = match (row.history, row.reachable) {
        (Some(history), Some(reachable)) => Some(Arc::new(trail(history, reachable)?)),
        (None, None) => None,
        _ => return None,
    };
    Some(Finding {
        rule: row.rule.into(),
        provider: row.provider.into(),
        title: row.title.into(),
        severity: Severity::ALL.into_iter().find(|severity| severity.name() == row.severity)?,
        confidence: Confidence::ALL.into_iter().find(|confidence| confidence.name() == row.confidence)?,
        path: path(row.path, row.path_base64)?,
        kind: TextKind::ALL.into_iter().find(|known| known.name() == kind)?,
        place: Place { line: row.line, column: row.column, end_line: row.end_line, end_column: row.end_column },
        span: row.start..row.end,
        blob: match row.blob {
            Some(id) => Some(ObjectId::from_hex(id.as_bytes())?),
            None => None,
        },
        commit,
        redacted: row.secret,
        fingerprint: Fingerprint::parse(&row.fingerprint)?,
        evidence: row.evidence.into_iter().map(Into::into).collect(),
        advice: row.advice.into_iter().map(Into::into).collect(),
        verdict: verdict(&row.verdict, row.reason.as_deref())?,
        trail,
    })
}

/// Reads what history knows.
fn trail(history: History, reachable: bool) -> Option<Trail> {
    Some(Trail {
        repository: history.repository.map(|path| RepoPath::new(path.into_bytes())),
        seconds: history.since.map(|moment| seconds(&moment)).transpose().ok()?,
        last: history.until.map(|moment| seconds(&moment)).transpose().ok()?,
        reach: reach::known(&history.reach)?,
        reachable,
        commits: history.commits,
        paths: history.paths.into_iter().map(|path| RepoPath::new(path.into_bytes())).collect(),
    })
}

/// Reads a moment.
fn seconds(moment: &str) -> std::result::Result<i64, jiff::Error> {
    Ok(moment.parse::<jiff::Timestamp>()?.as_second())
}

/// Reads a verdict and its reason, as `json.rs` writes them.
fn verdict(verdict: &str, reason: Option<&str>) -> Option<Verdict> {
    match (verdict, reason) {
        ("leak", None) => Some(Verdict::Leak),
        ("warning", None) => Some(Verdict::Warning),
        ("note", Some("low confidence")) => Some(Verdict::Note(NoteReason::LowConfidence)),
        ("note", Some("old line")) => Some(Verdict::Note(NoteReason::Old)),
        ("allowed", Some(reason)) => {
            let (who, why) = reason.split_once(": ")?;
            let why = why.to_owned();
            Some(Verdict::Allowed(match who {
                "mark" => Reason::Mark(why),
                "allow file" => Reason::AllowFile(why),
                "baseline" => Reason::Baseline(why),
                "policy" => Reason::Policy(why),
                "bypass" => Reason::Bypass(why),
                _ => return None,
            }))
        }
        _ => None,
    }
}

/// Reads a path: its exact bytes, where it is not UTF-8.
fn path(readable: String, exact: Option<String>) -> Option<RepoPath> {
    match exact {
        Some(exact) => Some(RepoPath::new(STANDARD.decode(exact).ok()?)),
        None => Some(RepoPath::new(readable.into_bytes())),
    }
}

/// Reads what was left out.
fn left(left: Left) -> Option<Skipped> {
    let why = Skip::ALL.into_iter().find(|why| why.name() == left.why)?;
    Some(Skipped { path: path(left.path, left.path_base64)?, why })
}

/// Reads a problem.
fn trouble(trouble: Trouble) -> Problem {
    Problem { what: trouble.what, error: Error::Reported { said: trouble.error, hint: trouble.hint } }
}
