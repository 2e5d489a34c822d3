//! Why a secret was found, what was decided about it, and how to allow it.

use std::cmp::Reverse;
use std::fmt::Write;

use crate::finding::{Confidence, Finding, Reason, Verdict};
use crate::path::Escaped;
use crate::report::groups::Class;
use crate::report::safe::{aside, headline, place, safe};
use crate::report::{Detail, Occasion, fix, json, reach, wrap};
use crate::rules;

/// How many places are told.
const PLACES: usize = 10;

/// Explains the findings of one secret, at least one.
#[must_use]
pub fn explanation(findings: &[&Finding], occasion: Occasion, detail: Detail) -> String {
    // One place may speak against it where another does not.
    let Some(first) = findings.iter().min_by_key(|finding| Reverse(finding.confidence)) else {
        return String::new();
    };
    let mut page = format!("{}, {}\n", headline(first), first.fingerprint);
    section(&mut page, "Where", places(findings, detail));
    section(&mut page, "Why it was found", why(first));
    section(&mut page, "What was decided", decided(findings));
    section(&mut page, "What to do", to_do(findings, occasion));
    section(&mut page, "If it is no secret", ways(findings));
    page
}

/// Writes a heading and what stands below it.
fn section(page: &mut String, heading: &str, items: Vec<String>) {
    if items.is_empty() {
        return;
    }
    let _ = write!(page, "\n{heading}\n");
    for item in items {
        for (index, line) in wrap::lines(&item, wrap::WIDTH - 4).iter().enumerate() {
            let _ = writeln!(page, "{}{line}", if index == 0 { "  " } else { "    " });
        }
    }
}

/// Says where a secret stands.
fn places(findings: &[&Finding], detail: Detail) -> Vec<String> {
    let limit = if detail == Detail::Verbose { findings.len() } else { PLACES };
    let of = |finding: &&Finding| {
        let commit = finding.commit.as_deref();
        let commit = commit.map(|stamp| format!(", commit {} by {}", stamp.id, Escaped(&stamp.author)));
        format!("{}{}{}", place(finding), aside(finding.kind), commit.unwrap_or_default())
    };
    let mut places: Vec<String> = findings.iter().take(limit).map(of).collect();
    if findings.len() > limit {
        places.push(format!("and {} more (`-v` lists them)", findings.len() - limit));
    }
    places
        .extend(reach::most_public(findings.iter().filter_map(|finding| finding.trail.as_deref())).map(str::to_owned));
    places
}

/// Says which rule found it and on which evidence.
fn why(finding: &Finding) -> Vec<String> {
    let mut why = vec![format!("rule {}: {}", safe(&finding.rule), safe(&finding.title))];
    why.extend(finding.evidence.iter().map(|evidence| safe(evidence)));
    why.push(format!(
        "severity {}, confidence {}: {}",
        finding.severity.name(),
        finding.confidence.name(),
        match finding.confidence {
            Confidence::Certain => "proven by a checksum, or by shape and name together; it blocks",
            Confidence::High => "likely enough to block",
            Confidence::Medium => "likely enough to warn, not to block",
            Confidence::Low => "a hint, shown with `-v` only",
        }
    ));
    if let Some(rule) = rules::by_id(&finding.rule) {
        why.push(format!("documentation: {}", rule.documentation));
    }
    why
}

/// Says what was decided, each decision once.
fn decided(findings: &[&Finding]) -> Vec<String> {
    let mut decided: Vec<String> = Vec::new();
    for finding in findings {
        let reason = json::reason(&finding.verdict).map(|reason| format!(", {}", safe(&reason))).unwrap_or_default();
        let words = match &finding.verdict {
            Verdict::Leak => ": nothing allows it",
            Verdict::Allowed(Reason::Mark(_)) => " (the mark stands beside it)",
            Verdict::Allowed(Reason::AllowFile(_)) => " (`.ideoguard.toml` has the entry)",
            Verdict::Allowed(Reason::Baseline(_)) => " (the baseline has its line)",
            Verdict::Allowed(Reason::Policy(_)) => " (the server's policy says so)",
            Verdict::Allowed(Reason::Bypass(_)) => " (the one who pushed answers for it)",
            Verdict::Warning | Verdict::Note(_) => "",
        };
        let line = format!("{}{reason}{words}", Class::of(&finding.verdict).name());
        if !decided.contains(&line) {
            decided.push(line);
        }
    }
    decided
}

/// Says how to be rid of it.
fn to_do(findings: &[&Finding], occasion: Occasion) -> Vec<String> {
    let mut steps = fix::steps(findings, occasion);
    for advice in findings.iter().flat_map(|finding| &finding.advice) {
        let advice = safe(advice);
        if !steps.contains(&advice) {
            steps.push(advice);
        }
    }
    steps
}

/// Says how it is allowed, unless it is allowed already.
fn ways(findings: &[&Finding]) -> Vec<String> {
    if findings.iter().all(|finding| matches!(finding.verdict, Verdict::Allowed(_))) {
        return Vec::new();
    }
    findings.first().map_or_else(Vec::new, |first| {
        vec![
            format!("`ideoguard allow {} --reason \"…\"` allows this secret wherever it stands", first.fingerprint),
            "a comment on its line, `ideoguard:allow REASON`, allows it there".to_owned(),
            "`ideoguard baseline update` takes what is there today, so that only new secrets block".to_owned(),
        ]
    })
}
