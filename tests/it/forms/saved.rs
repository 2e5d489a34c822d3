//! Reports that were saved, and are told again in another form.

use std::path::Path;

use ideoguard::outcome::Outcome;
use ideoguard::report::{Format, read};

use super::{FORMS, history, told_plainly};
use crate::cli::leaking;
use crate::common::ideoguard_in;
use crate::report::rich;

/// Reads a report that was saved.
fn saved(text: &str) -> Result<Outcome, String> {
    read(Path::new("results.json"), text).map_err(|error| error.to_string())
}

#[test]
fn a_saved_report_tells_the_same_in_every_form() {
    for outcome in [rich(), history()] {
        let read_back = saved(&told_plainly(Format::Json, &outcome)).unwrap();

        for format in FORMS {
            assert_eq!(told_plainly(format, &read_back), told_plainly(format, &outcome), "{format:?}");
        }
    }
}

#[test]
fn a_report_of_another_form_or_a_damaged_one_is_refused_and_not_repeated() {
    let good = told_plainly(Format::Json, &rich());
    let cases = [
        ("", "this report ends before its end"),
        (&good[..good.len() / 2], "this report ends before its end"),
        ("secret = hunter2", "this is no JSON report"),
        ("[\"hunter2\"]", "this is no report of ideoguard"),
        ("{\"schema\": \"hunter2\"}", "this is no report of ideoguard"),
        (&good.replacen("\"schema\": 1", "\"schema\": 2", 1), "has the form 2, and this program reads form 1"),
        (&good.replacen("\"leaks\": 3", "\"leaks\": 2", 1), "counts other findings than it lists"),
        (&good.replacen("\"verdict\": \"leak\"", "\"verdict\": \"hunter2\"", 1), "finding 1 makes no sense"),
        (&good.replacen("\"line\": 2", "\"line\": \"hunter2\"", 1), "something is missing or of the wrong kind"),
        (&good.replacen("\"findings\"", "\"findinks\"", 1), "this is no report of ideoguard"),
    ];

    for (text, expected) in cases {
        let error = saved(text).unwrap_err();
        assert!(error.contains(expected), "{error}");
        assert!(error.starts_with("results.json") && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn the_command_converts_a_saved_report() {
    let repo = leaking();
    repo.ideoguard(&["scan", "--staged", "--format", "json", "--output", "results.json"]);

    let sarif = repo.ideoguard(&["report", "results.json", "--format", "sarif"]);
    let html = repo.ideoguard(&["report", "results.json", "--html", "--output", "report.html"]);
    let json = std::fs::read(repo.at("results.json")).unwrap();
    let piped = ideoguard_in(repo.path(), &["report", "-", "--format", "json"], &json);

    assert_eq!((sarif.code, html.code), (0, 0), "{}{}", sarif.stderr, html.stderr);
    let sarif: serde_json::Value = serde_json::from_str(&sarif.stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "ideogram-api-key");
    assert!(std::fs::read_to_string(repo.at("report.html")).unwrap().starts_with("<!doctype html>"));
    assert_eq!(piped.stdout.as_bytes(), json);
}

#[test]
fn a_report_that_is_missing_or_damaged_ends_with_2() {
    let repo = leaking();
    repo.write("results.json", "{}");

    let missing = repo.ideoguard(&["report", "gone.json"]);
    let damaged = repo.ideoguard(&["report", "results.json"]);

    assert_eq!((missing.code, damaged.code), (2, 2));
    assert!(missing.stderr.contains("gone.json: there is no such file"), "{}", missing.stderr);
    assert!(damaged.stderr.contains("results.json: this is no report of ideoguard"), "{}", damaged.stderr);
}

#[test]
fn a_template_is_given_what_the_json_report_holds() {
    let repo = leaking();
    repo.write(
        "list.txt.j2",
        "{% for one in findings %}\n{{ one.rule }} {{ one.path }}:{{ one.line }}\n{% endfor %}\n",
    );
    repo.write("bad.txt", "\n{% for %}");
    repo.write("unknown.txt", "{{ nothing.here }}");

    let told = repo.ideoguard(&["scan", "--staged", "--template", "list.txt.j2"]);
    let bad = repo.ideoguard(&["scan", "--staged", "--template", "bad.txt"]);
    let unknown = repo.ideoguard(&["scan", "--staged", "--template", "unknown.txt"]);
    let file = repo.ideoguard(&["scan", "--staged", "--template", "gone.txt"]);

    assert_eq!((told.code, told.stdout.as_str()), (1, "ideogram-api-key app.py:1\n"), "{}", told.stderr);
    assert!(told.stderr.contains(": 1 leak"), "a template may say nothing of the sum: {}", told.stderr);
    assert_eq!((bad.code, file.code), (2, 2));
    assert!(bad.stderr.starts_with("error: bad.txt:2: this template makes no sense: "), "{}", bad.stderr);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (1, ""));
    assert!(unknown.stderr.contains("template unknown.txt:1: "), "{}", unknown.stderr);
}

#[test]
fn a_template_reaches_no_file() {
    let repo = leaking();
    repo.write("inner.txt", "inner");
    repo.write("outer.txt", "{% include 'inner.txt' %}");

    let ran = repo.ideoguard(&["scan", "--staged", "--template", "outer.txt"]);

    assert_ne!(ran.code, 0);
    assert!(!ran.stdout.contains("inner") && ran.stderr.contains("outer.txt"), "{}{}", ran.stdout, ran.stderr);
}
