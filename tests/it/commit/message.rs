//! The message of a commit: whatever git may record counts.

use std::path::Path;

use super::{assert_shows_no_secret, git, guarded, head, leak};
use crate::common::{Ran, TestRepo, hermetic};
use crate::fake;

/// How a message comes about.
struct Way {
    /// What it is, for a failure.
    name: &'static str,
    /// Further words for `git commit`.
    words: &'static [&'static str],
    /// What the editor writes: shell commands; `$1` is the file, `$KEY` a key under its name.
    editor: &'static str,
}

/// Commits one harmless change in one of these ways, with or without our hooks.
fn commit(repo: &TestRepo, way: &Way, more: &[&str]) -> Ran {
    repo.write("edit.sh", way.editor);
    let editor = format!("sh {}", repo.at("edit.sh").display());
    hermetic("git", repo.path())
        .args(["commit", "--quiet", "--allow-empty"])
        .args(way.words)
        .args(more)
        .env("GIT_EDITOR", editor)
        .env("KEY", leak(1).trim_end())
        .output()
        .expect("git runs")
        .into()
}

/// Tells whether the last message holds the key.
fn holds_key(folder: &Path) -> bool {
    git(folder, "log --format=%B -1").stdout.contains(&fake::ideogram_key(1))
}

/// Writes a subject and the key in the line `$1` asks for, above what git put in the file.
const ABOVE: &str = "{ echo subject; echo; echo \"$KEY\"; cat \"$1\"; } >t; mv t \"$1\"";
const COMMENT: &str = "{ echo subject; echo; echo \"# $KEY\"; cat \"$1\"; } >t; mv t \"$1\"";
const INDENTED: &str = "{ echo subject; echo; echo \"  # $KEY\"; cat \"$1\"; } >t; mv t \"$1\"";
const BELOW: &str = "{ echo subject; cat \"$1\"; echo \"$KEY\"; } >t; mv t \"$1\"";
const COMMENT_BELOW: &str = "{ echo subject; cat \"$1\"; echo \"# $KEY\"; } >t; mv t \"$1\"";
const NOTHING: &str = "{ echo subject; cat \"$1\"; } >t; mv t \"$1\"";

#[test]
fn a_message_is_refused_whenever_git_would_record_the_key() {
    let editors = [("above", ABOVE), ("comment", COMMENT), ("indented", INDENTED), ("comment below", COMMENT_BELOW)];
    let ways: [&[&str]; 10] = [
        &[],
        &["--verbose"],
        &["--cleanup=scissors"],
        &["--cleanup=scissors", "--verbose"],
        &["--cleanup=strip"],
        &["--cleanup=verbatim"],
        &["--cleanup=whitespace", "--verbose"],
        &["--no-status"],
        &["--amend"],
        &["--edit", "--message", "given"],
    ];
    let mut wrong = Vec::new();
    for words in ways {
        for (name, editor) in editors {
            let way = Way { name, words, editor };
            let repo = guarded();
            let before = head(repo.path());

            let ran = commit(&repo, &way, &[]);
            let refused = head(repo.path()) == before;
            commit(&repo, &way, &["--no-verify"]);

            assert_eq!(ran.code, i32::from(refused), "{}", ran.stderr);
            assert_shows_no_secret(&ran);
            if !refused && holds_key(repo.path()) {
                wrong.push(format!("{words:?}, {}", way.name));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn what_the_configuration_keeps_is_judged() {
    let mut wrong = Vec::new();
    for mode in ["strip", "whitespace", "verbatim", "scissors", "default"] {
        for (name, editor) in [("comment", COMMENT), ("comment below", COMMENT_BELOW), ("above", ABOVE)] {
            let way = Way { name, words: &[], editor };
            let repo = guarded();
            repo.git(&["config", "commit.cleanup", mode]);
            let before = head(repo.path());

            commit(&repo, &way, &[]);
            let refused = head(repo.path()) == before;
            commit(&repo, &way, &["--no-verify"]);

            if !refused && holds_key(repo.path()) {
                wrong.push(format!("{mode}, {}", way.name));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn text_that_a_person_wrote_below_scissors_is_judged_to_be_on_the_safe_side() {
    for words in [&[] as &[&str], &["--cleanup=scissors"], &["--cleanup=verbatim"]] {
        let ran = commit(&guarded(), &Way { name: "", words, editor: BELOW }, &[]);

        assert_eq!(ran.code, 1, "{words:?}: {}", ran.stderr);
    }
}

#[test]
fn the_diff_below_a_verbose_message_does_not_count() {
    let repo = guarded();
    repo.write("app.py", leak(1)).stage().commit("leaked");
    repo.write("app.py", "pass\n").stage();
    repo.git(&["config", "commit.verbose", "true"]);

    let ran = commit(&repo, &Way { name: "verbose", words: &[], editor: NOTHING }, &[]);

    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(!holds_key(repo.path()));
}

#[test]
fn a_key_in_a_message_that_is_given_is_refused_and_the_message_is_kept() {
    let repo = guarded();
    let message = format!("subject\n\n# {}", leak(1));

    let ran = repo.try_git(&["commit", "--allow-empty", "--message", &message]);

    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stderr);
    let kept = std::fs::read_to_string(repo.at(".git/COMMIT_EDITMSG")).unwrap();
    assert!(kept.starts_with("subject\n\n# IDEOGRAM"), "the message can be brought back");
}

#[test]
fn a_key_in_a_message_from_a_file_or_a_template_is_refused() {
    let repo = guarded();
    repo.write("message", format!("subject\n\n{}", leak(1)));

    let file = git(&repo, "commit --quiet --allow-empty --file message");
    let template = commit(&repo, &Way { name: "", words: &["--template", "message"], editor: "echo x >>$1" }, &[]);

    assert_eq!((file.code, template.code), (1, 1), "{}{}", file.stderr, template.stderr);
}

#[test]
fn a_key_in_a_comment_is_refused_since_git_does_not_say_whether_it_keeps_comments() {
    let ran = commit(&guarded(), &Way { name: "", words: &[], editor: COMMENT }, &[]);

    assert_eq!(ran.code, 1, "{}", ran.stderr);
}

#[test]
fn a_message_is_refused_from_a_folder_and_from_a_linked_worktree() {
    let repo = guarded();
    repo.write("deep/er/a.txt", "a\n").stage().commit("deep");
    repo.git(&["worktree", "add", "--quiet", "tree", "-b", "other"]);
    for folder in ["deep/er", "tree"] {
        let word = leak(1).replace(' ', "");

        let ran = git(repo.at(folder), &format!("commit --quiet --allow-empty --message {}", word.trim_end()));

        assert_eq!(ran.code, 1, "{folder}: {}", ran.stderr);
        assert!(ran.stderr.contains("(the message)"), "{}", ran.stderr);
    }
}
