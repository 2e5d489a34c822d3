//! The locality contract: windows find what the whole text holds, and nothing else.

use std::ops::Range;
use std::sync::LazyLock;

use base64::Engine as _;
use ideoguard::detect::locality::{CONTEXT, MAX_MATCH};
use ideoguard::detect::{Engine, Match};
use proptest::prelude::*;

use crate::{encode, fake};

/// Built once: every window asks it.
static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::built_in);

/// What of a match must be the same in a window.
pub(crate) type Said = (&'static str, Range<usize>, Range<usize>, u8, Vec<&'static str>);

fn said(found: &Match, shift: usize) -> Said {
    let moved = |range: &Range<usize>| range.start + shift..range.end + shift;
    (found.rule.id, moved(&found.span), moved(&found.extent), found.confidence as u8, found.evidence.clone())
}

/// Pieces of text in which detectors take an interest, and filler between them.
pub(crate) fn piece() -> impl Strategy<Value = Vec<u8>> {
    let key = |seed: u64| fake::ideogram_key(seed);
    prop_oneof![
        (0..9_u64).prop_map(move |seed| key(seed).into_bytes()),
        (0..9_u64).prop_map(|seed| fake::chars(seed, fake::BASE62, 40).into_bytes()),
        (0..9_u64, 0..60_usize)
            .prop_map(move |(seed, words)| format!("{}{}", "api-key-".repeat(words), key(seed)).into_bytes()),
        (0..9_u64).prop_map(|seed| fake::github_token(seed).into_bytes()),
        (0..9_u64, 1..86_usize).prop_map(move |(seed, at)| split(&key(seed), at)),
        (0..9_u64).prop_map(move |seed| base64::engine::general_purpose::STANDARD.encode(key(seed)).into_bytes()),
        (0..9_u64).prop_map(move |seed| utf16(&format!("IDEOGRAM_API_KEY={}\r\n", key(seed)))),
        (0..9_u64).prop_map(|seed| fake::chars(seed, fake::BASE62, 600).into_bytes()),
        (0..9_u64, 0..7_usize).prop_map(move |(seed, code)| encode::escaped(&key(seed), code).into_bytes()),
        (0..9_u64).prop_map(move |seed| encode::hex(key(seed).as_bytes()).into_bytes()),
        (0..9_u64, 0..40_usize, 0..90_usize).prop_map(move |(seed, before, width)| {
            let text = format!("{} IDEOGRAM_API_KEY={}\n{}", "x y ".repeat(before), key(seed), "z ".repeat(before));
            encode::wrapped(text.as_bytes(), width).into_bytes()
        }),
        (0..9_u64).prop_map(move |seed| encode::wide(&format!("IDEOGRAM_API_KEY={} ", key(seed)), 4)),
        prop::sample::select(WORDS).prop_map(|word| word.as_bytes().to_vec()),
        prop::sample::select(WORDS).prop_map(|word| word.as_bytes().to_vec()),
        prop::sample::select(WORDS).prop_map(|word| word.as_bytes().to_vec()),
        "[a-z ]{0,400}".prop_map(String::into_bytes),
        "[a-z]{200,300}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..8),
    ]
}

const WORDS: &[&str] = &[
    "IDEOGRAM_API_KEY=",
    "DEEPGRAM_API_KEY=",
    "aws_secret_access_key = ",
    "AKIAXQVFXK5G",
    "hvs.",
    "base64:",
    "curl ",
    "https://api.corp.io/",
    " -u deploy:",
    "\"kty\": \"EC\", ",
    "\"d\": \"",
    "ideogram",
    " api_key: \"",
    "\"",
    "\n",
    "\n\n",
    "Api-Key: ",
    " = '",
    "' + '",
    "\\\n",
    "{",
    "}",
    ";",
    ".",
    "token",
    "value: ",
    "- name: ",
    "<key>",
    "</key>",
    "secret=",
    "\\n",
    "%3D",
    "sig=",
    "https://user:",
    "@host/",
    "curl ",
    "\0",
    "-----BEGIN PRIVATE",
    " KEY-----\n",
    "\"key\": \"IDEOGRAM_API_KEY\"",
    "/",
    "+",
    "==",
    "(",
    "${IDEOGRAM_KEY:-",
    "\x1b[0;1m",
    "= wrap(\"",
    "', '",
    "'].join('')",
    "concat!(\"",
    " # ideogram key\n",
    "default = ",
    "variable \"api_key\" ",
    "{ get; set; }",
    "&quot;",
    ";s:86:\"",
    "\n```text\n",
    "createHmac('sha256', '",
    "example: ",
    "(password, ",
    "...",
    "://",
    "@",
    " -u ",
    ".txt",
    "\"value\": \"",
    "\", \"name\": \"IDEOGRAM_KEY\"",
    ":",
];

fn split(key: &str, at: usize) -> Vec<u8> {
    format!("\"{}\" +\n  \"{}\"", &key[..at], &key[at..]).into_bytes()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// What a window sees by itself.
fn seen_in(text: &[u8], window: &Range<usize>) -> Vec<Said> {
    seen_of(&ENGINE.scan_all(&text[window.clone()]), window.start, window, text.len())
}

/// Those of the matches whose context lies in the window, in a fixed order.
pub(crate) fn seen_of(matches: &[Match], shift: usize, window: &Range<usize>, length: usize) -> Vec<Said> {
    let sees = |extent: &Range<usize>| {
        (window.start == 0 || window.start + CONTEXT <= extent.start)
            && (window.end == length || extent.end + CONTEXT <= window.end)
    };
    let mut all: Vec<Said> = matches.iter().map(|found| said(found, shift)).filter(|said| sees(&said.2)).collect();
    all.sort_by_key(|said| format!("{said:?}"));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_window_finds_what_the_whole_text_holds(
        pieces in prop::collection::vec(piece(), 1..24),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 2),
        slack in 0..3_usize,
    ) {
        let text = pieces.concat();
        let whole = ENGINE.scan_all(&text);
        let random = cuts.iter().map(|(one, other)| (one.index(text.len() + 1), other.index(text.len() + 1)));
        let tight = whole.iter().map(|found| {
            (found.extent.start.saturating_sub(CONTEXT + slack), text.len().min(found.extent.end + CONTEXT + slack))
        });
        for (one, other) in random.chain(tight) {
            let window = one.min(other)..one.max(other);
            prop_assert_eq!(seen_of(&whole, 0, &window, text.len()), seen_in(&text, &window));
        }
    }

    #[test]
    fn clues_lead_to_what_a_scan_finds(pieces in prop::collection::vec(piece(), 1..24)) {
        let text = pieces.concat();
        let (engine, all) = (Engine::built_in(), 0..text.len());
        let mut clues = Vec::new();

        engine.find_clues(&text, &all, &mut clues);
        let mut found = engine.follow_clues(&text, &clues, &all);
        found.extend(engine.follow_signs(&text, &clues, &all, true));

        prop_assert_eq!(seen_of(&found, 0, &all, text.len()), seen_of(&engine.scan_all(&text), 0, &all, text.len()));
    }

    #[test]
    fn no_match_is_longer_than_promised(pieces in prop::collection::vec(piece(), 1..24)) {
        for found in ENGINE.scan_all(&pieces.concat()) {
            prop_assert!(found.extent.len() <= MAX_MATCH);
            prop_assert!(found.extent.start <= found.span.start && found.span.end <= found.extent.end);
            prop_assert!(!found.span.is_empty());
        }
    }
}
