//! How much of an archive is unpacked.

use std::cell::Cell;

/// How much of one archive is unpacked, with all that lies in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// How many bytes; those of an archive in an archive count again where they are unpacked.
    pub bytes: u64,
    /// How many times as large as what it is packed in a member may become.
    pub ratio: u64,
    /// How many bytes a member may have whatever its ratio: a short text of blanks is no bomb.
    pub free: u64,
    /// How many bytes of an archive are held, where it lies in another and cannot be read as a stream.
    pub held: u64,
    /// How many members.
    pub members: u64,
    /// How many archives deep a member may lie.
    pub depth: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { bytes: 512 << 20, ratio: 200, free: 1 << 20, held: 64 << 20, members: 10_000, depth: 3 }
    }
}

/// What is left of the bounds, which all that lies in one archive shares.
#[derive(Debug)]
pub(super) struct Budget {
    /// The bounds.
    pub(super) bounds: Bounds,
    /// How many more bytes may be unpacked.
    bytes: Cell<u64>,
    /// How many more members may be looked at.
    members: Cell<u64>,
}

impl Budget {
    /// All of the bounds.
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, bytes: Cell::new(bounds.bytes), members: Cell::new(bounds.members) }
    }

    /// Spends bytes, and tells whether there were as many.
    pub(super) fn spend_bytes(&self, count: u64) -> bool {
        spend(&self.bytes, count)
    }

    /// Spends a member, and tells whether there was one.
    pub(super) fn spend_member(&self) -> bool {
        spend(&self.members, 1)
    }
}

/// Takes from what is left; tells whether it was enough.
fn spend(left: &Cell<u64>, count: u64) -> bool {
    let rest = left.get().checked_sub(count);
    left.set(rest.unwrap_or(0));
    rest.is_some()
}
