//! What the values of a rule file must be: each is checked where it stands.

use toml::Spanned;

use super::super::by_id;
use super::anchors::LONGEST;
use super::expression::{Expression, Parsed};
use crate::config::{Source, escaped, meant, shown};
use crate::error::Result;

/// The longest text that reports show, in bytes.
pub(super) const MOST_TEXT: usize = 1000;
/// What is said of a list that could never hold.
pub(super) const EMPTY: &str = "this list is empty; leave it out or fill it";

/// Parses a pattern; an error names its place in the file.
pub(super) fn parsed(source: Source<'_>, pattern: &Spanned<String>) -> Result<Parsed> {
    Expression::parse(pattern.get_ref()).map_err(|problem| source.error(pattern.span(), escaped(&problem)))
}

/// Checks words to look for.
pub(super) fn strings(source: Source<'_>, list: &Spanned<Vec<Spanned<String>>>) -> Result<Vec<Vec<u8>>> {
    if list.get_ref().is_empty() {
        return Err(source.error(list.span(), EMPTY.into()));
    }
    let check = |word: &Spanned<String>| match word.get_ref().len() {
        1..=LONGEST => Ok(word.get_ref().clone().into_bytes()),
        _ => Err(source.error(word.span(), format!("such a word has 1 to {LONGEST} bytes"))),
    };
    list.get_ref().iter().map(check).collect()
}

/// Checks an id: lower-case words joined by `-`, which no built-in rule has.
pub(super) fn id(source: Source<'_>, raw: &Spanned<String>) -> Result<&'static str> {
    let id = raw.get_ref();
    let is_id =
        !id.is_empty() && id.len() <= 100 && id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if !is_id {
        return Err(source.error(raw.span(), "an id is lower-case words joined by `-`".into()));
    }
    if by_id(id).is_some() {
        let problem = format!("a built-in rule is called `{id}`; `[rules.override.{id}]` changes it");
        return Err(source.error(raw.span(), problem));
    }
    Ok(leaked(id))
}

/// Checks a word of an issuer's name.
pub(super) fn issuer_word(source: Source<'_>, raw: &Spanned<String>) -> Result<&'static str> {
    let word = raw.get_ref();
    let is_word = word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if is_word {
        return Ok(leaked(word));
    }
    Err(source.error(raw.span(), "such a word has lower-case letters and digits only, two at least".into()))
}

/// Checks a text that reports show: one line, not too long.
pub(super) fn text(source: Source<'_>, raw: Option<&Spanned<String>>, default: &'static str) -> Result<&'static str> {
    let Some(raw) = raw else { return Ok(default) };
    let words = raw.get_ref().trim();
    let problem = if words.is_empty() {
        "this is empty; leave it out or say it in words"
    } else if words.chars().any(char::is_control) {
        "write this on one line, without control characters"
    } else if words.len() > MOST_TEXT {
        "this is too long for a report"
    } else {
        return Ok(leaked(words));
    };
    Err(source.error(raw.span(), problem.into()))
}

/// Reads a grade.
pub(super) fn graded<T: Copy>(
    source: Source<'_>,
    raw: Option<&Spanned<String>>,
    all: [T; 4],
    name: impl Fn(T) -> &'static str,
) -> Result<Option<T>> {
    let Some(raw) = raw else { return Ok(None) };
    let found = all.into_iter().find(|one| name(*one) == raw.get_ref());
    let wrong = || source.error(raw.span(), format!("write one of {}", all.map(&name).join(", ")));
    found.map(Some).ok_or_else(wrong)
}

/// Reads one of some names.
pub(super) fn one_of<T: Copy>(
    source: Source<'_>,
    raw: Option<&Spanned<String>>,
    named: &[(&'static str, T)],
    what: &str,
) -> Result<Option<T>> {
    let Some(raw) = raw else { return Ok(None) };
    let found = named.iter().find(|(name, _)| name == raw.get_ref());
    found.map(|(_, one)| Some(*one)).ok_or_else(|| unknown(source, raw, named.iter().map(|(name, _)| *name), what))
}

/// Says that there is no such name, and which one may have been meant.
fn unknown<'a>(
    source: Source<'_>,
    raw: &Spanned<String>,
    known: impl Iterator<Item = &'a str> + Clone,
    what: &str,
) -> crate::Error {
    let meant = meant(raw.get_ref(), known.clone()).map(|meant| format!(" (did you mean `{meant}`?)"));
    let all = known.collect::<Vec<_>>().join(", ");
    source.error(
        raw.span(),
        format!("there is no {what} `{}`{}; write one of {all}", shown(raw.get_ref()), meant.unwrap_or_default()),
    )
}

/// Keeps a text for as long as the program runs, as those of built-in rules are kept.
pub(super) fn leaked(text: &str) -> &'static str {
    Box::leak(text.into())
}
