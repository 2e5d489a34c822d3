//! Windows on a text: the whole of a small one, stretches that overlap of a large one.

use std::io::Read;
use std::ops::Range;

use crate::decide::Near;
use crate::detect::Match;
use crate::detect::locality::{CONTEXT, MAX_MATCH};
use crate::finding::Place;

use super::place::Cursor;

/// A stretch of a text, and where it lies in the whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window<'a> {
    /// The bytes.
    pub(super) text: &'a [u8],
    /// How many bytes come before it.
    pub(super) offset: u64,
    /// The line of its first byte, one-based.
    line: u64,
    /// The column of its first byte, one-based.
    column: u64,
}

/// As many bytes of a line as are looked at for marks, on either side of a secret.
const NEAR: usize = 1024;

/// What a window sees beyond the stretch it answers for: the context of a
/// match, a neighbour that overlaps it with its own context, and the text for marks.
const OVERLAP: usize = 8 * 1024;
const _: () = assert!(OVERLAP >= CONTEXT + 2 * MAX_MATCH + 2 * NEAR + MAX_MATCH);

/// How many bytes a window answers for.
const STRETCH: usize = 4 * 1024 * 1024;

impl<'a> Window<'a> {
    /// The window on all of a text.
    pub(super) fn whole(text: &'a [u8]) -> Self {
        Self { text, offset: 0, line: 1, column: 1 }
    }

    /// Pairs matches, in order, with their lines and columns.
    pub(super) fn places(&self, matches: Vec<Match>) -> impl Iterator<Item = (Match, Place)> + use<'a> {
        let mut cursor = Cursor::new(self.text, self.line, self.column);
        matches.into_iter().map(move |found| {
            let place = cursor.place(&found.span);
            (found, place)
        })
    }

    /// Returns the text around a secret in which marks count.
    pub(super) fn near(&self, span: &Range<usize>) -> Near<'a> {
        let first = span.start.saturating_sub(NEAR);
        let line = memchr::memrchr(b'\n', &self.text[first..span.start]).map_or(first, |at| first + at + 1);
        let last = self.text.len().min(span.end + NEAR);
        let end = memchr::memchr(b'\n', &self.text[span.end..last]).map_or(last, |at| span.end + at);
        Near {
            before: &self.text[line..span.start],
            after: &self.text[span.end..end],
            line_before: self.line_before(line),
        }
    }

    /// Returns the line that ends right before `line`, its last bytes if it is long.
    fn line_before(&self, line: usize) -> &'a [u8] {
        let Some(end) = line.checked_sub(1).filter(|at| self.text[*at] == b'\n') else { return &[] };
        let floor = end.saturating_sub(NEAR);
        let start = memchr::memrchr(b'\n', &self.text[floor..end]).map_or(floor, |at| floor + at + 1);
        &self.text[start..end]
    }
}

/// Reads a text window by window, and calls `visit` with each and the stretch that it answers for.
///
/// Together the stretches cover the text, each byte once. Memory does not grow
/// with the text. Returns the length of the text.
pub(super) fn each(read: impl Read, visit: impl FnMut(&Window<'_>, Range<usize>)) -> std::io::Result<u64> {
    each_of(STRETCH, read, visit)
}

fn each_of(
    stretch: usize,
    mut read: impl Read,
    mut visit: impl FnMut(&Window<'_>, Range<usize>),
) -> std::io::Result<u64> {
    let mut buffer = Vec::with_capacity(stretch + 2 * OVERLAP);
    let mut offset = 0_u64;
    let (mut line, mut column) = (1, 1);
    let mut from = 0;
    loop {
        let missing = stretch + 2 * OVERLAP - buffer.len();
        let got = (&mut read).take(missing as u64).read_to_end(&mut buffer)?;
        let is_last = got < missing;
        let to = if is_last { buffer.len() } else { buffer.len() - OVERLAP };
        visit(&Window { text: &buffer, offset, line, column }, from..to.max(from));
        if is_last {
            return Ok(offset + buffer.len() as u64);
        }
        let next = to - OVERLAP;
        (line, column) = Cursor::new(&buffer, line, column).advance(next);
        offset += next as u64;
        buffer.drain(..next);
        from = OVERLAP;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stretches_cover_a_text_once_and_know_their_lines() {
        let text: Vec<u8> = (0..200_000_u32).flat_map(|number| format!("{number}\n").into_bytes()).collect();
        let mut covered = Vec::new();

        let length = each_of(50_000, text.as_slice(), |window, stretch| {
            assert_eq!(window.offset + stretch.start as u64, covered.len() as u64);
            let before = &text[..usize::try_from(window.offset).unwrap()];
            assert_eq!(window.line, 1 + memchr::memchr_iter(b'\n', before).count() as u64);
            covered.extend_from_slice(&window.text[stretch]);
        });

        assert_eq!(length.unwrap(), text.len() as u64);
        assert!(covered == text);
    }

    #[test]
    fn texts_as_long_as_a_window_and_a_little_longer_are_covered() {
        for extra in [0, 1, OVERLAP, 2 * OVERLAP - 1, 2 * OVERLAP, 2 * OVERLAP + 1, 3 * OVERLAP] {
            let text = vec![b'x'; 1000 + extra];
            let mut covered = 0;

            let length = each_of(1000, text.as_slice(), |_, stretch| covered += stretch.len());

            assert_eq!((length.unwrap(), covered), (text.len() as u64, text.len()), "{extra}");
        }
    }

    #[test]
    fn the_text_near_a_secret_is_its_line_without_it_and_the_line_before() {
        let text = b"zero\none two\nthree SECRET four\nfive\n";

        let near = Window::whole(text).near(&(19..25));

        assert_eq!((near.before, near.after, near.line_before), (&b"three "[..], &b" four"[..], &b"one two"[..]));
    }
}
