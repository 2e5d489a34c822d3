//! Packs: read as they lie on disk, each entry once, in the order of the deltas.
//!
//! The formats are those of git's `gitformat-pack(5)`. libgit2 and git look every
//! object up by name and rebuild it from its chain of deltas; a walk over whole
//! families of deltas (`walk.rs`) builds each object once and knows what it shares
//! with the one it was built from.

mod delta;
mod entry;
mod file;
mod folders;
mod forest;
mod index;
mod spare;
mod walk;

use std::ops::Range;
use std::path::{Path, PathBuf};

use once_cell::sync::OnceCell;
use rayon::prelude::*;

pub use delta::Copied;
pub use folders::Loose;
pub use walk::{Base, Build, Content, Lost, Node, Unit, Units, Visit};

use crate::error::{Error, Result};
use crate::oid::ObjectId;
use crate::path::RepoPath;
use file::Bytes;
use index::Index;

/// The verb of errors about packs.
const DOING: &str = "read the pack";
/// Bytes of what a pack begins with: `PACK`, a version, a count.
const HEAD: usize = 12;

/// A pack and its index, in memory.
#[derive(Debug)]
pub struct Pack {
    path: PathBuf,
    map: Bytes,
    index: Index,
    /// How many objects there are.
    count: u32,
    /// Where each entry begins and its number in the index, in the order of the pack; sorted on first use.
    slots: OnceCell<Vec<Slot>>,
    /// Bytes of an object name: 20 or 32.
    id_len: usize,
    /// Whether the pack is the one that its index was made for.
    is_whole: bool,
}

/// Where an entry begins, and its number in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Slot {
    at: u64,
    number: u32,
}

impl Pack {
    /// Opens the pack whose index is `index`, and checks that the two fit.
    ///
    /// A pack whose checksum is not the one that its index names is taken, since
    /// most of it may still be readable; [`Pack::damage`] tells.
    pub(super) fn open(index: &Path, id_len: usize) -> Result<Self> {
        let path = index.with_extension("pack");
        let index = Index::open(index, id_len)?;
        let map = Bytes::of(DOING, &path)?;
        let damaged = |because: &str| Error::Git { doing: DOING, what: name(&path), because: because.to_owned() };
        let is_pack = map.len() >= HEAD + id_len && map.starts_with(b"PACK") && matches!(map[4..8], [0, 0, 0, 2 | 3]);
        if !is_pack {
            return Err(damaged("it does not begin as a pack of version 2 or 3 does"));
        }
        let count = u32::try_from(index.count()).map_err(|_| damaged("it holds more objects than a pack can"))?;
        let is_whole = map[8..HEAD] == count.to_be_bytes() && map[map.len() - id_len..] == *index.pack_checksum();
        Ok(Self { path, map, index, count, slots: OnceCell::new(), id_len, is_whole })
    }

    /// Returns the checksum that names the pack's content.
    #[must_use]
    pub fn checksum(&self) -> &[u8] {
        self.index.pack_checksum()
    }

    /// Returns the file, as messages name it.
    #[must_use]
    pub fn name(&self) -> String {
        name(&self.path)
    }

    /// Returns what is wrong with the pack as a whole, if something is.
    #[must_use]
    pub fn damage(&self) -> Option<Error> {
        (!self.is_whole).then(|| Error::Git {
            doing: DOING,
            what: self.name(),
            because: "it is damaged or cut off: its end is not what its index says".to_owned(),
        })
    }

    /// Tells whether the pack holds an object.
    #[must_use]
    pub fn holds(&self, id: ObjectId) -> bool {
        self.index.find(id.as_bytes()).is_some()
    }

    /// Tells whether the pack came from a partial clone's remote, which keeps objects back.
    #[must_use]
    pub fn is_from_promisor(&self) -> bool {
        self.path.with_extension("promisor").exists()
    }

    /// Returns how many entries there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.count
    }

    /// Returns how many bytes the file has.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.map.len()
    }

    /// Tells whether the pack holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns the name of the object in a slot.
    #[must_use]
    pub fn id(&self, slot: u32) -> ObjectId {
        self.index.id(self.slots()[slot as usize].number as usize)
    }

    /// Returns the entries in the order of the pack.
    fn slots(&self) -> &[Slot] {
        self.slots.get_or_init(|| {
            let mut slots = each(self.count, |number| Slot { at: self.index.offset(number as usize), number });
            slots.par_sort_unstable();
            slots
        })
    }

    /// Frees what was worked out for a walk.
    pub fn forget_order(&mut self) {
        self.slots.take();
    }

    /// Returns the names of all objects, in order.
    pub fn ids(&self) -> impl Iterator<Item = ObjectId> + '_ {
        (0..self.index.count()).map(|number| self.index.id(number))
    }

    /// Returns where the entry in a slot begins.
    fn offset(&self, slot: u32) -> u64 {
        self.slots()[slot as usize].at
    }

    /// Returns the bytes of an entry; none where the index points outside the pack.
    fn entry(&self, slot: u32) -> &[u8] {
        &self.map[self.place(slot)]
    }

    /// Returns the bytes of an entry, and a few of those that follow.
    fn entry_and_beyond(&self, slot: u32) -> &[u8] {
        let Range { start, end } = self.place(slot);
        &self.map[start..self.map.len().min(end + entry::BEYOND)]
    }

    /// Returns where an entry lies.
    fn place(&self, slot: u32) -> Range<usize> {
        let end = self.map.len() - self.id_len;
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).clamp(HEAD, end);
        let next = self.slots().get(slot as usize + 1).map_or(end, |next| place(next.at));
        place(self.offset(slot)).min(next)..next
    }

    /// Returns the slot of the entry that begins at an offset.
    fn slot_at(&self, at: u64) -> Option<u32> {
        self.slots().binary_search_by_key(&at, |slot| slot.at).ok().and_then(|slot| u32::try_from(slot).ok())
    }

    /// Returns the slot of an object.
    fn slot_of(&self, id: ObjectId) -> Option<u32> {
        self.slot_at(self.index.offset(self.index.find(id.as_bytes())?))
    }
}

/// Does something for each number below a count, on all threads where there is enough to do.
fn each<T: Send>(count: u32, work: impl Fn(u32) -> T + Send + Sync) -> Vec<T> {
    /// As many are done in the time that it takes to start threads.
    const FEW: u32 = 4096;
    let numbers = 0..count;
    if count <= FEW { numbers.map(work).collect() } else { numbers.into_par_iter().map(work).collect() }
}

/// Returns a file's name as messages show it.
fn name(path: &Path) -> String {
    RepoPath::from(path).to_string()
}
