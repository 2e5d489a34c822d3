//! The token lane's search: runs of at least 16 token characters.
//!
//! Nearly every credential holds such a run, and runs are rare in code. 64
//! bytes are looked at together: each becomes a bit that says whether it is a
//! token character, and a few shifts find where 16 such bits follow each other.

use std::ops::Range;

use super::bits::{BLOCK, Masks};
use super::escaped;

/// The shortest run that is looked at.
pub(super) const SHORTEST: usize = 16;

/// Tells whether a byte is a letter, a digit, `_` or `-`: the alphabet of base64url.
pub(super) const fn is_token(byte: u8) -> bool {
    IS_TOKEN[byte as usize]
}

/// The same for each byte.
static IS_TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        byte += 1;
    }
    table
};

/// Returns every maximal run of at least [`SHORTEST`] token characters, in order.
pub(super) fn runs(text: &[u8]) -> Runs<'_> {
    Runs { text, next: 0, ahead: Masks::NONE, tokens: 0, edges: 0, start: None, escapes: Vec::new() }
}

/// A search for runs, block by block.
#[derive(Debug)]
pub(super) struct Runs<'a> {
    text: &'a [u8],
    /// Where the next block begins.
    next: usize,
    /// What is known of the next block and some behind it.
    ahead: Masks,
    /// Where long runs begin and end in the current block.
    edges: u64,
    /// Which bytes of the current block are token characters.
    tokens: u64,
    /// Where the run begins whose end has not been met.
    start: Option<usize>,
    /// Where escapes begin that may stand for a character of a token.
    escapes: Vec<usize>,
}

impl Iterator for Runs<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            while self.edges != 0 {
                let at = self.next - BLOCK + self.edges.trailing_zeros() as usize;
                self.edges &= self.edges - 1;
                match self.start.take() {
                    Some(start) => return Some(start..at),
                    None => self.start = Some(at + 1 - SHORTEST),
                }
            }
            if self.next > self.text.len() {
                return None;
            }
            self.read();
        }
    }
}

impl Runs<'_> {
    /// A power of two that leaves the bits of the block before in sight.
    const STEPS: u32 = {
        assert!(SHORTEST.is_power_of_two() && SHORTEST <= BLOCK);
        SHORTEST.trailing_zeros()
    };

    /// Reads the next block; one more than the text fills ends its last run.
    fn read(&mut self) {
        let block = self.next % Masks::BYTES / BLOCK;
        if block == 0 {
            self.ahead.fill(&self.text[self.next..]);
        }
        self.note(self.ahead.signs[block]);
        let tokens = self.ahead.tokens[block];
        // Bits of the upper half stay where the bytes before, for which the lower half stands, are such characters too.
        let mut long = u128::from(tokens) << BLOCK | u128::from(self.tokens);
        for step in 0..Self::STEPS {
            long &= long << (1 << step);
        }
        self.edges = ((long ^ long << 1) >> BLOCK) as u64;
        self.tokens = tokens;
        self.next += BLOCK;
    }

    /// Notes those of the signs of a block that begin an escape.
    fn note(&mut self, mut signs: u64) {
        while signs != 0 {
            let at = self.next + signs.trailing_zeros() as usize;
            signs &= signs - 1;
            if escaped::may_begin(self.text, at) {
                self.escapes.push(at);
            }
        }
    }

    /// Returns where escapes begin that may stand for a character of a token, in order, once all runs were met: what is
    /// looked for on the way costs little.
    pub(super) fn into_escapes(self) -> Vec<usize> {
        self.escapes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Looks at every byte.
    fn naive(text: &[u8]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut start = 0;
        for end in 0..=text.len() {
            if text.get(end).is_some_and(|byte| is_token(*byte)) {
                continue;
            }
            if end - start >= SHORTEST {
                found.push(start..end);
            }
            start = end + 1;
        }
        found
    }

    proptest! {
        #[test]
        fn looking_at_64_bytes_together_finds_what_looking_at_each_finds(text in "[a-c_ \\-.]{0,300}|([a-z]{10,40} ?){0,9}|([a-z]{1,200} ?){0,9}") {
            prop_assert_eq!(runs(text.as_bytes()).collect::<Vec<_>>(), naive(text.as_bytes()));
        }
    }

    #[test]
    fn a_run_is_found_at_each_place_of_a_block() {
        for (before, length) in (0..130).flat_map(|before| (14..150).map(move |length| (before, length))) {
            let text = [&vec![b'.'; before][..], &vec![b'a'; length], b"."].concat();

            assert_eq!(runs(&text).collect::<Vec<_>>(), naive(&text), "{length} bytes behind {before}");
        }
    }

    #[test]
    fn a_run_that_fills_the_text_is_found() {
        assert_eq!(runs(&[b'a'; 16]).next(), Some(0..16));
        assert_eq!(runs(&[b'a'; 15]).count(), 0);
    }
}
