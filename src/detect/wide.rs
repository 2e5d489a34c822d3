//! Texts with zeros beside every character: UTF-16 and UTF-32, of either byte order, with or without a mark.
//!
//! What counts is the pattern alone: ASCII characters with zeros between them.
//! So it is found in text files and inside binaries alike.

use std::ops::Range;

use super::bits::{self, BLOCK};
use super::locality::Reach;
use super::runs::SHORTEST;
use super::view::{Code, View, is_readable};

/// Returns a view of each stretch of UTF-16 and UTF-32 in a text.
pub(super) fn views(text: &[u8], reach: Reach) -> impl Iterator<Item = View> + '_ {
    let (two, four) = may_hold(text);
    let if_so = |may_hold: bool| if may_hold { text } else { &[] };
    of_width::<2>(if_so(two), reach, "written in UTF-16").chain(of_width::<4>(if_so(four), reach, "written in UTF-32"))
}

/// Returns a view of each stretch with so many bytes a character.
fn of_width<'a, const WIDTH: usize>(
    text: &'a [u8],
    reach: Reach,
    evidence: &'static str,
) -> impl Iterator<Item = View> + use<'a, WIDTH> {
    stretches::<WIDTH>(text).map(move |stretch| {
        let characters: Vec<u8> = text[stretch.clone()].iter().step_by(WIDTH).copied().collect();
        let mut view = View::new(reach.shared_by(WIDTH), evidence);
        view.push(Code::Wide(WIDTH), stretch.start, &characters);
        view.core = 0..characters.len();
        view
    })
}

/// Tells whether a stretch of UTF-16, and whether one of UTF-32, may stand in a text; `false` is certain, and quick for
/// text and programs alike.
fn may_hold(text: &[u8]) -> (bool, bool) {
    let (mut two, mut four) = (false, false);
    // Few texts have one; and the crate's search would first ask the processor what it can, which costs more than to scan a
    // short text.
    if !text.contains(&0) {
        return (two, four);
    }
    let Some(zero) = memchr::memchr(0, text) else { return (two, four) };
    let mut before = 0;
    for at in (zero.saturating_sub(1)..text.len()).step_by(BLOCK) {
        let here = bits::of(&text[at..], |byte| byte == 0);
        let zeros = u128::from(here) << BLOCK | u128::from(before);
        before = here;
        two |= alternate::<2>(zeros);
        four |= alternate::<4>(zeros);
        if two && four {
            break;
        }
    }
    (two, four)
}

/// Tells whether eight characters in a row, each with its zeros behind it, may end in the upper half of a text's zeros.
fn alternate<const WIDTH: usize>(zeros: u128) -> bool {
    // The last of as many zeros as follow a character; of eight such in a row the last stays.
    let mut ends = (1..WIDTH - 1).fold(zeros, |ends, step| ends & zeros << step) & !zeros << (WIDTH - 1);
    for step in [WIDTH, 2 * WIDTH, 4 * WIDTH] {
        ends &= ends << step;
    }
    ends >> BLOCK != 0
}

/// Returns where such characters stand in a text.
fn stretches<const WIDTH: usize>(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut floor = 0;
    std::iter::from_fn(move || {
        loop {
            let zero = last_of_zeros(text, floor + memchr::memchr(0, &text[floor..])?);
            let stretch = alternating::<WIDTH>(text, floor, zero);
            let length = stretch.len();
            floor = stretch.end.max(zero + 1).min(text.len());
            if length >= WIDTH * SHORTEST {
                return Some(stretch.start..floor);
            }
        }
    })
}

/// Returns the last of the zeros that follow each other from `zero` on: between two of them no character stands.
fn last_of_zeros(text: &[u8], zero: usize) -> usize {
    text[zero..].iter().position(|byte| *byte != 0).map_or(text.len(), |length| zero + length) - 1
}

/// Returns the stretch around the zeros that end with `zero` in which characters and zeros alternate.
///
/// It begins with a character and ends behind a zero, or with the text.
fn alternating<const WIDTH: usize>(text: &[u8], floor: usize, zero: usize) -> Range<usize> {
    let is_text = |at: usize| text.get(at).copied().is_some_and(is_readable);
    let are_zeros = |at: usize| (at..at + WIDTH - 1).all(|at| text.get(at).is_none_or(|byte| *byte == 0));
    let first = (zero + 1).checked_sub(WIDTH).filter(|first| *first >= floor && is_text(*first)).unwrap_or(zero + 1);
    let mut end = first;
    while is_text(end) && are_zeros(end + 1) {
        end += WIDTH;
    }
    first..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_that_may_hold_no_utf16_holds_none(
            before in "[a\\x00]{0,70}", text in "([a-c\\x01]\\x00){10,40}", after in "[a\\x00]{0,70}", cut in 0..200_usize
        ) {
            let text = [before, text, after].concat().into_bytes();
            let text = &text[..text.len().min(cut)];

            prop_assert!(may_hold(text).0 || stretches::<2>(text).next().is_none());
        }

        #[test]
        fn text_that_may_hold_no_utf32_holds_none(
            before in "[a\\x00]{0,70}", text in "([a-c\\x01]\\x00\\x00\\x00){10,40}", after in "[a\\x00]{0,70}", cut in 0..300_usize
        ) {
            let text = [before, text, after].concat().into_bytes();
            let text = &text[..text.len().min(cut)];

            prop_assert!(may_hold(text).1 || stretches::<4>(text).next().is_none());
        }
    }

    #[test]
    fn utf16_of_both_byte_orders_is_read_and_points_back() {
        let word = "API_KEY=0123456789";
        let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(word.bytes().flat_map(|byte| [byte, 0])).collect();
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(word.bytes().flat_map(|byte| [0, byte])).collect();

        for (encoded, first) in [(little, 2), (big, 3)] {
            let views: Vec<View> = views(&encoded, Reach::BYTES).collect();

            assert_eq!(views.len(), 1);
            assert_eq!(views[0].text, word.as_bytes());
            assert_eq!(views[0].original(&(0..1)), first..first + 1);
            assert_eq!(views[0].original(&(8..18)), first + 16..first + 35);
        }
    }

    #[test]
    fn bytes_with_zeros_that_are_no_text_give_no_view() {
        assert_eq!(views(&[0; 100], Reach::BYTES).count(), 0);
        assert_eq!(views(&[1, 0, 2, 0, 3, 0, 200, 0], Reach::BYTES).count(), 0);
        assert_eq!(views(b"plain text without zeros at all", Reach::BYTES).count(), 0);
    }
}
