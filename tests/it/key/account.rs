//! The keys of an account, and which of them leaked.

use serde_json::{Value, json};

use super::{assert_nowhere, key, made_up, name, recorded};
use crate::common::{Ran, TestRepo};
use crate::fake;
use crate::server::{Act, Server};

/// The key of an admin.
fn admin() -> String {
    fake::ideogram_key(77)
}

/// A server with an account of these keys.
fn serving(keys: &Value) -> Server {
    let answer = json!({ "api_keys": keys }).to_string();
    Server::start(move |seen| {
        if seen.header("api-key") == admin() {
            Act::Answer(200, answer.clone().into_bytes())
        } else {
            Act::Answer(401, vec![])
        }
    })
}

/// What a server does, and what is said of it.
type Case = (fn() -> Act, &'static str);

/// A key of an account.
fn listed(id: &str, start: &str, made: &str, status: &str) -> Value {
    json!({"api_key_id": id, "redacted_api_key": start, "creation_time": made, "status": status, "extra": [1]})
}

/// Asks for the account.
#[track_caller]
fn account(repo: &TestRepo, server: &Server, words: &[&str]) -> Ran {
    key(repo, &[&["account", "--base-url", &server.url("")], words].concat(), &admin())
}

/// A repository with a made-up key in its history, of the year 2000.
fn leaking() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("a.py", format!("IDEOGRAM_API_KEY = '{}'\n", made_up(1))).stage().commit("a");
    repo
}

#[test]
fn a_leaked_key_is_matched_by_its_start_and_the_time_when_it_was_made() {
    let repo = leaking();
    let server = serving(&json!([
        listed("new", "Ab1c", "2026-01-01T00:00:00Z", "active"),
        listed("old", "Ab1c", "1999-12-01T00:00:00Z", "disabled"),
        listed("other", "zzzz", "1999-12-01T00:00:00Z", "active"),
    ]));

    let ran = account(&repo, &server, &[]);

    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let expected = format!(
        "Ab1c… active, made 2026-01-01, new\n\
         Ab1c… disabled, made 1999-12-01, old\n  leaked: {} may be this key; first commit 2000-01-01\n\
         zzzz… active, made 1999-12-01, other\n3 keys in the account\n",
        name(&made_up(1))
    );
    assert_eq!(ran.stdout, expected);
    assert_eq!(server.seen()[0].path, "/v2/account/api-keys");
    assert_nowhere(&repo, &admin(), &[&ran]);
    assert_eq!(recorded(&repo), [("ideoguard.key.account".to_owned(), "success".to_owned(), name(&admin()))]);
}

#[test]
fn a_leaked_key_that_may_be_active_fails() {
    let repo = leaking();
    for (status, code) in [("active", 1), ("archived", 0), ("disabled", 0), ("something new", 1)] {
        let server = serving(&json!([listed("k", "Ab1c", "1999-12-01T00:00:00Z", status)]));

        assert_eq!(account(&repo, &server, &[]).code, code, "{status}");
    }
}

#[test]
fn a_leaked_key_of_no_account_is_told_as_such() {
    let repo = leaking();

    let ran = account(&repo, &serving(&json!([])), &[]);

    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.stdout,
        format!("leaked: Ab1c… {} is no key of this account\n0 keys in the account\n", name(&made_up(1)))
    );
}

#[test]
fn registered_keys_are_matched_too() {
    let repo = TestRepo::new();
    repo.commit("empty");
    let words = ["add", "--environment", "x", "--role", "reader", "--owner", "o", "--created", "2026-01-01"];
    assert_eq!(key(&repo, &words, &made_up(5)).code, 0);
    let server = serving(&json!([listed("k", "Ab1c…", "2026-01-01T09:00:00Z", "active")]));

    let ran = account(&repo, &server, &["--format", "json"]);

    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&told["keys"][0]["registered"], &told["keys"][0]["leaked"]), (&json!([name(&made_up(5))]), &json!([])));
}

#[test]
fn an_account_that_cannot_be_read_is_an_error() {
    let repo = TestRepo::new();
    repo.commit("empty");
    let acts: [Case; 8] = [
        (|| Act::Answer(401, vec![]), "that key is not valid"),
        (|| Act::Answer(403, vec![]), "it takes an admin's key"),
        (|| Act::Answer(404, vec![]), "it takes an admin's key"),
        (|| Act::Answer(429, vec![]), "try again later"),
        (|| Act::Answer(500, vec![]), "it answered with 500"),
        (|| Act::Answer(200, b"{}".to_vec()), "no list of keys"),
        (|| Act::CutOff, "no answer"),
        (|| Act::Redirect(307, "https://evil.example/".to_owned()), "the key was not sent there"),
    ];
    for (act, because) in acts {
        let server = Server::start(move |_| act());

        let ran = account(&repo, &server, &[]);

        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
        assert!(ran.stderr.contains(because), "{}", ran.stderr);
        assert_eq!(server.seen().len(), 1);
    }
    assert!(recorded(&repo).iter().all(|(_, result, _)| result == "failure"));
}

#[test]
fn what_the_account_says_reaches_no_terminal_raw() {
    let repo = TestRepo::new();
    let server = serving(&json!([listed("i\u{1b}]0;x\u{7}", "\u{1b}[1m", "2026-01-01T00:00:00Z", "\u{9b}31m")]));

    let ran = account(&repo, &server, &["--no-history"]);

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!ran.stdout.contains(|letter: char| letter.is_control() && letter != '\n'), "{:?}", ran.stdout);
}
