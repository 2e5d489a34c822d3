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

/// Samples of each format in each place.
const SAMPLES: u64 = 12;

/// Which rules are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    /// Those that are not perfect.
    Imperfect,
    /// All of them.
    All,
}

/// Judges all samples, and prints what became of them by rule.
pub(crate) fn judge(engine: &Engine, table: Table) {
    let mut counts = BTreeMap::new();
    for row in rows() {
        judge_row(engine, &row, &mut counts);
    }
    print("samples of the rows", &counts, table);
    counts.clear();
    for format in sample::formats() {
        let count: &mut Count = counts.entry(format.rule.to_owned()).or_default();
        for sample in format.samples(SAMPLES) {
            count.secrets += 1;
            count.found += usize::from(format.is_found(&sample, &engine.scan(sample.text.as_bytes())));
        }
    }
    print("samples made from documented formats", &counts, table);
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

fn print(title: &str, counts: &BTreeMap<String, Count>, table: Table) {
    let sum = |of: fn(&Count) -> usize| counts.values().map(of).sum::<usize>();
    let (found, secrets, alarms) =
        (sum(|count| count.found), sum(|count| count.secrets), sum(|count| count.false_alarms));
    println!(
        "{title}: {} rules, recall {found}/{secrets} ({:.2} %), false alarms {alarms} (precision {:.2} %)",
        counts.len(),
        percent(found, secrets),
        percent(found, found + alarms),
    );
    let is_printed = |count: &Count| table == Table::All || count.found < count.secrets || count.false_alarms > 0;
    for (rule, count) in counts.iter().filter(|(_, count)| is_printed(count)) {
        println!("  {rule:36} {:4}/{:4}  false alarms {}", count.found, count.secrets, count.false_alarms);
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}
