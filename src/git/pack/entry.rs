//! One entry of a pack: its header, and its bytes inflated.

use std::io::Read;

use flate2::bufread::ZlibDecoder;
use flate2::{Decompress, FlushDecompress, Status};
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

/// What inflates the data of entries.
pub(super) enum Inflater {
    /// zlib, for so many bytes of data: libdeflate first asks the processor what it can, which a virtual machine answers
    /// so slowly that zlib has inflated a few kilobytes meanwhile.
    Few(Decompress, usize),
    /// libdeflate, twice as fast.
    Many(Decompressor),
}

impl Default for Inflater {
    fn default() -> Self {
        const FEW: usize = 4 << 10;
        Self::Few(Decompress::new(true), FEW)
    }
}

impl Inflater {
    /// Inflates the data of an entry, which other bytes may follow, into the beginning of `out`; returns what it wrote.
    ///
    /// A size that the data cannot have is refused before memory is taken for it.
    pub(super) fn inflate<'a>(&mut self, data: &[u8], size: u64, out: &'a mut Vec<u8>) -> Result<&'a [u8], Fault> {
        let size = usize::try_from(size).map_err(|_| "it is too large for this machine")?;
        if size as u64 / MOST_PER_BYTE > data.len() as u64 {
            return Err("it claims to be larger than its data can be");
        }
        if size > TRUSTED_BYTES {
            inflate_slowly(data, size, out)?;
            return Ok(out);
        }
        match self {
            Self::Few(zlib, left) if data.len() <= *left => {
                *left -= data.len();
                with_zlib(zlib, data, size, out)?;
                Ok(out)
            }
            Self::Few(..) => {
                let mut libdeflate = Decompressor::new();
                let inflated = with_libdeflate(&mut libdeflate, data, size, out);
                *self = Self::Many(libdeflate);
                inflated
            }
            Self::Many(libdeflate) => with_libdeflate(libdeflate, data, size, out),
        }
    }
}

/// Inflates data with zlib.
fn with_zlib(zlib: &mut Decompress, data: &[u8], size: usize, out: &mut Vec<u8>) -> Result<(), Fault> {
    out.clear();
    // With room for one byte more, what is longer shows.
    out.reserve(size + 1);
    zlib.reset(true);
    match zlib.decompress_vec(data, out, FlushDecompress::Finish) {
        Ok(Status::StreamEnd) if out.len() == size => Ok(()),
        Ok(_) if out.len() < size => Err("its data is shorter than it says"),
        Ok(_) | Err(_) => Err("its data is damaged"),
    }
}

/// Inflates data with libdeflate.
fn with_libdeflate<'a>(
    libdeflate: &mut Decompressor,
    data: &[u8],
    size: usize,
    out: &'a mut Vec<u8>,
) -> Result<&'a [u8], Fault> {
    let room = size + ROOM;
    if out.capacity() < room {
        *out = vec![0; room];
    }
    if out.len() < room {
        out.resize(room, 0);
    }
    match libdeflate.zlib_decompress(data, &mut out[..room]) {
        Ok(got) if got == size => Ok(&out[..size]),
        Ok(got) if got < size => Err("its data is shorter than it says"),
        Ok(_) | Err(_) => Err("its data is damaged"),
    }
}

/// Inflates data that claims to have many bytes.
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

    /// Both that there are.
    fn inflaters() -> [Inflater; 2] {
        [Inflater::Few(Decompress::new(true), usize::MAX), Inflater::Many(Decompressor::new())]
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
            let data = [&deflated(&text, level)[..], &beyond].concat();
            for mut inflater in inflaters() {
                let mut out = vec![0xee; used];

                let right = inflater.inflate(&data, text.len() as u64, &mut out);
                prop_assert_eq!(right, Ok(&text[..]));

                let wrong = inflater.inflate(&data, claimed as u64, &mut out);
                prop_assert!(claimed == text.len() || wrong.is_err());

                let again = inflater.inflate(&data, text.len() as u64, &mut out);
                prop_assert_eq!(again, Ok(&text[..]));
            }
        }

        #[test]
        fn data_that_is_cut_off_is_refused(text in prop::collection::vec(any::<u8>(), 1..700), cut in any::<prop::sample::Index>()) {
            let data = deflated(&text, 6);
            let cut = cut.index(data.len());

            for mut inflater in inflaters() {
                prop_assert!(inflater.inflate(&data[..cut], text.len() as u64, &mut Vec::new()).is_err());
            }
        }

        #[test]
        fn damaged_data_is_refused(
            text in prop::collection::vec(any::<u8>(), 1..700),
            at in any::<prop::sample::Index>(),
            flip in 1..=255_u8,
        ) {
            let mut data = deflated(&text, 6);
            let at = at.index(data.len());
            data[at] ^= flip;
            for mut inflater in inflaters() {
                let (mut out, size) = (Vec::new(), text.len() as u64);
                // Some bits of the header say only how it was deflated.
                let got = inflater.inflate(&data, size, &mut out);
                prop_assert!(got.is_err() || got == Ok(&text[..]));
            }
        }
    }

    #[test]
    fn after_a_few_bytes_the_faster_one_takes_over() {
        let (text, mut out) = (vec![b'a'; 300], Vec::new());
        let data = deflated(&text, 0);
        let mut inflater = Inflater::default();
        for _ in 0..40 {
            assert_eq!(inflater.inflate(&data, 300, &mut out), Ok(&text[..]));
        }

        assert!(matches!(inflater, Inflater::Many(_)));
    }
}
