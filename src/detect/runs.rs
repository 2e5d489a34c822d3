//! The token lane's search: runs of at least 16 token characters.
//!
//! Nearly every credential holds such a run, and runs are rare in code. A run
//! of 16 cannot hide between two probes 16 bytes apart, so only every 16th byte
//! is looked at, and its neighbours only where it is a token character.

use std::ops::Range;

/// The shortest run that is looked at.
pub(super) const SHORTEST: usize = 16;

/// Tells whether a byte is a letter, a digit, `_` or `-`: the alphabet of base64url.
pub(super) fn is_token(byte: u8) -> bool {
    TOKEN[usize::from(byte)]
}

static TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        table[byte as usize] = matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-');
        byte += 1;
    }
    table
};

/// Returns every maximal run of at least [`SHORTEST`] token characters, in order.
pub(super) fn runs(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut floor = 0;
    std::iter::from_fn(move || {
        loop {
            let probe = floor + SHORTEST - 1;
            if !is_token(*text.get(probe)?) {
                floor = probe + 1;
                continue;
            }
            let start = start_of(text, floor, probe);
            let end = end_of(text, probe);
            floor = (end + 1).min(text.len());
            if end - start >= SHORTEST {
                return Some(start..end);
            }
        }
    })
}

fn start_of(text: &[u8], floor: usize, probe: usize) -> usize {
    text[floor..probe].iter().rposition(|byte| !is_token(*byte)).map_or(floor, |at| floor + at + 1)
}

fn end_of(text: &[u8], probe: usize) -> usize {
    text[probe..].iter().position(|byte| !is_token(*byte)).map_or(text.len(), |at| probe + at)
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
        fn probing_every_16th_byte_finds_what_looking_at_every_byte_finds(text in "[a-c_ \\-.]{0,300}|([a-z]{10,40} ?){0,9}") {
            prop_assert_eq!(runs(text.as_bytes()).collect::<Vec<_>>(), naive(text.as_bytes()));
        }
    }

    #[test]
    fn a_run_that_fills_the_text_is_found() {
        assert_eq!(runs(&[b'a'; 16]).next(), Some(0..16));
        assert_eq!(runs(&[b'a'; 15]).count(), 0);
    }
}
