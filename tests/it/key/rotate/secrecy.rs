//! Where keys must not get: arguments, environments, what is said, what is written down.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::process::Stdio;

use super::{Account, made_up, project, rotate};
use crate::common::{Ran, hermetic};
use crate::key::assert_nowhere;

#[test]
fn until_the_end_keys_lie_in_files_for_their_owner_alone_and_nowhere_else() {
    let (repo, account) = (project(), Account::open());

    let ran = rotate(&repo, &account, &["--key-stdin"]);

    let folder = repo.at(".git/ideoguard/rotation").join(super::name(&made_up(1)).strip_prefix("ig1:").unwrap());
    let mode = |name: &str| folder.join(name).metadata().unwrap().mode() & 0o777;
    assert_eq!((mode(""), mode("old-key"), mode("new-key")), (0o700, 0o600, 0o600));
    for kept in [folder.join("old-key"), folder.join("new-key"), repo.at(".env")] {
        fs::remove_file(kept).unwrap();
    }
    for key in [made_up(1), made_up(2)] {
        assert_nowhere(&repo, &key, &[&ran]);
    }
}

#[test]
#[ignore = "needs strace"]
fn no_program_that_is_started_gets_a_key_and_only_three_files_do() {
    let (repo, account) = (project(), Account::open());
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut child = hermetic("strace", repo.path())
        .args(["-f", "-s", "10000", "-v", "-e", "trace=execve,write,pwrite64,writev,sendto", "-o"])
        .arg(log.path())
        .args([env!("CARGO_BIN_EXE_ideoguard"), "key", "rotate", "--non-interactive", "--key-stdin"])
        .args(["--base-url", &account.server.url("")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(made_up(2).as_bytes()).unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());

    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    let calls = fs::read_to_string(log.path()).unwrap();
    let holds = |call: &&str| call.contains(&made_up(1)[8..40]) || call.contains(&made_up(2)[8..40]);
    let (started, written): (Vec<&str>, Vec<&str>) =
        calls.lines().filter(holds).partition(|call| call.contains("execve("));
    assert_eq!(started, [""; 0]);
    // The old key and the new one as they are kept, the file, and one request for each.
    let (sent, stored): (Vec<&str>, Vec<&str>) =
        written.into_iter().partition(|call| call.contains("GET /v2/account/usage"));
    assert_eq!((sent.len(), stored.len()), (2, 3), "{stored:#?}");
}
