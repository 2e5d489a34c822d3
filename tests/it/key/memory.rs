//! Keys in memory: gone when the program ends, wherever they were on their way.
//!
//! strace holds the program before its last call, and all memory that it has is looked through.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{made_up, name};
use crate::common::{Ran, TestRepo, hermetic};
use crate::server::{Act, Server};

/// How long the program is held at its end, in microseconds.
const HELD: &str = "inject=exit_group:delay_enter=4000000";

/// Who types: runs a program at a terminal, and answers the first question with `TYPED`.
const TYPIST: &str = r#"
import os, pty, sys
typed = os.environ.pop("TYPED").encode()
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
shown = b""
while b"not shown" not in shown:
    shown += os.read(terminal, 1000)
os.write(terminal, typed + b"\n")
try:
    while os.read(terminal, 1000):
        pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

/// A command that holds the program at its end.
fn held(repo: &TestRepo, before: &[&str], words: &[&str]) -> Command {
    let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=exit_group", "-e", HELD];
    let all = [before, &strace, &[env!("CARGO_BIN_EXE_ideoguard")], words].concat();
    let mut command = hermetic(all[0], repo.path());
    command.args(&all[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command to the end of the program, with what it reads; returns how it ended, and its memory before.
#[track_caller]
fn remembered(mut command: Command, input: &str) -> (Ran, Vec<u8>) {
    let mut child = command.spawn().expect("strace is there");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let memory = memory(at_its_end(&mut child));
    (child.wait_with_output().unwrap().into(), memory)
}

/// Waits until the program below a process is at its last call; returns its number.
#[track_caller]
fn at_its_end(child: &mut Child) -> u32 {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) && child.try_wait().unwrap().is_none() {
        if let Some(found) = below(child.id()).into_iter().find(|process| is_ending(*process)) {
            return found;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("the program was not seen at its end");
}

/// The processes below another one.
fn below(process: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    let children: Vec<u32> = children.split_whitespace().map(|child| child.parse().unwrap()).collect();
    children.into_iter().flat_map(|child| [vec![child], below(child)].concat()).collect()
}

/// Whether a process is our program, and is about to end.
fn is_ending(process: u32) -> bool {
    let is_ours = fs::read_link(format!("/proc/{process}/exe")).is_ok_and(|exe| exe.ends_with("ideoguard"));
    let call = fs::read_to_string(format!("/proc/{process}/syscall")).unwrap_or_default();
    is_ours && call.split(' ').next() == Some(&libc::SYS_exit_group.to_string())
}

/// All memory that a process may write to.
#[track_caller]
fn memory(process: u32) -> Vec<u8> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let mut file = File::open(format!("/proc/{process}/mem")).expect("only root may look into it");
    let mut all = Vec::new();
    for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|mode| mode.starts_with("rw"))) {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let [from, to] = [from, to].map(|hex| u64::from_str_radix(hex, 16).unwrap());
        file.seek(SeekFrom::Start(from)).unwrap();
        (&mut file).take(to - from).read_to_end(&mut all).unwrap();
    }
    all
}

/// Whether a text is in a memory.
fn has(memory: &[u8], text: &str) -> bool {
    memchr::memmem::find(memory, text.as_bytes()).is_some()
}

/// Sees to it that nothing of a key is in a memory in which something else is.
#[track_caller]
fn assert_gone(memory: &[u8], there: &str, keys: &[String]) {
    assert!(has(memory, there), "this looks in the wrong place: {there} is not there");
    for key in keys {
        for part in [&key[6..22], &key[30..46], &key[60..76]] {
            assert!(!has(memory, part), "a part of a key is in memory");
        }
    }
}

/// Asks for a key, at an account.
fn words(base: &str) -> [&str; 6] {
    ["key", "verify", "--base-url", base, "--timeout", "20"]
}

#[test]
#[ignore = "needs strace, as root"]
fn a_key_that_was_asked_for_is_gone() {
    let repo = TestRepo::new();
    let server = Server::start(|_| Act::Answer(200, b"{}".to_vec()));
    let base = server.url("");

    for style in ["api-key", "bearer"] {
        let words = [&words(&base)[..], &["--header", style]].concat();
        let (ran, memory) = remembered(held(&repo, &[], &words), &made_up(1));

        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        assert_gone(&memory, &name(&made_up(1)), &[made_up(1)]);
    }
}

#[test]
#[ignore = "needs strace, as root"]
fn a_key_that_went_over_tls_is_gone() {
    let repo = TestRepo::new();
    let server = Server::start_tls(|_| Act::Answer(401, b"{}".to_vec()));
    repo.write("ca.pem", &server.authority);
    let base = server.url("");
    let words = [&words(&base)[..], &["--certificates", "ca.pem"]].concat();

    let (ran, memory) = remembered(held(&repo, &[], &words), &made_up(1));

    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert_gone(&memory, &name(&made_up(1)), &[made_up(1)]);
}

#[test]
#[ignore = "needs strace, as root"]
fn a_key_that_was_typed_is_gone() {
    let repo = TestRepo::new();
    let server = Server::start(|_| Act::Answer(200, b"{}".to_vec()));
    let base = server.url("");
    let mut command = held(&repo, &["python3", "-c", TYPIST], &words(&base));
    command.env("TYPED", made_up(1));

    let (ran, memory) = remembered(command, "");

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_gone(&memory, &name(&made_up(1)), &[made_up(1)]);
}

#[test]
#[ignore = "needs strace, as root"]
fn a_key_that_was_registered_is_gone() {
    let repo = TestRepo::new();
    let words = ["key", "add", "--environment", "production", "--role", "writer", "--owner", "ops"];

    let (ran, memory) = remembered(held(&repo, &[], &words), &made_up(1));

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_gone(&memory, &name(&made_up(1)), &[made_up(1)]);
}

#[test]
#[ignore = "needs strace, as root"]
fn both_keys_of_a_rotation_are_gone_forth_and_back() {
    let (repo, server) = (super::rotate::project(), Server::start(|_| Act::Answer(200, b"{}".to_vec())));
    let base = server.url("");
    repo.write("app.py", format!("KEY = \"{}\"\n", made_up(1)));
    let words = ["key", "rotate", "--non-interactive", "--key-stdin", "--base-url", &base];

    let (forth, while_forth) = remembered(held(&repo, &[], &words), &made_up(2));
    let (back, while_back) = remembered(held(&repo, &[], &["key", "rotate", "--back"]), "");

    assert_eq!((forth.code, back.code), (1, 0), "{}{}", forth.stderr, back.stderr);
    for memory in [while_forth, while_back] {
        assert_gone(&memory, &name(&made_up(1)), &[made_up(1), made_up(2)]);
    }
}

#[test]
#[ignore = "needs strace, as root"]
fn what_the_checklist_read_of_a_work_tree_is_gone() {
    let repo = super::rotate::project();
    repo.write(".github/workflows/ci.yml", format!("env:\n  IDEOGRAM_API_KEY: {}\n", made_up(2)))
        .write("app.py", format!("IDEOGRAM_API_KEY = \"{}\"\n", made_up(3)))
        .write("notes.txt", format!("the Ideogram key is {}, they say\n", made_up(4)));

    let (ran, memory) = remembered(held(&repo, &[], &["doctor", "--format", "json", "--no-store"]), "");

    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert_gone(&memory, &name(&made_up(2)), &[made_up(1), made_up(2), made_up(3), made_up(4)]);
}

#[test]
#[ignore = "needs strace, as root"]
fn a_key_that_is_not_wiped_would_be_seen() {
    let repo = TestRepo::new();
    let server = Server::start(|_| Act::Answer(200, b"{}".to_vec()));
    let base = server.url("");
    // A word of the command line is never wiped; that is why no key is given there.
    let key = made_up(1);
    let words = [&words(&base)[..], &["--key-file", &key]].concat();

    let (ran, memory) = remembered(held(&repo, &[], &words), "");

    assert_eq!(ran.code, 3, "{}", ran.stdout);
    assert!(has(&memory, &key[6..22]));
}
