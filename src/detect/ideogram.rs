//! Ideogram's keys, in every form in which they are written.
//!
//! Keys as issued have no prefix, but a shape: 64 random bytes as 86 characters
//! of unpadded base64url. Other values stand under Ideogram's names too (older
//! keys, keys of gateways). So a value is judged by its shape, by its name, and
//! by the word `ideogram` within sight.

use std::ops::Range;

use crate::finding::Confidence;

use super::before::Label;
use super::behind;
use super::candidate::{Candidate, Ideogram, Look};
use super::found::{Match, Rank};
use super::random::Spread;
use super::sense::{Sense, Strength};
use super::value::Form;

const KEY: &str = "ideogram-api-key";
const KEY_SHAPE: &str = "ideogram-api-key-shape";
const WEBHOOK: &str = "ideogram-webhook-secret";

/// 64 bytes as unpadded base64url.
const KEY_BYTES: usize = 86;

/// Judges whether a candidate is a key of Ideogram's.
pub(super) fn judge(candidate: &Candidate<'_>) -> Option<Match> {
    let issued = issued(candidate);
    // True of most values, so their names need not be read.
    if issued.is_none() && candidate.ideogram == Ideogram::Nowhere {
        return None;
    }
    let first = candidate.names().first();
    if first.harmless {
        return misnamed(candidate, issued?);
    }
    let is_near = candidate.ideogram == Ideogram::Near;
    let is_named = is_named(candidate);
    let is_left_open = first.generic || candidate.names().words.is_empty();
    if issued.is_some() && (is_near || first.header) {
        return found(candidate, Rank::Named, Confidence::Certain, &[SHAPED, tie(candidate)]);
    }
    if candidate.is_shortened() {
        return None;
    }
    if is_named && is_value(candidate) {
        return found(candidate, Rank::Named, Confidence::High, &[NAMED, RANDOM]);
    }
    if let Some(key) = issued {
        return shape_only(candidate, key);
    }
    if candidate.look == Look::Likely || (first.secret == Strength::Weak && candidate.is_labelled_hash()) {
        return None;
    }
    if is_near && is_left_open && first.secret > Strength::None && is_value(candidate) {
        let rank = if has_old_prefix(candidate) { Rank::Named } else { Rank::Nearby };
        return found(candidate, rank, Confidence::High, &[NEARBY, SECRET, RANDOM]);
    }
    None
}

/// Says what ties a value to Ideogram.
fn tie(candidate: &Candidate<'_>) -> &'static str {
    if candidate.names().first().header {
        HEADER
    } else if candidate.names().ideogram() {
        NAMED
    } else {
        NEARBY
    }
}

/// Tells whether the value's name says that it is a secret of Ideogram's: before it, or on the rest of its line.
fn is_named(candidate: &Candidate<'_>) -> bool {
    let names = candidate.names();
    if names.ideogram() && names.secret_of_ideogram() {
        return true;
    }
    let is_open = names.label != Label::Named && candidate.ideogram == Ideogram::Near && !is_bare_hash(candidate);
    is_open && behind::says_ideogram_secret(&candidate.rest())
}

/// Tells whether the value is hex digits that no quote begins, as commits stand in a log.
fn is_bare_hash(candidate: &Candidate<'_>) -> bool {
    let before = candidate.value.start.checked_sub(1).map(|at| candidate.text[at]);
    candidate.form != Form::Free && !matches!(before, Some(b'"' | b'\'' | b'`'))
}

const SHAPED: &str = "86 characters of base64url, as Ideogram issues its keys";
const NEARBY: &str = "\"ideogram\" stands beside it";
const HEADER: &str = "it stands in a header named Api-Key";
const NAMED: &str = "its name says \"ideogram\"";
const MISNAMED: &str = "its name also says that it opens nothing";
const SECRET: &str = "its name says that it is a secret";
const RANDOM: &str = "it looks random";

fn found(candidate: &Candidate<'_>, rank: Rank, confidence: Confidence, evidence: &[&'static str]) -> Option<Match> {
    let rule = if candidate.names().webhook() { WEBHOOK } else { KEY };
    let span = issued(candidate).unwrap_or_else(|| candidate.value.clone());
    let mut found = candidate.found(rule, rank, confidence, span)?;
    found.evidence = evidence.to_vec();
    Some(found)
}

fn shape_only(candidate: &Candidate<'_>, key: Range<usize>) -> Option<Match> {
    let mut found = candidate.found(KEY_SHAPE, Rank::Nearby, Confidence::High, key)?;
    found.evidence = vec![SHAPED];
    Some(found)
}

/// Warns of a key as issued whose name says that it is Ideogram's, and that it opens nothing: `ideogram_key_id`.
///
/// What opens nothing seldom has this form, and names are soon wrong.
fn misnamed(candidate: &Candidate<'_>, key: Range<usize>) -> Option<Match> {
    if !candidate.names().first().ideogram {
        return None;
    }
    let mut found = candidate.found(KEY, Rank::Nearby, Confidence::Medium, key)?;
    found.evidence = vec![SHAPED, NAMED, MISNAMED];
    Some(found)
}

/// Returns the place of a key as issued: the run, or its end behind a word that leads to it, as in `key-…`.
fn issued(candidate: &Candidate<'_>) -> Option<Range<usize>> {
    let run = candidate.run.clone();
    let key = run.end.checked_sub(KEY_BYTES).filter(|start| *start >= run.start)?..run.end;
    let lead = &candidate.text[run.start..key.start];
    let is_whole = if lead.is_empty() { stands_alone(candidate.text, &key) } else { leads_to_key(lead) };
    (is_whole && has_shape(&candidate.text[key.clone()])).then_some(key)
}

/// The most bytes of a word that leads to a key: well within the context of a match.
const LONGEST_LEAD: usize = 64;

/// Tells whether text before a key says what it is and ends with the sign that binds them: `api_key-`, `ideogram_`.
fn leads_to_key(text: &[u8]) -> bool {
    let is_bound = text.len() <= LONGEST_LEAD && matches!(text.last(), Some(b'-' | b'_'));
    let sense = if is_bound { Sense::of(text) } else { Sense::default() };
    sense.secret > Strength::None || sense.ideogram
}

/// Tells whether 86 characters have the shape of an issued key: the last carries two bits of the 64th byte.
fn has_shape(key: &[u8]) -> bool {
    matches!(key.last(), Some(b'A' | b'Q' | b'g' | b'w')) && is_spread(key)
}

/// Tells whether nothing beside a run says that it is a part of something else.
///
/// Right after a dot it is the signature of a JSON Web Token; beside `+`, `/` or
/// `=` it is a piece of standard base64, such as a lock file's hash, or of a path;
/// after `base64,` it is a picture in a data URL.
fn stands_alone(text: &[u8], run: &Range<usize>) -> bool {
    let before = &text[..run.start];
    let follows = matches!(before.last(), Some(b'.' | b'+' | b'/')) && !before.ends_with(b"://");
    let goes_on = matches!(text.get(run.end), Some(b'+' | b'/' | b'='));
    !follows && !goes_on && !before.ends_with(b"base64,")
}

/// Tells whether a text has what 86 random characters of base64url never lack.
fn is_spread(key: &[u8]) -> bool {
    let spread = Spread::of(key);
    spread.distinct >= 32 && spread.lower >= 8 && spread.upper >= 8 && spread.digits >= 2
}

/// Tells whether the value could be a key by its form: a token, hex digits, or a UUID.
fn is_value(candidate: &Candidate<'_>) -> bool {
    matches!(candidate.form, Form::Free | Form::Hex | Form::Uuid)
}

/// Tells whether the value begins as keys in older guides do.
fn has_old_prefix(candidate: &Candidate<'_>) -> bool {
    candidate.text[candidate.value.clone()].starts_with(b"sk_")
}
