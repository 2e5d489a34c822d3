//! The locality contract: how far any detector may look.
//!
//! Whether `text[extent]` holds a match depends only on the bytes within
//! [`CONTEXT`] of the extent, and an extent is at most [`MAX_MATCH`] long.
//! This makes scanning in windows exact: a window that holds an extent and its
//! context finds the same match as the whole text. `tests/it/locality.rs` holds
//! every detector to it.

use crate::rules;

/// How long an extent may be: a quarter more than what a rule sees, so that a key is found of which each character
/// is written as six (`\u0041`).
pub const MAX_MATCH: usize = rules::MAX_MATCH / 4 * 5;

/// How many bytes on either side of a match may decide about it.
pub const CONTEXT: usize = 256;

/// How far detectors look in one kind of text.
///
/// In UTF-16 each character takes two bytes, so there they see half as many
/// characters, and the contract holds in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    /// Characters on either side of a match.
    pub(super) context: usize,
    /// Characters of a match.
    pub(super) longest: usize,
}

impl Reach {
    /// One byte a character.
    pub(super) const BYTES: Self = Self { context: CONTEXT, longest: rules::MAX_MATCH };

    /// The most bytes of a token that is written with escapes.
    pub(super) const fn longest_escaped(self) -> usize {
        self.longest / 4 * 5
    }

    /// So many bytes for each character.
    pub(super) const fn shared_by(self, width: usize) -> Self {
        Self { context: self.context / width, longest: self.longest / width }
    }
}
