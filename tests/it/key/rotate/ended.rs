//! Runs that are ended at any moment: the next one goes on, and no key is lost.
#![cfg(target_os = "linux")]

use std::io::Write;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Account, made_up, name, project, read, rotate};
use crate::common::{Ran, TestRepo, hermetic};
use crate::key::command;
use crate::server::{Act, Server};

/// Whether both keys can still be had, each from a file.
fn has_both(repo: &TestRepo) -> bool {
    let find = |key: &str| {
        let found = hermetic("grep", repo.path()).args(["-rlF", "-e", key, "."]).output().unwrap();
        !found.stdout.is_empty()
    };
    find(&made_up(1)) && find(&made_up(2))
}

#[test]
fn a_run_that_is_killed_while_it_asks_for_the_new_key_has_kept_it() {
    let (repo, account) = (project(), Account::open());
    let slow = Server::start(|_| Act::Late(Duration::from_secs(60)));
    let base = slow.url("");
    let mut child =
        command(&repo, &["rotate", "--non-interactive", "--key-stdin", "--base-url", &base]).spawn().unwrap();
    child.stdin.take().unwrap().write_all(made_up(2).as_bytes()).unwrap();
    while slow.seen().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }

    child.kill().unwrap();
    child.wait().unwrap();
    let kept = has_both(&repo);
    account.revoke(&made_up(1));
    let ran = rotate(&repo, &account, &[]);

    assert!(kept);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(read(&repo, ".env").contains(&made_up(2)));
}

#[test]
fn a_run_that_is_killed_while_it_asks_for_the_old_key_goes_on_there() {
    let repo = project();
    let asked = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&asked);
    let slow = Server::start(move |seen| {
        if seen.header("api-key") == made_up(2) {
            return Act::Answer(200, vec![]);
        }
        *counted.lock().unwrap() += 1;
        Act::Late(Duration::from_secs(60))
    });
    let base = slow.url("");
    let mut child =
        command(&repo, &["rotate", "--non-interactive", "--key-stdin", "--base-url", &base]).spawn().unwrap();
    child.stdin.take().unwrap().write_all(made_up(2).as_bytes()).unwrap();
    while *asked.lock().unwrap() == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }

    child.kill().unwrap();
    child.wait().unwrap();
    let account = Account::open();
    account.revoke(&made_up(1));
    let ran = rotate(&repo, &account, &[]);

    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("in no file here, or no more"), "{}", ran.stdout);
}

/// The calls that change something on disk, or make sure of it.
const CHANGES: [&str; 7] = ["mkdir", "fchmod", "fsync", "ftruncate", "rename", "unlink", "rmdir"];

/// Every moment at which a run may be killed: before the `nth` call of a kind, for as long as there is one.
fn at_every_change(mut is_killed: impl FnMut(&str, usize) -> bool) -> usize {
    CHANGES.iter().map(|call| (1..1000).take_while(|nth| is_killed(call, *nth)).count()).sum()
}

/// Runs a rotation under strace, which kills it at its `nth` call of a kind; returns whether it did.
fn killed_at(repo: &TestRepo, words: &[&str], call: &str, nth: usize) -> bool {
    let inject = format!("inject={call}:signal=KILL:when={nth}");
    let mut child = hermetic("strace", repo.path())
        .args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject])
        .arg(env!("CARGO_BIN_EXE_ideoguard"))
        .args(["key", "rotate"])
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(made_up(2).as_bytes());
    let ran = Ran::from(child.wait_with_output().unwrap());
    // strace ends as its child did: by the signal.
    assert!(matches!(ran.code, 0 | 128), "at {call} {nth}: {} {}{}", ran.code, ran.stdout, ran.stderr);
    ran.code != 0
}

/// A project with two files, so that a run can end between them, and a registry.
fn registered() -> TestRepo {
    let repo = project();
    repo.write("app/.env.local", format!("KEY=\"{}\"\r\n", made_up(1)));
    let words = ["add", "--environment", "production", "--role", "writer", "--owner", "ops"];
    super::key(&repo, &words, &made_up(1));
    repo
}

#[test]
#[ignore = "needs strace"]
fn a_run_that_is_killed_at_any_change_is_gone_on_with_and_nothing_is_lost() {
    let moments = at_every_change(|call, nth| {
        let (repo, account) = (registered(), Account::open());
        account.revoke(&made_up(1));
        let base = account.server.url("");
        let words = ["--non-interactive", "--key-stdin", "--base-url", &base];

        let was_killed = killed_at(&repo, &words, call, nth);
        if has_state(&repo) || !read(&repo, ".env").contains(&made_up(2)) {
            let ran = rotate(&repo, &account, &["--key-stdin"]);
            assert_eq!(ran.code, 0, "killed at {call} {nth}: {}{}", ran.stdout, ran.stderr);
        }

        assert_eq!(
            read(&repo, ".env"),
            format!("DEBUG=1\nIDEOGRAM_API_KEY={}\n", made_up(2)),
            "killed at {call} {nth}"
        );
        assert_eq!(read(&repo, "app/.env.local"), format!("KEY=\"{}\"\r\n", made_up(2)), "killed at {call} {nth}");
        let listed = super::key(&repo, &["list"], "").stdout;
        assert!(listed.contains(&name(&made_up(2))) && listed.contains("1 key in"), "killed at {call} {nth}: {listed}");
        assert_eq!(repo.ideoguard(&["audit", "verify"]).code, 0, "killed at {call} {nth}");
        assert!(!has_state(&repo), "killed at {call} {nth}");
        was_killed
    });

    assert!(moments > 30, "there are more than {moments}");
}

#[test]
#[ignore = "needs strace"]
fn a_way_back_that_is_killed_at_any_change_is_gone_on_with() {
    let moments = at_every_change(|call, nth| {
        let (repo, account) = (registered(), Account::open());
        rotate(&repo, &account, &["--key-stdin"]);

        let was_killed = killed_at(&repo, &["--back"], call, nth);
        if has_state(&repo) {
            let ran = super::key(&repo, &["rotate", "--back"], "");
            assert_eq!(ran.code, 0, "killed at {call} {nth}: {}{}", ran.stdout, ran.stderr);
        }

        assert_eq!(
            read(&repo, ".env"),
            format!("DEBUG=1\nIDEOGRAM_API_KEY={}\n", made_up(1)),
            "killed at {call} {nth}"
        );
        assert_eq!(read(&repo, "app/.env.local"), format!("KEY=\"{}\"\r\n", made_up(1)), "killed at {call} {nth}");
        assert!(!has_state(&repo), "killed at {call} {nth}");
        was_killed
    });

    assert!(moments > 15, "there are more than {moments}");
}

/// Whether a rotation is going on.
fn has_state(repo: &TestRepo) -> bool {
    let all = std::fs::read_dir(repo.at(".git/ideoguard/rotation")).into_iter().flatten();
    all.filter_map(Result::ok).any(|entry| entry.path().join("state.json").exists())
}
