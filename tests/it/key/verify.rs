//! Asking whether a key is alive, of a server that speaks Ideogram's API, well or badly.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{assert_nowhere, command, key, made_up, name, recorded};
use crate::common::{Ran, TestRepo};
use crate::server::{Act, Server};

/// What a server does, and what is said of it.
type Case = (fn() -> Act, &'static str);

/// The words of a check against a server.
fn words(server: &Server) -> [String; 5] {
    ["verify".to_owned(), "--base-url".to_owned(), server.url(""), "--timeout".to_owned(), "20".to_owned()]
}

/// Asks a server.
#[track_caller]
fn ask(repo: &TestRepo, server: &Server, more: &[&str]) -> Ran {
    let words = words(server);
    key(repo, &[words.each_ref().map(String::as_str).as_slice(), more].concat(), &made_up(1))
}

#[test]
fn each_answer_says_what_it_says_of_the_key() {
    for (status, code, word) in [
        (200, 0, "alive"),
        (403, 0, "alive"),
        (404, 0, "alive"),
        (401, 1, "dead"),
        (204, 3, "unknown"),
        (400, 3, "unknown"),
        (429, 3, "unknown"),
        (500, 3, "unknown"),
        (503, 3, "unknown"),
    ] {
        let repo = TestRepo::new();
        let server = Server::start(move |_| Act::Answer(status, b"{}".to_vec()));

        let ran = ask(&repo, &server, &[]);

        assert_eq!(ran.code, code, "{status}: {}{}", ran.stdout, ran.stderr);
        let expected = format!("{word}: Ab1c… {} (it", name(&made_up(1)));
        assert!(ran.stdout.starts_with(&expected) && ran.stdout.contains(&status.to_string()), "{}", ran.stdout);
        let seen = server.seen();
        assert_eq!(seen.len(), 1);
        assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("GET", "/v2/account/usage"));
        assert_eq!(seen[0].header("api-key"), made_up(1));
        assert_eq!(seen[0].header("authorization"), "");
        assert_nowhere(&repo, &made_up(1), &[&ran]);
    }
}

#[test]
fn a_server_that_does_not_answer_as_it_should_says_nothing_of_the_key() {
    let acts: [Case; 7] = [
        (|| Act::Late(Duration::from_secs(60)), "it took too long"),
        (|| Act::Trickle(Duration::from_millis(50)), "it took too long"),
        (|| Act::CutOff, ""),
        (|| Act::Close, ""),
        (|| Act::Nonsense, ""),
        (|| Act::Huge(3 << 20), "larger than"),
        (
            || Act::Redirect(302, "https://elsewhere.example/steal".to_owned()),
            "leads to elsewhere.example; the key was not sent there",
        ),
    ];
    for (act, because) in acts {
        let repo = TestRepo::new();
        let server = Server::start(move |_| act());

        let base = server.url("");
        let ran = key(&repo, &["verify", "--base-url", &base, "--timeout", "2"], &made_up(1));

        assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.starts_with("unknown: ") && ran.stdout.contains(because), "{}", ran.stdout);
        assert_eq!(server.seen().len(), 1, "asked once");
        assert_nowhere(&repo, &made_up(1), &[&ran]);
    }
}

#[test]
fn no_redirect_is_followed_not_even_to_the_same_host() {
    let other = Server::start(|_| Act::Answer(200, vec![]));
    for status in [301, 302, 303, 307, 308] {
        let repo = TestRepo::new();
        let to_other = other.url("/v2/account/usage");
        let elsewhere = Server::start(move |_| Act::Redirect(status, to_other.clone()));
        let here = Server::start(move |_| Act::Redirect(status, "/v2/else".to_owned()));

        assert_eq!(ask(&repo, &elsewhere, &[]).code, 3);
        assert_eq!(ask(&repo, &here, &[]).code, 3);

        assert_eq!((elsewhere.seen().len(), here.seen().len(), other.seen().len()), (1, 1, 0));
    }
}

#[test]
fn an_authority_of_ones_own_is_trusted_when_it_is_named_and_only_then() {
    let repo = TestRepo::new();
    let server = Server::start_tls(|_| Act::Answer(200, vec![]));
    let other = Server::start_tls(|_| Act::Answer(200, vec![]));
    repo.write("ca.pem", &server.authority).write("other.pem", &other.authority).write("none.pem", "nothing\n");

    assert_eq!(ask(&repo, &server, &[]).code, 3);
    assert_eq!(ask(&repo, &server, &["--certificates", "other.pem"]).code, 3);
    assert_eq!(ask(&repo, &server, &["--certificates", "none.pem"]).code, 2);
    assert_eq!(server.seen().len(), 0, "the key was not sent to a machine that could not prove who it is");
    assert_eq!(ask(&repo, &server, &["--certificates", "ca.pem"]).code, 0);
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_key_can_be_presented_as_a_bearer_below_another_base() {
    let repo = TestRepo::new();
    let server = Server::start(|_| Act::Answer(200, vec![]));
    let base = server.url("/gateway/ideogram/");

    let ran = key(&repo, &["verify", "--base-url", &base, "--header", "bearer", "--format", "json"], &made_up(1));

    assert_eq!(ran.code, 0);
    let seen = server.seen().remove(0);
    assert_eq!(seen.path, "/gateway/ideogram/v2/account/usage");
    assert_eq!(seen.header("authorization"), format!("Bearer {}", made_up(1)));
    assert_eq!(seen.header("api-key"), "");
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&told["state"], &told["fingerprint"]), (&"alive".into(), &name(&made_up(1)).into()));
}

#[test]
fn a_key_comes_from_a_file_or_a_variable_too() {
    let repo = TestRepo::new();
    let server = Server::start(|_| Act::Answer(200, vec![]));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    fs::write(&file, made_up(2)).unwrap();
    Command::new("chmod").arg("600").arg(&file).status().unwrap();
    let words = words(&server);
    let words = words.each_ref().map(String::as_str);

    let from_file = key(&repo, &[&words[..], &["--key-file", file.to_str().unwrap()]].concat(), "");
    let from_variable = Ran::from(
        command(&repo, &[&words[..], &["--key-env", "MY_KEY"]].concat()).env("MY_KEY", made_up(3)).output().unwrap(),
    );

    assert_eq!((from_file.code, from_variable.code), (0, 0), "{}{}", from_file.stderr, from_variable.stderr);
    let keys: Vec<String> = server.seen().iter().map(|seen| seen.header("api-key").to_owned()).collect();
    assert_eq!(keys, [made_up(2), made_up(3)]);
    assert_nowhere(&repo, &made_up(3), &[&from_file, &from_variable]);
}

#[test]
fn what_is_no_key_is_not_sent_and_not_shown() {
    let server = Server::start(|_| Act::Answer(200, vec![]));
    let repo = TestRepo::new();
    let words = words(&server);
    let words = words.each_ref().map(String::as_str);
    for wrong in
        ["", "short", "two words of something", "größe-größe-größe", &"x".repeat(5000), "a\nHost: evil.example"]
    {
        let ran = key(&repo, &words, wrong);

        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(wrong.is_empty() || !ran.stderr.contains(wrong), "{}", ran.stderr);
    }
    assert_eq!(server.seen().len(), 0);
    assert_eq!(recorded(&repo), []);
}

#[test]
fn a_key_is_not_taken_from_the_command_line() {
    let repo = TestRepo::new();

    for words in
        [vec!["verify", "Ab1cSomething"], vec!["add", "Ab1cSomething"], vec!["verify", "--key", "Ab1cSomething"]]
    {
        assert_eq!(key(&repo, &words, "").code, 2);
    }
}

#[test]
fn a_key_on_the_command_line_is_not_repeated() {
    let (repo, wrong) = (TestRepo::new(), made_up(1));
    let glued = format!("--key={wrong}");
    let lines: [&[&str]; 9] = [
        &["verify", &wrong],
        &["verify", &glued],
        &["verify", "--key", &wrong],
        &["verify", "--key-env", &wrong],
        &["verify", "--key-file", &wrong],
        &["verify", "--key-keyring", &wrong],
        &["rotate", "--non-interactive", "--old", &wrong],
        &["rotate", "--non-interactive", "--old-file", &wrong],
        &["remove", &wrong],
    ];

    for words in lines {
        let ran = key(&repo, words, "");

        assert!(matches!(ran.code, 2 | 3), "{words:?}");
        assert_nowhere(&repo, &wrong, &[&ran]);
    }
    let told = key(&repo, &["verify", &wrong], "").stderr;
    assert!(told.contains("an argument looks like a secret, so none is repeated here"), "{told}");
    assert!(key(&repo, &["verify", "--formt", "json"], "").stderr.contains("'--format'"));
}

#[test]
fn nothing_is_asked_from_within_a_hook() {
    let server = Server::start(|_| Act::Answer(200, vec![]));
    let repo = TestRepo::new();
    let base = server.url("");
    for variable in ["GIT_INDEX_FILE", "GIT_QUARANTINE_PATH", "GIT_PUSH_OPTION_COUNT"] {
        for what in ["verify", "account"] {
            let ran = command(&repo, &[what, "--base-url", &base, "--key-env", "K"])
                .env("K", made_up(1))
                .env(variable, "0")
                .stdin(Stdio::null())
                .output()
                .unwrap();

            assert_eq!(ran.status.code(), Some(2));
        }
    }
    assert_eq!(server.seen().len(), 0);
}

#[test]
fn each_question_is_recorded() {
    let repo = TestRepo::new();
    let alive = Server::start(|_| Act::Answer(200, vec![]));
    let broken = Server::start(|_| Act::Answer(500, vec![]));

    ask(&repo, &alive, &[]);
    ask(&repo, &broken, &[]);

    let entry = |result: &str| ("ideoguard.key.verify".to_owned(), result.to_owned(), name(&made_up(1)));
    assert_eq!(recorded(&repo), [entry("success"), entry("failure")]);
    assert_eq!(repo.ideoguard(&["audit", "verify"]).code, 0);
}

#[test]
fn without_a_repository_a_key_can_be_asked_for_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|_| Act::Answer(200, vec![]));

    let words = ["key", "verify", "--base-url", &server.url("")];
    let ran = crate::common::ideoguard_in(folder.path(), &words, made_up(1).as_bytes());

    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_key_in_memory_goes_into_no_core_dump_and_no_other_program() {
    let repo = TestRepo::new();
    let server = Server::start(|_| Act::Late(Duration::from_secs(5)));
    let words = words(&server);
    let mut child = command(&repo, &words.each_ref().map(String::as_str)).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), made_up(1).as_bytes()).unwrap();
    while server.seen().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let at = |file: &str| format!("/proc/{}/{file}", child.id());

    let limits = fs::read_to_string(at("limits")).unwrap();
    let arguments = String::from_utf8_lossy(&fs::read(at("cmdline")).unwrap()).into_owned();
    let children = fs::read_to_string(at(&format!("task/{}/children", child.id()))).unwrap_or_default();
    child.wait_with_output().unwrap();

    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    assert!(!arguments.contains(&made_up(1)[4..20]));
    assert_eq!(children, "", "no other program is started");
}

/// Types a key on a terminal of its own, and prints all that the terminal shows.
#[cfg(target_os = "linux")]
const TYPIST: &str = r#"
import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown = b""
while b"not shown" not in shown:
    shown += os.read(terminal, 1000)
time.sleep(0.2)
os.write(terminal, os.environ["TYPED"].encode() + b"\n")
try:
    while True:
        more = os.read(terminal, 1000)
        if not more:
            break
        shown += more
except OSError:
    pass
status = os.waitpid(pid, 0)[1]
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(status))
"#;

#[cfg(target_os = "linux")]
#[test]
fn a_key_that_is_typed_is_not_shown() {
    let repo = TestRepo::new();
    let server = Server::start(|_| Act::Answer(200, vec![]));

    let ran = Ran::from(
        crate::common::hermetic("python3", repo.path())
            .args(["-c", TYPIST, env!("CARGO_BIN_EXE_ideoguard"), "key"])
            .args(words(&server))
            .env("TYPED", made_up(4))
            .output()
            .unwrap(),
    );

    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("Key (not shown): ") && ran.stdout.contains("alive: Ab1c…"), "{}", ran.stdout);
    assert_eq!(server.seen()[0].header("api-key"), made_up(4));
    assert_nowhere(&repo, &made_up(4), &[&ran]);
}

#[cfg(target_os = "linux")]
#[test]
fn whoever_types_no_key_gets_the_terminal_back() {
    let repo = TestRepo::new();
    let program = env!("CARGO_BIN_EXE_ideoguard");
    let script = format!(
        "stty -a | grep -o ' -*echo '; '{program}' key verify; echo \"ended: $?\"; stty -a | grep -o ' -*echo '"
    );

    let ran = Ran::from(
        crate::common::hermetic("python3", repo.path())
            .args(["-c", TYPIST, "/bin/sh", "-c", &script])
            .env("TYPED", "half\u{3}")
            .output()
            .unwrap(),
    );

    assert!(ran.stdout.contains("ended: 130"), "{}", ran.stdout);
    assert!(ran.stdout.contains("no key was typed") && !ran.stdout.contains("half"), "{}", ran.stdout);
    assert_eq!(ran.stdout.matches(" echo ").count(), 2, "{}", ran.stdout);
}
