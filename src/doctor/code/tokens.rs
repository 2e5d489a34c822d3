//! Tokens: names, strings, operators; comments are left out.

use super::Language;
use super::strings;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::doctor) enum Kind {
    /// A name, a keyword or a number; in PHP and Ruby without its `$` or `@`.
    Word,
    /// The text of a string, without its quotes, escapes as they are written.
    Str,
    /// An operator or a bracket.
    Sign,
}

/// A piece of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::doctor) struct Token<'a> {
    /// What it is.
    pub(in crate::doctor) kind: Kind,
    /// Its text.
    pub(in crate::doctor) text: &'a str,
    /// The one-based line on which it begins.
    pub(in crate::doctor) line: u64,
}

impl Token<'_> {
    /// Tells whether it is this operator or bracket.
    pub(in crate::doctor) fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    /// Tells whether it is this word.
    pub(in crate::doctor) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }
}

/// Operators of more than one character that must not fall apart, the longest first.
const SIGNS: &[&str] = &[
    "===", "!==", "<=>", "...", "**=", ">>>", "?->", "==", "!=", "<=", ">=", "=>", "->", "::", ":=", "&&", "||", "??",
    "?.", "+=", "-=", "*=", "/=", "<<", ">>", "++", "--", "=~",
];

/// Takes code apart, in one pass over its bytes.
pub(in crate::doctor) fn tokens(text: &str, language: Language) -> Vec<Token<'_>> {
    let mut lexer = Lexer { text, at: 0, line: 1, language, found: Vec::new(), holes: Vec::new() };
    if language == Language::Php {
        // What stands before is a page, in whose text an apostrophe is no quote.
        lexer.skip(text.find("<?").unwrap_or(0));
    }
    while lexer.at < text.len() {
        lexer.step();
    }
    lexer.found
}

/// How far the code is taken apart.
struct Lexer<'a> {
    text: &'a str,
    /// The offset of what comes next; always between two characters.
    at: usize,
    /// The line of what comes next.
    line: u64,
    language: Language,
    found: Vec<Token<'a>>,
    /// For each `${` of a template that is open, how many braces are open in it.
    holes: Vec<usize>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Goes on by so many bytes.
    fn skip(&mut self, bytes: usize) {
        let passed = &self.text.as_bytes()[self.at..self.at + bytes];
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.at += bytes;
    }

    /// Adds a token of so many bytes, of which some at both ends are quotes, and goes on behind it.
    fn push(&mut self, kind: Kind, bytes: usize, open: usize, close: usize) {
        let text = &self.text[self.at + open..self.at + bytes - close];
        self.found.push(Token { kind, text, line: self.line });
        self.skip(bytes);
    }

    /// Takes what comes next.
    fn step(&mut self) {
        let rest = self.rest();
        if let Some(bytes) = comment(rest, self.language, self.is_at_line_start()) {
            return self.skip(bytes);
        }
        if let Some(found) = strings::at(rest, self.language) {
            return self.push(Kind::Str, found.bytes, found.open, found.close);
        }
        let Some(first) = rest.chars().next() else { return };
        match first {
            '`' if self.language == Language::JavaScript => {
                self.skip(1);
                self.template();
            }
            '/' if self.language == Language::JavaScript && self.may_be_regex() => {
                let bytes = strings::regex(rest).unwrap_or(1);
                self.push(Kind::Sign, bytes, 0, 0);
            }
            '{' => {
                if let Some(open) = self.holes.last_mut() {
                    *open += 1;
                }
                self.push(Kind::Sign, 1, 0, 0);
            }
            '}' => self.close_brace(),
            '$' | '@' if self.language == Language::Php || (self.language == Language::Ruby && first == '@') => {
                self.skip(1);
            }
            _ if first.is_whitespace() => self.skip(first.len_utf8()),
            _ if is_name(first) => {
                let bytes = rest.find(|character| !is_name(character)).unwrap_or(rest.len());
                self.push(Kind::Word, bytes, 0, 0);
            }
            _ => {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                self.push(Kind::Sign, sign.map_or(first.len_utf8(), |sign| sign.len()), 0, 0);
            }
        }
    }

    /// Takes a closing brace, which may bring back a template.
    fn close_brace(&mut self) {
        match self.holes.last_mut() {
            Some(0) => {
                self.holes.pop();
                self.skip(1);
                self.template();
            }
            Some(open) => {
                *open -= 1;
                self.push(Kind::Sign, 1, 0, 0);
            }
            None => self.push(Kind::Sign, 1, 0, 0),
        }
    }

    /// Takes the text of a template up to its end or to a `${`.
    fn template(&mut self) {
        let rest = self.rest();
        let (bytes, end) = strings::template(rest);
        self.push(Kind::Str, bytes, 0, 0);
        match end {
            strings::TemplateEnd::Hole => {
                self.skip(2);
                self.holes.push(0);
            }
            strings::TemplateEnd::Quote => self.skip(1),
            strings::TemplateEnd::Nowhere => {}
        }
    }

    /// Tells whether a slash begins a regular expression: where no value ends.
    fn may_be_regex(&self) -> bool {
        match self.found.last() {
            None => true,
            Some(Token { kind: Kind::Word, text, .. }) => matches!(*text, "return" | "typeof" | "case" | "in" | "of"),
            Some(Token { kind: Kind::Str, .. }) => false,
            Some(Token { kind: Kind::Sign, text, .. }) => !matches!(*text, ")" | "]" | "}"),
        }
    }

    fn is_at_line_start(&self) -> bool {
        self.at == 0 || self.text.as_bytes()[self.at - 1] == b'\n'
    }
}

/// Returns the length of a comment that begins here.
fn comment(rest: &str, language: Language, is_line_start: bool) -> Option<usize> {
    let to_line_end = || Some(memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len()));
    let to = |end: &str| Some(rest[2..].find(end).map_or(rest.len(), |at| 2 + at + end.len()));
    let has_slashes = !matches!(language, Language::Python | Language::Ruby);
    let has_hash = matches!(language, Language::Python | Language::Ruby | Language::Php);
    if has_slashes && rest.starts_with("//") {
        return to_line_end();
    }
    if has_slashes && rest.starts_with("/*") {
        return to("*/");
    }
    // `#[…]` is an attribute in PHP.
    if has_hash && rest.starts_with('#') && !(language == Language::Php && rest.starts_with("#[")) {
        return to_line_end();
    }
    if language == Language::Ruby && is_line_start && rest.starts_with("=begin") {
        return to("\n=end");
    }
    None
}

/// Tells whether a character belongs to a name; Ruby's `?` and `!` do not count.
fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(code: &str, language: Language) -> Vec<&str> {
        tokens(code, language).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_are_left_out() {
        assert_eq!(texts("a // b\n/* c\nd */ e", Language::JavaScript), ["a", "e"]);
        assert_eq!(texts("a # b\nc", Language::Python), ["a", "c"]);
        assert_eq!(texts("a\n=begin\nb\n=end\nc", Language::Ruby), ["a", "c"]);
        assert_eq!(texts("$a; # b\n#[Route]", Language::Php), ["a", ";", "#", "[", "Route", "]"]);
    }

    #[test]
    fn what_looks_like_a_comment_in_a_string_is_a_string() {
        assert_eq!(texts("get('https://x') + b", Language::JavaScript), ["get", "(", "https://x", ")", "+", "b"]);
        assert_eq!(texts("\"a # b\" == c", Language::Python), ["a # b", "==", "c"]);
        assert_eq!(texts(r#""a\"// b" c"#, Language::Java), [r#"a\"// b"#, "c"]);
    }

    #[test]
    fn the_code_in_a_template_is_code_and_the_rest_of_it_is_text() {
        let found = texts("`a${b({c: `d`})}e` === f", Language::JavaScript);

        assert_eq!(found, ["a", "b", "(", "{", "c", ":", "d", "}", ")", "e", "===", "f"]);
    }

    #[test]
    fn a_regular_expression_hides_its_quotes() {
        assert_eq!(texts("x = /['\"]/g.test(y)", Language::JavaScript)[3..], ["g", ".", "test", "(", "y", ")"]);
        assert_eq!(texts("a / b / c", Language::JavaScript), ["a", "/", "b", "/", "c"]);
    }

    #[test]
    fn strings_of_several_lines_are_one_token_and_lines_go_on() {
        let found = tokens("\"\"\"a\n# b\n\"\"\"\nc", Language::Python);

        assert_eq!(found.iter().map(|token| (token.text, token.line)).collect::<Vec<_>>(), [("a\n# b\n", 1), ("c", 4)]);
    }

    #[test]
    fn operators_stay_whole() {
        assert_eq!(texts("a!==b===c>=d", Language::JavaScript), ["a", "!==", "b", "===", "c", ">=", "d"]);
        assert_eq!(texts("x := <-y", Language::Go), ["x", ":=", "<", "-", "y"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken_apart_to_its_end(text in "[a-z'\"`#/*\\\\\n${}<=\u{e4}]{0,60}") {
            for language in [Language::JavaScript, Language::Python, Language::Go, Language::Ruby, Language::Php, Language::Java] {
                for token in tokens(&text, language) {
                    proptest::prop_assert!(text.contains(token.text));
                }
            }
        }
    }
}
