//! Checksums that issuers build into their tokens.

use super::Proven;

/// Said of a token whose checksum is right.
pub(super) const RIGHT: Proven = Proven::Holds("its checksum is right");
/// Said of a token whose checksum is wrong.
pub(super) const WRONG: Proven = Proven::Fails("its checksum is wrong: it was never issued");

/// The digits of base62, as GitHub and npm write it, and of base36 in their first 36 places but for case.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The characters of bech32 in upper case.
const BECH32: &[u8; 32] = b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

/// Turns the outcome of a comparison into a proof.
pub(super) fn verdict(right: bool) -> Proven {
    if right { RIGHT } else { WRONG }
}

/// Checks `prefix_` + text + six base62 digits of the CRC-32 of that text.
pub(super) fn base62(token: &[u8]) -> Proven {
    let Some(underscore) = token.iter().position(|byte| *byte == b'_') else {
        return WRONG;
    };
    let Some((text, tail)) = token[underscore + 1..].split_last_chunk::<6>() else {
        return WRONG;
    };
    verdict(value(tail, 62, |byte| DIGITS.iter().position(|digit| *digit == byte)) == Some(crc32fast::hash(text)))
}

/// Checks text + eight hexadecimal digits of the CRC-32 of that text.
pub(super) fn hex(token: &[u8]) -> Proven {
    let Some((text, tail)) = token.split_last_chunk::<8>() else {
        return WRONG;
    };
    let sum = value(tail, 16, |byte| char::from(byte).to_digit(16).map(|digit| digit as usize));
    verdict(sum == Some(crc32fast::hash(text)))
}

/// Checks text + `_` + six base62 digits of the CRC-32 of that text.
pub(super) fn synapse(token: &[u8]) -> Proven {
    let Some((text, tail)) = token.split_last_chunk::<7>() else {
        return WRONG;
    };
    let sum = value(&tail[1..], 62, |byte| DIGITS.iter().position(|digit| *digit == byte));
    verdict(sum == Some(crc32fast::hash(text)))
}

/// Checks text + `_` + eight hexadecimal digits of the CRC-32 of that text, lowest byte first.
pub(super) fn grafana(token: &[u8]) -> Proven {
    let Some((text, tail)) = token.split_last_chunk::<9>() else {
        return WRONG;
    };
    let sum = value(&tail[1..], 16, |byte| char::from(byte).to_digit(16).map(|digit| digit as usize));
    verdict(sum.map(u32::swap_bytes) == Some(crc32fast::hash(text)))
}

/// Checks a routable token, which ends in seven base36 digits of the CRC-32 of all before; others cannot be checked.
pub(super) fn gitlab(token: &[u8]) -> Proven {
    if !token.contains(&b'.') {
        return Proven::Unproven;
    }
    let Some((text, tail)) = token.split_last_chunk::<7>() else {
        return WRONG;
    };
    let sum = value(tail, 36, |byte| char::from(byte).to_digit(36).map(|digit| digit as usize));
    verdict(sum == Some(crc32fast::hash(text)))
}

/// Reads digits of a base; `None` when one is no digit or the value is larger than any CRC-32.
fn value(digits: &[u8], base: u64, of: impl Fn(u8) -> Option<usize>) -> Option<u32> {
    let value = digits.iter().try_fold(0_u64, |sum, byte| Some(sum * base + of(*byte)? as u64))?;
    u32::try_from(value).ok()
}

/// Checks an age secret key: bech32 of `age-secret-key-` in upper case.
pub(super) fn age(token: &[u8]) -> Proven {
    bech32(token)
}

/// Checks bech32 of one case: a name, `1`, and data whose last six characters are the checksum of BIP 173.
pub(super) fn bech32(token: &[u8]) -> Proven {
    let Some(separator) = token.iter().rposition(|byte| *byte == b'1') else {
        return WRONG;
    };
    let (name, data) = (&token[..separator], token[separator + 1..].to_ascii_uppercase());
    let name = name.iter().map(u8::to_ascii_lowercase).collect::<Vec<_>>();
    let high = name.iter().map(|byte| byte >> 5);
    let low = name.iter().map(|byte| byte & 31);
    let mut sum = high.chain([0]).chain(low).fold(1, bech32_step);
    for byte in data {
        let Some(value) = (0..).zip(BECH32).find_map(|(value, digit)| (*digit == byte).then_some(value)) else {
            return WRONG;
        };
        sum = bech32_step(sum, value);
    }
    verdict(sum == 1)
}

/// One step of the checksum of BIP 173.
fn bech32_step(sum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let next = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
    GENERATOR.iter().enumerate().filter(|(bit, _)| top >> bit & 1 == 1).fold(next, |sum, (_, part)| sum ^ part)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mends a sample: it is broken so that no scanner takes it for a leak.
    fn mend(sample: &str) -> Vec<u8> {
        sample.replace('~', "").into_bytes()
    }

    #[test]
    fn a_base62_checksum_is_the_crc_of_the_text_between_prefix_and_checksum() {
        // From the public note of a library's author on GitHub's format.
        let token = mend("ghx_zQWBuTSO~oRi4A9spHcVY~5ncnsDkxkJ0mLq17");

        assert_eq!(base62(&token), RIGHT);
    }

    #[test]
    fn a_base62_checksum_with_leading_zeros_is_right() {
        // Computed with Python's zlib.crc32.
        let token = mend("npm_ow8a4LUu~iaIWMBLNDVls~vom0Y8vILC00ergp");

        assert_eq!(base62(&token), RIGHT);
    }

    #[test]
    fn a_changed_character_makes_a_base62_checksum_wrong() {
        let token = mend("ghx_zQWBuTSO~oRi4A9spHcVY~5ncnsDkxkK0mLq17");

        assert_eq!(base62(&token), WRONG);
    }

    #[test]
    fn base62_digits_beyond_32_bits_are_wrong_and_do_not_overflow() {
        assert_eq!(base62(b"ghp_aaaaaazzzzzz"), WRONG);
        assert_eq!(base62(b"ghp_"), WRONG);
        assert_eq!(base62(b""), WRONG);
    }

    #[test]
    fn grafanas_own_sample_has_a_right_checksum() {
        // From the tests beside Grafana's own code (pkg/components/satokengen).
        let token = mend("glsa_iNValId~inValiDinval~idinvalidinv~a_5b582697");

        assert_eq!(grafana(&token), RIGHT);
        assert_eq!(grafana(&[&token[..20], b"Z", &token[21..]].concat()), WRONG);
    }

    #[test]
    fn a_hexadecimal_checksum_is_the_crc_of_the_rest() {
        // The check value of CRC-32 in the catalogue of parametrised CRC algorithms.
        assert_eq!(hex(b"123456789cbf43926"), RIGHT);
        assert_eq!(hex(b"123456788cbf43926"), WRONG);
        assert_eq!(hex(b"cbf4392"), WRONG);
    }

    #[test]
    fn gitlabs_own_sample_has_a_right_checksum() {
        // From the design document on routable tokens: the shortest possible one.
        let token = mend("bzoxd_Rb5_cH~eWe1JH56wr2~FCBA.0r1pum4t4");

        assert_eq!(gitlab(&token), RIGHT);
        assert_eq!(gitlab(&[b"glpat-".as_slice(), &token].concat()), WRONG);
    }

    #[test]
    fn a_gitlab_token_of_the_old_form_cannot_be_checked() {
        assert_eq!(gitlab(&mend("glpat-k3Jx9~Qw2Zr7Tb5Lm8~Vc1")), Proven::Unproven);
    }

    #[test]
    fn ages_own_sample_has_a_right_checksum() {
        // From the specification of the age format (C2SP).
        let token = mend("AGE-SECRET-K~EY-1GFPYYSJZ~GFPYYSJZGFPY~YSJZGFPYYSJZ~GFPYYSJZGFPY~YSJZGFPQ4EGA~EX");

        assert_eq!(age(&token), RIGHT);
        assert_eq!(age(&[&token[..30], b"Q", &token[31..]].concat()), WRONG);
        assert_eq!(age(b"AGE-SECRET-KEY-"), WRONG);
    }
}
