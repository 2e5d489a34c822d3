//! Every form of report: that it keeps to its schema, hides nothing, and that no hostile name gets out of it.

mod hostile;
mod saved;
pub(crate) mod shapes;

use std::collections::BTreeMap;
use std::sync::Arc;

use ideoguard::finding::{Trail, Verdict};
use ideoguard::outcome::Outcome;
use ideoguard::report::{Detail, Format, Occasion};

use crate::report::{finding, manner, outcome, stamp, told};

/// The forms that are made for machines or for other tools.
const FORMS: [Format; 9] = [
    Format::Json,
    Format::Sarif,
    Format::Gitlab,
    Format::Junit,
    Format::Csv,
    Format::Github,
    Format::Markdown,
    Format::Html,
    Format::Text,
];

/// The report of a scan of files.
pub(crate) fn told_plainly(format: Format, outcome: &Outcome) -> String {
    told(format, outcome, manner(Occasion::Files, Detail::Verbose))
}

/// The report as JSON, read.
fn json(format: Format, outcome: &Outcome) -> serde_json::Value {
    serde_json::from_str(&told_plainly(format, outcome)).expect("JSON")
}

/// An outcome of a scan of a history, with one leak in a commit.
pub(crate) fn history() -> Outcome {
    let mut found = finding(1, "src/app.py", 3, Verdict::Leak);
    found.commit = Some(stamp(b"Eve <eve@example.org>", 1));
    found.trail = Some(Arc::new(Trail {
        repository: Some("repos/one".into()),
        seconds: Some(951_782_400),
        last: Some(983_404_800),
        reach: "history",
        reachable: true,
        commits: 12,
        paths: vec!["old/app.py".into()],
    }));
    outcome(vec![found])
}

/// Counts the rows of a CSV report by their first column.
fn verdicts(csv: &str) -> BTreeMap<String, usize> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let mut counts = BTreeMap::new();
    for row in reader.records() {
        *counts.entry(row.expect("a row")[0].to_owned()).or_default() += 1;
    }
    counts
}
