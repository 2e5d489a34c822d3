//! Appending: one write under a lock, synced, or nothing at all.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::audit::chain::{self, MAX_LINE};
use crate::audit::entry::Entry;
use crate::audit::file::{self, Access, For, Lock};
use crate::audit::head::Head;
use crate::audit::standing::{KEPT, Standing};
use crate::error::{Error, Result};

/// How long to wait for other processes that write, unless the caller says otherwise.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a log may be moved away between its opening and its locking.
const TRIES: usize = 8;

/// A log, by its name; each append opens it anew.
#[derive(Debug, Clone)]
pub struct Log {
    /// Its file.
    path: PathBuf,
    /// Who may read and write it.
    access: Access,
    /// How long to wait for other processes that write.
    patience: Duration,
}

impl Log {
    /// Names a log, which need not be there yet.
    pub fn new(path: impl Into<PathBuf>, access: Access) -> Self {
        Self { path: path.into(), access, patience: PATIENCE }
    }

    /// Says how long to wait for other processes that write; 20 s if this is not called.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Returns where the log of a repository is, of which this is the (common) git directory.
    #[must_use]
    pub fn default_path(git_dir: &Path) -> PathBuf {
        git_dir.join("ideoguard/audit.jsonl")
    }

    /// Returns its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns who may read and write it.
    pub(super) fn access(&self) -> Access {
        self.access
    }

    /// Appends entries, all or none, and returns what the log comes to.
    ///
    /// When this returns they are on disk: written in one step under a lock, and
    /// synced. When it fails the log is as it was, and what was to be recorded
    /// must not happen. What an earlier run left unfinished, and what somebody
    /// did to the log since, is recorded first, in an `audit.repaired` entry.
    pub fn append(&self, entries: &[Entry]) -> Result<Head> {
        let file = self.locked()?;
        let standing = Standing::of(&self.path, &file)?;
        let (text, head) = self.written(&standing, entries)?;
        put(&file, &standing, &text)
            .and_then(|()| {
                let noted = head.write(&self.path, self.access);
                if noted.is_err() {
                    undo(&file, &standing);
                }
                noted
            })
            .map_err(Error::io("write", &self.path))?;
        Ok(head)
    }

    /// Opens the file and takes its lock.
    fn locked(&self) -> Result<File> {
        for _ in 0..TRIES {
            let file = file::open(&self.path, For::Writing(self.access))?;
            if let Some(file) = file::lock(&self.path, file, Lock::Exclusive, self.patience)? {
                return Ok(file);
            }
        }
        let because = "it is replaced again and again".to_owned();
        Err(Error::Audit { doing: "lock the audit log", path: self.path.clone(), because })
    }

    /// Returns the lines of entries, and the head when they are written.
    fn written(&self, standing: &Standing, entries: &[Entry]) -> Result<(Vec<u8>, Head)> {
        let mut head = standing.head;
        let mut text = Vec::new();
        let repaired = entries.first().and_then(|first| standing.told(first, &self.path));
        for entry in repaired.iter().chain(entries) {
            let (line, hash) = chain::line(entry, head.hash).map_err(Error::io("write", &self.path))?;
            if line.len() > MAX_LINE {
                let because = format!("an entry of {} bytes is too long; the limit is {MAX_LINE}", line.len());
                return Err(Error::Audit { doing: "write to the audit log", path: self.path.clone(), because });
            }
            head = Head { lines: head.lines + 1, bytes: head.bytes + line.len() as u64, hash };
            text.extend(line);
        }
        Ok((text, head))
    }
}

/// Writes behind the last line, over what is torn there; after a failure the file is as it was.
fn put(mut file: &File, standing: &Standing, text: &[u8]) -> io::Result<()> {
    let end = standing.head.bytes + text.len() as u64;
    let done = file
        .seek(SeekFrom::Start(standing.head.bytes))
        .and_then(|_| file.write_all(text))
        .and_then(|()| if end < standing.length { file.set_len(end) } else { Ok(()) })
        .and_then(|()| file.sync_all());
    if done.is_err() {
        undo(file, standing);
    }
    done
}

/// Puts back what was there; what cannot be put back is a torn line, which the next append notices.
fn undo(mut file: &File, standing: &Standing) {
    // Written first, where the file has room for it already, and cut then.
    let _ = file
        .seek(SeekFrom::Start(standing.head.bytes))
        .and_then(|_| file.write_all(&standing.rest))
        .and_then(|()| file.set_len(standing.length))
        .and_then(|()| file.sync_all());
}

const _: () = assert!(KEPT < MAX_LINE / 2, "what is torn fits into an entry as base64");
