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
    } else if is_result(&candidate.text[..candidate.value.start]) {
        Some("it stands in a comment, as the result of an example")
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

/// Tells whether text ends with the sign by which Ruby's documentation shows what an expression gives: `# => "`.
fn is_result(before: &[u8]) -> bool {
    let before = before.strip_suffix(b"\"").unwrap_or(before);
    let before = before.strip_suffix(b" ").unwrap_or(before);
    before.ends_with(b"# =>")
}

/// Tells whether a search index is named within sight of a value, as in the settings of `DocSearch`.
fn is_beside_index(candidate: &Candidate<'_>) -> bool {
    const INDEX: [&[u8]; 3] = [b"indexName", b"index_name", b"INDEX_NAME"];
    let reach = candidate.reach.context;
    let start = candidate.value.start.saturating_sub(reach);
    let end = candidate.text.len().min(candidate.run.end + reach).max(candidate.value.end);
    INDEX.iter().any(|index| memchr::memmem::find(&candidate.text[start..end], index).is_some())
}
