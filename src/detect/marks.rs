//! Literals that are found by three of their bytes.

use super::random;

/// Literals, each known by those three of its bytes that are least like words.
///
/// Few texts hold one, and a table tells so of most of them; it is built in a fraction of the time that an automaton
/// takes, which is half of what a short scan costs.
#[derive(Debug)]
pub(super) struct Marks {
    /// The hashes of the three bytes, as bits.
    table: Vec<u64>,
    /// The literals, in order of the hashes.
    marked: Vec<Marked>,
    /// Where those begin whose hashes have the same first bits; those end where the next begin.
    starts: Vec<u16>,
}

/// A literal.
#[derive(Debug)]
struct Marked {
    /// Three of its bytes, as a number.
    three: u32,
    /// Where they stand in it.
    offset: usize,
    number: u16,
    literal: &'static [u8],
}

impl Marks {
    /// As many bits of a hash as make the table much larger than there are literals, and small enough for a near cache.
    const BITS: u32 = 17;
    /// As many bits of it as tell most literals from each other.
    const SLOT_BITS: u32 = 10;

    /// Marks literals, of at least three bytes each, which are numbered in order.
    pub(super) fn of(literals: &[&'static [u8]]) -> Self {
        let mut marked: Vec<Marked> =
            (0..).zip(literals).filter_map(|(number, literal)| Marked::of(number, literal)).collect();
        marked.sort_by_cached_key(|one| Self::hash(one.three));
        let mut table = vec![0; 1 << (Self::BITS - u64::BITS.trailing_zeros())];
        for one in &marked {
            let (word, bit) = Self::place(one.three);
            table[word] |= 1 << bit;
        }
        let mut starts = vec![0; (1 << Self::SLOT_BITS) + 1];
        for one in &marked {
            starts[Self::slot(one.three) + 1] += 1;
        }
        for slot in 1..starts.len() {
            starts[slot] += starts[slot - 1];
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
                if let Some(start) = at.checked_sub(one.offset).filter(|start| text[*start..].starts_with(one.literal))
                {
                    visit(one.number, start);
                }
            }
        }
    }

    /// Returns the literals whose three bytes have a hash like this.
    fn alike(&self, three: u32) -> &[Marked] {
        let slot = Self::slot(three);
        &self.marked[usize::from(self.starts[slot])..usize::from(self.starts[slot + 1])]
    }

    /// Returns the bit of three bytes as the lowest of a number.
    fn bit(&self, three: u32) -> u64 {
        let (word, bit) = Self::place(three);
        self.table[word] >> bit
    }

    /// Returns where the bit of three bytes is.
    fn place(three: u32) -> (usize, u32) {
        let hash = Self::hash(three);
        ((hash / u64::BITS) as usize, hash % u64::BITS)
    }

    /// Returns the first bits of the hash of three bytes.
    fn slot(three: u32) -> usize {
        (Self::hash(three) >> (Self::BITS - Self::SLOT_BITS)) as usize
    }

    fn hash(three: u32) -> u32 {
        const ODD: u32 = 0x9e37_79b1;
        three.wrapping_mul(ODD) >> (u32::BITS - Self::BITS)
    }
}

/// Returns each three bytes of a text that follow each other, as a number.
fn threes(text: &[u8]) -> impl Iterator<Item = u32> {
    text.windows(3).map(|three| u32::from_le_bytes([three[0], three[1], three[2], 0]))
}

impl Marked {
    /// Finds the three bytes of a literal; `None` for one that has fewer.
    fn of(number: u16, literal: &'static [u8]) -> Option<Self> {
        let likeness = |three: &[u8]| random::pair_ratio(three[0], three[1]) + random::pair_ratio(three[1], three[2]);
        let (offset, _) = literal.windows(3).map(likeness).enumerate().min_by_key(|(_, likeness)| *likeness)?;
        Some(Self { three: threes(&literal[offset..]).next()?, offset, number, literal })
    }
}
