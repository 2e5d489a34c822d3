//! The head: a small file beside a log that says up to where it was written and synced.

use std::io::{self, ErrorKind, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::audit::chain::Hash;
use crate::audit::file::{self, Access, For};
use crate::error::{Error, Result};

/// The largest head that is read, in bytes.
const MOST: u64 = 4096;

/// How the name of a head ends.
const SUFFIX: &str = ".head";

/// Up to where a log was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many lines it has.
    pub lines: u64,
    /// How many bytes these are.
    pub bytes: u64,
    /// The hash of the last one.
    pub hash: Hash,
}

/// A head as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// How many lines.
    lines: u64,
    /// How many bytes.
    bytes: u64,
    /// The last hash, in hex.
    hash: String,
}

/// What is found beside a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// A head.
    Head(Head),
    /// Nothing.
    Nothing,
    /// Something that is not a head.
    Damaged,
}

impl Found {
    /// Returns the hash of the last line that a head names.
    pub(super) fn hash(self) -> Option<Hash> {
        match self {
            Self::Head(head) => Some(head.hash),
            Self::Nothing | Self::Damaged => None,
        }
    }
}

impl Head {
    /// The head of a log with nothing in it.
    pub(super) const START: Self = Self { lines: 0, bytes: 0, hash: Hash::START };

    /// Reads the head of a log.
    pub(super) fn read(log: &Path) -> Result<Found> {
        Self::read_as(log, SUFFIX)
    }

    /// Reads such a file under the log's name with another ending.
    pub(super) fn read_as(log: &Path, suffix: &str) -> Result<Found> {
        let path = file::beside(log, suffix);
        match path.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
            Ok(found) if found.is_file() && found.len() > MOST => return Ok(Found::Damaged),
            Ok(_) | Err(_) => {}
        }
        let file = file::open(&path, For::Reading)?;
        let mut text = Vec::new();
        file.take(MOST).read_to_end(&mut text).map_err(Error::io("read", &path))?;
        Ok(parse(&text).map_or(Found::Damaged, Found::Head))
    }

    /// Writes the head of a log, whole or not at all.
    pub(super) fn write(&self, log: &Path, access: Access) -> io::Result<()> {
        self.write_as(log, SUFFIX, access)
    }

    /// Writes such a file under the log's name with another ending.
    pub(super) fn write_as(&self, log: &Path, suffix: &str, access: Access) -> io::Result<()> {
        let written = Written { lines: self.lines, bytes: self.bytes, hash: self.hash.to_string() };
        let mut text = serde_json::to_vec(&written)?;
        text.push(b'\n');
        file::replace(&file::beside(log, suffix), &text, access)
    }
}

/// Reads the text of a head.
fn parse(text: &[u8]) -> Option<Head> {
    let written: Written = serde_json::from_slice(text).ok()?;
    Some(Head { lines: written.lines, bytes: written.bytes, hash: Hash::parse(&written.hash)? })
}
