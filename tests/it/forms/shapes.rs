//! Each form against its schema, and what it says of an incomplete run.

use std::path::PathBuf;
use std::process::Command;

use boon::{Compiler, Schemas};
use ideoguard::outcome::Outcome;
use ideoguard::report::Format;
use serde_json::{Value, json};

use super::hostile::hostile_outcome;
use super::{FORMS, history, json, told_plainly, verdicts};
use crate::report::{outcome, rich};

/// Holds a report to a schema.
#[track_caller]
pub(crate) fn assert_valid(schema: Value, report: &Value) {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("mem:///schema.json", schema).unwrap();
    let index = compiler.compile("mem:///schema.json", &mut schemas).unwrap();
    if let Err(error) = schemas.validate(report, index) {
        panic!("{error:#}");
    }
}

/// Returns the schema of OASIS, from the package `serde-sarif`, which cargo has fetched for these tests.
pub(crate) fn sarif_schema() -> Value {
    // Of the packages for other systems, a build fetches none.
    let version = Command::new(env!("CARGO")).arg("-vV").output().expect("cargo runs");
    let version = String::from_utf8(version.stdout).expect("UTF-8");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("the host");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", host, "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let package = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == "serde-sarif");
    let manifest = PathBuf::from(package.expect("the package")["manifest_path"].as_str().unwrap());
    let text = std::fs::read_to_string(manifest.parent().unwrap().join("src/schema.json")).expect("the schema");
    let mut schema: Value = serde_json::from_str(&text).expect("JSON");
    assert!(schema["$id"].as_str().unwrap().contains("oasis-tcs/sarif-spec"), "{}", schema["$id"]);
    // It is named by where it lies here, so that nothing looks for it elsewhere.
    schema.as_object_mut().unwrap().remove("$id");
    schema
}

/// What GitLab's published schema 15.2.1 asks of a secret detection report, written out by hand from it.
fn gitlab_schema() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let time = json!({ "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$" });
    let tool = json!({
        "type": "object",
        "required": ["id", "name", "version", "vendor"],
        "properties": {
            "id": text, "name": text, "version": text,
            "vendor": { "type": "object", "required": ["name"], "properties": { "name": text } },
        },
    });
    let url = json!({ "type": "string", "pattern": "^(https?|ftp)://.+" });
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "required": ["scan", "version", "vulnerabilities"],
        "properties": {
            "version": { "type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$" },
            "scan": {
                "type": "object",
                "required": ["analyzer", "end_time", "scanner", "start_time", "status", "type"],
                "properties": {
                    "analyzer": tool, "scanner": tool, "start_time": time, "end_time": time,
                    "status": { "enum": ["success", "failure"] },
                    "type": { "enum": ["secret_detection"] },
                    "messages": { "type": "array", "items": {
                        "type": "object",
                        "required": ["level", "value"],
                        "properties": { "level": { "enum": ["info", "warn", "fatal"] }, "value": text },
                    }},
                },
            },
            "vulnerabilities": { "type": "array", "items": {
                "type": "object",
                "required": ["id", "identifiers", "location"],
                "properties": {
                    "id": text,
                    "name": { "type": "string", "maxLength": 255 },
                    "description": { "type": "string", "maxLength": 1_048_576 },
                    "severity": { "enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"] },
                    "solution": { "type": "string", "maxLength": 7000 },
                    "identifiers": { "type": "array", "minItems": 1, "items": {
                        "type": "object",
                        "required": ["type", "name", "value"],
                        "properties": { "type": text, "name": text, "value": text, "url": url },
                    }},
                    "links": { "type": "array", "items": {
                        "type": "object",
                        "required": ["url"],
                        "properties": { "name": { "type": "string" }, "url": url },
                    }},
                    "location": {
                        "type": "object",
                        "required": ["commit"],
                        "properties": {
                            "file": { "type": "string" },
                            "start_line": { "type": "number" },
                            "end_line": { "type": "number" },
                            "commit": {
                                "type": "object",
                                "required": ["sha"],
                                "properties": {
                                    "sha": text,
                                    "author": { "type": "string" },
                                    "date": { "type": "string" },
                                },
                            },
                        },
                    },
                },
            }},
        },
    })
}

/// Outcomes of every kind.
fn outcomes() -> [Outcome; 4] {
    [rich(), history(), hostile_outcome(), outcome(Vec::new())]
}

#[test]
fn sarif_keeps_to_the_schema_of_oasis() {
    let schema = sarif_schema();

    for outcome in outcomes() {
        assert_valid(schema.clone(), &json(Format::Sarif, &outcome));
    }
}

#[test]
fn sarif_tells_rules_levels_places_and_what_is_allowed() {
    let report = json(Format::Sarif, &rich());

    let run = &report["runs"][0];
    let results = run["results"].as_array().unwrap();
    let levels: Vec<&str> = results.iter().map(|result| result["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["error", "error", "error", "note", "warning", "note", "note", "note", "note"]);
    assert!(run["tool"]["driver"]["rules"][0]["help"]["markdown"].as_str().unwrap().contains("**Ideogram API key**"));
    let suppressed: Vec<&Value> = results.iter().filter_map(|result| result.get("suppressions")).collect();
    assert_eq!(suppressed.len(), 3);
    let odd = results.iter().map(|result| &result["locations"][0]["physicalLocation"]["artifactLocation"]);
    assert!(odd.clone().any(|file| file["uri"] == "caf%E9%1B.txt" && file["uriBaseId"] == "%SRCROOT%"));
    let prints = results.iter().map(|result| result["partialFingerprints"].as_object().unwrap());
    assert!(prints.clone().all(|prints| !prints.contains_key("primaryLocationLineHash")));
    let places: std::collections::BTreeSet<&str> =
        prints.map(|prints| prints["ideoguard/place/v1"].as_str().unwrap()).collect();
    assert_eq!(places.len(), results.len());
}

#[test]
fn a_fingerprint_in_sarif_stays_when_lines_move() {
    let (before, mut after) = (rich(), rich());
    after.findings.iter_mut().for_each(|finding| finding.place.line += 7);

    let prints = |outcome: &Outcome| {
        let report = json(Format::Sarif, outcome);
        report["runs"][0]["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["partialFingerprints"].clone())
            .collect::<Vec<_>>()
    };

    assert_eq!(prints(&before), prints(&after));
}

#[test]
fn the_gitlab_report_keeps_to_its_schema() {
    for outcome in outcomes() {
        assert_valid(gitlab_schema(), &json(Format::Gitlab, &outcome));
    }
}

#[test]
fn the_gitlab_report_lists_what_blocks_and_warns_each_under_its_own_name() {
    let report = json(Format::Gitlab, &rich());

    let rows = report["vulnerabilities"].as_array().unwrap();
    let ids: std::collections::BTreeSet<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!((rows.len(), ids.len()), (4, 4));
    assert_eq!(report["scan"]["start_time"], "2000-02-29T00:00:00");
    assert_eq!(report["scan"]["end_time"], "2000-02-29T00:01:01");
}

#[test]
fn junit_counts_what_it_lists() {
    let report = told_plainly(Format::Junit, &rich());

    let mut reader = quick_xml::Reader::from_str(&report);
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                *counts.entry(tag.name().as_ref().to_owned()).or_default() += 1;
            }
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!((counts["testcase"], counts["failure"], counts["error"], counts["skipped"]), (10, 3, 1, 6));
    assert!(report.contains("tests=\"10\" failures=\"3\" errors=\"1\""), "{report}");
}

#[test]
fn csv_has_a_row_for_each_finding_and_each_problem() {
    let counts = verdicts(&told_plainly(Format::Csv, &rich()));

    let expected = [("allowed", 3), ("incomplete", 1), ("leak", 3), ("note", 2), ("problem", 1), ("warning", 1)];
    assert_eq!(counts, expected.map(|(name, count)| (name.to_owned(), count)).into());
}

#[test]
fn an_incomplete_run_shows_in_every_form() {
    let incomplete = Outcome { findings: Vec::new(), ..rich() };

    for format in FORMS {
        let report = told_plainly(format, &incomplete);
        let shown = match format {
            Format::Json => report.contains("\"failed\": 1") && report.contains("locked.txt"),
            Format::Sarif => report.contains("\"executionSuccessful\": false") && report.contains("locked.txt"),
            Format::Gitlab => report.contains("\"status\": \"failure\"") && report.contains("locked.txt"),
            _ => report.contains("locked.txt") && report.to_lowercase().contains("incomplete"),
        };
        assert!(shown, "{format:?}: {report}");
    }
}

#[test]
fn the_forms_for_people_and_services_read_well() {
    let version = |text: String| text.replace(env!("CARGO_PKG_VERSION"), "VERSION");

    insta::assert_snapshot!("sarif", version(told_plainly(Format::Sarif, &history())));
    insta::assert_snapshot!("gitlab", version(told_plainly(Format::Gitlab, &history())));
    insta::assert_snapshot!("junit", told_plainly(Format::Junit, &rich()));
    insta::assert_snapshot!("csv", told_plainly(Format::Csv, &rich()));
    insta::assert_snapshot!("github", told_plainly(Format::Github, &rich()));
    insta::assert_snapshot!("markdown", told_plainly(Format::Markdown, &rich()));
}
