//! The words that stand before a value: read backwards, within sight.

use std::ops::Range;

use super::escape;
use super::locality::Reach;
use super::random;
use super::runs::is_token;
use super::sense::{Sense, Strength};
use super::words::Says;

/// As many words as a name can be spread over: `ideogram:` / `production:` / `key:`.
const MOST: usize = 4;
/// As many words without a meaning as may lie between a value and its name.
const MOST_NEUTRAL: usize = 8;
/// As many line ends as may lie between a value and its name.
const LINE_ENDS: usize = 2;

/// As many lines as are skipped because they say nothing.
const SKIPPED: usize = 2;

/// What stands before a value.
#[derive(Debug)]
pub(super) struct Before {
    /// The meaningful words, nearest first.
    pub(super) words: Vec<Range<usize>>,
    /// Whether the nearest word on the value's line gives it a name.
    pub(super) label: Label,
    /// Whether the value is said to be a sample.
    pub(super) example: bool,
    /// What stands before the value on its own line.
    own_line: OwnLine,
}

/// What stands before a value on its own line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OwnLine {
    /// No word.
    Nothing,
    /// Words that say nothing: `default =`.
    Label,
    /// A word with a meaning.
    Name,
}

/// What the nearest word on a value's own line is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Label {
    /// There is none, or one that gives no name: `value:`.
    #[default]
    Open,
    /// A function that is called with the value: `setValue(`.
    Call,
    /// A word with a meaning of its own.
    Named,
}

impl Before {
    /// Reads backwards from `at`.
    #[cfg(test)]
    fn of(text: &[u8], at: usize, reach: Reach) -> Self {
        Walk::from(text, at, reach).finish()
    }

    /// Finds the words that head the block around `at`, when nothing on the value's own line names it.
    ///
    /// In `variable "api_key" { type = string … default = "…" }` any number of lines lies between.
    pub(super) fn heading(&self, text: &[u8], at: usize, reach: Reach) -> Option<Vec<Range<usize>>> {
        let floor = at.saturating_sub(reach.context);
        let brace = if self.own_line == OwnLine::Label { opening_brace(&text[floor..at]) } else { None }?;
        let mut walk = Walk::from(text, at, reach);
        walk.end = floor + brace;
        walk.line_ends = LINE_ENDS;
        Some(walk.finish().words)
    }
}

/// Returns the place of the `{` that the end of `text` lies in.
fn opening_brace(text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    for at in memchr::memchr2_iter(b'{', b'}', text).rev() {
        match text[at] {
            b'}' => depth += 1,
            _ if depth == 0 => return Some(at),
            _ => depth -= 1,
        }
    }
    None
}

/// A walk backwards over what stands before a value.
pub(super) struct Walk<'a> {
    text: &'a [u8],
    reach: Reach,
    /// Where the value begins.
    at: usize,
    /// As far back as can be seen.
    floor: usize,
    /// Everything from here on has been read.
    end: usize,
    /// What lies further back names something else.
    has_ended: bool,
    line_ends: usize,
    skipped_lines: usize,
    /// The value is the argument of a call that only wraps it.
    wrapped: bool,
    /// How many words were read before the current line.
    seen_above: usize,
    /// Words that were read, whether or not they mean something.
    seen: usize,
    before: Before,
}

impl<'a> Walk<'a> {
    /// Begins a walk at `at`.
    pub(super) fn from(text: &'a [u8], at: usize, reach: Reach) -> Self {
        let before = Before { words: Vec::new(), label: Label::Open, example: false, own_line: OwnLine::Nothing };
        Self {
            text,
            reach,
            at,
            floor: at.saturating_sub(reach.context),
            end: at,
            has_ended: false,
            line_ends: 0,
            skipped_lines: 0,
            wrapped: false,
            seen_above: 0,
            seen: 0,
            before,
        }
    }

    /// Reads on until so many meaningful words are known, or all that can be; returns what has been read.
    ///
    /// What is said of the nearest word is known as soon as that is.
    pub(super) fn to(&mut self, words: usize) -> &Before {
        while !self.has_ended && self.before.words.len() < words {
            self.has_ended = self.step().is_none();
        }
        &self.before
    }

    /// Reads the rest.
    pub(super) fn finish(mut self) -> Before {
        self.to(MOST);
        self.before
    }

    /// Reads one sign or word; `None` when what lies further back names something else.
    fn step(&mut self) -> Option<()> {
        let is_full = self.before.words.len() >= MOST || self.seen >= MOST + MOST_NEUTRAL;
        if self.end <= self.floor || is_full {
            return None;
        }
        if let Some(length) = passage(&self.text[self.floor..self.at], self.end - self.floor) {
            self.end -= length;
            return Some(());
        }
        match self.text[self.end - 1] {
            b'\n' => return self.line_end(),
            b'}' | b';' if self.seen > 0 => return None,
            // The name of a block names what stands first in it: `variable "api_key" { default = …`.
            b'{' if !self.before.words.is_empty() => return None,
            byte if is_token(byte) => return self.word(),
            _ => self.end -= 1,
        }
        Some(())
    }

    fn line_end(&mut self) -> Option<()> {
        // What wraps a value has the name of the value before it, on the same line.
        if self.wrapped && self.before.words.is_empty() {
            return None;
        }
        // Lines that say nothing (`in: header`, `type: string`) do not lead further away.
        let says_nothing = self.before.words.is_empty() && self.seen > self.seen_above;
        self.line_ends += usize::from(!says_nothing || self.skipped_lines == SKIPPED);
        self.skipped_lines += usize::from(says_nothing);
        self.seen_above = self.seen;
        self.end -= 1;
        self.end -= fence(&self.text[self.floor..self.end]);
        let is_far = self.line_ends > LINE_ENDS || (!self.before.words.is_empty() && self.line_ends > 1);
        (!is_far).then_some(())
    }

    fn word(&mut self) -> Option<()> {
        let first = first_of_word(self.text, self.floor, self.end);
        // A word that reaches out of sight could be any word.
        if first == self.floor && self.at >= self.reach.context {
            return None;
        }
        let word = (first + escape::tail(self.text, first)).min(self.end)..self.end;
        self.end = first;
        let is_closing = self.text[self.floor..word.start].ends_with(b"</") && self.text.get(word.end) == Some(&b'>');
        if word.is_empty() || is_closing {
            return Some(());
        }
        let bytes = &self.text[word.clone()];
        // What looks random is another value, such as the line before in a block of base64.
        if self.line_ends + self.skipped_lines > 0 && random::is_random(bytes) {
            return None;
        }
        let trimmed = trim_signs(bytes);
        self.before.example |= self.before.words.is_empty() && Says::of(trimmed).any(Says::SAMPLE);
        let is_wrapper = self.seen == 0 && self.is_wrapper(&word);
        let around = (&self.text[self.floor..word.start], &self.text[word.end..self.at]);
        let is_neutral = (is_neutral(trimmed) && !is_variable(bytes, around)) || is_value_label(bytes);
        let is_name = !is_neutral && !is_wrapper && !self.is_field(&word);
        self.wrapped |= is_wrapper;
        if is_name {
            self.note(word);
        } else if self.line_ends + self.skipped_lines == 0 && self.before.own_line == OwnLine::Nothing {
            self.before.own_line = OwnLine::Label;
        }
        self.seen += 1;
        Some(())
    }

    fn note(&mut self, word: Range<usize>) {
        if self.line_ends + self.skipped_lines == 0 {
            self.before.own_line = OwnLine::Name;
            self.before.label = match self.seen {
                0 if self.is_called(&word) => Label::Call,
                0 => Label::Named,
                _ => self.before.label,
            };
        }
        self.before.words.push(word);
    }

    /// Tells whether a word is a function whose first argument is the value.
    fn is_called(&self, word: &Range<usize>) -> bool {
        let between = &self.text[word.end..self.at];
        (between.starts_with(b"(") || between.starts_with(b"!(")) && !between.contains(&b',')
    }

    /// Tells whether a word only makes a field of a class: `key: str = Field(default="…")`.
    fn is_field(&self, word: &Range<usize>) -> bool {
        self.text[word.clone()].eq_ignore_ascii_case(b"field") && self.text.get(word.end) == Some(&b'(')
    }

    /// Tells whether a word is a call that only wraps the value: `key = SecretStr("…")`, `"key", Value::of("…")`.
    fn is_wrapper(&self, word: &Range<usize>) -> bool {
        let before = self.text[self.floor..word.start].trim_ascii_end();
        let before = before.strip_suffix(b"new").unwrap_or(before).trim_ascii_end();
        let follows_sign = matches!(before.last(), Some(b'=' | b':' | b',' | b'|' | b'?' | b'>'));
        follows_sign && self.is_called(word) && says_nothing(&self.text[word.clone()])
    }
}

/// Tells whether a function's name says nothing about what it is called with.
fn says_nothing(word: &[u8]) -> bool {
    let is_box = [&b"SecretStr"[..], b"SecretString"].contains(&word);
    is_box || matches!(Sense::of(word), Sense { secret: Strength::None, harmless: false, ideogram: false, .. })
}

/// Returns the length of the accessors of a property at the end of `text`: `{ get; set; }`.
fn accessors(text: &[u8]) -> Option<usize> {
    const LONGEST: usize = 48;
    let near = &text[text.len().saturating_sub(LONGEST)..];
    let open = memchr::memrchr(b'{', near)?;
    let body = near[open + 1..near.len() - 1].split(|byte| !byte.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let mut words = body.peekable();
    words.peek()?;
    let is_accessor =
        |word: &[u8]| [&b"get"[..], b"set", b"init", b"private", b"protected", b"internal"].contains(&word);
    words.all(is_accessor).then_some(near.len() - open)
}

/// Returns the length of a semicolon or brace before `end` that ends neither statement nor block, with what belongs to it.
fn passage(text: &[u8], end: usize) -> Option<usize> {
    match text[end - 1] {
        b'}' => accessors(&text[..end]),
        b';' if is_serialised(&text[end..]) => Some(1),
        b';' => ENTITIES.iter().find(|entity| text[..end].ends_with(entity)).map(|entity| entity.len()),
        _ => None,
    }
}

/// How signs are written in HTML.
const ENTITIES: [&[u8]; 6] = [b"&quot;", b"&#34;", b"&#39;", b"&apos;", b"&#x27;", b"&amp;"];

/// Tells whether a text is announced as PHP's `serialize` does: `s:40:"`.
fn is_serialised(text: &[u8]) -> bool {
    text.starts_with(b"s:") && text.get(2).is_some_and(u8::is_ascii_digit)
}

/// Returns the length of the line at the end of `text`, with the line end before it, if it opens a block of Markdown.
fn fence(text: &[u8]) -> usize {
    let line = memchr::memrchr(b'\n', text);
    let Some(start) = line else { return 0 };
    let opens = text[start + 1..].trim_ascii_start();
    let is_fence = opens.starts_with(b"```") && !opens[3..].contains(&b'`');
    if is_fence { text.len() - start } else { 0 }
}

/// Returns where the word begins that ends at `end`: letters, digits, `_`, `-` and `.`.
fn first_of_word(text: &[u8], floor: usize, end: usize) -> usize {
    let is_word = |byte: u8| is_token(byte) || byte == b'.';
    text[floor..end].iter().rposition(|byte| !is_word(*byte)).map_or(floor, |at| floor + at + 1)
}

/// Tells whether a word of one letter or of digits is assigned to, as in minified code, rather than a literal's prefix.
fn is_variable(word: &[u8], (before, rest): (&[u8], &[u8])) -> bool {
    let is_digits = word.iter().all(u8::is_ascii_digit);
    let is_short = (is_digits && !before.ends_with(b"s:")) || (word.len() == 1 && !is_serialised_after(rest));
    is_short && is_label(rest)
}

/// Tells whether what follows a word makes it the label of what comes next: `:` or `=`, perhaps behind a quote.
pub(super) fn is_label(rest: &[u8]) -> bool {
    let rest = &rest[rest.iter().take(2).take_while(|byte| matches!(byte, b'\\' | b'"' | b'\'')).count()..];
    matches!(rest.trim_ascii_start().first(), Some(b':' | b'='))
}

/// Tells whether a length follows, as after the `s` of PHP's `serialize`.
fn is_serialised_after(rest: &[u8]) -> bool {
    rest.get(1).is_some_and(u8::is_ascii_digit)
}

/// Tells whether a word only says that a value follows: `ParameterValue`, `default_value`.
fn is_value_label(word: &[u8]) -> bool {
    let sense = || Sense::of(word);
    let ends = word.len() > 5 && word[word.len() - 5..].eq_ignore_ascii_case(b"value");
    ends && sense() == Sense::default()
}

/// The longest number that means nothing; a longer one is another value.
const LONGEST_NUMBER: usize = 16;

/// Tells whether a word, without its signs, means nothing by itself.
fn is_neutral(trimmed: &[u8]) -> bool {
    let is_number = || trimmed.len() <= LONGEST_NUMBER && trimmed.iter().all(u8::is_ascii_digit);
    trimmed.len() <= 1 || is_number() || Says::of(trimmed).any(Says::NOTHING)
}

/// Takes dashes and dots off both ends: `--header`, `-H`, `.env`.
fn trim_signs(word: &[u8]) -> &[u8] {
    let is_sign = |byte: &u8| matches!(byte, b'-' | b'.' | b'_');
    let start = word.iter().position(|byte| !is_sign(byte)).unwrap_or(word.len());
    let end = word.iter().rposition(|byte| !is_sign(byte)).map_or(start, |at| at + 1);
    &word[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what stands before `VALUE0123456789x`, nearest first.
    fn names(text: &str) -> Vec<String> {
        let at = text.find("VALUE").unwrap();
        Before::of(text.as_bytes(), at, Reach::BYTES).words.into_iter().map(|word| text[word].to_owned()).collect()
    }

    #[track_caller]
    fn assert_named(text: &str, name: &str) {
        assert_eq!(names(text).first().map(String::as_str), Some(name), "{text}");
    }

    #[test]
    fn the_name_is_found_in_every_kind_of_assignment() {
        assert_named("API_KEY=VALUE", "API_KEY");
        assert_named("export API_KEY=\"VALUE\"", "API_KEY");
        assert_named("const API_KEY: &str = \"VALUE\"", "API_KEY");
        assert_named("x = os.getenv(\"API_KEY\", \"VALUE\")", "API_KEY");
        assert_named("process.env.API_KEY || 'VALUE'", "process.env.API_KEY");
        assert_named("process.env.API_KEY ?? 'VALUE'", "process.env.API_KEY");
        assert_named("$env:API_KEY = \"VALUE\"", "API_KEY");
        assert_named("setx API_KEY VALUE", "API_KEY");
        assert_named("ENV API_KEY VALUE", "API_KEY");
        assert_named("curl -H \"Api-Key: VALUE\"", "Api-Key");
        assert_named("Authorization: Bearer VALUE", "Authorization");
        assert_named("headers.put(\"Api-Key\", \"VALUE\")", "Api-Key");
        assert_named("new Client({ apiKey: 'VALUE' })", "apiKey");
        assert_named("<add key=\"API_KEY\" value=\"VALUE\"/>", "API_KEY");
    }

    #[test]
    fn the_name_may_stand_on_the_line_before() {
        assert_named("- name: API_KEY\n  value: VALUE", "API_KEY");
        assert_named("{\"key\": \"API_KEY\",\n \"value\": \"VALUE\"", "API_KEY");
        assert_named("<key>API_KEY</key>\n<string>VALUE", "API_KEY");
        assert_named("# API_KEY\nVALUE", "API_KEY");
        assert_named("API_KEY: >-\n    VALUE", "API_KEY");
    }

    #[test]
    fn the_name_in_escaped_text_loses_the_escape() {
        assert_named("\"source\": [\"import os\\nAPI_KEY = \\\"VALUE\\\"", "API_KEY");
    }

    #[test]
    fn a_number_gives_no_name_unless_it_is_a_value_itself() {
        assert_named("API_KEY, 0123456789012345, VALUE", "API_KEY");
        assert_named("API_KEY, 01234567890123456, VALUE", "01234567890123456");
    }

    #[test]
    fn another_statement_gives_no_name() {
        assert_eq!(names("API_KEY=abc\n\n\nVALUE"), [""; 0]);
        assert_eq!(names("{\"name\": \"API_KEY\"}, {\"value\": \"VALUE\"}"), [""; 0]);
    }

    #[test]
    fn the_name_may_head_the_block() {
        let text = "variable \"api_key\" {\n  type = string\n  note = \"x\"\n  more = 1\n  default = \"VALUE\"\n}";
        let at = text.find("VALUE").unwrap();
        let before = Before::of(text.as_bytes(), at, Reach::BYTES);

        let heading = before.heading(text.as_bytes(), at, Reach::BYTES).unwrap();

        assert_eq!(&text[heading[0].clone()], "api_key");
        assert_eq!(before.label, Label::Open);
    }

    #[test]
    fn what_only_wraps_the_value_gives_no_name() {
        assert_named("api_key = SecretStr(\"VALUE\")", "api_key");
        assert_named("headers.insert(\"Api-Key\", HeaderValue::from_static(\"VALUE\"))", "Api-Key");
        assert_named("string ApiKey { get; set; } = \"VALUE\"", "ApiKey");
        assert_named("x.isEqualTo(\"VALUE\")", "x.isEqualTo");
        assert_named("api_key = md5(\"VALUE\")", "md5");
    }

    #[test]
    fn semicolons_that_end_no_statement_are_stepped_over() {
        assert_named("{&quot;apiKey&quot;:&quot;VALUE", "apiKey");
        assert_named("s:7:\"api_key\";s:86:\"VALUE", "api_key");
    }

    #[test]
    fn the_name_may_stand_above_a_block_of_markdown() {
        assert_named("# Api-Key\n\n```text\nVALUE", "Api-Key");
    }
}
