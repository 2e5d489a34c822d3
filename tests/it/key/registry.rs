//! The registry: keys by name, never by value; made for merges.

use std::fs;

use super::{assert_nowhere, key, made_up, name, recorded};
use crate::common::{Ran, TestRepo};

/// Adds a made-up key.
#[track_caller]
fn add(repo: &TestRepo, seed: u64, environment: &str) -> Ran {
    let words = ["add", "--environment", environment, "--role", "writer", "--owner", "ops", "--scope", "write:images"];
    let days = ["--created", "2026-01-31", "--rotate-by", "2026-04-30"];
    key(repo, &[&words[..], &days].concat(), &made_up(seed))
}

/// The text of a repository's registry.
fn text(repo: &TestRepo) -> String {
    fs::read_to_string(repo.at(".ideoguard/keys.toml")).unwrap()
}

#[test]
fn a_key_is_added_listed_and_taken_out() {
    let repo = TestRepo::new();

    let added = add(&repo, 1, "production");
    let listed = key(&repo, &["list"], "");
    let json = key(&repo, &["list", "--format", "json"], "");
    let again = add(&repo, 1, "staging");

    assert_eq!((added.code, listed.code, again.code), (0, 0, 2), "{}{}", added.stderr, again.stderr);
    let expected = format!(
        "{} Ab1c… production writer of ops, made 2026-01-31, to be replaced by 2026-04-30, for write:images\n1 key in .ideoguard/keys.toml\n",
        name(&made_up(1))
    );
    assert_eq!(listed.stdout, expected);
    let object: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(object["keys"][0]["rotateBy"], "2026-04-30");
    assert!(again.stderr.contains("keys.toml:5") && again.stderr.contains("registered already"), "{}", again.stderr);
    assert_nowhere(&repo, &made_up(1), &[&added, &listed, &json, &again]);
    let removed = key(&repo, &["remove", &name(&made_up(1))], "");
    let gone = key(&repo, &["remove", &name(&made_up(1))], "");
    assert_eq!((removed.code, gone.code), (0, 2));
    assert_eq!(key(&repo, &["list"], "").stdout, "0 keys in .ideoguard/keys.toml\n");
    let actions: Vec<String> = recorded(&repo).into_iter().map(|(action, _, _)| action).collect();
    assert_eq!(actions, ["ideoguard.key.add", "ideoguard.key.remove"]);
}

#[test]
fn keys_are_sorted_and_what_people_wrote_stays() {
    let repo = TestRepo::new();
    (1..8).for_each(|seed| assert_eq!(add(&repo, seed, "staging").code, 0));
    repo.write(".ideoguard/keys.toml", format!("# ours\n{}# the end\n", text(&repo)));

    assert_eq!(add(&repo, 8, "staging").code, 0);

    let text = text(&repo);
    assert!(text.starts_with("# ours\n") && text.contains("# the end\n"), "{text}");
    let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix('"')?.split('"').next()).collect();
    assert_eq!(names.len(), 8);
    assert!(names.is_sorted(), "{names:?}");
}

#[test]
fn branches_that_add_keys_merge() {
    let repo = TestRepo::new();
    repo.write(".gitattributes", ".ideoguard/keys.toml merge=union\n");
    add(&repo, 1, "production");
    repo.stage().commit("one");
    repo.git(&["checkout", "--quiet", "-b", "other"]);
    (2..6).for_each(|seed| drop(add(&repo, seed, "staging")));
    repo.stage().commit("theirs");
    repo.git(&["checkout", "--quiet", "main"]);
    (6..9).for_each(|seed| drop(add(&repo, seed, "development")));
    repo.stage().commit("ours");

    repo.git(&["merge", "--quiet", "--no-edit", "other"]);

    assert!(key(&repo, &["list"], "").stdout.ends_with("8 keys in .ideoguard/keys.toml\n"));
    assert_eq!(repo.ideoguard(&["scan"]).code, 0, "and our own scan finds nothing in it");
}

#[test]
fn a_registry_that_makes_no_sense_is_refused_with_its_line() {
    let good = format!(
        "\"{}\" = {{ starts = \"Ab1c\", environment = \"x\", role = \"reader\", owner = \"o\", created = 2026-01-01, rotate-by = 2026-02-01 }}",
        name(&made_up(1))
    );
    for (line, problem) in [
        (good.replace("ig1:", "ig2:"), "named by its fingerprint"),
        (good.replace("Ab1c", &made_up(1)), "more than four characters of the key"),
        (good.replace("\"x\"", "\" \""), "environment is empty"),
        (good.replace("reader", "boss"), "unknown variant"),
        (good.replace("2026-02-01", "2025-02-01"), "before `created`"),
        (good.replace("2026-02-01", "2026-02-01T00:00:00Z"), "are days"),
        (good.replace("2026-02-01", "2026-02-31"), ""),
        (good.replace("owner", "secret"), "unknown field"),
        (format!("{good}\n{good}"), "duplicate key"),
        (good.replace("\"o\"", "\"\\u001b]0;\""), "control character"),
    ] {
        let repo = TestRepo::new();
        repo.write(".ideoguard/keys.toml", format!("# a\n[keys]\n{line}\n"));

        let listed = key(&repo, &["list"], "");
        let added = add(&repo, 2, "production");

        assert_eq!((listed.code, added.code), (2, 2), "{line}");
        let is_placed = listed.stderr.contains("keys.toml:3") || listed.stderr.contains("keys.toml:4");
        assert!(is_placed && listed.stderr.contains(problem), "{}", listed.stderr);
        assert!(!listed.stderr.contains(&made_up(1)[4..20]));
    }
}

#[test]
fn words_that_make_no_sense_are_refused_before_the_key_is_asked_for() {
    let repo = TestRepo::new();
    let add = |more: &[&str]| {
        let words = ["add", "--role", "reader", "--owner", "ops"];
        key(&repo, &[&words[..], more].concat(), &made_up(1)).code
    };

    assert_eq!(add(&["--environment", " "]), 2);
    assert_eq!(add(&["--environment", "x\u{7}"]), 2);
    assert_eq!(add(&["--environment", "x", "--created", "yesterday"]), 2);
    assert_eq!(add(&["--environment", "x", "--created", "2026-02-01", "--rotate-by", "2026-01-01"]), 2);
    assert!(!repo.at(".ideoguard/keys.toml").exists());
    assert_eq!(recorded(&repo), []);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_the_work_tree_is_not_written_through() {
    let repo = TestRepo::new();
    let outside = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), repo.at(".ideoguard")).unwrap();

    assert_eq!(add(&repo, 1, "production").code, 2);

    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn an_act_that_cannot_be_recorded_is_not_done() {
    let repo = TestRepo::new();
    fs::create_dir_all(repo.at(".git/ideoguard/audit.jsonl")).unwrap();

    let ran = add(&repo, 1, "production");

    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(!repo.at(".ideoguard/keys.toml").exists());
}
