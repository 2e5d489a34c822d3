//! What a value is called: the words beside it, and what they say.
//!
//! A value's name is the nearest word before it that means something:
//! `API_KEY` in `const API_KEY: &str = "…"`, in `getenv("API_KEY", "…")`, in
//! `- name: API_KEY` with `value: …` on the next line, in `setx API_KEY …`.
//! Instead of parsing every language, signs and words that mean nothing by
//! themselves (`value`, `const`, `Bearer`) are stepped over.

use std::ops::Range;

use super::before::{Before, Label, Walk, is_label};
use super::behind::{self, Rest};
use super::locality::Reach;
use super::sense::{Sense, Strength};

/// The words that name a value, nearest first.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// What each word says; a handful at most.
    pub(super) words: Vec<Sense>,
    /// Where those words stand.
    pub(super) places: Vec<Range<usize>>,
    /// How the nearest word and the value belong together.
    pub(super) bond: Bond,
    /// Whether the value has a label of its own.
    pub(super) label: Label,
    /// The value is said to be a sample.
    pub(super) example: bool,
}

/// How a value and the nearest word before it belong together, loosest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bond {
    /// They only follow each other.
    #[default]
    Loose,
    /// The word is an option of a command, or a sign of assignment stands between them.
    Assigned,
}

impl Names {
    /// Reads the names of the value at `value`.
    pub(super) fn of(text: &[u8], value: &Range<usize>, rest: &Rest<'_>, reach: Reach) -> Self {
        let before = Walk::from(text, value.start, reach).finish();
        Self::from(text, value, rest, &before, reach)
    }

    /// Reads the names of the value at `value`; `None` when the nearest shows that none of them makes it a generic secret.
    pub(super) fn of_secret(text: &[u8], value: &Range<usize>, rest: &Rest<'_>, reach: Reach) -> Option<Self> {
        let mut walk = Walk::from(text, value.start, reach);
        if is_other(text, value, &mut walk) {
            return None;
        }
        Some(Self::from(text, value, rest, &walk.finish(), reach))
    }

    fn from(text: &[u8], value: &Range<usize>, rest: &Rest<'_>, before: &Before, reach: Reach) -> Self {
        let bond = before.words.first().map_or(Bond::Loose, |word| Bond::of(text, word, value));
        let places = reaching(text, &before.words).to_vec();
        let words = senses(text, &places);
        let mut names = Self { words, places, bond, label: before.label, example: before.example };
        names.skip_algorithm();
        if before.words.first().is_some_and(|word| is_remark(&text[word.end..value.start])) {
            names.skip_remark();
        }
        if is_userinfo(text, value) {
            names.words.insert(0, Sense::USERINFO);
            names.places.insert(0, value.start..value.start);
            names.bond = Bond::Assigned;
        } else if names.label != Label::Named && names.first().secret == Strength::None {
            names.take_elsewhere(text, value, rest, before, reach);
        }
        names
    }

    /// Takes the name from behind the value, or from the head of the block around it.
    fn take_elsewhere(&mut self, text: &[u8], value: &Range<usize>, rest: &Rest<'_>, before: &Before, reach: Reach) {
        let shift = |name: Range<usize>| value.end + name.start..value.end + name.end;
        let behind = || behind::name_after(rest).map(|name| Vec::from([shift(name)]));
        let heading = || before.heading(text, value.start, reach);
        let read = |places: Vec<Range<usize>>| (senses(text, &places), places);
        let is_secret = |(words, _): &(Vec<Sense>, _)| words.first().is_some_and(|first| first.secret > Strength::None);
        let behind = behind().map(read).filter(is_secret);
        if let Some((words, places)) = behind.or_else(|| heading().map(read).filter(is_secret)) {
            (self.words, self.places) = (words, places);
            self.bond = Bond::Assigned;
        }
    }

    /// Steps over a word in brackets that only says something about what was named before: `key (do not commit!): …`.
    fn skip_remark(&mut self) {
        if self.first().harmless && self.words.len() > 1 {
            self.skip_first();
        }
    }

    /// Steps over the name of a hash function that only says what a key is for: `createHmac("sha256", "…")`.
    fn skip_algorithm(&mut self) {
        if self.words.get(1).is_some_and(|word| word.hmac) && self.first().harmless {
            self.skip_first();
        }
    }

    fn skip_first(&mut self) {
        self.words.remove(0);
        self.places.remove(0);
    }

    /// What the nearest word says.
    pub(super) fn first(&self) -> Sense {
        self.words.first().copied().unwrap_or_default()
    }

    /// Tells whether one of the words has `ideogram` in it.
    pub(super) fn ideogram(&self) -> bool {
        self.words.iter().any(|word| word.ideogram)
    }

    /// Tells whether one of the words up to the one with `ideogram` says "secret".
    pub(super) fn secret_of_ideogram(&self) -> bool {
        let upto = self.words.iter().position(|word| word.ideogram).map_or(0, |at| at + 1);
        let is_client =
            self.bond == Bond::Assigned && self.first().caller && self.words.iter().take(2).any(|word| word.client);
        is_client || self.words[..upto].iter().any(|word| word.secret > Strength::None)
    }

    /// Tells whether one of the words has `webhook` in it.
    pub(super) fn webhook(&self) -> bool {
        self.words.iter().any(|word| word.webhook)
    }
}

/// Tells whether the nearest word shows that the value is no generic secret, whatever stands further away.
///
/// The name may stand elsewhere where nothing labels the value, and further away
/// where the nearest word is one that [`Names`] steps over, which is harmless.
fn is_other(text: &[u8], value: &Range<usize>, walk: &mut Walk<'_>) -> bool {
    let before = walk.to(1);
    let Some(word) = before.words.first() else { return false };
    if before.label != Label::Named || is_userinfo(text, value) {
        return false;
    }
    let sense = Sense::of(&text[word.clone()]);
    if sense.harmless {
        let may_be_remark = is_remark(&text[word.end..value.start]);
        return !may_be_remark && !walk.to(2).words.get(1).is_some_and(|word| Sense::of(&text[word.clone()]).hmac);
    }
    before.example || sense.secret == Strength::None || Bond::of(text, word, value) == Bond::Loose
}

/// Returns the words that name the value together; the first always does.
///
/// A word further away belongs to it where it holds the nearer one: as the head
/// of a block (`ideogram:` / `key:`), or on the same line, but not as another
/// field beside it (`"name": "ideogram", "id": …`).
fn reaching<'a>(text: &[u8], words: &'a [Range<usize>]) -> &'a [Range<usize>] {
    let holds = |pair: &[Range<usize>]| {
        let (near, far) = (&pair[0], &pair[1]);
        let between = &text[far.end..near.start];
        let is_field = is_label(&text[near.end..]);
        match memchr::memchr(b'\n', between) {
            Some(end) => !is_field || heads(&between[..end]),
            None => !is_field || !between.iter().any(|byte| matches!(byte, b',' | b';' | b'&')),
        }
    };
    let count = words.windows(2).take_while(|pair| holds(pair)).count();
    &words[..words.len().min(count + 1)]
}

/// Tells whether what follows a word on its line says that it heads the lines below.
fn heads(rest: &[u8]) -> bool {
    rest.iter().all(|byte| !byte.is_ascii_alphanumeric()) && rest.iter().any(|byte| b":{[(>]".contains(byte))
}

/// Tells whether a bracket closes between a word and its value, so that the word stood inside.
fn is_remark(between: &[u8]) -> bool {
    between.contains(&b')') && !between.contains(&b'(')
}

fn senses(text: &[u8], words: &[Range<usize>]) -> Vec<Sense> {
    words.iter().map(|word| Sense::of(&text[word.clone()])).collect()
}

/// Tells whether a value stands where a user without a password stands: `https://TOKEN@host`, `curl -u TOKEN:`.
///
/// Sentry's addresses have a public key of hex digits there.
fn is_userinfo(text: &[u8], value: &Range<usize>) -> bool {
    let is_hex = || text[value.clone()].iter().all(u8::is_ascii_hexdigit);
    let before = &text[..value.start];
    let is_option = || [&b" -u "[..], b" -u '", b" -u \"", b" --user "].iter().any(|option| before.ends_with(option));
    match text.get(value.end) {
        Some(b'@') => before.ends_with(b"://") && !is_hex(),
        Some(b':') => is_option() && text.get(value.end + 1).is_none_or(|byte| b" \n\r'\"".contains(byte)),
        _ => false,
    }
}

impl Bond {
    /// Reads what stands between a word and the value after it.
    ///
    /// When that is a line end, the word must announce a value (`KEY: >-`,
    /// `KEY=\`), or a label must stand before the value (`value: …`): two lines
    /// that follow each other do not name each other.
    fn of(text: &[u8], word: &Range<usize>, value: &Range<usize>) -> Self {
        let between = &text[word.end..value.start];
        let is_sign = |byte: &u8| matches!(byte, b'=' | b':' | b'"' | b'\'' | b'`' | b',' | b'(' | b'>' | b'|');
        let is_label = |byte: &u8| byte.is_ascii_alphabetic();
        let is_option = text[word.clone()].starts_with(b"--") || is_spoken(&text[word.clone()], between);
        // In a binary, strings that follow each other are ended by zeros.
        let is_end = |byte: &u8| *byte == 0;
        let bound = !between.iter().any(is_end)
            && !is_within_sentence(between)
            && !is_argument(text, word, between)
            && match memchr::memrchr(b'\n', between) {
                None => {
                    is_option
                        || between.iter().any(is_sign)
                        || has_wide_sign(between)
                        || is_variable(&text[word.clone()])
                }
                Some(end) => announces(&between[..end]) || between[end..].iter().any(is_label),
            };
        if bound { Self::Assigned } else { Self::Loose }
    }
}

/// Tells whether a literal begins with text in another script and the value only follows in it, as in samples for translators.
fn is_within_sentence(between: &[u8]) -> bool {
    let quote = between.iter().rposition(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    quote.is_some_and(|at| between.get(at + 1).is_some_and(|byte| !byte.is_ascii()))
}

/// Tells whether a word and one blank announce a value: `Authorization: Token …`, `login ci password …` in a `.netrc`.
fn is_spoken(word: &[u8], between: &[u8]) -> bool {
    between == b" " && [&b"token"[..], b"password"].iter().any(|spoken| word.eq_ignore_ascii_case(spoken))
}

/// Tells whether a word is a variable that is the first argument of a call, and the value the second: `f(password, …)`.
fn is_argument(text: &[u8], word: &Range<usize>, between: &[u8]) -> bool {
    text[..word.start].ends_with(b"(") && between.starts_with(b",") && !is_variable(&text[word.clone()])
}

/// Tells whether an arrow or the colon of Chinese and Japanese texts stands in a text.
fn has_wide_sign(between: &[u8]) -> bool {
    ["→", "："].iter().any(|sign| memchr::memmem::find(between, sign.as_bytes()).is_some())
}

/// Tells whether a word is a variable by its capitals: commands take it and its value side by side, as `setx` does.
fn is_variable(word: &[u8]) -> bool {
    word.contains(&b'_') && word.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
}

/// Tells whether what follows a word on its line says that a value comes on the next.
fn announces(rest: &[u8]) -> bool {
    let rest = rest.trim_ascii_end();
    let has_sign = rest.iter().any(|byte| matches!(byte, b':' | b'='));
    has_sign && (rest.ends_with(b":") || rest.iter().all(|byte| !byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VALUE: &str = "k3Jx9Qw2Zr7Tb5Lm8Vc1";

    /// What stands before a value in all kinds of code, and in no code at all.
    fn before() -> impl Strategy<Value = String> {
        let pieces = [
            "api_key", "key", "token", "name", "value", "sha256", "commit", "example", "default", "createHmac", "foo",
            "hash(", "Field(", "String", "ideogram", "a", "(", ")", "{", "}", ": ", " = ", "=", "\"", "'", ", ", ";",
            "\n", "\n", " ", "://", " -u ", ".", "->", "```",
        ];
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn what_the_nearest_word_rules_out_no_other_word_makes_a_secret(
            before in before(), after in "|[\"'@:;]|\", \"(key|name)\": \"(api_key|foo)\"\\}"
        ) {
            let text = [&before, VALUE, &after].concat().into_bytes();
            let value = before.len()..before.len() + VALUE.len();
            let rest = Rest::of(&text, &value, &value, Reach::BYTES);

            let names = Names::of(&text, &value, &rest, Reach::BYTES);

            match Names::of_secret(&text, &value, &rest, Reach::BYTES) {
                Some(same) => prop_assert_eq!(format!("{same:?}"), format!("{names:?}")),
                None => prop_assert!(
                    names.first().harmless
                        || names.first().secret == Strength::None
                        || names.bond == Bond::Loose
                        || names.example,
                    "{:?}",
                    names
                ),
            }
        }
    }
}
