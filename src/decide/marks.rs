//! Marks in comments that allow the finding beside them.

use memchr::memmem;

use crate::config::without_secret;
use crate::decide::near::Near;

/// Marks of other tools that allow a finding on their own line. They need no reason.
const THEIRS: [&str; 5] =
    ["gitleaks:allow", "betterleaks:allow", "trufflehog:ignore", "pragma: allowlist secret", "pragma:allowlist secret"];
/// Marks of other tools that allow a finding on the line after.
const THEIRS_NEXT_LINE: [&str; 2] = ["pragma: allowlist nextline secret", "pragma:allowlist nextline secret"];
/// Our mark for the line it stands on.
const OURS: &str = "ideoguard:allow";
/// Our mark for the line after.
const OURS_NEXT_LINE: &str = "ideoguard:allow-next-line";
/// Longest reason that is kept, in characters.
const MAX_REASON: usize = 200;

/// What the marks near a finding come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marked {
    /// There is none.
    No,
    /// One allows it, for this reason.
    Allows(String),
    /// There is one of ours, without a reason in words.
    WithoutReason,
    /// There is one of ours, for other rules.
    OtherRule,
}

/// A stretch of text to look for marks in, and which of its ends touch the secret.
#[derive(Clone, Copy)]
struct Stretch<'a> {
    /// The text.
    text: &'a [u8],
    /// Which of its ends touch the secret.
    ends: Ends,
}

/// Which end of a stretch touches the secret, so that a mark there is no word of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Neither.
    Free,
    /// The last byte does.
    LastTouches,
    /// The first byte does.
    FirstTouches,
}

/// Reads the marks near a finding of `rule`.
#[must_use]
pub fn read(near: &Near<'_>, rule: &str) -> Marked {
    let own_line = [
        Stretch { text: near.before, ends: Ends::LastTouches },
        Stretch { text: near.after, ends: Ends::FirstTouches },
    ];
    let line_before = [Stretch { text: near.line_before, ends: Ends::Free }];
    let ours = ours(&own_line, OURS, rule).or_else(|| ours(&line_before, OURS_NEXT_LINE, rule));
    match ours {
        Marked::Allows(reason) => Marked::Allows(reason),
        weaker @ (Marked::No | Marked::WithoutReason | Marked::OtherRule) => {
            theirs(&own_line, &THEIRS).or_else(|| theirs(&line_before, &THEIRS_NEXT_LINE)).or_else(|| weaker)
        }
    }
}

impl Marked {
    /// Returns this, or what `other` says when this is no mark at all.
    fn or_else(self, other: impl FnOnce() -> Self) -> Self {
        if self == Self::No { other() } else { self }
    }
}

/// Looks for a mark of another tool; what it says is its name.
fn theirs(stretches: &[Stretch<'_>], marks: &[&str]) -> Marked {
    let found = marks.iter().find(|mark| stretches.iter().any(|stretch| stretch.places(mark).next().is_some()));
    found.map_or(Marked::No, |mark| Marked::Allows((*mark).to_owned()))
}

/// Looks for a mark of ours; the first one that allows wins over those that do not count.
fn ours(stretches: &[Stretch<'_>], mark: &str, rule: &str) -> Marked {
    let mut result = Marked::No;
    for stretch in stretches {
        for end in stretch.places(mark) {
            match after_mark(&stretch.text[end..], rule) {
                Marked::Allows(reason) => return Marked::Allows(reason),
                weaker @ (Marked::No | Marked::WithoutReason | Marked::OtherRule) => result = result.or_else(|| weaker),
            }
        }
    }
    result
}

/// Reads what follows a mark of ours: `[rule, rule] REASON`.
fn after_mark(rest: &[u8], rule: &str) -> Marked {
    let (rules, rest) = match rest.strip_prefix(b"[") {
        None => (None, rest),
        Some(list) => match memchr::memchr(b']', list) {
            None => return Marked::OtherRule,
            Some(end) => (Some(&list[..end]), &list[end + 1..]),
        },
    };
    if rules.is_some_and(|rules| !rules.split(|byte| *byte == b',').any(|id| id.trim_ascii() == rule.as_bytes())) {
        return Marked::OtherRule;
    }
    reason(rest).map_or(Marked::WithoutReason, Marked::Allows)
}

impl Stretch<'_> {
    /// Returns where each occurrence of `mark` that is a word of its own ends.
    fn places<'a>(&'a self, mark: &'a str) -> impl Iterator<Item = usize> + 'a {
        memmem::find_iter(self.text, mark)
            .map(|start| (start, start + mark.len()))
            .filter_map(|(start, end)| (self.begins_word(start) && self.ends_word(end)).then_some(end))
    }

    /// Tells whether a word may begin at `start`: not inside an identifier, a path or a value.
    fn begins_word(&self, start: usize) -> bool {
        match self.text[..start] {
            [] => self.ends != Ends::FirstTouches,
            // One of these may join words; two of them open a comment.
            [.., first, last @ (b'-' | b'/')] => first == last || first == b'*' || first.is_ascii_whitespace(),
            [b'-' | b'/'] => true,
            [.., last] => !is_word_byte(last) && !b".:=@+$&\\".contains(&last),
        }
    }

    /// Tells whether a word may end at `end`.
    fn ends_word(&self, end: usize) -> bool {
        match self.text[end..] {
            [] => self.ends != Ends::LastTouches,
            [b'-', next, ..] => next == b'-',
            [next, ..] => !is_word_byte(next) && next != b'-',
        }
    }
}

/// Tells whether a byte may be part of an identifier.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Returns the reason that a mark gives, up to the end of its comment; `None` without words.
fn reason(rest: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&rest[..end_of_comment(rest)]);
    let text = text.trim_start_matches([' ', '\t', ':', '-', '–', '—', '=']);
    let text = text.trim_end_matches(|last: char| last.is_whitespace() || "*/-<>{}[()],;%#\\".contains(last));
    // A reason in words has letters; a lone symbol or number says nothing to the next reader.
    if text.chars().filter(|character| character.is_alphabetic()).count() < 2 {
        return None;
    }
    let words: Vec<&str> = text.split_whitespace().map(without_secret).collect();
    Some(words.join(" ").chars().take(MAX_REASON).collect())
}

/// Returns where the comment that begins `text` ends: at its closing sign, a closing quote, or the line's end.
fn end_of_comment(text: &[u8]) -> usize {
    let closes = |at: usize| {
        let rest = &text[at..];
        match rest[0] {
            b'\n' | b'\r' | b'"' | b'`' => true,
            // An apostrophe inside a word is part of the reason.
            b'\'' => rest.get(1).is_none_or(|next| !next.is_ascii_alphabetic()),
            b'*' => rest.starts_with(b"*/"),
            b'-' => rest.starts_with(b"-->"),
            _ => false,
        }
    };
    (0..text.len()).find(|at| closes(*at)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> Marked {
        read(&Near { after: text.as_bytes(), ..Near::default() }, "some-rule")
    }

    fn allows(reason: &str) -> Marked {
        Marked::Allows(reason.to_owned())
    }

    #[test]
    fn a_mark_with_a_reason_allows() {
        assert_eq!(after("' # ideoguard:allow made up for tests"), allows("made up for tests"));
        assert_eq!(after("'; // ideoguard:allow: it's a sample"), allows("it's a sample"));
        assert_eq!(after("'; //ideoguard:allow sample"), allows("sample"));
        assert_eq!(after(" -- ideoguard:allow - sample"), allows("sample"));
        assert_eq!(after(" <!-- ideoguard:allow sample -->"), allows("sample"));
    }

    #[test]
    fn a_mark_without_words_does_not_count() {
        assert_eq!(after("' # ideoguard:allow"), Marked::WithoutReason);
        assert_eq!(after("' /* ideoguard:allow */"), Marked::WithoutReason);
        assert_eq!(after("' # ideoguard:allow ... 1"), Marked::WithoutReason);
    }

    #[test]
    fn a_mark_may_name_the_rules_it_is_for() {
        assert_eq!(after(" # ideoguard:allow[other, some-rule] sample"), allows("sample"));
        assert_eq!(after(" # ideoguard:allow[other] sample"), Marked::OtherRule);
        assert_eq!(after(" # ideoguard:allow[some-rule]"), Marked::WithoutReason);
        assert_eq!(after(" # ideoguard:allow[some-rule sample"), Marked::OtherRule);
    }

    #[test]
    fn a_mark_counts_only_as_a_word_of_its_own() {
        assert_eq!(after(" # xideoguard:allow sample"), Marked::No);
        assert_eq!(after(" # my-ideoguard:allow sample"), Marked::No);
        assert_eq!(after(" # ideoguard:allowed sample"), Marked::No);
        assert_eq!(after(" # ideoguard:allow-next-line sample"), Marked::No);
        assert_eq!(after(" # notgitleaks:allow"), Marked::No);
        assert_eq!(after(" https://user:gitleaks:allow@host"), Marked::No);
        assert_eq!(after("ideoguard:allow glued to the secret"), Marked::No);
    }

    #[test]
    fn marks_of_other_tools_are_understood() {
        for mark in ["gitleaks:allow", "betterleaks:allow", "trufflehog:ignore", "pragma: allowlist secret"] {
            assert_eq!(after(&format!("\" # {mark}")), allows(mark));
            assert_eq!(after(&format!("\" /*{mark}*/")), allows(mark));
        }
    }

    #[test]
    fn a_mark_on_the_line_before_allows_when_it_says_next_line() {
        let before = |text: &str| read(&Near { line_before: text.as_bytes(), ..Near::default() }, "some-rule");

        assert_eq!(before("# ideoguard:allow-next-line sample"), allows("sample"));
        assert_eq!(before("# ideoguard:allow-next-line[some-rule] sample"), allows("sample"));
        assert_eq!(before("# pragma: allowlist nextline secret"), allows("pragma: allowlist nextline secret"));
        assert_eq!(before("# ideoguard:allow sample"), Marked::No);
        assert_eq!(before("# gitleaks:allow"), Marked::No);
    }

    #[test]
    fn a_mark_before_the_secret_allows_it_and_its_reason_ends_with_its_comment() {
        let near = Near { before: b"{\"note\": \"ideoguard:allow sample\", \"key\": \"", ..Near::default() };

        assert_eq!(read(&near, "some-rule"), allows("sample"));
    }

    #[test]
    fn another_secret_on_the_line_does_not_get_into_the_reason() {
        let other = "0123456789abcdef".repeat(2);

        assert_eq!(after(&format!(" # ideoguard:allow sample like {other}")), allows("sample like …"));
        assert_eq!(after(" # ideoguard:allow sample PASS=hunter2"), allows("sample …"));
    }

    #[test]
    fn a_mark_of_another_tool_counts_beside_one_of_ours_that_does_not() {
        assert_eq!(after(" # ideoguard:allow[other] sample # gitleaks:allow"), allows("gitleaks:allow"));
    }
}
