//! Compares three ways to scan every object of a repository, which must find the same to the byte.
//!
//! `cargo run --release --example compare_history -- REPO...` scans each repository
//! by its deltas, then each blob of its packs whole, then each object as
//! `git cat-file --batch` hands it over. Where the three differ it says so and
//! ends with 1. No secret is printed: rules, objects and places are.

mod compare;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use ideoguard::detect::Engine;
use ideoguard::git::Repository;
use ideoguard::scan::Limits;
use ideoguard::scan::history::{Method, Unwatched, gather};

use compare::{Lines, by_git, lines_of, same};

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

fn timed<T>(work: impl FnOnce() -> Result<T, String>) -> Result<(T, f64), String> {
    let start = Instant::now();
    work().map(|done| (done, start.elapsed().as_secs_f64()))
}

/// Scans with our own walk.
#[expect(clippy::print_stdout, reason = "a program of one file says what it found")]
fn gathered(path: &Path, method: Method) -> Result<(Lines, f64), String> {
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
        Ok(lines_of(&sum.occurrences))
    })
}
