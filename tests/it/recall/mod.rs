//! How much is found: samples of each issuer, made from what is documented and put where secrets stand.
//!
//! The formats are written by hand in `formats.txt`, so that a pattern that is too narrow shows.

mod sample;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ideoguard::detect::{Engine, Match};
use ideoguard::finding::Confidence;

use sample::{Format, formats};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::built_in);

/// Samples of each format in each place.
const SAMPLES: u64 = 12;

/// Where a secret stands under its name: `{N}` is the name, `{n}` in small letters, `{c}` in camel case, `{V}` the secret.
const NAMED: [&str; 10] = [
    "PORT=8080\n{N}={V}\nDEBUG=0\n",
    "export {N}='{V}'\n",
    "{\n  \"{c}\": \"{V}\",\n  \"port\": 8080\n}\n",
    "config:\n  {n}: {V}\n  port: 8080\n",
    "const {c} = \"{V}\";\n",
    "client = Client({n}=\"{V}\")\n",
    "{n} = os.environ.get(\"{N}\", \"{V}\")\n",
    "- name: {N}\n  value: \"{V}\"\n",
    "ENV {N}={V}\n",
    "static final String {N} = \"{V}\";\n",
];

/// Where a secret stands that its form gives away.
const BARE: [&str; 5] = [
    "curl -H \"Authorization: Bearer {V}\" https://api.corp.io/v1\n",
    "tool login -p {V}\n",
    "let client = Client::new(\"{V}\");\n",
    "const x = `{V}`;\n",
    "a,{V},b\n",
];

/// Puts a secret in its place; returns the text and where the secret begins.
fn put(place: &str, name: &str, secret: &str) -> (String, usize) {
    let camel = name.to_ascii_lowercase().split('_').enumerate().fold(String::new(), |all, (index, word)| {
        let (first, rest) = word.split_at(1);
        if index == 0 { all + word } else { all + &first.to_ascii_uppercase() + rest }
    });
    let named = place.replace("{N}", name).replace("{n}", &name.to_ascii_lowercase()).replace("{c}", &camel);
    let at = named.find("{V}").expect("each place has a secret");
    (named.replace("{V}", secret), at)
}

/// Returns the texts of a format: each with the place of its secret.
fn texts(format: &Format) -> Vec<(String, std::ops::Range<usize>)> {
    let name = if format.name == "-" { "SERVICE_KEY" } else { format.name };
    let bare = if format.name == "-" { BARE.as_slice() } else { &[] };
    let places = NAMED.iter().chain(bare);
    let put_all = |(index, place): (u64, &&str)| {
        let samples = (0..SAMPLES).map(move |seed| format.sample(seed * 1_000 + index));
        samples.map(|secret| (put(place, name, &secret), secret.len())).collect::<Vec<_>>()
    };
    let texts = (0..).zip(places).flat_map(put_all);
    texts.map(|((text, at), length)| (text, at..at + length)).collect()
}

/// Tells whether a match is the secret at `span`, found by the rule that knows it: the whole of it, or all but its mark.
fn is_found(found: &Match, format: &Format, span: &std::ops::Range<usize>) -> bool {
    found.rule.id == format.rule && found.span == *span && found.confidence >= Confidence::Medium
}

#[test]
fn of_the_samples_of_every_issuer_98_in_100_are_found_by_the_right_rule_at_the_exact_place() {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missed = BTreeMap::new();
    for format in formats() {
        for (text, span) in texts(&format) {
            let found = ENGINE.scan(text.as_bytes());
            let hit = found.iter().any(|one| is_found(one, &format, &span));
            let (hits, all) = counts.entry(format.rule).or_default();
            *hits += usize::from(hit);
            *all += 1;
            if !hit {
                let others: Vec<_> = found.iter().map(|one| (one.rule.id, one.confidence)).collect();
                missed.entry(format.rule).or_insert((text[..span.start].to_owned(), others));
            }
        }
    }
    let (hits, all) = counts.values().fold((0, 0), |(hits, all), (more, of)| (hits + more, all + of));
    let weak: Vec<_> = counts.iter().filter(|(_, (hits, all))| hits * 100 < all * 93).collect();

    assert!(hits * 1_000 >= all * 980, "{hits} of {all}; {missed:#?}");
    assert!(weak.is_empty(), "{weak:?}: {missed:#?}");
}

#[test]
fn a_sample_with_a_wrong_checksum_stops_nobody() {
    for format in formats().into_iter().filter(Format::has_checksum) {
        for (text, _) in texts(&format.with_wrong_checksums()) {
            let blocking = ENGINE.scan(text.as_bytes()).into_iter().filter(|one| one.confidence >= Confidence::High);
            let blocking: Vec<_> = blocking.map(|one| one.rule.id).collect();
            assert!(blocking.is_empty(), "{}: {blocking:?}", format.rule);
        }
    }
}

#[test]
fn nearly_every_family_of_rules_has_samples() {
    let mut rules: Vec<_> = formats().iter().map(|format| format.rule).collect();
    rules.sort_unstable();
    rules.dedup();

    assert!(rules.len() >= 200, "{}", rules.len());
    assert!(rules.iter().all(|rule| ideoguard::rules::by_id(rule).is_some()), "{rules:?}");
}
