//! Secrets that no run of characters shows: encoded, escaped, wrapped, and all that inside each other.

use std::ops::Range;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ideoguard::detect::{Engine, Match};
use ideoguard::finding::Confidence;

use crate::common::ideoguard_in;
use crate::{encode, fake};

/// Built once: every text asks it.
static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::built_in);

/// What a secret that a rule must find is called.
fn name(rule: &str) -> &'static str {
    if rule.starts_with("ideogram") { "IDEOGRAM_API_KEY" } else { "SERVICE_KEY" }
}

/// Secrets of several issuers, each with the rule that must find it.
fn secrets(seed: u64) -> [(&'static str, String); 4] {
    [
        ("ideogram-api-key", fake::ideogram_key(seed)),
        ("github-token", fake::github_token(seed)),
        ("huggingface-token", format!("hf{}{}", '_', fake::chars(seed, &fake::BASE62[10..], 34))),
        ("groq-key", format!("gsk{}{}", '_', fake::chars(seed, fake::BASE62, 52))),
    ]
}

fn blocking(text: &[u8]) -> Vec<Match> {
    let found = ENGINE.scan(text).into_iter();
    found.filter(|one| one.confidence >= Confidence::High).collect()
}

/// Asserts that a text holds one secret, of a rule, exactly there.
#[track_caller]
fn assert_found(text: &[u8], rule: &str, place: &Range<usize>) {
    let found = blocking(text);

    let said: Vec<_> = found.iter().map(|one| (one.rule.id, one.span.clone())).collect();
    assert_eq!(said, [(rule, place.clone())], "{}", String::from_utf8_lossy(text));
}

/// Asserts that each secret is found where `write` puts it, in its place behind its name.
#[track_caller]
fn assert_all_found(write: impl Fn(&str) -> String) {
    for seed in 1..5 {
        for (rule, secret) in secrets(seed) {
            let written = write(&secret);
            let text = format!("# settings\n{}=\"{written}\"\n", name(rule));
            let at = text.find(&written).unwrap();
            assert_found(text.as_bytes(), rule, &(at..at + written.len()));
        }
    }
}

#[test]
fn a_token_of_which_each_character_is_an_escape_is_found() {
    for kind in 0..encode::KINDS {
        assert_all_found(|secret| encode::escaped(secret, kind));
    }
}

#[test]
fn a_token_of_which_one_character_is_an_escape_is_found() {
    for kind in 0..encode::KINDS {
        for at in [1, 3, 9, 20] {
            assert_all_found(|secret| {
                [&secret[..at], &encode::escaped(&secret[at..=at], kind), &secret[at + 1..]].concat()
            });
        }
    }
}

#[test]
fn a_token_whose_escapes_are_escaped_once_more_is_found() {
    assert_all_found(|secret| secret.replacen('_', "%255F", 1));
    assert_all_found(|secret| secret.replacen('_', "\\\\u005f", 1));
    assert_all_found(|secret| secret.replacen('_', "&amp;#95;", 1));
}

#[test]
fn a_token_in_hex_digits_is_found() {
    assert_all_found(|secret| encode::hex(secret.as_bytes()));
    assert_all_found(|secret| encode::hex(secret.as_bytes()).to_uppercase());
}

#[test]
fn a_token_in_base64_of_utf16_is_found() {
    for seed in 1..5 {
        for (rule, secret) in secrets(seed) {
            let script = format!("$env:{} = '{secret}'; ./run.ps1", name(rule));
            let text = format!("powershell -EncodedCommand {}\n", STANDARD.encode(encode::wide(&script, 2)));

            let found = blocking(text.as_bytes());

            assert_eq!(found.iter().map(|one| one.rule.id).collect::<Vec<_>>(), [rule]);
            assert_eq!(found[0].secret, ideoguard::finding::Secret::new(secret.as_bytes()));
        }
    }
}

#[test]
fn a_token_in_base64_over_lines_is_found_where_its_digits_stand() {
    let before = "{\"auths\": {\"registry.example.org\": {\"email\": \"a@example.org\", \"token\": \"";
    for (width, end) in [(0, ""), (60, "\n"), (64, "\r\n"), (76, "\n    "), (70, "\\n")] {
        for seed in 1..5 {
            for (rule, secret) in secrets(seed) {
                let text = format!("{}{before}{secret}\"}}}}, \"provider\": \"{}\"}}", " ".repeat(600), name(rule));
                let start = text.find(&secret).unwrap();
                let encoded = encode::wrapped(text.as_bytes(), width).replace('\n', end);

                let found = blocking(format!("  .dockerconfigjson: {encoded}\n").as_bytes());

                let said: Vec<_> = found.iter().map(|one| one.rule.id).collect();
                assert_eq!(said, [rule], "{width}");
                let place = |byte: usize| {
                    let digit = byte / 3 * 4 + byte % 3;
                    21 + digit + digit.checked_div(width).unwrap_or(0) * end.len()
                };
                assert_eq!(found[0].span, place(start)..place(start + secret.len() - 1) + 2, "{width}");
            }
        }
    }
}

#[test]
fn a_token_in_utf32_is_found() {
    for (rule, secret) in secrets(3) {
        let text = format!("{}={secret}\n", name(rule));
        let at = text.find(&secret).unwrap();

        let wide = encode::wide(&text, 4);

        assert_found(&wide, rule, &(at * 4..(at + secret.len() - 1) * 4 + 1));
    }
}

#[test]
fn what_is_encoded_three_times_is_found() {
    for (rule, secret) in secrets(4) {
        let inner = STANDARD.encode(format!("{}={secret} and so on and on", name(rule)));
        let middle = STANDARD.encode(format!("data: {inner}"));

        let found = blocking(&encode::wide(&format!("x: {middle}\n"), 2));

        assert_eq!(found.iter().map(|one| one.rule.id).collect::<Vec<_>>(), [rule]);
    }
}

#[test]
fn encodings_in_encodings_cost_little_more_than_their_length() {
    let layer = |text: &str| STANDARD.encode(text);
    let nested = (0..12).fold("a".repeat(2_000), |text, _| layer(&text));
    let dense = "a%41aaaaaaaaaaaaaa1 ".repeat(20_000);
    let escapes = "\\x41\\x42".repeat(100_000);
    let all = [nested.repeat(4), dense, escapes, "%25".repeat(100_000), "\\".repeat(300_000)].concat();
    let started = Instant::now();

    let found = blocking(all.as_bytes());

    assert!(found.is_empty());
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn the_program_points_at_the_escape() {
    let token = fake::github_token(5).replace('_', "%5F");
    let text = format!("one\nurl?token={token}&x=1\n");

    let ran = ideoguard_in(std::path::Path::new("."), &["scan", "--stdin", "--format", "json"], text.as_bytes());

    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let found = &report["findings"][0];
    assert_eq!((ran.code, found["line"].as_u64(), found["column"].as_u64()), (1, Some(2), Some(11)));
    assert_eq!(found["end_column"].as_u64(), Some(11 + token.len() as u64));
    assert!(found["evidence"].to_string().contains("written with escapes"), "{found}");
}
