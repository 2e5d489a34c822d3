//! Words about findings that are safe to print anywhere: nothing a terminal acts on is left in them.

use crate::finding::Finding;
use crate::path::is_harmless;
use crate::text::{Problem, TextKind};

/// Makes a sentence safe to print; unlike names from git, it keeps its backslashes.
pub(super) fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_harmless(character) || character == '\\' {
            safe.push(character);
        } else {
            safe.extend(character.escape_default());
        }
    }
    safe
}

/// Says what could not be read and why, without naming it twice.
pub(super) fn said(problem: &Problem) -> String {
    let error = problem.error.to_string();
    let said =
        if error.contains(problem.what.trim_matches('`')) { error } else { format!("{}: {error}", problem.what) };
    safe(&said)
}

/// Returns where a finding is, in the form that terminals and editors make clickable.
pub(super) fn place(finding: &Finding) -> String {
    let place = format!("{}:{}:{}", finding.path, finding.place.line, finding.place.column);
    match finding.trail.as_ref().and_then(|trail| trail.repository.as_ref()) {
        Some(repository) => format!("{repository}: {place}"),
        None => place,
    }
}

/// Says what kind of text a finding stands in, when it is not simply a file.
pub(super) fn aside(kind: TextKind) -> &'static str {
    match kind {
        TextKind::Content => "",
        TextKind::SymlinkTarget => " (the link's target)",
        TextKind::PathName => " (the file's name)",
        TextKind::Message => " (the message)",
    }
}

/// Says what was found, redacted: `Ideogram API key, abcd…(86)`.
pub(super) fn headline(finding: &Finding) -> String {
    safe(&format!("{}, {}", finding.title, finding.redacted))
}

/// Says why we believe a finding.
pub(super) fn because(finding: &Finding) -> String {
    safe(&finding.evidence.join("; "))
}

/// Says what to do about a finding.
pub(super) fn advice(finding: &Finding) -> String {
    safe(&finding.advice.join("; "))
}

/// Returns a moment as `2000-01-31T00:00:00Z`; `None` if no calendar has it.
pub(super) fn moment(seconds: i64) -> Option<String> {
    Some(jiff::Timestamp::from_second(seconds).ok()?.to_string())
}
