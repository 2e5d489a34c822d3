//! The characters that tokens are made of.

/// The characters of one kind of token; one more of them behind a token means that it is another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// Nothing: the shape itself says where it ends.
    Open,
    /// Digits.
    Digits,
    /// Letters and digits. Also for hexadecimal tokens: a `g` behind one belongs to the run as well.
    Alnum,
    /// Letters, digits and `_`.
    Word,
    /// Letters, digits, `-` and `_`.
    Base64Url,
    /// Letters, digits, `+`, `/` and `=`.
    Base64,
    /// Letters, digits, `-`, `_`, `.` and `~`: what needs no escape in a URL.
    Unreserved,
}

impl Alphabet {
    /// All of them, by the names that rules give them.
    pub(super) const NAMED: &[(&str, Self)] = &[
        ("open", Self::Open),
        ("digits", Self::Digits),
        ("alnum", Self::Alnum),
        ("word", Self::Word),
        ("base64url", Self::Base64Url),
        ("base64", Self::Base64),
        ("unreserved", Self::Unreserved),
    ];

    /// Says whether a byte is one of its characters.
    pub(super) fn contains(self, byte: u8) -> bool {
        let alnum = byte.is_ascii_alphanumeric();
        match self {
            Self::Open => false,
            Self::Digits => byte.is_ascii_digit(),
            Self::Alnum => alnum,
            Self::Word => alnum || byte == b'_',
            Self::Base64Url => alnum || matches!(byte, b'-' | b'_'),
            Self::Base64 => alnum || matches!(byte, b'+' | b'/' | b'='),
            Self::Unreserved => alnum || matches!(byte, b'-' | b'_' | b'.' | b'~'),
        }
    }
}

/// What stands before the literal and belongs to the token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lead {
    /// Its characters.
    pub(super) alphabet: Alphabet,
    /// How many there are at least.
    pub(super) least: usize,
    /// How many there are at most.
    pub(super) most: usize,
}

impl Lead {
    /// Returns where the token begins whose literal is at `at`; `None` when too few characters stand before it.
    pub(super) fn start(self, text: &[u8], at: usize) -> Option<usize> {
        let behind = text[..at].iter().rev().take(self.most);
        let count = behind.take_while(|byte| self.alphabet.contains(**byte)).count();
        (count >= self.least).then(|| at - count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Lead = Lead { alphabet: Alphabet::Digits, least: 3, most: 5 };

    #[test]
    fn a_lead_goes_back_over_its_own_characters_only() {
        assert_eq!(ID.start(b"x1234:", 5), Some(1));
    }

    #[test]
    fn a_lead_that_is_too_short_is_none() {
        assert_eq!(ID.start(b"x12:", 3), None);
        assert_eq!(ID.start(b":", 0), None);
    }

    #[test]
    fn a_lead_goes_back_no_further_than_its_longest_form() {
        assert_eq!(ID.start(b"12345678:", 8), Some(3));
    }
}
