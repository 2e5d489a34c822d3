//! The index of a pack: which objects it holds, and where.
//!
//! Versions 1 and 2 of the format in git's `gitformat-pack(5)`.

use std::path::Path;

use crate::error::{Error, Result};
use crate::git::pack::file::Bytes;
use crate::oid::ObjectId;

/// The verb of every error in this file.
const DOING: &str = "read the pack index";
/// What a version 2 index begins with; as a count of version 1 it would be absurd.
const MAGIC: &[u8] = b"\xfftOc\x00\x00\x00\x02";
/// Bytes of the table that counts objects by first byte.
const FANOUT: usize = 256 * 4;

/// The index of a pack, as it lies on disk.
#[derive(Debug)]
pub(super) struct Index {
    map: Bytes,
    /// Bytes of an object name: 20 or 32.
    id_len: usize,
    /// How many objects there are.
    count: usize,
    layout: Layout,
}

/// Where things stand in an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Offset and name side by side.
    One,
    /// Names, checksums, offsets, large offsets.
    Two,
}

impl Index {
    /// Reads an index and checks that its parts fit its length.
    pub(super) fn open(path: &Path, id_len: usize) -> Result<Self> {
        let map = Bytes::of(DOING, path)?;
        let damaged = |because: &str| Error::Git { doing: DOING, what: super::name(path), because: because.to_owned() };
        let layout = if map.starts_with(MAGIC) { Layout::Two } else { Layout::One };
        let start = if layout == Layout::Two { MAGIC.len() } else { 0 };
        let fanout = map.get(start..start + FANOUT).ok_or_else(|| damaged("it is cut off"))?;
        let counts: Vec<u32> = fanout.chunks_exact(4).map(number).collect();
        if !counts.is_sorted() {
            return Err(damaged("its table of counts makes no sense"));
        }
        let count = counts[255] as usize;
        let index = Self { map, id_len, count, layout };
        if index.has_room() { Ok(index) } else { Err(damaged("its length does not fit its count of objects")) }
    }

    /// Tells whether the file is as long as its count of objects asks for.
    fn has_room(&self) -> bool {
        let sums = 2 * self.id_len;
        match self.layout {
            Layout::One => self.map.len() == FANOUT + self.count * (4 + self.id_len) + sums,
            Layout::Two => {
                let least = MAGIC.len() + FANOUT + self.count * (self.id_len + 8) + sums;
                self.map.len() >= least && (self.map.len() - least).is_multiple_of(8)
            }
        }
    }

    /// Returns how many objects there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Returns the name of the object with this number, in order of names.
    pub(super) fn id(&self, number: usize) -> ObjectId {
        let name = self.name(number);
        ObjectId::from_bytes(name).expect("names are of the length that was checked")
    }

    fn name(&self, number: usize) -> &[u8] {
        let start = match self.layout {
            Layout::One => FANOUT + number * (4 + self.id_len) + 4,
            Layout::Two => MAGIC.len() + FANOUT + number * self.id_len,
        };
        &self.map[start..start + self.id_len]
    }

    /// Returns where in the pack the object with this number begins; an absurd answer for a damaged index.
    pub(super) fn offset(&self, number: usize) -> u64 {
        let at = |start: usize| number_at(&self.map, start);
        let small = match self.layout {
            Layout::One => return u64::from(at(FANOUT + number * (4 + self.id_len))),
            Layout::Two => at(MAGIC.len() + FANOUT + self.count * (self.id_len + 4) + number * 4),
        };
        if small < 1 << 31 {
            return u64::from(small);
        }
        let large = MAGIC.len() + FANOUT + self.count * (self.id_len + 8) + (small & 0x7fff_ffff) as usize * 8;
        match self.map.get(large..large + 8) {
            Some(bytes) => bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
            None => u64::MAX,
        }
    }

    /// Returns the number of an object.
    pub(super) fn find(&self, id: &[u8]) -> Option<usize> {
        let start = if self.layout == Layout::Two { MAGIC.len() } else { 0 };
        let count = |byte: usize| number_at(&self.map, start + byte * 4) as usize;
        let first = usize::from(*id.first()?);
        let (mut low, mut high) = (first.checked_sub(1).map_or(0, count), count(first));
        while low < high {
            let middle = low.midpoint(high);
            match self.name(middle).cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// Returns the checksum of the pack that this is the index of.
    pub(super) fn pack_checksum(&self) -> &[u8] {
        let end = self.map.len() - self.id_len;
        &self.map[end - self.id_len..end]
    }
}

/// Reads a number of four bytes, big-endian.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn number_at(map: &[u8], start: usize) -> u32 {
    number(&map[start..start + 4])
}
