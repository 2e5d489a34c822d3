//! Why a rule does not find what nearly fits it.

use std::fmt;

/// What a place lacks at which a rule was tried.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Miss {
    /// Its pattern does not fit there.
    Pattern,
    /// A letter or digit stands right before the token.
    Begins,
    /// A character of the token's own alphabet stands right behind it.
    Ends,
    /// It is less random than the rule asks for, in bits a character.
    Entropy {
        /// What it has.
        bits: f64,
        /// What it must have.
        least: f64,
    },
    /// It is no token of this kind: what must decode does not.
    Proof,
    /// It fits, and is longer than any match may be.
    TooLong,
    /// Another rule must find something near it, and does not.
    Requires(&'static str),
}

impl fmt::Display for Miss {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern => out.write_str("the pattern does not fit there"),
            Self::Begins => out.write_str("a letter or digit stands right before it"),
            Self::Ends => out.write_str("more of its characters follow"),
            Self::Entropy { bits, least } => {
                write!(out, "its entropy is {bits:.2} bits a character, and the rule asks for {least:.2}")
            }
            Self::Proof => out.write_str("it does not decode to what it should be"),
            Self::TooLong => out.write_str("it is longer than any match may be"),
            Self::Requires(rule) => write!(out, "the rule `{rule}`, which it requires, finds nothing near it"),
        }
    }
}
