//! Real `git commit`s in repositories in which our hooks are installed.
#![cfg(unix)]

mod content;
mod everyday;
mod files;
mod merges;
mod message;
mod repositories;

use std::path::Path;

use crate::common::{Ran, TestRepo, hermetic};
use crate::fake;

/// A repository with one commit, which git guards with our hooks.
fn guarded() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("readme", "hello\n").stage().commit("base");
    repo.install();
    repo
}

/// A line of code that holds a made-up key.
fn leak(seed: u64) -> String {
    format!("IDEOGRAM_API_KEY = \"{}\"\n", fake::ideogram_key(seed))
}

/// Runs git in a folder; words are separated by blanks.
#[track_caller]
fn git(folder: impl AsRef<Path>, words: &str) -> Ran {
    hermetic("git", folder.as_ref()).args(words.split(' ')).output().expect("git runs").into()
}

/// Runs git, which must make a commit; returns what git and our hooks said on standard error.
#[track_caller]
fn recorded(folder: impl AsRef<Path>, words: &str) -> String {
    let before = head(folder.as_ref());
    let ran = git(folder.as_ref(), words);
    assert_eq!(ran.code, 0, "git {words}: {}{}", ran.stdout, ran.stderr);
    assert_ne!(head(folder.as_ref()), before, "git {words}: nothing was recorded");
    assert_shows_no_secret(&ran);
    ran.stderr
}

/// Runs git, which must make a commit of which our hooks say nothing.
#[track_caller]
fn passes(folder: impl AsRef<Path>, words: &str) {
    assert_eq!(recorded(folder, words), "", "git {words}");
}

/// Runs git, which our hooks must stop: nothing is recorded, and what is staged stays.
///
/// Returns what our hooks said.
#[track_caller]
fn refused(folder: impl AsRef<Path>, words: &str) -> String {
    let folder = folder.as_ref();
    let before = (head(folder), index(folder));
    let ran = git(folder, words);
    assert_eq!(ran.code, 1, "git {words}: {}{}", ran.stdout, ran.stderr);
    assert_eq!((head(folder), index(folder)), before, "git {words}");
    assert_shows_no_secret(&ran);
    assert!(ran.stderr.contains("The commit is refused.\n"), "git {words}: {}", ran.stderr);
    ran.stderr
}

/// The commit that HEAD names, if there is one.
fn head(folder: &Path) -> String {
    git(folder, "rev-parse --quiet --verify HEAD").stdout
}

/// Everything that is staged.
fn index(folder: &Path) -> String {
    git(folder, "ls-files --stage -z --full-name").stdout
}

/// Sees to it that what a user reads holds no stretch of a key and nothing that a terminal obeys.
#[track_caller]
fn assert_shows_no_secret(ran: &Ran) {
    let text = format!("{}{}", ran.stdout, ran.stderr);
    for key in (1..10).map(fake::ideogram_key) {
        let shown = key.as_bytes().windows(6).find(|part| text.contains(str::from_utf8(part).unwrap()));
        assert_eq!(shown, None, "a key is shown:\n{text}");
    }
    let raw = text.chars().find(|character| character.is_control() && *character != '\n' || *character == '\u{fffd}');
    assert_eq!(raw, None, "not escaped:\n{text:?}");
}
