//! What stands on both sides of an operator, or in a call.

use std::ops::Range;

use crate::doctor::code::{Kind, Token, words};

use super::tables::{ABOUT, COMPUTED, NOTHING, SIGNATURE};

/// How many tokens a side may have; a longer one is looked at no further, so that work stays in proportion to the text.
const LONGEST: usize = 120;

/// Returns the tokens of the value that ends right before `end`.
pub(super) fn before(tokens: &[Token<'_>], end: usize) -> Range<usize> {
    let mut start = end;
    while let Some(last) = start.checked_sub(1) {
        let token = &tokens[last];
        let is_closing = token.kind == Kind::Sign && matches!(token.text, ")" | "]");
        if is_closing {
            start = opening(tokens, last);
            // What was called or indexed stands before it.
            let is_owned = start.checked_sub(1).is_some_and(|at| ends_value(&tokens[at]));
            if is_owned {
                continue;
            }
        } else if token.kind == Kind::Sign {
            break;
        } else {
            start = last;
        }
        match start.checked_sub(1).map(|at| &tokens[at]) {
            Some(link) if is_link(link) => start -= 1,
            Some(_) | None => break,
        }
    }
    start..end
}

/// Returns the tokens of the value that begins at `start`.
pub(super) fn behind(tokens: &[Token<'_>], start: usize) -> Range<usize> {
    let mut end = start;
    while tokens.get(end).is_some_and(|token| {
        token.is_word("await") || token.is_sign("!") || token.is_sign("&") || token.is_word("await")
    }) {
        end += 1;
    }
    while let Some(token) = tokens.get(end) {
        let is_opening = token.kind == Kind::Sign && matches!(token.text, "(" | "[");
        if is_opening {
            end = closing(tokens, end) + 1;
        } else if token.kind == Kind::Sign {
            break;
        } else {
            end += 1;
        }
        match tokens.get(end) {
            Some(link) if is_link(link) => end += 1,
            Some(next) if next.is_sign("(") || next.is_sign("[") => {}
            Some(_) | None => break,
        }
    }
    start..end.min(tokens.len())
}

/// Returns the place of the bracket that closes the one at `open`, or where the search ends.
pub(super) fn closing(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    let last = (open + LONGEST).min(tokens.len());
    for (at, token) in tokens.iter().enumerate().take(last).skip(open) {
        match token.text {
            "(" | "[" | "{" if token.kind == Kind::Sign => depth += 1,
            ")" | "]" | "}" if token.kind == Kind::Sign => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    last.saturating_sub(1)
}

/// Returns the place of the bracket that opens the one that `close` closes, or where the search ends.
fn opening(tokens: &[Token<'_>], close: usize) -> usize {
    let mut depth = 0_usize;
    let first = close.saturating_sub(LONGEST);
    for at in (first..=close).rev() {
        match tokens[at].text {
            ")" | "]" | "}" if tokens[at].kind == Kind::Sign => depth += 1,
            "(" | "[" | "{" if tokens[at].kind == Kind::Sign => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    first
}

/// Tells whether a token binds a value to what it belongs to.
fn is_link(token: &Token<'_>) -> bool {
    token.kind == Kind::Sign && matches!(token.text, "." | "?." | "->" | "?->" | "::")
}

/// Tells whether a value may end with a token.
fn ends_value(token: &Token<'_>) -> bool {
    match token.kind {
        Kind::Word => !matches!(token.text, "if" | "return" | "and" | "or" | "not" | "while" | "unless" | "elif"),
        Kind::Str => false,
        Kind::Sign => matches!(token.text, ")" | "]"),
    }
}

/// Returns the words of all names and strings of some tokens.
pub(super) fn words_of(tokens: &[Token<'_>]) -> Vec<String> {
    tokens
        .iter()
        .filter(|token| token.kind != Kind::Sign && token.text.len() <= 80)
        .flat_map(|token| words(token.text))
        .collect()
}

/// Tells whether any word is one of a list.
pub(super) fn has_any(words: &[String], list: &[&str]) -> bool {
    words.iter().any(|word| list.contains(&word.as_str()))
}

/// What a side of a comparison is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// A signature, by its name.
    Signature,
    /// Something that may be one.
    Computed,
    /// A value that is written there: a text, a number, nothing.
    Literal,
    /// Anything else.
    Other,
}

/// Says what a side of a comparison is.
pub(super) fn side(tokens: &[Token<'_>]) -> Side {
    let is_literal = |token: &Token<'_>| match token.kind {
        Kind::Str => true,
        Kind::Word => NOTHING.contains(&token.text) || token.text.starts_with(|first: char| first.is_ascii_digit()),
        Kind::Sign => matches!(token.text, "-" | "(" | ")" | "[" | "]"),
    };
    if tokens.iter().all(is_literal) {
        return Side::Literal;
    }
    // Of `sig.length` the last name counts, and of `len(sig)` the first.
    let names: Vec<&Token<'_>> = tokens.iter().filter(|token| token.kind == Kind::Word).collect();
    let ends = [names.first(), names.last()].into_iter().flatten();
    let is_about =
        ends.into_iter().any(|name| words(name.text).last().is_some_and(|word| ABOUT.contains(&word.as_str())));
    let words = words_of(tokens);
    if is_about {
        Side::Other
    } else if has_any(&words, SIGNATURE) {
        Side::Signature
    } else if has_any(&words, COMPUTED) {
        Side::Computed
    } else {
        Side::Other
    }
}

/// Tells whether two sides are a signature and what it is compared with.
pub(super) fn are_signatures(one: Side, other: Side) -> bool {
    match (one, other) {
        (Side::Literal, _) | (_, Side::Literal) => false,
        (Side::Signature, _) | (_, Side::Signature) | (Side::Computed, Side::Computed) => true,
        (Side::Computed | Side::Other, _) => false,
    }
}
