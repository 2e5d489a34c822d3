//! Deltas: an object as stretches of another one and what stands between them.

use std::ops::Range;

use crate::git::pack::entry::Fault;

/// A stretch of an object that was copied from its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Where it begins in the base.
    pub from: usize,
    /// Where it begins in the object.
    pub to: usize,
    /// How many bytes it has.
    pub len: usize,
}

/// The largest object that is built from a delta; git stores larger files whole.
pub(super) const LARGEST: usize = 512 << 20;

/// What is said of an object that is larger, or whose base is.
pub(super) const TOO_LARGE: Fault = "it is larger than deltas are built";

/// Builds an object from its base and a delta.
///
/// `copies` then says what was copied, in order; copies that continue each other
/// on both sides are one. `room` returns a buffer for so many bytes; if they are
/// many, it need not have room for all of them, as a few bytes may claim to become gigabytes.
pub(super) fn apply(
    base: &[u8],
    delta: &[u8],
    copies: &mut Vec<Copied>,
    room: impl FnOnce(usize) -> Vec<u8>,
) -> Result<Vec<u8>, Fault> {
    let (size, ops) = begin(base, delta)?;
    copies.clear();
    let mut out = room(size + WORD);
    out.clear();
    each(ops, |op| {
        let (from, len) = match op {
            Op::Copy(stretch) => {
                base.get(stretch.clone()).ok_or(COPIES_NOTHING)?;
                add(copies, &stretch, out.len());
                (&base[stretch.start..], stretch.len())
            }
            Op::Insert(rest, len) => (rest, len),
        };
        let end = out.len() + len;
        if end > size {
            return Err(TOO_MUCH);
        }
        // Most stretches are short, and a word of fixed size is moved without a call.
        match from.first_chunk::<WORD>() {
            Some(word) if len <= WORD => {
                out.extend_from_slice(word);
                out.truncate(end);
            }
            Some(_) | None => out.extend_from_slice(&from[..len]),
        }
        Ok(())
    })?;
    if out.len() == size { Ok(out) } else { Err(TOO_LITTLE) }
}

/// Builds of an object only what lies within `near` bytes of what was not copied, or of a seam; returns its size.
///
/// All else in `out` is anything: what stood there before, or zeros. It fails where [`apply`] does, and says of copies what that says.
pub(super) fn apply_near(
    base: &[u8],
    delta: &[u8],
    copies: &mut Vec<Copied>,
    out: &mut Vec<u8>,
    near: usize,
) -> Result<usize, Fault> {
    let (size, ops) = begin(base, delta)?;
    copies.clear();
    if out.len() < size + WORD {
        // Not made longer: of zeros that are asked for anew, those that are never written take no memory.
        *out = Vec::new();
        *out = vec![0; (size + WORD).next_power_of_two()];
    }
    let mut at = 0;
    each(ops, |op| {
        let length = op.len();
        if matches!(&op, Op::Copy(stretch) if stretch.end > base.len()) {
            return Err(COPIES_NOTHING);
        }
        if length > size - at {
            return Err(TOO_MUCH);
        }
        match op {
            Op::Copy(stretch) => add(copies, &stretch, at),
            Op::Insert(rest, len) => move_short(&mut out[at..], rest, len),
        }
        at += length;
        Ok(())
    })?;
    if at < size {
        return Err(TOO_LITTLE);
    }
    for Copied { from, to, len } in copies.iter().copied() {
        let mut copy = |inside: Range<usize>| {
            out[to + inside.start..to + inside.end].copy_from_slice(&base[from + inside.start..from + inside.end]);
        };
        if len <= 2 * near {
            copy(0..len);
        } else {
            copy(0..near);
            copy(len - near..len);
        }
    }
    Ok(size)
}

/// As many bytes as are moved at once where fewer are wanted.
const WORD: usize = 32;

/// Returns the size that a delta says its object has, if it is one that is built.
pub(super) fn size_of(base: &[u8], delta: &[u8]) -> Result<usize, Fault> {
    begin(base, delta).map(|(size, _)| size)
}

/// Reads the sizes of a delta; returns that of the object, and the instructions.
fn begin<'a>(base: &[u8], delta: &'a [u8]) -> Result<(usize, &'a [u8]), Fault> {
    let (base_size, delta) = size(delta)?;
    let (size, ops) = size(delta)?;
    if base_size != base.len() {
        return Err("its delta is for another base");
    }
    if size > LARGEST {
        return Err(TOO_LARGE);
    }
    Ok((size, ops))
}

/// What is said of a delta that makes no sense.
const COPIES_NOTHING: Fault = "its delta copies what its base has not";
const TOO_MUCH: Fault = "its delta makes more than it says";
const TOO_LITTLE: Fault = "its delta makes less than it says";

/// Moves so many bytes from the beginning of a text to that of another, of which a word more may change.
fn move_short(to: &mut [u8], from: &[u8], len: usize) {
    match (from.first_chunk::<WORD>(), to.first_chunk_mut::<WORD>()) {
        (Some(from), Some(to)) if len <= WORD => *to = *from,
        _ => to[..len].copy_from_slice(&from[..len]),
    }
}

/// Adds a copy, or makes the last one longer if this one continues it.
fn add(copies: &mut Vec<Copied>, stretch: &Range<usize>, to: usize) {
    if let Some(last) = copies.last_mut()
        && last.from + last.len == stretch.start
        && last.to + last.len == to
    {
        last.len += stretch.len();
    } else {
        copies.push(Copied { from: stretch.start, to, len: stretch.len() });
    }
}

/// One instruction of a delta.
enum Op<'a> {
    /// Take these bytes of the base.
    Copy(Range<usize>),
    /// Take so many of these, which stand in the delta.
    Insert(&'a [u8], usize),
}

impl Op<'_> {
    /// Returns how many bytes it makes.
    fn len(&self) -> usize {
        match self {
            Self::Copy(stretch) => stretch.len(),
            Self::Insert(_, len) => *len,
        }
    }
}

/// Reads a size, seven bits a byte, the lowest first.
fn size(delta: &[u8]) -> Result<(usize, &[u8]), Fault> {
    let mut size = 0_u64;
    for (at, byte) in delta.iter().enumerate().take(9) {
        size |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            let size = usize::try_from(size).map_err(|_| "it is too large for this machine")?;
            return Ok((size, &delta[at + 1..]));
        }
    }
    Err("the sizes in its delta make no sense")
}

/// Calls `take` with each instruction of a delta, in order.
fn each<'a>(mut ops: &'a [u8], mut take: impl FnMut(Op<'a>) -> Result<(), Fault>) -> Result<(), Fault> {
    let cut = "its delta is cut off";
    while let Some((&code, rest)) = ops.split_first() {
        ops = rest;
        let op = if code & 0x80 == 0 {
            if code == 0 {
                return Err("its delta has an unknown instruction");
            }
            let len = usize::from(code);
            let insert = Op::Insert(ops, len);
            ops = ops.get(len..).ok_or(cut)?;
            insert
        } else {
            let mut words = [0_usize; 7];
            for (bit, word) in words.iter_mut().enumerate() {
                if code & 1 << bit != 0 {
                    let (byte, rest) = ops.split_first().ok_or(cut)?;
                    *word = usize::from(*byte);
                    ops = rest;
                }
            }
            let start = words[0] | words[1] << 8 | words[2] << 16 | words[3] << 24;
            let len = words[4] | words[5] << 8 | words[6] << 16;
            Op::Copy(start..start + if len == 0 { 0x1_0000 } else { len })
        };
        take(op)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn built(base: &[u8], delta: &[u8]) -> Result<(Vec<u8>, Vec<Copied>), Fault> {
        let mut copies = Vec::new();
        let out = apply(base, delta, &mut copies, Vec::with_capacity)?;
        Ok((out, copies))
    }

    #[test]
    fn copies_and_inserts_make_the_object_and_copies_that_go_on_are_one() {
        // Copy 0..4, copy 4..6, insert "XY", copy 8..10.
        let delta = [10, 10, 0x91, 0, 4, 0x91, 4, 2, 2, b'X', b'Y', 0x91, 8, 2];

        let (out, copies) = built(b"abcdefghij", &delta).unwrap();

        assert_eq!(out, b"abcdefXYij");
        assert_eq!(copies, [Copied { from: 0, to: 0, len: 6 }, Copied { from: 8, to: 8, len: 2 }]);
    }

    #[test]
    fn a_delta_that_makes_no_sense_is_refused() {
        let base = b"abcdefghij";

        assert_eq!(built(base, &[9, 1, 1, b'x']), Err("its delta is for another base"));
        assert_eq!(built(base, &[10, 3, 0x91, 8, 3]), Err("its delta copies what its base has not"));
        assert_eq!(built(base, &[10, 1, 2, b'x', b'y']), Err("its delta makes more than it says"));
        assert_eq!(built(base, &[10, 3, 2, b'x', b'y']), Err("its delta makes less than it says"));
        assert_eq!(built(base, &[10, 1, 2, b'x']), Err("its delta is cut off"));
        assert_eq!(built(base, &[10, 1, 0]), Err("its delta has an unknown instruction"));
        assert_eq!(built(base, &[0x80; 12]), Err("the sizes in its delta make no sense"));
    }

    #[test]
    fn a_delta_that_claims_gigabytes_takes_no_memory() {
        let mut delta = vec![10, 0xff, 0xff, 0xff, 0xff, 0x7f];
        delta.extend([0x91, 0, 4]);

        let built = apply(b"abcdefghij", &delta, &mut Vec::new(), |_| panic!("it asks for room"));

        assert_eq!(built, Err(TOO_LARGE));
    }

    /// Instructions on a base of 1,000 bytes, with some that make no sense.
    fn ops() -> impl Strategy<Value = Vec<u8>> {
        let copy = (0..1010_u16, 1..200_u8).prop_map(|(from, len)| {
            let [low, high] = from.to_le_bytes();
            vec![0x93, low, high, len]
        });
        let insert = prop::collection::vec(any::<u8>(), 1..100)
            .prop_map(|bytes| [&[u8::try_from(bytes.len()).unwrap()], &bytes[..]].concat());
        prop::collection::vec(prop_oneof![20 => copy, 20 => insert, 1 => Just(vec![0x93])], 0..12)
            .prop_map(|ops| ops.concat())
    }

    /// Builds an object byte for byte.
    fn built_simply(base: &[u8], ops: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let built = each(ops, |op| {
            let bytes = match op {
                Op::Copy(stretch) => base.get(stretch).ok_or(COPIES_NOTHING)?,
                Op::Insert(rest, len) => &rest[..len],
            };
            out.extend(bytes.iter().copied());
            Ok(())
        });
        built.ok().map(|()| out)
    }

    proptest! {
        #[test]
        fn what_is_built_near_what_is_new_is_what_the_whole_has_there(
            ops in ops(), size in any::<prop::sample::Index>(), is_right in any::<bool>(), near in 0..120_usize
        ) {
            let base: Vec<u8> = (0..250).cycle().take(1000).collect();
            let mut made = 0;
            let _ = each(&ops, |op| { made += op.len(); Ok(()) });
            let size = if is_right { made } else { size.index(2000) };
            let seven = |size: usize| [0, 7, 14, 21, 28].map(|bits| u8::try_from(size >> bits & 0x7f).unwrap() | if bits < 28 { 0x80 } else { 0 });
            let delta = [&seven(1000)[..], &seven(size), &ops].concat();
            let (mut copies, mut near_copies, mut out) = (Vec::new(), Vec::new(), vec![0xee; 500]);

            let whole = apply(&base, &delta, &mut copies, Vec::with_capacity);
            let simple = built_simply(&base, &ops).filter(|built| built.len() == size);
            prop_assert_eq!(whole.as_ref().ok(), simple.as_ref());
            let part = apply_near(&base, &delta, &mut near_copies, &mut out, near);

            prop_assert_eq!(whole.as_ref().map(Vec::len), part.as_ref().copied());
            if let Ok(whole) = whole {
                prop_assert_eq!(&copies, &near_copies);
                let is_far = |at: usize| copies.iter().any(|one| one.to + near <= at && at + near < one.to + one.len);
                prop_assert!((0..whole.len()).all(|at| is_far(at) || out[at] == whole[at]));
            }
        }
    }
}
