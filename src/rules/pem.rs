//! Private keys in PEM: what the block behind `-----BEGIN … PRIVATE KEY-----` holds.

use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::proof::{Proven, decode};
use crate::entropy;

/// Characters of base64 that are looked at.
const LOOKED_AT: usize = 128;
/// A block with fewer is no key: code that writes or parses PEM, a shortened sample.
const LEAST: usize = 40;
/// The entropy that even the start of a key has, in bits a character.
const FLOOR: f64 = 3.5;

/// What a block holds.
enum Key {
    /// A key that anyone can use.
    Plain(&'static str),
    /// A key behind a passphrase.
    Encrypted(&'static str),
    /// Something else.
    Other(&'static str),
}

/// Judges a block as a key that anyone can use: `None` when it is empty or encrypted.
pub(super) fn plain(block: &[u8]) -> Option<Proven> {
    match read(block)? {
        Key::Plain(why) => Some(Proven::Holds(why)),
        Key::Other(why) => Some(Proven::Fails(why)),
        Key::Encrypted(_) => None,
    }
}

/// Judges a block as a key behind a passphrase: `None` when it is none.
pub(super) fn encrypted(block: &[u8]) -> Option<Proven> {
    match read(block)? {
        Key::Encrypted(why) => Some(Proven::Holds(why)),
        Key::Plain(_) | Key::Other(_) => None,
    }
}

/// Reads a block: `None` when hardly anything stands behind its first line.
fn read(block: &[u8]) -> Option<Key> {
    let (label, rest) = split_label(block)?;
    let rest = skip_fields(rest);
    let body = base64_of(rest);
    if body.len() < LEAST {
        return None;
    }
    let has = |part: &[u8]| block.windows(part.len()).any(|window| window == part);
    if has(b"4,ENCRYPTED") {
        return Some(Key::Encrypted("it is encrypted: a passphrase is needed as well"));
    }
    let bytes = decode(&STANDARD_NO_PAD, &body);
    if label.starts_with(b"OPENSSH") {
        return Some(openssh(&bytes));
    }
    if label.starts_with(b"PGP") {
        return Some(openpgp(&bytes));
    }
    Some(der(&bytes, &body))
}

/// Splits `-----BEGIN LABEL-----` into the label and what follows.
fn split_label(block: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = block.strip_prefix(b"-----BEGIN ")?;
    let end = rest.windows(5).position(|window| window == b"-----")?;
    Some((&rest[..end], &rest[end + 5..]))
}

/// Skips lines such as `Proc-Type: 4,ENCRYPTED`, whether their ends are newlines or escapes.
fn skip_fields(mut rest: &[u8]) -> &[u8] {
    loop {
        rest = skip_separators(rest);
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r' | b'\\')).unwrap_or(rest.len());
        if !rest[..end].contains(&b':') {
            return rest;
        }
        rest = &rest[end..];
    }
}

/// Collects the base64 of a block, past line ends, quotes and the signs that join strings.
fn base64_of(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(LOOKED_AT);
    while body.len() < LOOKED_AT {
        rest = skip_separators(rest);
        match rest {
            [byte, tail @ ..] if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/') => {
                body.push(*byte);
                rest = tail;
            }
            _ => break,
        }
    }
    body
}

/// Skips what may stand between the lines of a block in source code.
fn skip_separators(text: &[u8]) -> &[u8] {
    let mut rest = text;
    loop {
        rest = match rest {
            [b'\\', b'n' | b'r' | b't', tail @ ..] | [b'%', b'0', b'A' | b'D' | b'a' | b'd', tail @ ..] => tail,
            // Between other separators it joins strings; next to base64 it belongs to it.
            [b'+' | b'.' | b'&', tail @ ..] if rest.len() < text.len() && !begins_base64(tail) => tail,
            [byte, tail @ ..] if br#" "'`,;\|>#*"#.contains(byte) || byte.is_ascii_whitespace() => tail,
            _ => return rest,
        }
    }
}

/// Says whether a text goes on with base64 or with the dots of a shortened sample.
fn begins_base64(text: &[u8]) -> bool {
    text.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'.'))
}

/// Reads the form of `OpenSSH`: a magic word, then the name of the cipher.
fn openssh(bytes: &[u8]) -> Key {
    let Some(rest) = bytes.strip_prefix(b"openssh-key-v1\0") else {
        return Key::Other("it does not decode to an OpenSSH key");
    };
    match rest {
        [0, 0, 0, 4, b'n', b'o', b'n', b'e', ..] => Key::Plain("it decodes to an OpenSSH key without passphrase"),
        _ => Key::Encrypted("it is encrypted: a passphrase is needed as well"),
    }
}

/// Reads `OpenPGP`: the first packet must be a secret key.
fn openpgp(bytes: &[u8]) -> Key {
    match bytes.first() {
        Some(0x94..=0x97 | 0xc5) => Key::Plain("it decodes to an OpenPGP secret key"),
        _ => Key::Other("it does not decode to an OpenPGP secret key"),
    }
}

/// Reads DER: a sequence that begins with a version is a key, one that begins with a sequence is an encrypted one.
fn der(bytes: &[u8], body: &[u8]) -> Key {
    const OTHER: Key = Key::Other("it does not decode to a private key");
    let ([0x30, 0x82, _, _, content @ ..] | [0x30, 0x81, _, content @ ..] | [0x30, 0..=0x7f, content @ ..]) = bytes
    else {
        return OTHER;
    };
    match content {
        [0x02, 0x01, 0..=3, ..] if entropy::bits_per_byte(body) >= FLOOR => Key::Plain("it decodes to a private key"),
        [0x30, ..] => Key::Encrypted("it is encrypted: a passphrase is needed as well"),
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;

    /// Made-up bytes that look random.
    fn noise(count: u32) -> Vec<u8> {
        (0..count).map(|index| index.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect()
    }

    /// A block of the given label around encoded bytes, in lines that end in `newline`.
    fn block(label: &str, bytes: &[u8], newline: &str) -> Vec<u8> {
        let body = STANDARD_NO_PAD.encode(bytes);
        let lines: Vec<_> = body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        let (dashes, text) = ("-----", lines.join(newline));
        format!("{dashes}BEGIN {label}{dashes}{newline}{text}{newline}").into_bytes()
    }

    /// The start of an RSA key: a sequence with version 0 and a long number.
    fn rsa() -> Vec<u8> {
        [b"\x30\x82\x04\xa3\x02\x01\x00\x02\x82\x01\x01\x00".as_slice(), &noise(300)].concat()
    }

    #[test]
    fn a_key_in_der_is_one() {
        assert!(matches!(plain(&block("RSA PRIVATE KEY", &rsa(), "\n")), Some(Proven::Holds(_))));
    }

    #[test]
    fn a_key_with_escaped_line_ends_is_one() {
        for newline in ["\r\n", r"\n", r"\\n", "%0A", "\\n\" +\n    \"", "\n    "] {
            assert!(matches!(plain(&block("PRIVATE KEY", &rsa(), newline)), Some(Proven::Holds(_))), "{newline:?}");
        }
    }

    #[test]
    fn a_first_line_without_body_is_no_match() {
        let dashes = "-----";

        assert_eq!(plain(format!("{dashes}BEGIN PRIVATE KEY{dashes}\";\nlet end = 5;").as_bytes()), None);
        assert_eq!(plain(format!("{dashes}BEGIN RSA PRIVATE KEY{dashes}\nMIIEpAIBAAKCAQEA...\n").as_bytes()), None);
    }

    #[test]
    fn a_body_that_is_no_key_fails() {
        let text = b"just some text that somebody put between the two lines of a block";

        assert!(matches!(plain(&block("PRIVATE KEY", text, "\n")), Some(Proven::Fails(_))));
    }

    #[test]
    fn an_encrypted_key_is_of_the_other_kind() {
        let pkcs8 = [b"\x30\x82\x04\xbd\x30\x57\x06\x09".as_slice(), &noise(90)].concat();
        let block = block("ENCRYPTED PRIVATE KEY", &pkcs8, "\n");

        assert_eq!(plain(&block), None);
        assert!(matches!(encrypted(&block), Some(Proven::Holds(_))));
    }

    #[test]
    fn a_key_with_encryption_fields_is_of_the_other_kind() {
        let fields = "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF\n\n";
        let plain_block = String::from_utf8(block("RSA PRIVATE KEY", &noise(90), "\n")).expect("text");
        let block = plain_block.replacen('\n', fields, 1).into_bytes();

        assert_eq!(plain(&block), None);
        assert!(matches!(encrypted(&block), Some(Proven::Holds(_))));
    }

    #[test]
    fn an_openssh_key_says_itself_whether_it_is_encrypted() {
        let open = [b"openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none".as_slice(), &noise(60)].concat();
        let locked = [b"openssh-key-v1\0\0\0\0\x0aaes256-ctr\0\0\0\x06bcrypt".as_slice(), &noise(60)].concat();

        assert!(matches!(plain(&block("OPENSSH PRIVATE KEY", &open, "\n")), Some(Proven::Holds(_))));
        assert!(matches!(encrypted(&block("OPENSSH PRIVATE KEY", &locked, "\n")), Some(Proven::Holds(_))));
        assert_eq!(plain(&block("OPENSSH PRIVATE KEY", &locked, "\n")), None);
    }

    #[test]
    fn an_openpgp_block_begins_with_a_secret_key() {
        let secret = [b"\x95\x03\x98\x04".as_slice(), &noise(60)].concat();
        let public = [b"\x99\x01\x0d\x04".as_slice(), &noise(60)].concat();

        assert!(matches!(plain(&block("PGP PRIVATE KEY BLOCK", &secret, "\n")), Some(Proven::Holds(_))));
        assert!(matches!(plain(&block("PGP PRIVATE KEY BLOCK", &public, "\n")), Some(Proven::Fails(_))));
    }
}
