//! 64 bytes looked at together: one bit each.

use super::escaped::is_sign;
#[cfg(target_arch = "x86_64")]
use super::processor;
use super::runs::is_token;

/// How many bytes become a mask.
pub(super) const BLOCK: usize = 64;

/// Returns which of the first bytes of a text are of a kind, the first in the lowest bit; it is as if zeros followed the text.
#[inline]
pub(super) fn of(text: &[u8], is_one: impl Fn(u8) -> bool) -> u64 {
    if let Some(block) = text.first_chunk() {
        return of_block(block, is_one);
    }
    let mut block = [0; BLOCK];
    block[..text.len()].copy_from_slice(text);
    of_block(&block, is_one)
}

#[inline]
fn of_block(block: &[u8; BLOCK], is_one: impl Fn(u8) -> bool) -> u64 {
    // The compiler turns this into vector instructions.
    let flags = block.map(|byte| u8::from(is_one(byte)));
    // The product's highest byte is the sum of the eight flags, each shifted to its own bit.
    let eight = |flags: &[u8; 8]| u64::from_le_bytes(*flags).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    let (eights, _) = flags.as_chunks::<8>();
    eights.iter().rev().fold(0, |mask, flags| mask << 8 | eight(flags))
}

/// How many masks are made at once. Most texts of a history are short, and more masks cost more to clear than they save.
pub(super) const AHEAD: usize = 8;

/// Which of the next bytes are token characters, and which may begin an escape; the first in the lowest bit of the first mask.
///
/// They are looked for together: most of the cost is in getting at the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Masks {
    pub(super) tokens: [u64; AHEAD],
    pub(super) signs: [u64; AHEAD],
}

impl Masks {
    /// How many bytes they are for.
    pub(super) const BYTES: usize = AHEAD * BLOCK;
    /// None of them.
    pub(super) const NONE: Self = Self { tokens: [0; AHEAD], signs: [0; AHEAD] };

    /// Looks at the beginning of a text; it is as if zeros followed it.
    pub(super) fn fill(&mut self, text: &[u8]) {
        *self = Self::NONE;
        let blocks = text.len().div_ceil(BLOCK).min(AHEAD);
        #[cfg(target_arch = "x86_64")]
        if processor::has_avx2() {
            #[expect(unsafe_code, reason = "what needs instructions that not every processor has")]
            // SAFETY: this one has them.
            unsafe {
                avx2::look(text, blocks, self);
            }
            return;
        }
        self.look(text, blocks);
    }

    /// The same on any processor.
    fn look(&mut self, text: &[u8], blocks: usize) {
        for number in 0..blocks {
            self.tokens[number] = of(&text[number * BLOCK..], is_token);
            self.signs[number] = of(&text[number * BLOCK..], is_sign);
        }
    }
}

/// For each low and each high half of a byte, the groups of characters that have it.
///
/// A byte is in a group if both of its halves have that group's bit. A group is made of the characters of a kind with one high half.
type Halves = ([u8; 16], [u8; 16]);

/// The groups of the signs; those of the token characters have the other bits.
const SIGNS: u8 = 0b11;

const HALVES: Halves = {
    let (mut low, mut high) = ([0; 16], [0; 16]);
    let mut byte = 0;
    while byte < 128_u8 {
        let group = if is_token(byte) {
            1 << (byte >> 4)
        } else if is_sign(byte) {
            1 << (byte >> 6)
        } else {
            0
        };
        low[(byte & 15) as usize] |= group;
        high[(byte >> 4) as usize] |= group;
        byte += 1;
    }
    (low, high)
};

#[cfg(target_arch = "x86_64")]
mod avx2 {
    //! Looks at 32 bytes in a dozen instructions.

    use std::arch::x86_64::{__m256i, _mm256_and_si256, _mm256_set1_epi8, _mm256_shuffle_epi8, _mm256_srli_epi16};

    use super::{BLOCK, HALVES, Masks, SIGNS};
    use crate::detect::avx2::{are_any, table, vector};

    #[target_feature(enable = "avx2")]
    pub(super) fn look(text: &[u8], blocks: usize, masks: &mut Masks) {
        let (low, high) = (table(HALVES.0), table(HALVES.1));
        for number in 0..blocks {
            let rest = &text[number * BLOCK..];
            let mut filled = [0; BLOCK];
            let block = rest.first_chunk().unwrap_or_else(|| {
                filled[..rest.len()].copy_from_slice(rest);
                &filled
            });
            let (halves, _) = block.as_chunks();
            let (first, second) = (groups(&halves[0], low, high), groups(&halves[1], low, high));
            masks.tokens[number] = u64::from(of(first, !SIGNS)) | u64::from(of(second, !SIGNS)) << 32;
            masks.signs[number] = u64::from(of(first, SIGNS)) | u64::from(of(second, SIGNS)) << 32;
        }
    }

    /// Returns which groups each byte is in.
    #[target_feature(enable = "avx2")]
    fn groups(bytes: &[u8; 32], low: __m256i, high: __m256i) -> __m256i {
        let bytes = vector(bytes);
        // Of a byte beyond ASCII, the first is zero.
        let by_low = _mm256_shuffle_epi8(low, bytes);
        let by_high = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15)));
        _mm256_and_si256(by_low, by_high)
    }

    /// Returns which bytes are in one of some groups.
    #[target_feature(enable = "avx2")]
    fn of(groups: __m256i, wanted: u8) -> u32 {
        are_any(_mm256_and_si256(groups, _mm256_set1_epi8(wanted.cast_signed())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_byte_has_its_own_bit(text in prop::collection::vec(any::<u8>(), 0..100)) {
            let is_one = |byte: u8| byte.is_ascii_alphanumeric();

            let bits = of(&text, is_one);

            for at in 0..BLOCK {
                prop_assert_eq!(bits >> at & 1 == 1, text.get(at).is_some_and(|byte| is_one(*byte)));
            }
        }

        #[test]
        fn every_processor_sees_the_same(text in prop::collection::vec(any::<u8>(), 0..Masks::BYTES + 100)) {
            let (mut here, mut anywhere) = (Masks::NONE, Masks::NONE);

            here.fill(&text);
            anywhere.look(&text, text.len().div_ceil(BLOCK).min(AHEAD));

            prop_assert_eq!(here, anywhere);
            for (at, byte) in text.iter().enumerate().take(Masks::BYTES) {
                let bit = |masks: [u64; AHEAD]| masks[at / BLOCK] >> (at % BLOCK) & 1 == 1;
                prop_assert_eq!((bit(anywhere.tokens), bit(anywhere.signs)), (is_token(*byte), is_sign(*byte)));
            }
        }
    }

    #[test]
    fn each_byte_is_seen_as_what_it_is() {
        for byte in 0..=u8::MAX {
            let mut masks = Masks::NONE;

            masks.fill(&[byte]);

            assert_eq!((masks.tokens[0] == 1, masks.signs[0] == 1), (is_token(byte), is_sign(byte)), "{byte}");
        }
    }
}
