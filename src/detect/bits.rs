//! 64 bytes looked at together: one bit each.

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

/// A set of ASCII characters that is searched for in many bytes.
pub(super) trait Class {
    /// The characters.
    const LIST: &'static [u8];
    /// The same for an instruction that looks them up.
    const HALVES: Halves = halves(Self::LIST);

    /// Tells whether a byte is one of them.
    fn has(byte: u8) -> bool;
}

/// For each low and each high half of a byte, the groups of characters that have it.
///
/// A byte is in the set if a group has both of its halves. A group is made of the characters with one high half.
type Halves = ([u8; 16], [u8; 16]);

const fn halves(list: &[u8]) -> Halves {
    let (mut low, mut high) = ([0; 16], [0; 16]);
    let mut at = 0;
    while at < list.len() {
        let byte = list[at];
        low[(byte & 15) as usize] |= 1 << (byte >> 4);
        high[(byte >> 4) as usize] |= 1 << (byte >> 4);
        at += 1;
    }
    (low, high)
}

/// Which of 64 times 32 bytes are of a class.
pub(super) type Masks = [u64; 32];

/// Notes which bytes of a text are of a class, the first in the lowest bit of the first mask, as far as the masks reach.
///
/// It is as if zeros followed the text.
pub(super) fn find<C: Class>(text: &[u8], masks: &mut Masks) {
    let blocks = text.len().div_ceil(BLOCK).min(masks.len());
    let masks = &mut masks[..blocks];
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        #[expect(unsafe_code, reason = "what needs instructions that not every processor has")]
        // SAFETY: this one has them.
        unsafe {
            avx2::find(text, &C::HALVES, masks);
        }
        return;
    }
    one_by_one::<C>(text, masks);
}

/// The same on any processor.
fn one_by_one<C: Class>(text: &[u8], masks: &mut [u64]) {
    for (number, mask) in masks.iter_mut().enumerate() {
        *mask = of(&text[number * BLOCK..], C::has);
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    //! Looks at 32 bytes in eight instructions.

    use std::arch::x86_64::{
        __m256i, _mm_set_epi64x, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8,
        _mm256_movemask_epi8, _mm256_set_epi64x, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
        _mm256_srli_epi16,
    };

    use super::{BLOCK, Halves};

    #[target_feature(enable = "avx2")]
    pub(super) fn find(text: &[u8], halves: &Halves, masks: &mut [u64]) {
        let (low, high) = (table(halves.0), table(halves.1));
        for (number, mask) in masks.iter_mut().enumerate() {
            let rest = &text[number * BLOCK..];
            let mut filled = [0; BLOCK];
            let block = rest.first_chunk().unwrap_or_else(|| {
                filled[..rest.len()].copy_from_slice(rest);
                &filled
            });
            let (halves, _) = block.as_chunks();
            *mask = u64::from(of_32(&halves[0], low, high)) | u64::from(of_32(&halves[1], low, high)) << 32;
        }
    }

    #[target_feature(enable = "avx2")]
    fn of_32(bytes: &[u8; 32], low: __m256i, high: __m256i) -> u32 {
        let bytes = vector(bytes);
        // Of a byte beyond ASCII, the first is zero.
        let by_low = _mm256_shuffle_epi8(low, bytes);
        let by_high = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15)));
        let others = _mm256_cmpeq_epi8(_mm256_and_si256(by_low, by_high), _mm256_setzero_si256());
        !_mm256_movemask_epi8(others).cast_unsigned()
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::detect::escaped::{Followers, Signs};
    use crate::detect::runs::Tokens;

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
        fn every_processor_sees_the_same(text in prop::collection::vec(any::<u8>(), 0..2100)) {
            let (mut here, mut anywhere) = ([0; 32], [0; 32]);
            let blocks = text.len().div_ceil(BLOCK).min(32);

            find::<Tokens>(&text, &mut here);
            one_by_one::<Tokens>(&text, &mut anywhere[..blocks]);

            prop_assert_eq!(here, anywhere);
            for (at, byte) in text.iter().enumerate().take(32 * BLOCK) {
                prop_assert_eq!(here[at / BLOCK] >> (at % BLOCK) & 1 == 1, Tokens::has(*byte));
            }
        }
    }

    #[test]
    fn a_class_has_what_its_list_has() {
        fn is_even<C: Class>() -> bool {
            (0..=u8::MAX).all(|byte| C::has(byte) == C::LIST.contains(&byte))
        }

        assert!(is_even::<Tokens>() && is_even::<Signs>() && is_even::<Followers>());
    }
}
