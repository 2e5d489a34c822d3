//! Generic secrets: what looks random and is called a secret, whoever issued it.

use crate::finding::Confidence;

use super::before::Label;
use super::candidate::{Candidate, Look};
use super::coded;
use super::doubt;
use super::found::{Match, Rank};
use super::name::Bond;
use super::random;
use super::runs;
use super::sense::Strength;
use super::value::Form;

/// The shortest secret that is reported when its name says so of many things, or when it could be a salt or a number.
const SHORTEST_VAGUE: usize = 20;

/// Judges whether a candidate is a secret by its own looks and its name.
pub(super) fn judge(candidate: &Candidate<'_>) -> Option<Match> {
    let may_be_token = matches!(candidate.form, Form::Free | Form::Hex | Form::Dotted);
    if !may_be_token || candidate.look != Look::Random || is_part_of_more(candidate) {
        return None;
    }
    let names = candidate.names_of_secret()?;
    let name = names.first();
    let is_named = !name.harmless && !names.example && names.bond == Bond::Assigned;
    let is_clear = name.secret == Strength::Strong && candidate.form != Form::Hex;
    let shortest = if is_clear { runs::SHORTEST } else { SHORTEST_VAGUE };
    if !is_named || candidate.value.len() < shortest {
        return None;
    }
    let confidence = match name.secret {
        Strength::None => return None,
        Strength::Weak if candidate.is_labelled_hash() || names.label == Label::Call => return None,
        Strength::Weak => Confidence::Medium,
        Strength::Strong => Confidence::High,
    };
    if (candidate.form == Form::Dotted && !is_in_parts(candidate)) || is_readable(candidate) {
        return None;
    }
    let mut found = candidate.found("generic-secret", Rank::Generic, confidence, candidate.value.clone())?;
    found.evidence = vec!["its name says that it is a secret", "it looks random"];
    Some(doubt::weigh(candidate, found))
}

/// Tells whether what stands right beside the value says that it is something else, or not all of it.
pub(super) fn is_part_of_more(candidate: &Candidate<'_>) -> bool {
    // A hash with the name of its function in braces, or what follows a template.
    let is_behind_brace =
        matches!(candidate.value.start.checked_sub(1).map(|at| candidate.text[at]), Some(b'{' | b'}'));
    let is_quoted = candidate.text[..candidate.value.start].ends_with(b"q{");
    (is_behind_brace && !is_quoted) || candidate.is_shortened()
}

/// Tells whether the value is base64 of a text in which nothing looks random: a name, a sample, a sentence.
fn is_readable(candidate: &Candidate<'_>) -> bool {
    let is_word = |word: &[u8]| word.len() < SHORTEST_HIDDEN || !random::is_random(word);
    let is_hashed = |text: &[u8]| HASHED.iter().any(|sign| memchr::memmem::find(text, sign).is_some());
    coded::readable(&candidate.text[candidate.value.clone()])
        .is_some_and(|text| is_hashed(&text) || text.split(|byte| !runs::is_token(*byte)).all(is_word))
}

/// How hashed passwords begin, behind the name of their user.
const HASHED: [&[u8]; 4] = [b":{SHA}", b":$apr1$", b":$2", b":$6$"];

/// The shortest random word that makes base64 of a text a secret.
const SHORTEST_HIDDEN: usize = 10;

/// Tells whether a value with dots in it is a token in parts, all of which look generated, rather than a file or a field.
fn is_in_parts(candidate: &Candidate<'_>) -> bool {
    let value = &candidate.text[candidate.value.clone()];
    let is_part = |part: &[u8]| part.iter().any(u8::is_ascii_digit) || part.len() > 5;
    candidate.names().first().secret == Strength::Strong
        && !value.starts_with(b".")
        && !value.starts_with(b"eyJ")
        && value.split(|byte| *byte == b'.').all(|part| is_part(part) && (part.len() < 8 || random::is_likely(part)))
}
