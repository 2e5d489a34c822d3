//! Findings per megabyte of folders, and what each rule costs there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ideoguard::detect::Engine;
use ideoguard::finding::Confidence;
use ideoguard::rules::{Finder, Place, Rule, Shape, built_in};

use crate::noise;

/// Larger files are left out: they are data.
const LARGEST: u64 = 8 << 20;
/// As many of the dearest rules as are printed.
const DEAREST: usize = 15;

/// A file that was read.
pub(crate) struct File {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Its path from the folder that was given, which stands for the top of a work tree.
    pub(crate) below: PathBuf,
    /// What stands in it.
    pub(crate) text: Vec<u8>,
}

/// Scans the folders, and prints findings by rule and the cost of rules.
pub(crate) fn measure(engine: &Engine, folders: &[PathBuf]) {
    let files = files(folders);
    let bytes: usize = files.iter().map(|file| file.text.len()).sum();
    let megabytes = bytes as f64 / 1e6;
    let start = Instant::now();
    let found: Vec<_> = files.iter().map(|file| engine.scan(&file.text)).collect();
    let time = start.elapsed();
    println!("\n{} files, {megabytes:.1} MB, {:.0} MB/s on one core", files.len(), megabytes / time.as_secs_f64());
    noise::print(&files, &found);
    let found: Vec<_> = found.into_iter().flatten().collect();

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
    print_costs(&files, megabytes);
}

/// Reads every file below the folders, in order of their paths.
fn files(folders: &[PathBuf]) -> Vec<File> {
    folders.iter().flat_map(|folder| files_below(folder)).collect()
}

/// Reads every file below a folder.
fn files_below(folder: &Path) -> impl Iterator<Item = File> {
    let walk = ignore::WalkBuilder::new(folder).standard_filters(false).sort_by_file_path(Path::cmp).build();
    let entries = walk.filter_map(Result::ok).filter(|entry| {
        entry.file_type().is_some_and(|kind| kind.is_file()) && entry.metadata().is_ok_and(|data| data.len() <= LARGEST)
    });
    entries.filter_map(move |entry| {
        let text = std::fs::read(entry.path()).ok()?;
        let below = entry.path().strip_prefix(folder).ok()?.to_owned();
        Some(File { path: entry.into_path(), below, text })
    })
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
fn print_costs(files: &[File], megabytes: f64) {
    let shapes = built_in().filter_map(|rule| match &rule.finder {
        Finder::Shape(shape) => Some(cost(rule, shape, files)),
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
fn cost(rule: &'static Rule, shape: &Shape, files: &[File]) -> Cost {
    let mut cost = Cost { rule, tries: 0, time: Duration::ZERO };
    for (text, literal) in files.iter().flat_map(|file| shape.literals.iter().map(move |literal| (&file.text, literal)))
    {
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
