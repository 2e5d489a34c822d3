//! Everything a scan learned, in an order that depends on the input alone.

use std::collections::BTreeMap;

use crate::finding::{Finding, Verdict};
use crate::text::{Problem, Skip, Skipped};

/// Everything a scan learned; outcomes of parts merge into the outcome of the whole.
///
/// `planned = scanned + skipped.len() + failed` holds at the end of every scan:
/// nothing is left out silently.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many things were to be scanned.
    pub planned: u64,
    /// How many were.
    pub scanned: u64,
    /// How many could not be, wholly or in part.
    pub failed: u64,
    /// How many bytes were scanned.
    pub bytes: u64,
    /// What was found, with its verdict.
    pub findings: Vec<Finding>,
    /// What was left out on purpose.
    pub skipped: Vec<Skipped>,
    /// What should have been read and could not be. May hold more than `failed`
    /// counts: a listing that broke off has a problem and no entry.
    pub problems: Vec<Problem>,
    /// What a reader should know, shown with `-v`.
    pub notices: Vec<String>,
}

/// What a run comes to; the exit code of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Everything was read, nothing blocks: 0.
    Clean,
    /// At least one leak: 1.
    Leaks,
    /// Something could not be read, and no leak was seen: 3.
    Incomplete,
}

impl Status {
    /// The exit code of the program.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Leaks => 1,
            Self::Incomplete => 3,
        }
    }
}

impl Outcome {
    /// Joins two outcomes; associative, so that threads may merge in any grouping.
    #[must_use]
    pub fn merge(mut self, mut other: Self) -> Self {
        self.planned += other.planned;
        self.scanned += other.scanned;
        self.failed += other.failed;
        self.bytes += other.bytes;
        self.findings.append(&mut other.findings);
        self.skipped.append(&mut other.skipped);
        self.problems.append(&mut other.problems);
        self.notices.append(&mut other.notices);
        self
    }

    /// Tells what the run comes to.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.findings.iter().any(|finding| finding.verdict == Verdict::Leak) {
            Status::Leaks
        } else if self.problems.is_empty() && self.failed == 0 {
            Status::Clean
        } else {
            Status::Incomplete
        }
    }

    /// Counts what was left out, by reason.
    #[must_use]
    pub fn skipped_by_reason(&self) -> BTreeMap<Skip, u64> {
        let mut counts = BTreeMap::new();
        for skipped in &self.skipped {
            *counts.entry(skipped.why).or_default() += 1;
        }
        counts
    }

    /// Puts everything in the order in which it is printed.
    pub fn sort(&mut self) {
        // Findings are large, so their numbers are sorted, and each is moved once.
        let mut order: Vec<usize> = (0..self.findings.len()).collect();
        order.sort_by(|a, b| {
            let (a, b) = (&self.findings[*a], &self.findings[*b]);
            (&a.path, a.span.start, a.span.end, &a.rule, &a.blob)
                .cmp(&(&b.path, b.span.start, b.span.end, &b.rule, &b.blob))
        });
        let mut findings: Vec<Option<Finding>> = std::mem::take(&mut self.findings).into_iter().map(Some).collect();
        self.findings.extend(order.into_iter().filter_map(|number| findings[number].take()));
        self.skipped.sort();
        self.problems.sort_by(|a, b| a.what.cmp(&b.what));
        self.notices.sort();
    }
}
