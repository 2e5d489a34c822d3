//! The words that stand behind a value, where none before it gives it a name.

use std::ops::Range;

use super::locality::Reach;
use super::random;
use super::runs::is_token;
use super::sense::{Sense, Strength};

/// What stands behind a value, within sight of its run.
#[derive(Debug)]
pub(super) struct Rest<'a> {
    text: &'a [u8],
    /// The text goes on out of sight, so that a word that reaches the end could be any word.
    is_cut: bool,
}

impl<'a> Rest<'a> {
    /// Takes what can be seen behind `value`; a match may end with `run`, so that counts as the place to look from.
    pub(super) fn of(text: &'a [u8], value: &Range<usize>, run: &Range<usize>, reach: Reach) -> Self {
        let limit = run.end + reach.context;
        let end = text.len().min(limit).max(value.end);
        Self { text: &text[value.end..end], is_cut: limit <= text.len() }
    }

    fn is_whole(&self, word: &Range<usize>) -> bool {
        word.end < self.text.len() || !self.is_cut
    }
}

/// Finds the name that stands behind its value, as in `{"value": "…", "key": "API_KEY"}`.
///
/// Returns its place behind the value.
pub(super) fn name_after(rest: &Rest<'_>) -> Option<Range<usize>> {
    let stop = rest.text.iter().position(|byte| matches!(byte, b'}' | b';')).unwrap_or(rest.text.len());
    let mut words = Words { text: &rest.text[..stop], at: 0 };
    let label = words.next()?;
    let name = words.next()?;
    let is_label = matches!(&rest.text[label], b"key" | b"name" | b"Key" | b"Name" | b"id");
    (is_label && rest.is_whole(&name)).then_some(name)
}

/// As many words of a line as are read behind a value.
const MOST: usize = 12;
/// As many words as the name of a secret is spread over: `Ideogram` `API` `key`.
const SPREAD: usize = 3;

/// Words that announce a name and say nothing by themselves.
const LABELS: [&[u8]; 4] = [b"name", b"env", b"var", b"field"];

/// Tells whether the rest of a value's line says that it is a secret of Ideogram's.
///
/// A comment, a header's name that follows its value, the command that takes
/// the value from a pipe: `"…", forHTTPHeaderField: "Ideogram-Key"`.
pub(super) fn says_ideogram_secret(rest: &Rest<'_>) -> bool {
    let text = rest.text;
    let stop = text.iter().position(|byte| matches!(byte, b'\n' | b'}')).unwrap_or(text.len());
    let words = Words { text: &text[..stop], at: 0 };
    let senses: Vec<Sense> = words
        .take(MOST)
        .take_while(|word| rest.is_whole(word) && !random::is_random(&text[word.clone()]))
        .filter(|word| !LABELS.contains(&&text[word.clone()]))
        .map(|word| Sense::of(&text[word]))
        .collect();
    if senses.iter().any(|sense| sense.header) {
        return true;
    }
    let harmless = senses.iter().position(|sense| sense.harmless).unwrap_or(senses.len());
    let senses = &senses[..harmless];
    senses.windows(SPREAD).any(is_secret_of_ideogram) || (senses.len() < SPREAD && is_secret_of_ideogram(senses))
}

fn is_secret_of_ideogram(senses: &[Sense]) -> bool {
    senses.iter().any(|sense| sense.ideogram) && senses.iter().any(|sense| sense.secret > Strength::None)
}

/// The words of a text, in order.
struct Words<'a> {
    text: &'a [u8],
    at: usize,
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at + self.text[self.at..].iter().position(|byte| is_token(*byte))?;
        let length = self.text[start..].iter().position(|byte| !is_token(*byte)).unwrap_or(self.text.len() - start);
        self.at = start + length;
        Some(start..self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_behind_its_value_is_found() {
        let text = b"{\"value\": \"0123\", \"key\": \"API_KEY\"}";

        let name = name_after(&Rest::of(text, &(11..15), &(11..15), Reach::BYTES)).unwrap();

        assert_eq!(&text[15..][name], b"API_KEY");
    }

    #[test]
    fn the_rest_of_the_line_may_say_whose_secret_it_is() {
        for rest in
            ["' # ideogram key", "', env='IDEOGRAM_API_KEY')", "` is the Ideogram API key", "\" -> ideogram_key\n"]
        {
            assert!(says_ideogram_secret(&Rest::of(rest.as_bytes(), &(0..0), &(0..0), Reach::BYTES)), "{rest}");
        }
        for rest in
            ["'\n# ideogram key", "' # an ideogram", "' # key", "} ideogram key", "' # hash of the ideogram key"]
        {
            assert!(!says_ideogram_secret(&Rest::of(rest.as_bytes(), &(0..0), &(0..0), Reach::BYTES)), "{rest}");
        }
    }
}
