//! The checklist as SARIF 2.1.0: each item is a rule, and what its answer rests on are the results.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::finding::{Fingerprint, Secret};
use crate::report::{SARIF_SCHEMA, artifact, note, uri_bases, without_controls};

use super::Checklist;
use super::check::{Check, Evidence, Verdict};

/// Writes it.
pub fn write(list: &Checklist, out: &mut dyn Write) -> io::Result<()> {
    let results: Vec<Value> = (0..).zip(&list.checks).flat_map(|(index, check)| results(index, check)).collect();
    let report = json!({
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "ideoguard doctor",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": list.checks.iter().map(rule).collect::<Vec<_>>(),
                "notifications": [{ "id": "problem", "shortDescription": { "text": "Something could not be read." } }],
            }},
            "invocations": [invocation(list)],
            "originalUriBaseIds": uri_bases("The top of the repository."),
            "results": results,
        }],
    });
    writeln!(out, "{}", without_controls(&serde_json::to_string_pretty(&report)?))
}

/// Describes an item.
fn rule(check: &Check) -> Value {
    let fix = if check.fix.is_empty() { "Nothing is to be done.".to_owned() } else { check.fix.join("; ") };
    json!({
        "id": check.topic.id(),
        "shortDescription": { "text": check.topic.title() },
        "help": { "text": fix },
        "defaultConfiguration": { "level": "error" },
        "properties": { "tags": ["security"] },
    })
}

/// Describes what an answer rests on: one result each, or one in all.
fn results(index: usize, check: &Check) -> Vec<Value> {
    let one = |evidence: Option<&Evidence>| result(index, check, evidence);
    match check.verdict {
        Verdict::Fail | Verdict::Unknown if !check.evidence.is_empty() => {
            check.evidence.iter().map(|evidence| one(Some(evidence))).collect()
        }
        Verdict::Fail | Verdict::Unknown | Verdict::Pass | Verdict::NotApplicable => vec![one(None)],
    }
}

/// Describes one result.
fn result(index: usize, check: &Check, evidence: Option<&Evidence>) -> Value {
    // Only what fails has a level, says SARIF (3.27.10).
    let (kind, level) = match check.verdict {
        Verdict::Fail => ("fail", "error"),
        Verdict::Unknown => ("open", "none"),
        Verdict::Pass => ("pass", "none"),
        Verdict::NotApplicable => ("notApplicable", "none"),
    };
    let says = evidence.map(|evidence| format!("; {}", evidence.says)).unwrap_or_default();
    let mut result = json!({
        "ruleId": check.topic.id(),
        "ruleIndex": index,
        "kind": kind,
        "level": level,
        "message": { "text": format!("{}{says}", check.because) },
        "partialFingerprints": { "ideoguard/item/v1": name(check, evidence).as_str() },
    });
    if let Some(path) = evidence.and_then(|evidence| evidence.path.as_ref()) {
        let mut place = json!({ "artifactLocation": artifact(path) });
        if let Some(line) = evidence.and_then(|evidence| evidence.line) {
            place["region"] = json!({ "startLine": line });
        }
        result["locations"] = json!([{ "physicalLocation": place }]);
    }
    result
}

/// Names a result so that it stays the same when lines move.
fn name(check: &Check, evidence: Option<&Evidence>) -> Fingerprint {
    let path = evidence.and_then(|evidence| evidence.path.as_ref()).map_or(&[][..], |path| path.as_bytes());
    let says = evidence.map_or("", |evidence| &evidence.says);
    Fingerprint::of(&Secret::new([check.topic.id().as_bytes(), path, says.as_bytes()].join(&0)))
}

/// Describes the run: that it was incomplete must show.
fn invocation(list: &Checklist) -> Value {
    let problems =
        list.problems.iter().map(|problem| note("problem", "error", &format!("{}: {}", problem.what, problem.error)));
    json!({
        "executionSuccessful": list.problems.is_empty(),
        "exitCode": list.code(),
        "toolExecutionNotifications": problems.collect::<Vec<_>>(),
    })
}
