//! Doubt: what makes a value that looks like a secret, and is called one, less sure to open anything.
//!
//! A doubt never drops a finding. It makes a warning of what would block.

use std::ops::Range;

use crate::finding::Confidence;

use super::candidate::Candidate;
use super::found::Match;
use super::random;

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
    } else if is_result(before(candidate)) {
        Some("it stands in a comment, as the result of an example")
    } else if is_in_transcript(before(candidate)) {
        Some("it stands in the transcript of an interpreter, as documentation shows one")
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

/// Tells whether a line has the sign before its end by which documentation shows what an expression gives: `# => "`.
fn is_result(before: &[u8]) -> bool {
    let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    [b"# =>".as_slice(), b"// =>"].iter().any(|sign| memchr::memmem::find(line, sign).is_some())
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
