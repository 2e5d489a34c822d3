//! Every rule proves itself on the samples of its row, and leaves those of the others alone.

use std::path::Path;
use std::sync::LazyLock;

use ideoguard::detect::{Engine, Match};
use ideoguard::finding::Confidence;
use ideoguard::rules::{self, Finder};
use serde::Deserialize;

/// Built once: hundreds of samples ask it.
static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::built_in);

/// A file of rows.
#[derive(Deserialize)]
struct File {
    rule: Vec<Row>,
}

/// The samples of a row.
#[derive(Deserialize)]
struct Row {
    id: String,
    hits: Vec<String>,
    misses: Vec<String>,
    #[serde(default)]
    unproven: Vec<String>,
    #[serde(default)]
    also: Vec<String>,
}

/// Reads the rows of all files.
fn rows() -> Vec<Row> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let files = std::fs::read_dir(folder).expect("the folder of rules");
    let rows = files.flat_map(|file| {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("a text");
        toml::from_str::<File>(&text).expect("rows").rule
    });
    rows.collect()
}

/// Mends a sample, which is broken so that no scanner stops at it: `~` goes, `~~` becomes `~`.
fn mend(sample: &str) -> Vec<u8> {
    sample.split("~~").map(|part| part.replace('~', "")).collect::<Vec<_>>().join("~").into_bytes()
}

/// Returns the matches of one rule, each with its place and how sure it is.
fn matches_of(id: &str, sample: &str) -> Vec<Match> {
    let mut matches = ENGINE.scan(&mend(sample));
    matches.retain(|found| found.rule.id == id);
    matches
}

/// Returns what a rule says of a sample: how sure it is, `None` when it finds nothing.
fn verdict(id: &str, sample: &str) -> Option<Confidence> {
    matches_of(id, sample).iter().map(|found| found.confidence).max()
}

/// Returns the complaints about every sample of which `wrong` says so, for the rows that are found as asked.
fn complaints(shaped: bool, samples: fn(&Row) -> &[String], wrong: fn(Option<Confidence>) -> bool) -> Vec<String> {
    let rows = rows();
    let rows = rows.iter().filter(|row| is_shaped(&row.id) == shaped);
    let judged = rows.flat_map(|row| samples(row).iter().map(move |sample| (row, sample, verdict(&row.id, sample))));
    judged
        .filter(|(_, _, verdict)| wrong(*verdict))
        .map(|(row, sample, verdict)| format!("{}: {verdict:?} for {sample}", row.id))
        .collect()
}

fn is_shaped(id: &str) -> bool {
    matches!(rules::by_id(id).expect("a built-in rule").finder, Finder::Shape(_))
}

#[track_caller]
fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} samples\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn every_rule_with_a_shape_finds_its_hits() {
    assert_none(&complaints(true, |row| &row.hits, |verdict| verdict < Some(Confidence::Medium)));
}

#[test]
fn every_rule_with_a_shape_leaves_its_misses() {
    assert_none(&complaints(true, |row| &row.misses, |verdict| verdict.is_some()));
}

#[test]
fn a_sample_whose_proof_fails_is_a_mere_hint() {
    assert_none(&complaints(true, |row| &row.unproven, |verdict| verdict != Some(Confidence::Low)));
}

#[test]
fn every_rule_found_by_code_finds_its_hits() {
    assert_none(&complaints(false, |row| &row.hits, |verdict| verdict < Some(Confidence::Medium)));
}

#[test]
fn every_rule_found_by_code_leaves_its_misses() {
    assert_none(&complaints(false, |row| &row.misses, |verdict| verdict >= Some(Confidence::Medium)));
}

#[test]
fn no_hit_of_a_rule_is_a_finding_of_another() {
    let mut strangers = Vec::new();
    for row in rows() {
        for sample in &row.hits {
            let found = ENGINE.scan(&mend(sample));
            let other = found.iter().filter(|found| found.rule.id != row.id && found.confidence >= Confidence::Medium);
            let other = other.filter(|found| !row.also.iter().any(|id| id == found.rule.id));
            strangers.extend(other.map(|found| format!("{} in {}: {sample}", found.rule.id, row.id)));
        }
    }

    assert_none(&strangers);
}

#[test]
fn a_shape_looks_at_nothing_beyond_its_window() {
    for row in rows().iter().filter(|row| is_shaped(&row.id)) {
        let Finder::Shape(shape) = &rules::by_id(&row.id).expect("a rule").finder else { unreachable!() };
        for sample in row.hits.iter().chain(&row.unproven) {
            // The sample, far from both ends of a text that goes on in its own way.
            let text = [&[b' '; 600], mend(sample).as_slice(), b"\n", &[b'q'; 600]].concat();
            for at in 600..text.len() - 600 {
                let (first, last) = (at - rules::MAX_BEHIND, at + rules::MAX_MATCH);
                let here = shape.matches_at(&text, at).map(|found| (found.span, found.proof));
                let there = shape.matches_at(&text[first..text.len().min(last + 1)], at - first);
                let there = there.map(|found| (found.span.start + first..found.span.end + first, found.proof));
                assert_eq!(here, there, "{} at {at}: {sample}", row.id);
            }
        }
    }
}

#[test]
fn every_rule_says_what_to_do_and_who_documents_it() {
    for rule in rules::built_in() {
        assert!(rule.advice.ends_with('.'), "{}: the advice is a sentence", rule.id);
        assert!(rule.documentation.starts_with("https://"), "{}", rule.id);
        assert!(rule.proven >= rule.confidence, "{}: a proof makes no match less sure", rule.id);
    }
}

#[test]
fn there_are_rules_for_250_kinds_of_tokens_of_200_issuers() {
    let kinds = rules::built_in().filter(|rule| !matches!(rule.provider, "Ideogram" | "any")).count();
    let mut issuers: Vec<_> = rules::built_in().map(|rule| rule.provider).collect();
    issuers.sort_unstable();
    issuers.dedup();

    assert!(kinds >= 250, "{kinds}");
    assert!(issuers.len() >= 200, "{}", issuers.len());
}
