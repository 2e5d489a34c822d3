//! Applications' own audit lines: what they say of the use of keys, and what they must not make us say.

use std::fmt::Write as _;

use crate::common::{Ran, TestRepo, ideoguard_in};
use crate::fake;

/// An audit line of an application.
fn line(metadata: &str, resource: &str, result: &str, second: u32) -> String {
    format!(
        r#"2026-01-01T00:00:{second:02}Z INFO [AUDIT] {{"timestamp":"2026-01-01T00:00:{second:02}Z","action":"ideogram.api.call","userId":"u1","resource":"{resource}","result":"{result}","metadata":{{{metadata}}}}}"#
    ) + "\n"
}

/// A repository whose registry grants a writer and a reader of production their scopes.
fn granted() -> TestRepo {
    let repo = TestRepo::new();
    let key = |number: u32, role: &str, scopes: &str| {
        format!(
            "\"ig1:{number:032x}\" = {{ starts = \"Ab{number}c\", environment = \"production\", role = \"{role}\", owner = \"o\", scopes = [{scopes}], created = 2026-01-01, rotate-by = 2026-03-01 }}\n"
        )
    };
    let writer = key(1, "writer", r#""write:images", "write:models", "read:usage""#);
    let reader = key(2, "reader", r#""read:*""#);
    repo.write(".ideoguard/keys.toml", format!("[keys]\n{writer}{reader}"));
    repo
}

/// A log in which most things happen.
fn log() -> String {
    [
        line(r#""environment":"production","role":"writer","method":"POST""#, "/v1/ideogram-v3/generate", "success", 1),
        line(
            r#""environment":"production","role":"writer","method":"POST","status":429"#,
            "/v1/ideogram-v3/generate",
            "failure",
            2,
        ),
        line(
            r#""environment":"production","role":"writer","method":"POST","status":429"#,
            "/v1/ideogram-v3/generate",
            "failure",
            9,
        ),
        line(
            r#""environment":"prod","key":"Ab2c…","method":"POST","status":401"#,
            "/v1/images/8f3a7/remix",
            "failure",
            3,
        ),
        line("", "/v1/resource", "success", 4),
        "GET /health 200\n".to_owned(),
        "[AUDIT] {\"timestamp\":\"2026-01-01T00:00:00Z\",\"action\":\"ideogram.api.call\"}\n".to_owned(),
        "[AUDIT] {\"timestamp\":\"2026-01-\n".to_owned(),
    ]
    .concat()
}

fn import(repo: &TestRepo, words: &[&str], input: &str) -> Ran {
    ideoguard_in(repo.path(), &[&["audit", "import"], words].concat(), input.as_bytes())
}

#[test]
fn scopes_and_failures_are_told_for_each_role_and_environment() {
    let repo = granted();
    repo.write("app.log", log());

    let ran = import(&repo, &["app.log"], "");

    assert_eq!((ran.code, ran.stderr.as_str()), (3, ""), "two lines could not be read");
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn the_same_is_told_to_programs() {
    let repo = granted();
    repo.write("app.log", log());

    let ran = import(&repo, &["app.log", "--format", "json"], "");

    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let users = told["users"].as_array().unwrap();
    let writer = users.iter().find(|user| user["role"] == "writer").unwrap();
    assert_eq!(writer["granted"]["neverUsed"], serde_json::json!(["read:usage", "write:models"]));
    assert_eq!((&writer["calls"], &writer["failed"]), (&3.into(), &2.into()));
    assert_eq!(writer["failures"][0]["status"], 429);
    assert_eq!(writer["failures"][0]["last"], "2026-01-01T00:00:09Z");
    let reader = users.iter().find(|user| user["role"] == "reader").unwrap();
    assert_eq!(reader["granted"]["notGranted"], serde_json::json!(["write:images"]));
    assert_eq!((&told["brokenLines"], &told["otherLines"], &told["entries"]), (&2.into(), &1.into(), &5.into()));
    assert_eq!(told["broken"][0]["line"], 7);
}

#[test]
fn a_log_that_is_clean_ends_with_0_and_one_without_audit_lines_does_not() {
    let repo = granted();
    let whole = line(r#""env":"production","role":"reader","method":"GET""#, "/v2/account/usage", "success", 1);

    assert_eq!(import(&repo, &["-"], &whole).code, 0);
    let none = import(&repo, &["-"], "GET /health 200\n");
    assert_eq!(none.code, 3);
    assert!(none.stderr.contains("no audit line is in -"), "{}", none.stderr);
    assert_eq!(import(&repo, &["missing.log"], "").code, 3);
    assert_eq!(import(&repo, &[], "").code, 2);
}

#[test]
fn entries_that_name_no_environment_have_the_one_that_is_said() {
    let repo = granted();
    let whole = line(r#""role":"writer","scope":"write:models""#, "/v1/x", "success", 1);

    let ran = import(&repo, &["-", "--environment", "production"], &whole);

    assert!(
        ran.stdout.starts_with("production, writer: 1 call, 0 failed\n  uses: write:models (1)\n"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("granted and used: write:models\n"), "{}", ran.stdout);
}

#[test]
fn without_a_repository_nothing_is_granted_and_the_rest_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let whole = line(r#""env":"staging","role":"writer","method":"POST""#, "/v1/x/edit", "success", 1);

    let ran = ideoguard_in(folder.path(), &["audit", "import", "-"], whole.as_bytes());

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("the registry has no key for it"), "{}", ran.stdout);
}

#[test]
fn a_secret_in_a_log_is_told_of_and_never_told() {
    let repo = granted();
    let key = fake::ideogram_key(7);
    let mut log = String::new();
    for (metadata, resource) in [
        (format!(r#""environment":"{key}","role":"{key}""#), format!("/v1/{key}/edit?api_key={key}")),
        (
            format!(r#""env":"production","method":"{key}","scope":"write:{key}","IDEOGRAM_API_KEY":"{key}""#),
            key.clone(),
        ),
        (format!(r#""key":"{key}","status":"{key}""#), format!("POST /v1/{key}")),
    ] {
        log += &line(&metadata, &resource, "failure", 1);
    }
    writeln!(log, "[AUDIT] {{\"IDEOGRAM_API_KEY\": \"{key}\"").unwrap();
    writeln!(log, "[AUDIT] {{\"{key}\": 1}}").unwrap();

    for format in ["text", "json"] {
        let ran = import(&repo, &["-", "--format", format], &log);

        assert_eq!(ran.code, 3, "{}", ran.stderr);
        for part in [&key[..16], &key[30..46], &key[70..]] {
            assert!(!ran.stdout.contains(part) && !ran.stderr.contains(part), "{}{}", ran.stdout, ran.stderr);
        }
    }
    let told = import(&repo, &["-"], &log).stdout;
    assert!(told.contains("hold what looks like a secret, the first is -:"), "{told}");
}

#[test]
fn what_comes_from_a_log_reaches_no_terminal_raw() {
    let repo = granted();
    let log = line("\"env\":\"\\u001b]0;owned\\u0007\"", "/v1/\\u001b[31m/x", "failure", 1);

    let ran = import(&repo, &["-"], &log);

    assert!(!ran.stdout.contains(['\u{1b}', '\u{7}']), "{:?}", ran.stdout);
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_log() {
    use std::io::Write;
    use std::process::Stdio;
    let repo = granted();
    let mut child = crate::common::hermetic(env!("CARGO_BIN_EXE_ideoguard"), repo.path())
        .args(["audit", "import", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let letter = |number: u32| char::from(b'a' + u8::try_from(number % 26).unwrap());
    for number in 0..30_000 {
        let word: String = [number, number / 26, number / 676, number / 17_576].map(letter).iter().collect();
        let metadata = format!(r#""env":"{word}","method":"POST","status":{}"#, number % 999);
        input.write_all(line(&metadata, &format!("/v1/{word}"), "failure", number % 60).as_bytes()).unwrap();
    }
    // One line that never ends, twice as long as one may be.
    input.write_all("[AUDIT] {".as_bytes()).unwrap();
    (0..2048).for_each(|_| input.write_all(&[b'x'; 1024]).unwrap());

    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    drop(input);
    let ran = Ran::from(child.wait_with_output().unwrap());

    assert!(ran.stdout.contains(":30001: the audit line is too long"), "{}", &ran.stdout[ran.stdout.len() - 400..]);
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 64 << 10, "{peak} kB");
}
