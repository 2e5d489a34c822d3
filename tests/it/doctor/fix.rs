//! What `--fix` mends, what it only says, and what it leaves to people.

use std::fs;

use super::item;
use crate::common::TestRepo;

#[test]
fn fix_adds_the_lines_and_the_hooks_and_then_both_pass() {
    let repo = TestRepo::new();
    repo.write(".gitignore", "target").write("a.py", "print()\n");

    let ran = repo.ideoguard(&["doctor", "--fix", "--no-store"]);

    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("added `.env`, `.env.*`, `!.env.example`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("pre-commit"), "{}", ran.stderr);
    let text = fs::read_to_string(repo.at(".gitignore")).unwrap();
    assert!(text.starts_with("target\n\n#") && text.contains("\n.env\n.env.*\n!.env.example\n"), "{text}");
    assert_eq!(item(&repo, "env-files-ignored").verdict(), "pass");
    assert_eq!(item(&repo, "hooks-here").verdict(), "pass");
}

#[test]
fn fix_is_recorded_and_changes_nothing_where_it_cannot_be() {
    let (repo, other) = (TestRepo::new(), TestRepo::new());
    fs::create_dir_all(other.at(".git/ideoguard/audit.jsonl")).unwrap();

    repo.ideoguard(&["doctor", "--fix", "--no-store"]);
    let refused = other.ideoguard(&["doctor", "--fix", "--no-store"]);

    let shown = repo.ideoguard(&["audit", "show", "--action", "ideoguard.doctor.fix", "--format", "jsonl"]).stdout;
    let whats = shown.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["resource"].clone());
    assert_eq!(whats.collect::<Vec<_>>(), [".gitignore", "hooks"]);
    assert_eq!(refused.code, 3, "{}", refused.stdout);
    assert!(!other.at(".gitignore").exists() && !other.at(".git/hooks/pre-commit").exists());
}

#[test]
fn fix_twice_changes_nothing_more() {
    let repo = TestRepo::new();
    repo.ideoguard(&["doctor", "--fix", "--no-store"]);
    let once = fs::read(repo.at(".gitignore")).unwrap();

    let ran = repo.ideoguard(&["doctor", "--fix", "--no-store"]);

    assert_eq!(fs::read(repo.at(".gitignore")).unwrap(), once);
    assert_eq!(ran.stderr, "nothing here can be mended without asking\n");
}

#[test]
fn a_dry_run_only_says_what_would_be_done() {
    let repo = TestRepo::with_init(&["--template="]);
    repo.write(".gitignore", "target\n");

    let ran = repo.ideoguard(&["doctor", "--fix", "--dry-run", "--no-store"]);

    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("would add `.env`") && ran.stderr.contains("would write"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(repo.at(".gitignore")).unwrap(), "target\n");
    assert!(!repo.at(".git/hooks").exists());
}

#[test]
fn a_dry_run_without_fix_is_no_command() {
    assert_eq!(TestRepo::new().ideoguard(&["doctor", "--dry-run"]).code, 2);
}

#[test]
fn fix_takes_no_file_out_of_git_and_says_how_to() {
    let repo = TestRepo::new();
    repo.write(".env", "PORT=1\n").stage().commit("root");

    let ran = repo.ideoguard(&["doctor", "--fix", "--no-store"]);

    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("`git rm --cached .env`"), "{}", ran.stdout);
    assert_eq!(repo.git(&["ls-files"]), ".env\n");
}

#[cfg(unix)]
#[test]
fn fix_follows_no_link_out_of_the_repository() {
    let repo = TestRepo::new();
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("profile");
    fs::write(&target, "mine\n").unwrap();
    std::os::unix::fs::symlink(&target, repo.at(".gitignore")).unwrap();

    let ran = repo.ideoguard(&["doctor", "--fix", "--no-store"]);

    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert_eq!(fs::read_to_string(&target).unwrap(), "mine\n");
}
