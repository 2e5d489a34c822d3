//! Verifying: which lines of a log are not as they were written.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use crate::audit::chain::{Hash, Line, Links};
use crate::audit::file::{self, For, Lock};
use crate::audit::head::{Found, Head};
use crate::audit::lines::Lines;
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
    let log = Log::read(&file).map_err(Error::io("read", path))?;
    let mut faults = log.faults();
    let mut notes = Vec::new();
    log.compare(head, &mut faults, &mut notes);
    faults.extend(must_have.filter(|hash| *hash != Hash::START && !log.places.contains_key(hash)).map(Fault::NotThere));
    faults.sort();
    faults.dedup();
    Ok(Verified { lines: log.links.len() as u64, last: log.last(), faults, notes })
}

/// Returns how many lines a log had that is not there.
fn deleted(path: &Path) -> Result<u64> {
    Ok(match Head::read(path)? {
        Found::Head(head) => head.lines,
        Found::Nothing | Found::Damaged => 0,
    })
}

/// A log as it was read: of each line its links, if it has any.
struct Log {
    /// The links of each line.
    links: Vec<Option<Links>>,
    /// Where each hash is, the first time that a line says it has it.
    places: HashMap<Hash, usize>,
    /// Which hashes a line was written after.
    parents: HashMap<Hash, usize>,
    /// The offset behind the last line that has an end.
    end: u64,
    /// How many bytes stand behind that.
    torn: u64,
}

impl Log {
    /// Reads a log.
    fn read(file: &File) -> std::io::Result<Self> {
        let (mut places, mut parents) = (HashMap::new(), HashMap::new());
        let mut log = Self { links: Vec::new(), places: HashMap::new(), parents: HashMap::new(), end: 0, torn: 0 };
        for line in Lines::from(file, 0)? {
            let line = line?;
            if !line.is_ended {
                log.torn = line.after - log.end;
                break;
            }
            log.end = line.after;
            let links = Line::links(&line.bytes);
            if let Some(links) = links {
                places.entry(links.hash).or_insert(log.links.len());
                *parents.entry(links.prev).or_insert(0) += 1;
            }
            log.links.push(links);
        }
        Ok(Self { places, parents, ..log })
    }

    /// Returns the hash of the last line.
    fn last(&self) -> Hash {
        self.links.last().copied().flatten().map_or(Hash::START, |links| links.hash)
    }

    /// Returns what the chain shows.
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        // The line that the next one should be chained to; `None` where its hash cannot be read.
        let mut before = Some(Hash::START);
        for (at, links) in self.links.iter().enumerate() {
            let number = at as u64 + 1;
            let Some(links) = links else {
                faults.push(Fault::Altered(number));
                before = None;
                continue;
            };
            let first = self.places.get(&links.hash).copied().unwrap_or(at);
            if first < at {
                faults.push(Fault::Repeated(number, first as u64 + 1));
                continue;
            }
            if !links.is_true {
                faults.push(Fault::Altered(number));
            }
            if before != Some(links.prev) {
                faults.extend(self.misplaced(at, links.prev, before));
            }
            before = Some(links.hash);
        }
        faults
    }

    /// Says why a line is not chained to the one before it.
    fn misplaced(&self, at: usize, prev: Hash, before: Option<Hash>) -> Vec<Fault> {
        let number = at as u64 + 1;
        let parent = if prev == Hash::START { Some(None) } else { self.places.get(&prev).map(|parent| Some(*parent)) };
        match parent {
            // The line before cannot be read, and may well be the one.
            None if before.is_none() => Vec::new(),
            None => vec![Fault::Gap(number)],
            Some(parent) => {
                let next = parent.map_or(0, |parent| parent + 1);
                match (next..at).map(|between| self.is_put_in(between)).collect::<Option<Vec<Fault>>>() {
                    Some(added) if next < at => added,
                    _ => {
                        vec![parent.map_or(Fault::BeginsAnew(number), |parent| Fault::Moved(number, parent as u64 + 1))]
                    }
                }
            }
        }
    }

    /// Tells whether nothing was written after a line, so that it was put in.
    fn is_put_in(&self, at: usize) -> Option<Fault> {
        let number = at as u64 + 1;
        match self.links.get(at).copied().flatten() {
            None => Some(Fault::Altered(number)),
            Some(links) if self.places.get(&links.hash) != Some(&at) => {
                Some(Fault::Repeated(number, self.places.get(&links.hash).map_or(0, |first| *first as u64 + 1)))
            }
            Some(links) => (!self.parents.contains_key(&links.hash)).then_some(Fault::Added(number)),
        }
    }

    /// Compares the end with the head.
    fn compare(&self, head: Found, faults: &mut Vec<Fault>, notes: &mut Vec<Note>) {
        let lines = self.links.len() as u64;
        let acknowledged = match head {
            Found::Head(head) => {
                self.compare_with(head, faults, notes);
                head.bytes
            }
            Found::Nothing | Found::Damaged => {
                if lines > 0 {
                    notes.push(Note::NoHead);
                }
                self.end
            }
        };
        if self.torn > 0 && acknowledged <= self.end {
            notes.push(Note::Torn(self.torn));
        }
    }

    /// Compares the end with a head that can be read.
    fn compare_with(&self, head: Head, faults: &mut Vec<Fault>, notes: &mut Vec<Note>) {
        let lines = self.links.len() as u64;
        let place =
            if head.hash == Hash::START { Some(0) } else { self.places.get(&head.hash).map(|at| *at as u64 + 1) };
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
}
