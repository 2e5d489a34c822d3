//! Stories about scans of whole histories: every object, each once, whatever way it is stored.

mod command;
#[path = "../../examples/compare_history/compare.rs"]
mod compare;
mod damage;
mod equality;
mod found;
mod layouts;
mod packs;
mod scripts;

use crate::common::{Ran, TestRepo, ideoguard_in};
use crate::fake;

/// A line of code that holds the made-up key of a seed.
fn leak(seed: u64) -> String {
    format!("IDEOGRAM_API_KEY = \"{}\"\n", fake::ideogram_key(seed))
}

/// Runs `ideoguard scan --history` in a repository.
#[track_caller]
fn scan(repo: &TestRepo, words: &[&str]) -> Ran {
    ideoguard_in(repo.path(), &[&["scan", "--history"], words].concat(), b"")
}
