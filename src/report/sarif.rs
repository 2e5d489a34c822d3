//! SARIF 2.1.0, which code-scanning services and editors read.
//!
//! Columns count bytes, as everywhere here: they are too large for SARIF where
//! something that is not ASCII stands before a secret on its line.

use std::io::{self, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use serde_json::{Value, json};

use crate::finding::{Confidence, Finding, Reason, Severity, Verdict};
use crate::outcome::{Outcome, Status};
use crate::path::RepoPath;
use crate::report::groups::Class;
use crate::report::json::{reason, without_controls};
use crate::report::safe::{advice, because, headline, moment, safe, said};
use crate::report::summary::Summary;
use crate::report::{Times, VERSION, name, rule_table};
use crate::rules;

/// The schema that the report follows.
pub(crate) const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What stays as it is in a URI: RFC 3986's unreserved characters, and what parts a path.
const URI: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Writes the report.
pub(super) fn write(outcome: &Outcome, times: Times, out: &mut dyn Write) -> io::Result<()> {
    let table = rule_table(&outcome.findings);
    let ids: Vec<&str> = table.iter().map(|finding| &*finding.rule).collect();
    let results: Vec<Value> = outcome.findings.iter().map(|finding| result(finding, &ids)).collect();
    let report = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "ideoguard",
                "semanticVersion": VERSION,
                "rules": table.iter().map(|finding| rule(finding)).collect::<Vec<_>>(),
                "notifications": [
                    { "id": "problem", "shortDescription": { "text": "Something could not be read." } },
                    { "id": "skipped", "shortDescription": { "text": "Something was left out on purpose." } },
                ],
            }},
            "invocations": [invocation(outcome, times)],
            "originalUriBaseIds": uri_bases("The top of the repository, or the folder in which the scan was started."),
            "results": results,
        }],
    });
    let text = serde_json::to_string_pretty(&report)?;
    writeln!(out, "{}", without_controls(&text))
}

/// Describes the rule of a finding.
fn rule(finding: &Finding) -> Value {
    let known = rules::by_id(&finding.rule);
    let advice = known.map_or_else(|| advice(finding), |rule| rule.advice.to_owned());
    let title = safe(&finding.title);
    let what = format!("{title}, issued by {}.", safe(&finding.provider));
    let mut rule = json!({
        "id": safe(&finding.rule),
        "name": camel(&finding.rule),
        "shortDescription": { "text": title },
        "fullDescription": { "text": what },
        "help": {
            "text": format!("{what} When leaked: {advice}. A removed line stays in history: revoke it first."),
            "markdown": format!(
                "**{title}**, issued by {}.\n\n**When leaked:** {advice}.\n\nA removed line stays in history: revoke it \
                 first, then `ideoguard where FINGERPRINT` says what still holds it.\n\nIf it is no secret: \
                 `ideoguard allow FINGERPRINT --reason \"…\"`.",
                safe(&finding.provider),
            ),
        },
        "defaultConfiguration": { "level": "error" },
        "properties": {
            "tags": ["security", "secret"],
            "security-severity": harm(finding.severity),
        },
    });
    if let Some(known) = known {
        rule["helpUri"] = known.documentation.into();
        rule["properties"]["precision"] = precision(known.proven).into();
    }
    rule
}

/// Returns a rule's id as the name that SARIF asks for: `IdeogramApiKey`.
fn camel(id: &str) -> String {
    let word = |word: &str| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
    safe(&id.split('-').map(word).collect::<Vec<String>>().concat())
}

/// Returns the figure from 0 to 10 by which code scanning sorts.
fn harm(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

/// Returns the word by which code scanning sorts.
fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "very-high",
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

/// Describes a finding.
fn result(finding: &Finding, ids: &[&str]) -> Value {
    let class = Class::of(&finding.verdict);
    let evidence = because(finding);
    let because = if evidence.is_empty() { String::new() } else { format!(": {evidence}") };
    let mut result = json!({
        "ruleId": safe(&finding.rule),
        "ruleIndex": ids.binary_search(&&*finding.rule).unwrap_or_default(),
        "level": level(class),
        "message": { "text": format!("{}{because}", headline(finding)) },
        "locations": [location(finding)],
        "partialFingerprints": {
            "ideoguard/secret/v1": finding.fingerprint.as_str(),
            "ideoguard/place/v1": format!("{:032x}", name::of_place(finding)),
        },
        "properties": {
            "verdict": class.name(),
            "severity": finding.severity.name(),
            "confidence": finding.confidence.name(),
            "fingerprint": finding.fingerprint.as_str(),
            "provider": safe(&finding.provider),
            "advice": finding.advice.iter().map(|advice| safe(advice)).collect::<Vec<_>>(),
        },
    });
    if let Verdict::Allowed(why) = &finding.verdict {
        let reason = safe(&reason(&finding.verdict).unwrap_or_default());
        result["suppressions"] = json!([{ "kind": kind(why), "status": "accepted", "justification": reason }]);
    } else if let Some(reason) = reason(&finding.verdict) {
        result["properties"]["reason"] = safe(&reason).into();
    }
    add_history(finding, &mut result["properties"]);
    result
}

/// Adds what is known of the commit and of history.
fn add_history(finding: &Finding, properties: &mut Value) {
    if let Some(stamp) = finding.commit.as_deref() {
        properties["commit"] = stamp.id.to_string().into();
        properties["author"] = crate::path::Escaped(&stamp.author).to_string().into();
        properties["date"] = safe(&stamp.date).into();
    }
    if let Some(trail) = finding.trail.as_deref() {
        properties["reach"] = trail.reach.into();
        properties["reachable"] = trail.reachable.into();
        if let Some(repository) = &trail.repository {
            properties["repository"] = repository.to_string().into();
        }
    }
}

/// Returns the level of a kind of verdict; a service that does not know suppressions shows what is allowed as a note.
fn level(class: Class) -> &'static str {
    match class {
        Class::Leak => "error",
        Class::Warning => "warning",
        Class::Note | Class::Allowed => "note",
    }
}

/// Says where it is written that a finding is allowed.
fn kind(reason: &Reason) -> &'static str {
    match reason {
        Reason::Mark(_) => "inSource",
        Reason::AllowFile(_) | Reason::Baseline(_) | Reason::Policy(_) | Reason::Bypass(_) => "external",
    }
}

/// Describes where a finding is.
fn location(finding: &Finding) -> Value {
    let at = finding.place;
    json!({ "physicalLocation": {
        "artifactLocation": artifact(&finding.path),
        "region": {
            "startLine": at.line,
            "startColumn": at.column,
            "endLine": at.end_line,
            "endColumn": at.end_column,
        },
    }})
}

/// Describes what paths begin at.
pub(crate) fn uri_bases(text: &str) -> Value {
    json!({ "%SRCROOT%": { "description": { "text": text } } })
}

/// Describes a file: below the top, unless its path begins at the root.
pub(crate) fn artifact(path: &RepoPath) -> Value {
    let uri = uri(path);
    if path.as_bytes().starts_with(b"/") {
        return json!({ "uri": format!("file://{uri}") });
    }
    json!({ "uri": uri, "uriBaseId": "%SRCROOT%" })
}

/// Returns a path as a URI; a colon in it is no scheme, and its bytes are exact.
pub(super) fn uri(path: &RepoPath) -> String {
    percent_encode(path.as_bytes(), URI).to_string()
}

/// Describes the run: that it was incomplete must show.
fn invocation(outcome: &Outcome, times: Times) -> Value {
    let is_complete = outcome.problems.is_empty() && outcome.failed == 0;
    let mut notes: Vec<Value> = outcome
        .problems
        .iter()
        .map(|problem| {
            let hint = problem.error.hint().map(|hint| format!(" ({})", safe(&hint))).unwrap_or_default();
            note("problem", "error", &format!("{}{hint}", said(problem)))
        })
        .collect();
    if !is_complete {
        notes.push(note("problem", "error", "incomplete: what could not be read may hold secrets"));
    }
    if !outcome.skipped.is_empty() {
        notes.push(note("skipped", "note", &Summary::of(outcome).line()));
    }
    let mut invocation = json!({
        "executionSuccessful": is_complete,
        "exitCode": outcome.status().code(),
        "exitCodeDescription": describe(outcome.status()),
        "toolExecutionNotifications": notes,
        "properties": { "summary": Summary::of(outcome).line() },
    });
    for (name, seconds) in [("startTimeUtc", times.began), ("endTimeUtc", times.ended)] {
        if let Some(moment) = moment(seconds) {
            invocation[name] = moment.into();
        }
    }
    invocation
}

/// Writes out a notification.
pub(crate) fn note(id: &str, level: &str, text: &str) -> Value {
    json!({ "descriptor": { "id": id }, "level": level, "message": { "text": safe(text) } })
}

/// Says what a run came to.
fn describe(status: Status) -> &'static str {
    match status {
        Status::Clean => "clean",
        Status::Leaks => "leaks",
        Status::Incomplete => "incomplete",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_uri_that_is_nothing_but_a_path() {
        assert_eq!(uri(&"src/a b.py".into()), "src/a%20b.py");
        assert_eq!(uri(&"javascript:alert(1)".into()), "javascript%3Aalert%281%29");
        assert_eq!(uri(&RepoPath::new(b"caf\xe9#?%".as_slice())), "caf%E9%23%3F%25");
        assert_eq!(artifact(&"/tmp/x".into())["uri"], "file:///tmp/x");
    }

    #[test]
    fn a_rule_has_a_name_of_one_word() {
        assert_eq!(camel("ideogram-api-key"), "IdeogramApiKey");
    }
}
