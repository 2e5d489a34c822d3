//! The guided run, at a terminal of its own.
#![cfg(target_os = "linux")]

use super::{Account, is_tidy, made_up, project, read};
use crate::common::{Ran, TestRepo, hermetic};
use crate::key::assert_nowhere;

/// Types answers at a terminal: each when its question is shown; prints all that the terminal shows.
const TYPIST: &str = r#"
import os, pty, sys, time, json
answers = json.loads(os.environ["ANSWERS"])
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown, at = b"", 0
try:
    for question, answer in answers:
        while question.encode() not in shown[at:]:
            shown += os.read(terminal, 1000)
        at = len(shown)
        time.sleep(0.2)
        os.write(terminal, answer.encode() + b"\n")
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

/// Runs a rotation at a terminal, with the account at an address, and types answers to its questions.
pub(in crate::key) fn typed(repo: &TestRepo, base: &str, answers: &[(&str, &str)]) -> Ran {
    let mut python = hermetic("python3", repo.path());
    python.args(["-c", TYPIST, env!("CARGO_BIN_EXE_ideoguard"), "key", "rotate", "--base-url", base]);
    python.env("ANSWERS", serde_json::to_string(answers).unwrap()).output().unwrap().into()
}

#[test]
fn somebody_is_led_through_it_and_no_key_is_shown() {
    let (repo, account) = (project(), Account::open());
    let new = made_up(2);
    account.revoke(&made_up(1));

    let ran = typed(
        &repo,
        &account.server.url(""),
        &[
            ("New key (not shown): ", &new),
            ("Replace it in these files?", ""),
            ("Is it set everywhere", ""),
            ("Revoke the old key", ""),
        ],
    );

    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("rotated: the old key is dead"), "{}", ran.stdout);
    assert!(read(&repo, ".env").contains(&new) && is_tidy(&repo));
    std::fs::remove_file(repo.at(".env")).unwrap();
    assert_nowhere(&repo, &new, &[&ran]);
    assert_nowhere(&repo, &made_up(1), &[&ran]);
}

#[test]
fn whoever_stops_can_go_on_later() {
    let (repo, account) = (project(), Account::open());
    let new = made_up(2);

    let before =
        typed(&repo, &account.server.url(""), &[("New key (not shown): ", &new), ("Replace it in these files?", "q")]);
    let untouched = read(&repo, ".env").contains(&made_up(1));
    let alive = typed(
        &repo,
        &account.server.url(""),
        &[("Replace it", ""), ("Is it set", ""), ("Revoke the old key", ""), ("still alive", "q")],
    );
    account.revoke(&made_up(1));
    let dead = typed(&repo, &account.server.url(""), &[("Is it set", ""), ("Revoke the old key", "")]);

    assert_eq!((before.code, untouched), (130, true), "{}", before.stdout);
    assert_eq!(alive.code, 1, "{}", alive.stdout);
    assert_eq!(dead.code, 0, "{}", dead.stdout);
}

#[test]
fn of_several_keys_one_is_chosen() {
    let (repo, account) = (project(), Account::open());
    repo.write(".env.staging", format!("IDEOGRAM_API_KEY={}\n", made_up(3)));
    let mut names = [super::name(&made_up(1)), super::name(&made_up(3))];
    names.sort();
    let wanted = if names[0] == super::name(&made_up(3)) { "1" } else { "2" };

    let ran = typed(
        &repo,
        &account.server.url(""),
        &[("Which key is to go?", wanted), ("New key", &made_up(2)), ("Replace it", "q")],
    );

    assert_eq!(ran.code, 130, "{}", ran.stdout);
    assert!(ran.stdout.contains(&format!("rotating Ab1c… {}", super::name(&made_up(3)))), "{}", ran.stdout);
    assert!(ran.stdout.contains(".env.staging:1: to be replaced"), "{}", ran.stdout);
}

#[test]
fn without_a_terminal_nobody_can_be_asked() {
    let (repo, account) = (project(), Account::open());

    let ran = super::key(&repo, &["rotate", "--base-url", &account.server.url("")], &made_up(2));

    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--non-interactive"), "{}", ran.stderr);
}
