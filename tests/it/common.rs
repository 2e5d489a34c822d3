//! Real repositories in temporary folders, and the program run on them.
#![allow(dead_code, reason = "each story uses its own part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What a finished program left behind.
pub(crate) struct Ran {
    /// Its exit code; 128 and more when a signal ended it.
    pub(crate) code: i32,
    /// Its standard output.
    pub(crate) stdout: String,
    /// Its standard error.
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(128),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A repository in a temporary folder, gone when dropped.
pub(crate) struct TestRepo {
    folder: tempfile::TempDir,
}

impl TestRepo {
    /// An empty repository on branch `main`.
    #[track_caller]
    pub(crate) fn new() -> Self {
        Self::with_init(&[])
    }

    /// An empty repository made with further words for `git init`.
    #[track_caller]
    pub(crate) fn with_init(words: &[&str]) -> Self {
        let repo = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        repo.git(&[&["init", "--quiet", "--initial-branch=main"], words].concat());
        repo
    }

    /// Its folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A path below its folder.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    /// Writes a file, and the folders above it.
    #[track_caller]
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, content).expect("a file");
        self
    }

    /// Runs git, which must succeed; returns what it wrote on standard output.
    #[track_caller]
    pub(crate) fn git(&self, words: &[&str]) -> String {
        let ran = self.try_git(words);
        assert_eq!(ran.code, 0, "git {words:?}: {}", ran.stderr);
        ran.stdout
    }

    /// Runs git, which may fail.
    #[track_caller]
    pub(crate) fn try_git(&self, words: &[&str]) -> Ran {
        hermetic("git", self.path()).args(words).output().expect("git runs").into()
    }

    /// Stages everything.
    #[track_caller]
    pub(crate) fn stage(&self) -> &Self {
        self.git(&["add", "--all"]);
        self
    }

    /// Commits what is staged, past all hooks; returns the commit's id.
    #[track_caller]
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["commit", "--quiet", "--allow-empty", "--no-verify", "--message", message]);
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// Puts a hook in place that runs our program: `hook("pre-commit")`.
    #[track_caller]
    pub(crate) fn hook(&self, name: &str) -> &Self {
        let program = env!("CARGO_BIN_EXE_ideoguard");
        self.write(&format!(".git/hooks/{name}"), format!("#!/bin/sh\nexec '{program}' hook {name} \"$@\"\n"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let path = self.at(&format!(".git/hooks/{name}"));
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("an executable hook");
        }
        self
    }

    /// Puts our hooks in place as a user does.
    #[track_caller]
    pub(crate) fn install(&self) -> &Self {
        let ran = self.ideoguard(&["install"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        self
    }

    /// Runs our program in the repository's folder.
    #[track_caller]
    pub(crate) fn ideoguard(&self, words: &[&str]) -> Ran {
        ideoguard_in(self.path(), words, b"")
    }
}

impl AsRef<Path> for TestRepo {
    fn as_ref(&self) -> &Path {
        self.path()
    }
}

/// Runs our program in a folder, with text on standard input.
#[track_caller]
pub(crate) fn ideoguard_in(folder: &Path, words: &[&str], input: &[u8]) -> Ran {
    use std::io::Write;
    let mut child = hermetic(env!("CARGO_BIN_EXE_ideoguard"), folder)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ideoguard starts");
    // A program that stops before it has read everything closes the pipe: its exit code tells, not ours.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    child.wait_with_output().expect("ideoguard ends").into()
}

/// `PATH` without the folders that hold an ideoguard: whoever works on it has it installed.
pub(crate) fn path_without_ideoguard() -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).filter(|folder| !folder.join("ideoguard").exists());
    std::env::join_paths(folders).expect("a path")
}

/// Builds a command that sees nothing of the user's own setup.
pub(crate) fn hermetic(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("LC_ALL", "C")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_NAME", "A U Thor")
        .env("GIT_AUTHOR_EMAIL", "author@example.org")
        .env("GIT_AUTHOR_DATE", "2000-01-01T00:00:00Z")
        .env("GIT_COMMITTER_NAME", "C O Mitter")
        .env("GIT_COMMITTER_EMAIL", "committer@example.org")
        .env("GIT_COMMITTER_DATE", "2000-01-01T00:00:00Z")
        .stdin(Stdio::null());
    command
}
