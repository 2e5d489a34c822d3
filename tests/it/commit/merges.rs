//! Merges, cherry-picks and reverts: what the others already have, and what the merge itself brings.

use super::{git, guarded, leak, passes, recorded, refused};
use crate::common::TestRepo;

/// Runs git, which must go well.
#[track_caller]
fn done(repo: &TestRepo, words: &str) {
    let ran = git(repo, words);
    assert_eq!(ran.code, 0, "git {words}: {}{}", ran.stdout, ran.stderr);
}

/// Runs a merge that our hooks must stop; git leaves it open.
#[track_caller]
fn refused_merge(repo: &TestRepo, words: &str) -> String {
    let before = git(repo, "rev-parse HEAD").stdout;
    let ran = git(repo, words);
    assert_ne!(ran.code, 0, "{}", ran.stderr);
    super::assert_shows_no_secret(&ran);
    assert_eq!(git(repo, "rev-parse HEAD").stdout, before);
    ran.stderr
}

/// A guarded repository on `main`, whose other branch `topic` has changed `app.py` past all hooks.
fn forked(base: &str, topic: &str, main: &str) -> TestRepo {
    let repo = guarded();
    repo.write("app.py", base).stage().commit("app");
    done(&repo, "checkout --quiet -b topic");
    repo.write("app.py", topic).stage().commit("topic");
    done(&repo, "checkout --quiet main");
    repo.write("app.py", main).write("main.py", "pass\n").stage().commit("main");
    repo
}

#[test]
fn a_key_that_the_other_branch_has_already_does_not_block_the_merge() {
    let repo = forked("a\n", &leak(1), "a\n");

    passes(&repo, "merge --quiet --no-ff --message merge topic");
}

#[test]
fn a_merge_that_git_makes_by_itself_is_judged_before_it_is_recorded() {
    let repo = forked("a\n", "a\nb\n", "a\n");
    // An own driver, as people have for lock files, can bring what no side has.
    repo.write(".gitattributes", "app.py merge=own\n").write("merged", leak(1));
    repo.git(&["config", "merge.own.driver", "cp merged %A"]);
    repo.write("app.py", "z\na\n");
    done(&repo, "add app.py .gitattributes");
    repo.commit("driver");

    let said = git(&repo, "merge --quiet --no-ff --message merge topic");

    assert_ne!(said.code, 0, "{}", said.stderr);
    assert!(said.stderr.contains("app.py:1:21"), "{}", said.stderr);
    assert_eq!(git(&repo, "log --format=%s -1").stdout, "driver\n");
}

#[test]
fn a_key_that_only_the_merge_brings_is_refused() {
    let repo = forked("a\nb\nc\n", "topic\nb\nc\n", "a\nb\nmain\n");
    done(&repo, "merge --quiet --no-ff --no-commit topic");
    repo.write("app.py", format!("topic\nb\n{}main\n", leak(1))).stage();

    let said = refused(&repo, "commit --quiet --no-edit");

    assert!(said.contains("app.py:3:21"), "{said}");
    repo.write("app.py", "topic\nb\nmain\n").stage();
    passes(&repo, "commit --quiet --no-edit");
    assert_eq!(git(&repo, "log --format=%p -1").stdout.split_whitespace().count(), 2);
}

#[test]
fn a_conflict_that_is_solved_with_a_key_is_refused() {
    let repo = forked("a\n", "topic\n", "main\n");
    assert_eq!(git(&repo, "merge --quiet topic").code, 1);
    repo.write("app.py", leak(1));

    let said = refused(&repo, "commit --quiet --all --no-edit");

    assert!(said.contains("app.py:1:21"), "{said}");
    repo.write("app.py", "both\n");
    passes(&repo, "commit --quiet --all --no-edit");
}

#[test]
fn a_conflict_that_is_solved_with_their_key_does_not_block() {
    let repo = forked("a\n", &leak(1), "main\n");
    assert_eq!(git(&repo, "merge --quiet topic").code, 1);
    repo.write("app.py", format!("main\n{}", leak(1))).stage();

    let said = recorded(&repo, "commit --quiet --no-edit");

    assert!(said.starts_with("1 secret in git already, on untouched lines, first at "), "{said}");
}

#[test]
fn a_merge_of_many_branches_is_judged_against_all_of_them() {
    let repo = guarded();
    for (branch, text) in [("one", leak(1)), ("two", "pass\n".to_owned())] {
        done(&repo, &format!("checkout --quiet -b {branch} main"));
        repo.write(&format!("{branch}.py"), text).stage().commit(branch);
    }
    done(&repo, "checkout --quiet main");
    repo.write("main.py", "pass\n").stage().commit("main");
    let start = git(&repo, "rev-parse HEAD").stdout;

    passes(&repo, "merge --quiet --message octopus one two");

    done(&repo, &format!("reset --quiet --hard {}", start.trim()));
    done(&repo, "merge --quiet --no-commit one two");
    repo.write("two.py", leak(2)).stage();
    let said = refused(&repo, "commit --quiet --no-edit");
    assert!(said.contains("two.py:1:21") && !said.contains("one.py"), "{said}");
}

#[test]
fn a_merge_into_one_change_is_new_as_a_whole() {
    let repo = forked("a\n", &leak(1), "a\n");
    done(&repo, "merge --quiet --squash topic");

    refused(&repo, "commit --quiet --message squashed");
}

#[test]
fn a_key_in_the_message_of_a_merge_is_refused() {
    let repo = forked("a\n", "b\n", "a\n");

    let said = refused_merge(&repo, &format!("merge --quiet --no-ff topic --message {}", leak(1).replace(' ', "")));

    assert!(said.contains("(the message)"), "{said}");
}

#[test]
fn a_cherry_pick_with_a_conflict_is_judged_when_it_is_committed() {
    let repo = forked("a\n", &leak(1), "main\n");
    assert_eq!(git(&repo, "cherry-pick topic").code, 1);
    repo.write("app.py", format!("main\n{}", leak(1))).stage();

    let said = refused(&repo, "commit --quiet --no-edit");

    assert!(said.contains("app.py:2:21"), "{said}");
    repo.write("app.py", "main\ntopic\n").stage();
    passes(&repo, "commit --quiet --no-edit");
}

#[test]
fn a_revert_that_brings_a_key_back_is_judged_when_it_is_committed() {
    let repo = guarded();
    repo.write("app.py", leak(1)).stage().commit("leaked");
    repo.write("app.py", "pass\n").stage().commit("removed");
    repo.write("app.py", "run()\n").stage().commit("more");
    assert_eq!(git(&repo, "revert --no-edit HEAD~1").code, 1);
    repo.write("app.py", leak(1)).stage();

    refused(&repo, "commit --quiet --no-edit");

    repo.write("app.py", "run()\nagain()\n").stage();
    passes(&repo, "commit --quiet --no-edit");
}
