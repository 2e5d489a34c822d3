//! The life of a key: asked for, registered, aged; and never shown.

mod account;
mod age;
mod memory;
mod readme;
mod registry;
mod rotate;
mod verify;

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use ideoguard::finding::{Fingerprint, Secret};

use crate::common::{Ran, TestRepo, hermetic};
use crate::fake;

/// A command that runs `ideoguard key` in a repository.
fn command(repo: &TestRepo, words: &[&str]) -> Command {
    let mut command = hermetic(env!("CARGO_BIN_EXE_ideoguard"), repo.path());
    command.arg("key").args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it with a key on standard input.
#[track_caller]
fn key(repo: &TestRepo, words: &[&str], key: &str) -> Ran {
    let mut child = command(repo, words).spawn().unwrap();
    // A program that refuses the rest reads no key.
    let _ = child.stdin.take().unwrap().write_all(format!("{key}\n").as_bytes());
    child.wait_with_output().unwrap().into()
}

/// The name of a key.
fn name(key: &str) -> String {
    Fingerprint::of(&Secret::new(key)).to_string()
}

/// Sees to it that a key stands in no file of a repository and in nothing that was said.
#[track_caller]
fn assert_nowhere(repo: &TestRepo, key: &str, said: &[&Ran]) {
    let part = &key[8..40];
    for ran in said {
        assert!(!ran.stdout.contains(part) && !ran.stderr.contains(part), "a key was said");
    }
    let mut folders = vec![repo.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                let is_there = bytes.windows(part.len()).any(|window| window == part.as_bytes());
                assert!(!is_there, "a key is in {}", path.display());
            }
        }
    }
}

/// What the audit log of a repository has: the action, the result, the resource.
fn recorded(repo: &TestRepo) -> Vec<(String, String, String)> {
    let text = fs::read_to_string(repo.at(".git/ideoguard/audit.jsonl")).unwrap_or_default();
    let line = |line: &str| {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| entry[name].as_str().unwrap().to_owned();
        (text("action"), text("result"), text("resource"))
    };
    text.lines().map(line).collect()
}

/// A made-up key.
fn made_up(seed: u64) -> String {
    // Four characters that need no escaping anywhere.
    format!("Ab1c{}", &fake::ideogram_key(seed)[4..])
}
