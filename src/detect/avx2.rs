//! What several searches do with 32 bytes at once.

use std::arch::x86_64::{
    __m256i, _mm_set_epi64x, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_set_epi64x,
    _mm256_setzero_si256,
};

/// Loads bytes.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn vector(bytes: &[u8; 32]) -> __m256i {
    let (words, _) = bytes.as_chunks();
    let [a, b, c, d] = [0, 1, 2, 3].map(|at| i64::from_le_bytes(words[at]));
    _mm256_set_epi64x(d, c, b, a)
}

/// Loads a table of what halves of bytes stand for.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn table(halves: [u8; 16]) -> __m256i {
    let (words, _) = halves.as_chunks();
    let [a, b] = [0, 1].map(|at| i64::from_le_bytes(words[at]));
    _mm256_broadcastsi128_si256(_mm_set_epi64x(b, a))
}

/// Returns which bytes have a bit, the first in the lowest bit.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn are_any(bytes: __m256i) -> u32 {
    !_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_setzero_si256())).cast_unsigned()
}
