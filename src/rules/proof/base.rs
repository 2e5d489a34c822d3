//! Checksums of keys that wallets and servers write in base58 and base32.

use sha2::{Digest, Sha256};

use super::Proven;
use super::checksum::{WRONG, verdict};

/// The digits of base58, as Bitcoin writes it.
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// The digits of base32 (RFC 4648).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Checks base58 whose last four bytes begin the SHA-256 of the SHA-256 of the rest.
pub(super) fn base58_check(token: &[u8]) -> Proven {
    let Some(bytes) = base58(token) else { return WRONG };
    let Some((rest, sum)) = bytes.split_last_chunk::<4>() else { return WRONG };
    verdict(Sha256::digest(Sha256::digest(rest)).starts_with(sum))
}

/// Checks base32 whose last two bytes are the CRC-16 of the rest (polynomial 0x1021, from 0), lowest byte first.
pub(super) fn crc16_xmodem(token: &[u8]) -> Proven {
    let Some(bytes) = base32(token) else { return WRONG };
    let Some((rest, sum)) = bytes.split_last_chunk::<2>() else { return WRONG };
    verdict(u16::from_le_bytes(*sum) == rest.iter().copied().fold(0, crc16_step))
}

/// One byte of the CRC-16.
fn crc16_step(sum: u16, byte: u8) -> u16 {
    let shift = |sum: u16, _| if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ 0x1021 };
    (0..8).fold(sum ^ u16::from(byte) << 8, shift)
}

/// Decodes base58: a number whose leading zero bytes are written as `1`.
fn base58(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes: Vec<u8> = Vec::with_capacity(text.len());
    for byte in text {
        let digit = BASE58.iter().position(|digit| digit == byte)?;
        let mut carry = u32::try_from(digit).ok()?;
        for byte in &mut bytes {
            carry += u32::from(*byte) * 58;
            *byte = carry.to_le_bytes()[0];
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push(carry.to_le_bytes()[0]);
            carry >>= 8;
        }
    }
    bytes.extend(text.iter().take_while(|byte| **byte == b'1').map(|_| 0));
    bytes.reverse();
    Some(bytes)
}

/// Decodes base32 without padding.
fn base32(text: &[u8]) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (Vec::with_capacity(text.len()), 0_u16, 0);
    for byte in text {
        let digit = BASE32.iter().position(|digit| digit == byte)?;
        bits = bits << 5 | u16::try_from(digit).ok()?;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count).to_le_bytes()[0]);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::checksum::RIGHT;
    use super::*;

    /// Mends a sample: it is broken so that no scanner takes it for a leak.
    fn mend(sample: &str) -> Vec<u8> {
        sample.replace('~', "").into_bytes()
    }

    #[test]
    fn bitcoins_own_sample_has_a_right_checksum() {
        // From the page of Bitcoin's wiki on the wallet import format.
        let key = mend("5HueCGU8rMjx~EXxiPuD5BDku~4MkFqeZyd4dZ~1jvhTVqvbTL~vyTJ");

        assert_eq!(base58_check(&key), RIGHT);
        assert_eq!(base58_check(&[&key[..20], b"Z", &key[21..]].concat()), WRONG);
        assert_eq!(base58_check(b"5"), WRONG);
        assert_eq!(base58_check(b"0OIl"), WRONG);
    }

    #[test]
    fn stellars_own_sample_has_a_right_checksum() {
        // From SEP-23, which defines the format.
        let key = mend("GA7QYNF7SOWQ~3GLR2BGMZEHX~AVIRZA4KVWLT~JJFC7MGXUA74~P7UJVSGZ");

        assert_eq!(crc16_xmodem(&key), RIGHT);
        assert_eq!(crc16_xmodem(&[&key[..20], b"A", &key[21..]].concat()), WRONG);
        assert_eq!(crc16_xmodem(b""), WRONG);
    }

    #[test]
    fn the_crc_of_the_nine_digits_is_that_of_the_catalogue() {
        // CRC-16/XMODEM in the catalogue of parametrised CRC algorithms.
        assert_eq!(b"123456789".iter().copied().fold(0, crc16_step), 0x31c3);
    }
}
