//! What issuers' own encodings and checksums make of random bytes.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest, Sha256};

use crate::fake;

const HEX: &str = "0123456789abcdef";
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE64URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// The digits of RFC 4648's base32.
pub(super) const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The digits of Bitcoin's base58.
pub(super) const BASE58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Makes a secret as its issuer does; `flip` makes a checksum wrong.
pub(super) fn issued(kind: &str, seed: u64, flip: u32) -> Option<String> {
    let base62 = |count| fake::chars(seed, fake::BASE62, count);
    let key = || fake::bytes(seed, 32);
    Some(match kind {
        "uuid" => uuid(seed),
        "ideogram" => fake::ideogram_key(seed),
        "github" => with_crc(["ghp", "_"].concat(), &base62(30), flip),
        "npm" => with_crc(["npm", "_"].concat(), &base62(30), flip),
        "netbird" => with_crc(["nbp", "_"].concat(), &base62(30), flip),
        "synapse" => synapse(&base62(12), seed, flip),
        "grafana" => grafana(&base62(32), flip),
        "packagist" => packagist(seed, flip),
        "discord" => discord(&base62(5), seed),
        "nats" => base32_with_crc(&[0x95, 0], &key(), flip != 0),
        "stellar" => base32_with_crc(&[18 << 3], &key(), flip != 0),
        "wif" => base58_check(&[&[0x80], &key()[..], &[1]].concat(), flip),
        "bip32" => base58_check(&extended_key(seed), flip),
        "nostr" => bech32("nsec", &key(), flip),
        "age" => bech32("age-secret-key-", &key(), flip).to_ascii_uppercase(),
        "putty:none" => putty("none", seed),
        "putty:aes256-cbc" => putty("aes256-cbc", seed),
        "sui" => bech32("suiprivkey", &[&[0], &key()[..]].concat(), flip),
        _ => return None,
    })
}

/// A private key as `PuTTY` stores it, up to the name of the sum that ends it.
fn putty(encryption: &str, seed: u64) -> String {
    let line = |seed, count| STANDARD.encode(fake::bytes(seed, count));
    let (public, rest, private) = (line(seed, 48), line(seed + 1, 3), line(seed + 2, 36));
    let head = format!("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: {encryption}\nComment: me@corp\n");
    format!("{head}Public-Lines: 2\n{public}\n{rest}\nPrivate-Lines: 1\n{private}\nPrivate-MAC")
}

/// An access token of Matrix' Synapse, with its checksum.
fn synapse(user: &str, seed: u64, flip: u32) -> String {
    let text = format!("syt_{user}_{}", fake::chars(seed + 1, LETTERS, 20));
    let sum = base62_digits(crc32fast::hash(text.as_bytes()) ^ flip);
    format!("{text}_{sum}")
}

/// A token of a Grafana service account, with its checksum.
fn grafana(random: &str, flip: u32) -> String {
    let text = format!("glsa_{random}");
    let sum = crc32fast::hash(text.as_bytes()).swap_bytes() ^ flip;
    format!("{text}_{sum:08x}")
}

/// A token of Private Packagist, with its checksum.
fn packagist(seed: u64, flip: u32) -> String {
    let text = format!("packagist_uut_{}", fake::chars(seed, HEX, 60));
    let sum = crc32fast::hash(text.as_bytes()) ^ flip;
    format!("{text}{sum:08x}")
}

/// A token of a Discord bot, which begins with the number of its account.
fn discord(time: &str, seed: u64) -> String {
    let id = format!("1{}", fake::chars(seed, "0123456789", 17));
    format!("{}.G{time}.{}", STANDARD_NO_PAD.encode(id), fake::chars(seed + 1, BASE64URL, 38))
}

/// An extended private key (BIP 32): version, depth, parent, number, chain code, a zero byte and the key.
fn extended_key(seed: u64) -> Vec<u8> {
    let version = [0x04, 0x88, 0xad, 0xe4];
    [
        &version[..],
        &[3],
        &fake::bytes(seed + 1, 4),
        &[0x80, 0, 0, 0],
        &fake::bytes(seed + 2, 32),
        &[0],
        &fake::bytes(seed, 32),
    ]
    .concat()
}

/// Reads bytes from hex digits, which `~` may break.
pub(super) fn bytes_of(hex: &str) -> Vec<u8> {
    let hex = hex.replace('~', "");
    assert!(hex.len().is_multiple_of(2), "whole bytes: {hex}");
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap_or_else(|_| panic!("hex digits: {hex}"));
    (0..hex.len()).step_by(2).map(byte).collect()
}

/// Writes a key as RFC 7468 says, up to the word that ends it.
pub(super) fn pem(label: &str, bytes: &[u8]) -> String {
    let body = STANDARD.encode(bytes);
    let lines = body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line) + "\n").collect::<String>();
    format!("-----BEGIN {label}-----\n{lines}-----END")
}

/// Makes a random UUID (version 4).
pub(super) fn uuid(seed: u64) -> String {
    let hex = fake::chars(seed, HEX, 32);
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

/// Writes a key as RFC 7468 says, to its end.
pub(super) fn whole_pem(label: &str, bytes: &[u8]) -> String {
    format!("{} {label}-----\n", pem(label, bytes))
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
    bits.chunks(5).map(|five| char::from(BASE32.as_bytes()[digit(five)])).collect()
}

/// Encodes bytes in base58 behind the beginning of their double SHA-256, as Bitcoin's wallets export keys.
fn base58_check(body: &[u8], flip: u32) -> String {
    let mut sum = Sha256::digest(Sha256::digest(body));
    sum[0] ^= u8::from(flip != 0);
    let mut number = [body, &sum[..4]].concat();
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
