//! What joins the pieces of a string: an operator between literals, a continued line, a list made one.

use std::ops::Range;

use super::runs::is_token;

/// The most bytes between two joined pieces: quotes, an operator, a line break, indentation.
const JOINT: usize = 80;

/// Returns the piece that is joined to the one that ends at `end`.
pub(super) fn piece_after(text: &[u8], end: usize, joint: Joint) -> Option<Range<usize>> {
    let rest = &text[end..text.len().min(end + JOINT)];
    let start = end + joint.measure(rest)?;
    let length = text[start..].iter().position(|byte| !is_token(*byte)).unwrap_or(text.len() - start);
    // Words of a sentence are no piece of a token: a literal ends with its piece.
    let closes = match text[start - 1] {
        quote @ (b'"' | b'\'' | b'`') => text.get(start + length) == Some(&quote),
        _ => true,
    };
    (length > 0 && closes).then(|| start..start + length)
}

/// Returns the piece to which the one that begins at `start` is joined.
pub(super) fn piece_before(text: &[u8], start: usize, joint: Joint) -> Option<Range<usize>> {
    let floor = start.saturating_sub(JOINT);
    if !joint.may_end(&text[floor..start]) {
        return None;
    }
    // A joint is short; try each place where a piece could end before it.
    let is_end = |at: usize| is_token(text[at - 1]) && !is_token(text[at]);
    let end =
        (floor + 1..start).rev().find(|at| is_end(*at) && joint.measure(&text[*at..start]) == Some(start - at))?;
    let from = text[..end].iter().rposition(|byte| !is_token(*byte)).map_or(0, |at| at + 1);
    let piece = from + super::escape::tail(text, from)..end;
    (!piece.is_empty()).then_some(piece)
}

/// What joins two pieces.
#[derive(Debug, Clone, Copy)]
pub(super) enum Joint {
    /// A sign between two literals, or a continued line.
    Sign,
    /// The comma between two elements of a list, and the quotes around it.
    Comma,
}

impl Joint {
    /// Measures a joint at the beginning of a text, if there is one.
    fn measure(self, text: &[u8]) -> Option<usize> {
        match self {
            Self::Sign => sign(text),
            Self::Comma => comma(text),
        }
    }

    /// Tells whether a text may end with a joint; `false` is certain, and quick beside most values.
    fn may_end(self, text: &[u8]) -> bool {
        let Some((&last, rest)) = text.split_last() else { return false };
        let rest = rest.trim_ascii_end();
        match (self, last) {
            (Self::Sign, b'"' | b'\'' | b'`') => memchr::memrchr(last, rest).is_some_and(|quote| {
                let between = rest[quote + 1..].trim_ascii_start();
                operator(between) == between.len()
            }),
            (Self::Sign, _) => last.is_ascii_whitespace() && matches!(rest.last(), Some(b'\\' | b'^' | b'`')),
            (Self::Comma, b'"' | b'\'') => {
                rest.strip_suffix(b",").is_some_and(|rest| rest.trim_ascii_end().last() == Some(&last))
            }
            (Self::Comma, _) => false,
        }
    }
}

/// Measures a sign that joins two literals, or a continued line.
fn sign(text: &[u8]) -> Option<usize> {
    let (&first, rest) = text.split_first()?;
    match first {
        b'\\' | b'^' | b'`' if rest.first().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) => Some(1 + blanks(rest)),
        b'"' | b'\'' | b'`' => {
            let gap = blanks(rest);
            let sign = operator(&rest[gap..]);
            let gap = gap + sign + blanks(&rest[gap + sign..]);
            (gap > 0 && rest.get(gap) == Some(&first)).then_some(1 + gap + 1)
        }
        _ => None,
    }
}

/// Measures the comma between two elements of a list, and the quotes around it.
fn comma(text: &[u8]) -> Option<usize> {
    let (&quote, rest) = text.split_first()?;
    let after = rest.trim_ascii_start().strip_prefix(b",")?.trim_ascii_start();
    let is_comma = matches!(quote, b'"' | b'\'') && after.first() == Some(&quote);
    is_comma.then_some(text.len() - after.len() + 1)
}

/// Tells whether a list of literals is made one: `concat!("…", "…")`, `["…", "…"].join("")`.
pub(super) fn is_concatenated(text: &[u8], pieces: &Range<usize>) -> bool {
    const CALLS: [&[u8]; 6] = [b"join(", b"concat!(", b"concat(", b"CONCAT(", b"paste0(", b"strcat("];
    const JOINED: [&[u8]; 2] = [b"].join(", b").join("];
    let before = trim_end(&text[pieces.start.saturating_sub(JOINT)..pieces.start]);
    let before = before.strip_suffix(b"[").unwrap_or(before);
    let after = text[pieces.end..text.len().min(pieces.end + JOINT)].get(1..).unwrap_or_default();
    let comma = after.trim_ascii_start();
    let after = comma.strip_prefix(b",").unwrap_or(comma).trim_ascii_start();
    CALLS.iter().any(|call| before.ends_with(call)) || JOINED.iter().any(|call| after.starts_with(call))
}

/// Takes blanks and an opening quote off the end of a text.
fn trim_end(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\"").or_else(|| text.strip_suffix(b"'")).unwrap_or(text);
    text.trim_ascii_end()
}

fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Returns the length of a sign that concatenates strings in some language; 0 for none, as in C and Python.
fn operator(text: &[u8]) -> usize {
    const SIGNS: [&[u8]; 14] =
        [b"+", b"...", b"..", b".", b"&", b"<>", b"++", b"||", b"\\", b"*", b"^", b"<<", b".concat(", b").append("];
    // How Visual Basic and PowerShell go on in the next line.
    if text.starts_with(b"& _") || text.starts_with(b"+ `") {
        return 3;
    }
    SIGNS.iter().filter(|sign| text.starts_with(sign)).map(|sign| sign.len()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_cannot_end_with_a_joint_ends_with_none(
            before in "[a\"'`,+ ]{0,4}",
            sign in "[\"'`] {0,2}(,|\\+|\\.|\\.\\.\\.|& _|\\+ `|\\.concat\\(|\\)\\.append\\(|\\\\|<<|\\|\\||:|=)?[ \n]{0,2}[\"'`]|[\\\\^`]\r?\n {0,3}|.{0,3}",
        ) {
            let text = [before, sign].concat().into_bytes();
            for joint in [Joint::Sign, Joint::Comma] {
                let ends = (0..text.len()).any(|at| joint.measure(&text[at..]) == Some(text.len() - at));
                prop_assert!(joint.may_end(&text) || !ends);
            }
        }
    }

    #[test]
    fn a_list_is_one_string_only_where_it_is_joined() {
        let is_one = |text: &str| {
            let pieces = text.find("abc").unwrap()..text.find("def").unwrap() + 3;
            is_concatenated(text.as_bytes(), &pieces)
        };

        for text in
            ["concat!(\"abc\", \"def\")", "''.join(['abc', 'def'])", "['abc', 'def'].join('')", "paste0('abc', 'def')"]
        {
            assert!(is_one(text), "{text}");
        }
        assert!(!is_one("['abc', 'def']"));
        assert!(!is_one("f('abc', 'def')"));
    }

    #[test]
    fn a_sentence_behind_a_literal_is_no_piece_of_it() {
        assert_eq!(piece_after(b"abc\" \"def\"", 3, Joint::Sign), Some(6..9));
        assert_eq!(piece_after(b"abc\" \"def ghi\"", 3, Joint::Sign), None);
    }
}
