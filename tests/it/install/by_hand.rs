//! The scripts of `hooks/`, run by hand in the shells of small systems.

use std::path::Path;
use std::process::Command;

use super::StandIn;
use crate::common::{Ran, hermetic};

/// Runs a script of `hooks/` by hand with a shell, below a folder with a stand-in on `PATH`.
fn by_hand(shell: &[&str], name: &str, stand_in: &StandIn) -> Ran {
    let hook = Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks").join(name);
    let path = format!("{}:{}", stand_in.folder.path().display(), std::env::var("PATH").unwrap_or_default());
    let mut command = hermetic(shell[0], stand_in.folder.path());
    command.args(&shell[1..]).arg(hook).args(["a b", "c"]).env("PATH", path);
    command.output().expect("the shell runs").into()
}

/// Tells whether a shell can be had on this machine.
fn is_there(shell: &str) -> bool {
    Command::new(shell).args(["-c", "true"]).output().is_ok()
}

#[test]
fn the_scripts_work_by_hand_in_sh() {
    let stand_in = StandIn::new();
    stand_in.ends_with(3);

    let ran = by_hand(&["sh"], "commit-msg", &stand_in);

    assert_eq!((ran.code, stand_in.all_calls().as_str()), (3, "hook commit-msg a b c\n"), "{}", ran.stderr);
}

#[test]
fn the_scripts_work_by_hand_in_dash() {
    let stand_in = StandIn::new();
    if !is_there("dash") {
        return;
    }

    let ran = by_hand(&["dash"], "pre-commit", &stand_in);

    assert_eq!((ran.code, stand_in.all_calls().as_str()), (0, "hook pre-commit a b c\n"), "{}", ran.stderr);
}

#[test]
fn the_scripts_work_by_hand_in_busybox() {
    let stand_in = StandIn::new();
    if !is_there("busybox") {
        return;
    }

    let ran = by_hand(&["busybox", "sh"], "pre-merge-commit", &stand_in);

    assert_eq!((ran.code, stand_in.all_calls().as_str()), (0, "hook pre-merge-commit a b c\n"), "{}", ran.stderr);
}
