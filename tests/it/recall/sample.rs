//! Samples made from formats.
#![allow(dead_code, reason = "each user takes its own part")]

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use ideoguard::detect::Match;
use ideoguard::finding::Confidence;
use ideoguard::rules::MAX_MATCH;

use crate::fake;

use super::encode;

/// The sets of characters that documentation names.
const SETS: [(&str, &str); 13] = [
    ("hex", "0123456789abcdef"),
    ("HEX", "0123456789ABCDEF"),
    ("b62", fake::BASE62),
    ("url", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
    ("b64", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
    ("lb32", "abcdefghijklmnopqrstuvwxyz234567"),
    ("b32", encode::BASE32),
    ("b58", encode::BASE58),
    ("low", "abcdefghijklmnopqrstuvwxyz0123456789"),
    ("up", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
    ("num", "0123456789"),
    ("abc", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
    ("django", "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"),
];

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

/// What the secrets of one kind are made of, and where they stand.
#[derive(Debug, Clone)]
pub(super) struct Format {
    /// The rule that must find them.
    pub(super) rule: &'static str,
    pieces: Vec<&'static str>,
    places: Places,
    /// Whether checksums are made wrong.
    wrong: bool,
}

/// Where the secrets of a kind stand.
#[derive(Debug, Clone)]
enum Places {
    /// Under a name.
    Named(&'static str),
    /// Anywhere, as their form alone tells.
    Anywhere,
    /// In a setting of their own, without which they are nothing.
    Setting(String),
}

/// A text, and where its secret stands.
pub(super) struct Sample {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// Reads all formats.
pub(super) fn formats() -> Vec<Format> {
    let named = lines(include_str!("formats.txt")).map(Format::read);
    named.chain(lines(include_str!("settings.txt")).map(Format::read_setting)).collect()
}

fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

impl Format {
    /// Reads a line of a rule, a name, and pieces.
    fn read(line: &'static str) -> Self {
        let mut words = line.split_whitespace();
        let mut next = || words.next().expect("a rule and a name");
        let (rule, name) = (next(), next());
        let places = if name == "-" { Places::Anywhere } else { Places::Named(name) };
        Self { rule, pieces: words.collect(), places, wrong: false }
    }

    /// Reads a line of a rule, pieces, and the setting in which they stand.
    fn read_setting(line: &'static str) -> Self {
        let mut parts = line.splitn(3, '|').map(str::trim);
        let mut next = || parts.next().expect("a rule, pieces and a setting");
        let (rule, pieces) = (next(), next().split_whitespace().collect());
        Self { rule, pieces, places: Places::Setting(next().replace("\\n", "\n")), wrong: false }
    }

    /// Makes one secret; the same for the same seed.
    fn secret(&self, seed: u64) -> String {
        let piece = |(index, piece): (u64, &&str)| self.piece(piece, seed * 31 + index + self.salt());
        (0..).zip(&self.pieces).map(piece).collect()
    }

    /// Makes so many texts of each place where such a secret stands.
    pub(super) fn samples(&self, of_each: u64) -> Vec<Sample> {
        let places = self.templates();
        let seeds =
            (0..).zip(&places).flat_map(|(index, place)| (0..of_each).map(move |seed| (place, seed * 1_000 + index)));
        seeds.map(|(place, seed)| self.put(place, seed)).collect()
    }

    /// The places, each with its name filled in.
    fn templates(&self) -> Vec<String> {
        let named = |name: &str| NAMED.iter().map(|place| named(place, name)).collect::<Vec<_>>();
        match &self.places {
            Places::Named(name) => named(name),
            Places::Anywhere => named("SERVICE_KEY").into_iter().chain(BARE.map(str::to_owned)).collect(),
            Places::Setting(place) => vec![place.clone()],
        }
    }

    /// Puts a secret in its place.
    fn put(&self, place: &str, seed: u64) -> Sample {
        let secret = self.secret(seed);
        let (before, after) = place.split_once("{V}").expect("each place has a secret");
        let before = fill(before, seed);
        let span = before.len()..before.len() + secret.len();
        Sample { text: before + &secret + &fill(after, seed + 1), span }
    }

    /// Tells whether the rule that knows a sample's secret found it, and all of it that a match may hold.
    pub(super) fn is_found(&self, sample: &Sample, found: &[Match]) -> bool {
        let Range { start, end } = sample.span;
        let span = start..end.min(start + MAX_MATCH);
        let is_it = |one: &Match| one.rule.id == self.rule && one.span == span;
        found.iter().any(|one| is_it(one) && one.confidence >= Confidence::Medium)
    }

    /// Tells whether its form alone tells, and holds a checksum.
    pub(super) fn has_checksum(&self) -> bool {
        const SUMS: [&str; 11] =
            ["packagist", "github", "npm", "netbird", "synapse", "grafana", "nats", "nostr", "age", "bip32", "sui"];
        matches!(self.places, Places::Anywhere) && self.pieces.iter().any(|piece| SUMS.contains(piece))
    }

    /// The same with checksums that are wrong.
    pub(super) fn with_wrong_checksums(&self) -> Self {
        Self { wrong: true, ..self.clone() }
    }

    /// Makes two formats differ that have the same pieces.
    fn salt(&self) -> u64 {
        self.rule.bytes().fold(7, |salt, byte| salt * 131 % 1_000_003 + u64::from(byte))
    }

    fn piece(&self, piece: &str, seed: u64) -> String {
        if let Some(text) = piece.strip_prefix('=') {
            return text.to_owned();
        }
        if let Some((how, template)) = piece.split_once('=') {
            return encoded(how, &fill(template, seed));
        }
        encode::issued(piece, seed, u32::from(self.wrong)).unwrap_or_else(|| of_set(piece, seed))
    }
}

/// Fills a name into a place.
fn named(place: &str, name: &str) -> String {
    let small = name.to_ascii_lowercase();
    place.replace("{N}", name).replace("{n}", &small).replace("{c}", &camel(&small))
}

/// Writes a name in camel case.
fn camel(name: &str) -> String {
    name.split('_').enumerate().fold(String::new(), |all, (index, word)| {
        let (first, rest) = word.split_at(1);
        if index == 0 { all + word } else { all + &first.to_ascii_uppercase() + rest }
    })
}

/// Replaces each `{piece}` of a text; other braces stay.
fn fill(template: &str, seed: u64) -> String {
    let mut parts = template.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    (seed..).step_by(7).zip(parts).fold(first, |all, (seed, part)| match part.split_once('}') {
        Some((piece, rest)) if is_piece(piece) => all + &plain(piece, seed) + rest,
        _ => all + "{" + part,
    })
}

fn is_piece(text: &str) -> bool {
    text == "uuid"
        || (text.ends_with(|last: char| last.is_ascii_digit()) && SETS.iter().any(|(name, _)| text.starts_with(name)))
}

fn plain(piece: &str, seed: u64) -> String {
    if piece == "uuid" { encode::uuid(seed) } else { of_set(piece, seed) }
}

/// Encodes a text as a piece says.
fn encoded(how: &str, text: &str) -> String {
    let bytes = || encode::bytes_of(text);
    let label = |label: &str| label.replace('_', " ");
    match how.split_once(':').unwrap_or((how, "")) {
        ("pem", name) => encode::pem(&label(name), &bytes()),
        ("base64pem", name) => STANDARD.encode(encode::whole_pem(&label(name), &bytes())),
        ("base64", _) => STANDARD.encode(text),
        ("base64url", _) => URL_SAFE_NO_PAD.encode(text),
        ("base64hex", _) => STANDARD.encode(bytes()),
        ("base64urlhex", _) => URL_SAFE_NO_PAD.encode(bytes()),
        _ => panic!("an encoding, not {how}"),
    }
}

/// Makes characters of a set: `hex32`.
fn of_set(piece: &str, seed: u64) -> String {
    let set = SETS.iter().find(|(name, _)| piece.starts_with(name));
    let (name, alphabet) = set.unwrap_or_else(|| panic!("a set, not {piece}"));
    let count = piece[name.len()..].parse().expect("a count");
    fake::chars(seed, alphabet, count)
}
