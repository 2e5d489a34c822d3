//! Literals that are found by four of their bytes, 64 places at a time.
//!
//! The method is known as Teddy (G. Langdale, in Hyperscan; A. Gallant, in the crate `aho-corasick`): literals are dealt
//! out to eight buckets, and two tables say for each half of a byte at each place in which buckets a literal has it
//! there. What is new of a version of a file is a few hundred bytes long, so a search must begin at once; and literals
//! of three bytes must not leave the others fewer bytes to go by.

/// How many bytes of a literal are searched for.
pub(super) const ANCHOR: usize = 4;
/// How many places are looked at together.
const BLOCK: usize = 64;
/// As many bytes as are seen from these.
const SEEN: usize = BLOCK + ANCHOR - 1;
/// How many blocks are looked at together.
const AHEAD: usize = 8;
/// How many buckets there are: one for each bit of a byte.
pub(super) const BUCKETS: usize = u8::BITS as usize;

/// For each place of an anchor and each half of a byte, the buckets that have it there.
#[derive(Debug, Clone, Copy)]
struct Tables {
    low: [[u8; 16]; ANCHOR],
    high: [[u8; 16]; ANCHOR],
}

/// The bytes by which a literal is searched for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor {
    bytes: u32,
    /// Which of their bits count.
    mask: u32,
    /// The number of the literal.
    number: u16,
}

impl Anchor {
    /// Makes one of up to four bytes below 128 of the literal of this number; case counts unless they all are letters and it `folds`.
    pub(super) fn new(bytes: &[u8], folds: bool, number: u16) -> Self {
        let mask = if folds { !0x20 } else { u8::MAX };
        let word = |byte: &dyn Fn(usize) -> u8| u32::from_le_bytes([0, 1, 2, 3].map(byte));
        Self {
            bytes: word(&|at| bytes.get(at).map_or(0, |byte| byte & mask)),
            mask: word(&|at| if at < bytes.len() { mask } else { 0 }),
            number,
        }
    }
}

/// A search for literals by a few of their bytes each.
#[derive(Debug)]
pub(super) struct Anchors {
    tables: Tables,
    buckets: [Vec<Anchor>; BUCKETS],
}

impl Anchors {
    /// Prepares the search for anchors.
    pub(super) fn of(buckets: [Vec<Anchor>; BUCKETS]) -> Self {
        let mut tables = Tables { low: [[0; 16]; ANCHOR], high: [[0; 16]; ANCHOR] };
        for (bucket, anchors) in buckets.iter().enumerate() {
            anchors.iter().for_each(|anchor| tables.add(*anchor, 1 << bucket));
        }
        Self { tables, buckets }
    }

    /// Calls `visit` with the number of each literal whose anchor stands in a text, and the anchor's place.
    pub(super) fn search(&self, text: &[u8], mut visit: impl FnMut(u16, usize)) {
        for (number, rest) in text.chunks(AHEAD * BLOCK).enumerate() {
            let shift = number * AHEAD * BLOCK;
            let blocks = rest.len().div_ceil(BLOCK);
            let mut hits = [0; AHEAD];
            self.tables.look(&text[shift..], blocks, &mut hits);
            for (block, mut hits) in hits[..blocks].iter().copied().enumerate() {
                while hits != 0 {
                    let at = shift + block * BLOCK + hits.trailing_zeros() as usize;
                    hits &= hits - 1;
                    self.compare(four(text, at), |number| visit(number, at));
                }
            }
        }
    }

    /// Calls `visit` with the number of each literal that has these bytes for its anchor.
    fn compare(&self, four: [u8; ANCHOR], mut visit: impl FnMut(u16)) {
        let word = u32::from_le_bytes(four);
        let mut buckets = self.tables.buckets(four);
        while buckets != 0 {
            let bucket = buckets.trailing_zeros() as usize;
            buckets &= buckets - 1;
            self.buckets[bucket].iter().filter(|one| word & one.mask == one.bytes).for_each(|one| visit(one.number));
        }
    }
}

impl Tables {
    /// Adds to a bucket, given as its bit, all that an anchor's bits let stand at its places.
    fn add(&mut self, anchor: Anchor, bucket: u8) {
        let (bytes, masks) = (anchor.bytes.to_le_bytes(), anchor.mask.to_le_bytes());
        for place in 0..ANCHOR {
            for byte in (0..128_u8).filter(|byte| byte & masks[place] == bytes[place]) {
                self.low[place][usize::from(byte & 15)] |= bucket;
                self.high[place][usize::from(byte >> 4)] |= bucket;
            }
        }
    }

    /// Returns the buckets that may have a literal at a place.
    fn buckets(&self, four: [u8; ANCHOR]) -> u8 {
        four.iter().enumerate().fold(u8::MAX, |buckets, (place, byte)| {
            buckets & self.low[place][usize::from(byte & 15)] & self.high[place][usize::from(byte >> 4)]
        })
    }

    /// Returns at which places of some blocks a literal may stand, the first in the lowest bit of the first.
    fn look(&self, text: &[u8], blocks: usize, hits: &mut [u64; AHEAD]) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            #[expect(unsafe_code, reason = "what needs instructions that not every processor has")]
            // SAFETY: this one has them.
            unsafe {
                avx2::look(self, text, blocks, hits);
            }
            return;
        }
        for (number, hits) in hits.iter_mut().enumerate().take(blocks) {
            let places = number * BLOCK..(number + 1) * BLOCK;
            *hits = places.rev().fold(0, |hits, at| hits << 1 | u64::from(self.buckets(four(text, at)) != 0));
        }
    }
}

/// Returns the bytes at a place; it is as if zeros followed the text.
fn four(text: &[u8], at: usize) -> [u8; ANCHOR] {
    let rest = text.get(at..).unwrap_or_default();
    rest.first_chunk().copied().unwrap_or_else(|| [0, 1, 2, 3].map(|at| rest.get(at).copied().unwrap_or(0)))
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    //! Looks at 32 places at once.

    use std::arch::x86_64::{
        __m256i, _mm_set_epi64x, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8,
        _mm256_movemask_epi8, _mm256_set_epi64x, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
        _mm256_srli_epi16,
    };

    use super::{AHEAD, ANCHOR, BLOCK, SEEN, Tables};

    #[target_feature(enable = "avx2")]
    pub(super) fn look(tables: &Tables, text: &[u8], blocks: usize, hits: &mut [u64; AHEAD]) {
        let (low, high) = (tables.low.map(|halves| table(halves)), tables.high.map(|halves| table(halves)));
        for (number, hits) in hits.iter_mut().enumerate().take(blocks) {
            let rest = &text[number * BLOCK..];
            let mut filled = [0; SEEN];
            let seen = rest.first_chunk::<SEEN>().unwrap_or_else(|| {
                filled[..rest.len()].copy_from_slice(rest);
                &filled
            });
            let mut both = [_mm256_set1_epi8(-1); 2];
            for place in 0..ANCHOR {
                for (half, all) in both.iter_mut().enumerate() {
                    let Some(bytes) = seen[half * 32 + place..].first_chunk() else { continue };
                    *all = _mm256_and_si256(*all, buckets(bytes, low[place], high[place]));
                }
            }
            *hits = u64::from(are_any(both[0])) | u64::from(are_any(both[1])) << 32;
        }
    }

    /// Returns the buckets that have each byte.
    #[target_feature(enable = "avx2")]
    fn buckets(bytes: &[u8; 32], low: __m256i, high: __m256i) -> __m256i {
        let bytes = vector(bytes);
        let by_low = _mm256_shuffle_epi8(low, bytes);
        let by_high = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15)));
        _mm256_and_si256(by_low, by_high)
    }

    /// Returns which bytes have a bit.
    #[target_feature(enable = "avx2")]
    fn are_any(buckets: __m256i) -> u32 {
        !_mm256_movemask_epi8(_mm256_cmpeq_epi8(buckets, _mm256_setzero_si256())).cast_unsigned()
    }

    #[target_feature(enable = "avx2")]
    fn vector(bytes: &[u8; 32]) -> __m256i {
        let (words, _) = bytes.as_chunks();
        let [a, b, c, d] = [0, 1, 2, 3].map(|at| i64::from_le_bytes(words[at]));
        _mm256_set_epi64x(d, c, b, a)
    }

    #[target_feature(enable = "avx2")]
    fn table(halves: [u8; 16]) -> __m256i {
        let (words, _) = halves.as_chunks();
        let [a, b] = [0, 1].map(|at| i64::from_le_bytes(words[at]));
        _mm256_broadcastsi128_si256(_mm_set_epi64x(b, a))
    }
}
