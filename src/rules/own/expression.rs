//! Patterns that somebody wrote: parsed when they are read, compiled when they are first tried.

use std::ops::Range;

use once_cell::sync::OnceCell;
use regex_automata::Input;
use regex_automata::meta::{Config, Regex};
use regex_syntax::ast::{self, Ast, Flag, FlagsItemKind, Span};
use regex_syntax::hir::translate::TranslatorBuilder;
use regex_syntax::hir::{Class, ErrorKind, Hir, HirKind};

/// A pattern with more bytes is a mistake.
const MOST_BYTES: usize = 32 * 1024;
/// The most states, each with its ranges of bytes, that a pattern may take: about a megabyte.
const MOST_WEIGHT: u64 = 20_000;
/// A deeper pattern is a mistake.
const MOST_NESTED: u32 = 100;
/// Said of what would take the tables of Unicode: they hold thousands of addresses, which the system would fill in each
/// time that the program starts.
const ON_BYTES: &str = "patterns are on bytes: no flag `u`, no properties of characters, no classes beyond ASCII";
/// What the lazy automaton of one pattern may keep, in bytes: as much as the largest patterns of gitleaks' own configuration
/// come to. With less they are built again and again, which halves its speed.
const CACHE_BYTES: usize = 4 * 1024 * 1024;

/// A pattern on bytes, in linear time, of bounded size.
#[derive(Debug)]
pub(super) struct Expression {
    pattern: String,
    /// Its parts, and what is known of them.
    pub(super) facts: Facts,
    compiled: OnceCell<Regex>,
}

/// What is known of a pattern without trying it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    /// The most bytes of a match, if there is a bound.
    pub(super) most: Option<usize>,
    /// How many states it takes, about.
    pub(super) weight: u64,
    /// How many groups it has.
    pub(super) groups: usize,
    /// The number of the group `secret`, if there is one.
    pub(super) secret: Option<usize>,
}

/// What a pattern was found to be.
pub(super) struct Parsed {
    /// The pattern.
    pub(super) expression: Expression,
    /// Its structure.
    pub(super) hir: Hir,
}

impl Expression {
    /// Parses a pattern; the error says what is wrong with it, and where.
    pub(super) fn parse(pattern: &str) -> Result<Parsed, String> {
        if pattern.len() > MOST_BYTES {
            return Err(format!("this pattern has {} bytes; {MOST_BYTES} are the most", pattern.len()));
        }
        let hir = hir(pattern)?;
        let weight = weight(&hir);
        if weight > MOST_WEIGHT {
            return Err(
                "this pattern is too large once its repetitions are written out; make their counts smaller".to_owned()
            );
        }
        let properties = hir.properties();
        let facts = Facts {
            most: properties.maximum_len(),
            weight,
            groups: properties.explicit_captures_len(),
            secret: group_named(&hir, "secret"),
        };
        Ok(Parsed { expression: Self { pattern: pattern.to_owned(), facts, compiled: OnceCell::new() }, hir })
    }

    /// Finds the first match that begins at `span.start` or behind it and ends within the span.
    ///
    /// Look-around sees up to a character beyond the span. Returns each group that took part, the whole match first.
    pub(super) fn find(&self, text: &[u8], span: Range<usize>) -> Option<Vec<Option<Range<usize>>>> {
        let regex = self.regex();
        let mut groups = regex.create_captures();
        regex.search_captures(&Input::new(text).span(span), &mut groups);
        groups.is_match().then(|| groups.iter().map(|group| group.map(|group| group.start..group.end)).collect())
    }

    fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| {
            let config = Config::new().utf8_empty(false).hybrid_cache_capacity(CACHE_BYTES);
            let hir = hir(&self.pattern).expect("it was parsed before");
            Regex::builder().configure(config).build_from_hir(&hir).expect("its size was bounded before")
        })
    }
}

/// Parses a pattern: `\w` and its kin mean ASCII, and `.` is any byte but a newline. The error says what is wrong with it,
/// and from which of its bytes on.
fn hir(pattern: &str) -> Result<Hir, String> {
    let refused = |because: &str, span: &Span| {
        format!("this pattern is refused at its byte {}: {}", span.start.offset + 1, because.replace('\n', " "))
    };
    let mut parser = ast::parse::ParserBuilder::new().nest_limit(MOST_NESTED).build();
    let parsed = parser.parse(pattern).map_err(|error| refused(&error.kind().to_string(), error.span()))?;
    ast::visit(&parsed, OnBytes).map_err(|span| refused(ON_BYTES, &span))?;
    let mut translator = TranslatorBuilder::new().unicode(false).utf8(false).build();
    translator.translate(pattern, &parsed).map_err(|error| match error.kind() {
        ErrorKind::UnicodeNotAllowed => refused(ON_BYTES, error.span()),
        kind => refused(&kind.to_string(), error.span()),
    })
}

/// Finds where a pattern asks for characters instead of bytes.
struct OnBytes;

impl ast::Visitor for OnBytes {
    type Output = ();
    type Err = Span;

    fn finish(self) -> Result<(), Span> {
        Ok(())
    }

    fn visit_pre(&mut self, part: &Ast) -> Result<(), Span> {
        let flags = match part {
            Ast::Flags(set) => Some(&set.flags),
            Ast::Group(group) => group.flags(),
            _ => None,
        };
        let Some(flags) = flags else { return Ok(()) };
        let asked = flags.items.iter().take_while(|item| item.kind != FlagsItemKind::Negation);
        let unicode = asked.into_iter().find(|item| item.kind == FlagsItemKind::Flag(Flag::Unicode));
        unicode.map_or(Ok(()), |item| Err(item.span))
    }
}

/// Returns the number of a group.
fn group_named(hir: &Hir, name: &str) -> Option<usize> {
    match hir.kind() {
        HirKind::Capture(group) if group.name.as_deref() == Some(name) => usize::try_from(group.index).ok(),
        HirKind::Capture(group) => group_named(&group.sub, name),
        HirKind::Repetition(repetition) => group_named(&repetition.sub, name),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().find_map(|part| group_named(part, name)),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => None,
    }
}

/// Returns how many states a pattern takes, about: each repetition is written out.
fn weight(hir: &Hir) -> u64 {
    let sum = |parts: &[Hir]| parts.iter().fold(1_u64, |sum, part| sum.saturating_add(weight(part)));
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len() as u64,
        HirKind::Class(Class::Bytes(class)) => 1 + class.ranges().len() as u64,
        // Each range takes several sequences of bytes.
        HirKind::Class(Class::Unicode(class)) => 1 + 8 * class.ranges().len() as u64,
        HirKind::Capture(group) => 2 + weight(&group.sub),
        HirKind::Repetition(repetition) => {
            let times = u64::from(repetition.max.unwrap_or(repetition.min).max(1));
            weight(&repetition.sub).saturating_mul(times).saturating_add(times)
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => sum(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(pattern: &str) -> String {
        Expression::parse(pattern).err().expect("a refusal")
    }

    #[test]
    fn a_wrong_pattern_is_refused_with_its_place() {
        assert_eq!(refusal("tok_[a-"), "this pattern is refused at its byte 5: unclosed character class");
        assert_eq!(
            refusal("a(?=b)"),
            "this pattern is refused at its byte 2: look-around, including look-ahead and look-behind, is not supported"
        );
    }

    #[test]
    fn a_pattern_that_would_take_much_memory_is_refused_before_it_does() {
        for pattern in ["(?:[a-z]{1000}){1000}", "a{100000}", &"(".repeat(200), &"a".repeat(40_000)] {
            refusal(pattern);
        }
    }

    #[test]
    fn a_pattern_that_takes_the_tables_of_unicode_is_refused() {
        // Tests have the tables, and would not see it fail when it is tried.
        for (pattern, at) in [
            (r"(?u)\bkey", 3),
            (r"key(?u:\B)", 6),
            (r"(?iu)key", 4),
            (r"key\pL", 4),
            ("key[\u{e4}]", 5),
            (r"((?i-s)(?u))", 10),
        ] {
            assert_eq!(refusal(pattern), format!("this pattern is refused at its byte {at}: {ON_BYTES}"), "{pattern}");
        }
        for pattern in [r"(?-u)\bkey", r"(?i-u:key)", "k\u{e4}y"] {
            assert!(Expression::parse(pattern).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn what_was_parsed_can_be_compiled() {
        for pattern in ["", "a|b", r"(?i)\bkey\b", "[^\\x00-\\x7f]{3}", "(?:[a-z0-9]{100}){30}"] {
            let parsed = Expression::parse(pattern).map_err(|error| panic!("{pattern}: {error}"));
            let _ = parsed.ok().unwrap().expression.find(b"some key", 0..8);
        }
    }

    #[test]
    fn look_around_sees_what_stands_beyond_the_span() {
        let expression = Expression::parse(r"\bkey\b").ok().unwrap().expression;

        assert!(expression.find(b"a key.", 2..5).is_some());
        assert!(expression.find(b"monkey.", 3..6).is_none());
        assert!(expression.find(b"a keys", 2..5).is_none());
    }
}
