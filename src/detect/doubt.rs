//! Doubt: what makes a value that looks like a secret, and is called one, less sure to open anything.
//!
//! A doubt never drops a finding. It makes a warning of what would block.

use std::ops::Range;

use crate::finding::Confidence;

use super::candidate::Candidate;
use super::found::Match;
use super::random;
use super::sense::Sense;
use super::value::Form;

/// Lowers the confidence of a finding that there is a doubt about, and says which.
pub(super) fn weigh(candidate: &Candidate<'_>, mut found: Match) -> Match {
    if found.confidence == Confidence::High
        && let Some(doubt) = of(candidate)
    {
        found.confidence = Confidence::Medium;
        found.evidence.push(doubt);
    }
    found
}

/// Returns the first doubt about a candidate.
fn of(candidate: &Candidate<'_>) -> Option<&'static str> {
    let value = &candidate.text[candidate.value.clone()];
    let names = candidate.names();
    if names.first().fake {
        Some("its name says that it is made up")
    } else if names.places.first().is_some_and(|name| is_of_link(candidate.text, name, &candidate.value)) {
        Some("it is the token of a link, as sites send them by mail")
    } else if value.starts_with(b"eyJ") {
        Some("it begins as JSON does in base64, which anybody can read")
    } else if is_result(before(candidate)) || has_result(behind(candidate)) {
        Some("it stands in a comment, as the result of an example")
    } else if is_in_transcript(before(candidate)) {
        Some("it stands in the transcript of an interpreter, as documentation shows one")
    } else if is_below_example(before(candidate)) {
        Some("it stands in the example of a schema")
    } else if before(candidate).ends_with(b"===") {
        Some("it has signs before it that end base64, and begin nothing")
    } else if candidate.form == Form::Hex && is_in_column(before(candidate)) {
        Some("it stands in a column of a table, where hashes of passwords do")
    } else if is_also_harmless(candidate) {
        Some("the same value stands beside it under a name that is no secret's")
    } else if is_beside_index(candidate) {
        Some("a search index is named beside it: keys that only search are public")
    } else if random::spells_words(value) {
        Some("it reads as words once its digits are letters")
    } else {
        None
    }
}

/// Tells whether a value is a parameter of a URL that has no name but `token` or `pwd`: `?token=…`.
fn is_of_link(text: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
    const NAMES: [&[u8]; 2] = [b"token", b"pwd"];
    let before = &text[..name.start];
    let begins = before.ends_with(b"?") || before.ends_with(b"&") || before.ends_with(b"&amp;");
    begins
        && text.get(name.end..value.start) == Some(b"=")
        && NAMES.iter().any(|known| text[name.clone()].eq_ignore_ascii_case(known))
}

/// Returns the text before a value, as far as detectors look.
fn before<'a>(candidate: &Candidate<'a>) -> &'a [u8] {
    let start = candidate.value.start;
    &candidate.text[start.saturating_sub(candidate.reach.context)..start]
}

/// Returns the text behind a value, as far as detectors look.
fn behind<'a>(candidate: &Candidate<'a>) -> &'a [u8] {
    let end = candidate.value.end;
    &candidate.text[end..candidate.text.len().min(candidate.run.end + candidate.reach.context).max(end)]
}

/// Tells whether a line has the sign before its end by which documentation shows what an expression gives: `# => "`.
fn is_result(before: &[u8]) -> bool {
    let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    [b"# =>".as_slice(), b"// =>"].iter().any(|sign| memchr::memmem::find(line, sign).is_some())
}

/// Tells whether the line below begins with that sign, in the same comment.
fn has_result(behind: &[u8]) -> bool {
    let below = behind.split(|byte| *byte == b'\n').nth(1).unwrap_or_default().trim_ascii_start();
    let below = below.strip_prefix(b"#").or_else(|| below.strip_prefix(b"//")).map(<[u8]>::trim_ascii_start);
    below.is_some_and(|below| [b"=>".as_slice(), b"# =>", b"// =>"].iter().any(|sign| below.starts_with(sign)))
}

/// Tells whether a line above, further out, heads an example as `OpenAPI` does: `example:`, `"examples": {`.
fn is_below_example(before: &[u8]) -> bool {
    let mut lines = before.split(|byte| *byte == b'\n');
    // Of the first one, the beginning is out of sight.
    lines.next();
    let Some(own) = lines.next_back().map(indent) else { return false };
    lines.any(|line| indent(line) < own && heads_example(line.trim_ascii()))
}

/// Returns how far a line is indented.
fn indent(line: &[u8]) -> usize {
    line.len() - line.trim_ascii_start().len()
}

/// Tells whether a line without its indent heads an example, and says no more.
fn heads_example(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let line = line.strip_prefix(b"example").map(|line| line.strip_prefix(b"s").unwrap_or(line));
    line.is_some_and(|line| [b":".as_slice(), b"\":", b"\": {", b"\": ["].contains(&line))
}

/// Tells whether a text ends where Liquibase has the value of a column that rows are filled with.
fn is_in_column(before: &[u8]) -> bool {
    let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    line.trim_ascii_start().starts_with(b"<column ") && line.ends_with(b" value=\"")
}

/// Tells whether the same value stands within sight under a name such as `db_name`, as what is encrypted or made up does.
fn is_also_harmless(candidate: &Candidate<'_>) -> bool {
    let value = &candidate.text[candidate.value.clone()];
    let is_harmless =
        |text: &[u8]| memchr::memmem::find_iter(text, value).any(|at| Sense::of(word_before(&text[..at])).harmless);
    is_harmless(before(candidate)) || is_harmless(behind(candidate))
}

/// Returns the last word of a text, without what stands behind it.
fn word_before(text: &[u8]) -> &[u8] {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let end = text.iter().rposition(is_part).map_or(0, |last| last + 1);
    let start = text[..end].iter().rposition(|byte| !is_part(byte)).map_or(0, |at| at + 1);
    &text[start..end]
}

/// Tells whether a line above, with no empty one between, is what somebody typed at Python's prompt: `>>> login()`.
///
/// No program reads such a text for its settings: it has the prompt, and what was answered, in it.
fn is_in_transcript(before: &[u8]) -> bool {
    let mut lines = before.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_start);
    // Of the first one, the beginning is out of sight.
    lines.next();
    lines.rev().take_while(|line| !line.is_empty()).any(|line| line.starts_with(b">>> "))
}

/// Tells whether a search index is named within sight of a value, as in the settings of `DocSearch`.
fn is_beside_index(candidate: &Candidate<'_>) -> bool {
    const INDEX: [&[u8]; 3] = [b"indexName", b"index_name", b"INDEX_NAME"];
    let reach = candidate.reach.context;
    let start = candidate.value.start.saturating_sub(reach);
    let end = candidate.text.len().min(candidate.run.end + reach).max(candidate.value.end);
    INDEX.iter().any(|index| memchr::memmem::find(&candidate.text[start..end], index).is_some())
}
