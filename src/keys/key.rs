//! A key: bytes that nobody can print, and that are wiped when they go.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::finding::{Fingerprint, Secret};

/// The longest key, in bytes.
pub(super) const LONGEST: usize = 4096;
/// The shortest key, in bytes.
const SHORTEST: usize = 8;
/// A key of fewer bytes shows none of its characters: four would be too much of the whole.
const SHOWN_FROM: usize = 16;

/// A key, as its owner has it.
#[derive(Clone)]
pub struct Key(Zeroizing<Vec<u8>>);

impl Key {
    /// Takes a key; the end of a line behind it is not a part of it.
    ///
    /// Fails if it is shorter than 8 bytes or longer than 4,096, or has a space or
    /// a character that is not printable ASCII. The error does not show it.
    pub fn new(mut bytes: Zeroizing<Vec<u8>>) -> Result<Self> {
        while matches!(bytes.last(), Some(b'\n' | b'\r')) {
            bytes.pop();
        }
        let wrong = |problem: &str| Err(Error::Usage(format!("that is no key: {problem}")));
        if bytes.is_empty() {
            return wrong("it is empty");
        }
        if !(SHORTEST..=LONGEST).contains(&bytes.len()) {
            return wrong(&format!("it has {} bytes, and a key has {SHORTEST} to {LONGEST}", bytes.len()));
        }
        if !bytes.iter().all(u8::is_ascii_graphic) {
            return wrong(
                "it has a space, or a character that is not printable ASCII; give the key alone, on one line",
            );
        }
        Ok(Self(bytes))
    }

    /// Returns its name across runs and machines.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&Secret::new(self.0.to_vec()))
    }

    /// Returns its first four characters, by which an account lists it; none if the key is short.
    #[must_use]
    pub fn start(&self) -> String {
        let shown = if self.0.len() < SHOWN_FROM { 0 } else { 4 };
        self.0[..shown].iter().copied().map(char::from).collect()
    }

    /// Returns its bytes: for the header of a request, and for the files and the keyring where its owner has it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<{} bytes>", self.0.len())
    }
}
