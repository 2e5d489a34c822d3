//! How old keys are: of the registry, of the history, of the account.

use std::fs;

use serde_json::{Value, json};

use super::{assert_nowhere, key, made_up, name};
use crate::common::TestRepo;

/// A day so many days from now.
fn day(days: i64) -> String {
    let now = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * days);
    now.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// Registers a made-up key.
#[track_caller]
fn add(repo: &TestRepo, seed: u64, created: i64, rotate_by: i64) {
    let (created, rotate_by) = (day(created), day(rotate_by));
    let words = ["add", "--environment", "production", "--role", "writer", "--owner", "ops"];
    let ran = key(repo, &[&words[..], &["--created", &created, "--rotate-by", &rotate_by]].concat(), &made_up(seed));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

/// Commits a made-up key on a day.
fn leak(repo: &TestRepo, seed: u64, days: i64) {
    repo.write(&format!("{seed}.py"), format!("IDEOGRAM_API_KEY = '{}'\n", made_up(seed))).stage();
    let date = format!("{}T12:00:00Z", day(days));
    let ran = crate::common::hermetic("git", repo.path())
        .args(["commit", "--quiet", "--no-verify", "--message", "x"])
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_COMMITTER_DATE", &date)
        .status();
    assert!(ran.unwrap().success());
}

/// What is told of the keys, by their names.
#[track_caller]
fn told(repo: &TestRepo, words: &[&str]) -> (i32, Vec<Value>) {
    let ran = key(repo, &[&["age", "--format", "json"], words].concat(), "");
    let object: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
    (ran.code, object["keys"].as_array().unwrap().clone())
}

#[test]
fn without_any_key_nothing_is_due() {
    let repo = TestRepo::new();
    repo.commit("empty");

    let ran = key(&repo, &["age"], "");

    assert_eq!((ran.code, ran.stdout.as_str()), (0, "0 keys, 0 due\n"), "{}", ran.stderr);
}

#[test]
fn a_key_is_overdue_after_its_day_and_after_so_many_days() {
    let repo = TestRepo::new();
    repo.commit("empty");
    add(&repo, 1, -10, 20);
    add(&repo, 2, -100, 20);
    add(&repo, 3, -50, -1);

    let (code, keys) = told(&repo, &[]);
    let overdue = |keys: &[Value]| -> Vec<(String, i64)> {
        let one = |key: &Value| (key["fingerprint"].as_str().unwrap().to_owned(), key["overdueDays"].as_i64().unwrap());
        keys.iter().map(one).collect()
    };

    assert_eq!(code, 1);
    assert_eq!(overdue(&keys), [(name(&made_up(2)), 10), (name(&made_up(3)), 1), (name(&made_up(1)), 0)]);
    assert_eq!(keys.iter().map(|key| key["due"] == true).collect::<Vec<_>>(), [true, true, false]);
    let (_, stricter) = told(&repo, &["--days", "5"]);
    assert_eq!(overdue(&stricter)[2], (name(&made_up(1)), 5));
    key(&repo, &["remove", &name(&made_up(2))], "");
    key(&repo, &["remove", &name(&made_up(3))], "");
    assert_eq!(told(&repo, &[]).0, 0);
}

#[test]
fn a_key_is_not_overdue_on_its_last_day() {
    let repo = TestRepo::new();
    repo.commit("empty");
    add(&repo, 1, -90, 0);

    assert_eq!(told(&repo, &[]).0, 0);
}

#[test]
fn a_leaked_key_is_due_and_its_exposure_is_told() {
    let repo = TestRepo::new();
    leak(&repo, 1, -30);
    fs::remove_file(repo.at("1.py")).unwrap();
    repo.stage().commit("gone");
    repo.git(&["branch", "release"]);
    add(&repo, 2, -10, 50);

    let ran = key(&repo, &["age"], "");
    let (code, keys) = told(&repo, &[]);

    assert_eq!((ran.code, code), (1, 1));
    let first = format!("leaked: Ab1c… {}, at least 30 days old (first commit {})\n", name(&made_up(1)), day(-30));
    assert!(ran.stdout.starts_with(&first), "{}", ran.stdout);
    assert!(ran.stdout.contains(&format!("exposed for 30 days (since {}), in ", day(-30))), "{}", ran.stdout);
    let references = keys[0]["leaked"]["references"].as_array().unwrap();
    for name in ["refs/heads/main", "refs/heads/release"] {
        assert!(references.contains(&name.into()), "{references:?}");
    }
    assert_eq!((&keys[0]["sinceFrom"], &keys[1]["sinceFrom"]), (&"commit".into(), &"registry".into()));
    assert_eq!(told(&repo, &["--no-history"]).0, 0);
    assert!(!ran.stdout.contains(&made_up(1)[4..20]) && !ran.stderr.contains(&made_up(1)[4..20]));
    assert_nowhere(&repo, &made_up(2), &[&ran]);
}

#[test]
fn a_leaked_key_that_the_account_has_archived_is_no_longer_due() {
    let repo = TestRepo::new();
    leak(&repo, 1, -30);
    let account = |status: &str, created: i64| {
        let made = format!("{}T00:00:00Z", day(created));
        let key = json!({"api_key_id": "k", "redacted_api_key": "Ab1c", "creation_time": made, "status": status});
        repo.write("account.json", json!({"api_keys": [key]}).to_string());
        told(&repo, &["--account-file", "account.json"])
    };

    let (archived, keys) = account("archived", -40);
    let (active, _) = account("active", -40);
    let (another, others) = account("archived", -3);

    assert_eq!((archived, active, another), (0, 1, 1));
    assert_eq!((&keys[0]["sinceFrom"], &keys[0]["days"]), (&"account".into(), &40.into()));
    assert_eq!(others[0]["status"], Value::Null, "that one was made after the leak");
}

#[test]
fn what_git_cannot_read_is_told_and_nothing_is_fine() {
    let repo = TestRepo::new();
    repo.write("a.txt", "harmless\n").stage().commit("a");
    let blob = repo.git(&["rev-parse", "HEAD:a.txt"]);
    let (folder, file) = blob.trim().split_at(2);
    let path = repo.at(&format!(".git/objects/{folder}/{file}"));
    std::process::Command::new("chmod").arg("644").arg(&path).status().unwrap();
    fs::write(path, b"damaged").unwrap();

    let ran = key(&repo, &["age"], "");

    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn an_account_file_that_is_none_is_refused() {
    let repo = TestRepo::new();
    repo.write("account.json", "{}");

    assert_eq!(key(&repo, &["age", "--account-file", "account.json"], "").code, 2);
}
