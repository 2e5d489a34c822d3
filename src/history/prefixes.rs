//! A table from the first 8 bytes of object names to numbers.

use crate::oid::ObjectId;

/// Stands for a slot that holds nothing.
const FREE: u32 = u32::MAX;

/// Numbers by the first 8 bytes of object names; several may share a prefix.
///
/// Object names are hashes already, so their bits serve as they are.
pub(super) struct Prefixes {
    /// One bit for the low bits of each prefix: small enough to stay in the cache.
    filter: Vec<u64>,
    slots: Vec<(u64, u32)>,
}

impl Prefixes {
    /// Makes a table with room for `count` numbers.
    pub(super) fn with_room(count: usize) -> Self {
        let slots = (count * 2).next_power_of_two().max(8);
        Self { filter: vec![0; slots / 8], slots: vec![(0, FREE); slots] }
    }

    /// Adds a number; it must not be more than there is room for.
    pub(super) fn insert(&mut self, prefix: u64, number: u32) {
        let bit = self.bit(prefix);
        self.filter[bit / 64] |= 1 << (bit % 64);
        let mask = self.slots.len() - 1;
        let mut at = low(prefix) & mask;
        while self.slots[at].1 != FREE {
            at = (at + 1) & mask;
        }
        self.slots[at] = (prefix, number);
    }

    /// Returns the numbers that stand for a prefix, in the order in which they were added.
    pub(super) fn get(&self, prefix: u64) -> Matches<'_> {
        let bit = self.bit(prefix);
        let known = self.filter[bit / 64] >> (bit % 64) & 1 == 1;
        Matches { slots: if known { &self.slots } else { &[] }, at: low(prefix), prefix }
    }

    /// Returns the bit of the filter that stands for a prefix.
    fn bit(&self, prefix: u64) -> usize {
        low(prefix >> 16) & (self.filter.len() * 64 - 1)
    }
}

/// The numbers that stand for a prefix.
pub(super) struct Matches<'a> {
    /// All slots, of which at least half are free; none if nothing stands for the prefix.
    slots: &'a [(u64, u32)],
    at: usize,
    prefix: u64,
}

impl Iterator for Matches<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        loop {
            let (key, number) = self.slots[self.at & mask];
            if number == FREE {
                return None;
            }
            self.at = self.at.wrapping_add(1);
            if key == self.prefix {
                return Some(number);
            }
        }
    }
}

/// Returns the first 8 bytes of an object's name.
pub(super) fn prefix_of(id: ObjectId) -> u64 {
    id.as_bytes().iter().take(8).fold(0, |prefix, byte| prefix << 8 | u64::from(*byte))
}

/// Returns the low bits, as many as an index has.
#[expect(clippy::cast_possible_truncation, reason = "the low bits are what is asked for")]
pub(super) fn low(prefix: u64) -> usize {
    prefix as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_one_prefix_are_all_found_and_others_are_not() {
        let mut table = Prefixes::with_room(4);
        table.insert(7, 1);
        table.insert(7, 2);
        table.insert(7 + 8, 3);

        assert_eq!(table.get(7).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(table.get(15).collect::<Vec<_>>(), [3]);
        assert_eq!(table.get(23).count(), 0);
    }
}
