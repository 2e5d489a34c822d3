//! How much a string surprises.

/// Returns the Shannon entropy of a string in bits a byte: 0 for equal bytes, 6 for perfect base64.
#[must_use]
pub fn bits_per_byte(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let total = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    let share = |count: u32| f64::from(count) / total;
    counts.iter().filter(|count| **count > 0).map(|count| -share(*count) * libm::log2(share(*count))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_bytes_have_no_entropy() {
        assert!(bits_per_byte(b"aaaaaaaa").abs() < 1e-9);
        assert!(bits_per_byte(b"").abs() < 1e-9);
    }

    #[test]
    fn four_equally_frequent_bytes_have_two_bits() {
        assert!((bits_per_byte(b"abcdabcd") - 2.0).abs() < 1e-9);
    }
}
