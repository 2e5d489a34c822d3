//! Stories about the audit log: what is recorded stays, and what somebody does to it shows.

mod append;
mod command;
mod deliver;
mod file;
mod import;
mod runs;
mod user;
mod verify;

use std::fs;
use std::path::PathBuf;

use ideoguard::audit::{Access, Ended, Entry, Line, Log, Metadata, User, UserSource};

/// A folder with a log in it, gone when dropped.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The log's file.
    fn file(&self) -> PathBuf {
        self.0.path().join("git/ideoguard/audit.jsonl")
    }

    /// The head beside it.
    fn head(&self) -> PathBuf {
        self.0.path().join("git/ideoguard/audit.jsonl.head")
    }

    /// The log.
    fn log(&self) -> Log {
        Log::new(self.file(), Access::Owner)
    }

    /// A log with so many entries.
    fn with(entries: u64) -> Self {
        let place = Self::new();
        (0..entries).for_each(|number| place.append(number));
        place
    }

    /// Appends an entry made from a number.
    #[track_caller]
    fn append(&self, number: u64) {
        self.log().append(&[entry(number)]).unwrap();
    }

    /// The lines of the log, each with its end.
    #[track_caller]
    fn lines(&self) -> Vec<String> {
        fs::read_to_string(self.file()).unwrap().split_inclusive('\n').map(str::to_owned).collect()
    }

    /// The entries of the log.
    #[track_caller]
    fn entries(&self) -> Vec<Line> {
        self.lines().iter().map(|line| Line::parse(line.trim_end().as_bytes()).unwrap()).collect()
    }

    /// What each entry did, in the order of the log.
    #[track_caller]
    fn actions(&self) -> Vec<String> {
        self.entries().into_iter().map(|line| line.action).collect()
    }
}

/// An entry made from a number.
fn entry(number: u64) -> Entry {
    Entry {
        timestamp: jiff::Timestamp::from_millisecond(1_700_000_000_000 + i64::try_from(number).unwrap()).unwrap(),
        action: format!("ideoguard.push.refuse.{number}"),
        user: User::find(&UserSource::ALL, |_| None, Some(1000)),
        resource: "refs/heads/größe".to_owned(),
        result: Ended::Failure,
        metadata: Metadata::new().with("number", number).with_text("odd", b"caf\xe9"),
    }
}
