//! Keys in code and history, roles, and what the registry says.

use super::{Item, item};
use crate::common::{TestRepo, ideoguard_in};
use crate::fake;

#[test]
fn a_key_in_the_work_tree_and_one_in_the_history_fail_with_their_places() {
    let repo = TestRepo::new();
    let (old, new) = (fake::ideogram_key(1), fake::ideogram_key(2));
    let brought = repo.write("a.py", format!("IDEOGRAM_API_KEY = '{old}'\n")).stage().commit("add");
    repo.write("a.py", "").stage().commit("remove");
    repo.write("b.py", format!("\nIDEOGRAM_API_KEY = '{new}'\n"));

    let item = item(&repo, "no-key-in-code");

    assert_eq!(item.verdict(), "fail");
    let [past, present] = &item.evidence()[..] else { panic!("{}", item.text()) };
    assert!(past.starts_with("a.py:1: Ideogram API key") && past.contains(&brought[..12]), "{past}");
    assert!(present.starts_with("b.py:2: Ideogram API key") && present.contains("in the work tree"), "{present}");
    assert!(item.text().contains("2 keys in 2 places"), "{}", item.text());
}

#[test]
fn a_key_in_an_environment_file_that_git_does_not_have_is_where_it_belongs() {
    let repo = TestRepo::new();
    repo.write(".env", format!("IDEOGRAM_API_KEY={}\n", fake::ideogram_key(1))).write("a.py", "print()\n");

    assert_eq!(item(&repo, "no-key-in-code").verdict(), "pass");

    repo.git(&["add", ".env"]);
    assert_eq!(item(&repo, "no-key-in-code").verdict(), "fail");
}

#[test]
fn an_allowed_key_is_counted_and_fails_nothing() {
    let repo = TestRepo::new();
    repo.write("a.py", format!("IDEOGRAM_API_KEY = '{}' # ideoguard:allow made up\n", fake::ideogram_key(1))).stage();
    repo.commit("root");

    let item = item(&repo, "no-key-in-code");

    assert_eq!(item.verdict(), "pass");
    assert!(item.text().contains("2 allowed"), "{}", item.text());
}

#[test]
fn secrets_of_others_are_mentioned_and_fail_nothing() {
    let repo = TestRepo::new();
    repo.write("a.py", format!("t = '{}'\n", fake::github_token(1)));

    let item = item(&repo, "no-key-in-code");

    assert_eq!(item.verdict(), "pass");
    assert!(item.text().contains("1 secret of other providers"), "{}", item.text());
}

#[test]
fn a_reader_and_a_writer_with_one_key_fail() {
    let repo = TestRepo::new();
    let key = fake::ideogram_key(1);
    repo.write(".env", format!("IDEOGRAM_READ_KEY={key}\nIDEOGRAM_WRITE_KEY={key}\n"));

    let item = item(&repo, "key-per-role");

    assert_eq!(item.verdict(), "fail");
    assert!(item.evidence()[0].starts_with(".env:1: IDEOGRAM_READ_KEY is"), "{}", item.text());
}

#[test]
fn a_reader_and_a_writer_with_a_key_each_pass() {
    let repo = TestRepo::new();
    let (one, other) = (fake::ideogram_key(1), fake::ideogram_key(2));
    repo.write(".env", format!("IDEOGRAM_READ_KEY={one}\nIDEOGRAM_WRITE_KEY={other}\n"));

    assert_eq!(item(&repo, "key-per-role").verdict(), "pass");
}

#[test]
fn a_reader_and_a_writer_in_code_alone_cannot_be_told() {
    let repo = TestRepo::new();
    repo.write("a.py", "reader = C(os.environ['IDEOGRAM_READ_KEY'])\nwriter = C(os.environ['IDEOGRAM_WRITE_KEY'])\n");

    let item = item(&repo, "key-per-role");

    assert_eq!(item.verdict(), "unknown");
    assert_eq!(item.evidence()[1], "a.py:2: IDEOGRAM_WRITE_KEY is asked for");
}

#[test]
fn one_key_for_all_has_no_roles() {
    let repo = TestRepo::new();
    repo.write("a.py", "C(os.environ['IDEOGRAM_API_KEY'])\n");

    assert_eq!(item(&repo, "key-per-role").verdict(), "not-applicable");
}

/// Puts a key into the registry as a user does.
#[track_caller]
fn register(repo: &TestRepo, key: &str, words: &[&str]) {
    let all = [&["key", "add", "--owner", "ann", "--key-stdin"], words].concat();
    let ran = ideoguard_in(repo.path(), &all, key.as_bytes());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

/// The scopes and the age of what is registered.
fn registered(repo: &TestRepo) -> (Item, Item) {
    (item(repo, "least-scopes"), item(repo, "key-age"))
}

#[test]
fn without_a_registry_scopes_and_ages_do_not_arise() {
    let (scopes, age) = registered(&TestRepo::new());

    assert_eq!((scopes.verdict(), age.verdict()), ("not-applicable", "not-applicable"));
}

#[test]
fn a_registry_of_young_keys_with_few_scopes_passes() {
    let repo = TestRepo::new();
    register(&repo, &fake::ideogram_key(1), &["--environment", "development", "--role", "reader", "--scope", "read:*"]);
    register(
        &repo,
        &fake::ideogram_key(2),
        &["--environment", "production", "--role", "writer", "--scope", "write:images"],
    );

    let (scopes, age) = registered(&repo);

    assert_eq!((scopes.verdict(), age.verdict()), ("pass", "pass"), "{} {}", scopes.text(), age.text());
}

#[test]
fn a_registry_with_an_old_key_and_a_wide_scope_fails() {
    let repo = TestRepo::new();
    let words = ["--environment", "production", "--role", "writer", "--scope", "write:*"];
    register(&repo, &fake::ideogram_key(1), &[&words[..], &["--created", "2020-01-01"]].concat());

    let (scopes, age) = registered(&repo);

    assert_eq!((scopes.verdict(), age.verdict()), ("fail", "fail"));
    assert!(scopes.evidence()[0].contains("for production has 1 scope beyond what it needs"), "{}", scopes.text());
    assert!(age.evidence()[0].contains("should have been replaced"), "{}", age.text());
}

#[test]
fn a_key_that_is_set_elsewhere_than_the_registry_says_fails() {
    let repo = TestRepo::new();
    let key = fake::ideogram_key(1);
    register(&repo, &key, &["--environment", "production", "--role", "writer", "--scope", "write:images"]);
    repo.write(".env", format!("IDEOGRAM_API_KEY={key}\n"));

    let item = item(&repo, "key-per-environment");

    assert_eq!(item.verdict(), "fail");
    assert!(item.evidence()[0].contains("which the registry has for production"), "{}", item.text());
}

#[test]
fn a_key_that_the_registry_does_not_know_has_no_age() {
    let repo = TestRepo::new();
    register(&repo, &fake::ideogram_key(1), &["--environment", "production", "--role", "writer", "--scope", "write:a"]);
    repo.write(".env", format!("IDEOGRAM_API_KEY={}\n", fake::ideogram_key(2)));

    let (_, age) = registered(&repo);

    assert_eq!(age.verdict(), "unknown");
    assert!(age.evidence()[0].contains("which the registry does not know"), "{}", age.text());
}

#[test]
fn a_broken_registry_stops_the_checklist() {
    let repo = TestRepo::new();
    repo.write(".ideoguard/keys.toml", "[keys]\n\"x\" = 1\n");

    let ran = repo.ideoguard(&["doctor"]);

    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("keys.toml:2"), "{}", ran.stderr);
}
