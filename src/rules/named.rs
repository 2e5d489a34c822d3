//! Secrets that only their names tell apart: forty hexadecimal digits are anybody's, but not under `HONEYBADGER_TOKEN`.

use once_cell::sync::OnceCell;
use regex::bytes::Regex;

use super::proof::{Cut, Proof, Proven};
use super::{pattern, placeholder};

/// The shortest word that counts at the beginning of a longer one; `dd` counts as a whole word only.
const LONG: usize = 5;

/// How a kind of secret is recognised by what it is called.
#[derive(Debug)]
pub struct Named {
    /// Words of which one is in its name: the issuer's, in lower case and without separators.
    pub words: &'static [&'static str],
    /// The whole value's shape.
    pub(super) value: &'static str,
    /// What is checked beyond the shape.
    pub(super) proof: Proof,
    /// The shape, compiled when it is first tried.
    pub(super) compiled: OnceCell<Regex>,
}

/// The names of a value, ready to be compared with words.
#[derive(Debug, Default)]
pub struct Spelling {
    /// The words of each name in lower case, without what separates them, each name behind a dot.
    joined: Vec<u8>,
    /// Where words begin in it, and where the last of a name ends.
    edges: Vec<usize>,
    /// How words begin: a bit for the low bits of each first byte.
    beginnings: u64,
}

impl Spelling {
    /// Adds a name that was split into words.
    pub fn add<'a>(&mut self, words: impl Iterator<Item = &'a [u8]>) {
        self.joined.push(b'.');
        for word in words {
            self.edges.push(self.joined.len());
            self.joined.extend(word.iter().map(u8::to_ascii_lowercase));
            self.beginnings |= word.first().map_or(0, |first| bit(first.to_ascii_lowercase()));
        }
        self.edges.push(self.joined.len());
    }

    /// Says whether a word is in one of the names: from the beginning of one of its words on, and to an end if it is short.
    fn has(&self, word: &str) -> bool {
        let is_edge = |at: usize| self.edges.binary_search(&at).is_ok();
        let is_whole = |at: usize| is_edge(at + word.len()) && !(at + 1..at + word.len()).any(is_edge);
        let is_at = |at: usize| self.joined[at..].starts_with(word.as_bytes());
        // Most words begin as none of the names' does.
        let may_be = word.bytes().next().is_some_and(|first| self.beginnings & bit(first) != 0);
        may_be && self.edges.iter().any(|at| is_at(*at) && (word.len() >= LONG || is_whole(*at)))
    }
}

/// Returns the bit that stands for a byte, and for three others.
fn bit(byte: u8) -> u64 {
    1 << (byte & 63)
}

impl Named {
    /// Says whether a value with these names is one of this issuer's.
    #[must_use]
    pub fn is_called(&self, names: &Spelling) -> bool {
        self.words.iter().any(|word| names.has(word))
    }

    /// Fits the shape at the start of a text; returns the length and what the proof says.
    ///
    /// The shape must go on to `least` bytes, where the value ends, and nothing may follow that belongs to a value.
    #[must_use]
    pub fn fit(&self, text: &[u8], least: usize) -> Option<(usize, Proven)> {
        let token = self.regex().captures(text)?.get(1)?.as_bytes();
        let length = token.len();
        if length < least {
            return None;
        }
        let proof = self.proof.judge(token, Cut::Whole)?;
        if placeholder::is_placeholder(token) {
            return Some((length, Proven::Fails("it looks made up")));
        }
        Some((length, proof))
    }

    /// Returns the shape of the whole value, as it is written in the row.
    #[must_use]
    pub fn shape(&self) -> &'static str {
        self.value
    }

    /// Returns the compiled shape.
    fn regex(&self) -> &Regex {
        let compile = || pattern::compile(&pattern::whole(self.value)).expect("build.rs compiled the same shape");
        self.compiled.get_or_init(compile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(words: &'static [&'static str], value: &'static str) -> Named {
        Named { words, value, proof: Proof::None, compiled: OnceCell::new() }
    }

    fn spelling(names: &[&[&str]]) -> Spelling {
        let mut spelling = Spelling::default();
        for name in names {
            spelling.add(name.iter().map(|word| word.as_bytes()));
        }
        spelling
    }

    #[test]
    fn a_long_word_counts_however_it_is_split() {
        let row = named(&["datadog"], "");

        assert!(row.is_called(&spelling(&[&["DATADOG", "API", "KEY"]])));
        assert!(row.is_called(&spelling(&[&["api", "key"], &["Data", "Dog"]])));
        assert!(row.is_called(&spelling(&[&["datadogkey"]])));
        assert!(!row.is_called(&spelling(&[&["data"], &["dog", "key"]])));
        assert!(!row.is_called(&spelling(&[&["mydatadog", "key"]])));
    }

    #[test]
    fn a_short_word_counts_as_a_whole() {
        let row = named(&["dd"], "");

        assert!(row.is_called(&spelling(&[&["DD", "API", "KEY"]])));
        assert!(!row.is_called(&spelling(&[&["add", "key"]])));
        assert!(!row.is_called(&spelling(&[&["d", "d"]])));
    }

    #[test]
    fn a_value_fits_as_a_whole_or_not_at_all() {
        let row = named(&["x"], "[0-9a-f]{8}");

        assert_eq!(row.fit(b"3f9a0c71", 8), Some((8, Proven::Unproven)));
        assert_eq!(row.fit(b"3f9a0c71\"", 8), Some((8, Proven::Unproven)));
        assert_eq!(row.fit(b"3f9a0c71-2", 10), None);
        assert_eq!(row.fit(b"3f9a0c712", 9), None);
        assert_eq!(row.fit(b"3f9a0c", 6), None);
    }

    #[test]
    fn a_value_may_go_on_behind_a_sign_that_ends_others() {
        let row = named(&["x"], "[0-9a-f]{8}:[0-9a-f]{4}");

        assert_eq!(row.fit(b"3f9a0c71:20b8,", 8), Some((13, Proven::Unproven)));
    }
}
