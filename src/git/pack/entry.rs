//! One entry of a pack: its header, and its bytes inflated.

use std::io::Read;

use flate2::bufread::ZlibDecoder;
use libdeflater::Decompressor;

use crate::git::objects::Kind;
use crate::oid::ObjectId;

/// The most that a byte of deflated data can stand for: 258 bytes in 2 bits.
const MOST_PER_BYTE: u64 = 1032;
/// For more bytes than this, memory is taken as they come, and not because a header says so.
pub(super) const TRUSTED_BYTES: usize = 32 << 20;

/// What is wrong with an entry, in words that fit after "could not read … :".
pub(super) type Fault = &'static str;

/// The header of an entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    /// What the entry is.
    pub(super) form: Form,
    /// How many bytes its data has, inflated.
    pub(super) size: u64,
    /// How many bytes of the entry come before its data.
    pub(super) len: usize,
}

/// How an entry stores its object.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// Whole.
    Whole(Kind),
    /// As a delta against the entry that begins so many bytes before this one.
    Before(u64),
    /// As a delta against an object.
    Against(ObjectId),
}

impl Header {
    /// Reads the header at the beginning of an entry.
    pub(super) fn read(entry: &[u8], id_len: usize) -> Result<Self, Fault> {
        let cut = "it is cut off";
        let mut at = 0;
        let mut next = || {
            let byte = entry.get(at).copied().ok_or(cut);
            at += 1;
            byte
        };
        let first = next()?;
        let mut size = u64::from(first & 15);
        let (mut shift, mut byte) = (4, first);
        while byte & 0x80 != 0 {
            byte = next()?;
            if shift > 57 {
                return Err("its size makes no sense");
            }
            size |= u64::from(byte & 0x7f) << shift;
            shift += 7;
        }
        let form = match first >> 4 & 7 {
            1 => Form::Whole(Kind::Commit),
            2 => Form::Whole(Kind::Tree),
            3 => Form::Whole(Kind::Blob),
            4 => Form::Whole(Kind::Tag),
            6 => {
                let mut byte = next()?;
                let mut distance = u64::from(byte & 0x7f);
                while byte & 0x80 != 0 {
                    byte = next()?;
                    if distance > u64::MAX >> 8 {
                        return Err("the place of its base makes no sense");
                    }
                    distance = (distance + 1) << 7 | u64::from(byte & 0x7f);
                }
                Form::Before(distance)
            }
            7 => {
                let id = entry.get(at..at + id_len).and_then(ObjectId::from_bytes).ok_or(cut)?;
                at += id_len;
                Form::Against(id)
            }
            _ => return Err("its kind is unknown"),
        };
        Ok(Self { form, size, len: at })
    }
}

/// As many bytes of room as let libdeflate decode to the last byte in its fast loop: `FASTLOOP_MAX_BYTES_WRITTEN` is 299.
///
/// Most deltas are shorter, and were decoded one symbol at a time without.
pub(super) const ROOM: usize = 320;
/// As many bytes beyond the data, whatever they are, let it read in the fast loop: `FASTLOOP_MAX_BYTES_READ` is 24.
pub(super) const BEYOND: usize = 32;

/// Inflates the data of an entry, which other bytes may follow, into the beginning of `out`; returns what it wrote.
///
/// A size that the data cannot have is refused before memory is taken for it.
pub(super) fn inflate<'a>(
    inflater: &mut Decompressor,
    data: &[u8],
    size: u64,
    out: &'a mut Vec<u8>,
) -> Result<&'a [u8], Fault> {
    let size = usize::try_from(size).map_err(|_| "it is too large for this machine")?;
    if size as u64 / MOST_PER_BYTE > data.len() as u64 {
        return Err("it claims to be larger than its data can be");
    }
    if size > TRUSTED_BYTES {
        inflate_slowly(data, size, out)?;
        return Ok(out);
    }
    let room = size + ROOM;
    if out.capacity() < room {
        *out = vec![0; room];
    }
    if out.len() < room {
        out.resize(room, 0);
    }
    match inflater.zlib_decompress(data, &mut out[..room]) {
        Ok(got) if got == size => Ok(&out[..size]),
        Ok(got) if got < size => Err("its data is shorter than it says"),
        Ok(_) | Err(_) => Err("its data is damaged"),
    }
}

/// Inflates data that claims to have many bytes.
///
/// Apart, since its decoder lies on the stack: 13 pages that no other entry should have to touch.
#[inline(never)]
fn inflate_slowly(data: &[u8], size: usize, out: &mut Vec<u8>) -> Result<(), Fault> {
    out.clear();
    match ZlibDecoder::new(data).take(size as u64 + 1).read_to_end(out) {
        Ok(got) if got == size => Ok(()),
        Ok(got) if got < size => Err("its data is shorter than it says"),
        Ok(_) | Err(_) => Err("its data is damaged"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use proptest::prelude::*;

    use super::*;

    fn deflated(text: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    proptest! {
        #[test]
        fn data_is_inflated_to_the_byte_whatever_follows_it_and_whatever_the_buffer_held(
            text in prop_oneof![prop::collection::vec(any::<u8>(), 0..700), "[ab]{0,3000}".prop_map(String::into_bytes)],
            level in 0..10_u32,
            beyond in prop::collection::vec(any::<u8>(), 0..=BEYOND),
            used in 0..2000_usize,
            claimed in 0..4000_usize,
        ) {
            let (mut inflater, mut out) = (Decompressor::new(), vec![0xee; used]);
            let data = [&deflated(&text, level)[..], &beyond].concat();

            let right = inflate(&mut inflater, &data, text.len() as u64, &mut out);
            prop_assert_eq!(right, Ok(&text[..]));

            let wrong = inflate(&mut inflater, &data, claimed as u64, &mut out);
            prop_assert!(claimed == text.len() || wrong.is_err());
        }

        #[test]
        fn data_that_is_cut_off_is_refused(text in prop::collection::vec(any::<u8>(), 1..700), cut in any::<prop::sample::Index>()) {
            let data = deflated(&text, 6);
            let cut = cut.index(data.len());

            prop_assert!(inflate(&mut Decompressor::new(), &data[..cut], text.len() as u64, &mut Vec::new()).is_err());
        }
    }
}
