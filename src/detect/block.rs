//! Base64 of any length, also over several lines: what other code takes for one value is at most as long as a match.
//!
//! Whoever sees a piece of it cannot tell with which character it begins, and so
//! with which a group of four. Each of the four ways is tried, and one of them
//! shows readable text; so a window shows what the whole text does.

use std::borrow::Cow;
use std::ops::Range;

use smallvec::{SmallVec, smallvec};

use super::coded::is_text;
use super::locality::Reach;
use super::view::{Code, View};

/// The digits of base64, and of its kind for URLs.
#[derive(Debug)]
pub(super) struct Sixes;

impl Sixes {
    const LIST: &'static [u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/-_";

    fn has(byte: u8) -> bool {
        HAS[usize::from(byte)]
    }
}

/// Tells of each byte whether it is one of them: asked of every byte beside a run.
static HAS: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < Sixes::LIST.len() {
        table[Sixes::LIST[at] as usize] = true;
        at += 1;
    }
    table
};

/// The fewest digits on a line at which it is looked at.
const LEAST: usize = 32;
/// How long a line is that goes on in the next: programs break them at 60, 64, 70, 72 or 76.
const LINE: std::ops::RangeInclusive<usize> = 56..=80;
/// As many bytes as a line end and the blanks behind it have.
const LONGEST_BREAK: usize = 12;
/// As many bytes of readable text as are scanned.
const LEAST_TEXT: usize = 24;
/// As many whole groups as those fill at least.
const LEAST_GROUPS: usize = LEAST_TEXT / 3 - 1;

/// How many bytes there are for each that a detector sees: four for three, line ends, and the lines by which those are told.
const WIDTH: usize = 3;

/// Tells whether the line around a run of token characters has so many digits that base64 may stand there.
pub(super) fn is_around(text: &[u8], run: &Range<usize>) -> bool {
    let before = text[..run.start].iter().rev().take(LEAST).take_while(|byte| Sixes::has(**byte)).count();
    let behind = beginning(&text[run.end..]);
    before + run.len() + behind >= LEAST
}

/// Counts the digits with which a text begins, as far as [`is_around`] looks for them.
pub(super) fn beginning(text: &[u8]) -> usize {
    text.iter().take(LEAST).take_while(|byte| Sixes::has(**byte)).count()
}

/// Tells whether a text begins with so many digits that the line before may go on in it.
pub(super) fn goes_on(text: &[u8]) -> bool {
    beginning(text) == LEAST
}

/// Returns a view of each readable text that is written in base64, given where runs begin around which it may stand, in order.
pub(super) fn views<'a>(
    text: &'a [u8],
    beginnings: impl Iterator<Item = usize> + 'a,
    reach: Reach,
) -> impl Iterator<Item = View> + 'a {
    blocks(text, beginnings).flat_map(move |block| {
        let of_phase = |phase| block.views(phase, reach);
        (0..4).flat_map(of_phase).collect::<Vec<_>>()
    })
}

/// Returns every line of at least so many digits in which one of some runs begins.
fn lines(text: &[u8], beginnings: impl Iterator<Item = usize>) -> impl Iterator<Item = Range<usize>> {
    let mut floor = 0;
    beginnings.filter_map(move |run| {
        if run < floor {
            return None;
        }
        let start = text[floor..run].iter().rposition(|byte| !Sixes::has(*byte)).map_or(floor, |at| floor + at + 1);
        let end = text[run..].iter().position(|byte| !Sixes::has(*byte)).map_or(text.len(), |at| run + at);
        floor = end;
        (end - start >= LEAST).then_some(start..end)
    })
}

/// Returns the blocks that lines are joined to.
fn blocks<'a>(text: &'a [u8], beginnings: impl Iterator<Item = usize> + 'a) -> impl Iterator<Item = Block<'a>> {
    let mut lines = lines(text, beginnings);
    let mut floor = 0;
    std::iter::from_fn(move || {
        let first = lines.find(|line| line.start >= floor)?;
        let block = Block::from(text, first);
        floor = block.end;
        Some(block)
    })
}

/// Digits of base64 that belong together.
#[derive(Debug)]
struct Block<'a> {
    /// The digits alone.
    digits: Cow<'a, [u8]>,
    /// The number of the first digit of each line, and its place.
    lines: SmallVec<[(usize, usize); 1]>,
    /// Where the last line ends.
    end: usize,
}

impl<'a> Block<'a> {
    /// Follows a line to the last that belongs to it.
    fn from(text: &'a [u8], first: Range<usize>) -> Self {
        let mut block =
            Self { digits: Cow::Borrowed(&text[first.clone()]), lines: smallvec![(0, first.start)], end: first.end };
        let mut line = first;
        while let Some(next) = line_after(text, &line) {
            block.lines.push((block.digits.len(), next.start));
            block.digits.to_mut().extend_from_slice(&text[next.clone()]);
            block.end = next.end;
            line = next;
        }
        block
    }

    /// Returns the place of a digit.
    fn place(&self, digit: usize) -> usize {
        let (first, place) = self.lines[self.lines.partition_point(|(first, _)| *first <= digit) - 1];
        place + digit - first
    }

    /// Returns how many whole groups stand on a line from a digit on.
    fn groups_from(&self, digit: usize) -> usize {
        let next = self.lines.get(self.lines.partition_point(|(first, _)| *first <= digit));
        (next.map_or(self.digits.len(), |(first, _)| *first) - digit) / 4
    }

    /// Returns a view of each readable text, when groups begin with the digit of number `phase`.
    fn views(&self, phase: usize, reach: Reach) -> Vec<View> {
        let digits = &self.digits[phase.min(self.digits.len())..];
        let mut views = Vec::new();
        for groups in hopeful(digits) {
            let bytes = decode(&digits[groups.start * 4..digits.len().min(groups.end * 4)]);
            for text in readable(&bytes) {
                views.push(self.view(phase, groups.start * 3 + text.start, &bytes[text], reach));
            }
        }
        views
    }

    /// Returns a view of bytes of which the first has the number `first`.
    fn view(&self, phase: usize, first: usize, bytes: &[u8], reach: Reach) -> View {
        let mut view = View::new(reach.shared_by(WIDTH), "written in base64");
        let mut at = 0;
        while at < bytes.len() {
            let digit = phase + (first + at) / 3 * 4 + (first + at) % 3;
            let is_first = (first + at).is_multiple_of(3);
            let groups = if is_first { self.groups_from(digit).min((bytes.len() - at) / 3) } else { 0 };
            let from = self.place(digit);
            let (code, length) = match groups {
                0 => (Code::Escaped(self.place(digit + 1) + 1 - from), 1),
                _ => (Code::Base64, groups * 3),
            };
            view.push(code, from, &bytes[at..at + length]);
            at += length;
        }
        view.core = 0..view.text.len();
        view
    }
}

/// Returns the line that continues a line of base64, if one does: no longer than it, with nothing behind it.
fn line_after(text: &[u8], line: &Range<usize>) -> Option<Range<usize>> {
    if !LINE.contains(&line.len()) {
        return None;
    }
    let start = line.end + line_break(&text[line.end..])?;
    let length = text[start..].iter().take(line.len() + 1).take_while(|byte| Sixes::has(**byte)).count();
    let rest = text[start + length..].iter().take(3).skip_while(|byte| **byte == b'=');
    let is_end = rest.clone().next().is_none_or(|byte| matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'\\' | b'<'));
    ((1..=line.len()).contains(&length) && is_end).then_some(start..start + length)
}

/// Measures a line end, as it is or as `\n`, and the blanks behind it.
fn line_break(text: &[u8]) -> Option<usize> {
    const ENDS: [&[u8]; 4] = [b"\n", b"\r\n", b"\\n", b"\\r\\n"];
    let end = ENDS.iter().find(|end| text.starts_with(end))?.len();
    let blanks = text[end..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).take(LONGEST_BREAK).count();
    (end + blanks <= LONGEST_BREAK).then_some(end + blanks)
}

/// Returns the groups that may be readable, of which enough follow each other: the first digit alone shows most that are not.
///
/// A group more stands on either side, of which some bytes may be readable.
fn hopeful(digits: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let count = digits.len().div_ceil(4);
    let is_hopeful = |group: &usize| MAY_LEAD[usize::from(digits[group * 4])];
    let mut next = 0;
    std::iter::from_fn(move || {
        while next + LEAST_GROUPS <= count {
            let start = next;
            // Backwards, as one that is not rules out all before it.
            if let Some(other) = (start..start + LEAST_GROUPS).rev().find(|group| !is_hopeful(group)) {
                next = other + 1;
                continue;
            }
            let end = (start + LEAST_GROUPS..count).find(|group| !is_hopeful(group)).unwrap_or(count);
            next = end + 1;
            return Some(start.saturating_sub(1)..count.min(end + 1));
        }
        None
    })
}

/// For each digit, whether it may be the first of a group that stands for readable text.
static MAY_LEAD: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < Sixes::LIST.len() {
        let digit = Sixes::LIST[at];
        let first = value(digit) << 2;
        table[digit as usize] = is_text(first) || is_text(first | 1) || is_text(first | 2) || is_text(first | 3);
        at += 1;
    }
    table
};

/// Returns the value of a digit.
const fn value(digit: u8) -> u8 {
    match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        _ => 63,
    }
}

/// Decodes groups of digits, of which the last may be cut short.
fn decode(digits: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 3);
    for group in digits.chunks(4) {
        let bits = (0..4).fold(0_u32, |bits, at| bits << 6 | group.get(at).map_or(0, |digit| u32::from(value(*digit))));
        let [_, all @ ..] = bits.to_be_bytes();
        bytes.extend_from_slice(&all[..group.len() - 1]);
    }
    bytes
}

/// Returns the stretches of readable text that are long enough.
fn readable(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let start = at;
            let length = bytes[start..].iter().take_while(|byte| is_text(**byte)).count();
            at = start + length + 1;
            if length >= LEAST_TEXT {
                return Some(start..start + length);
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::runs;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn looking_backwards_finds_the_groups_that_looking_at_each_finds(digits in "([I-Zabc]{20,40}|[a-zA-Z0-9+/]{1,9}){0,6}") {
            let count = digits.len().div_ceil(4);
            let shown: String = digits.bytes().step_by(4).map(|digit| if MAY_LEAD[usize::from(digit)] { 'y' } else { 'n' }).collect();
            let mut expected = Vec::new();
            let mut at = 0;
            for part in shown.split('n') {
                if part.len() >= LEAST_GROUPS {
                    expected.push(at.max(1) - 1..count.min(at + part.len() + 1));
                }
                at += part.len() + 1;
            }

            prop_assert_eq!(hopeful(digits.as_bytes()).collect::<Vec<_>>(), expected);
        }
    }

    const TEXT: &str = "readable text that is long enough to fill more than one line of base64, said twice: \
                        readable text that is long enough to fill more than one line of base64";

    /// Returns every view of a text.
    fn all_views(text: &[u8]) -> impl Iterator<Item = View> {
        views(text, runs::runs(text).map(|run| run.start), Reach::BYTES)
    }

    /// Breaks a text into lines.
    fn wrap(text: &str, width: usize, end: &str) -> String {
        let lines: Vec<_> = text.as_bytes().chunks(width).map(String::from_utf8_lossy).collect();
        lines.join(end)
    }

    #[test]
    fn base64_over_lines_is_read_as_one_and_points_back() {
        let encoded = STANDARD.encode(TEXT);
        for (width, end) in [(60, "\n"), (64, "\r\n"), (70, "\n    "), (76, "\\n"), (62, "\n")] {
            let text = format!("cert: |\n  {}\nnext: 1\n", wrap(&encoded, width, end));

            let views: Vec<View> = all_views(text.as_bytes()).collect();

            let view = views.iter().find(|view| view.text == TEXT.as_bytes()).expect("it is read");
            let whole = view.original(&view.core);
            assert_eq!(text[whole.clone()].replace(end, ""), encoded.trim_end_matches('='), "{width} {end:?}");
            let word = view.original(&(9..13));
            assert_eq!(word, whole.start + 12..whole.start + 18);
        }
    }

    #[test]
    fn a_stretch_is_read_whatever_digit_it_begins_with() {
        let encoded = STANDARD.encode(TEXT);
        for cut in 0..8 {
            let read: Vec<View> = all_views(&encoded.as_bytes()[cut..]).collect();

            assert!(read.iter().any(|view| TEXT.as_bytes().ends_with(&view.text)), "{cut}");
        }
    }

    #[test]
    fn the_name_of_the_next_value_is_no_line_of_this_one() {
        let encoded = STANDARD.encode(&TEXT[..48]);
        let text = format!("  one: {encoded}\n  data: {encoded}\n");

        let block = blocks(text.as_bytes(), [7].into_iter()).next().unwrap();

        assert_eq!(block.digits.as_ref(), encoded.as_bytes());
    }

    #[test]
    fn other_bytes_hide_nothing() {
        let bytes: Vec<u8> = (1..600_u32).flat_map(|number| number.wrapping_mul(0x9e37_79b1).to_be_bytes()).collect();

        assert_eq!(all_views(STANDARD.encode(bytes).as_bytes()).count(), 0);
        assert_eq!(all_views(b"org/example/project/another/folder/with/SomeClassName/and/more").count(), 0);
    }
}
