//! The commands: what is shown, and what is said of a log.

use std::fs;

use crate::cli::scrubbed;
use crate::common::{Ran, TestRepo, ideoguard_in};

use super::Place;

/// Runs `ideoguard audit` in a folder.
#[track_caller]
fn audit(place: &Place, words: &[&str]) -> Ran {
    ideoguard_in(&place.0.path().join("git/ideoguard"), &[&["audit"], words].concat(), b"")
}

#[test]
fn entries_are_shown_for_people() {
    let place = Place::with(3);

    let ran = audit(&place, &["show", "audit.jsonl", "--since", "2023-11-14T22:13:20.001Z", "--user", "uid:1000"]);

    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn entries_are_chosen_by_action_user_and_time() {
    let place = Place::with(12);
    let count = |words: &[&str]| {
        let ran = audit(&place, &[&["show", "audit.jsonl", "--format", "jsonl"], words].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        ran.stdout.lines().count()
    };

    assert_eq!(count(&["--action", "ideoguard.push.refuse.1"]), 1, "and not those of 10 and 11");
    assert_eq!(count(&["--action", "ideoguard.push"]), 12);
    assert_eq!(count(&["--user", "uid:100"]), 0);
    assert_eq!(count(&["--since", "2023-11-14"]), 12);
    assert_eq!(count(&["--since", "2023-11-15"]), 0);
    assert_eq!(count(&["--since", "2023-11-14T22:13:20.010Z"]), 2);
}

#[test]
fn entries_are_shown_for_machines() {
    let place = Place::with(2);

    let jsonl = audit(&place, &["show", "audit.jsonl", "--format", "jsonl"]);
    let json = audit(&place, &["show", "audit.jsonl", "--format", "json"]);
    let none = audit(&place, &["show", "audit.jsonl", "--format", "json", "--user", "nobody"]);

    assert_eq!(jsonl.stdout, place.lines().concat());
    let object: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(object["schema"], 1);
    assert_eq!(object["entries"][1]["metadata"]["number"], 1);
    assert_eq!(none.stdout, "{\"schema\":1,\"entries\":[]}\n");
}

#[test]
fn what_somebody_put_into_a_log_reaches_no_terminal_raw() {
    let place = Place::with(1);
    let lines = place.lines();
    // JSON lets these stand in a string as they are.
    let planted = lines[0].replace("gr\\u00f6", "\u{7f}owned\u{9b}31m\u{202e}").replace("\"action\"", "\t\"action\"");
    fs::write(place.file(), format!("{planted}\u{1b}[31m not an entry\n")).unwrap();

    for format in ["text", "json", "jsonl"] {
        let ran = audit(&place, &["show", "audit.jsonl", "--format", format]);

        assert_eq!(ran.code, 3);
        assert!(ran.stderr.contains("1 line could not be read, the first is line 2"), "{}", ran.stderr);
        let all = ran.stdout + &ran.stderr;
        assert!(all.contains("owned"), "{all}");
        assert!(!all.contains(|letter: char| letter.is_control() && letter != '\n'), "{format}: {all:?}");
        assert!(!all.contains('\u{202e}'));
    }
}

#[test]
fn a_log_is_said_to_be_whole_or_broken() {
    let place = Place::with(4);
    let whole = audit(&place, &["verify", "audit.jsonl"]);
    let lines = place.lines();
    let hash = lines[3].split('"').rev().nth(1).unwrap().to_owned();
    fs::write(place.file(), [lines[0].replace("failure", "success"), lines[2].clone(), lines[3].clone()].concat())
        .unwrap();

    let broken = audit(&place, &["verify", "audit.jsonl"]);

    assert_eq!(whole.stdout, format!("whole: 4 lines in audit.jsonl, the last with the hash {hash}\n"));
    assert_eq!(whole.code, 0);
    assert_eq!(broken.code, 1);
    insta::assert_snapshot!(broken.stdout);
}

#[test]
fn a_hash_that_was_noted_is_looked_for() {
    let place = Place::with(2);
    let there = "0".repeat(64);
    let not_there = "1".repeat(64);

    assert_eq!(audit(&place, &["verify", "audit.jsonl", "--head", &there]).code, 0);
    let ran = audit(&place, &["verify", "audit.jsonl", "--head", &not_there]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("no line has the hash 1111"), "{}", ran.stdout);
    assert_eq!(audit(&place, &["verify", "audit.jsonl", "--head", "123"]).code, 2);
}

#[test]
fn without_a_file_it_is_the_log_of_the_repository() {
    let repo = TestRepo::new();
    let place = Place::with(2);
    let none = repo.ideoguard(&["audit", "verify"]);
    fs::create_dir_all(repo.at(".git/ideoguard")).unwrap();
    fs::copy(place.file(), repo.at(".git/ideoguard/audit.jsonl")).unwrap();

    let one = repo.ideoguard(&["audit", "verify"]);

    assert_eq!(none.code, 3);
    assert_eq!(one.code, 0);
    insta::assert_snapshot!(scrubbed(&repo, &none) + &scrubbed(&repo, &one));
}
