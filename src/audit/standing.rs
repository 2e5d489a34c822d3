//! What a log is found like before something is appended: whole, torn, or not as it was left.

use std::fs::File;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::audit::chain::{Hash, Line};
use crate::audit::entry::{Ended, Entry, Metadata};
use crate::audit::head::{Found, Head};
use crate::audit::lines::{self, Lines};
use crate::error::{Error, Result};

/// How many bytes of a torn line are kept in the entry that tells of it.
pub(super) const KEPT: usize = 1 << 16;

/// What a log is found like.
#[derive(Debug)]
pub(super) struct Standing {
    /// Where the next line goes, and what it is chained to.
    pub(super) head: Head,
    /// How long the file is.
    pub(super) length: u64,
    /// What lies where the next line goes, the first [`KEPT`] bytes of it.
    pub(super) rest: Vec<u8>,
    /// What is wrong, if anything is.
    trouble: Option<Trouble>,
    /// The head that was found, where the log does not fit it.
    expected: Option<Head>,
}

/// What is wrong with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// A run ended while it wrote its line.
    Torn,
    /// Lines that were there are gone or altered.
    Changed,
    /// There is no head, although more than one line is there.
    HeadMissing,
    /// The head says nothing.
    HeadDamaged,
}

impl Trouble {
    /// What the log says about it.
    fn said(self) -> &'static str {
        match self {
            Self::Torn => "a run ended before it had written its line; the line is kept here",
            Self::Changed => "the last lines are not those that were written",
            Self::HeadMissing => "the head was missing",
            Self::HeadDamaged => "the head was damaged",
        }
    }
}

impl Standing {
    /// Looks at a log, which is locked.
    ///
    /// Up to where the head says, everything was written and synced, so what is
    /// wrong there was done by somebody. Behind it, lines that go on with the
    /// chain were written by runs that ended before they could note it; what
    /// else lies there is a torn line.
    pub(super) fn of(path: &Path, file: &File) -> Result<Self> {
        let failed = || Error::io("read", path);
        let length = file.metadata().map_err(failed())?.len();
        match Head::read(path)? {
            Found::Head(head) if fits(file, length, head).map_err(failed())? => {
                let end = go_on(file, head).map_err(failed())?;
                Self::behind(file, length, end, None).map_err(failed())
            }
            Found::Head(head) => {
                let end = walked(file).map_err(failed())?;
                // Chained to what should be there: that it is not, stays visible forever.
                let end = Head { bytes: end.bytes, ..head };
                let standing = Self::behind(file, length, end, Some(Trouble::Changed)).map_err(failed())?;
                Ok(Self { expected: Some(head), ..standing })
            }
            found => {
                let end = walked(file).map_err(failed())?;
                let trouble = match found {
                    Found::Damaged => Some(Trouble::HeadDamaged),
                    Found::Head(_) | Found::Nothing => (end.lines > 1).then_some(Trouble::HeadMissing),
                };
                Self::behind(file, length, end, trouble).map_err(failed())
            }
        }
    }

    /// Describes a log whose next line goes behind `head`.
    fn behind(file: &File, length: u64, head: Head, trouble: Option<Trouble>) -> io::Result<Self> {
        let rest = lines::bytes_from(file, head.bytes, KEPT)?;
        let trouble = trouble.or((!rest.is_empty()).then_some(Trouble::Torn));
        Ok(Self { head, length, rest, trouble, expected: None })
    }

    /// Returns the entry that tells what is wrong, if anything is; `cause` is the entry to be appended.
    pub(super) fn told(&self, cause: &Entry, path: &Path) -> Option<Entry> {
        let mut metadata = Metadata::new().with("problem", self.trouble?.said());
        if let Some(expected) = self.expected {
            metadata = metadata.with("expectedLines", expected.lines).with("expectedBytes", expected.bytes);
        }
        if !self.rest.is_empty() {
            metadata = metadata
                .with("tornBytes", self.length.saturating_sub(self.head.bytes))
                .with("tornSha256", Hash::of(&self.rest).to_string())
                .with("tornBase64", STANDARD.encode(&self.rest));
        }
        Some(Entry {
            timestamp: cause.timestamp,
            action: "audit.repaired".to_owned(),
            user: cause.user.clone(),
            resource: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            result: Ended::Success,
            metadata,
        })
    }
}

/// Tells whether the log has the line that the head names, where the head says.
pub(super) fn fits(file: &File, length: u64, head: Head) -> io::Result<bool> {
    if head.bytes == 0 {
        return Ok(head == Head::START);
    }
    let last = if length < head.bytes { None } else { lines::line_before(file, head.bytes)? };
    Ok(last.and_then(|line| Line::links(&line)).is_some_and(|links| links.is_true && links.hash == head.hash))
}

/// Goes on from a head for as long as lines are whole and chained.
fn go_on(file: &File, mut head: Head) -> io::Result<Head> {
    for line in Lines::from(file, head.bytes)? {
        let line = line?;
        let links = Line::links(&line.bytes).filter(|links| line.is_ended && links.is_true && links.prev == head.hash);
        let Some(links) = links else { break };
        head = Head { lines: head.lines + 1, bytes: line.after, hash: links.hash };
    }
    Ok(head)
}

/// Goes through a whole log, to the end of its last ended line, whatever its lines are.
fn walked(file: &File) -> io::Result<Head> {
    let mut head = Head::START;
    let mut last = None;
    for line in Lines::from(file, 0)? {
        let line = line?;
        if line.is_ended {
            head = Head { lines: head.lines + 1, bytes: line.after, ..head };
            last = Some(line.bytes);
        }
    }
    let hash = last.and_then(|line| Line::links(&line)).map_or(Hash::START, |links| links.hash);
    Ok(Head { hash, ..head })
}
