//! The library called on test repositories, and its listings in words.
#![allow(dead_code, reason = "each story uses its own part")]

use std::io::Read;
use std::path::Path;

use ideoguard::git::{GitEnv, Repository, added_lines};
use ideoguard::source::{self, Reader};
use ideoguard::text::{Entry, Listing, Loaded, Scope, TextKind};

use crate::common::TestRepo;

/// The environment of a git that sees nothing of the user's own setup.
pub(crate) fn hermetic_env(folder: &Path) -> GitEnv {
    GitEnv::default().with("HOME", folder).with("GIT_CONFIG_NOSYSTEM", "1").with("GIT_CONFIG_GLOBAL", "/dev/null")
}

/// Opens a test repository.
#[track_caller]
pub(crate) fn open(repo: &TestRepo) -> Repository {
    open_at(repo.path())
}

/// Opens the repository of a folder.
#[track_caller]
pub(crate) fn open_at(folder: &Path) -> Repository {
    Repository::open(folder, hermetic_env(folder)).expect("a repository")
}

/// Lists what is staged, in words.
#[track_caller]
pub(crate) fn staged(repo: &TestRepo) -> Vec<String> {
    words(&source::staged(&open(repo)).expect("a listing"))
}

/// Lists what a range adds, in words and without the commits' own texts.
#[track_caller]
pub(crate) fn range(repo: &TestRepo, spec: &str) -> Vec<String> {
    let listing = source::range(&open(repo), spec).expect("a listing");
    words(&listing).into_iter().filter(|line| !line.starts_with("message ")).collect()
}

/// Describes a listing, one line for each thing, in its order.
#[track_caller]
pub(crate) fn words(listing: &Listing) -> Vec<String> {
    assert!(listing.problems.is_empty(), "{:?}", listing.problems);
    let entries = listing.entries.iter().map(word);
    entries.chain(listing.skipped.iter().map(|skipped| format!("{} {}", skipped.why.name(), skipped.path))).collect()
}

/// Describes an entry.
fn word(entry: &Entry) -> String {
    let kind = match entry.kind {
        TextKind::Content => "content",
        TextKind::SymlinkTarget => "link",
        TextKind::PathName => "name",
        TextKind::Message => "message",
    };
    match &entry.scope {
        Scope::All => format!("{kind} {}", entry.path),
        Scope::Since(earlier) => format!("{kind} {} since {}", entry.path, earlier.len()),
    }
}

/// Reads the lines of a path that count as new.
#[track_caller]
pub(crate) fn new_lines(repository: &Repository, listing: &Listing, path: &str) -> Vec<String> {
    let is_it = |entry: &&Entry| entry.path.as_bytes() == path.as_bytes() && entry.kind != TextKind::PathName;
    let entry = listing.entries.iter().find(is_it).expect("an entry");
    let reader = Reader::new(Some(repository), None).expect("a reader");
    let text = bytes(reader.read(&entry.body).expect("a text"));
    let lines: Vec<_> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let mut new: Vec<_> = (1_u64..).zip(&lines).collect();
    if let Scope::Since(earlier) = &entry.scope {
        for id in earlier {
            let old = reader.old_blob(*id).expect("an old blob").expect("a small one");
            let added = added_lines(&old, &text).expect("a comparison");
            new.retain(|(line, _)| added.iter().any(|range| range.contains(line)));
        }
    }
    new.iter().map(|(_, text)| String::from_utf8_lossy(text).trim_end().to_owned()).collect()
}

/// Returns the bytes of what was read.
#[track_caller]
pub(crate) fn bytes(loaded: Loaded) -> Vec<u8> {
    match loaded {
        Loaded::Whole(bytes) => bytes,
        Loaded::Stream { mut read, .. } => {
            let mut bytes = Vec::new();
            read.read_to_end(&mut bytes).expect("a whole stream");
            bytes
        }
        Loaded::Skipped(why) => panic!("skipped: {why:?}"),
    }
}
