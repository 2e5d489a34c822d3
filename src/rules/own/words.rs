//! The words that a rule of a file may say, for the documentation.

use super::super::alphabet::Alphabet;
use super::super::proof::Proof;

/// Returns the names of alphabets.
pub fn alphabets() -> impl Iterator<Item = &'static str> {
    Alphabet::NAMED.iter().map(|(name, _)| *name)
}

/// Returns the names of proofs.
pub fn proofs() -> impl Iterator<Item = &'static str> {
    Proof::NAMED.iter().map(|(name, _)| *name)
}
