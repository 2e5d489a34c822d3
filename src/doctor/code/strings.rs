//! Where strings, templates and regular expressions end.

use super::Language;

/// A string in code.
pub(super) struct Found {
    /// Its length, with everything around it.
    pub(super) bytes: usize,
    /// How much of that is prefix and opening quotes.
    pub(super) open: usize,
    /// How much of that is closing quotes; nothing if it has no end.
    pub(super) close: usize,
}

/// What ends the text of a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TemplateEnd {
    /// A `${`.
    Hole,
    /// Its closing backtick.
    Quote,
    /// Nothing: the code ends first.
    Nowhere,
}

/// Returns the string that begins here, if one does.
pub(super) fn at(rest: &str, language: Language) -> Option<Found> {
    let lead = prefix(rest, language);
    let quoted = &rest[lead..];
    let quote = quoted.chars().next().filter(|quote| matches!(quote, '\'' | '"' | '`'))?;
    if quote == '`' && language == Language::JavaScript {
        return None;
    }
    let triple: String = [quote; 3].iter().collect();
    if matches!(language, Language::Python | Language::Java) && quoted.starts_with(&triple) {
        return Some(until(quoted, 3, &triple, Lines::Many).behind(lead));
    }
    // What has no end on its line is no string, but a quote in some text.
    let lines = match (language, quote) {
        (Language::Ruby | Language::Php, _) | (Language::Go, '`') => Lines::Many,
        _ => Lines::One,
    };
    Some(until(quoted, 1, &quote.to_string(), lines).behind(lead))
}

/// Whether a string may go on over the end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lines {
    One,
    Many,
}

impl Found {
    fn behind(self, lead: usize) -> Self {
        Self { bytes: lead + self.bytes, open: lead + self.open, close: self.close }
    }
}

/// Finds the end of a string that begins with `open` bytes of quotes.
fn until(quoted: &str, open: usize, quote: &str, lines: Lines) -> Found {
    let bytes = quoted.as_bytes();
    let mut at = open;
    while at < bytes.len() {
        match bytes[at] {
            // In Go's raw strings a backslash is a backslash.
            b'\\' if quote != "`" => at += 2,
            b'\n' if lines == Lines::One => return Found { bytes: at, open, close: 0 },
            _ if bytes[at..].starts_with(quote.as_bytes()) => {
                return Found { bytes: at + quote.len(), open, close: quote.len() };
            }
            _ => at += 1,
        }
    }
    Found { bytes: quoted.len(), open, close: 0 }
}

/// Returns the length of Python's letters before a quote: `f"…"`, `rb'…'`.
fn prefix(rest: &str, language: Language) -> usize {
    if language != Language::Python {
        return 0;
    }
    let letters = rest.bytes().take_while(|byte| matches!(byte | 0x20, b'f' | b'r' | b'b' | b'u')).count();
    let is_prefix = letters <= 2 && matches!(rest.as_bytes().get(letters), Some(b'\'' | b'"'));
    if is_prefix { letters } else { 0 }
}

/// Returns how long the text of a template is, and what ends it.
pub(super) fn template(rest: &str) -> (usize, TemplateEnd) {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'`' => return (at, TemplateEnd::Quote),
            b'$' if bytes.get(at + 1) == Some(&b'{') => return (at, TemplateEnd::Hole),
            _ => at += 1,
        }
    }
    (rest.len(), TemplateEnd::Nowhere)
}

/// Returns the length of a regular expression of JavaScript that begins here; `None` if it has no end on its line.
pub(super) fn regex(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut at = 1;
    let mut is_class = false;
    while at < bytes.len() && bytes[at] != b'\n' {
        match bytes[at] {
            b'\\' => at += 1,
            b'[' => is_class = true,
            b']' => is_class = false,
            b'/' if !is_class => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}
