//! Buffers that are used again: memory that is taken and given back for each object falls to pieces.

use super::entry::{ROOM, TRUSTED_BYTES};

/// How many buffers are kept.
const MOST: usize = 8;
/// How large those that are kept may be.
const LARGEST: usize = 4 << 20;
/// What is taken at least: a page, since each that is touched for the first time costs some microseconds.
const LEAST: usize = 4 << 10;
/// Of what is larger, a multiple of it is taken, so that the next version fits as well.
const STEP: usize = 16 << 10;
/// A buffer so many times as large as needed is left for a larger object.
const ROOMY: usize = 4;

/// Buffers that nobody uses now.
#[derive(Debug, Default)]
pub(super) struct Spare(Vec<Vec<u8>>);

impl Spare {
    /// Returns a buffer with room for so many bytes, or for as many as are taken on a header's word; it may still hold others.
    pub(super) fn take(&mut self, size: usize) -> Vec<u8> {
        self.used(size).unwrap_or_else(|| Vec::with_capacity(roomy(size)))
    }

    /// The same, of which a new one is full of zeros: those of a large one cost nothing before they are written over.
    pub(super) fn take_full(&mut self, size: usize) -> Vec<u8> {
        self.used(size).unwrap_or_else(|| vec![0; roomy(size)])
    }

    /// Returns the smallest buffer that fits, if there is one.
    fn used(&mut self, size: usize) -> Option<Vec<u8>> {
        let size = size.min(TRUSTED_BYTES);
        let fits = |room: usize| size <= room && room <= size.max(STEP) * ROOMY;
        let rooms = self.0.iter().map(Vec::capacity).enumerate().filter(|(_, room)| fits(*room));
        let (best, _) = rooms.min_by_key(|(_, room)| *room)?;
        Some(self.0.swap_remove(best))
    }

    /// Takes a buffer back.
    pub(super) fn give(&mut self, buffer: Vec<u8>) {
        if (1..=LARGEST).contains(&buffer.capacity()) {
            if self.0.len() == MOST {
                self.0.remove(0);
            }
            self.0.push(buffer);
        }
    }
}

/// Returns how many bytes are taken for so many.
fn roomy(size: usize) -> usize {
    let size = size.min(TRUSTED_BYTES);
    let more = size + size / 8 + ROOM;
    if more < STEP { more.next_power_of_two().max(LEAST) } else { more.next_multiple_of(STEP) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_buffer_that_fits_is_used_again() {
        let mut spare = Spare::default();
        let (small, large) = (spare.take(20_000), spare.take(200_000));
        let (of_small, of_large) = (small.capacity(), large.capacity());
        spare.give(large);
        spare.give(small);

        assert_eq!(spare.take(19_000).capacity(), of_small);
        assert!(spare.take(19_000).capacity() < of_large);
        assert_eq!(spare.take(190_000).capacity(), of_large);
    }

    #[test]
    fn few_and_no_huge_buffers_are_kept() {
        let mut spare = Spare::default();
        for _ in 0..100 {
            spare.give(Vec::with_capacity(STEP));
        }
        spare.give(Vec::with_capacity(LARGEST + 1));

        assert_eq!(spare.0.len(), MOST);
        assert!(spare.0.iter().all(|buffer| buffer.capacity() <= LARGEST));
    }

    #[test]
    fn a_size_that_nobody_can_trust_takes_little() {
        assert!(Spare::default().take(usize::MAX).capacity() < 2 * TRUSTED_BYTES);
    }
}
