//! Findings per megabyte of folders, and what each rule costs there.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ideoguard::detect::Engine;
use ideoguard::finding::Confidence;
use ideoguard::rules::{BUILT_IN, Finder, Place, Rule, Shape};

/// Larger files are left out: they are data.
const LARGEST: u64 = 8 << 20;
/// As many of the dearest rules as are printed.
const DEAREST: usize = 15;

/// Scans the folders, and prints findings by rule and the cost of rules.
pub(crate) fn measure(engine: &Engine, folders: &[PathBuf]) {
    let texts = texts(folders);
    let bytes: usize = texts.iter().map(Vec::len).sum();
    let megabytes = bytes as f64 / 1e6;
    let start = Instant::now();
    let found: Vec<_> = texts.iter().flat_map(|text| engine.scan(text)).collect();
    let time = start.elapsed();
    println!("\n{} files, {megabytes:.1} MB, {:.0} MB/s on one core", texts.len(), megabytes / time.as_secs_f64());

    let mut by_rule: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for one in &found {
        by_rule.entry(one.rule.id).or_default()[place(one.confidence)] += 1;
    }
    println!("{:36} {:>7} {:>6} {:>6} {:>6}  blocking/MB", "findings", "certain", "high", "medium", "low");
    for (rule, [low, medium, high, certain]) in &by_rule {
        let blocking = (high + certain) as f64 / megabytes;
        println!("{rule:36} {certain:7} {high:6} {medium:6} {low:6}  {blocking:.3}");
    }
    let blocking = found.iter().filter(|one| one.confidence >= Confidence::High).count();
    println!("{blocking} blocking: one for each {:.1} MB", megabytes / blocking.max(1) as f64);
    print_costs(&texts, megabytes);
}

/// Reads every file below the folders.
fn texts(folders: &[PathBuf]) -> Vec<Vec<u8>> {
    let files = folders.iter().flat_map(|folder| ignore::WalkBuilder::new(folder).hidden(false).build());
    let paths = files.filter_map(Result::ok).filter(|entry| {
        entry.file_type().is_some_and(|kind| kind.is_file()) && entry.metadata().is_ok_and(|data| data.len() <= LARGEST)
    });
    paths.filter_map(|entry| std::fs::read(entry.path()).ok()).collect()
}

const fn place(confidence: Confidence) -> usize {
    match confidence {
        Confidence::Low => 0,
        Confidence::Medium => 1,
        Confidence::High => 2,
        Confidence::Certain => 3,
    }
}

/// What trying a rule costs.
struct Cost {
    rule: &'static Rule,
    /// How often one of its literals stands in the texts.
    tries: usize,
    time: Duration,
}

/// Prints the rules whose literals are tried longest, and what all of them cost together.
fn print_costs(texts: &[Vec<u8>], megabytes: f64) {
    let shapes = BUILT_IN.iter().filter_map(|rule| match &rule.finder {
        Finder::Shape(shape) => Some(cost(rule, shape, texts)),
        Finder::Search(_) | Finder::Name | Finder::Code => None,
    });
    let mut costs: Vec<_> = shapes.collect();
    costs.sort_by_key(|cost| std::cmp::Reverse(cost.time));
    let total: Duration = costs.iter().map(|cost| cost.time).sum();
    println!("\ntrying all {} shapes: {:.1} µs/MB; the dearest:", costs.len(), micros(total, megabytes));
    for cost in costs.iter().take(DEAREST) {
        let tries = cost.tries as f64 / megabytes;
        println!("  {:36} {:8.2} tries/MB {:8.2} µs/MB", cost.rule.id, tries, micros(cost.time, megabytes));
    }
}

fn micros(time: Duration, megabytes: f64) -> f64 {
    time.as_secs_f64() * 1e6 / megabytes
}

/// Tries a shape wherever one of its literals stands; what looking for literals costs is not counted, as all share it.
fn cost(rule: &'static Rule, shape: &Shape, texts: &[Vec<u8>]) -> Cost {
    let mut cost = Cost { rule, tries: 0, time: Duration::ZERO };
    for (text, literal) in texts.iter().flat_map(|text| shape.literals.iter().map(move |literal| (text, literal))) {
        let places: Vec<usize> =
            memchr::memmem::find_iter(text, literal).filter(|at| counts(shape, literal, text, *at)).collect();
        cost.tries += places.len();
        if places.is_empty() {
            continue;
        }
        let start = Instant::now();
        for at in places {
            std::hint::black_box(shape.matches_at(text, at));
        }
        cost.time += start.elapsed();
    }
    cost
}

/// Tells whether the engine would try a literal at this place: most of them only in or before long runs.
fn counts(shape: &Shape, literal: &str, text: &[u8], at: usize) -> bool {
    const SHORTEST: usize = 16;
    let is_token = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let after = |from: usize| text[from..].iter().take(SHORTEST).take_while(is_token).count();
    match shape.place {
        Place::Anywhere => true,
        Place::BeforeRun => after(at + literal.len()) >= SHORTEST,
        Place::Usual if !literal.as_bytes().iter().all(|byte| is_token(&byte)) => true,
        Place::Usual => text[..at].iter().rev().take(SHORTEST).take_while(is_token).count() + after(at) >= SHORTEST,
    }
}
