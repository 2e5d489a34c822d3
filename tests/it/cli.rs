//! The command line: help, messages and exit codes.

use std::fs;
use std::io::Write;

use ideoguard::rules::built_in;

use crate::common::{Ran, TestRepo, ideoguard_in};
use crate::fake;

/// A repository with one made-up Ideogram key in one staged file.
pub(crate) fn leaking() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("app.py", format!("IDEOGRAM_API_KEY = \"{}\"\n", fake::ideogram_key(1))).stage();
    repo
}

/// A repository with one harmless staged file.
pub(crate) fn clean() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("app.py", "print('hello')\n").stage();
    repo
}

/// What a run wrote, with the repository's folder and the version replaced.
pub(crate) fn scrubbed(repo: &TestRepo, ran: &Ran) -> String {
    let folder = repo.path().canonicalize().expect("the folder");
    let text = format!("exit code {}\n--- stdout\n{}--- stderr\n{}", ran.code, ran.stdout, ran.stderr);
    text.replace(&*folder.to_string_lossy(), "REPO").replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

/// The help of a command.
fn help(words: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = ideoguard_in(folder.path(), &[words, &["--help"]].concat(), b"");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    ran.stdout
}

#[test]
fn every_command_teaches_itself() {
    insta::assert_snapshot!("help", help(&[]));
    insta::assert_snapshot!("help_scan", help(&["scan"]));
    insta::assert_snapshot!("help_hook", help(&["hook"]));
    insta::assert_snapshot!("help_hook_pre_commit", help(&["hook", "pre-commit"]));
    insta::assert_snapshot!("help_hook_pre_merge_commit", help(&["hook", "pre-merge-commit"]));
    insta::assert_snapshot!("help_hook_commit_msg", help(&["hook", "commit-msg"]));
    insta::assert_snapshot!("help_hook_pre_push", help(&["hook", "pre-push"]));
    insta::assert_snapshot!("help_hook_framework", help(&["hook", "framework"]));
    insta::assert_snapshot!("help_hook_pre_receive", help(&["hook", "pre-receive"]));
    insta::assert_snapshot!("help_hook_update", help(&["hook", "update"]));
    insta::assert_snapshot!("help_policy", help(&["policy"]));
    insta::assert_snapshot!("help_policy_check", help(&["policy", "check"]));
    insta::assert_snapshot!("help_install", help(&["install"]));
    insta::assert_snapshot!("help_uninstall", help(&["uninstall"]));
    insta::assert_snapshot!("help_allow", help(&["allow"]));
    insta::assert_snapshot!("help_baseline", help(&["baseline"]));
    insta::assert_snapshot!("help_baseline_create", help(&["baseline", "create"]));
    insta::assert_snapshot!("help_baseline_update", help(&["baseline", "update"]));
    insta::assert_snapshot!("help_baseline_prune", help(&["baseline", "prune"]));
    insta::assert_snapshot!("help_baseline_import", help(&["baseline", "import"]));
    insta::assert_snapshot!("help_doctor", help(&["doctor"]));
    insta::assert_snapshot!("help_rules", help(&["rules"]));
    insta::assert_snapshot!("help_rules_list", help(&["rules", "list"]));
    insta::assert_snapshot!("help_rules_show", help(&["rules", "show"]));
    insta::assert_snapshot!("help_rules_test", help(&["rules", "test"]));
    insta::assert_snapshot!("help_rules_check", help(&["rules", "check"]));
    insta::assert_snapshot!("help_audit", help(&["audit"]));
    insta::assert_snapshot!("help_audit_show", help(&["audit", "show"]));
    insta::assert_snapshot!("help_audit_verify", help(&["audit", "verify"]));
    insta::assert_snapshot!("help_audit_import", help(&["audit", "import"]));
    insta::assert_snapshot!("help_audit_settle", help(&["audit", "settle"]));
    insta::assert_snapshot!("help_lsp", help(&["lsp"]));
    insta::assert_snapshot!("help_key", help(&["key"]));
    insta::assert_snapshot!("help_key_verify", help(&["key", "verify"]));
    insta::assert_snapshot!("help_key_account", help(&["key", "account"]));
    insta::assert_snapshot!("help_key_add", help(&["key", "add"]));
    insta::assert_snapshot!("help_key_list", help(&["key", "list"]));
    insta::assert_snapshot!("help_key_remove", help(&["key", "remove"]));
    insta::assert_snapshot!("help_key_age", help(&["key", "age"]));
    insta::assert_snapshot!("help_key_rotate", help(&["key", "rotate"]));
    insta::assert_snapshot!("help_webhook", help(&["webhook"]));
    insta::assert_snapshot!("help_webhook_verify", help(&["webhook", "verify"]));
    insta::assert_snapshot!("help_webhook_sign", help(&["webhook", "sign"]));
    insta::assert_snapshot!("help_explain", help(&["explain"]));
    insta::assert_snapshot!("help_report", help(&["report"]));
    insta::assert_snapshot!("help_completions", help(&["completions"]));
    insta::assert_snapshot!("help_man", help(&["man"]));
    insta::assert_snapshot!("help_store", help(&["store"]));
    insta::assert_snapshot!("help_store_info", help(&["store", "info"]));
    insta::assert_snapshot!("help_store_clear", help(&["store", "clear"]));
}

#[test]
fn no_line_of_help_is_wider_than_a_terminal() {
    let commands: [&[&str]; 41] = [
        &[],
        &["doctor"],
        &["hook", "pre-push"],
        &["hook", "pre-receive"],
        &["hook", "update"],
        &["policy"],
        &["policy", "check"],
        &["key"],
        &["key", "verify"],
        &["key", "account"],
        &["key", "add"],
        &["key", "list"],
        &["key", "remove"],
        &["key", "age"],
        &["webhook"],
        &["webhook", "verify"],
        &["webhook", "sign"],
        &["audit"],
        &["audit", "show"],
        &["audit", "verify"],
        &["audit", "settle"],
        &["scan"],
        &["hook"],
        &["hook", "pre-commit"],
        &["hook", "commit-msg"],
        &["install"],
        &["uninstall"],
        &["allow"],
        &["baseline"],
        &["baseline", "create"],
        &["baseline", "update"],
        &["baseline", "prune"],
        &["baseline", "import"],
        &["rules"],
        &["explain"],
        &["report"],
        &["completions"],
        &["man"],
        &["store"],
        &["store", "info"],
        &["store", "clear"],
    ];

    let wide: Vec<String> =
        commands.iter().flat_map(|words| help(words).lines().map(str::to_owned).collect::<Vec<_>>()).collect();

    assert_eq!(wide.iter().find(|line| line.chars().count() > 80), None);
}

#[test]
fn wrong_usage_is_explained_and_ends_with_2() {
    let repo = clean();
    let usages: [&[&str]; 14] = [
        &[],
        &["scam"],
        &["scan", "--staged", "app.py"],
        &["scan", "--staged", "--range", "A..B"],
        &["scan", "--stdin", "--staged"],
        &["scan", "--path", "x"],
        &["scan", "--staged", "--no-ignore"],
        &["scan", "--format", "xml"],
        &["scan", "--max-blob-size", "many"],
        &["scan", "--threads", "-1"],
        &["-q", "-v", "scan"],
        &["hook", "pre-push"],
        &["install", "--global", "somewhere"],
        &["allow", "ig1:0"],
    ];

    let told: Vec<String> = usages
        .iter()
        .map(|words| {
            let ran = repo.ideoguard(words);
            assert_eq!(ran.code, 2, "{words:?}");
            format!("$ ideoguard {}\n{}", words.join(" "), ran.stderr)
        })
        .collect();

    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_version_is_one_line() {
    let ran = clean().ideoguard(&["--version"]);

    assert_eq!((ran.code, ran.stdout), (0, format!("ideoguard {}\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn a_clean_scan_ends_with_0_and_says_what_it_covered() {
    let repo = clean();

    let ran = repo.ideoguard(&["scan", "app.py"]);

    insta::assert_snapshot!(scrubbed(&repo, &ran));
}

#[test]
fn a_leak_ends_with_1_and_is_never_shown() {
    let repo = leaking();

    for format in ["text", "json", "jsonl"] {
        let ran = repo.ideoguard(&["scan", "--staged", "--verbose", "--format", format]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stdout.contains("app.py"), "{}", ran.stdout);
        assert!(!ran.stdout.contains(&fake::ideogram_key(1)[..8]) && !ran.stderr.contains(&fake::ideogram_key(1)[..8]));
    }
}

#[test]
fn a_path_that_is_missing_is_an_error_and_not_a_clean_scan() {
    let repo = clean();

    let ran = repo.ideoguard(&["scan", "app.py", "gone.py"]);

    assert_eq!(ran.code, 3, "{}", ran.stdout);
    assert!(ran.stderr.starts_with("error: could not read `gone.py`: "), "{}", ran.stderr);
}

#[test]
fn an_empty_folder_is_not_a_clean_one() {
    let repo = TestRepo::new();
    fs::create_dir(repo.at("empty")).expect("a folder");

    insta::assert_snapshot!("nothing_in_a_folder", scrubbed(&repo, &repo.ideoguard(&["scan", "empty"])));
    insta::assert_snapshot!("nothing_in_the_work_tree", scrubbed(&repo, &repo.ideoguard(&["scan"])));
}

#[test]
fn nothing_staged_is_said_and_clean() {
    let repo = TestRepo::new();

    insta::assert_snapshot!(scrubbed(&repo, &repo.ideoguard(&["scan", "--staged"])));
}

#[test]
fn a_hook_with_nothing_staged_is_silent() {
    let repo = TestRepo::new();

    let ran = repo.ideoguard(&["hook", "pre-commit"]);

    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
}

#[test]
fn a_clean_commit_hears_nothing() {
    let repo = clean();

    let commit = repo.hook("pre-commit").hook("commit-msg").try_git(&["commit", "--quiet", "--message", "add"]);

    assert_eq!((commit.code, commit.stdout.as_str(), commit.stderr.as_str()), (0, "", ""));
}

#[test]
fn a_leaking_commit_is_refused_on_standard_error() {
    let repo = leaking();

    let commit = repo.hook("pre-commit").try_git(&["commit", "--message", "add"]);

    assert_eq!(commit.code, 1);
    assert!(commit.stderr.contains("app.py:1:21"), "{}", commit.stderr);
    assert!(commit.stderr.contains("`git add app.py`"), "{}", commit.stderr);
    assert!(commit.stderr.ends_with("The commit is refused.\n"), "{}", commit.stderr);
}

#[test]
fn a_leaking_message_is_refused_with_the_way_back() {
    let repo = clean();
    let message = format!("use IDEOGRAM_API_KEY={}", fake::ideogram_key(1));

    let commit = repo.hook("commit-msg").try_git(&["commit", "--message", &message]);

    assert_eq!(commit.code, 1);
    assert!(commit.stderr.contains("git commit --edit --file=.git/COMMIT_EDITMSG"), "{}", commit.stderr);
}

#[test]
fn outside_a_repository_the_way_in_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let shown = folder.path().canonicalize().expect("the folder");

    for words in [&["scan"] as &[&str], &["scan", "--staged"], &["hook", "pre-commit"]] {
        let ran = ideoguard_in(folder.path(), words, b"");
        assert_eq!(ran.code, 2, "{words:?}");
        assert_eq!(
            ran.stderr.replace(&*shown.to_string_lossy(), "FOLDER"),
            "error: no git repository at `FOLDER` or above it\n  hint: run it inside a repository, or name one with \
             `-C DIR`; `ideoguard scan PATH` scans files without git\n"
        );
    }
}

#[test]
fn files_can_be_scanned_without_git() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.env"), format!("IDEOGRAM_API_KEY={}\n", fake::ideogram_key(1))).expect("a file");

    let ran = ideoguard_in(folder.path(), &["scan", "."], b"");

    assert_eq!(ran.code, 1, "{}", ran.stderr);
}

#[test]
fn text_on_standard_input_is_scanned_under_a_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!("IDEOGRAM_API_KEY={}\n", fake::ideogram_key(1));

    let named = ideoguard_in(folder.path(), &["scan", "--stdin", "--path", "a/b.env", "-q"], text.as_bytes());
    let unnamed = ideoguard_in(folder.path(), &["scan", "--stdin", "-q"], text.as_bytes());

    assert!(named.stdout.starts_with("a/b.env:1:18: leak: "), "{}", named.stdout);
    assert!(unnamed.stdout.starts_with("standard input:1:18: leak: "), "{}", unnamed.stdout);
}

#[test]
fn the_work_tree_is_scanned_as_a_whole_from_anywhere_in_it() {
    let repo = leaking();
    repo.write("deep/er/x.py", "pass\n");

    let ran = ideoguard_in(&repo.at("deep/er"), &["scan", "--quiet"], b"");

    assert!(ran.stdout.starts_with("../../app.py:1:21: leak: "), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn the_option_c_changes_the_folder_as_in_git() {
    let repo = clean();
    repo.write("deep/er/x.py", "pass\n");
    let outside = tempfile::tempdir().expect("a folder");
    let top = repo.path().to_string_lossy().into_owned();

    let ran = ideoguard_in(outside.path(), &["-C", &top, "-C", "deep", "-C", "", "scan", "er"], b"");
    let gone = ideoguard_in(outside.path(), &["-C", "gone", "scan"], b"");

    assert_eq!(ran.stdout, "scanned 1 of 1, 5 bytes: no leaks\n");
    assert_eq!((gone.code, gone.stderr.starts_with("error: could not change to `gone`: ")), (2, true));
}

#[test]
fn every_rule_is_listed_and_can_be_shown() {
    let repo = TestRepo::new();

    let list = repo.ideoguard(&["rules", "list"]);

    assert_eq!(list.stdout.lines().count(), built_in().len());
    for rule in built_in() {
        let shown = repo.ideoguard(&["rules", "show", rule.id]);
        assert!(shown.stdout.starts_with(&format!("{}: {}\n", rule.id, rule.title)), "{}", shown.stdout);
        assert!(list.stdout.lines().any(|line| line.starts_with(rule.id) && line.ends_with(rule.title)));
    }
}

#[test]
fn a_rule_that_does_not_exist_is_refused() {
    let repo = TestRepo::new();

    insta::assert_snapshot!(scrubbed(&repo, &repo.ideoguard(&["rules", "show", "no-such-rule"])));
}

#[test]
fn a_named_allow_file_must_exist() {
    let repo = clean();

    insta::assert_snapshot!(scrubbed(&repo, &repo.ideoguard(&["scan", "--staged", "--config", "gone.toml"])));
}

#[test]
fn an_allow_file_that_never_ends_is_refused() {
    let repo = clean();
    fs::create_dir(repo.at(".ideoguard.toml")).expect("a folder");

    let ran = repo.ideoguard(&["scan", "--staged"]);

    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("this is no regular file"), "{}", ran.stderr);
}

#[test]
fn an_allow_file_that_is_not_utf8_is_refused_with_its_line() {
    let repo = clean();
    fs::File::create(repo.at(".ideoguard.toml")).and_then(|mut file| file.write_all(b"# a\n# \xff\n")).expect("a file");

    let ran = repo.ideoguard(&["scan", "--staged"]);

    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains(".ideoguard.toml:2: this is not UTF-8"), "{}", ran.stderr);
}
