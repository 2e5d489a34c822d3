//! Edit scripts: how one version of a text becomes the next, as an editor and as a delta sees it.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::fake;
use crate::locality::piece;

/// A longer text is not edited further.
const LONGEST: usize = 60_000;

/// A stretch of a new text.
#[derive(Debug, Clone)]
enum Op {
    /// Copied from the old text.
    Copy(Range<usize>),
    /// New.
    Insert(Vec<u8>),
}

/// One edit.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    Insert(Index, Vec<u8>),
    Delete(Index, Index),
    Move(Index, Index, Index),
    Repeat(Index, Index, Index),
    /// What was copied is typed again: the same bytes, as new ones.
    Retype(Index, Index),
    /// A copy becomes two that continue each other.
    Split(Index),
    /// One byte becomes another.
    Flip(Index),
}

/// A version of a text: which earlier one it comes from, and how.
pub(super) type Script = (Index, Vec<Edit>);

/// Texts with secrets and pieces of secrets, and long stretches without.
pub(super) fn text() -> impl Strategy<Value = Vec<u8>> {
    let filler =
        (0..20_u64, 0..3000_usize).prop_map(|(seed, len)| fake::chars(seed, "abcdefgh \n.,", len).into_bytes());
    let leak = (0..9_u64).prop_map(|seed| super::leak(seed).into_bytes());
    prop::collection::vec(prop_oneof![2 => filler, 1 => leak, 4 => piece()], 1..24).prop_map(|pieces| pieces.concat())
}

/// Edits of a text.
pub(super) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let at = any::<Index>;
    let inserted = prop::collection::vec(piece(), 1..4).prop_map(|pieces| pieces.concat());
    let edit = prop_oneof![
        3 => (at(), inserted).prop_map(|(to, bytes)| Edit::Insert(to, bytes)),
        2 => (at(), at()).prop_map(|(a, b)| Edit::Delete(a, b)),
        2 => (at(), at(), at()).prop_map(|(a, b, to)| Edit::Move(a, b, to)),
        1 => (at(), at(), at()).prop_map(|(a, b, to)| Edit::Repeat(a, b, to)),
        1 => (at(), at()).prop_map(|(a, b)| Edit::Retype(a, b)),
        1 => at().prop_map(Edit::Split),
        2 => at().prop_map(Edit::Flip),
    ];
    prop::collection::vec(edit, 0..5)
}

/// Versions of a text, each made of one that came before.
pub(super) fn scripts(count: Range<usize>) -> impl Strategy<Value = Vec<Script>> {
    prop::collection::vec((any::<Index>(), edits()), count)
}

/// Makes a new text of an old one; returns it, and the delta that makes it.
pub(super) fn apply(old: &[u8], edits: &[Edit]) -> (Vec<u8>, Vec<u8>) {
    let mut ops = vec![Op::Copy(0..old.len())];
    for edit in edits {
        let len = length(&ops);
        if len <= LONGEST {
            edit.apply(old, &mut ops, len);
        }
    }
    ops.retain(|op| op.len() > 0);
    (ops.iter().flat_map(|op| op.bytes(old).to_vec()).collect(), delta(old.len(), &ops))
}

impl Edit {
    fn apply(&self, old: &[u8], ops: &mut Vec<Op>, len: usize) {
        let at = |index: &Index| index.index(len + 1);
        // Edits are small and near each other, so that most of a text stays as it was.
        let range = |a: &Index, b: &Index| at(a)..len.min(at(a) + at(b) % 2000);
        match self {
            Self::Insert(to, bytes) => paste(ops, at(to), vec![Op::Insert(bytes.clone())]),
            Self::Delete(a, b) => drop(take(ops, range(a, b))),
            Self::Move(a, b, to) => {
                let moved = take(ops, range(a, b));
                let to = at(to).min(length(ops));
                paste(ops, to, moved);
            }
            Self::Repeat(a, b, to) => {
                let range = range(a, b);
                let taken = take(ops, range.clone());
                paste(ops, range.start, taken.clone());
                paste(ops, at(to), taken);
            }
            Self::Retype(a, b) => {
                let range = range(a, b);
                let bytes = take(ops, range.clone()).iter().flat_map(|op| op.bytes(old).to_vec()).collect();
                paste(ops, range.start, vec![Op::Insert(bytes)]);
            }
            Self::Split(index) => paste(ops, at(index), Vec::new()),
            Self::Flip(index) => {
                let at = at(index).min(len.saturating_sub(1));
                let taken = take(ops, at..len.min(at + 1));
                let flipped = taken.iter().flat_map(|op| op.bytes(old)).map(|byte| byte ^ 1).collect();
                paste(ops, at, vec![Op::Insert(flipped)]);
            }
        }
    }
}

impl Op {
    fn len(&self) -> usize {
        match self {
            Self::Copy(range) => range.len(),
            Self::Insert(bytes) => bytes.len(),
        }
    }

    fn bytes<'a>(&'a self, old: &'a [u8]) -> &'a [u8] {
        match self {
            Self::Copy(range) => &old[range.clone()],
            Self::Insert(bytes) => bytes,
        }
    }

    /// Cuts in two.
    fn cut(self, at: usize) -> [Self; 2] {
        match self {
            Self::Copy(range) => {
                let middle = range.start + at;
                [Self::Copy(range.start..middle), Self::Copy(middle..range.end)]
            }
            Self::Insert(mut bytes) => {
                let rest = bytes.split_off(at);
                [Self::Insert(bytes), Self::Insert(rest)]
            }
        }
    }
}

fn length(ops: &[Op]) -> usize {
    ops.iter().map(Op::len).sum()
}

/// Cuts so that an instruction begins at a place; returns its number.
fn cut(ops: &mut Vec<Op>, place: usize) -> usize {
    let mut at = 0;
    for number in 0..ops.len() {
        let len = ops[number].len();
        if at + len >= place {
            let halves = ops[number].clone().cut(place - at);
            ops.splice(number..=number, halves);
            return number + 1;
        }
        at += len;
    }
    ops.len()
}

/// Takes a stretch out.
fn take(ops: &mut Vec<Op>, range: Range<usize>) -> Vec<Op> {
    let start = cut(ops, range.start);
    let end = cut(ops, range.end).max(start);
    ops.drain(start..end).collect()
}

/// Puts a stretch in.
fn paste(ops: &mut Vec<Op>, place: usize, new: Vec<Op>) {
    let at = cut(ops, place);
    ops.splice(at..at, new);
}

/// Writes instructions as git does.
fn delta(base: usize, ops: &[Op]) -> Vec<u8> {
    let mut bytes = [size(base), size(length(ops))].concat();
    for op in ops {
        match op {
            Op::Copy(range) => bytes.extend(copy(range)),
            Op::Insert(new) => new.chunks(127).for_each(|part| {
                bytes.push(u8::try_from(part.len()).unwrap());
                bytes.extend_from_slice(part);
            }),
        }
    }
    bytes
}

/// Writes a size, seven bits a byte.
pub(super) fn size(mut size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while size >= 0x80 {
        bytes.push(u8::try_from(size & 0x7f).unwrap() | 0x80);
        size >>= 7;
    }
    bytes.push(u8::try_from(size).unwrap());
    bytes
}

/// Writes a copy of less than 16 megabytes.
fn copy(range: &Range<usize>) -> Vec<u8> {
    let words = [&u32::try_from(range.start).unwrap().to_le_bytes()[..], &range.len().to_le_bytes()[..3]].concat();
    let mut bytes = vec![0x80];
    for (bit, word) in words.iter().enumerate().filter(|(_, word)| **word != 0) {
        bytes[0] |= 1 << bit;
        bytes.push(*word);
    }
    bytes
}
