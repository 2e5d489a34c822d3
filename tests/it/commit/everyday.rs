//! What people do every day: stage, commit, amend, commit all, commit one file.

use super::{git, guarded, leak, passes, recorded, refused};
use crate::cli::scrubbed;
use crate::common::TestRepo;
use crate::fake;

/// Returns a patch that `git apply` takes: one line of a file becomes another.
fn patch(path: &str, line: usize, old: &str, new: &str) -> String {
    format!("--- a/{path}\n+++ b/{path}\n@@ -{line} +{line} @@\n-{old}\n+{new}\n")
}

#[test]
fn a_commit_with_a_key_is_refused_with_what_where_why_and_the_way_out() {
    let repo = guarded();
    repo.write("src/app.py", format!("import os\n\n{}", leak(1))).stage();

    let ran = repo.try_git(&["commit", "--message", "add"]);

    insta::assert_snapshot!(scrubbed(&repo, &ran));
    assert_eq!(git(&repo, "log --format=%s").stdout, "base\n");
    assert_eq!(git(&repo, "diff --cached --name-only").stdout, "src/app.py\n");
}

#[test]
fn the_steps_that_a_refusal_names_lead_to_a_commit_that_passes() {
    let repo = guarded();
    repo.write("app.py", leak(1)).write(".env", format!("IDEOGRAM_API_KEY={}\n", fake::ideogram_key(2))).stage();
    let said = refused(&repo, "commit --quiet --message add");

    repo.write("app.py", "import os\nIDEOGRAM_API_KEY = os.environ[\"IDEOGRAM_API_KEY\"]\n")
        .write(".gitignore", ".env\n");
    for command in ["git add app.py", "git rm --cached .env"] {
        assert!(said.contains(&format!("`{command}`")), "{said}");
        git(&repo, command.strip_prefix("git ").unwrap());
    }

    passes(&repo, "commit --quiet --message add");
    assert!(repo.at(".env").exists());
}

#[test]
fn the_fingerprint_that_a_refusal_names_allows_the_commit() {
    let repo = guarded();
    repo.write("app.py", leak(1)).stage();
    let said = refused(&repo, "commit --quiet --message add");

    let fingerprint = said.split_whitespace().find(|word| word.starts_with("ig1:")).unwrap();
    let allow = repo.ideoguard(&["allow", fingerprint, "--reason", "made up for a story"]);

    assert_eq!(allow.code, 0, "{}", allow.stderr);
    passes(&repo, "commit --quiet --message add");
}

#[test]
fn a_commit_without_a_key_passes_in_silence() {
    let repo = guarded();
    repo.write("app.py", "import os\nKEY = os.environ[\"IDEOGRAM_API_KEY\"]\n").stage();

    passes(&repo, "commit --quiet --message add");
}

#[test]
fn the_first_commit_of_a_repository_is_judged_like_any_other() {
    let repo = TestRepo::new();
    repo.install().write("app.py", leak(1)).write("b.py", "pass\n").stage();

    refused(&repo, "commit --quiet --message first");

    git(&repo, "rm --quiet --cached app.py");
    passes(&repo, "commit --quiet --message first");
}

#[test]
fn an_empty_commit_passes() {
    passes(guarded(), "commit --quiet --allow-empty --message empty");
}

#[test]
fn an_amended_commit_is_judged_by_what_it_adds() {
    let repo = guarded();
    repo.write("app.py", leak(1)).stage();

    refused(&repo, "commit --quiet --amend --no-edit");

    repo.write("app.py", "pass\n").stage();
    passes(&repo, "commit --quiet --amend --no-edit");
}

#[test]
fn the_key_of_a_commit_can_be_amended_away() {
    let repo = guarded();
    repo.write("app.py", leak(1)).stage().commit("leaked");
    repo.write("app.py", "pass\n").stage();

    passes(&repo, "commit --quiet --amend --no-edit");
}

#[test]
fn commit_all_is_judged_by_what_it_takes_from_the_work_tree() {
    let repo = guarded();
    repo.write("app.py", "pass\n").stage().commit("app");
    repo.write("app.py", leak(1)).write("untracked.py", leak(2));

    let said = refused(&repo, "commit --quiet --all --message change");

    assert!(said.contains("app.py:1:21") && !said.contains("untracked"), "{said}");
    repo.write("app.py", "run()\n");
    passes(&repo, "commit --quiet --all --message change");
}

#[test]
fn a_commit_of_one_path_is_not_blocked_by_what_else_is_staged() {
    let repo = guarded();
    repo.write("a.py", "pass\n").write("b.py", "pass\n").stage().commit("two");
    repo.write("a.py", leak(1)).write("b.py", "run()\n").stage();

    passes(&repo, "commit --quiet --message b b.py");

    assert_eq!(git(&repo, "diff --cached --name-only").stdout, "a.py\n");
    refused(&repo, "commit --quiet --message a a.py");
    refused(&repo, "commit --quiet --include --message a b.py");
    refused(&repo, "commit --quiet --message a");
}

#[test]
fn a_commit_of_one_path_takes_the_work_tree_and_so_does_the_judgement() {
    let repo = guarded();
    repo.write("a.py", "pass\n").stage().commit("one");
    repo.write("a.py", "staged = True\n").stage();
    repo.write("a.py", leak(1));

    refused(&repo, "commit --quiet --message a a.py");

    passes(&repo, "commit --quiet --message a");
}

#[test]
fn of_a_file_that_is_staged_in_part_only_that_part_counts() {
    let repo = guarded();
    let lines = (0..20).map(|number| format!("line {number}\n")).collect::<Vec<_>>().concat();
    repo.write("app.py", &lines).stage().commit("app");
    repo.write("app.py", lines.replace("line 0\n", "changed\n").replace("line 19\n", &leak(1)));
    repo.write("clean.patch", patch("app.py", 1, "line 0", "changed"));
    repo.write("leak.patch", patch("app.py", 20, "line 19", leak(1).trim_end()));

    git(&repo, "apply --unidiff-zero --cached clean.patch");
    passes(&repo, "commit --quiet --message part");

    git(&repo, "apply --unidiff-zero --cached leak.patch");
    assert!(refused(&repo, "commit --quiet --message rest").contains("app.py:20:21"));
}

#[test]
fn a_key_that_is_staged_is_refused_although_the_work_tree_has_lost_it() {
    let repo = guarded();
    repo.write("app.py", leak(1)).write("gone.py", leak(2)).stage();
    repo.write("app.py", "pass\n");
    std::fs::remove_file(repo.at("gone.py")).unwrap();

    let said = refused(&repo, "commit --quiet --message add");

    assert!(said.contains("app.py:1:21") && said.contains("gone.py:1:21"), "{said}");
}

#[test]
fn a_file_that_is_only_promised_blocks_nothing_until_it_is_added() {
    let repo = guarded();
    repo.write("later.py", leak(1)).write("now.py", "pass\n");
    git(&repo, "add now.py");
    git(&repo, "add --intent-to-add later.py");

    passes(&repo, "commit --quiet --message now");

    refused(&repo, "commit --quiet --all --message later");
}

#[test]
fn a_key_that_is_taken_away_blocks_nothing() {
    let repo = guarded();
    repo.write("whole.py", leak(1)).write("part.py", format!("a\n{}b\n", leak(2))).stage().commit("leaked");
    git(&repo, "rm --quiet whole.py");
    repo.write("part.py", "a\nb\n").stage();

    passes(&repo, "commit --quiet --message remove");
}

#[test]
fn an_old_key_on_an_untouched_line_is_mentioned_in_one_line_and_does_not_block() {
    let repo = guarded();
    repo.write("app.py", format!("a\n{}b\n", leak(1))).stage().commit("leaked");
    repo.write("app.py", format!("a\n{}changed\n", leak(1))).stage();

    let said = recorded(&repo, "commit --quiet --message change");

    assert_eq!(
        said,
        "1 secret in git already, on untouched lines, first at app.py:2:21\nscanned 1 of 1, 118 bytes: no leaks, 1 note\n"
    );
    repo.write("other.py", "pass\n").stage();
    passes(&repo, "commit --quiet --message other");
}

#[test]
fn an_old_key_on_a_line_that_changes_blocks() {
    let repo = guarded();
    repo.write("app.py", leak(1)).stage().commit("leaked");
    repo.write("app.py", format!("{}  # here\n", leak(1).trim_end())).stage();

    refused(&repo, "commit --quiet --message change");
}

#[test]
fn an_old_key_that_moves_to_another_line_blocks_as_git_sees_it_added() {
    let repo = guarded();
    repo.write("app.py", format!("{}a\nb\nc\nd\n", leak(1))).stage().commit("leaked");
    repo.write("app.py", format!("a\nb\nc\nd\n{}", leak(1))).stage();

    refused(&repo, "commit --quiet --message move");
}

#[test]
fn who_says_no_verify_is_not_stopped() {
    let repo = guarded();
    repo.write("app.py", leak(1)).stage();

    passes(&repo, "commit --quiet --no-verify --message add");
}

#[test]
fn without_the_hooks_git_commits_as_before() {
    let repo = guarded();
    repo.write("app.py", leak(1)).stage();

    let ran = repo.ideoguard(&["uninstall"]);

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    passes(&repo, "commit --quiet --message add");
}
