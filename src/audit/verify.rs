//! Verifying: which lines of a log are not as they were written.

use std::fmt;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use crate::audit::broken;
use crate::audit::chain::Hash;
use crate::audit::file::{self, For, Lock};
use crate::audit::head::{Found, Head};
use crate::audit::shape::{self, Shape, Sought};
use crate::error::{Error, Result};

/// What verifying a log came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many lines it has, a torn one not counted.
    pub lines: u64,
    /// The hash of the last line: whoever notes it elsewhere can hold the log to it later.
    pub last: Hash,
    /// What was done to it; empty if it is whole.
    pub faults: Vec<Fault>,
    /// What is no fault but worth knowing.
    pub notes: Vec<Note>,
}

/// What was done to a log. Lines count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// This line's bytes are not those that were written.
    Altered(u64),
    /// This line repeats an earlier one.
    Repeated(u64, u64),
    /// This line was put in: the line after it was written after the line before it.
    Added(u64),
    /// This line belongs behind another one.
    Moved(u64, u64),
    /// What this line was written after is not there: a line before it was removed, or altered together with its hash.
    Gap(u64),
    /// This line begins the chain, and lines stand before it.
    BeginsAnew(u64),
    /// So many lines are missing at the end, as the head counts them.
    EndRemoved(u64),
    /// The line that the head ends with has another number in the log, although the chain is whole.
    HeadElsewhere,
    /// The last line that the head names is not the one that is there.
    EndReplaced,
    /// The hash that was given is of no line.
    NotThere(Hash),
}

/// What is no fault but worth knowing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// So many bytes at the end are a line that a run could not finish; the next entry takes them in.
    Torn(u64),
    /// So many lines at the end were written by runs that ended before they could note it in the head.
    NotNoted(u64),
    /// There is no head: lines removed from the end would not show.
    NoHead,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered(line) => write!(out, "line {line} was altered"),
            Self::Repeated(line, of) => write!(out, "line {line} was added: it repeats line {of}"),
            Self::Added(line) => write!(out, "line {line} was added"),
            Self::Moved(line, behind) => write!(out, "line {line} was moved: it belongs behind line {behind}"),
            Self::Gap(1) => write!(out, "lines before line 1 were removed"),
            Self::Gap(line) => write!(
                out,
                "between lines {} and {line} a line was removed, or line {} was altered together with its hash",
                line - 1,
                line - 1
            ),
            Self::BeginsAnew(line) => {
                write!(out, "line {line} begins a log: what stands before it was added, or it was moved")
            }
            Self::EndRemoved(1) => write!(out, "a line was removed from the end"),
            Self::EndRemoved(lines) => write!(out, "{lines} lines were removed from the end"),
            Self::HeadElsewhere => {
                write!(out, "the head was altered: the line that it ends with has another number in the log")
            }
            Self::EndReplaced => write!(out, "the last line is not the one that the head names"),
            Self::NotThere(hash) => {
                write!(out, "no line has the hash {hash}: what was written before it was noted is gone")
            }
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Torn(bytes) => write!(
                out,
                "the last {bytes} bytes are a line that was not finished (a run was ended, or the power went); \
                 the next entry takes them in"
            ),
            Self::NotNoted(lines) => {
                write!(out, "the last of its lines were not noted in the head, as when a run is ended: {lines}")
            }
            Self::NoHead => write!(out, "there is no head beside it: lines removed from the end would not show"),
        }
    }
}

/// How long to wait for a process that writes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Verifies a log; `must_have` is the hash of a line that must be there, noted elsewhere.
///
/// A log that is whole is read once, in memory that does not grow with it; one
/// that is not is read again, and of each line the hashes are kept.
pub fn verify(path: &Path, must_have: Option<Hash>) -> Result<Verified> {
    let file = match file::open(path, For::Reading) {
        Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound && deleted(path)? > 0 => {
            let faults = vec![Fault::EndRemoved(deleted(path)?)];
            return Ok(Verified { lines: 0, last: Hash::START, faults, notes: Vec::new() });
        }
        opened => opened?,
    };
    // Nobody writes while this is held, and a log that is being replaced is read as it was.
    let _locked = file::lock(path, file.try_clone().map_err(Error::io("read", path))?, Lock::Shared, PATIENCE)?;
    let head = Head::read(path)?;
    let sought = Sought { head: head.hash(), noted: must_have };
    let shape = match shape::of_whole(&file, sought).map_err(Error::io("read", path))? {
        Some(shape) => shape,
        None => broken::shape(&file, sought).map_err(Error::io("read", path))?,
    };
    let mut faults = shape.faults.clone();
    let mut notes = Vec::new();
    compare(&shape, head, &mut faults, &mut notes);
    faults.extend(must_have.filter(|hash| *hash != Hash::START && !shape.has_noted).map(Fault::NotThere));
    faults.sort();
    faults.dedup();
    Ok(Verified { lines: shape.lines, last: shape.last, faults, notes })
}

/// Returns how many lines a log had that is not there.
fn deleted(path: &Path) -> Result<u64> {
    Ok(match Head::read(path)? {
        Found::Head(head) => head.lines,
        Found::Nothing | Found::Damaged => 0,
    })
}

/// Compares the end with the head.
fn compare(shape: &Shape, head: Found, faults: &mut Vec<Fault>, notes: &mut Vec<Note>) {
    let acknowledged = match head {
        Found::Head(head) => {
            compare_with(shape, head, faults, notes);
            head.bytes
        }
        Found::Nothing | Found::Damaged => {
            if shape.lines > 0 {
                notes.push(Note::NoHead);
            }
            shape.end
        }
    };
    if shape.torn > 0 && acknowledged <= shape.end {
        notes.push(Note::Torn(shape.torn));
    }
}

/// Compares the end with a head that can be read.
fn compare_with(shape: &Shape, head: Head, faults: &mut Vec<Fault>, notes: &mut Vec<Note>) {
    let lines = shape.lines;
    let place = if head.hash == Hash::START { Some(0) } else { shape.head_at };
    match place {
        Some(place) if place == head.lines && place == lines => {}
        Some(place) if place == head.lines => notes.push(Note::NotNoted(lines - place)),
        // Lines were put in or taken out before it, which the chain shows, or the head was rewritten.
        Some(_) if !faults.is_empty() => {}
        Some(_) => faults.push(Fault::HeadElsewhere),
        None if head.lines > lines => faults.push(Fault::EndRemoved(head.lines - lines)),
        None => faults.push(Fault::EndReplaced),
    }
}
