//! Made-up secrets, generated when the test runs so that none stands in our source.
#![allow(dead_code, reason = "each story uses its own part")]

/// Returns `count` pseudo-random bytes; the same for the same seed.
pub(crate) fn bytes(seed: u64, count: usize) -> Vec<u8> {
    // SplitMix64 (Steele, Lea, Flood 2014).
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (z ^ (z >> 31)).to_le_bytes()[0]
        })
        .collect()
}

/// Returns `count` pseudo-random characters of an alphabet.
pub(crate) fn chars(seed: u64, alphabet: &str, count: usize) -> String {
    let alphabet = alphabet.as_bytes();
    bytes(seed, count).iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
}

/// The 62 letters and digits.
pub(crate) const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// An Ideogram key as issued: 64 random bytes as 86 characters of unpadded base64url.
pub(crate) fn ideogram_key(seed: u64) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes(seed, 64))
}

/// A GitHub personal access token with a true checksum.
pub(crate) fn github_token(seed: u64) -> String {
    let random = chars(seed, BASE62, 30);
    let mut sum = crc32fast::hash(random.as_bytes());
    let mut tail = [b'0'; 6];
    for digit in tail.iter_mut().rev() {
        *digit = BASE62.as_bytes()[(sum % 62) as usize];
        sum /= 62;
    }
    format!("ghp{}{random}{}", '_', String::from_utf8_lossy(&tail))
}
