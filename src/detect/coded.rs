//! Values in base64 and in hex digits.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::locality::Reach;
use super::runs::SHORTEST;
use super::view::{Code, View, is_readable};

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
    let decoded = if encoded.len() <= reach.longest { decode(encoded, is_text) } else { None }?;
    let is_enough = decoded.len() >= SHORTEST;
    let fill = |view: &mut View| view.push(Code::Base64, value.start, &decoded);
    is_enough.then(|| View::around(text, value.clone(), reach, "written in base64", fill))
}

/// Returns a view of hex digits that hide readable text; `None` when `run` is none or hides none.
pub(super) fn hex(text: &[u8], run: &Range<usize>, reach: Reach) -> Option<View> {
    let sign = usize::from(text[run.clone()].starts_with(b"0x")) * b"0x".len();
    let value = run.start + sign..run.end;
    let digits = &text[value.clone()];
    if digits.len() < 2 * SHORTEST || digits.len() > reach.longest || !digits.len().is_multiple_of(2) {
        return None;
    }
    let byte = |pair: &[u8]| Some(digit(pair[0])? << 4 | digit(pair[1])?).filter(|byte| is_text(*byte));
    let decoded = digits.chunks_exact(2).map(byte).collect::<Option<Vec<u8>>>()?;
    let fill = |view: &mut View| view.push(Code::Hex, value.start, &decoded);
    Some(View::around(text, value.clone(), reach, "written in hex digits", fill))
}

/// Returns the value of a hex digit.
pub(super) fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Tells whether a byte stands in texts that people read, in ASCII or in UTF-16.
pub(super) const fn is_text(byte: u8) -> bool {
    is_readable(byte) || byte == 0
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readable_base64_is_decoded_and_points_back() {
        let text = b"x: aGVsbG8gd29ybGQsIGhvdyBhcmUgeW91\n";

        let view = base64(text, &(3..35), Reach::BYTES).unwrap();

        assert_eq!(&view.text[view.core.clone()], b"hello world, how are you");
        assert_eq!(view.original(&(view.core.start..view.core.start + 3)), 3..7);
        assert_eq!(view.original(&view.core), 3..35);
    }

    #[test]
    fn hex_digits_of_text_are_decoded_and_point_back() {
        let text = b"x: 0x68656c6c6f20776f726c642c20686f77\n";

        let view = hex(text, &(3..37), Reach::BYTES).unwrap();

        assert_eq!(&view.text[view.core.clone()], b"hello world, how");
        assert_eq!(view.original(&(view.core.start + 1..view.core.start + 3)), 7..11);
        assert!(hex(b"68656c6c6f20776f726c642c20686ff7", &(0..32), Reach::BYTES).is_none());
    }

    #[test]
    fn base64_of_other_bytes_gives_no_view() {
        assert!(base64(b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", &(0..32), Reach::BYTES).is_none());
        assert!(base64(b"a_long_identifier_in_snake_case_", &(0..32), Reach::BYTES).is_none());
    }
}
