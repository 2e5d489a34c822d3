//! Where a key stands in a text, and the text with another key there.

use std::io::{self, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use memchr::memmem::Finder;
use zeroize::Zeroizing;

use crate::keys::key::Key;

/// How a key is written where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Writing {
    /// As it is.
    Plain,
    /// In base64, as secrets of Kubernetes are.
    Base64,
    /// In UTF-16.
    Utf16,
}

/// A place of a key in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stand {
    /// The offset of its first byte.
    pub at: u64,
    /// The one-based line.
    pub line: u64,
    /// How it is written.
    pub writing: Writing,
}

/// How much of a stream is looked at together, in bytes.
const PART: usize = 1 << 20;

impl Key {
    /// Returns where it stands in a text that is read to its end, in order.
    ///
    /// As it is, it stands alone: within a longer run of letters and digits it is another key.
    pub fn stands_in(&self, mut text: impl Read) -> io::Result<Vec<Stand>> {
        let forms = self.forms();
        let finders: Vec<(Writing, Finder<'_>)> =
            forms.iter().map(|(writing, form)| (*writing, Finder::new(&form[..]))).collect();
        // A place is judged when one byte more than the longest form is known behind its start.
        let keep = forms.iter().map(|(_, form)| form.len()).max().unwrap_or(0) + 1;
        let mut found = Vec::new();
        let mut part = Zeroizing::new(Vec::with_capacity(PART + 2 * keep));
        let (mut offset, mut line, mut before) = (0, 1, None);
        loop {
            let is_end = (&mut text).take(PART as u64).read_to_end(&mut part)? == 0;
            let judged = if is_end { part.len() } else { part.len().saturating_sub(keep) };
            let mut here = stands(&finders, &part, judged, before);
            here.sort_unstable();
            found.extend(here.into_iter().map(|(at, writing)| Stand {
                at: offset + at as u64,
                line: line + memchr::memchr_iter(b'\n', &part[..at]).count() as u64,
                writing,
            }));
            if is_end {
                return Ok(found);
            }
            line += memchr::memchr_iter(b'\n', &part[..judged]).count() as u64;
            offset += judged as u64;
            before = part[..judged].last().copied().or(before);
            part.drain(..judged);
        }
    }

    /// Returns a text with another key at some places; `None` unless this one stands at each of them, as it is.
    #[must_use]
    pub fn replaced(&self, by: &Self, text: &[u8], places: &[u64]) -> Option<Zeroizing<Vec<u8>>> {
        // Room for all of it at once: a vector that grows leaves copies behind.
        let mut replaced = Zeroizing::new(Vec::with_capacity(text.len() + places.len() * by.bytes().len()));
        let mut copied = 0;
        for place in places {
            let at = usize::try_from(*place).ok()?;
            let rest = text.get(at..)?;
            replaced.extend_from_slice(text.get(copied..at)?);
            replaced.extend_from_slice(by.bytes());
            copied = at + rest.starts_with(self.bytes()).then_some(self.bytes().len())?;
        }
        replaced.extend_from_slice(&text[copied..]);
        Some(replaced)
    }

    /// Tells whether it means itself, without quotes, to whatever reads files of environment variables.
    #[must_use]
    pub fn needs_no_quotes(&self) -> bool {
        self.bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-.~+/=:@,".contains(byte))
    }

    /// Returns the ways in which it may be written.
    fn forms(&self) -> Vec<(Writing, Zeroizing<Vec<u8>>)> {
        let bytes = self.bytes();
        // What comes last in base64 depends on what follows.
        let whole = bytes.len() / 3 * 3;
        let base64 = Zeroizing::new(STANDARD_NO_PAD.encode(&bytes[..whole]).into_bytes());
        // From its first letter to its last, which is the same in both orders of bytes.
        let mut wide: Zeroizing<Vec<u8>> = Zeroizing::new(bytes.iter().flat_map(|byte| [*byte, 0]).collect());
        wide.pop();
        vec![(Writing::Plain, Zeroizing::new(bytes.to_vec())), (Writing::Base64, base64), (Writing::Utf16, wide)]
    }
}

/// Returns the places in a part of a text that begin before `judged`; `before` is the byte before the part.
fn stands(finders: &[(Writing, Finder<'_>)], part: &[u8], judged: usize, before: Option<u8>) -> Vec<(usize, Writing)> {
    let is_token = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    let is_alone = |at: usize, length: usize| {
        let previous = if at == 0 { before } else { part.get(at - 1).copied() };
        !is_token(previous) && !is_token(part.get(at + length).copied())
    };
    let of = |(writing, finder): &(Writing, Finder<'_>)| {
        let (writing, length) = (*writing, finder.needle().len());
        let places = finder.find_iter(part).take_while(|at| *at < judged);
        places
            .filter(|at| writing != Writing::Plain || is_alone(*at, length))
            .map(|at| (at, writing))
            .collect::<Vec<_>>()
    };
    finders.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::new(Zeroizing::new(text.as_bytes().to_vec())).unwrap()
    }

    fn found(text: &[u8]) -> Vec<(u64, u64, Writing)> {
        let stands = key("-abcdefgh_XYZ").stands_in(text).unwrap();
        stands.into_iter().map(|stand| (stand.at, stand.line, stand.writing)).collect()
    }

    #[test]
    fn a_key_is_found_as_it_is_in_base64_and_in_utf16() {
        let wide: Vec<u8> = "-abcdefgh_XYZ".encode_utf16().flat_map(u16::to_be_bytes).collect();

        assert_eq!(found(b"A=1\r\nB='-abcdefgh_XYZ'\r\n"), [(8, 2, Writing::Plain)]);
        assert_eq!(found(b"\n\nx: LWFiY2RlZmdoX1hZWg==\n"), [(5, 3, Writing::Base64)]);
        assert_eq!(found(&[b"\n".as_slice(), &wide].concat()), [(2, 2, Writing::Utf16)]);
    }

    #[test]
    fn a_part_of_a_longer_key_is_another_key() {
        assert_eq!(found(b"B=-abcdefgh_XYZ1 C=x-abcdefgh_XYZ"), []);
    }

    #[test]
    fn a_key_is_found_wherever_the_parts_of_a_stream_meet() {
        for start in (PART - 20)..(PART + 20) {
            let mut text = vec![b'\n'; start];
            text.extend(b"-abcdefgh_XYZ");

            assert_eq!(found(&text), [(start as u64, start as u64 + 1, Writing::Plain)]);
            text.extend(b"1");
            assert_eq!(found(&text), []);
        }
    }

    #[test]
    fn only_the_key_is_replaced_and_only_where_it_stands() {
        let (old, new) = (key("oldoldold"), key("a-newer-key"));
        let text = b"A=oldoldold\r\nB=\"oldoldold\" # oldoldold1\n";

        assert_eq!(
            old.replaced(&new, text, &[2, 16]).unwrap()[..],
            *b"A=a-newer-key\r\nB=\"a-newer-key\" # oldoldold1\n"
        );
        assert_eq!(old.replaced(&new, text, &[3]), None);
        assert_eq!(old.replaced(&new, text, &[16, 2]), None);
        assert_eq!(old.replaced(&new, text, &[999]), None);
    }
}
