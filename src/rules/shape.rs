//! The shape of a token: a literal, a regex anchored there, where it ends, and its proof.

use std::ops::Range;

use once_cell::sync::OnceCell;
use regex::bytes::Regex;

use super::alphabet::{Alphabet, Lead};
use super::proof::{Cut, Proof, Proven};
use super::{MAX_MATCH, Miss, boundary, pattern};
use crate::entropy;

/// How a kind of token is recognised around one of its literals.
#[derive(Debug)]
pub struct Shape {
    /// Strings one of which every such token contains (case-sensitive).
    pub literals: &'static [&'static str],
    /// The whole shape, from the start of the token on. Without the group
    /// `secret` all of it is the secret; with it, that part is.
    pub(super) pattern: &'static str,
    /// The token's own characters, of which none may follow it.
    pub(super) alphabet: Alphabet,
    /// What belongs to the token before its literal.
    pub(super) lead: Option<Lead>,
    /// Where the literals are looked for.
    pub place: Place,
    /// Words that may stand right before the token, which would hide its start otherwise.
    pub(super) follows: &'static [&'static str],
    /// What stands right before one that is meant to be seen, such as the id in a URL that somebody signed.
    pub(super) public_behind: &'static [&'static str],
    /// What is checked beyond the shape.
    pub(super) proof: Proof,
    /// The least entropy of what follows the literal, in bits a byte.
    pub(super) floor: f64,
    /// The pattern, compiled when it is first tried.
    pub(super) compiled: OnceCell<Regex>,
}

/// Where the literals of a shape are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In runs of token characters, or in the whole text if they hold other ones.
    Usual,
    /// Right before a run of token characters, at whose edge they end.
    BeforeRun,
    /// In the whole text, as the base64 behind them may have no run.
    Anywhere,
}

/// A token that has a shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeMatch {
    /// The bytes of the secret in the text, half-open.
    pub span: Range<usize>,
    /// What its proof says.
    pub proof: Proven,
}

impl Shape {
    /// Tries the shape with one of its literals at `text[at..]`.
    ///
    /// The answer depends on nothing but the [`MAX_MATCH`] bytes from `at` on
    /// and the [`MAX_BEHIND`](super::MAX_BEHIND) bytes before it.
    #[must_use]
    pub fn matches_at(&self, text: &[u8], at: usize) -> Option<ShapeMatch> {
        self.try_at(text, at).ok()
    }

    /// Tries the shape in the same way, and says why it does not fit.
    pub fn try_at(&self, text: &[u8], at: usize) -> Result<ShapeMatch, Miss> {
        let literal = self.literals.iter().find(|literal| text[at..].starts_with(literal.as_bytes()));
        let literal = literal.ok_or(Miss::Pattern)?;
        let start = self.lead.map_or(Some(at), |lead| lead.start(text, at)).ok_or(Miss::Pattern)?;
        let begins = !text[start].is_ascii_alphanumeric() || boundary::begins_token(text, start);
        if !begins && !self.follows_word(&text[..start]) {
            return Err(Miss::Begins);
        }
        let limit = text.len().min(start + MAX_MATCH);
        let (span, end) = self.fit(&text[..limit], start)?;
        let cut = if end == limit && limit < text.len() { Cut::Short } else { Cut::Whole };
        let proof = self.judge(&text[span.clone()], literal.as_bytes(), cut)?;
        let proof = if ends_with_any(&text[..start], self.public_behind) { PUBLIC } else { proof };
        Ok(ShapeMatch { span, proof })
    }

    /// Says whether the secret is known by its place alone, so that whoever knows its form knows better.
    #[must_use]
    pub fn is_anybodys(&self) -> bool {
        self.proof == Proof::Password
    }

    /// Says whether a text ends with one of the words that may stand right before the token.
    fn follows_word(&self, before: &[u8]) -> bool {
        ends_with_any(before, self.follows)
    }

    /// Fits the pattern at `start`; returns the secret's span and the end of the whole match.
    fn fit(&self, text: &[u8], start: usize) -> Result<(Range<usize>, usize), Miss> {
        let found = self.regex().captures(&text[start..]).ok_or(Miss::Pattern)?;
        let whole = found.get(0).ok_or(Miss::Pattern)?;
        let end = start + whole.end();
        if text.get(end).is_some_and(|byte| self.alphabet.contains(*byte)) {
            return Err(Miss::Ends);
        }
        let secret = found.name("secret").unwrap_or(whole);
        Ok((start + secret.start()..start + secret.end(), end))
    }

    /// Judges a token that fits; it may be none after all.
    fn judge(&self, token: &[u8], literal: &[u8], cut: Cut) -> Result<Proven, Miss> {
        let body = token.strip_prefix(literal).unwrap_or(token);
        let bits = entropy::bits_per_byte(body);
        if bits < self.floor {
            return Err(Miss::Entropy { bits, least: self.floor });
        }
        self.proof.judge_whole(token, body, cut).ok_or(Miss::Proof)
    }

    /// Returns the compiled pattern.
    fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| pattern::compile(self.pattern).expect("build.rs compiled the same pattern"))
    }
}

/// What is said of one that is meant to be seen.
const PUBLIC: Proven = Proven::Fails("it stands where it is meant to be seen");

/// Says whether a text ends with one of some words.
fn ends_with_any(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| text.ends_with(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shape of our own: `tok_` and eight letters or digits.
    fn shape() -> Shape {
        Shape {
            literals: &["tok_"],
            pattern: "tok_[0-9A-Za-z]{8}",
            alphabet: Alphabet::Alnum,
            lead: None,
            place: Place::Usual,
            follows: &[],
            public_behind: &["seen="],
            proof: Proof::None,
            floor: 0.0,
            compiled: OnceCell::new(),
        }
    }

    fn span(shape: &Shape, text: &str, at: usize) -> Option<Range<usize>> {
        shape.matches_at(text.as_bytes(), at).map(|found| found.span)
    }

    #[test]
    fn a_token_is_found_where_its_literal_is() {
        assert_eq!(span(&shape(), "a = tok_k3Jx9Qw2;", 4), Some(4..16));
        assert_eq!(span(&shape(), "a = tok_k3Jx9Qw2;", 3), None);
    }

    #[test]
    fn a_longer_run_is_not_a_token() {
        assert_eq!(span(&shape(), "tok_k3Jx9Qw2Z", 0), None);
        assert_eq!(span(&shape(), "atok_k3Jx9Qw2", 1), None);
    }

    #[test]
    fn a_token_after_an_escaped_newline_is_found() {
        assert_eq!(span(&shape(), r#""\ntok_k3Jx9Qw2""#, 3), Some(3..15));
    }

    #[test]
    fn a_token_before_an_escape_is_found() {
        assert_eq!(span(&shape(), r"tok_k3Jx9Qw2\n", 0), Some(0..12));
        assert_eq!(span(&shape(), "tok_k3Jx9Qw2%22", 0), Some(0..12));
    }

    #[test]
    fn the_group_secret_is_the_secret() {
        let shape = Shape { pattern: "tok_(?P<secret>[0-9A-Za-z]{8})", ..shape() };

        assert_eq!(span(&shape, "tok_k3Jx9Qw2", 0), Some(4..12));
    }

    #[test]
    fn what_stands_before_the_literal_can_belong_to_the_token() {
        let lead = Some(Lead { alphabet: Alphabet::Digits, least: 2, most: 3 });
        let shape = Shape { pattern: "[0-9]{2,3}tok_[0-9A-Za-z]{8}", lead, ..shape() };

        assert_eq!(span(&shape, "=123tok_k3Jx9Qw2", 4), Some(1..16));
        assert_eq!(span(&shape, "=1tok_k3Jx9Qw2", 2), None);
        assert_eq!(span(&shape, "=1234tok_k3Jx9Qw2", 5), None);
    }

    #[test]
    fn a_word_of_the_row_may_stand_right_before_the_token() {
        let shape = Shape { follows: &["bot"], ..shape() };

        assert_eq!(span(&shape, "/bottok_k3Jx9Qw2", 4), Some(4..16));
        assert_eq!(span(&shape, "/cattok_k3Jx9Qw2", 4), None);
    }

    #[test]
    fn a_token_that_is_meant_to_be_seen_fails() {
        let proof = |text: &str| shape().matches_at(text.as_bytes(), 5).map(|found| found.proof);

        assert_eq!(proof("seen=tok_k3Jx9Qw2"), Some(PUBLIC));
        assert_eq!(proof("kept=tok_k3Jx9Qw2"), Some(Proven::Unproven));
    }

    #[test]
    fn a_token_with_too_little_entropy_is_none() {
        let shape = Shape { floor: 2.9, ..shape() };

        assert_eq!(span(&shape, "tok_k3Jx9Qw2", 0), Some(0..12));
        assert_eq!(span(&shape, "tok_k3k3k3Qw", 0), None);
    }

    #[test]
    fn a_token_that_looks_made_up_fails() {
        let found = shape().matches_at(b"tok_xxxxxxxx", 0).expect("a match");

        assert_eq!(found.proof, Proven::Fails("it looks made up"));
    }

    #[test]
    fn a_token_longer_than_the_window_is_cut_there() {
        let shape = Shape { pattern: "tok_[0-9A-Za-z]{8,}", ..shape() };
        let text = format!("tok_{}", "k3Jx9Qw2".repeat(200));

        assert_eq!(span(&shape, &text, 0), Some(0..MAX_MATCH));
    }
}
