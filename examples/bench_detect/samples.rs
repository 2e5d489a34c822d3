//! Precision and recall on labelled samples.

use std::collections::BTreeMap;
use std::path::Path;

use ideoguard::detect::Engine;
use ideoguard::finding::Confidence;
use serde::Deserialize;

use crate::sample;

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
}

/// What became of the samples of a rule.
#[derive(Default)]
struct Count {
    /// Secrets that it found.
    found: usize,
    /// Secrets that it should have found.
    secrets: usize,
    /// Findings of it where there was nothing.
    false_alarms: usize,
}

/// Samples of each format.
const SAMPLES: u64 = 100;

/// Judges all samples, and prints the rules that are not perfect.
pub(crate) fn judge(engine: &Engine) {
    let mut counts = BTreeMap::new();
    for row in rows() {
        judge_row(engine, &row, &mut counts);
    }
    print("samples of the rows", &counts);
    counts.clear();
    for format in sample::formats() {
        let count: &mut Count = counts.entry(format.rule.to_owned()).or_default();
        for seed in 0..SAMPLES {
            let secret = format.sample(seed);
            let name = if format.name == "-" { "SERVICE_KEY" } else { format.name };
            let text = format!("PORT=8080\n{name}={secret}\nDEBUG=0\n");
            let at = text.find(&secret).unwrap_or_default();
            let found = engine.scan(text.as_bytes());
            let is_it = |id: &str, span: std::ops::Range<usize>| id == format.rule && span == (at..at + secret.len());
            count.secrets += 1;
            count.found += usize::from(found.iter().any(|one| is_it(one.rule.id, one.span.clone())));
        }
    }
    print("samples made from documented formats", &counts);
}

fn judge_row(engine: &Engine, row: &Row, counts: &mut BTreeMap<String, Count>) {
    let finds = |sample: &String| {
        let found = engine.scan(&mend(sample));
        found.iter().any(|one| one.rule.id == row.id && one.confidence >= Confidence::Medium)
    };
    let count = counts.entry(row.id.clone()).or_default();
    count.secrets += row.hits.len();
    count.found += row.hits.iter().filter(|sample| finds(sample)).count();
    count.false_alarms += row.misses.iter().filter(|sample| finds(sample)).count();
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

/// Mends a sample, which is broken so that no scanner stops at it.
fn mend(sample: &str) -> Vec<u8> {
    sample.split("~~").map(|part| part.replace('~', "")).collect::<Vec<_>>().join("~").into_bytes()
}

fn print(title: &str, counts: &BTreeMap<String, Count>) {
    let sum = |of: fn(&Count) -> usize| counts.values().map(of).sum::<usize>();
    let (found, secrets, alarms) =
        (sum(|count| count.found), sum(|count| count.secrets), sum(|count| count.false_alarms));
    println!(
        "{title}: {} rules, recall {found}/{secrets} ({:.2} %), false alarms {alarms} (precision {:.2} %)",
        counts.len(),
        percent(found, secrets),
        percent(found, found + alarms),
    );
    for (rule, count) in counts.iter().filter(|(_, count)| count.found < count.secrets || count.false_alarms > 0) {
        println!("  {rule:36} {:3}/{:3}  false alarms {}", count.found, count.secrets, count.false_alarms);
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}
