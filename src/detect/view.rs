//! Texts made from a text by undoing an encoding, and the way back to the original bytes.
//!
//! Three encodings hide a token from a search for runs: UTF-16 puts a zero
//! beside every character, string concatenation puts quotes and operators into
//! it, and base64 hides it whole. Each is undone where it stands, with some
//! text around it, so that names beside the value are seen as usual.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::bits::{self, BLOCK};
use super::joint::{self, Joint};
use super::locality::Reach;
use super::runs::SHORTEST;

/// A decoded text.
#[derive(Debug)]
pub(super) struct View {
    /// The decoded bytes.
    pub(super) text: Vec<u8>,
    /// The stretches it was made of, in order of both texts.
    pieces: Vec<Piece>,
    /// The part of `text` in which findings count; the rest is context.
    pub(super) core: Range<usize>,
    /// The original bytes that the core was made of, where they belong together:
    /// in UTF-16 each match stands for itself.
    pub(super) whole: Option<Range<usize>>,
}

/// A stretch of a view and where it came from.
#[derive(Debug)]
struct Piece {
    /// Where it begins in the view.
    at: usize,
    /// Where it begins in the original.
    from: usize,
    /// How it was encoded.
    code: Code,
}

/// How a stretch was encoded.
#[derive(Debug, Clone, Copy)]
enum Code {
    /// Not at all.
    Plain,
    /// Two bytes a character.
    Utf16,
    /// Four characters for three bytes.
    Base64,
}

impl View {
    fn new() -> Self {
        Self { text: Vec::new(), pieces: Vec::new(), core: 0..0, whole: None }
    }

    fn push(&mut self, code: Code, from: usize, bytes: &[u8]) {
        self.pieces.push(Piece { at: self.text.len(), from, code });
        self.text.extend_from_slice(bytes);
    }

    /// Returns the original bytes that a non-empty stretch of the view was made of, with the padding behind the last.
    pub(super) fn original(&self, span: &Range<usize>) -> Range<usize> {
        let padded = self.whole.as_ref().filter(|_| span.end == self.core.end).map(|whole| whole.end);
        self.first_byte_of(span.start)..padded.unwrap_or_else(|| self.end_of(span.end - 1))
    }

    fn piece_of(&self, at: usize) -> &Piece {
        &self.pieces[self.pieces.partition_point(|piece| piece.at <= at) - 1]
    }

    fn first_byte_of(&self, at: usize) -> usize {
        let piece = self.piece_of(at);
        let offset = at - piece.at;
        piece.from
            + match piece.code {
                Code::Plain => offset,
                Code::Utf16 => offset * 2,
                Code::Base64 => offset / 3 * 4 + offset % 3,
            }
    }

    fn end_of(&self, at: usize) -> usize {
        let piece = self.piece_of(at);
        let offset = at - piece.at;
        piece.from
            + match piece.code {
                Code::Plain => offset + 1,
                Code::Utf16 => offset * 2 + 1,
                Code::Base64 => offset / 3 * 4 + offset % 3 + 2,
            }
    }
}

/// Returns a view of each stretch of UTF-16 in a text, of either byte order, with or without a mark.
///
/// What counts is the pattern alone: ASCII characters with zeros between them.
/// So it is found in text files and inside binaries alike.
pub(super) fn utf16(text: &[u8]) -> impl Iterator<Item = View> + '_ {
    let hopeful = if may_hold_utf16(text) { text } else { &[] };
    stretches(hopeful).map(|stretch| utf16_view(hopeful, stretch))
}

/// Tells whether a stretch of UTF-16 may stand in a text; `false` is certain, and quick for text and programs alike.
fn may_hold_utf16(text: &[u8]) -> bool {
    let Some(zero) = memchr::memchr(0, text) else { return false };
    let mut before = 0;
    (zero.saturating_sub(1)..text.len()).step_by(BLOCK).any(|at| {
        let here = bits::of(&text[at..], |byte| byte == 0);
        let zeros = u128::from(here) << BLOCK | u128::from(before);
        before = here;
        // A zero behind another byte; of 15 such pairs in a row the last stays.
        let mut pairs = zeros & !zeros << 1;
        for step in [2, 4, 8, 14] {
            pairs &= pairs << step;
        }
        pairs >> BLOCK != 0
    })
}

/// Returns where UTF-16 stands in a text.
fn stretches(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut floor = 0;
    std::iter::from_fn(move || {
        loop {
            let zero = last_of_zeros(text, floor + memchr::memchr(0, &text[floor..])?);
            let stretch = alternating(text, floor, zero);
            floor = stretch.end.max(zero + 1).min(text.len());
            if stretch.len() >= 2 * SHORTEST {
                return Some(stretch);
            }
        }
    })
}

/// Returns the last of the zeros that follow each other from `zero` on: between two of them no character stands.
fn last_of_zeros(text: &[u8], zero: usize) -> usize {
    text[zero..].iter().position(|byte| *byte != 0).map_or(text.len(), |length| zero + length) - 1
}

/// Returns the stretch around the zero at `zero` in which characters and zeros alternate.
///
/// It begins with a character and ends behind a zero, or with the text.
fn alternating(text: &[u8], floor: usize, zero: usize) -> Range<usize> {
    let is_text = |at: usize| text.get(at).copied().is_some_and(is_readable);
    let first = if zero > floor && is_text(zero - 1) { zero - 1 } else { zero + 1 };
    let mut end = first;
    while is_text(end) && text.get(end + 1).is_none_or(|byte| *byte == 0) {
        end += 2;
    }
    first..end
}

fn utf16_view(text: &[u8], stretch: Range<usize>) -> View {
    let end = stretch.end.min(text.len());
    let characters: Vec<u8> = text[stretch.start..end].iter().step_by(2).copied().collect();
    let mut view = View::new();
    view.push(Code::Utf16, stretch.start, &characters);
    view.core = 0..characters.len();
    view
}

/// Undoes string concatenation and line continuation around the run `run`.
///
/// `None` when nothing is joined to it, or when an earlier run of the same
/// chain stands for it.
pub(super) fn joined(text: &[u8], run: &Range<usize>, reach: Reach) -> Option<View> {
    let listed = || {
        let pieces = chain(text, run, reach, Joint::Comma)?;
        joint::is_concatenated(text, &(pieces[0].start..pieces[pieces.len() - 1].end)).then_some(pieces)
    };
    let pieces = chain(text, run, reach, Joint::Sign).or_else(listed)?;
    Some(view_of(text, &pieces, reach))
}

/// Follows the pieces that are joined to a run, in both directions.
fn chain(text: &[u8], run: &Range<usize>, reach: Reach, joint: Joint) -> Option<Vec<Range<usize>>> {
    let is_alone = || joint::piece_after(text, run.end, joint).is_none();
    let mut next = joint::piece_before(text, run.start, joint);
    if next.is_none() && is_alone() {
        return None;
    }
    let mut pieces = vec![run.clone()];
    while let Some(before) = next {
        if before.len() >= SHORTEST {
            return None;
        }
        next = joint::piece_before(text, before.start, joint);
        pieces.insert(0, before);
        within(&pieces, reach)?;
    }
    while let Some(after) = pieces.last().and_then(|piece| joint::piece_after(text, piece.end, joint)) {
        pieces.push(after);
        within(&pieces, reach)?;
    }
    (pieces.len() > 1).then_some(pieces)
}

/// Gives up on a chain that is longer than any match.
fn within(pieces: &[Range<usize>], reach: Reach) -> Option<()> {
    (pieces[pieces.len() - 1].end - pieces[0].start <= reach.longest).then_some(())
}

fn view_of(text: &[u8], pieces: &[Range<usize>], reach: Reach) -> View {
    let extent = pieces[0].start..pieces[pieces.len() - 1].end;
    let before = extent.start.saturating_sub(reach.context);
    let mut view = View::new();
    view.push(Code::Plain, before, &text[before..extent.start]);
    let core = view.text.len();
    for piece in pieces {
        view.push(Code::Plain, piece.start, &text[piece.clone()]);
    }
    view.core = core..view.text.len();
    view.push(Code::Plain, extent.end, &text[extent.end..text.len().min(extent.end + reach.context)]);
    view.whole = Some(extent);
    view
}

static STANDARD: GeneralPurpose = lenient(&alphabet::STANDARD);
static URL_SAFE: GeneralPurpose = lenient(&alphabet::URL_SAFE);

/// Takes standard and URL-safe base64 with and without padding; the last character's spare bits do not matter.
const fn lenient(alphabet: &alphabet::Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(alphabet, config)
}

/// Returns a view of base64 that hides readable text; `None` when `value` is none or hides none.
pub(super) fn base64(text: &[u8], value: &Range<usize>, reach: Reach) -> Option<View> {
    let encoded = &text[value.clone()];
    let decoded = if encoded.len() <= reach.longest { decode(encoded, is_readable) } else { None }?;
    if decoded.len() < SHORTEST {
        return None;
    }
    let before = value.start.saturating_sub(reach.context);
    let mut view = View::new();
    view.push(Code::Plain, before, &text[before..value.start]);
    let core = view.text.len();
    view.push(Code::Base64, value.start, &decoded);
    view.core = core..view.text.len();
    view.push(Code::Plain, value.end, &text[value.end..text.len().min(value.end + reach.context)]);
    view.whole = Some(value.clone());
    Some(view)
}

/// Decodes base64 that hides readable text, in ASCII or not; `None` for other bytes.
pub(super) fn readable(encoded: &[u8]) -> Option<Vec<u8>> {
    decode(encoded, |byte| is_readable(byte) || !byte.is_ascii()).filter(|text| std::str::from_utf8(text).is_ok())
}

/// Decodes base64 of certain bytes; `None` for others, which the first of them mostly show.
fn decode(encoded: &[u8], is_one: impl Fn(u8) -> bool) -> Option<Vec<u8>> {
    let url_safe = encoded.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let engine = if url_safe { &URL_SAFE } else { &STANDARD };
    let mut head = [0; 12];
    let read = engine.decode_slice(encoded.get(..16)?, &mut head).ok()?;
    let are_all = |bytes: &[u8]| bytes.iter().all(|byte| is_one(*byte));
    let decoded = are_all(&head[..read]).then(|| engine.decode(encoded).ok())??;
    are_all(&decoded).then_some(decoded)
}

fn is_readable(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')
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

            prop_assert!(may_hold_utf16(text) || stretches(text).next().is_none());
        }
    }

    fn join(text: &str, piece: &str) -> Option<String> {
        let at = text.find(piece).unwrap();
        let view = joined(text.as_bytes(), &(at..at + piece.len()), Reach::BYTES)?;
        Some(String::from_utf8(view.text[view.core].to_vec()).unwrap())
    }

    #[test]
    fn concatenated_literals_become_one() {
        let whole = Some("abcdefghijklmnop0123".to_owned());

        assert_eq!(join("k = \"abcdefghijklmnop\" + \"0123\"", "abcdefghijklmnop"), whole);
        assert_eq!(join("k = 'abcdefghijklmnop' .\n  '0123'", "abcdefghijklmnop"), whole);
        assert_eq!(join("k = \"abcdefghijklmnop\"\n    \"0123\"", "abcdefghijklmnop"), whole);
        assert_eq!(join("k = \"abcdefghijklmnop\" & _\r\n \"0123\"", "abcdefghijklmnop"), whole);
        assert_eq!(join("K=abcdefghijklmnop\\\n0123", "abcdefghijklmnop"), whole);
        assert_eq!(join("k = \"a\" + \"bcdefghijklmnopqr\"", "bcdefghijklmnopqr"), Some("abcdefghijklmnopqr".into()));
    }

    #[test]
    fn elements_of_a_list_stay_apart() {
        assert_eq!(join("['abcdefghijklmnop', '0123']", "abcdefghijklmnop"), None);
        assert_eq!(join("'abcdefghijklmnop''0123'", "abcdefghijklmnop"), None);
        assert_eq!(join("abcdefghijklmnop", "abcdefghijklmnop"), None);
    }

    #[test]
    fn a_place_in_joined_text_points_at_the_original_bytes() {
        let text = b"k = \"abcdefghijklmnop\" + \"0123\"";

        let view = joined(text, &(5..21), Reach::BYTES).unwrap();

        assert_eq!(view.original(&view.core), 5..30);
        assert_eq!(&text[view.whole.unwrap()], b"abcdefghijklmnop\" + \"0123");
    }

    #[test]
    fn utf16_of_both_byte_orders_is_read_and_points_back() {
        let word = "API_KEY=0123456789";
        let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(word.bytes().flat_map(|byte| [byte, 0])).collect();
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(word.bytes().flat_map(|byte| [0, byte])).collect();

        for (encoded, first) in [(little, 2), (big, 3)] {
            let views: Vec<View> = utf16(&encoded).collect();

            assert_eq!(views.len(), 1);
            assert_eq!(views[0].text, word.as_bytes());
            assert_eq!(views[0].original(&(0..1)), first..first + 1);
            assert_eq!(views[0].original(&(8..18)), first + 16..first + 35);
        }
    }

    #[test]
    fn bytes_with_zeros_that_are_no_text_give_no_view() {
        assert_eq!(utf16(&[0; 100]).count(), 0);
        assert_eq!(utf16(&[1, 0, 2, 0, 3, 0, 200, 0]).count(), 0);
        assert_eq!(utf16(b"plain text without zeros at all").count(), 0);
    }

    #[test]
    fn readable_base64_is_decoded_and_points_back() {
        let text = b"x: aGVsbG8gd29ybGQsIGhvdyBhcmUgeW91\n";

        let view = base64(text, &(3..35), Reach::BYTES).unwrap();

        assert_eq!(&view.text[view.core.clone()], b"hello world, how are you");
        assert_eq!(view.original(&(view.core.start..view.core.start + 3)), 3..7);
        assert_eq!(view.original(&view.core), 3..35);
    }

    #[test]
    fn base64_of_other_bytes_gives_no_view() {
        assert!(base64(b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", &(0..32), Reach::BYTES).is_none());
        assert!(base64(b"a_long_identifier_in_snake_case_", &(0..32), Reach::BYTES).is_none());
    }
}
