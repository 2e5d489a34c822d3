//! `ideoguard store`: what is in a store, and how it is emptied.

use std::path::Path;

use ideoguard::store::{RulesId, Store};

use super::{assert_empty, fill, open};
use crate::cli::scrubbed;
use crate::common::{Ran, TestRepo};

/// A repository with a store in which something is.
fn with_store() -> TestRepo {
    let repo = TestRepo::new();
    let git = repo.at(".git").canonicalize().unwrap();
    fill(&mut Store::open(&Store::default_path(&git), &git, RulesId::OURS).unwrap());
    repo
}

/// What a run said, without the time and the size of the file.
fn timeless(repo: &TestRepo, ran: &Ran) -> String {
    let text = scrubbed(repo, ran);
    let lines = text.lines().map(|line| match line.split_once(".sqlite, ") {
        Some((before, _)) => format!("{before}.sqlite, SIZE, saved TIME"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_command_tells_what_is_in_the_store_and_empties_it() {
    let repo = with_store();

    let words: [&[&str]; 3] = [&["store", "info"], &["store", "clear", "."], &["store", "info"]];
    let told = words.map(|words| timeless(&repo, &repo.ideoguard(words)));

    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn a_store_that_is_not_there_is_no_error_and_is_not_made() {
    let repo = TestRepo::new();

    let told = [["store", "info"], ["store", "clear"]].map(|words| timeless(&repo, &repo.ideoguard(&words)));

    insta::assert_snapshot!(told.join("\n\n"));
    assert!(!repo.at(".git/ideoguard").exists());
}

#[test]
fn a_shared_store_is_named() {
    let repo = TestRepo::new();
    fill(&mut open(&repo.at("shared.sqlite")));

    let info = repo.ideoguard(&["store", "info", "--store", "shared.sqlite"]);
    let clear = repo.ideoguard(&["store", "clear", "--store", "shared.sqlite"]);
    let both = repo.ideoguard(&["store", "info", ".", "--store", "shared.sqlite"]);

    assert!(info.code == 0 && info.stdout.contains("shared.sqlite"), "{}", info.stdout);
    assert_eq!((clear.code, both.code), (0, 2));
    assert_empty(&mut open(&repo.at("shared.sqlite")));
}

#[test]
fn a_file_that_is_no_store_is_not_emptied() {
    let repo = TestRepo::new();
    repo.write("notes.txt", "precious\n");

    let ran = repo.ideoguard(&["store", "clear", "--store", "notes.txt"]);

    insta::assert_snapshot!(scrubbed(&repo, &ran));
    assert_eq!(std::fs::read(repo.at("notes.txt")).unwrap(), b"precious\n");
}

#[test]
fn outside_of_a_repository_there_is_no_store() {
    let folder = tempfile::tempdir().unwrap();

    let ran = crate::common::ideoguard_in(folder.path(), &["store", "info"], b"");

    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("no git repository"), "{}", ran.stderr);
    assert!(!Path::new(&folder.path().join("ideoguard")).exists());
}
