//! Tokens of which some characters, or all, are written as escapes: `%5F`, `\x5f`, `\u005f`, `\u{5f}`, `\137`, `&#95;`.
//!
//! No run of token characters shows such a token. So places are looked for where
//! an escape begins, of which most texts have few, and each that stands for a
//! character of a token is read on both sides as far as the token goes.

use std::ops::Range;

use super::coded::digit;
use super::escape;
use super::locality::Reach;
use super::random;
use super::runs::{SHORTEST, is_token};
use super::view::{Code, View, is_readable};

/// Tells whether a byte begins escapes.
pub(super) const fn is_sign(byte: u8) -> bool {
    matches!(byte, b'%' | b'\\' | b'&')
}

/// Tells of each byte whether it may make an escape of the sign before it.
static MAY_FOLLOW: [bool; 256] = {
    let list = b"0123456789ABCDEFabcdefux/#";
    let mut table = [false; 256];
    let mut at = 0;
    while at < list.len() {
        table[list[at] as usize] = true;
        at += 1;
    }
    table
};

/// A character, and how many bytes it is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unit {
    byte: u8,
    length: usize,
}

/// As many times as an escape may itself be escaped.
const NESTED: usize = 4;
/// As many backslashes, then.
const BACKSLASHES: usize = (1 << NESTED) - 1;

/// Returns where tokens stand of which some characters are escapes, given where those begin, in order.
pub(super) fn stretches(
    text: &[u8],
    mut beginnings: impl Iterator<Item = usize>,
) -> impl Iterator<Item = Range<usize>> {
    let mut floor = 0;
    std::iter::from_fn(move || {
        loop {
            let at = beginnings.find(|at| *at >= floor)?;
            let stretch = around(text, floor, first_backslash(text, at));
            floor = stretch.end.max(at + 1);
            if stretch.len() > SHORTEST {
                return Some(stretch);
            }
        }
    })
}

/// Returns a view of a stretch; `None` when nothing in it looks generated.
pub(super) fn view(text: &[u8], stretch: &Range<usize>, reach: Reach) -> Option<View> {
    if stretch.len() > reach.longest_escaped() {
        return None;
    }
    let mut core = View::new(reach, "");
    undo(text, stretch.clone(), &mut core);
    if core.text.len() < SHORTEST || !random::may_be_likely(&core.text) {
        return None;
    }
    let mut view = View::new(reach, "written with escapes");
    undo(text, stretch.start.saturating_sub(reach.context)..stretch.start, &mut view);
    let start = view.text.len();
    undo(text, stretch.clone(), &mut view);
    view.core = start..view.text.len();
    undo(text, stretch.end..text.len().min(stretch.end + reach.context), &mut view);
    view.whole = Some(stretch.clone());
    Some(view)
}

/// Tells whether the sign at a place begins an escape that stands for a character by which a token could be hidden.
pub(super) fn may_begin(text: &[u8], at: usize) -> bool {
    // Little does, and few signs need be read further.
    text.get(at + 1).is_some_and(|byte| MAY_FOLLOW[usize::from(*byte)])
        && unit(text, at).is_some_and(|unit| is_token(unit.byte) || matches!(unit.byte, b'+' | b'/'))
}

/// Returns the first of the backslashes that end at a place, or the place.
fn first_backslash(text: &[u8], at: usize) -> usize {
    let floor = (at + 1).saturating_sub(BACKSLASHES);
    text[floor..=at].iter().rposition(|byte| *byte != b'\\').map_or(floor, |other| floor + other + 1).min(at)
}

/// Returns the stretch of characters of a token, escaped or not, around the escape at `start`.
fn around(text: &[u8], floor: usize, start: usize) -> Range<usize> {
    let floor = floor.min(start);
    let first = text[floor..start].iter().rposition(|byte| !is_wide(*byte)).map_or(floor, |at| floor + at + 1);
    let first = first + escape::tail(text, first).min(start - first);
    let mut end = start;
    while let Some(unit) = part(text, end).filter(|unit| is_wide(unit.byte)) {
        end += unit.length;
    }
    for _ in 0..2 {
        end += part(text, end).filter(|unit| unit.byte == b'=').map_or(0, |unit| unit.length);
    }
    first..end
}

/// Tells whether a byte stands in tokens and in base64.
fn is_wide(byte: u8) -> bool {
    is_token(byte) || matches!(byte, b'+' | b'/' | b'.')
}

/// Returns the character at a place, escaped or not.
fn part(text: &[u8], at: usize) -> Option<Unit> {
    let byte = *text.get(at)?;
    if is_sign(byte) { unit(text, at) } else { Some(Unit { byte, length: 1 }) }
}

/// Adds a stretch of a text to a view, with its escapes undone.
fn undo(text: &[u8], stretch: Range<usize>, view: &mut View) {
    let text = &text[..stretch.end];
    let mut at = stretch.start;
    while at < stretch.end {
        if let Some(Unit { byte, length }) = unit(text, at) {
            view.push(Code::Escaped(length), at, &[byte]);
            at += length;
            continue;
        }
        let plain = text[at + 1..].iter().position(|byte| is_sign(*byte)).map_or(stretch.end, |plain| at + 1 + plain);
        view.push(Code::Plain, at, &text[at..plain]);
        at = plain;
    }
}

/// Reads the escape at a place, if it stands for a readable character.
fn unit(text: &[u8], at: usize) -> Option<Unit> {
    let rest = &text[at..];
    let (code, length) = match rest.first()? {
        b'%' => percent(rest),
        b'\\' => backslash(rest),
        b'&' => entity(rest),
        _ => None,
    }?;
    let byte = u8::try_from(code).ok().filter(|byte| is_readable(*byte))?;
    Some(Unit { byte, length })
}

/// Reads `%5F`, or `%255F` where that was escaped once more.
fn percent(rest: &[u8]) -> Option<(u32, usize)> {
    let more = rest[1..].chunks_exact(2).take(NESTED).take_while(|pair| *pair == b"25").count() * 2;
    (0..=more).rev().step_by(2).find_map(|skipped| Some((number(rest, 1 + skipped, 2, 16)?, skipped + 3)))
}

/// Reads `\x5f`, `\u005f`, `\u{5f}`, `\137` or `\/`, with more backslashes where that was escaped once more.
fn backslash(rest: &[u8]) -> Option<(u32, usize)> {
    let sign = rest.iter().take(BACKSLASHES).take_while(|byte| **byte == b'\\').count();
    match rest.get(sign)? {
        b'x' => Some((number(rest, sign + 1, 2, 16)?, sign + 3)),
        b'u' if rest.get(sign + 1) == Some(&b'{') => until(rest, sign + 2, 6, 16, b'}'),
        b'u' => Some((number(rest, sign + 1, 4, 16)?, sign + 5)),
        b'/' => Some((u32::from(b'/'), sign + 1)),
        b'0' | b'1' => Some((number(rest, sign, 3, 8)?, sign + 3)),
        _ => None,
    }
}

/// Reads `&#95;` or `&#x5f;`, with `amp;` in between where that was escaped once more.
fn entity(rest: &[u8]) -> Option<(u32, usize)> {
    let more = rest[1..].chunks_exact(4).take(NESTED).take_while(|four| *four == b"amp;").count() * 4;
    let digits = 1 + more + 1;
    (rest.get(digits - 1) == Some(&b'#')).then_some(())?;
    match rest.get(digits)? {
        b'x' | b'X' => until(rest, digits + 1, 6, 16, b';'),
        _ => until(rest, digits, 7, 10, b';'),
    }
}

/// Reads a number of exactly so many digits.
fn number(text: &[u8], at: usize, digits: usize, radix: u32) -> Option<u32> {
    let digits = text.get(at..at + digits)?;
    let value = |byte: &u8| digit(*byte).map(u32::from).filter(|value| *value < radix);
    digits.iter().try_fold(0, |number, byte| Some(number * radix + value(byte)?))
}

/// Reads a number of at most so many digits that a sign ends; returns it, and where that ends.
fn until(text: &[u8], at: usize, most: usize, radix: u32, sign: u8) -> Option<(u32, usize)> {
    let length = text.get(at..)?.iter().take(most + 1).position(|byte| *byte == sign).filter(|length| *length > 0)?;
    Some((number(text, at, length, radix)?, at + length + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::runs;

    /// Returns where escapes begin in a text.
    fn all_beginnings(text: &[u8]) -> impl Iterator<Item = usize> {
        let mut runs = runs::runs(text);
        runs.by_ref().for_each(drop);
        runs.into_escapes().into_iter()
    }

    /// Returns the core of the first view of a text, decoded, and where its last three characters come from.
    fn undone(text: &str) -> Option<(String, String)> {
        let text = text.as_bytes();
        let stretch = stretches(text, all_beginnings(text)).next()?;
        let view = view(text, &stretch, Reach::BYTES)?;
        let end = view.original(&(view.core.end - 3..view.core.end));
        let shown = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Some((shown(&view.text[view.core.clone()]), shown(&text[end])))
    }

    #[test]
    fn each_kind_of_escape_is_undone_and_points_back() {
        for escape in
            ["%5F", "%5f", "%255F", "\\x5f", "\\u005f", "\\\\u005F", "\\u{5f}", "\\137", "&#95;", "&#x5f;", "&amp;#95;"]
        {
            let text = format!("k = abcdefghijklm{escape}012{escape}45 ...");

            let undone = undone(&text);

            assert_eq!(undone, Some(("abcdefghijklm_012_45".to_owned(), format!("{escape}45"))), "{escape}");
        }
    }

    #[test]
    fn what_stands_before_a_token_is_no_part_of_it() {
        for before in ["%3D", "\\x3d", "\\u003d", "&#61;", "="] {
            let text = format!("{before}abcdefghijklm%5F0123");

            assert_eq!(undone(&text).unwrap().0, "abcdefghijklm_0123", "{before}");
        }
    }

    #[test]
    fn other_escapes_hide_no_token() {
        for text in
            ["a%20bcdefghijklmnop1", "\\nabcdefghijklmnop1", "&amp;abcdefghijklmnop1", "\\u00e9abcdefghijklmnop1"]
        {
            assert_eq!(undone(text), None, "{text}");
            assert!(all_beginnings(text.as_bytes()).next().is_none(), "{text}");
        }
    }

    #[test]
    fn escapes_are_found_at_each_place_of_a_chunk() {
        for before in (0..130).chain(2000..2100) {
            let text = [&vec![b' '; before][..], b"abcdefghijklm\\x5f0123"].concat();

            assert_eq!(stretches(&text, all_beginnings(&text)).next(), Some(before..before + 21));
        }
    }
}
