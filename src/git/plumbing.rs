//! The git executable's plumbing, for what libgit2 cannot open.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::thread;

use crate::error::{Error, Result};
use crate::git::env::{GitEnv, LOCAL};
use crate::path::Escaped;

/// How git is to be started: where, and with which variables.
#[derive(Debug, Clone)]
pub(super) struct Plumbing {
    /// The folder that relative values of variables start from.
    folder: PathBuf,
    /// The environment that git gave us.
    env: GitEnv,
}

/// What git had to say, whatever its exit code.
pub(super) struct Answer {
    /// Its exit code; `None` when a signal ended it.
    pub(super) code: Option<i32>,
    /// Its standard output.
    pub(super) bytes: Vec<u8>,
    /// The fatal or else the last line of its standard error, safe to print.
    pub(super) because: String,
}

impl Plumbing {
    /// Prepares to start git in `folder`.
    pub(super) fn new(folder: impl Into<PathBuf>, env: GitEnv) -> Self {
        Self { folder: folder.into(), env }
    }

    /// Returns the same, tied to one repository, so that git searches for none.
    pub(super) fn with_git_dir(mut self, git_dir: impl Into<OsString>) -> Self {
        self.env = self.env.with("GIT_DIR", git_dir);
        self
    }

    /// Returns the folder in which git is started.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns what git answers; an error if it cannot be started.
    pub(super) fn ask<S: AsRef<OsStr>>(&self, doing: &'static str, words: &[S]) -> Result<Answer> {
        let output = self.command(words).stderr(Stdio::piped()).output();
        output.map(Answer::from).map_err(|source| not_started(doing, &source))
    }

    /// Returns what git writes; an error if it does not end well.
    pub(super) fn run<S: AsRef<OsStr>>(&self, doing: &'static str, what: &str, words: &[S]) -> Result<Vec<u8>> {
        let answer = self.ask(doing, words)?;
        if answer.code == Some(0) {
            return Ok(answer.bytes);
        }
        Err(Error::Git { doing, what: what.to_owned(), because: answer.because })
    }

    /// Returns what git writes when it reads `input`; an error if it does not end well.
    pub(super) fn run_with<S: AsRef<OsStr>>(&self, doing: &'static str, words: &[S], input: &[u8]) -> Result<Vec<u8>> {
        let mut command = self.command(words);
        let child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.map_err(|source| not_started(doing, &source))?;
        let stdin = child.stdin.take();
        let output = thread::scope(|scope| {
            // Git may answer before it has read everything; one that stops early says why by itself.
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
            child.wait_with_output()
        });
        let answer = output.map(Answer::from).map_err(|source| not_started(doing, &source))?;
        if answer.code == Some(0) {
            return Ok(answer.bytes);
        }
        Err(Error::Git { doing, what: String::new(), because: answer.because })
    }

    /// Hands over each line that git writes until `take` returns false; an error if git does not end well.
    pub(super) fn each_line<S: AsRef<OsStr>>(
        &self,
        doing: &'static str,
        words: &[S],
        mut take: impl FnMut(&[u8]) -> bool,
    ) -> Result<()> {
        let failed = |source: io::Error| Error::Git { doing, what: String::new(), because: source.to_string() };
        let mut lines = BufReader::new(self.stream(doing, words, 0)?);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).map_err(failed)? > 0 {
            if !take(line.strip_suffix(b"\n").unwrap_or(&line)) {
                return Ok(());
            }
            line.clear();
        }
        Ok(())
    }

    /// Starts git and returns what it writes as a stream of `bytes` bytes.
    pub(super) fn stream<S: AsRef<OsStr>>(&self, doing: &'static str, words: &[S], bytes: u64) -> Result<ChildStream> {
        let mut child =
            self.command(words).stderr(Stdio::null()).spawn().map_err(|source| not_started(doing, &source))?;
        let stdout = child.stdout.take();
        Ok(ChildStream { child, stdout, missing: bytes })
    }

    /// Builds a git command that no configuration of a user or a repository can bend.
    fn command<S: AsRef<OsStr>>(&self, words: &[S]) -> Command {
        let mut command = Command::new("git");
        command
            .current_dir(&self.folder)
            .args(["--no-pager", "-c", "color.ui=false", "-c", "core.fsmonitor=false"])
            .args(words);
        for name in LOCAL {
            command.env_remove(name);
        }
        command.envs(self.env.variables());
        command.env_remove("GIT_EXTERNAL_DIFF").env_remove("GIT_LITERAL_PATHSPECS");
        command
            // Git before 2.45 does not know GIT_NO_LAZY_FETCH, and would run what `remote.*.uploadpack` says.
            .env("GIT_ALLOW_PROTOCOL", "")
            .env("GIT_GRAFT_FILE", "/dev/null")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C");
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        let lines = || output.stderr.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        let because = match lines().find(|line| line.starts_with(b"fatal: ")).or(lines().next_back()) {
            Some(line) => format!("git says: {}", Escaped(line)),
            None => format!("git ended with {}", output.status),
        };
        Self { code: output.status.code(), bytes: output.stdout, because }
    }
}

/// Words the error of a git that could not be started.
fn not_started(doing: &'static str, source: &io::Error) -> Error {
    let because = match source.kind() {
        io::ErrorKind::NotFound => "libgit2 cannot do it in this repository, and no `git` is on the PATH".to_owned(),
        _ => format!("git could not be started: {source}"),
    };
    Error::Git { doing, what: String::new(), because }
}

/// What a running git writes.
///
/// Ends as an error if git does not end well or writes less than it announced:
/// a short text must not pass for a clean one.
pub(super) struct ChildStream {
    child: Child,
    stdout: Option<ChildStdout>,
    missing: u64,
}

impl Read for ChildStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(stdout) = self.stdout.as_mut() else {
            return Ok(0);
        };
        let count = stdout.read(buffer)?;
        self.missing = self.missing.saturating_sub(count as u64);
        if count > 0 || buffer.is_empty() {
            return Ok(count);
        }
        self.stdout = None;
        let status = self.child.wait()?;
        if !status.success() {
            return Err(io::Error::other(format!("git ended with {status}")));
        }
        if self.missing > 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("{} bytes are missing", self.missing)));
        }
        Ok(0)
    }
}

impl Drop for ChildStream {
    /// Ends a git whose output is no longer wanted, and takes its exit code so that no zombie stays.
    fn drop(&mut self) {
        self.stdout = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here() -> Plumbing {
        Plumbing::new(".", GitEnv::default())
    }

    #[test]
    fn a_stream_that_git_breaks_off_ends_as_an_error() {
        let mut stream = here().stream("read", &["cat-file", "blob", "no such object"], 5).unwrap();

        let error = stream.read_to_end(&mut Vec::new()).unwrap_err();

        assert!(error.to_string().contains("git ended with"), "{error}");
    }

    #[test]
    fn a_stream_that_is_shorter_than_announced_ends_as_an_error() {
        let mut stream = here().stream("read", &["version"], 1 << 20).unwrap();

        let error = stream.read_to_end(&mut Vec::new()).unwrap_err();

        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn an_error_of_git_is_passed_on_on_one_line() {
        let error = here().run("ask", "", &["cat-file", "--no-such-option"]).unwrap_err();

        assert!(!error.to_string().contains('\n'), "{error}");
    }
}
