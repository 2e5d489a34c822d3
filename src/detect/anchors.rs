//! Literals that are found by four of their bytes, 64 places at a time.
//!
//! The method is known as Teddy (G. Langdale, in Hyperscan; A. Gallant, in the crate `aho-corasick`): literals are dealt
//! out to eight buckets, and two tables say for each half of a byte at each place in which buckets a literal has it
//! there. What is new of a version of a file is a few hundred bytes long, so a search must begin at once; and literals
//! of three bytes must not leave the others fewer bytes to go by.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use once_cell::sync::OnceCell;

#[cfg(target_arch = "x86_64")]
use super::bits::{AHEAD, BLOCK};
#[cfg(target_arch = "x86_64")]
use super::processor;

/// How many bytes of a literal are searched for.
pub(super) const ANCHOR: usize = 4;
/// As many bytes as are seen from the places of a block.
#[cfg(target_arch = "x86_64")]
const SEEN: usize = BLOCK + ANCHOR - 1;
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
    /// Makes one of three or four bytes below 128 for the literal of this number; if it `folds`, they are small letters, and
    /// capitals are as good.
    pub(super) const fn new(bytes: &[u8], folds: bool, number: u16) -> Self {
        let mask = if folds { !0x20 } else { u8::MAX };
        let (mut of_bytes, mut of_mask) = ([0; ANCHOR], [0; ANCHOR]);
        let mut at = 0;
        while at < bytes.len() {
            of_bytes[at] = bytes[at] & mask;
            of_mask[at] = mask;
            at += 1;
        }
        Self { bytes: u32::from_le_bytes(of_bytes), mask: u32::from_le_bytes(of_mask), number }
    }

    /// Returns the number of the literal.
    #[cfg(test)]
    pub(super) fn number(&self) -> u16 {
        self.number
    }

    /// Returns all that its bits let stand, without what may be anything.
    fn spellings(&self) -> Vec<Vec<u8>> {
        let (bytes, masks) = (self.bytes.to_le_bytes(), self.mask.to_le_bytes());
        let mut spellings = vec![Vec::new()];
        for (byte, mask) in bytes.into_iter().zip(masks).filter(|(_, mask)| *mask != 0) {
            let others = BTreeSet::from([byte, byte | !mask]);
            spellings =
                others.iter().flat_map(|byte| spellings.iter().map(|start| [start, &[*byte][..]].concat())).collect();
        }
        spellings
    }
}

/// A search for literals by a few of their bytes each. All but what other processors need is made when the program is built.
#[derive(Debug)]
pub(super) struct Anchors<const COUNT: usize> {
    tables: Tables,
    /// The anchors, bucket by bucket.
    all: [Anchor; COUNT],
    /// Where those of each bucket begin; they end where the next begin.
    starts: [u16; BUCKETS + 1],
    /// What searches on other processors, once that is asked: one automaton for anchors of four bytes, and one for shorter ones.
    automata: OnceCell<[AhoCorasick; 2]>,
}

impl<const COUNT: usize> Anchors<COUNT> {
    /// Prepares the search for anchors that stand bucket by bucket, of which each begins at its start.
    pub(super) const fn of(anchors: [Anchor; COUNT], starts: [u16; BUCKETS + 1]) -> Self {
        let mut tables = Tables { low: [[0; 16]; ANCHOR], high: [[0; 16]; ANCHOR] };
        let mut bucket = 0;
        while bucket < BUCKETS {
            let mut at = starts[bucket] as usize;
            while at < starts[bucket + 1] as usize {
                tables.add(anchors[at], 1 << bucket);
                at += 1;
            }
            bucket += 1;
        }
        Self { tables, all: anchors, starts, automata: OnceCell::new() }
    }

    /// Calls `visit` with the number of each literal whose anchor stands in a text, and the anchor's place; those of each come in order.
    pub(super) fn search(&self, text: &[u8], visit: impl FnMut(u16, usize)) {
        #[cfg(target_arch = "x86_64")]
        if processor::has_avx2() {
            return self.search_blocks(text, visit);
        }
        self.search_anywhere(text, visit);
    }

    /// The same on any processor: for many, the automata have instructions of their own.
    fn search_anywhere(&self, text: &[u8], mut visit: impl FnMut(u16, usize)) {
        let is_long = |anchor: &Anchor| anchor.mask.to_le_bytes().iter().all(|mask| *mask != 0);
        let automata = self.automata.get_or_init(|| {
            // Among the others, those that are shorter would leave it fewer bytes to go by.
            [true, false].map(|long| {
                let anchors = self.all.iter().filter(|anchor| is_long(anchor) == long);
                automaton(&anchors.flat_map(Anchor::spellings).collect::<Vec<_>>())
            })
        });
        for (automaton, long) in automata.iter().zip([true, false]) {
            let mut from = 0;
            while let Some(found) = automaton.find(Input::new(text).range(from..)) {
                self.compare(four(text, found.start()), |anchor| {
                    if is_long(anchor) == long {
                        visit(anchor.number, found.start());
                    }
                });
                from = found.start() + 1;
            }
        }
    }

    /// The same where the processor can look at 32 places at once.
    #[cfg(target_arch = "x86_64")]
    fn search_blocks(&self, text: &[u8], mut visit: impl FnMut(u16, usize)) {
        for (number, rest) in text.chunks(AHEAD * BLOCK).enumerate() {
            let shift = number * AHEAD * BLOCK;
            let blocks = rest.len().div_ceil(BLOCK);
            let mut hits = [0; AHEAD];
            #[expect(unsafe_code, reason = "what needs instructions that not every processor has")]
            // SAFETY: nobody asks on a processor without them.
            unsafe {
                avx2::look(&self.tables, &text[shift..], blocks, &mut hits);
            }
            for (block, mut hits) in hits[..blocks].iter().copied().enumerate() {
                while hits != 0 {
                    let at = shift + block * BLOCK + hits.trailing_zeros() as usize;
                    hits &= hits - 1;
                    self.compare(four(text, at), |anchor| visit(anchor.number, at));
                }
            }
        }
    }

    /// Calls `visit` with each anchor that these bytes are.
    fn compare(&self, four: [u8; ANCHOR], mut visit: impl FnMut(&Anchor)) {
        let word = u32::from_le_bytes(four);
        let mut buckets = self.tables.buckets(four);
        while buckets != 0 {
            let bucket = buckets.trailing_zeros() as usize;
            buckets &= buckets - 1;
            let anchors = &self.all[self.starts[bucket].into()..self.starts[bucket + 1].into()];
            anchors.iter().filter(|one| word & one.mask == one.bytes).for_each(&mut visit);
        }
    }
}

impl Tables {
    /// Adds to a bucket, given as its bit, all that an anchor's bits let stand at its places.
    const fn add(&mut self, anchor: Anchor, bucket: u8) {
        let (bytes, masks) = (anchor.bytes.to_le_bytes(), anchor.mask.to_le_bytes());
        let mut place = 0;
        while place < ANCHOR {
            let (byte, mask) = (bytes[place], masks[place]);
            let mut half = 0;
            while half < 16 {
                if half & mask & 15 == byte & mask & 15 {
                    self.low[place][half as usize] |= bucket;
                }
                if half & (mask >> 4) == (byte & mask) >> 4 {
                    self.high[place][half as usize] |= bucket;
                }
                half += 1;
            }
            place += 1;
        }
    }

    /// Returns the buckets that may have a literal at a place.
    fn buckets(&self, four: [u8; ANCHOR]) -> u8 {
        four.iter().enumerate().fold(u8::MAX, |buckets, (place, byte)| {
            buckets & self.low[place][usize::from(byte & 15)] & self.high[place][usize::from(byte >> 4)]
        })
    }
}

/// Makes an automaton for anchors that come in such an order that those which follow each other are alike.
///
/// Its vectorised search deals them out to eight buckets by turns.
fn automaton(anchors: &[Vec<u8>]) -> AhoCorasick {
    let share = anchors.len().div_ceil(BUCKETS).max(1);
    let dealt = (0..share).flat_map(|turn| anchors.iter().skip(turn).step_by(share));
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(dealt)
        .expect("fifty anchors make a small automaton")
}

/// Returns the bytes at a place; it is as if zeros followed the text.
fn four(text: &[u8], at: usize) -> [u8; ANCHOR] {
    let rest = text.get(at..).unwrap_or_default();
    rest.first_chunk().copied().unwrap_or_else(|| [0, 1, 2, 3].map(|at| rest.get(at).copied().unwrap_or(0)))
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    //! Looks at 32 places at once.

    use std::arch::x86_64::{__m256i, _mm256_and_si256, _mm256_set1_epi8, _mm256_shuffle_epi8, _mm256_srli_epi16};

    use super::{AHEAD, ANCHOR, BLOCK, SEEN, Tables};
    use crate::detect::avx2::{are_any, table, vector};

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
        let (bytes, half) = (vector(bytes), _mm256_set1_epi8(15));
        let by_low = _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, half));
        let by_high = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
        _mm256_and_si256(by_low, by_high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Anchors in all buckets but one: of three and of four bytes, some alike, one in any case.
    fn anchors() -> Anchors<10> {
        let all = ["://", "7Q~", "deog", "ks.s", "ks.x", ";pas", "---B", "et -", "xe.x", "ql -"];
        let anchor = |number: u16| {
            let bytes = all[usize::from(number)];
            Anchor::new(bytes.as_bytes(), bytes == "deog", number)
        };
        Anchors::of(std::array::from_fn(|number| anchor(number.try_into().unwrap())), [0, 2, 3, 3, 5, 6, 7, 8, 10])
    }

    /// Looks at every place.
    fn naive(anchors: &Anchors<10>, text: &[u8]) -> Vec<(u16, usize)> {
        let mut found = Vec::new();
        for at in 0..text.len() {
            for anchor in &anchors.all {
                if anchor.spellings().iter().any(|spelling| text[at..].starts_with(spelling)) {
                    found.push((anchor.number, at));
                }
            }
        }
        found.sort_unstable();
        found
    }

    proptest! {
        #[test]
        fn every_processor_finds_what_looking_at_every_place_finds(
            pieces in prop::collection::vec(
                prop_oneof![
                    5 => "://|7Q~|[dD][eE][oO][gG]|ks[.][sxy]|;pa[rs]|--?-?B|[a-z:/.-]{0,40}".prop_map(String::into_bytes),
                    1 => prop::collection::vec(any::<u8>(), 0..9),
                ],
                0..60,
            )
        ) {
            let (anchors, text) = (anchors(), pieces.concat());
            let (mut here, mut anywhere) = (Vec::new(), Vec::new());

            anchors.search(&text, |number, at| here.push((number, at)));
            anchors.search_anywhere(&text, |number, at| anywhere.push((number, at)));

            for found in [&mut here, &mut anywhere] {
                found.sort_by_key(|(number, _)| *number);
                prop_assert!(found.is_sorted(), "those of each come in order");
            }
            prop_assert_eq!(&here, &naive(&anchors, &text));
            prop_assert_eq!(here, anywhere);
        }
    }

    #[test]
    fn an_anchor_is_found_at_each_place_of_each_block() {
        for before in 0..1100 {
            let text = [&vec![b'.'; before][..], b"ks.s"].concat();
            let mut found = Vec::new();

            anchors().search(&text, |number, at| found.push((number, at)));

            assert_eq!(found, [(3, before)]);
        }
    }
}
