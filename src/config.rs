//! Texts of configuration files: places in them, and errors that say what is wrong without repeating a secret.

use std::ops::Range;
use std::path::Path;

use crate::error::Error;
use crate::path::Escaped;

/// How alike two names are at least, from 0 to 1, if one is taken for a slip of the other.
const ALIKE: f64 = 0.8;

/// A configuration file under the reader's finger, to turn offsets into lines and columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    /// The file, as messages name it.
    pub(crate) path: &'a Path,
    /// Its text.
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// Returns the one-based line and column (in bytes) of an offset.
    pub(crate) fn place(self, offset: usize) -> (usize, usize) {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        (memchr::memchr_iter(b'\n', before).count() + 1, before.len() - line_start + 1)
    }

    /// Makes an error about a stretch of the file.
    pub(crate) fn error(self, span: Range<usize>, problem: String) -> Error {
        let (line, column) = self.place(span.start);
        Error::Config { path: self.path.to_owned(), line, column, problem }
    }

    /// Makes our error of one of the TOML reader.
    pub(crate) fn syntax(self, error: &toml::de::Error) -> Error {
        let message = unknown_key(error.message()).unwrap_or_else(|| without_value(error.message()));
        let problem = escaped(&without_names(&message).replace('\n', "; "));
        match error.span() {
            Some(span) => self.error(span, problem),
            None => Error::Config { path: self.path.to_owned(), line: 0, column: 0, problem },
        }
    }
}

/// Where the lines of a text begin, for whoever asks for many places.
#[derive(Debug)]
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    /// Finds the lines of a text.
    pub(crate) fn of(text: &str) -> Self {
        Self(memchr::memchr_iter(b'\n', text.as_bytes()).collect())
    }

    /// Returns the one-based line of an offset.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|newline| *newline < offset) + 1
    }
}

/// Says of a key that is not known which one may have been meant.
fn unknown_key(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `")?;
    let (key, known) = rest.split_once('`')?;
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    let meant = meant(key, known.iter().copied()).map(|meant| format!(" (did you mean `{meant}`?)"));
    let all = known.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
    Some(format!("there is no key `{key}`{} here; there are {all}", meant.unwrap_or_default()))
}

/// Returns the name that a mistyped one may have meant.
#[must_use]
pub fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let alike = known.map(|known| (strsim::jaro(name, known), known));
    let nearest = alike.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
    (nearest.0 >= ALIKE).then_some(nearest.1)
}

/// Takes the value out of a message about a string of the wrong type: it could be a secret, put in by mistake.
fn without_value(message: &str) -> String {
    match (message.split_once(" string \""), message.rsplit_once("\", expected ")) {
        (Some((what, _)), Some((_, wanted))) => format!("{what} string, expected {wanted}"),
        (_, _) => message.to_owned(),
    }
}

/// Takes out of a message the names that might be a secret, put in by mistake.
fn without_names(message: &str) -> String {
    let parts = message.split('`').enumerate();
    let shown = parts.map(|(at, part)| if at % 2 == 1 { without_secret(part) } else { part });
    shown.collect::<Vec<_>>().join("`")
}

/// Makes a word from outside safe to print, without the secret that it may be.
pub(crate) fn shown(word: &str) -> String {
    escaped(without_secret(word))
}

/// Makes text from outside safe to print.
pub(crate) fn escaped(text: &str) -> String {
    Escaped(text.as_bytes()).to_string()
}

/// Returns a word as it may be repeated.
pub(crate) fn without_secret(word: &str) -> &str {
    if may_be_secret(word) { "…" } else { word }
}

/// Tells whether a word of a reason might be a secret; then it is not repeated in reports.
///
/// The secret that the mark allows is never part of the text, but another one
/// on the same line could be.
fn may_be_secret(word: &str) -> bool {
    word.len() >= 16 && word.bytes().any(|byte| byte.is_ascii_digit())
        || word.len() >= 40
        || word.bytes().any(|byte| byte == b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_with_what_was_meant() {
        let message = unknown_key("unknown field `patern`, expected one of `id`, `pattern`");

        assert_eq!(
            message.as_deref(),
            Some("there is no key `patern` (did you mean `pattern`?) here; there are `id`, `pattern`")
        );
    }

    #[test]
    fn a_key_that_is_like_none_is_told_without_a_guess() {
        let message = unknown_key("unknown field `zzz`, expected `id`");

        assert_eq!(message.as_deref(), Some("there is no key `zzz` here; there are `id`"));
    }
}
