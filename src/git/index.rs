//! The index file, read as git reads it: entries in order, and the tree cache.
//!
//! libgit2 copies every entry and compares every one of them; of 100,000 that is
//! most of the time of a commit. Git skips the folders whose cached tree is the
//! one in HEAD, and so do we. What we do not understand (a split or a sparse
//! index) is an error here, and git's plumbing steps in.

use crate::git::trees::{Mode, Version};
use crate::oid::ObjectId;

/// What an index begins with, and how long that is with version and count.
const SIGNATURE: &[u8] = b"DIRC";
const HEADER_BYTES: usize = 12;
/// Where the mode and the object name of an entry begin.
const MODE_AT: usize = 24;
const ID_AT: usize = 40;
/// Bits of an entry's flags.
const EXTENDED: u16 = 0x4000;
const INTENT_TO_ADD: u16 = 0x2000;
const NAME_BITS: u16 = 0x0fff;

/// Why an index cannot be read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// It has a form that git reads and we do not.
    Form(&'static str),
    /// It is damaged. Git does not always notice: it is not asked.
    Damaged(&'static str),
}

/// What is wrong with an index that ends too early.
const CUT: Refused = Refused::Damaged("it is cut short");

/// An index file in memory.
pub(super) struct Index {
    bytes: Vec<u8>,
    version: u32,
    count: u32,
    id_len: usize,
}

/// One entry of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Staged {
    /// What is staged.
    pub(super) version: Version,
    /// 0, or the side of a conflict: 1 base, 2 ours, 3 theirs.
    pub(super) stage: u8,
    /// Whether it is only a promise to add something later (`git add -N`).
    pub(super) intent: Intent,
}

/// Whether an entry stands for content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    /// It does.
    Content,
    /// It will: the commit leaves it out.
    Later,
}

/// What the index knows of a folder that did not change since a tree was last written.
#[derive(Debug, Default)]
pub(super) struct Cached<'index> {
    /// Its name.
    name: &'index [u8],
    /// How many entries are below it and the tree they make; `None` if something changed.
    pub(super) valid: Option<(u64, ObjectId)>,
    /// The folders in it.
    below: Vec<Cached<'index>>,
}

impl Cached<'_> {
    /// Returns what is known of a folder in this one; `key` ends in `/`.
    pub(super) fn folder(&self, key: &[u8]) -> Option<&Self> {
        let name = key.strip_suffix(b"/")?;
        let at = self.below.binary_search_by(|folder| folder.name.cmp(name)).ok()?;
        Some(&self.below[at])
    }
}

impl Index {
    /// Takes hold of the bytes of an index file, whose object names have `id_len` bytes.
    pub(super) fn parse(bytes: Vec<u8>, id_len: usize) -> Result<Self, Refused> {
        if !bytes.starts_with(SIGNATURE) {
            return Err(Refused::Damaged("it does not begin like an index"));
        }
        if bytes.len() < HEADER_BYTES + id_len {
            return Err(CUT);
        }
        let version = number(&bytes, 4).unwrap_or_default();
        let count = number(&bytes, 8).unwrap_or_default();
        if !(2..=4).contains(&version) {
            return Err(Refused::Form("its version is not known"));
        }
        Ok(Self { bytes, version, count, id_len })
    }

    /// Returns a cursor in front of the first entry.
    pub(super) fn cursor(&self) -> Cursor<'_> {
        Cursor { index: self, at: HEADER_BYTES, left: self.count, path: Vec::new() }
    }

    /// Reads what follows the entries: the tree cache, if it is there.
    ///
    /// An extension that we must understand and do not is an error: with it, the
    /// entries do not mean what they seem to.
    pub(super) fn cached(&self, mut at: usize) -> Result<Option<Cached<'_>>, Refused> {
        let end = self.bytes.len() - self.id_len;
        let mut cached = None;
        while at < end {
            let bytes = number(&self.bytes, at + 4).ok_or(CUT)? as usize;
            let name = self.bytes.get(at..at + 4).ok_or(CUT)?;
            let body = self.bytes[..end].get(at + 8..).and_then(|rest| rest.get(..bytes)).ok_or(CUT)?;
            match name {
                b"TREE" => cached = tree_cache(body, self.id_len),
                b"link" => return Err(Refused::Form("it is split in two files")),
                b"sdir" => return Err(Refused::Form("it is sparse")),
                [b'A'..=b'Z', ..] => {}
                _ => return Err(Refused::Form("it has an extension that is not known")),
            }
            at += 8 + bytes;
        }
        Ok(cached)
    }
}

/// A place in the index, and the path of the entry before it.
#[derive(Clone)]
pub(super) struct Cursor<'index> {
    index: &'index Index,
    at: usize,
    left: u32,
    path: Vec<u8>,
}

impl Cursor<'_> {
    /// Returns the next entry, whose path is then [`Cursor::path`]; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Staged>, Refused> {
        if self.left == 0 {
            return Ok(None);
        }
        let entry = self.read().ok_or(Refused::Damaged("it is cut short, or an entry is damaged"))?;
        self.left -= 1;
        Ok(Some(entry))
    }

    /// Returns the path of the entry that was read last.
    pub(super) fn path(&self) -> &[u8] {
        &self.path
    }

    /// Returns where the next entry begins, or after the last the first extension.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Reads one entry and moves behind it.
    fn read(&mut self) -> Option<Staged> {
        let Index { version, id_len, .. } = *self.index;
        let bytes = &self.index.bytes[..self.index.bytes.len() - id_len];
        let mode = Mode::from_bits(number(bytes, self.at + MODE_AT)?);
        let mut at = self.at + ID_AT;
        let id = ObjectId::from_bytes(bytes.get(at..at + id_len)?)?;
        at += id_len;
        let flags = short(bytes, at)?;
        at += 2;
        let extended = if version > 2 && flags & EXTENDED != 0 { short(bytes, at)? } else { 0 };
        at += if version > 2 && flags & EXTENDED != 0 { 2 } else { 0 };
        self.at = if version == 4 { self.compressed_name(bytes, at)? } else { self.plain_name(bytes, at, flags)? };
        let intent = if extended & INTENT_TO_ADD == 0 { Intent::Content } else { Intent::Later };
        let stage = u8::try_from(flags >> 12 & 3).ok()?;
        Some(Staged { version: Version { mode, id }, stage, intent })
    }

    /// Reads a whole name; entries are padded with 1 to 8 zeros to a multiple of 8.
    fn plain_name(&mut self, bytes: &[u8], at: usize, flags: u16) -> Option<usize> {
        let short = usize::from(flags & NAME_BITS);
        let length = if short < usize::from(NAME_BITS) { short } else { zero_from(bytes, at)? };
        self.path.clear();
        self.path.extend_from_slice(bytes.get(at..at + length)?);
        let end = self.at + ((at + length - self.at) / 8 + 1) * 8;
        bytes.get(at + length..end)?.iter().all(|byte| *byte == 0).then_some(end)
    }

    /// Reads a name that leaves out what it shares with the one before.
    fn compressed_name(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let (strip, at) = variable_number(bytes, at)?;
        let length = zero_from(bytes, at)?;
        self.path.truncate(self.path.len().checked_sub(strip)?);
        self.path.extend_from_slice(&bytes[at..at + length]);
        Some(at + length + 1)
    }
}

/// Returns how far the next zero is.
fn zero_from(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..)?.iter().position(|byte| *byte == 0)
}

/// Reads a number of 4 bytes.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

/// Reads a number of 2 bytes.
fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}

/// Reads a number as packs write offsets: 7 bits a byte, each further byte adds one.
fn variable_number(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut byte = *bytes.get(at)?;
    let mut value = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        at += 1;
        byte = *bytes.get(at)?;
        value = value.checked_add(1)?.checked_mul(128)? | usize::from(byte & 0x7f);
    }
    Some((value, at + 1))
}

/// Reads the tree cache; a damaged one is as good as none.
fn tree_cache(bytes: &[u8], id_len: usize) -> Option<Cached<'_>> {
    let (root, rest) = cached_folder(bytes, id_len, 0)?;
    rest.is_empty().then_some(root)
}

/// Reads one folder of the tree cache: `NAME NUL COUNT SP FOLDERS LF ID`, then the folders in it.
fn cached_folder(bytes: &[u8], id_len: usize, depth: usize) -> Option<(Cached<'_>, &[u8])> {
    if depth > 2048 {
        return None;
    }
    let (name, rest) = cut(bytes, 0)?;
    let (count, rest) = cut(rest, b' ')?;
    let (folders, mut rest) = cut(rest, b'\n')?;
    let count: i64 = std::str::from_utf8(count).ok()?.parse().ok()?;
    let folders: usize = std::str::from_utf8(folders).ok()?.parse().ok()?;
    let mut valid = None;
    if let Ok(count) = u64::try_from(count) {
        valid = Some((count, ObjectId::from_bytes(rest.get(..id_len)?)?));
        rest = &rest[id_len..];
    }
    let mut below = Vec::new();
    for _ in 0..folders {
        let (folder, after) = cached_folder(rest, id_len, depth + 1)?;
        below.push(folder);
        rest = after;
    }
    // Git sorts them by length first.
    below.sort_by(|one: &Cached, other| one.name.cmp(other.name));
    Some((Cached { name, valid, below }, rest))
}

/// Cuts bytes in two at the first `mark`, which neither part keeps.
fn cut(bytes: &[u8], mark: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == mark)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}
