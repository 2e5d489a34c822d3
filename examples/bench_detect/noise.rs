//! What a user would be stopped by: findings as the gate at the desk judges them, by what kind of file they stand in.

use std::collections::BTreeMap;
use std::ops::Range;

use ideoguard::decide::{Case, Evidence, Marked, Policy, judge};
use ideoguard::detect::Match;
use ideoguard::finding::{Confidence, Fingerprint, Verdict};
use ideoguard::path::RepoPath;
use jiff::civil::Date;

use crate::folder::File;

/// A file with a zero byte among so many first ones is binary, as git sees it.
const HEAD: usize = 8000;
/// The extensions of documentation.
const DOCUMENTATION: &[&str] = &["md", "mdx", "markdown", "rst", "adoc", "asciidoc"];

/// What kind of file it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Class {
    Code,
    Documentation,
    Binary,
}

/// What was found in the files of one class.
#[derive(Default)]
struct Sum {
    bytes: usize,
    blocking: usize,
    high: usize,
    in_tests: usize,
}

/// Prints each blocking finding, and how often one stands in each class.
pub(crate) fn print(files: &[File], found: &[Vec<Match>]) {
    let policy = Policy::none(Date::MAX);
    let mut sums: BTreeMap<Class, Sum> = BTreeMap::new();
    for (file, found) in files.iter().zip(found) {
        let sum = sums.entry(class(file)).or_default();
        sum.bytes += file.text.len();
        for one in found.iter().filter(|one| one.confidence >= Confidence::High) {
            if blocks(&policy, file, one) {
                sum.blocking += 1;
                sum.high += usize::from(one.confidence == Confidence::High);
                print_place(file, one);
            } else {
                sum.in_tests += 1;
            }
        }
    }
    for (class, Sum { bytes, blocking, high, in_tests }) in &sums {
        let megabytes = *bytes as f64 / 1e6;
        let each = megabytes / (*blocking).max(1) as f64;
        println!(
            "{class:?}: {megabytes:.1} MB, {blocking} blocking ({high} of them high), one for each {each:.1} MB; \
             {in_tests} more warn, among tests"
        );
    }
}

/// Tells what kind of file it is.
fn class(file: &File) -> Class {
    let extension = file.path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if file.text[..file.text.len().min(HEAD)].contains(&0) {
        Class::Binary
    } else if DOCUMENTATION.contains(&extension) {
        Class::Documentation
    } else {
        Class::Code
    }
}

/// Tells whether a finding blocks where it stands; no mark counts, for nobody else's work has marks of ours.
fn blocks(policy: &Policy, file: &File, one: &Match) -> bool {
    let case = Case {
        rule: one.rule.id,
        confidence: one.confidence,
        severity: one.rule.severity,
        evidence: Evidence::New(&one.evidence),
        path: &RepoPath::from(file.below.as_path()),
        fingerprint: &Fingerprint::of(&one.secret),
        mark: &Marked::No,
        is_new: true,
    };
    judge(policy, &case) == Verdict::Leak
}

/// Prints where a finding stands, and never what it is: whoever judges one looks there.
fn print_place(file: &File, one: &Match) {
    let Range { start, end } = one.span;
    let line = memchr::memchr_iter(b'\n', &file.text[..start]).count() + 1;
    println!("{} {} {}:{line} bytes {start}..{end}", one.confidence.name(), one.rule.id, file.path.display());
}
