//! What anybody can make up, among tests or in documentation: it warns at the desk, and blocks at a server (among tests
//! unless its policy says otherwise).
#![cfg(unix)]

use serde_json::Value;

use crate::common::{Ran, TestRepo};
use crate::fake;
use crate::gate::world::World;

/// A line with a password that anybody can make up.
fn password(seed: u64) -> String {
    format!("client_secret = \"{}\"\n", fake::chars(seed, fake::BASE62, 32))
}

/// A repository with one file.
fn with(path: &str, text: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write(path, text);
    repo
}

/// Scans the work tree; returns the exit code and the one finding.
#[track_caller]
fn found(repo: &TestRepo, words: &[&str]) -> (i32, Value) {
    let Ran { code, stdout, stderr, .. } = repo.ideoguard(&[&["scan", "--format", "jsonl"], words].concat());
    let rows: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 1, "{stdout}{stderr}");
    (code, rows[0].clone())
}

/// Tells whether some text of a list says something.
fn says(list: &Value, words: &str) -> bool {
    list.as_array().unwrap().iter().any(|one| one.as_str().unwrap().contains(words))
}

#[test]
fn a_password_among_tests_warns_and_says_why() {
    let (code, row) = found(&with("tests/login.py", &password(1)), &[]);

    assert_eq!((code, &row["verdict"], &row["confidence"]), (0, &"warning".into(), &"medium".into()));
    assert!(says(&row["evidence"], "among tests"), "{row}");
    assert!(says(&row["advice"], "a server may refuse it here"), "{row}");
}

#[test]
fn the_same_password_blocks_elsewhere() {
    let (code, row) = found(&with("src/login.py", &password(1)), &[]);

    assert_eq!((code, &row["verdict"], &row["confidence"]), (1, &"leak".into(), &"high".into()));
    assert!(!says(&row["evidence"], "among tests"), "{row}");
}

#[test]
fn the_allow_file_makes_it_block_among_tests() {
    let repo = with("tests/login.py", &password(1));
    repo.write(".ideoguard.toml", "[tests]\nblock = true\n");

    let (code, row) = found(&repo, &["tests"]);

    assert_eq!((code, &row["verdict"]), (1, &"leak".into()));
}

#[test]
fn what_a_provider_issues_blocks_among_tests() {
    let key = format!("IDEOGRAM_API_KEY = \"{}\"\n", fake::ideogram_key(2));
    let token = format!("token = \"{}\"\n", fake::github_token(3));
    for text in [key, token] {
        let (code, row) = found(&with("tests/login.py", &text), &[]);

        assert_eq!((code, &row["verdict"]), (1, &"leak".into()), "{row}");
    }
}

#[test]
fn what_has_nothing_of_its_provider_but_the_name_warns_among_tests() {
    let text = format!("OVH_APPLICATION_SECRET = \"{}\"\n", fake::chars(13, fake::BASE62, 32));
    let (code, row) = found(&with("ovh_test.go", &text), &[]);

    assert_eq!((code, &row["rule"], &row["verdict"]), (0, &"ovh-secret".into(), &"warning".into()), "{row}");
}

#[test]
fn a_key_that_nobody_issues_warns_among_tests() {
    let text = format!("APP_KEY=base64:{}=\n", fake::chars(14, fake::BASE62, 43));
    let (code, row) = found(&with(".env.testing", &text), &[]);

    assert_eq!((code, &row["rule"], &row["verdict"]), (0, &"laravel-app-key".into(), &"warning".into()), "{row}");
}

#[test]
fn a_password_in_a_page_of_documentation_warns_and_says_why() {
    let (code, row) = found(&with("docs/login.md", &password(15)), &[]);

    assert_eq!((code, &row["verdict"], &row["confidence"]), (0, &"warning".into(), &"medium".into()));
    assert!(says(&row["evidence"], "in documentation"), "{row}");
    assert!(says(&row["advice"], "`[documentation] block = true`"), "{row}");
}

#[test]
fn in_a_readme_it_blocks_and_a_key_of_a_provider_blocks_in_documentation() {
    let key = format!("IDEOGRAM_API_KEY = \"{}\"\n", fake::ideogram_key(16));
    for (path, text) in [("README.md", password(16)), ("docs/README.md", password(16)), ("docs/login.md", key)] {
        let (code, row) = found(&with(path, &text), &[]);

        assert_eq!((code, &row["verdict"]), (1, &"leak".into()), "{row}");
    }
}

#[test]
fn the_allow_file_makes_it_block_in_documentation_and_not_among_tests() {
    let repo = with("docs/login.md", &password(17));
    repo.write(".ideoguard.toml", "[documentation]\nblock = true\n");
    assert_eq!(found(&repo, &["docs"]).0, 1);

    repo.write("tests/login.py", password(20));

    assert_eq!(found(&repo, &["tests"]).0, 0);
}

#[test]
fn a_server_refuses_it_in_documentation_also_if_tests_may_warn() {
    let world = World::new();
    world.says("warn-in-tests", "true");
    world.desk.write("docs/login.md", password(19)).stage().commit("a page");

    world.refused(&["origin", "main"]);
}

#[test]
fn a_folder_above_the_work_tree_makes_no_test_of_it() {
    let above = TestRepo::new();
    above.git(&["init", "--quiet", "tests/app"]);
    above.write("tests/app/login.py", password(4));

    let ran = above.ideoguard(&["-C", "tests/app", "scan"]);

    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn the_hooks_of_the_desk_let_it_pass_with_a_word() {
    let repo = with("tests/login.py", &password(5));
    repo.stage();

    let ran = repo.ideoguard(&["hook", "pre-commit"]);

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("it stands among"), "{}", ran.stderr);
}

#[test]
fn in_a_history_it_blocks_if_it_stands_elsewhere_now() {
    let repo = with("tests/login.py", &password(6));
    repo.stage().commit("a test");
    let scan = |repo: &TestRepo| found(repo, &["--history"]);
    assert_eq!(scan(&repo).0, 0);

    repo.write("src/login.py", password(6)).stage().commit("the same text elsewhere");

    let (code, row) = scan(&repo);
    assert_eq!((code, &row["path"], &row["confidence"]), (1, &"src/login.py".into(), &"high".into()));
    assert_eq!(scan(&repo), (code, row), "the second run says what the first did");
}

#[test]
fn in_a_history_the_allow_file_may_make_it_block_later() {
    let repo = with("tests/login.py", &password(7));
    repo.stage().commit("a test");
    assert_eq!(found(&repo, &["--history"]).0, 0);

    repo.write(".ideoguard.toml", "[tests]\nblock = true\n");

    assert_eq!(found(&repo, &["--history"]).0, 1);
}

#[test]
fn a_server_refuses_it_unless_its_policy_lets_it_warn() {
    let world = World::new();
    world.desk.write("tests/login.py", password(8)).stage().commit("a test");
    world.refused(&["origin", "main"]);

    world.says("warn-in-tests", "true").passes(&["origin", "main"]);
}

#[test]
fn with_that_policy_the_same_text_elsewhere_is_refused() {
    let world = World::new();
    world.says("warn-in-tests", "true");
    world.desk.write("tests/login.py", password(9)).write("src/login.py", password(9)).stage().commit("twice");

    let seen = world.refused(&["origin", "main"]);

    assert!(seen.contains("src/login.py:1"), "{seen}");
}

#[test]
fn with_that_policy_a_reference_named_like_tests_gains_nothing() {
    let world = World::new();
    world.says("warn-in-tests", "true");
    world.desk.write("secret", password(10));
    let blob = world.desk.git(&["hash-object", "-w", "secret"]);

    world.refused(&["origin", &format!("{}:refs/tags/tests/secret", blob.trim())]);
}

#[test]
fn an_allow_file_on_the_server_may_ask_for_more_and_not_for_less() {
    let world = World::new();
    world.says("repository-allow-file", "true");
    world.desk.write(".ideoguard.toml", "[tests]\nblock = false\n").stage().commit("ask for less");
    world.passes(&["origin", "main"]);
    world.desk.write("tests/login.py", password(11)).stage().commit("a test");
    world.refused(&["origin", "main"]);
    world.says("warn-in-tests", "true").passes(&["origin", "main"]);

    world.desk.write(".ideoguard.toml", "[tests]\nblock = true\n").stage().commit("ask for more");
    world.passes(&["origin", "main"]);
    world.desk.write("tests/other.py", password(12)).stage().commit("another test");

    world.refused(&["origin", "main"]);
}
