//! Samples made from formats.
#![allow(dead_code, reason = "each user takes its own part")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest, Sha256};

use crate::fake;

/// The sets of characters that documentation names.
const SETS: [(&str, &str); 12] = [
    ("hex", "0123456789abcdef"),
    ("HEX", "0123456789ABCDEF"),
    ("b62", fake::BASE62),
    ("url", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
    ("b64", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
    ("lb32", "abcdefghijklmnopqrstuvwxyz234567"),
    ("b32", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    ("b58", BASE58),
    ("low", "abcdefghijklmnopqrstuvwxyz0123456789"),
    ("up", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
    ("num", "0123456789"),
    ("abc", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
];

/// The digits of Bitcoin's base58.
const BASE58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// What the secrets of one kind are made of.
#[derive(Debug, Clone)]
pub(super) struct Format {
    /// The rule that must find them.
    pub(super) rule: &'static str,
    /// What such a secret is called; `-` if its form alone tells.
    pub(super) name: &'static str,
    pieces: Vec<&'static str>,
    /// Whether checksums are made wrong.
    wrong: bool,
}

/// Reads all formats.
pub(super) fn formats() -> Vec<Format> {
    let lines = include_str!("formats.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let read = |line: &'static str| {
        let mut words = line.split_whitespace();
        let mut next = || words.next().expect("a rule and a name");
        Format { rule: next(), name: next(), pieces: words.collect(), wrong: false }
    };
    lines.map(read).collect()
}

impl Format {
    /// Makes one sample; the same for the same seed.
    pub(super) fn sample(&self, seed: u64) -> String {
        let piece = |(index, piece): (u64, &&str)| self.piece(piece, seed * 31 + index + self.salt());
        (0..).zip(&self.pieces).map(piece).collect()
    }

    /// Tells whether its form alone tells, and holds a checksum.
    pub(super) fn has_checksum(&self) -> bool {
        const SUMS: [&str; 8] = ["packagist", "github", "npm", "netbird", "synapse", "grafana", "nats", "nostr"];
        self.name == "-" && self.pieces.iter().any(|piece| SUMS.contains(piece))
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
        let flip = u32::from(self.wrong);
        let base62 = |count| fake::chars(seed, fake::BASE62, count);
        match piece {
            "uuid" => uuid(seed),
            "github" => with_crc(["ghp", "_"].concat(), &base62(30), flip),
            "npm" => with_crc(["npm", "_"].concat(), &base62(30), flip),
            "netbird" => with_crc(["nbp", "_"].concat(), &base62(30), flip),
            "synapse" => {
                let text = format!("syt_{}_{}", base62(12), fake::chars(seed + 1, SETS[11].1, 20));
                let sum = base62_digits(crc32fast::hash(text.as_bytes()) ^ flip);
                format!("{text}_{sum}")
            }
            "grafana" => {
                let text = format!("glsa_{}", base62(32));
                let sum = crc32fast::hash(text.as_bytes()).swap_bytes() ^ flip;
                format!("{text}_{sum:08x}")
            }
            "packagist" => {
                let text = format!("packagist_uut_{}", fake::chars(seed, SETS[0].1, 60));
                let sum = crc32fast::hash(text.as_bytes()) ^ flip;
                format!("{text}{sum:08x}")
            }
            "discord" => {
                let id = format!("1{}", fake::chars(seed, "0123456789", 17));
                format!("{}.G{}.{}", STANDARD_NO_PAD.encode(id), base62(5), fake::chars(seed + 1, SETS[3].1, 38))
            }
            "nats" => base32_with_crc(&[0x95, 0], &fake::bytes(seed, 32), self.wrong),
            "stellar" => base32_with_crc(&[18 << 3], &fake::bytes(seed, 32), self.wrong),
            "wif" => wif(&fake::bytes(seed, 32)),
            "nostr" => bech32("nsec", &fake::bytes(seed, 32), flip),
            _ => of_set(piece, seed),
        }
    }
}

/// Makes characters of a set: `hex32`.
fn of_set(piece: &str, seed: u64) -> String {
    let (name, alphabet) = SETS.iter().find(|(name, _)| piece.starts_with(name)).expect("a set");
    let count = piece[name.len()..].parse().expect("a count");
    fake::chars(seed, alphabet, count)
}

/// Makes a random UUID (version 4).
fn uuid(seed: u64) -> String {
    let hex = fake::chars(seed, SETS[0].1, 32);
    let variant = fake::chars(seed + 1, "89ab", 1);
    format!("{}-{}-4{}-{variant}{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

/// Appends the CRC-32 of a text in six base62 digits, as GitHub does.
fn with_crc(prefix: String, text: &str, flip: u32) -> String {
    prefix + text + &base62_digits(crc32fast::hash(text.as_bytes()) ^ flip)
}

fn base62_digits(mut value: u32) -> String {
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = fake::BASE62.as_bytes()[(value % 62) as usize];
        value /= 62;
    }
    String::from_utf8_lossy(&digits).into_owned()
}

/// Encodes a prefix and a key with their CRC-16 (XMODEM) in base32, bit by bit.
fn base32_with_crc(prefix: &[u8], key: &[u8], wrong: bool) -> String {
    let mut bytes = [prefix, key].concat();
    let mut sum = 0_u16;
    for bit in bytes.iter().flat_map(|byte| (0..8).rev().map(move |shift| byte >> shift & 1)) {
        let top = (sum >> 15) as u8 ^ bit;
        sum = if top == 1 { sum << 1 ^ 0x1021 } else { sum << 1 };
    }
    bytes.extend((sum ^ u16::from(wrong)).to_le_bytes());
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |shift| byte >> shift & 1)).collect();
    let digit = |five: &[u8]| {
        five.iter().chain([0; 4].iter().take(5 - five.len())).fold(0, |sum, bit| sum * 2 + usize::from(*bit))
    };
    bits.chunks(5).map(|five| char::from(SETS[6].1.as_bytes()[digit(five)])).collect()
}

/// Encodes a key as Bitcoin's wallets export it, for a compressed public key.
fn wif(key: &[u8]) -> String {
    let body = [&[0x80], key, &[1]].concat();
    let sum = Sha256::digest(Sha256::digest(&body));
    let mut number = [&body[..], &sum[..4]].concat();
    let mut text = Vec::new();
    while number.iter().any(|byte| *byte != 0) {
        let mut rest = 0;
        for byte in &mut number {
            let value = rest * 256 + u32::from(*byte);
            *byte = u8::try_from(value / 58).expect("less than 256");
            rest = value % 58;
        }
        text.push(char::from(BASE58.as_bytes()[rest as usize]));
    }
    text.iter().rev().collect()
}

/// Encodes bytes in bech32 (BIP 173).
fn bech32(name: &str, bytes: &[u8], flip: u32) -> String {
    const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |shift| byte >> shift & 1)).collect();
    let data: Vec<u8> =
        bits.chunks(5).map(|five| five.iter().fold(0, |sum, bit| sum << 1 | bit) << (5 - five.len())).collect();
    let expanded = name.bytes().map(|byte| byte >> 5).chain([0]).chain(name.bytes().map(|byte| byte & 31));
    let sum = expanded.chain(data.iter().copied()).chain([0; 6]).fold(1_u32, |sum, value| {
        let top = sum >> 25;
        let steps = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
        let next = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        (0..5).filter(|bit| top >> bit & 1 == 1).fold(next, |sum, bit| sum ^ steps[bit])
    });
    let sum = sum ^ 1 ^ flip;
    let tail = (0..6).rev().map(|place| (sum >> (5 * place) & 31) as usize);
    let digits = data.iter().map(|value| usize::from(*value)).chain(tail).map(|value| char::from(DIGITS[value]));
    format!("{name}1{}", digits.collect::<String>())
}
