//! Compares three ways to scan every object of a repository, which must find the same to the byte.
//!
//! `cargo run --release --example compare_history -- REPO...` scans each repository
//! by its deltas, then each blob of its packs whole, then each object as
//! `git cat-file --batch` hands it over. Where the three differ it says so and
//! ends with 1. No secret is printed: rules, objects and places are.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use ideoguard::detect::Engine;
use ideoguard::git::{Headers, Repository};
use ideoguard::history::Occurrence;
use ideoguard::scan::Limits;
use ideoguard::scan::history::{Method, Unwatched, gather};
use ideoguard::text::TextKind;

/// One finding: object, kind of text, begin, end, rule, confidence, fingerprint.
type Line = (String, &'static str, u64, u64, String, u8, String);

fn main() -> ExitCode {
    let repositories: Vec<String> = std::env::args().skip(1).collect();
    if repositories.is_empty() {
        return fail("say which repositories to compare");
    }
    let mut worst = ExitCode::SUCCESS;
    for repository in &repositories {
        if let Err(problem) = compare(Path::new(repository)) {
            worst = fail(&format!("{repository}: {problem}"));
        }
    }
    worst
}

#[expect(clippy::print_stderr, reason = "a program of one file says what went wrong")]
fn fail(problem: &str) -> ExitCode {
    eprintln!("compare_history: {problem}");
    ExitCode::FAILURE
}

#[expect(clippy::print_stdout, reason = "a program of one file says what it found")]
fn compare(path: &Path) -> Result<(), String> {
    let by_delta = gathered(path, Method::ByDelta)?;
    let whole = gathered(path, Method::Whole)?;
    let by_git = timed(|| by_git(path))?;
    println!("{}: {} findings", path.display(), by_git.0.len());
    for (name, (lines, seconds)) in [("by delta", &by_delta), ("each blob whole", &whole), ("git cat-file", &by_git)] {
        println!("  {name}: {} findings, {seconds:.2} s", lines.len());
    }
    same(&by_git.0, &whole.0).map_err(|line| format!("the plain walk and git differ: {line}"))?;
    same(&by_git.0, &by_delta.0).map_err(|line| format!("the walk by deltas and git differ: {line}"))
}

/// Tells where two lists differ first.
fn same(expected: &BTreeMap<Line, u32>, actual: &BTreeMap<Line, u32>) -> Result<(), String> {
    let missing = expected.keys().find(|line| !actual.contains_key(*line)).map(|line| format!("missing {line:?}"));
    let extra = actual.keys().find(|line| !expected.contains_key(*line)).map(|line| format!("not to be {line:?}"));
    missing.or(extra).map_or(Ok(()), Err)
}

fn timed<T>(work: impl FnOnce() -> Result<T, String>) -> Result<(T, f64), String> {
    let start = Instant::now();
    work().map(|done| (done, start.elapsed().as_secs_f64()))
}

/// Scans with our own walk.
#[expect(clippy::print_stdout, reason = "a program of one file says what it found")]
fn gathered(path: &Path, method: Method) -> Result<(BTreeMap<Line, u32>, f64), String> {
    timed(|| {
        let repository = Repository::discover(path).map_err(|error| error.to_string())?;
        let engine = Engine::built_in();
        let sum = gather(&engine, &repository, &Limits::default(), method, &Unwatched).map_err(|e| e.to_string())?;
        println!(
            "  {method:?}: {} of {} objects, {} of {} MB looked at, {} commits, {} trees",
            sum.scanned,
            sum.planned,
            sum.looked_at >> 20,
            sum.bytes >> 20,
            sum.graph.commits.len(),
            sum.graph.trees.len()
        );
        for problem in &sum.problems {
            println!("  problem: {}: {}", problem.what, problem.error);
        }
        Ok(sum.occurrences.iter().filter_map(line_of).fold(BTreeMap::new(), counted))
    })
}

fn counted(mut lines: BTreeMap<Line, u32>, line: Line) -> BTreeMap<Line, u32> {
    *lines.entry(line).or_default() += 1;
    lines
}

/// Returns an occurrence as it is compared; names in trees are reported once each, so they are left out.
fn line_of(one: &Occurrence) -> Option<Line> {
    let kind = match one.kind {
        TextKind::Content => "content",
        TextKind::Message => "message",
        TextKind::PathName | TextKind::SymlinkTarget => return None,
    };
    let fingerprint = one.found.fingerprint.to_string();
    Some((
        one.object.to_string(),
        kind,
        one.start,
        one.end,
        one.found.rule.clone(),
        one.found.confidence as u8,
        fingerprint,
    ))
}

/// Scans what git prints, object by object.
fn by_git(path: &Path) -> Result<BTreeMap<Line, u32>, String> {
    let said = |error: std::io::Error| error.to_string();
    let mut git = Command::new("git")
        .arg("-C")
        .arg(path)
        .args(["cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer"])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(said)?;
    let mut out = BufReader::with_capacity(1 << 20, git.stdout.take().ok_or("git has no output")?);
    let engine = Engine::built_in();
    let mut lines = BTreeMap::new();
    let (mut head, mut bytes) = (String::new(), Vec::new());
    while out.read_line(&mut head).map_err(said)? > 0 {
        let words: Vec<&str> = head.split_whitespace().collect();
        let [id, kind, size] = words[..] else { return Err(format!("git says {head}")) };
        bytes.resize(size.parse::<usize>().map_err(|error| error.to_string())? + 1, 0);
        out.read_exact(&mut bytes).map_err(said)?;
        bytes.pop();
        let (kind, text) = match kind {
            "blob" => ("content", std::mem::take(&mut bytes)),
            "commit" | "tag" => ("message", Headers::parse(&bytes).ok_or("a commit makes no sense")?.text),
            _ => ("tree", Vec::new()),
        };
        for found in engine.scan(&text) {
            let fingerprint = ideoguard::finding::Fingerprint::of(&found.secret).to_string();
            let (start, end) = (found.span.start as u64, found.span.end as u64);
            let line = (id.to_owned(), kind, start, end, found.rule.id.to_owned(), found.confidence as u8, fingerprint);
            lines = counted(lines, line);
        }
        head.clear();
    }
    if git.wait().map_err(said)?.success() { Ok(lines) } else { Err("git failed".to_owned()) }
}
