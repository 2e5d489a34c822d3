//! Measures detection: what each rule finds of labelled samples, what it costs, and what it finds in a folder.
//!
//! `cargo run --release --example bench_detect -- [--by-rule] [--rules FILE] [FOLDER…]`
//!
//! Without a folder it judges the samples of the rows and those made from the formats in `tests/it/recall`.
//! It prints the rules that are not perfect; with `--by-rule` all of them.
//! With folders it also counts findings per megabyte, by rule, and how often and how long each rule is tried there.
//! With a rule file, its rules run too: the speed beside that without one says what they cost.
#![allow(clippy::print_stdout, reason = "an example that shows what it measured")]
#![allow(clippy::cast_precision_loss, reason = "counts and sizes are far below 2^52")]

#[path = "../../tests/it/recall/encode.rs"]
mod encode;
#[path = "../../tests/it/fake.rs"]
mod fake;
mod folder;
mod noise;
#[path = "../../tests/it/recall/sample.rs"]
mod sample;
mod samples;

use std::path::PathBuf;

use ideoguard::detect::Engine;
use ideoguard::rules::RuleBook;
use samples::Table;

fn main() {
    let mut folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let mut table = Table::Imperfect;
    if folders.first().is_some_and(|word| word.as_os_str() == "--by-rule") {
        folders.remove(0);
        table = Table::All;
    }
    let mut book = RuleBook::default();
    if folders.first().is_some_and(|word| word.as_os_str() == "--rules") {
        let file = folders.drain(..2).next_back().expect("a file behind --rules");
        let text = std::fs::read_to_string(&file).expect("a rule file");
        book.read_leniently(&file, &text).expect("rules");
    }
    let engine = Engine::with(&book);
    samples::judge(&engine, table);
    if !folders.is_empty() {
        folder::measure(&engine, &folders);
    }
}
