//! The scheme of a shared secret, with and without a time.

use std::fs;
use std::process::Stdio;

use serde_json::Value;

use super::{body, changed, text, vectors, webhook};
use crate::common::{Ran, TestRepo, hermetic};

/// A folder with a secret in a file that is its owner's alone.
fn folder(secret: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret"), secret).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder.path().join("secret"), fs::Permissions::from_mode(0o600)).unwrap();
    }
    folder
}

/// The words of a check at a time.
const CHECK: [&str; 5] = ["verify", "--secret-file", "secret", "--at", "2026-01-01T00:01:40Z"];

#[test]
fn what_another_implementation_signed_is_good() {
    for vector in vectors()["shared"].as_array().unwrap() {
        let folder = folder(text(vector, "secret"));
        let plain = format!("X-Signature: {}", text(vector, "plain"));
        let timed = format!("x-ideoguard-signature: sha256={}", text(vector, "timed"));
        let words = ["--no-timestamp", "--signature-header", "X-Signature", "--header", &plain];

        let plain = webhook(folder.path(), &[&CHECK[..], &words].concat(), &body(vector));
        let words = ["--header", &timed, "--header", "X-Ideoguard-Timestamp: 1767225600"];
        let timed = webhook(folder.path(), &[&CHECK[..], &words].concat(), &body(vector));

        assert_eq!((plain.code, plain.stderr.as_str()), (0, ""));
        assert!(plain.stdout.contains("a replay does not show"), "{}", plain.stdout);
        assert_eq!(timed.stdout, "good: signed with the shared secret, sent 100 s ago\n");
        assert_eq!(timed.code, 0);
    }
}

/// Checks a timed delivery with these changes.
#[track_caller]
fn check(time: &str, signature: impl Fn(&str) -> String, body_of: impl Fn(Vec<u8>) -> Vec<u8>, more: &[&str]) -> Ran {
    let vectors = vectors();
    let vector = &vectors["shared"][1];
    let folder = folder(text(vector, "secret"));
    let signature = format!("X-Ideoguard-Signature: {}", signature(text(vector, "timed")));
    let time = format!("X-Ideoguard-Timestamp: {time}");
    let words = [&["verify", "--secret-file", "secret", "--header", &signature, "--header", &time], more].concat();
    webhook(folder.path(), &words, &body_of(body(vector)))
}

#[test]
fn what_was_changed_is_refused() {
    let at = ["--at", "2026-01-01T00:00:00Z"];
    for place in [0, 31, 63] {
        let ran = check("1767225600", |hex| changed(hex, place), |body| body, &at);
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (1, "refused: the signature is not of this body and these headers\n")
        );
    }
    assert_eq!(check("1767225600", str::to_owned, |body| [body, vec![b'\n']].concat(), &at).code, 1);
    assert_eq!(check("1767225601", str::to_owned, |body| body, &at).code, 1);
    assert_eq!(check("01767225600", str::to_owned, |body| body, &at).code, 1);
    assert_eq!(check("1767225600", str::to_owned, |body| body, &at).code, 0);
}

#[test]
fn what_is_no_signature_or_no_time_is_refused_with_the_reason() {
    let at = ["--at", "2026-01-01T00:00:00Z"];
    for (time, hex) in [
        ("1767225600", ""),
        ("1767225600", "abc"),
        ("1767225600", "zz"),
        ("-1", "ok"),
        ("+1", "ok"),
        ("1e9", "ok"),
        ("", "ok"),
    ] {
        let ran = check(time, |whole| if hex == "ok" { whole.to_owned() } else { hex.to_owned() }, |body| body, &at);

        assert_eq!(ran.code, 1, "{time} {hex}");
        assert!(
            ran.stdout.contains("is not an HMAC-SHA-256 in hex") || ran.stdout.contains("is not a time"),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn what_is_old_or_from_the_future_is_refused_unless_any_time_will_do() {
    let judged =
        |at: &str, more: &[&str]| check("1767225600", str::to_owned, |body| body, &[&["--at", at], more].concat());

    assert_eq!(judged("2026-01-01T00:05:00Z", &[]).code, 0);
    assert_eq!(judged("2026-01-01T00:05:01Z", &[]).stdout, "refused: it was sent 301 s ago: it may be a replay\n");
    assert_eq!(judged("2025-12-31T23:54:59Z", &[]).stdout, "refused: it says that it was sent 301 s from now\n");
    assert_eq!(judged("2026-01-01T00:00:11Z", &["--window", "10"]).code, 1);
    assert_eq!(judged("2027-01-01T00:00:00Z", &["--no-window"]).code, 0);
}

#[test]
fn headers_that_are_missing_or_repeated_are_named() {
    let at = ["--at", "2026-01-01T00:00:00Z"];
    let missing = check("1767225600", str::to_owned, |body| body, &[&at[..], &["--timestamp-header", "X-T"]].concat());
    let repeated = check(
        "1767225600",
        str::to_owned,
        |body| body,
        &[&at[..], &["--header", "x-ideoguard-timestamp: 1767225600"]].concat(),
    );

    assert_eq!(missing.stdout, "refused: the header `X-T` is missing\n");
    assert_eq!(repeated.stdout, "refused: the header `X-Ideoguard-Timestamp` is there more than once\n");
}

#[test]
fn a_secret_comes_from_a_file_a_variable_or_standard_input() {
    let vectors = vectors();
    let vector = &vectors["shared"][1];
    let folder = folder(&format!("{}\n", text(vector, "secret")));
    fs::write(folder.path().join("body"), body(vector)).unwrap();
    let signature = format!("X-Ideoguard-Signature: {}", text(vector, "plain"));
    let check = ["webhook", "verify", "body", "--no-timestamp", "--header", &signature];
    let run = |words: &[&str], input: &str| {
        use std::io::Write;
        let mut child = hermetic(env!("CARGO_BIN_EXE_ideoguard"), folder.path())
            .args(check)
            .args(words)
            .env("HOOK_SECRET", text(vector, "secret"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ran::from(child.wait_with_output().unwrap())
    };

    let ran = [
        run(&["--secret-file", "secret"], ""),
        run(&["--secret-env", "HOOK_SECRET"], ""),
        run(&["--secret-stdin"], text(vector, "secret")),
    ];
    let wrong =
        [run(&["--secret-env", "UNSET"], ""), run(&["--secret-stdin"], "short"), run(&["--secret-file", "none"], "")];

    assert_eq!(ran.each_ref().map(|ran| ran.code), [0, 0, 0]);
    assert_eq!(wrong.each_ref().map(|ran| ran.code), [2, 2, 3]);
    let said: String = ran.into_iter().chain(wrong).map(|ran| ran.stdout + &ran.stderr).collect();
    assert!(!said.contains(text(vector, "secret")) && !said.contains("short\n"), "{said}");
}

#[test]
fn the_body_and_the_secret_are_not_both_on_standard_input() {
    let folder = tempfile::tempdir().unwrap();

    assert_eq!(webhook(folder.path(), &["verify", "--secret-stdin"], b"x").code, 2);
    assert_eq!(webhook(folder.path(), &["sign", "-", "--secret-stdin"], b"x").code, 2);
}

#[test]
fn each_verdict_is_recorded_in_the_repository_where_it_was_asked_for() {
    let vectors = vectors();
    let vector = &vectors["shared"][0];
    let (repo, folder) = (TestRepo::new(), folder(text(vector, "secret")));
    let secret = folder.path().join("secret");
    let check = |signature: &str| {
        let header = format!("X-Signature: {signature}");
        let words = ["verify", "--secret-file", secret.to_str().unwrap(), "--no-timestamp", "--signature-header"];
        webhook(repo.path(), &[&words[..], &["X-Signature", "--header", &header]].concat(), &body(vector)).code
    };
    let signature = text(vector, "plain");

    assert_eq!((check(signature), check(&changed(signature, 3))), (0, 1));

    let shown = repo.ideoguard(&["audit", "show", "--action", "ideoguard.webhook.verify", "--format", "jsonl"]).stdout;
    let entries: Vec<Value> = shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let results: Vec<_> = entries.iter().map(|entry| entry["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["success", "failure"]);
    assert!(entries.iter().all(|entry| entry["resource"].as_str().unwrap().starts_with("sha256:")));
}
