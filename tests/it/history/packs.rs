//! Packs written by hand, with their indexes: deltas that git would not make, and faults.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use sha1::{Digest, Sha1};

use crate::common::TestRepo;

/// The name of an object.
pub(super) type Id = [u8; 20];

/// Where an entry begins, what it is called, and the checksum of its bytes.
struct Entry {
    at: usize,
    id: Id,
    crc: u32,
}

/// A pack that is being written.
pub(super) struct PackFile {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

impl PackFile {
    pub(super) fn new() -> Self {
        Self { bytes: b"PACK\0\0\0\x02\0\0\0\0".to_vec(), entries: Vec::new() }
    }

    /// Adds an object as it is; returns its name.
    pub(super) fn whole(&mut self, kind: &str, bytes: &[u8]) -> Id {
        let id = id_of(kind, bytes);
        self.add(id, number_of(kind), bytes.len(), &[], &deflated(bytes));
        id
    }

    /// Adds an object as a delta against the entry that was added `back` entries ago.
    pub(super) fn before(&mut self, id: Id, back: usize, delta: &[u8]) {
        let base = &self.entries[self.entries.len() - back];
        let distance = offset(self.bytes.len() - base.at);
        self.add(id, 6, delta.len(), &distance, &deflated(delta));
    }

    /// Adds an object as a delta against a named one.
    pub(super) fn against(&mut self, id: Id, base: Id, delta: &[u8]) {
        self.add(id, 7, delta.len(), &base, &deflated(delta));
    }

    /// Adds an entry of which nothing needs to be true.
    pub(super) fn add(&mut self, id: Id, kind: u8, size: usize, base: &[u8], data: &[u8]) {
        let at = self.bytes.len();
        let (mut byte, mut rest) = (kind << 4 | low(size, 4), size >> 4);
        while rest > 0 {
            self.bytes.push(byte | 0x80);
            (byte, rest) = (low(rest, 7), rest >> 7);
        }
        self.bytes.push(byte);
        self.bytes.extend_from_slice(base);
        self.bytes.extend_from_slice(data);
        let crc = crc32fast::hash(&self.bytes[at..]);
        self.entries.push(Entry { at, id, crc });
    }

    /// Returns where the entry of an object ends, if it is the last so far or not.
    pub(super) fn end_of(&self, id: Id) -> usize {
        let next = self.entries.iter().skip_while(|entry| entry.id != id).nth(1);
        next.map_or(self.bytes.len(), |entry| entry.at)
    }

    /// Puts the pack and its index in place; returns the path in the repository, without an ending.
    #[track_caller]
    pub(super) fn install(self, repo: &TestRepo) -> String {
        self.install_as(repo, "pack-by-hand")
    }

    /// Does the same under a name.
    #[track_caller]
    pub(super) fn install_as(mut self, repo: &TestRepo, name: &str) -> String {
        let count = u32::try_from(self.entries.len()).unwrap().to_be_bytes();
        self.bytes[8..12].copy_from_slice(&count);
        let sum = Sha1::digest(&self.bytes);
        self.bytes.extend_from_slice(&sum);
        let path = format!(".git/objects/pack/{name}");
        repo.write(&format!("{path}.pack"), &self.bytes);
        repo.write(&format!("{path}.idx"), self.index(&sum));
        path
    }

    /// Returns the index, in version 2.
    fn index(mut self, sum: &[u8]) -> Vec<u8> {
        self.entries.sort_by_key(|entry| entry.id);
        let mut index = b"\xfftOc\0\0\0\x02".to_vec();
        for first in 0..=255 {
            let count = self.entries.iter().filter(|entry| entry.id[0] <= first).count();
            index.extend(u32::try_from(count).unwrap().to_be_bytes());
        }
        self.entries.iter().for_each(|entry| index.extend(entry.id));
        self.entries.iter().for_each(|entry| index.extend(entry.crc.to_be_bytes()));
        self.entries.iter().for_each(|entry| index.extend(u32::try_from(entry.at).unwrap().to_be_bytes()));
        index.extend_from_slice(sum);
        let own = Sha1::digest(&index);
        index.extend_from_slice(&own);
        index
    }
}

/// Returns the lowest bits of a number.
fn low(number: usize, bits: u32) -> u8 {
    u8::try_from(number & ((1 << bits) - 1)).unwrap()
}

/// Returns the name of an object.
pub(super) fn id_of(kind: &str, bytes: &[u8]) -> Id {
    Sha1::new_with_prefix(format!("{kind} {}\0", bytes.len())).chain_update(bytes).finalize().into()
}

/// Returns the name of an object as git writes it.
pub(super) fn hex(id: Id) -> String {
    ideoguard::oid::ObjectId::from_bytes(&id).unwrap().to_string()
}

fn number_of(kind: &str) -> u8 {
    match kind {
        "commit" => 1,
        "tree" => 2,
        "blob" => 3,
        _ => 4,
    }
}

/// Deflates bytes.
pub(super) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Writes how far back a base begins.
fn offset(mut distance: usize) -> Vec<u8> {
    let mut bytes = vec![low(distance, 7)];
    while distance >> 7 > 0 {
        distance = (distance >> 7) - 1;
        bytes.push(low(distance, 7) | 0x80);
    }
    bytes.reverse();
    bytes
}
