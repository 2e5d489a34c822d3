//! One line of a baseline: a secret that was there before, and in whose words.

use std::fmt::{self, Write};
use std::path::Path;

use jiff::civil::Date;

use crate::error::{Error, Result};
use crate::finding::Fingerprint;
use crate::path::is_harmless;

/// How git begins the lines of a conflict that was never resolved.
const CONFLICT: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// A secret that was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The secret.
    pub fingerprint: Fingerprint,
    /// The rule that found it first.
    pub rule: String,
    /// Who answers for its being here.
    pub who: String,
    /// The last day on which it does not block.
    pub until: Option<Date>,
    /// Why it is here.
    pub reason: String,
}

impl Known {
    /// Reads a line of a baseline, which `file` has under this one-based number.
    pub(super) fn parse(file: &Path, number: usize, line: &str) -> Result<Self> {
        Line { file, number, text: line, at: 0 }.known()
    }

    /// Tells whether its last day has passed; the last day is part of its term.
    pub(super) fn is_over(&self, today: Date) -> bool {
        self.until.is_some_and(|last| last < today)
    }
}

impl fmt::Display for Known {
    /// Prints the line, without its end.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} who={}", self.fingerprint, self.rule, Quoted(&self.who))?;
        if let Some(last) = self.until {
            write!(out, " until={last}")?;
        }
        write!(out, " reason={}", Quoted(&self.reason))
    }
}

/// Words between quotes, with everything escaped that a terminal could act on.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_char('"')?;
        for character in self.0.chars() {
            match character {
                '"' | '\\' => write!(out, "\\{character}")?,
                _ if is_harmless(character) => out.write_char(character)?,
                _ => write!(out, "{}", character.escape_unicode())?,
            }
        }
        out.write_char('"')
    }
}

/// A line being read: `FINGERPRINT RULE who="…" [until=DATE] reason="…"`.
struct Line<'a> {
    /// The file, as messages name it.
    file: &'a Path,
    /// Its one-based number.
    number: usize,
    /// Its text.
    text: &'a str,
    /// How much of it is read, in bytes.
    at: usize,
}

impl<'a> Line<'a> {
    /// Reads the whole line.
    fn known(mut self) -> Result<Known> {
        if CONFLICT.iter().any(|marker| self.text.starts_with(marker)) {
            let way = "keep the lines of both sides, delete the marker lines, and run `ideoguard baseline update`";
            return Err(self.error(0, format!("this marks a conflict that git could not resolve: {way}")));
        }
        let fingerprint = self.fingerprint()?;
        let rule = self.rule()?;
        let who = self.words("who")?;
        let until = self.until()?;
        let reason = self.words("reason")?;
        self.skip_blanks();
        if self.at < self.text.len() {
            return Err(self.error(self.at, "nothing may follow the reason".into()));
        }
        Ok(Known { fingerprint, rule, who, until, reason })
    }

    /// Reads the fingerprint.
    fn fingerprint(&mut self) -> Result<Fingerprint> {
        let (start, word) = self.word();
        Fingerprint::parse(word).ok_or_else(|| {
            self.error(start, "this is no fingerprint; one is `ig1:` and 32 lower-case hex digits".into())
        })
    }

    /// Reads the rule, which this version need not have: rules come and go, the secret stays.
    fn rule(&mut self) -> Result<String> {
        let (start, word) = self.word();
        let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if word.is_empty() || !word.bytes().all(is_fine) {
            return Err(self.error(start, "this is no rule; write the id of the rule that found it".into()));
        }
        Ok(word.to_owned())
    }

    /// Reads the last day, if there is one.
    fn until(&mut self) -> Result<Option<Date>> {
        self.skip_blanks();
        if !self.rest().starts_with("until=") {
            return Ok(None);
        }
        let (start, word) = self.word();
        let date = &word["until=".len()..];
        let is_plain = date.len() == 10;
        let parsed = date.parse().ok().filter(|_| is_plain);
        parsed.map(Some).ok_or_else(|| self.error(start, "write a date alone, as in `until=2027-01-31`".into()))
    }

    /// Reads `NAME="…"`.
    fn words(&mut self, name: &str) -> Result<String> {
        self.skip_blanks();
        let start = self.at;
        let opening = self.rest().strip_prefix(name).and_then(|rest| rest.strip_prefix("=\""));
        if opening.is_none() {
            return Err(self.error(start, format!("`{name}=\"…\"` belongs here")));
        }
        self.at += name.len() + 2;
        let words = self.unquoted()?;
        if words.trim().is_empty() {
            return Err(self.error(start, format!("`{name}` is empty; say it in words")));
        }
        Ok(words)
    }

    /// Reads up to the closing quote, and undoes what [`Quoted`] does.
    fn unquoted(&mut self) -> Result<String> {
        let mut words = String::new();
        loop {
            let start = self.at;
            match self.next() {
                Some('"') => return Ok(words),
                Some('\\') => {
                    let character = self.escaped();
                    words.push(
                        character
                            .ok_or_else(|| self.error(start, "only `\\\"`, `\\\\` and `\\u{…}` are known".into()))?,
                    );
                }
                Some(character) if !character.is_control() => words.push(character),
                Some(_) => return Err(self.error(start, "write a control character as `\\u{…}`".into())),
                None => return Err(self.error(start, "the closing `\"` is missing".into())),
            }
        }
    }

    /// Reads what follows a backslash.
    fn escaped(&mut self) -> Option<char> {
        match self.next()? {
            same @ ('"' | '\\') => Some(same),
            'u' => {
                let (hex, _) = self.rest().strip_prefix('{')?.split_once('}')?;
                self.at += hex.len() + 2;
                char::from_u32(u32::from_str_radix(hex, 16).ok()?)
            }
            _ => None,
        }
    }

    /// Reads one word, up to a blank; returns where it begins, too.
    fn word(&mut self) -> (usize, &'a str) {
        self.skip_blanks();
        let start = self.at;
        let rest = self.rest();
        let word = &rest[..rest.find([' ', '\t']).unwrap_or(rest.len())];
        self.at += word.len();
        (start, word)
    }

    /// Goes on to what is no blank.
    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    /// Reads one character.
    fn next(&mut self) -> Option<char> {
        let character = self.rest().chars().next()?;
        self.at += character.len_utf8();
        Some(character)
    }

    /// Returns what is not read yet.
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Makes an error about a place in the line, which never repeats what stands there.
    fn error(&self, at: usize, problem: String) -> Error {
        Error::Config { path: self.file.to_owned(), line: self.number, column: at + 1, problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    use crate::finding::Secret;

    #[test]
    fn a_line_says_what_by_whom_and_why() {
        let known = Known {
            fingerprint: Fingerprint::of(&Secret::new(vec![b'x'; 40])),
            rule: "some-rule".into(),
            who: "A U Thor".into(),
            until: Some(date(2027, 1, 31)),
            reason: "a \"quoted\" \\ one\u{202e}".into(),
        };

        let line = known.to_string();

        assert_eq!(Known::parse(Path::new("baseline"), 1, &line).unwrap(), known);
        let rest = line.strip_prefix(known.fingerprint.as_str()).unwrap();
        assert_eq!(rest, " some-rule who=\"A U Thor\" until=2027-01-31 reason=\"a \\\"quoted\\\" \\\\ one\\u{202e}\"");
    }
}
