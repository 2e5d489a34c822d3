//! How long the program takes: to start, for a small commit, for a large one, and for each byte.
//!
//! `IDEOGUARD=path cargo bench` measures another binary than the one just built.
#![allow(missing_docs, reason = "criterion's macros write functions without documentation")]

#[path = "../tests/it/common.rs"]
mod common;
#[path = "../tests/it/fake.rs"]
mod fake;

use std::fmt::Write;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use common::{TestRepo, hermetic};

/// Words of which the generated code is made.
const WORDS: [&str; 16] = [
    "index", "value", "request", "result", "parse", "node", "count", "path", "buffer", "event", "write", "line",
    "handler", "state", "config", "length",
];

/// The size of one file of a large commit.
const FILE_BYTES: usize = 20 * 1024;
/// How many files a large commit has.
const FILES: usize = 200;
/// The size of the text that measures the time for each byte.
const TEXT_BYTES: usize = 8 * 1024 * 1024;

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30).measurement_time(Duration::from_secs(8));
    targets = start_up, one_line, many_files, each_byte
}
criterion_main!(benches);

/// Measures a scan of six bytes.
fn start_up(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = input(folder.path(), "hello\n");

    criterion.bench_function("start-up: 6 bytes on stdin", |bench| bench.iter(|| scan_stdin(&text)));
}

/// Measures a commit of one line in a repository of some size.
fn one_line(criterion: &mut Criterion) {
    let repo = repo_with_files();
    repo.commit("all");
    repo.write("src/file_0.js", code(0, FILE_BYTES) + "let one = 1;\n").stage();

    criterion.bench_function("one staged line", |bench| bench.iter(|| scan_staged(repo.path())));
}

/// Measures a commit of many new files.
fn many_files(criterion: &mut Criterion) {
    let repo = repo_with_files();

    criterion.bench_function("200 staged files of 20 KB", |bench| bench.iter(|| scan_staged(repo.path())));
}

/// Measures detection itself: the start is a small part of it.
fn each_byte(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = input(folder.path(), &code(1, TEXT_BYTES));
    let mut group = criterion.benchmark_group("detection");
    group.throughput(Throughput::Bytes(TEXT_BYTES as u64));

    group.bench_function("8 MB of code on stdin", |bench| bench.iter(|| scan_stdin(&text)));
    group.finish();
}

/// Makes a repository in which many files are staged.
fn repo_with_files() -> TestRepo {
    let repo = TestRepo::new();
    for file in 0..FILES {
        repo.write(&format!("src/file_{file}.js"), code(file as u64, FILE_BYTES));
    }
    repo.stage();
    repo
}

/// Returns text that looks like code and holds no secret; the same for the same seed.
fn code(seed: u64, size: usize) -> String {
    let mut text = String::with_capacity(size);
    let mut random = fake::bytes(seed, size).into_iter().map(usize::from);
    while text.len() < size {
        let mut next = || random.next().unwrap_or_default();
        let [a, b, c] = [WORDS[next() % WORDS.len()], WORDS[next() % WORDS.len()], WORDS[next() % WORDS.len()]];
        let (indent, number) = (next() % 4 * 2, next());
        writeln!(text, "{:indent$}const {a}_{b} = {b}.{c}({a}, {number}); // {c} of the {b}", "").expect("memory");
    }
    text.truncate(size - 1);
    text + "\n"
}

/// Writes text into a file from which standard input is read.
fn input(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("input");
    std::fs::write(&path, text).expect("a file");
    path
}

/// Scans text on standard input, which must be clean.
fn scan_stdin(text: &Path) {
    let input = File::open(text).expect("the input");
    scan(text.parent().expect("a folder"), &["scan", "--stdin"], input.into());
}

/// Scans what is staged, which must be clean.
fn scan_staged(folder: &Path) {
    scan(folder, &["scan", "--staged"], Stdio::null());
}

/// Runs the program, and fails unless it says "clean": an error would be fast, too.
fn scan(folder: &Path, words: &[&str], input: Stdio) {
    let program = std::env::var("IDEOGUARD").unwrap_or_else(|_| env!("CARGO_BIN_EXE_ideoguard").to_owned());
    let ran = hermetic(&program, folder).args(words).stdin(input).output().expect("ideoguard runs");
    assert!(ran.status.success(), "ideoguard {words:?}: {}", String::from_utf8_lossy(&ran.stderr));
}
