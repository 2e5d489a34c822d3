//! Paths as git stores them: bytes, printed escaped.

use std::fmt;
use std::path::{Path, PathBuf};

/// A path inside a repository or below a scanned folder.
///
/// Git does not promise an encoding, so the bytes are kept as they are. Printing
/// escapes control characters and bytes that are not UTF-8: a file name may hold
/// an escape sequence, and a repository is not a friend.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RepoPath(Vec<u8>);

impl RepoPath {
    /// Wraps the bytes of a path, with `/` between its parts.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// Returns the bytes as git stores them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the path for the operating system.
    #[cfg(unix)]
    #[must_use]
    pub fn to_os_path(&self) -> PathBuf {
        use std::os::unix::ffi::OsStrExt;
        PathBuf::from(std::ffi::OsStr::from_bytes(&self.0))
    }

    /// Returns the path for the operating system.
    #[cfg(not(unix))]
    #[must_use]
    pub fn to_os_path(&self) -> PathBuf {
        PathBuf::from(String::from_utf8_lossy(&self.0).into_owned())
    }
}

impl From<&Path> for RepoPath {
    fn from(path: &Path) -> Self {
        Self(path.as_os_str().as_encoded_bytes().to_vec())
    }
}

impl From<&str> for RepoPath {
    fn from(path: &str) -> Self {
        Self(path.as_bytes().to_vec())
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(&self.0, out)
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "RepoPath(\"{self}\")")
    }
}

/// Bytes from outside, shown with everything a terminal could act on escaped.
pub struct Escaped<'a>(pub &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(self.0, out)
    }
}

fn escape(bytes: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if is_harmless(character) {
                write!(out, "{character}")?;
            } else {
                write!(out, "{}", character.escape_default())?;
            }
        }
        for byte in chunk.invalid() {
            write!(out, "\\x{byte:02x}")?;
        }
    }
    Ok(())
}

/// Tells whether a terminal shows `character` as itself and nothing else.
///
/// Besides control characters, the marks that turn the direction of text are
/// escaped: with them a name can show as another name (CVE-2021-42574).
pub(crate) fn is_harmless(character: char) -> bool {
    !character.is_control()
        && character != '\\'
        && !matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_path_prints_as_it_is() {
        assert_eq!(RepoPath::from("src/größe.rs").to_string(), "src/größe.rs");
    }

    #[test]
    fn an_escape_sequence_is_printed_escaped() {
        let path = RepoPath::new(b"a\x1b]0;owned\x07\n.txt".as_slice());

        assert_eq!(path.to_string(), "a\\u{1b}]0;owned\\u{7}\\n.txt");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_printed_in_hex() {
        assert_eq!(RepoPath::new(b"caf\xe9".as_slice()).to_string(), "caf\\xe9");
    }

    #[test]
    fn marks_that_turn_text_round_are_printed_escaped() {
        assert_eq!(RepoPath::from("a\u{202e}b").to_string(), "a\\u{202e}b");
    }
}
