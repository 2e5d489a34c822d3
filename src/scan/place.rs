//! Lines and columns of places in a text.

use std::ops::Range;

use crate::finding::Place;

/// Turns places in a text into lines and columns, going forward.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    /// Up to here, lines are counted.
    at: usize,
    line: u64,
    column: u64,
}

impl<'a> Cursor<'a> {
    /// Starts at the beginning of a text that begins at this line and column, one-based.
    pub(super) fn new(text: &'a [u8], line: u64, column: u64) -> Self {
        Self { text, at: 0, line, column }
    }

    /// Returns where a span is. Spans must come in the order of their beginnings.
    pub(super) fn place(&mut self, span: &Range<usize>) -> Place {
        self.advance(span.start);
        let mut end = Self { ..*self };
        // The last byte decides on which line a secret ends.
        end.advance(span.end - 1);
        Place { line: self.line, column: self.column, end_line: end.line, end_column: end.column + 1 }
    }

    /// Goes on to `to` and returns the line and column there.
    pub(super) fn advance(&mut self, to: usize) -> (u64, u64) {
        let passed = &self.text[self.at..to];
        match memchr::memrchr(b'\n', passed) {
            None => self.column += passed.len() as u64,
            Some(last) => {
                self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
                self.column = (passed.len() - last) as u64;
            }
        }
        self.at = to;
        (self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(text: &[u8], at: usize) -> (u64, u64) {
        let mut place = (1, 1);
        for byte in &text[..at] {
            place = if *byte == b'\n' { (place.0 + 1, 1) } else { (place.0, place.1 + 1) };
        }
        place
    }

    proptest! {
        #[test]
        fn lines_and_columns_agree_with_counting_each_byte(text in "[ab\r\n]{1,60}", spans in prop::collection::vec((0..60_usize, 1..20_usize), 1..6)) {
            let text = text.as_bytes();
            let mut spans: Vec<Range<usize>> =
                spans.into_iter().map(|(at, length)| at % text.len()..(at % text.len() + length).min(text.len())).collect();
            spans.sort_by_key(|span| span.start);
            let mut cursor = Cursor::new(text, 1, 1);
            for span in spans {
                let place = cursor.place(&span);
                let last = naive(text, span.end - 1);
                prop_assert_eq!((place.line, place.column), naive(text, span.start));
                prop_assert_eq!((place.end_line, place.end_column), (last.0, last.1 + 1));
            }
        }
    }
}
