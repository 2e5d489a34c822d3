//! A text that changes, and its lines and columns as editors count them.

use std::ops::Range;

/// What columns count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Units {
    /// Bytes.
    Utf8,
    /// Units of UTF-16, of which a character beyond the first 65,536 takes two.
    Utf16,
}

/// A place in a text, counted from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column, in the units that were agreed on.
    pub column: u32,
}

/// A text, and where its lines begin.
///
/// A line ends with `\n`, `\r\n` or `\r`.
#[derive(Debug, Clone)]
pub struct Text {
    text: String,
    starts: Vec<usize>,
}

impl Text {
    /// Takes a text.
    #[must_use]
    pub fn new(text: String) -> Self {
        let starts = std::iter::once(0).chain(starts(&text, 0..text.len())).collect();
        Self { text, starts }
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns where a byte is; inside of a character, where that begins.
    #[must_use]
    pub fn position(&self, offset: usize, units: Units) -> Position {
        let offset = floor(&self.text, offset);
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let before = &self.text[self.starts[line]..offset];
        Position { line: number(line), column: number(units.count(before)) }
    }

    /// Returns the byte at a place; beyond the end of a line its end, beyond the last line the end of all.
    #[must_use]
    pub fn offset(&self, position: Position, units: Units) -> usize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        let Some(content) = self.content(line) else { return self.text.len() };
        let column = usize::try_from(position.column).unwrap_or(usize::MAX);
        content.start + units.bytes(&self.text[content], column)
    }

    /// Replaces what stands between two places.
    pub fn replace(&mut self, range: Range<Position>, units: Units, new: &str) {
        let start = self.offset(range.start, units);
        let end = self.offset(range.end, units).max(start);
        self.text.replace_range(start..end, new);
        self.move_starts(start..end, start + new.len());
    }

    /// Finds out where lines begin after what stood at `old` was replaced by what ends at `end`.
    ///
    /// Only the lines around it are read: a text may be large, and somebody types in it.
    fn move_starts(&mut self, old: Range<usize>, end: usize) {
        // The line before it may change, too: a `\n` behind its `\r` belongs to it.
        let first = self.starts.partition_point(|start| *start <= old.start).saturating_sub(2);
        let last = self.starts.partition_point(|start| *start <= old.end);
        let from = self.starts[first];
        self.starts[last..].iter_mut().for_each(|start| *start = *start - old.end + end);
        self.starts.splice(first + 1..last, starts(&self.text, from..end));
    }

    /// Returns the bytes of a line without its end; `None` if there are fewer lines.
    fn content(&self, line: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(line)?;
        let next = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        Some(start..start + self.text[start..next].trim_end_matches(['\r', '\n']).len())
    }
}

impl Units {
    /// Counts the units of a text.
    fn count(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
        }
    }

    /// Returns how many bytes the first units of a text take; inside of a character, without it.
    fn bytes(self, text: &str, units: usize) -> usize {
        match self {
            Self::Utf8 => floor(text, units),
            Self::Utf16 => {
                let mut left = units;
                let fits = |character: &char| {
                    let rest = left.checked_sub(character.len_utf16());
                    left = rest.unwrap_or(0);
                    rest.is_some()
                };
                text.chars().take_while(fits).map(char::len_utf8).sum()
            }
        }
    }
}

/// Returns where lines begin because of the line ends in a stretch of a text.
fn starts(text: &str, stretch: Range<usize>) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let ends_line = |at: &usize| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n');
    let ends = memchr::memchr2_iter(b'\n', b'\r', &bytes[stretch.clone()]).map(move |at| stretch.start + at);
    ends.filter(ends_line).map(|at| at + 1)
}

/// Returns the last place up to `offset` at which a character begins, or the end.
fn floor(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    (0..=offset).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Returns a count as the protocol has it.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(line: u32, column: u32) -> Position {
        Position { line, column }
    }

    #[test]
    fn columns_count_bytes_or_units_of_utf16() {
        let text = Text::new("é🔑k".to_owned());

        assert_eq!(text.position(6, Units::Utf8), at(0, 6));
        assert_eq!(text.position(6, Units::Utf16), at(0, 3));
        assert_eq!(text.offset(at(0, 3), Units::Utf16), 6);
        // Inside of the second character, its begin counts.
        assert_eq!(text.offset(at(0, 2), Units::Utf16), 2);
        assert_eq!(text.offset(at(0, 4), Units::Utf8), 2);
        assert_eq!(text.position(4, Units::Utf16), at(0, 1));
    }

    #[test]
    fn each_kind_of_line_end_ends_a_line() {
        let text = Text::new("a\nb\r\nc\rd".to_owned());

        let places: Vec<Position> = [0, 2, 5, 7].into_iter().map(|offset| text.position(offset, Units::Utf8)).collect();

        assert_eq!(places, [at(0, 0), at(1, 0), at(2, 0), at(3, 0)]);
    }

    #[test]
    fn places_beyond_an_end_are_the_end() {
        let text = Text::new("ab\r\nc".to_owned());

        assert_eq!(text.offset(at(0, 99), Units::Utf16), 2);
        assert_eq!(text.offset(at(9, 0), Units::Utf16), 5);
    }

    #[test]
    fn a_stretch_that_ends_before_it_begins_is_empty() {
        let mut text = Text::new("abc".to_owned());

        text.replace(at(0, 2)..at(0, 1), Units::Utf8, "x");

        assert_eq!(text.as_str(), "abxc");
    }

    proptest! {
        #[test]
        fn lines_are_known_after_any_change(
            text in "[aé\r\n]{0,12}", changes in prop::collection::vec((0..14_u32, 0..14_u32, "[b\r\n]{0,4}"), 1..5),
        ) {
            let mut known = Text::new(text);
            for (from, to, new) in changes {
                let place = |offset: u32| known.position(offset as usize, Units::Utf8);
                let range = place(from.min(to))..place(from.max(to));
                known.replace(range, Units::Utf8, &new);
                prop_assert_eq!(&known.starts, &Text::new(known.text.clone()).starts);
            }
        }

        #[test]
        fn a_place_leads_back_to_its_byte(text in "[aé🔑\n]{0,40}") {
            let known = Text::new(text.clone());
            for (offset, _) in text.char_indices() {
                for units in [Units::Utf8, Units::Utf16] {
                    prop_assert_eq!(known.offset(known.position(offset, units), units), offset);
                }
            }
        }
    }
}
