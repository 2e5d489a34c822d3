//! What is done with trees: which entries they have beyond their bases, and the secrets in their names.

use crate::git::pack::{self, Base};
use crate::history::{Copied, Fresh};
use crate::oid::ObjectId;
use crate::scan::history::visit::{Method, State, Sum, Visitor};
use crate::scan::window::Window;
use crate::text::TextKind;

/// A shorter name holds no secret: no built-in rule finds one in fewer bytes.
const SHORTEST_NAME: usize = 8;

/// What a tree leaves for those that are stored against it.
pub(super) struct TreeState {
    /// Its number in the graph of its sum.
    number: u32,
    /// Where its entries begin, and where the last one ends.
    starts: Vec<u32>,
    /// Where the entries begin whose names hold secrets.
    named: Vec<u32>,
}

impl TreeState {
    /// Takes over the entries that lie wholly in a copied stretch from `at` on, which must be where one begins.
    ///
    /// Adds where they begin now, and returns where the last one ends; `None` if there is none.
    fn copied(&self, stretch: pack::Copied, at: usize, starts: &mut Vec<u32>) -> Option<usize> {
        let first = self.starts.binary_search(&narrow(at - stretch.to + stretch.from)).ok()?;
        let end = self.starts.partition_point(|start| *start as usize <= stretch.from + stretch.len);
        let taken = self.starts.get(first..end.checked_sub(1)?).filter(|taken| !taken.is_empty())?;
        starts.extend(taken.iter().map(|start| moved(*start, stretch)));
        Some(moved(self.starts[end - 1], stretch) as usize)
    }
}

/// Returns where a place of the base is copied to; nonsense for one outside the stretch.
fn moved(start: u32, stretch: pack::Copied) -> u32 {
    start.wrapping_sub(narrow(stretch.from)).wrapping_add(narrow(stretch.to))
}

impl Visitor<'_> {
    /// Returns how many bytes a name has at least that is scanned; a rule of a file may find something in any.
    fn shortest_name(&self) -> usize {
        if self.engine.has_rules_of_files() { 0 } else { SHORTEST_NAME }
    }

    /// Notes what a tree holds beyond its base, and scans the names of that.
    pub(super) fn tree(&self, sum: &mut Sum, id: ObjectId, bytes: &[u8], base: Option<&Base<'_, State>>) -> State {
        let (copies, of_base) = match base {
            Some(Base { copies, state: State::Tree(tree), is_far: false, .. }) => (*copies, Some(tree)),
            Some(_) | None => (&[][..], None),
        };
        let mut fresh = Vec::new();
        // Most entries of a version are those of the one before.
        let room = of_base.map_or(bytes.len() / (self.id_len + 16), |base| base.starts.len());
        let (mut starts, mut named) = (Vec::with_capacity(room + 2), Vec::new());
        let mut stretches = copies.iter();
        let mut next = stretches.next();
        let mut at = 0;
        while at < bytes.len() {
            while next.is_some_and(|copied| copied.to + copied.len <= at) {
                next = stretches.next();
            }
            if let Some(copied) = next.filter(|copied| copied.to <= at)
                && let Some(base) = of_base
                && let Some(end) = base.copied(*copied, at, &mut starts)
            {
                let moved = base.named.iter().map(|start| moved(*start, *copied));
                for start in moved.filter(|start| (at..end).contains(&(*start as usize))) {
                    let entry = TreeEntry::read(&bytes[start as usize..], self.id_len);
                    named.extend(entry.and_then(|entry| self.name(sum, id, entry.name).then_some(start)));
                }
                at = end;
                continue;
            }
            let Some(entry) = TreeEntry::read(&bytes[at..], self.id_len) else {
                sum.damaged(id);
                return State::Other;
            };
            starts.push(narrow(at));
            at += entry.len;
            if self.name(sum, id, entry.name) {
                named.extend(starts.last());
            }
            if !entry.is_submodule {
                let place = at - self.id_len;
                self.link(sum, &bytes[place..at]);
                let prefix = bytes[place..place + 8].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
                fresh.push(Fresh { prefix, at: narrow(place) });
            }
        }
        starts.push(narrow(at));
        let trees = &mut sum.graph.trees;
        let number = match of_base {
            Some(base) => trees.add_delta(id, base.number, fresh, copies.iter().map(copied)),
            None => trees.add_whole(id, fresh),
        };
        State::Tree(TreeState { number, starts, named })
    }

    /// Notes an object that an entry names and that is not among those that are scanned.
    fn link(&self, sum: &mut Sum, name: &[u8]) {
        let Some(inside) = self.inside else { return };
        sum.outside.extend(ObjectId::from_bytes(name).filter(|id| !inside.contains(id)));
    }

    /// Scans a name in a tree, one without a secret once; tells whether it holds one.
    fn name(&self, sum: &mut Sum, tree: ObjectId, name: &[u8]) -> bool {
        if self.method == Method::GraphOnly || name.len() < self.shortest_name() {
            return false;
        }
        if sum.names.holds(name) {
            return false;
        }
        sum.looked_at += name.len() as u64;
        let matches = self.engine.scan(name);
        let matches_none = matches.is_empty();
        if matches_none {
            sum.names.note(name);
        } else {
            // Each tree that has it counts: one may be in a tip, and another not.
            self.report(sum, tree, TextKind::PathName, &Window::whole(name), matches);
        }
        !matches_none
    }
}

/// An entry of a tree: `mode SP name NUL id`.
struct TreeEntry<'a> {
    name: &'a [u8],
    is_submodule: bool,
    /// How many bytes it takes.
    len: usize,
}

impl<'a> TreeEntry<'a> {
    fn read(bytes: &'a [u8], id_len: usize) -> Option<Self> {
        let space = memchr::memchr(b' ', bytes.get(..8).unwrap_or(bytes))?;
        let end = space + memchr::memchr(0, &bytes[space..])?;
        let len = end + 1 + id_len;
        let is_submodule = is_submodule(&bytes[..space]);
        (len <= bytes.len()).then(|| Self { name: &bytes[space + 1..end], is_submodule, len })
    }
}

/// Tells whether a mode, in octal digits, is a submodule's for git, which looks at four of its bits.
fn is_submodule(mode: &[u8]) -> bool {
    mode.iter().fold(0_u32, |bits, digit| bits << 3 | u32::from(digit & 7)) & 0o170_000 == 0o160_000
}

/// Returns the names in a tree, up to where it makes no sense.
pub(in crate::scan) fn names(tree: &[u8], id_len: usize) -> impl Iterator<Item = &[u8]> {
    let mut rest = tree;
    std::iter::from_fn(move || {
        let entry = TreeEntry::read(rest, id_len)?;
        rest = &rest[entry.len..];
        Some(entry.name)
    })
}

/// Returns a copy as the graph keeps it.
fn copied(copied: &pack::Copied) -> Copied {
    Copied { from: narrow(copied.from), to: narrow(copied.to), len: narrow(copied.len) }
}

/// Narrows a place in a tree; larger ones than fit are streamed and refused before.
fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
