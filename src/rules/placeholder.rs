//! Values that stand where a secret would: samples, placeholders, masks.
//!
//! The lists are short on purpose: a word counts only where random text all but
//! never has it, so that no real token is taken for a placeholder.

/// Values from public documentation that everybody copies, broken with `~` so that no scanner stops at them.
const WELL_KNOWN: &[&str] = &[
    // Stripe's documentation.
    "sk_test_~4eC39HqLyj~WDarjtT1zdp~7dc",
    "sk_test_~BQokikJOvB~iI2HlWgH4ol~fQ2",
    "sk_test_~VePHdqKTYQ~jKNInc7u56J~BrQ",
    // The storage emulators Azurite and Cosmos DB.
    "Eby8vdM02xNO~cqFlqUwJPLlm~EtlCDXJ1OUzF~T50uSRZ6IFsu~Fq2UVErCz4I6~tq/K1SZFPTOt~r/KBHBeksoGM~Gw==",
    "C2y6yDjf5/R+~ob0N8A7Cgv30~VRDJIWEHLM+4~QDU5DE2nQ9nD~uVTqobD4b8mG~GyPMbIZnqyMs~EcaGQy67XIw/~Jw==",
    // The first account of the test networks Hardhat and Anvil.
    "ac0974bec39a~17e36ba4a6b4~d238ff944bac~b478cbed5efc~ae784d7bf4f2~ff80",
    "0xac0974bec3~9a17e36ba4a6~b4d238ff944b~acb478cbed5e~fcae784d7bf4~f2ff80",
    // Supabase's local development stack.
    "sb_secret_N7~UND0UgjKTVK-~Uodkm0Hg_xSv~EMPvz",
    // Telegram's bot tutorial.
    "4839574812:A~AFD39kkdpWt3~ywyRZergyOLM~aJhac60qcK",
    // The specification of age.
    "AGE-SECRET-K~EY-1GFPYYSJZ~GFPYYSJZGFPY~YSJZGFPYYSJZ~GFPYYSJZGFPY~YSJZGFPQ4EGA~EX",
    // The key of the administrator in the configuration that Apache APISIX comes with.
    "edd1c9f03433~5f136f87ad84~b625c8f1",
    // The samples of the `otpauth` URI.
    "JBSWY3DPEHPK~3PXP",
    // The specification of OAuth 2.0.
    "2YotnFZFEj~r1zCsicMWp~AA",
    "tGzv3JOkF0~XG5Qx2TlKW~IA",
    // The MD5 of "password".
    "5f4dcc3b5aa7~65d61d8327de~b882cf99",
    // AWS's documentation.
    "AKIAIOSFODNN~7EXAMPLE",
    "wJalrXUtnFEM~I/K7MDENG/bP~xRfiCYEXAMPL~EKEY",
];

/// Words that are long enough to count anywhere in a value, in any case.
const TELLING: &str = "
    example placeholder changeme change_me change-me replaceme replace_ replace- insert_ insert- redacted your_
    your- yourkey yourapi yoursecret yourtoken yourpass dummy sample notreal not_real not-real foobar testtest
    testkey testtoken fakekey faketoken mykey mytoken mysecret mypassword deadbeef lorem qwerty asdfgh zxcvbn
    withhmac withrsa withsha pbkdf2 abcdef 123456 987654 00000000 keyhere key_here key-here tokenhere token_here token-here secret_here
    secret-here
";

/// Words of which a value that names itself is made: `my-api-key`, `test_token_1`, `Password123`.
const FILLER: &str = "
    a abc access account admin aes an any api apikey app auth aws bar baz bearer bot bucket change client code
    config credential credentials custom db default demo dev development empty encrypted enter env fake fill foo
    for from generated go goes google guest here id ideogram in insert internal is it jwt key keys live local
    login me mock my name new nil no none not null number of old optional or our pass passwd password paste
    prefix private prod production public put pwd random real replace required root salt sandbox secret secrets
    secure server service set shared signing some staging string stub super system temp test testing text that
    the this to todo token tokens undefined unset url use user username valid value var very webhook with write
    xxx you your yours
";

/// Says whether a value is a sample, a placeholder or a mask rather than a secret.
#[must_use]
pub fn is_placeholder(value: &[u8]) -> bool {
    value.is_empty()
        || is_well_known(value)
        || is_masked(value)
        || has_telling_word(value)
        || names_itself(value)
        || is_sequence(value)
        || is_mashed(value)
        || is_repetitive(value)
}

/// Says whether a value is one that public documentation shows.
#[must_use]
pub fn is_well_known(value: &[u8]) -> bool {
    WELL_KNOWN.iter().any(|known| known.bytes().filter(|byte| *byte != b'~').eq(value.iter().copied()))
}

/// Says whether part of a value is hidden: `sk-****`, `ab12…`, `<token>`, `xxxx`.
fn is_masked(value: &[u8]) -> bool {
    let signs = [b"***".as_slice(), "…".as_bytes(), b"...", "•••".as_bytes()];
    let bracketed = value.starts_with(b"<") && value.ends_with(b">");
    // The longer a random text, the sooner a few `x` in a row just happen.
    let crosses = match value.len() {
        0..=16 => 4,
        17..=40 => 5,
        _ => 6,
    };
    bracketed
        || signs.iter().any(|sign| contains(value, sign))
        || longest_run(value.iter().map(|byte| matches!(byte, b'x' | b'X'))) >= crosses
}

/// Says whether a value holds a word that no secret holds.
fn has_telling_word(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    TELLING.split_ascii_whitespace().any(|word| contains(&lower, word.as_bytes()))
}

/// Says whether a value is made of nothing but filler words, numbers and signs.
fn names_itself(value: &[u8]) -> bool {
    let mut words = words_of(value).peekable();
    words.peek().is_some() && words.all(|word| is_filler(&word.to_ascii_lowercase()))
}

/// Says whether a lower-case word is one of the filler words.
fn is_filler(word: &[u8]) -> bool {
    FILLER.split_ascii_whitespace().any(|filler| filler.as_bytes() == word)
}

/// Splits a value into its words: `my-apiKey1` into `my`, `api`, `Key`.
fn words_of(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .chunk_by(|left, right| {
            let camel = left.is_ascii_lowercase() && right.is_ascii_uppercase();
            left.is_ascii_alphabetic() == right.is_ascii_alphabetic() && !camel
        })
        .filter(|word| word[0].is_ascii_alphabetic())
}

/// Says whether most characters are the successor of the one before or of the last but one: `abc123`, `1a2b3c4d`.
fn is_sequence(value: &[u8]) -> bool {
    let up = |step: usize| value.iter().zip(value.iter().skip(step)).map(|(left, right)| succeeds(*left, *right));
    let down = value.iter().zip(value.iter().skip(1)).map(|(left, right)| succeeds(*right, *left));
    let mostly = |hits: usize| value.len() >= 6 && hits * 10 >= (value.len() - 1) * 7;
    mostly(up(1).filter(|hit| *hit).count())
        || mostly(up(2).filter(|hit| *hit).count() + 1)
        || longest_run(up(1)) >= 7
        || longest_run(up(2)) >= 7
        || longest_run(down) >= 7
}

/// Says whether a character is the next after another; after `9` begins the row anew or goes on with `a`.
fn succeeds(left: u8, right: u8) -> bool {
    left.is_ascii_alphanumeric() && right == left + 1 || matches!((left, right), (b'9', b'0' | b'a' | b'A'))
}

/// Keys beside each other that fingers run over where something must be typed.
const WALKS: [&[u8]; 5] = [b"asdf", b"qwer", b"zxcv", b"qazwsx", b"1qaz"];
/// A longer random text is too likely to hold four such keys.
const LONGEST_WALK: usize = 48;
/// The middle row of the keyboard, where hands lie.
const HOME_ROW: &[u8] = b"asdfghjkl";
/// As many letters as make most of them on the middle row no accident.
const LEAST_LETTERS: usize = 10;

/// Says whether a value was typed by hands that ran over the keyboard: `asdfqwer1234`, `sdkfjhsdkjfh`.
fn is_mashed(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    // Half of the letters of hex lie in that row.
    let letters = lower.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let is_hex = lower.iter().all(u8::is_ascii_hexdigit);
    let at_home = lower.iter().filter(|byte| HOME_ROW.contains(byte)).count();
    let walks = || WALKS.iter().any(|walk| contains(&lower, walk));
    (!is_hex && letters >= LEAST_LETTERS && at_home * 20 >= letters * 17) || (lower.len() <= LONGEST_WALK && walks())
}

/// Says whether a value has few different characters, a long run of one, or one part over and over.
fn is_repetitive(value: &[u8]) -> bool {
    let distinct = distinct(value);
    let few = match value.len() {
        0..6 => false,
        6..12 => distinct <= 2,
        12..20 => distinct <= 4,
        _ => distinct <= 6,
    };
    few || is_doubled(value) || has_long_run(value) || (1..=10).any(|period| repeats(value, period))
}

/// Says whether half of the characters repeat the one before: `0000111122223333`.
fn is_doubled(value: &[u8]) -> bool {
    let doubled = value.windows(2).filter(|pair| pair[0] == pair[1]).count();
    value.len() >= 12 && doubled * 2 >= value.len()
}

/// Says whether one character comes many times in a row; `A` is what base64 makes of zeros, so it may, before enough else.
fn has_long_run(value: &[u8]) -> bool {
    let is_long = |run: &[u8]| match run.len() {
        0..4 => false,
        4..8 => run.len() * 2 >= value.len(),
        8..16 => run[0] != b'A',
        _ => run[0] != b'A' || run.len() * 3 > value.len(),
    };
    value.chunk_by(|left, right| left == right).any(is_long)
}

/// Says whether a value is one part of `period` bytes over and over.
fn repeats(value: &[u8], period: usize) -> bool {
    value.len() >= 3 * period
        && value.len() >= 6
        && value.iter().zip(&value[period..]).all(|(left, right)| left == right)
}

/// Counts the different bytes of a value.
fn distinct(value: &[u8]) -> usize {
    let mut seen = [false; 256];
    value.iter().filter(|byte| !std::mem::replace(&mut seen[usize::from(**byte)], true)).count()
}

/// Returns the longest run of hits.
fn longest_run(hits: impl Iterator<Item = bool>) -> usize {
    let (longest, _) = hits.fold((0, 0), |(longest, run), hit| {
        let run = if hit { run + 1 } else { 0 };
        (longest.max(run), run)
    });
    longest
}

/// Says whether a part stands anywhere in a text; the first byte decides most places.
fn contains(text: &[u8], part: &[u8]) -> bool {
    let Some(first) = part.first() else {
        return true;
    };
    memchr::memchr_iter(*first, text).any(|at| text[at..].starts_with(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;

    #[track_caller]
    fn all_placeholders(values: &[&str]) {
        for value in values {
            assert!(is_placeholder(value.replace('~', "").as_bytes()), "{value:?} is a placeholder");
        }
    }

    #[track_caller]
    fn none_placeholders(values: &[&str]) {
        for value in values {
            assert!(!is_placeholder(value.replace('~', "").as_bytes()), "{value:?} is no placeholder");
        }
    }

    #[test]
    fn samples_from_documentation_are_placeholders() {
        all_placeholders(&["AKIAIOSFODNN~7EXAMPLE", "sk_test_4eC3~9HqLyjWDarj~tT1zdp7dc", "AKIAI44QH8DH~BEXAMPLE"]);
    }

    #[test]
    fn words_that_ask_for_a_value_are_placeholders() {
        all_placeholders(&[
            "your-api-key~-here", "YOUR_API_KEY", "changeme", "<token>", "replace_with~_key", "my-token",
        ]);
    }

    #[test]
    fn names_of_the_thing_itself_are_placeholders() {
        all_placeholders(&[
            "password", "Password123", "test123", "secretKey", "api_key_1", "none", "ideogram~_api_key",
        ]);
    }

    #[test]
    fn masks_are_placeholders() {
        all_placeholders(&["ab12****", "sk-…", "abcd...", "xxxxxxxx", "XXXX-XXXX", "k3Jx9Qw2xxxx"]);
    }

    #[test]
    fn sequences_are_placeholders() {
        all_placeholders(&[
            "abcdefghij", "1234567890", "0123456789ab~cdef", "1a2b3c4d5e6f", "qwertyuiop", "9876543210",
        ]);
    }

    #[test]
    fn what_hands_type_that_run_over_the_keyboard_is_a_placeholder() {
        all_placeholders(&["asdfqwer12~34asdf", "sdf0o9823sj~dfsdf", "lkjhsdfkjhsdf~12kjh", "1qaz2wsx"]);
        none_placeholders(&["hdkslfga", "0adf9da3fad~7adf2dafd6", "k3Jx9Qw2asZr7Tdf~b5Lm8Vc1"]);
    }

    #[test]
    fn repetitions_are_placeholders() {
        all_placeholders(&[
            "aaaaaaaaaaaa",
            "0000000000",
            "abcabcabcabc",
            "ababababab",
            "f00f00f00f00",
            "111122221111",
            "000011112222~3333444455556666",
        ]);
    }

    #[test]
    fn random_values_are_no_placeholders() {
        none_placeholders(&[
            "k3Jx9Qw2Zr7T~b5Lm8Vc1",
            "9f86d081884c~7d659a2feaa0~c55ad015",
            "correcthorse~battery",
            "hunter2!",
        ]);
    }

    #[test]
    fn of_thousands_of_random_tokens_none_is_a_placeholder() {
        let mut state = 7_u64;
        let mut byte = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        for length in [16, 24, 64] {
            for _ in 0..2_000 {
                let bytes: Vec<u8> = (0..length).map(|_| byte()).collect();
                let base64 = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes);
                let hex = bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
                assert!(!is_placeholder(base64.as_bytes()), "{base64}");
                assert!(length > 24 || !is_placeholder(hex.as_bytes()), "{hex}");
            }
        }
    }
}
