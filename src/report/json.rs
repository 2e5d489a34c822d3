//! Reports for machines: `json`, one object with everything, and `jsonl`, one line for each finding.
//!
//! The fields are a contract and are written out here; they do not follow the
//! types of the stages. Characters that a terminal could act on are written as
//! `\u` escapes, which read back as themselves.
//!
//! JSON has no bytes. A path that is not UTF-8 is written as `path` with the odd
//! bytes as `\xNN`, and beside it as `path_base64` with its exact bytes;
//! `path_base64` is there for such paths only, so that nothing is ambiguous.

use std::borrow::Cow;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::finding::{Finding, NoteReason, Reason, Trail, Verdict};
use crate::outcome::Outcome;
use crate::path::{Escaped, RepoPath, is_harmless};
use crate::report::VERSION;
use crate::report::groups::Class;
use crate::report::safe::moment;
use crate::report::summary::Summary;
use crate::text::{Problem, Skip, Skipped};

/// The version of the report's form; changes when a field changes its meaning or goes.
pub(super) const SCHEMA: u32 = 1;

/// The whole report.
#[derive(Serialize)]
struct Report<'a> {
    /// The version of this form.
    schema: u32,
    /// Who wrote it.
    tool: Tool,
    /// What it comes to.
    summary: Numbers,
    /// What was found.
    findings: Vec<Row<'a>>,
    /// What could not be read.
    problems: Vec<Trouble<'a>>,
    /// What was left out.
    skipped: Vec<Left<'a>>,
    /// What a reader should know.
    notices: &'a [String],
}

/// Who wrote it.
#[derive(Serialize)]
struct Tool {
    /// Its name.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

/// What the scan comes to in numbers.
#[derive(Serialize)]
struct Numbers {
    /// How many things were to be scanned.
    planned: u64,
    /// How many were.
    scanned: u64,
    /// How many could not be.
    failed: u64,
    /// How many were left out, by reason.
    skipped: serde_json::Map<String, serde_json::Value>,
    /// How many bytes were scanned.
    bytes: u64,
    /// Findings that block.
    leaks: u64,
    /// Findings that warn.
    warnings: u64,
    /// Findings with weak evidence, or on old lines.
    notes: u64,
    /// Findings that somebody allowed.
    allowed: u64,
}

/// One finding; `line` to `end` as [`crate::finding::Place`] and its span say.
#[derive(Serialize)]
struct Row<'a> {
    /// The rule's id.
    rule: &'a str,
    /// Who issues such secrets.
    provider: &'a str,
    /// What it is.
    title: &'a str,
    /// How much harm it does.
    severity: &'static str,
    /// How sure we are.
    confidence: &'static str,
    /// Where it is.
    path: Cow<'a, str>,
    /// Where it is, exactly, when that is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_base64: Option<String>,
    /// What kind of text it stands in.
    kind: &'static str,
    /// One-based line of the first byte.
    line: u64,
    /// One-based column of the first byte.
    column: u64,
    /// Line of the last byte.
    end_line: u64,
    /// One past the column of the last byte.
    end_column: u64,
    /// Offset of the first byte.
    start: u64,
    /// One past the offset of the last byte.
    end: u64,
    /// The blob, where there is one.
    blob: Option<String>,
    /// The commit that brings it, where one is known.
    commit: Option<String>,
    /// The commit's author.
    author: Option<Cow<'a, str>>,
    /// The commit's author date.
    date: Option<&'a str>,
    /// Whether a reference leads to it; known to a history scan only.
    reachable: Option<bool>,
    /// What history knows of it; there in a history scan only.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<History<'a>>,
    /// The secret, redacted.
    secret: &'a str,
    /// The secret's name across runs.
    fingerprint: &'a str,
    /// What was decided.
    verdict: &'static str,
    /// Why it does not block.
    reason: Option<String>,
    /// Why we believe it.
    evidence: &'a [Cow<'static, str>],
    /// What to do about it.
    advice: &'a [Cow<'static, str>],
}

/// What history knows of an object with a finding.
#[derive(Serialize)]
struct History<'a> {
    /// The repository, where several were scanned at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<Cow<'a, str>>,
    /// The most public way in which it is reached.
    reach: &'static str,
    /// How many commits hold it.
    commits: u64,
    /// When the first of them was made, in UTC.
    since: Option<String>,
    /// When the last of them was made, in UTC.
    until: Option<String>,
    /// The other paths at which its first commit has it.
    paths: Vec<Cow<'a, str>>,
}

/// Something that could not be read.
#[derive(Serialize)]
struct Trouble<'a> {
    /// What it is.
    what: &'a str,
    /// Why it could not be read.
    error: String,
    /// What to do about it.
    hint: Option<String>,
}

/// Something that was left out.
#[derive(Serialize)]
struct Left<'a> {
    /// Where it is.
    path: Cow<'a, str>,
    /// Where it is, exactly, when that is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_base64: Option<String>,
    /// The reason.
    why: &'static str,
}

/// Writes everything as one object.
pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&report(outcome))?;
    writeln!(out, "{}", without_controls(&text))
}

/// Returns everything as one object.
pub(super) fn report(outcome: &Outcome) -> impl Serialize + '_ {
    Report {
        schema: SCHEMA,
        tool: Tool { name: "ideoguard", version: VERSION },
        summary: numbers(&Summary::of(outcome)),
        findings: outcome.findings.iter().map(row).collect(),
        problems: outcome.problems.iter().map(trouble).collect(),
        skipped: outcome.skipped.iter().map(left).collect(),
        notices: &outcome.notices,
    }
}

/// Writes each finding as one line.
pub(super) fn write_lines(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    for finding in &outcome.findings {
        let text = serde_json::to_string(&row(finding))?;
        writeln!(out, "{}", without_controls(&text))?;
    }
    Ok(())
}

/// Counts as the report writes it.
fn numbers(summary: &Summary) -> Numbers {
    let count = |(why, count): (&Skip, &u64)| (why.name().to_owned(), (*count).into());
    Numbers {
        planned: summary.planned,
        scanned: summary.scanned,
        failed: summary.failed,
        skipped: summary.skipped.iter().map(count).collect(),
        bytes: summary.bytes,
        leaks: summary.leaks,
        warnings: summary.warnings,
        notes: summary.notes,
        allowed: summary.allowed,
    }
}

/// Writes out a finding.
fn row(finding: &Finding) -> Row<'_> {
    let commit = finding.commit.as_deref();
    Row {
        rule: &finding.rule,
        provider: &finding.provider,
        title: &finding.title,
        severity: finding.severity.name(),
        confidence: finding.confidence.name(),
        path: readable(finding.path.as_bytes()),
        path_base64: exact(&finding.path),
        kind: finding.kind.name(),
        line: finding.place.line,
        column: finding.place.column,
        end_line: finding.place.end_line,
        end_column: finding.place.end_column,
        start: finding.span.start,
        end: finding.span.end,
        blob: finding.blob.map(|id| id.to_string()),
        commit: commit.map(|stamp| stamp.id.to_string()),
        author: commit.map(|stamp| readable(&stamp.author)),
        date: commit.map(|stamp| stamp.date.as_str()),
        reachable: finding.trail.as_ref().map(|trail| trail.reachable),
        history: finding.trail.as_deref().map(history),
        secret: &finding.redacted,
        fingerprint: finding.fingerprint.as_str(),
        verdict: Class::of(&finding.verdict).name(),
        reason: reason(&finding.verdict),
        evidence: &finding.evidence,
        advice: &finding.advice,
    }
}

/// Writes out what history knows.
fn history(trail: &Trail) -> History<'_> {
    let paths = trail.paths.iter().map(|path| readable(path.as_bytes())).collect();
    let repository = trail.repository.as_ref().map(|path| readable(path.as_bytes()));
    History {
        repository,
        reach: trail.reach,
        commits: trail.commits,
        since: trail.seconds.and_then(moment),
        until: trail.last.and_then(moment),
        paths,
    }
}

/// Writes out a problem.
fn trouble(problem: &Problem) -> Trouble<'_> {
    Trouble { what: &problem.what, error: problem.error.to_string(), hint: problem.error.hint() }
}

/// Writes out what was left out.
fn left(skipped: &Skipped) -> Left<'_> {
    Left { path: readable(skipped.path.as_bytes()), path_base64: exact(&skipped.path), why: skipped.why.name() }
}

/// Returns why a finding does not block, as far as its verdict has a reason.
pub(super) fn reason(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Leak | Verdict::Warning => None,
        Verdict::Note(NoteReason::LowConfidence) => Some("low confidence".to_owned()),
        Verdict::Note(NoteReason::Old) => Some("old line".to_owned()),
        Verdict::Allowed(Reason::Mark(text)) => Some(format!("mark: {text}")),
        Verdict::Allowed(Reason::AllowFile(text)) => Some(format!("allow file: {text}")),
        Verdict::Allowed(Reason::Baseline(text)) => Some(format!("baseline: {text}")),
        Verdict::Allowed(Reason::Policy(text)) => Some(format!("policy: {text}")),
        Verdict::Allowed(Reason::Bypass(text)) => Some(format!("bypass: {text}")),
    }
}

/// Returns text from git as it is, or with its odd bytes escaped when it is not UTF-8.
fn readable(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(Escaped(bytes).to_string()),
    }
}

/// Returns the exact bytes of a path that is not UTF-8.
fn exact(path: &RepoPath) -> Option<String> {
    std::str::from_utf8(path.as_bytes()).err().map(|_| STANDARD.encode(path.as_bytes()))
}

/// Writes characters that a terminal could act on as `\u` escapes; outside strings JSON has none.
pub(crate) fn without_controls(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        if is_harmless(character) || matches!(character, '\\' | '\n') {
            safe.push(character);
        } else {
            safe.extend(format!("\\u{:04x}", u32::from(character)).chars());
        }
    }
    safe
}
