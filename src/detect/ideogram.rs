//! Ideogram's keys, in every form in which they are written.
//!
//! Keys as issued have no prefix, but a shape: 64 random bytes as 86 characters
//! of unpadded base64url. Other values stand under Ideogram's names too (older
//! keys, keys of gateways). So a value is judged by its shape, by its name, and
//! by the word `ideogram` within sight.

use crate::finding::Confidence;

use super::before::Label;
use super::behind;
use super::candidate::{Candidate, Look};
use super::found::{Match, Rank};
use super::random::Spread;
use super::sense::Strength;
use super::value::Form;

const KEY: &str = "ideogram-api-key";
const KEY_SHAPE: &str = "ideogram-api-key-shape";
const WEBHOOK: &str = "ideogram-webhook-secret";

/// 64 bytes as unpadded base64url.
const KEY_BYTES: usize = 86;

/// Judges whether a candidate is a key of Ideogram's.
pub(super) fn judge(candidate: &Candidate<'_>) -> Option<Match> {
    let first = candidate.names.first();
    if first.harmless {
        return None;
    }
    let has_shape = has_shape(candidate);
    let is_named = is_named(candidate);
    let is_left_open = first.generic || candidate.names.words.is_empty();
    if has_shape && (candidate.near_ideogram || first.header) {
        return found(candidate, Rank::Named, Confidence::Certain, &[SHAPED, tie(candidate)]);
    }
    if candidate.look == Look::Words || candidate.is_shortened() {
        return None;
    }
    if is_named && is_value(candidate) {
        return found(candidate, Rank::Named, Confidence::High, &[NAMED, RANDOM]);
    }
    if has_shape {
        return shape_only(candidate);
    }
    if candidate.look == Look::Likely || (first.secret == Strength::Weak && candidate.is_labelled_hash()) {
        return None;
    }
    if candidate.near_ideogram && is_left_open && first.secret > Strength::None && is_value(candidate) {
        let rank = if has_old_prefix(candidate) { Rank::Named } else { Rank::Nearby };
        return found(candidate, rank, Confidence::High, &[NEARBY, SECRET, RANDOM]);
    }
    None
}

/// Says what ties a value to Ideogram.
fn tie(candidate: &Candidate<'_>) -> &'static str {
    if candidate.names.first().header {
        HEADER
    } else if candidate.names.ideogram() {
        NAMED
    } else {
        NEARBY
    }
}

/// Tells whether the value's name says that it is a secret of Ideogram's: before it, or on the rest of its line.
fn is_named(candidate: &Candidate<'_>) -> bool {
    let names = &candidate.names;
    if names.ideogram() && names.secret_of_ideogram() {
        return true;
    }
    let is_open = names.label != Label::Named && candidate.near_ideogram && !is_bare_hash(candidate);
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
const SECRET: &str = "its name says that it is a secret";
const RANDOM: &str = "it looks random";

fn found(candidate: &Candidate<'_>, rank: Rank, confidence: Confidence, evidence: &[&'static str]) -> Option<Match> {
    let rule = if candidate.names.webhook() { WEBHOOK } else { KEY };
    let has_shape = has_shape(candidate);
    let span = if has_shape { candidate.run.clone() } else { candidate.value.clone() };
    let mut found = candidate.found(rule, rank, confidence, span)?;
    found.evidence = evidence.to_vec();
    Some(found)
}

fn shape_only(candidate: &Candidate<'_>) -> Option<Match> {
    let mut found = candidate.found(KEY_SHAPE, Rank::Nearby, Confidence::High, candidate.run.clone())?;
    found.evidence = vec![SHAPED];
    Some(found)
}

/// Tells whether the run has the shape of an issued key.
///
/// The last of 86 characters carries two bits of the 64th byte, so it is one of
/// four. Right after a dot it is the signature of a JSON Web Token; beside
/// `+`, `/` or `=` it is a piece of standard base64, such as a lock file's hash;
/// after `base64,` it is a picture in a data URL.
fn has_shape(candidate: &Candidate<'_>) -> bool {
    let text = candidate.text;
    let run = &candidate.run;
    let key = &text[run.clone()];
    let before = run.start.checked_sub(1).map(|at| text[at]);
    let ends_right = matches!(key.last(), Some(b'A' | b'Q' | b'g' | b'w'));
    let stands_alone = (!matches!(before, Some(b'.' | b'+' | b'/')) || text[..run.start].ends_with(b"://"))
        && !matches!(text.get(run.end), Some(b'+' | b'/' | b'='));
    let is_data = text[..run.start].ends_with(b"base64,");
    key.len() == KEY_BYTES && ends_right && stands_alone && !is_data && is_spread(key)
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
