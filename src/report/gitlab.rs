//! GitLab's report of a secret detection, form 15.2.1 of its published schemas.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::finding::{Finding, Severity};
use crate::outcome::Outcome;
use crate::path::Escaped;
use crate::report::groups::Class;
use crate::report::json::without_controls;
use crate::report::safe::{advice, because, headline, moment, safe, said};
use crate::report::summary::{Summary, counted};
use crate::report::{Times, VERSION, name};
use crate::rules;

/// The version of the form.
const FORM: &str = "15.2.1";
/// What GitLab's own analyzer writes where no commit is known.
const NO_COMMIT: &str = "0000000";
/// The longest name, solution and description that the form takes, in characters.
const MOST_NAME: usize = 255;
/// The longest solution that the form takes.
const MOST_SOLUTION: usize = 7_000;

/// Writes the report: what blocks and what warns; the rest is counted in a message.
pub(super) fn write(outcome: &Outcome, times: Times, out: &mut dyn Write) -> io::Result<()> {
    let shown = outcome.findings.iter().filter(|finding| Class::of(&finding.verdict) <= Class::Warning);
    let tool = json!({
        "id": "ideoguard",
        "name": "ideoguard",
        "version": VERSION,
        "vendor": { "name": "ideoguard" },
    });
    let is_complete = outcome.problems.is_empty() && outcome.failed == 0;
    let report = json!({
        "version": FORM,
        "scan": {
            "type": "secret_detection",
            "analyzer": tool,
            "scanner": tool,
            "start_time": plain(times.began),
            "end_time": plain(times.ended),
            "status": if is_complete { "success" } else { "failure" },
            "messages": messages(outcome, is_complete),
        },
        "vulnerabilities": shown.map(vulnerability).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&report)?;
    writeln!(out, "{}", without_controls(&text))
}

/// Returns a moment as the form wants it, in UTC without saying so.
fn plain(seconds: i64) -> String {
    let moment = moment(seconds).unwrap_or_default();
    moment.strip_suffix('Z').filter(|plain| plain.len() == 19).unwrap_or("1970-01-01T00:00:00").to_owned()
}

/// Says how the scan went.
fn messages(outcome: &Outcome, is_complete: bool) -> Vec<Value> {
    let message = |level: &str, text: &str| json!({ "level": level, "value": safe(text) });
    let summary = Summary::of(outcome);
    let mut messages: Vec<Value> = outcome.problems.iter().map(|problem| message("fatal", &said(problem))).collect();
    if !is_complete {
        messages.push(message("fatal", "incomplete: what could not be read may hold secrets"));
    }
    messages.push(message("info", &summary.line()));
    if summary.notes + summary.allowed > 0 {
        let notes = counted(summary.notes, "note");
        messages.push(message("info", &format!("{notes} and {} allowed are not listed", summary.allowed)));
    }
    messages
}

/// Writes out a finding.
fn vulnerability(finding: &Finding) -> Value {
    let rule = safe(&finding.rule);
    let mut identifiers =
        vec![json!({ "type": "ideoguard_rule_id", "name": format!("ideoguard rule {rule}"), "value": rule })];
    let fingerprint = finding.fingerprint.as_str();
    identifiers.push(json!({ "type": "ideoguard_fingerprint", "name": fingerprint, "value": fingerprint }));
    let description = format!("{} ({}): {}", headline(finding), Class::of(&finding.verdict).name(), because(finding));
    let solution = format!(
        "{}. A removed line stays in history: revoke it first, then `ideoguard where {fingerprint}` says what still \
         holds it. If it is no secret: `ideoguard allow {fingerprint} --reason \"…\"`.",
        advice(finding)
    );
    let mut row = json!({
        "id": uuid(finding),
        "name": cut(&safe(&finding.title), MOST_NAME),
        "description": description,
        "severity": severity(finding.severity),
        "solution": cut(&solution, MOST_SOLUTION),
        "identifiers": identifiers,
        "location": location(finding),
    });
    if let Some(known) = rules::by_id(&finding.rule) {
        row["links"] = json!([{ "name": "documentation", "url": known.documentation }]);
    }
    row
}

/// Writes out where a finding is.
fn location(finding: &Finding) -> Value {
    let mut commit = json!({ "sha": NO_COMMIT });
    if let Some(stamp) = finding.commit.as_deref() {
        commit = json!({
            "sha": stamp.id.to_string(),
            "author": Escaped(&stamp.author).to_string(),
            "date": safe(&stamp.date),
        });
    }
    json!({
        "file": finding.path.to_string(),
        "start_line": finding.place.line,
        "end_line": finding.place.end_line,
        "commit": commit,
    })
}

/// Returns the word for how much harm it does.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
    }
}

/// Cuts a text that is longer than the form takes.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// Names a finding in the form of a UUID, the same in every run.
fn uuid(finding: &Finding) -> String {
    // Version 8 of RFC 9562 is for names that are made in one's own way.
    let number = name::of_finding(finding) & !(0xf << 76 | 0x3 << 62) | 0x8 << 76 | 0x2 << 62;
    let hex = format!("{number:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_utc_without_a_zone() {
        assert_eq!(plain(951_782_400), "2000-02-29T00:00:00");
        assert_eq!(plain(i64::MAX), "1970-01-01T00:00:00");
    }

    #[test]
    fn what_is_too_long_is_cut() {
        assert_eq!(cut("größer", 6), "größer");
        assert_eq!(cut("größer", 4), "grö…");
    }
}
