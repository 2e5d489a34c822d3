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
    }
}
