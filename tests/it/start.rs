//! How the program starts on Linux: it does itself what the standard library does elsewhere.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::common::hermetic;

/// A program that waits for an editor, until this is dropped.
struct Waiting(Child);

impl Waiting {
    /// Starts it with some streams closed, and waits until it waits.
    fn with(closed: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let script = format!("exec \"$0\" lsp {closed}");
        let child = hermetic("sh", folder.path())
            .args(["-c", &script, env!("CARGO_BIN_EXE_ideoguard")])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut waiting = Self(child);
        // It has threads as soon as it listens.
        while fs::read_dir(waiting.of("task")).expect("it runs").count() < 2 {
            assert_eq!(waiting.0.try_wait().expect("it is ours"), None, "it runs");
            sleep(Duration::from_millis(2));
        }
        waiting
    }

    /// Returns where Linux tells something of it.
    fn of(&self, what: &str) -> String {
        format!("/proc/{}/{what}", self.0.id())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn no_other_file_takes_the_place_of_a_closed_stream() {
    let waiting = Waiting::with(">&- 2>&-");

    for stream in [1, 2] {
        let taken_by = fs::read_link(waiting.of(&format!("fd/{stream}"))).expect("it is open");
        assert_eq!(taken_by.to_str(), Some("/dev/null"), "stream {stream}");
        let about = fs::read_to_string(waiting.of(&format!("fdinfo/{stream}"))).expect("it is open");
        // Read and written, and not closed in what is started: 0o2000000 would say so.
        assert!(about.contains("flags:\t0100002\n"), "{about}");
    }
}

#[test]
fn a_pipe_that_nobody_reads_is_no_signal() {
    let folder = tempfile::tempdir().expect("a folder");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);

    let ended =
        hermetic(env!("CARGO_BIN_EXE_ideoguard"), folder.path()).args(["rules", "list"]).stdout(writer).status();

    assert_eq!(ended.expect("it runs").signal(), None);
}

#[test]
fn no_library_is_loaded_for_a_few_functions() {
    let waiting = Waiting::with("");

    let mapped = fs::read_to_string(waiting.of("maps")).expect("it runs");

    assert!(mapped.contains("/libc.so"), "{mapped}");
    for library in ["/libm.so", "/libm-", "/libz.so", "/libdbus-"] {
        assert!(!mapped.contains(library), "{library}\n{mapped}");
    }
}
