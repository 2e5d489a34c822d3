//! The book and the README: every command in them runs, every link leads somewhere, and the tables are today's.
#![cfg(target_os = "linux")]

mod commands;
mod generated;
mod inline;
mod links;
mod page;
mod scene;
mod script;

use std::path::{Path, PathBuf};

/// A path in our own source.
fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The README and every page of the book, from the top of our source.
fn pages() -> Vec<String> {
    let mut pages: Vec<String> = std::fs::read_dir(source("docs/src"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|suffix| suffix == "md"))
        .map(|path| format!("docs/src/{}", path.file_name().unwrap().to_string_lossy()))
        .chain(["README.md".to_owned()])
        .collect();
    pages.sort();
    pages
}
