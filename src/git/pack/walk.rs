//! Walks the families of deltas of a pack: every entry is inflated once, and its base is at hand.

use std::io::Read;
use std::sync::{Mutex, PoisonError};

use flate2::bufread::ZlibDecoder;

use crate::error::Error;
use crate::git::objects::Kind;
use crate::git::pack::Pack;
use crate::git::pack::delta::{self, Copied};
use crate::git::pack::entry::{self, Fault, Form, Header, Inflater};
use crate::git::pack::forest::{self, Forest};
use crate::git::pack::spare::Spare;
use crate::oid::ObjectId;

/// An object that nothing is stored against comes as a stream if it has more bytes than this.
const STREAM_ABOVE_BYTES: u64 = 32 << 20;
/// Units of a pack have at least so many packed bytes, so that starting one costs nothing beside it.
const UNIT_BYTES: u32 = 1 << 20;
/// Families of at least so many packed bytes are split over threads at their branches.
const SPLIT_BYTES: u32 = 1 << 20;
/// How many branches on a path are split: each holds its base's bytes until both sides are done.
const SPLITS: usize = 12;
/// A larger object is built whole, so that its size need not be believed.
const MOST_NEAR: usize = 4 << 20;
/// How many bytes of bases a thread may hold beside four times the largest object of a family.
const HELD_BYTES: usize = 64 << 20;

/// What is done with each object of a walk.
///
/// A thread adds what it learns to a sum of its own, and sums merge.
pub trait Visit: Sync {
    /// What an object leaves for those that are stored against it.
    type State: Send + Sync;
    /// What a thread learns.
    type Sum: Send;

    /// Returns the sum of nothing.
    fn start(&self) -> Self::Sum;
    /// Takes an object, and returns what those that are stored against it will need.
    fn visit(&self, sum: &mut Self::Sum, node: Node<'_, Self::State>) -> Self::State;
    /// Takes an object that could not be built, and why.
    fn lose(&self, sum: &mut Self::Sum, id: ObjectId, why: Error);
    /// Joins what two threads learned; the first comes first in the pack.
    fn merge(&self, one: Self::Sum, other: Self::Sum) -> Self::Sum;
    /// Tells whether an object of a kind is wanted; a family of another kind is not built at all.
    fn wants(&self, kind: Kind) -> bool;
    /// Returns within how many bytes of what is new an object that is stored against one of this kind and state is
    /// looked at, if nothing is stored against it and that is enough.
    fn sight(&self, _kind: Kind, _base: &Self::State) -> Option<usize> {
        None
    }
}

/// An object of a walk.
pub struct Node<'a, S> {
    /// Its name.
    pub id: ObjectId,
    /// What it is.
    pub kind: Kind,
    /// Its bytes.
    pub content: Content<'a>,
    /// What it is stored against, unless it is stored whole.
    pub base: Option<Base<'a, S>>,
}

/// The bytes of an object.
pub enum Content<'a> {
    /// All of them.
    Whole(&'a [u8]),
    /// As many, of which those within [`Visit::sight`] of what is new are right; and what builds them all.
    Near(&'a [u8], Build<'a>),
    /// So many, too many to hold at once; an end before that is an error.
    Stream(u64, Box<dyn Read + 'a>),
}

/// Builds all bytes of an object; never `None` where a part of them could be built.
pub type Build<'a> = &'a dyn Fn() -> Option<Vec<u8>>;

/// The object that another one is stored against.
pub struct Base<'a, S> {
    /// How many bytes it has.
    pub len: usize,
    /// What was copied from it, in order; never two that continue each other.
    pub copies: &'a [Copied],
    /// What was said of it.
    pub state: &'a S,
    /// Whether its visit went to another sum.
    pub is_far: bool,
}

/// An object that cannot be built.
#[derive(Debug)]
pub struct Lost {
    /// Its name.
    pub id: ObjectId,
    /// Why.
    pub why: Error,
    /// Whether it is stored against itself, by way of others: git and libgit2 would look for its base forever.
    pub is_circular: bool,
}

/// A pack made ready for a walk, cut into units.
///
/// The units of a pack are the same on every machine and in every run.
pub struct Units<'a> {
    pack: &'a Pack,
    forest: Forest,
    /// Where each unit's families end among the roots.
    ends: Vec<usize>,
    /// What threads worked with, for those that come after.
    idle: Idle,
}

/// A part of a pack: some whole families of deltas.
#[derive(Debug, Clone, Copy)]
pub struct Unit<'a> {
    roots: &'a [u32],
}

impl Pack {
    /// Reads the headers of all entries and cuts the pack into units.
    #[must_use]
    pub fn units(&self) -> Units<'_> {
        let forest = Forest::of(self);
        let mut ends = Vec::new();
        let mut sum = 0_u32;
        for (at, root) in forest.roots.iter().enumerate() {
            sum = sum.saturating_add(forest.weight(*root));
            if sum >= UNIT_BYTES {
                ends.push(at + 1);
                sum = 0;
            }
        }
        if sum > 0 {
            ends.push(forest.roots.len());
        }
        Units { pack: self, forest, ends, idle: Idle::default() }
    }
}

impl Units<'_> {
    /// Returns how many units there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns a unit.
    #[must_use]
    pub fn unit(&self, number: usize) -> Unit<'_> {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        Unit { roots: &self.forest.roots[start..self.ends[number]] }
    }

    /// Returns the objects that no unit can build, and why.
    pub fn lost(&self) -> impl Iterator<Item = Lost> + '_ {
        self.forest.lost.iter().map(|(slot, fault)| {
            let id = self.pack.id(*slot);
            Lost { id, why: unreadable(id, fault), is_circular: *fault == forest::CIRCULAR }
        })
    }

    /// Walks one unit.
    pub fn walk<V: Visit>(&self, unit: Unit<'_>, visit: &V) -> V::Sum {
        let walk = Walk { pack: self.pack, forest: &self.forest, visit, idle: &self.idle };
        let mut sum = visit.start();
        self.idle.lend(|hands| unit.roots.iter().for_each(|root| walk.family(hands, &mut sum, *root)));
        sum
    }
}

/// Says that an object cannot be read.
fn unreadable(id: ObjectId, fault: Fault) -> Error {
    Error::Git { doing: "read the object", what: id.to_string(), because: fault.to_owned() }
}

/// Inflates data bit by bit.
fn stream(data: &[u8]) -> Box<dyn Read + '_> {
    Box::new(ZlibDecoder::new(data))
}

/// What a thread works with.
#[derive(Default)]
struct Hands {
    inflater: Inflater,
    delta: Vec<u8>,
    copies: Vec<Copied>,
    spare: Spare,
    /// Objects of which only a part is built.
    near: Vec<u8>,
}

/// Hands that are not used now: their buffers are warm.
#[derive(Default)]
struct Idle(Mutex<Vec<Hands>>);

impl Idle {
    /// Lends hands for some work.
    fn lend<T>(&self, work: impl FnOnce(&mut Hands) -> T) -> T {
        let idle = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut hands = idle().pop().unwrap_or_default();
        let done = work(&mut hands);
        if hands.delta.len() > MOST_NEAR {
            hands.delta = Vec::new();
        }
        idle().push(hands);
        done
    }
}

/// An object whose children are still to be built.
struct Live<S> {
    slot: u32,
    kind: Kind,
    bytes: Vec<u8>,
    state: S,
    /// How many of its children are done.
    done: usize,
}

/// A walk over families of deltas.
struct Walk<'a, V: Visit> {
    pack: &'a Pack,
    forest: &'a Forest,
    visit: &'a V,
    idle: &'a Idle,
}

impl<V: Visit> Walk<'_, V> {
    /// Walks a whole entry and all that is stored against it, at any remove.
    fn family(&self, hands: &mut Hands, sum: &mut V::Sum, root: u32) {
        let (entry, id) = (self.pack.entry_and_beyond(root), self.pack.id(root));
        let header = match Header::read(entry, self.pack.id_len) {
            Ok(header) => header,
            Err(fault) => return self.lose(sum, root, fault),
        };
        let Form::Whole(kind) = header.form else {
            return self.lose(sum, root, "its kind is unknown");
        };
        if !self.visit.wants(kind) {
            return;
        }
        let data = &entry[header.len..];
        if header.size > STREAM_ABOVE_BYTES && self.forest.children(root).is_empty() {
            let content = Content::Stream(header.size, stream(data));
            self.visit.visit(sum, Node { id, kind, content, base: None });
            return;
        }
        if header.size > delta::LARGEST as u64 {
            return self.lose(sum, root, delta::TOO_LARGE);
        }
        let mut bytes =
            hands.spare.take_full(usize::try_from(header.size).unwrap_or(usize::MAX).saturating_add(entry::ROOM));
        let size = match hands.inflater.inflate(data, header.size, &mut bytes) {
            Ok(inflated) => inflated.len(),
            Err(fault) => return self.lose(sum, root, fault),
        };
        bytes.truncate(size);
        let state = self.visit.visit(sum, Node { id, kind, content: Content::Whole(&bytes), base: None });
        let live = Live { slot: root, kind, bytes, state, done: 0 };
        self.descend(hands, sum, live, SPLITS);
    }

    /// Walks all that is stored against an object, at any remove.
    ///
    /// The stack is ours, since a chain may be longer than a thread's stack is deep.
    fn descend(&self, hands: &mut Hands, sum: &mut V::Sum, top: Live<V::State>, splits: usize) {
        let (mut held, mut largest) = (0, top.bytes.len());
        let mut stack = vec![top];
        while let Some(mut live) = stack.pop() {
            let children = self.forest.children(live.slot);
            if live.done == 0 && splits > 0 && self.is_worth_splitting(live.slot) {
                self.split(hands, sum, &live, children, splits - 1);
                hands.spare.give(live.bytes);
                continue;
            }
            let Some(child) = children.get(live.done).copied() else {
                hands.spare.give(live.bytes);
                continue;
            };
            live.done += 1;
            let grown = self.grow(hands, sum, &live, child, false);
            if live.done < children.len() {
                held += if live.done == 1 { live.bytes.len() } else { 0 };
                stack.push(live);
            } else {
                held -= if live.done > 1 { live.bytes.len() } else { 0 };
                hands.spare.give(live.bytes);
            }
            match grown {
                // Hundreds of versions of a file as large as deltas get would take more than there is.
                Ok(grown) if held > 4 * largest.max(grown.bytes.len()) + HELD_BYTES => {
                    let children = self.forest.children(grown.slot);
                    for child in children {
                        self.lose(sum, *child, "what it is stored against takes too much memory");
                    }
                    hands.spare.give(grown.bytes);
                }
                Ok(grown) => {
                    largest = largest.max(grown.bytes.len());
                    stack.push(grown);
                }
                Err(fault) => self.lose(sum, child, fault),
            }
        }
    }

    /// Builds a child and visits it.
    fn grow(
        &self,
        hands: &mut Hands,
        sum: &mut V::Sum,
        base: &Live<V::State>,
        child: u32,
        is_far: bool,
    ) -> Result<Live<V::State>, Fault> {
        let entry = self.pack.entry_and_beyond(child);
        let header = Header::read(entry, self.pack.id_len)?;
        let Hands { inflater, delta, copies, spare, near } = hands;
        let delta = inflater.inflate(&entry[header.len..], header.size, delta)?;
        let node = |content, copies| Node {
            id: self.pack.id(child),
            kind: base.kind,
            content,
            base: Some(Base { len: base.bytes.len(), copies, state: &base.state, is_far }),
        };
        let sight = self.visit.sight(base.kind, &base.state).filter(|_| self.forest.children(child).is_empty());
        if let Some(sight) = sight
            && delta::size_of(&base.bytes, delta)? <= MOST_NEAR
        {
            let size = delta::apply_near(&base.bytes, delta, copies, near, sight)?;
            let whole = || delta::apply(&base.bytes, delta, &mut Vec::new(), Vec::with_capacity).ok();
            let state = self.visit.visit(sum, node(Content::Near(&near[..size], &whole), copies));
            return Ok(Live { slot: child, kind: base.kind, bytes: Vec::new(), state, done: 0 });
        }
        let bytes = delta::apply(&base.bytes, delta, copies, |size| spare.take(size))?;
        let state = self.visit.visit(sum, node(Content::Whole(&bytes), copies));
        Ok(Live { slot: child, kind: base.kind, bytes, state, done: 0 })
    }

    /// Tells whether the families of an object's children are large enough to share between threads.
    fn is_worth_splitting(&self, slot: u32) -> bool {
        let children = self.forest.children(slot);
        let Some((_, others)) = children.split_last() else { return false };
        let light: u64 = others.iter().map(|child| u64::from(self.forest.weight(*child))).sum();
        light >= u64::from(SPLIT_BYTES / 4) && self.forest.weight(slot) >= SPLIT_BYTES
    }

    /// Walks the children of an object on two threads.
    fn split(&self, hands: &mut Hands, sum: &mut V::Sum, base: &Live<V::State>, children: &[u32], splits: usize) {
        let some = |hands: &mut Hands, children: &[u32]| {
            let mut sum = self.visit.start();
            for child in children {
                match self.grow(hands, &mut sum, base, *child, true) {
                    Ok(live) => self.descend(hands, &mut sum, live, splits),
                    Err(fault) => self.lose(&mut sum, *child, fault),
                }
            }
            sum
        };
        let (light, heavy) = children.split_at(children.len() - 1);
        let (one, other) = rayon::join(|| some(hands, light), || self.idle.lend(|hands| some(hands, heavy)));
        let before = std::mem::replace(sum, self.visit.start());
        *sum = self.visit.merge(before, self.visit.merge(one, other));
    }

    /// Gives up on an entry and on all that is stored against it, at any remove.
    fn lose(&self, sum: &mut V::Sum, slot: u32, fault: Fault) {
        let mut gone = vec![(slot, fault)];
        while let Some((slot, fault)) = gone.pop() {
            let id = self.pack.id(slot);
            self.visit.lose(sum, id, unreadable(id, fault));
            let behind = "what it is stored against cannot be read";
            gone.extend(self.forest.children(slot).iter().map(|child| (*child, behind)));
        }
    }
}
