//! What is packed in archives, scanned member by member.

use std::collections::HashMap;
use std::io::{Cursor, Read, Seek};

use crate::archive::{self, Bounds, Format, Part, Unread};
use crate::error::{Error, Result};
use crate::finding::{Finding, Verdict};
use crate::outcome::Outcome;
use crate::path::RepoPath;
use crate::source::Reader;
use crate::text::{Body, Entry, Loaded, Problem, Scope, TextKind};

use super::{Cores, Scan, told};

impl Scan<'_> {
    /// Scans a text as it is, and what is packed in it if it is an archive.
    pub(super) fn opened(self, reader: &Reader, entry: &Entry, loaded: Result<Loaded>) -> Outcome {
        let (inside, loaded) = match loaded {
            Ok(Loaded::Whole(text)) => (self.inside(entry, Cursor::new(&text)), Ok(Loaded::Whole(text))),
            Ok(Loaded::Stream { bytes, read }) => match &entry.body {
                Body::File(path) => (self.file(entry, Reader::reopen(path)), Ok(Loaded::Stream { bytes, read })),
                Body::Inline(_) | Body::Blob(_) | Body::Stdin => passing(entry, bytes, read),
            },
            other => (Outcome::default(), other),
        };
        let mut outcome = self.judged(self.loaded(reader, entry, loaded), Cores::One).outcome.merge(inside);
        once(&mut outcome);
        outcome
    }

    /// Scans what is packed in a file that is too large to hold.
    fn file(self, entry: &Entry, opened: Result<Option<std::fs::File>>) -> Outcome {
        match opened {
            Ok(Some(file)) => self.inside(entry, file),
            // The scan of the file itself says so.
            Ok(None) => Outcome::default(),
            Err(error) => problem(entry.path.to_string(), error),
        }
    }

    /// Scans what is packed in a text; nothing if it is no archive.
    fn inside(self, entry: &Entry, mut source: impl Read + Seek) -> Outcome {
        let peeked = archive::peek(&mut source).map(|(format, _)| format);
        match peeked.and_then(|format| source.rewind().map(|()| format)) {
            Ok(Some(format)) => self.unpacked(entry, format, source),
            Ok(None) => Outcome::default(),
            Err(error) => problem(entry.path.to_string(), Error::io("read", entry.path.to_os_path())(error)),
        }
    }

    /// Scans what is packed in an archive.
    fn unpacked(self, entry: &Entry, format: Format, source: impl Read + Seek) -> Outcome {
        let mut outcome = Outcome::default();
        archive::unpack(format, source, &entry.path, Bounds::default(), &mut |part| {
            let part = match part {
                Part::Name(path, mut name) => {
                    let named = self.member(entry, path, TextKind::PathName, &mut name);
                    // A member is counted once, with its text.
                    Outcome { planned: 0, scanned: 0, bytes: 0, ..named }
                }
                Part::Text(path, read) => self.member(entry, path, entry.kind, read),
                Part::Unread(path, why) => unread(path, why),
            };
            outcome = std::mem::take(&mut outcome).merge(part);
        });
        outcome
    }

    /// Scans the name or the text of one member.
    fn member(self, archive: &Entry, path: &RepoPath, kind: TextKind, read: &mut dyn Read) -> Outcome {
        let member = Entry {
            path: path.clone(),
            kind,
            body: Body::Inline(Vec::new()),
            scope: Scope::All,
            commit: archive.commit.clone(),
        };
        Outcome { planned: 1, ..self.judged(told(&member, self.stream(&member, read)), Cores::One).outcome }
    }
}

/// Says of an archive that passes by as a stream that it is not opened.
fn passing(entry: &Entry, bytes: Option<u64>, read: Box<dyn Read + Send>) -> (Outcome, Result<Loaded>) {
    match archive::peek(read) {
        Ok((format, read)) => {
            let outcome = format.map(|_| unread(&entry.path, Unread::Passing)).unwrap_or_default();
            (outcome, Ok(Loaded::Stream { bytes, read: Box::new(read) }))
        }
        Err(error) => (Outcome::default(), Err(Error::io("read", entry.path.to_os_path())(error))),
    }
}

/// Says that something in an archive was not read.
fn unread(path: &RepoPath, why: Unread) -> Outcome {
    let error = Error::Archive { path: path.clone(), because: why.to_string() };
    problem(path.to_string(), error)
}

/// The outcome of one thing that could not be read.
fn problem(what: String, error: Error) -> Outcome {
    Outcome { planned: 1, failed: 1, problems: vec![Problem { what, error }], ..Outcome::default() }
}

/// Leaves out of one archive's findings what was found in its own bytes where the same secret was found in a member of it.
///
/// A member may be packed as it is. The member says better where the secret stands, unless it
/// is allowed there and the archive's own finding blocks.
fn once(outcome: &mut Outcome) {
    let mut members: HashMap<_, bool> = HashMap::new();
    for finding in &outcome.findings {
        let blocks = finding.verdict == Verdict::Leak;
        for archive in archives_of(&finding.path) {
            *members.entry(key(archive, finding)).or_default() |= blocks;
        }
    }
    let is_told = |finding: &Finding| {
        let member = members.get(&key(finding.path.as_bytes().to_vec(), finding));
        member.is_some_and(|blocks| *blocks || finding.verdict != Verdict::Leak)
    };
    let told: Vec<bool> = outcome.findings.iter().map(is_told).collect();
    let mut told = told.into_iter();
    outcome.findings.retain(|_| !told.next().unwrap_or_default());
}

/// What makes two findings one secret in one archive.
fn key(archive: Vec<u8>, finding: &Finding) -> (Vec<u8>, String, String) {
    (archive, finding.rule.to_string(), finding.fingerprint.to_string())
}

/// Returns the archives that a member may lie in, by its name.
fn archives_of(path: &RepoPath) -> impl Iterator<Item = Vec<u8>> {
    let path = path.as_bytes();
    memchr::memchr_iter(b'!', path).map(|at| path[..at].to_vec())
}
