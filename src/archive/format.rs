//! What kind of archive a text is, told by its first bytes and never by its name.

use std::io::{self, Chain, Cursor, Read};

/// A kind of archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One text, compressed.
    Gzip,
    /// Many, one behind the other.
    Tar,
    /// Many, and a list of them at the end: also jar, whl, docx, apk and others.
    Zip,
}

/// Where a tar file says so.
const USTAR: std::ops::Range<usize> = 257..262;

impl Format {
    /// Tells what kind of archive begins with these bytes, of which there are [`Format::NEEDED`] unless it ends before.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        // Gzip knows one method, and three flags that nothing may set.
        if head.starts_with(b"\x1f\x8b\x08") && head.get(3).is_none_or(|flags| flags & 0b1110_0000 == 0) {
            return Some(Self::Gzip);
        }
        // An archive without members has nothing but its end.
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            return Some(Self::Zip);
        }
        head.get(USTAR).is_some_and(|magic| magic == b"ustar").then_some(Self::Tar)
    }

    /// How many bytes tell.
    pub const NEEDED: usize = USTAR.end;
}

/// A text whose first bytes were looked at, whole.
pub type Peeked<R> = Chain<Cursor<Vec<u8>>, R>;

/// Tells what kind of archive a text is, and gives it back whole.
pub fn peek<R: Read>(mut read: R) -> io::Result<(Option<Format>, Peeked<R>)> {
    let mut head = Vec::with_capacity(Format::NEEDED);
    (&mut read).take(Format::NEEDED as u64).read_to_end(&mut head)?;
    Ok((Format::of(&head), Cursor::new(head).chain(read)))
}
