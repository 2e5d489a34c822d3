//! Is it random? What tells a generated token from a word, a name or a sample.

/// Letters (case folded), digits, and one symbol for everything else.
const SYMBOL_COUNT: usize = 37;
/// A row and a column for each symbol.
const CELLS: usize = SYMBOL_COUNT * SYMBOL_COUNT;
/// Table entries count sixteenths of a bit.
const UNIT: f32 = 16.0;

/// The table as it was trained: a line that says on what, then the cells.
///
/// Made by `train/pairs.py` of what `train/material.txt` lists; it also prints its error on held-out words.
static TRAINED: &[u8] = include_bytes!("pairs.bin");
/// Log-likelihood ratios of adjacent symbols, words of code and English against random base64url.
static PAIRS: &[u8; CELLS] = TRAINED.last_chunk().expect("the cells follow the line");

/// Random hex digits score below this, 99.99 % of them from 16 characters on; 1.4 % of words with a digit do.
const HEX_LIKE: f32 = -0.5;
/// Random tokens of larger alphabets score below this, 99.3 % of them from 20 characters on; 0.7 % of words do.
const TOKEN_LIKE: f32 = -0.8;

/// Returns the number of a byte's symbol: 0–25 letters, 26–35 digits, 36 the rest.
const fn symbol(byte: u8) -> usize {
    SYMBOLS[byte as usize] as usize
}

/// The symbol of everything else, which is the last.
const OTHERS: u8 = 36;

/// The number of each byte's symbol.
static SYMBOLS: [u8; 256] = {
    let mut table = [OTHERS; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        table[byte as usize] = match byte {
            b'a'..=b'z' => byte - b'a',
            b'A'..=b'Z' => byte - b'A',
            b'0'..=b'9' => byte - b'0' + 26,
            _ => table[byte as usize],
        };
        byte += 1;
    }
    table
};

/// What kinds of characters a text has, and how they are spread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Spread {
    /// Small letters.
    pub(super) lower: usize,
    /// Capital letters.
    pub(super) upper: usize,
    /// Digits.
    pub(super) digits: usize,
    /// Everything else.
    pub(super) others: usize,
    /// How many different characters there are.
    pub(super) distinct: usize,
}

impl Spread {
    /// Counts the characters of `text`.
    pub(super) fn of(text: &[u8]) -> Self {
        let mut spread = Self::default();
        for &byte in text {
            match byte {
                b'a'..=b'z' => spread.lower += 1,
                b'A'..=b'Z' => spread.upper += 1,
                b'0'..=b'9' => spread.digits += 1,
                _ => spread.others += 1,
            }
        }
        spread.distinct = distinct(text);
        spread
    }
}

/// Counts the different characters of a text.
fn distinct(text: &[u8]) -> usize {
    let mut seen = [0_u64; 4];
    for &byte in text {
        seen[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }
    seen.iter().map(|bits| bits.count_ones() as usize).sum()
}

/// Tells whether `text` or a part of it may look generated: without a digit none does, and most runs have none.
pub(super) fn may_be_random(text: &[u8]) -> bool {
    text.iter().fold(false, |found, byte| found | byte.is_ascii_digit())
}

/// Tells whether `text` or a part of it may be likely: it needs a digit, or letters of both cases.
pub(super) fn may_be_likely(text: &[u8]) -> bool {
    let kind = |byte: &u8| match byte {
        b'0'..=b'9' => 4,
        b'A'..=b'Z' => 2,
        b'a'..=b'z' => 1,
        _ => 0_u8,
    };
    text.iter().fold(0, |kinds, byte| kinds | kind(byte)) >= 3
}

/// Tells whether `text` looks generated: letters and digits that follow each other as they do in no word.
///
/// A prefix that says what it is (`sk_live_`) does not make the rest a word.
pub(super) fn is_random(text: &[u8]) -> bool {
    is_noise(text) || rest_of(text, MIN_REST).is_some_and(is_noise)
}

/// Tells whether `text` may be generated: enough where a name says clearly that it is a secret.
///
/// Few random tokens look like words, and fewer have no digit; both are taken here.
pub(super) fn is_likely(text: &[u8]) -> bool {
    is_likely_noise(text) || rest_of(text, MIN_LIKELY_REST).is_some_and(is_likely_noise)
}

fn is_likely_noise(text: &[u8]) -> bool {
    let spread = Spread::of(text);
    let limit = match spread.digits {
        0 if spread.lower > 2 && spread.upper > 2 => NO_DIGIT_LIKELY,
        0 => return false,
        _ => LIKELY,
    };
    spread.lower + spread.upper > 0 && pair_score(text) < limit && is_varied(text)
}

/// Random tokens of 16 letters and digits score below this, 99.5 % of them; 1.8 % of words with a digit do.
const LIKELY: f32 = -0.3;
/// Of 20 random letters of both cases 95 % score below this; of words without a digit, 0.02 % do.
const NO_DIGIT_LIKELY: f32 = -0.6;
/// The shortest rest that is judged without its prefix where a name says that it is a secret.
const MIN_LIKELY_REST: usize = 8;

/// The longest prefix that is taken off a token, with its sign.
const MAX_PREFIX: usize = 12;
/// The shortest rest that is judged without its prefix.
const MIN_REST: usize = 16;

/// Returns what follows a prefix, if it has `least` characters.
fn rest_of(text: &[u8], least: usize) -> Option<&[u8]> {
    let sign = text[..text.len().min(MAX_PREFIX)].iter().rposition(|byte| matches!(byte, b'_' | b'-'))?;
    let rest = &text[sign + 1..];
    (rest.len() >= least).then_some(rest)
}

fn is_noise(text: &[u8]) -> bool {
    let classes = text.iter().fold(0, |classes, byte| classes | CLASS[usize::from(*byte)]);
    let limit = match classes {
        _ if classes & DIGIT == 0 || classes & (HEX | LETTER) == 0 => return false,
        _ if classes & (LETTER | OTHER) == 0 => HEX_LIKE,
        _ => TOKEN_LIKE,
    };
    pair_score(text) < limit && is_varied(text)
}

const DIGIT: u8 = 1;
const HEX: u8 = 2;
const LETTER: u8 = 4;
const OTHER: u8 = 8;

/// What each byte adds to the kinds of characters of a text.
static CLASS: [u8; 256] = {
    let mut table = [OTHER; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        table[byte as usize] = match byte {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' | b'A'..=b'F' => HEX,
            b'g'..=b'z' | b'G'..=b'Z' => LETTER,
            // A UUID is hex digits with dashes between them.
            b'-' => 0,
            _ => OTHER,
        };
        byte += 1;
    }
    table
};

/// Tells whether a text has enough different characters: half of what random hex of its length has.
fn is_varied(text: &[u8]) -> bool {
    distinct(text) >= (text.len() / 2).min(8)
}

/// Returns how much a text is like words, above 0, or like random text, below it: the mean of its pairs in bits.
#[expect(clippy::cast_precision_loss, reason = "sums of a few hundred small numbers are exact in an f32")]
pub(super) fn pair_score(text: &[u8]) -> f32 {
    let pairs = text.windows(2);
    let count = pairs.len().max(1);
    let sum: i32 = pairs.map(|pair| pair_ratio(pair[0], pair[1])).sum();
    sum as f32 / (count as f32 * UNIT)
}

/// Returns how much more often two bytes follow each other in words than in random text, in sixteenths of a bit.
pub(super) const fn pair_ratio(one: u8, other: u8) -> i32 {
    i8::from_le_bytes([PAIRS[symbol(one) * SYMBOL_COUNT + symbol(other)]]) as i32
}

/// Tells whether a text is words once its digits are read as the letters that they look like: `p455w0rd`.
pub(super) fn spells_words(text: &[u8]) -> bool {
    let letters: Vec<u8> = text.iter().copied().map(letter_like).collect();
    pair_score(&letters) > SPELLED
}

/// Once their digits are letters, 0.1 % of random tokens of 16 characters score above this, and 0.5 % of 16 hex digits.
const SPELLED: f32 = 1.0;

/// Returns the letter that a digit looks like.
const fn letter_like(byte: u8) -> u8 {
    match byte {
        b'0' => b'o',
        b'1' => b'i',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        b'7' => b't',
        _ => byte,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_names_and_repetitions_are_not_random() {
        for text in [
            "ideogram_api_key_for_version_2",
            "getElementsByClassName2",
            "IDEOGRAM_API_KEY_V3",
            "test_secret_number_12345",
            "aaaaaaaaaaaaaaaaaaaaaaaa1",
            "1212121212121212121a",
            "x86_64-unknown-linux-gnu",
        ] {
            assert!(!is_random(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn the_table_follows_a_line_that_says_what_it_was_trained_on() {
        let line = str::from_utf8(&TRAINED[..TRAINED.len() - CELLS]).unwrap();

        assert!(line.starts_with("letter pairs 1: ") && line.find('\n') == Some(line.len() - 1), "{line}");
    }

    #[test]
    fn words_are_read_past_the_digits_in_them() {
        for text in ["4-v3ry-53cr37-p455w0rd", "5up3r53cr3tP455", "c0rr3ct-h0rs3-b4tt3ry"] {
            assert!(is_random(text.as_bytes()) && spells_words(text.as_bytes()), "{text}");
        }
        assert!(!spells_words(b"k3Jx9Qw2Zr7Tb5Lm8Vc1"));
    }

    #[test]
    fn letters_alone_and_digits_alone_are_not_random() {
        assert!(!is_random(b"qzxwkvjpqzxwkvjpqzxw"));
        assert!(!is_random(b"48203984029384029384"));
    }

    #[test]
    fn what_has_no_digit_is_not_random_and_neither_is_a_part_of_it() {
        assert!(!may_be_random(b"qzxwkvjp-QZXWKVJP_qzxw"));
        assert!(may_be_random(b"qzxwkvjp-QZXWKVJP_qzx0"));
    }

    #[test]
    fn hex_and_base62_are_random() {
        let mut state = 7_u64;
        let mut next = |alphabet: &[u8]| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            alphabet[usize::try_from(state >> 33).unwrap() % alphabet.len()]
        };
        for alphabet in [&b"0123456789abcdef"[..], b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"] {
            let tokens: Vec<Vec<u8>> = (0..1000).map(|_| (0..40).map(|_| next(alphabet)).collect()).collect();

            let random = tokens.iter().filter(|token| is_random(token)).count();

            assert!(random >= 995, "only {random} of 1000");
        }
    }
}
