//! Sizes as people type them.

/// Units and what they stand for, without regard to case; as in git, `k`, `m` and `g` alone are powers of 1,024.
const UNITS: [(&str, u64); 11] = [
    ("", 1),
    ("b", 1),
    ("k", 1 << 10),
    ("kb", 1_000),
    ("kib", 1 << 10),
    ("m", 1 << 20),
    ("mb", 1_000_000),
    ("mib", 1 << 20),
    ("g", 1 << 30),
    ("gb", 1_000_000_000),
    ("gib", 1 << 30),
];

/// Reads a size: `10MB`, `512KiB`, `4096`.
pub fn parse(text: &str) -> Result<u64, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim().to_ascii_lowercase();
    let factor = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
    match number.parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor)) {
        Some(bytes) if bytes > 0 => Ok(bytes),
        Some(_) | None => Err("write a size such as 10MB, 512KiB or 4096".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_units() {
        assert_eq!(parse("4096"), Ok(4096));
        assert_eq!(parse("10MB"), Ok(10_000_000));
        assert_eq!(parse("512KiB"), Ok(524_288));
        assert_eq!(parse("1g"), Ok(1 << 30));
        assert_eq!(parse("2 mib"), Ok(2 << 20));
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "MB", "-1", "1.5MB", "10XB", "0", "99999999999GB"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
