//! `ideoguard hook framework`, in the environments that the pre-commit framework makes; `tests/outside` runs the real one.

use crate::common::{Ran, TestRepo, hermetic};
use crate::fake;

/// A line of code with a key in it.
fn leak() -> String {
    format!("IDEOGRAM_API_KEY = \"{}\"\n", fake::ideogram_key(1))
}

/// A repository with one clean commit.
fn clean() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("app.py", "pass\n").stage().commit("root");
    repo
}

/// Runs the hook in an environment.
fn hook(repo: &TestRepo, environment: &[(&str, &str)]) -> Ran {
    let mut command = hermetic(env!("CARGO_BIN_EXE_ideoguard"), repo.path());
    let told = environment.iter().copied().chain([("PRE_COMMIT", "1")]);
    command.args(["hook", "framework"]).envs(told).output().unwrap().into()
}

#[test]
fn a_commit_is_judged_by_its_index() {
    let repo = clean();
    repo.write("app.py", leak()).stage().write("app.py", "pass\n");

    let ran = hook(&repo, &[("GIT_INDEX_FILE", ".git/index")]);

    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("app.py:1:21"), "{}", ran.stderr);
}

#[test]
fn what_was_typed_looks_at_the_tracked_files_and_at_no_others() {
    let repo = clean();
    repo.write("scratch.py", leak());
    assert_eq!(hook(&repo, &[]).code, 0);
    repo.write(".gitignore", "scratch.py\n").git(&["add", "--force", "scratch.py"]);

    let ran = hook(&repo, &[]);

    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("scratch.py:1:21"), "{}", ran.stderr);
}

#[test]
fn a_range_counts_with_what_it_takes_back() {
    let repo = clean();
    repo.write("app.py", leak()).stage().commit("bring");
    repo.write("app.py", "pass\n").stage().commit("take back");

    let ran = hook(&repo, &[("PRE_COMMIT_FROM_REF", "HEAD~2"), ("PRE_COMMIT_TO_REF", "HEAD")]);

    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("app.py:1:21"), "{}", ran.stderr);
}

#[test]
fn a_range_without_commits_passes_and_one_that_names_none_does_not() {
    let repo = clean();

    let empty = hook(&repo, &[("PRE_COMMIT_FROM_REF", "HEAD"), ("PRE_COMMIT_TO_REF", "HEAD")]);
    let wrong = hook(&repo, &[("PRE_COMMIT_FROM_REF", "gone"), ("PRE_COMMIT_TO_REF", "HEAD")]);

    assert_eq!(empty.code, 0, "{}", empty.stderr);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("`gone..HEAD` is no range"), "{}", wrong.stderr);
}

#[test]
fn a_first_push_is_told_by_its_branch_alone() {
    let repo = clean();
    repo.write("app.py", leak()).stage().commit("bring");
    repo.write("app.py", "pass\n").stage().commit("take back");
    let push = [
        ("PRE_COMMIT_REMOTE_NAME", "origin"),
        ("PRE_COMMIT_REMOTE_BRANCH", "refs/heads/main"),
        ("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/main"),
    ];

    let ran = hook(&repo, &push);

    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("app.py:1:21"), "{}", ran.stderr);
}

#[test]
fn a_push_of_what_is_not_here_is_refused() {
    let push = [
        ("PRE_COMMIT_REMOTE_NAME", "origin"),
        ("PRE_COMMIT_REMOTE_BRANCH", "refs/heads/main"),
        ("PRE_COMMIT_TO_REF", "refs/heads/gone"),
    ];

    let ran = hook(&clean(), &push);

    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("`refs/heads/gone` names nothing here"), "{}", ran.stderr);
}
