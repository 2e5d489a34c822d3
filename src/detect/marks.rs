//! Literals that are found by three of their bytes.

use super::random;
use crate::rules;

/// Literals, each known by those three of its bytes that are least like words.
///
/// Few texts hold one, and a table tells so of most of them. All is made when the program is built.
pub(super) struct Marks<const COUNT: usize> {
    /// The hashes of the three bytes, as bits.
    table: [u64; 1 << (BITS - u64::BITS.trailing_zeros())],
    /// The literals, in order of their slots.
    marked: [Marked; COUNT],
    /// Where those of each slot begin; they end where the next begin.
    starts: [u16; (1 << SLOT_BITS) + 1],
}

/// As many bits of a hash as make the table much larger than there are literals, and small enough for a near cache.
const BITS: u32 = 17;
/// As many bits of it, which are a slot, as tell most literals from each other.
const SLOT_BITS: u32 = 10;

/// A literal.
#[derive(Clone, Copy)]
struct Marked {
    /// Three of its bytes, as a number.
    three: u32,
    /// Where they stand in it.
    offset: u16,
    number: u16,
}

impl<const COUNT: usize> Marks<COUNT> {
    /// Marks the literals of rules that have these numbers, of at least three bytes each.
    pub(super) const fn of(numbers: [u16; COUNT]) -> Self {
        let mut table = [0; 1 << (BITS - u64::BITS.trailing_zeros())];
        let mut starts = [0; (1 << SLOT_BITS) + 1];
        let mut all = [Marked { three: 0, offset: 0, number: 0 }; COUNT];
        let mut at = 0;
        while at < COUNT {
            all[at] = Marked::of(numbers[at]);
            let (word, bit) = place(all[at].three);
            table[word] |= 1 << bit;
            starts[slot(all[at].three) + 1] += 1;
            at += 1;
        }
        at = 1;
        while at < starts.len() {
            starts[at] += starts[at - 1];
            at += 1;
        }
        let (mut marked, mut next) = (all, starts);
        at = 0;
        while at < COUNT {
            let slot = slot(all[at].three);
            marked[next[slot] as usize] = all[at];
            next[slot] += 1;
            at += 1;
        }
        Self { table, marked, starts }
    }

    /// Tells whether a text may hold one of the literals; `false` is certain.
    fn are_in(&self, text: &[u8]) -> bool {
        threes(text).fold(0, |found, three| found | self.bit(three)) & 1 != 0
    }

    /// Calls `visit` with the number of each literal in a text and its place.
    pub(super) fn search(&self, text: &[u8], mut visit: impl FnMut(u16, usize)) {
        if !self.are_in(text) {
            return;
        }
        for (at, three) in threes(text).enumerate().filter(|(_, three)| self.bit(*three) & 1 != 0) {
            for one in self.alike(three).iter().filter(|one| one.three == three) {
                let start = at.checked_sub(one.offset.into());
                if let Some(start) = start.filter(|start| text[*start..].starts_with(one.literal())) {
                    visit(one.number, start);
                }
            }
        }
    }

    /// Returns the literals of the slot of three bytes.
    fn alike(&self, three: u32) -> &[Marked] {
        let slot = slot(three);
        &self.marked[usize::from(self.starts[slot])..usize::from(self.starts[slot + 1])]
    }

    /// Returns the bit of three bytes as the lowest of a number.
    fn bit(&self, three: u32) -> u64 {
        let (word, bit) = place(three);
        self.table[word] >> bit
    }
}

/// Returns where the bit of three bytes is.
const fn place(three: u32) -> (usize, u32) {
    let hash = hash(three);
    ((hash / u64::BITS) as usize, hash % u64::BITS)
}

/// Returns the first bits of the hash of three bytes.
const fn slot(three: u32) -> usize {
    (hash(three) >> (BITS - SLOT_BITS)) as usize
}

const fn hash(three: u32) -> u32 {
    const ODD: u32 = 0x9e37_79b1;
    three.wrapping_mul(ODD) >> (u32::BITS - BITS)
}

/// Returns each three bytes of a text that follow each other, as a number.
fn threes(text: &[u8]) -> impl Iterator<Item = u32> {
    text.windows(3).map(|three| u32::from_le_bytes([three[0], three[1], three[2], 0]))
}

impl Marked {
    /// Finds the three bytes of a literal.
    #[expect(clippy::cast_possible_truncation, reason = "a literal is a few words at most")]
    const fn of(number: u16) -> Self {
        let literal = rules::literal(number as usize).text.as_bytes();
        let mut found = Self { three: 0, offset: 0, number };
        let (mut least, mut at) = (i32::MAX, 0);
        while at + 2 < literal.len() {
            let [one, two, three] = [literal[at], literal[at + 1], literal[at + 2]];
            let likeness = random::pair_ratio(one, two) + random::pair_ratio(two, three);
            if likeness < least {
                least = likeness;
                found.three = u32::from_le_bytes([one, two, three, 0]);
                found.offset = at as u16;
            }
            at += 1;
        }
        assert!(least < i32::MAX, "a literal has three bytes");
        found
    }

    fn literal(self) -> &'static [u8] {
        rules::literal(self.number.into()).text.as_bytes()
    }
}
