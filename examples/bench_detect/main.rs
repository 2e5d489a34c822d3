//! Measures detection: what each rule finds of labelled samples, what it costs, and what it finds in a folder.
//!
//! `cargo run --release --example bench_detect -- [FOLDER…]`
//!
//! Without a folder it judges the samples of the rows and those made from `tests/it/recall/formats.txt`.
//! With folders it also counts findings per megabyte, by rule, and how often and how long each rule is tried there.
#![allow(clippy::print_stdout, reason = "an example that shows what it measured")]
#![allow(clippy::cast_precision_loss, reason = "counts and sizes are far below 2^52")]

#[path = "../../tests/it/fake.rs"]
mod fake;
mod folder;
#[path = "../../tests/it/recall/sample.rs"]
mod sample;
mod samples;

use std::path::PathBuf;

use ideoguard::detect::Engine;

fn main() {
    let engine = Engine::built_in();
    samples::judge(&engine);
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if !folders.is_empty() {
        folder::measure(&engine, &folders);
    }
}
