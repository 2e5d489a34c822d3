//! Secrets of a known issuer that have no shape of their own: the name says whose they are, the shape that they may be.

use crate::finding::Confidence;
use crate::rules::{self, Named, Proven, Rule, Spelling};

use super::before::Label;
use super::candidate::{Candidate, Look};
use super::doubt;
use super::found::{Match, Rank};
use super::generic;
use super::name::{Bond, Names};
use super::sense::{Parts, Strength};
use super::value::Form;

/// Judges whether a candidate's name says whose secret it is, and its value has the shape that this issuer's have.
///
/// `own` are the rules of files that go by names; the built-in ones are asked anyway.
pub(super) fn judge(candidate: &Candidate<'_>, own: &[&'static Rule]) -> Option<Match> {
    if let Some(found) = json_web_key(candidate) {
        return Some(found);
    }
    if candidate.look != Look::Random || candidate.form == Form::Code || generic::is_part_of_more(candidate) {
        return None;
    }
    let names = candidate.names_of_secret()?;
    if !is_named_secret(candidate, names) {
        return None;
    }
    let spelling = spelling(candidate, names);
    let found = rows(own).filter(|(_, named)| named.is_called(&spelling));
    found.filter_map(|(rule, named)| fit(candidate, rule, named)).max_by_key(|found| found.confidence)
}

/// Returns the rules that go by names.
fn rows(own: &[&'static Rule]) -> impl Iterator<Item = (&'static Rule, &'static Named)> {
    let all = rules::named().chain(own.iter().copied());
    all.filter_map(|rule| Some((rule, rule.named.as_ref()?)))
}

/// Tells whether the nearest name says that the value is a secret, as clearly as its form needs.
fn is_named_secret(candidate: &Candidate<'_>, names: &Names) -> bool {
    let name = names.first();
    let is_weak = name.secret == Strength::Weak;
    let is_vague = is_weak && (candidate.is_labelled_hash() || names.label == Label::Call);
    name.secret > Strength::None && !name.harmless && !names.example && names.bond == Bond::Assigned && !is_vague
}

/// Spells out what the value is called.
fn spelling(candidate: &Candidate<'_>, names: &Names) -> Spelling {
    let mut spelling = Spelling::default();
    names.places.iter().for_each(|place| spelling.add(Parts(&candidate.text[place.clone()])));
    spelling
}

/// Fits the shape of a rule where the value begins.
fn fit(candidate: &Candidate<'_>, rule: &'static Rule, named: &Named) -> Option<Match> {
    let start = candidate.value.start;
    let limit = candidate.text.len().min(start + candidate.reach.longest);
    let limit = limit.min(candidate.run.end + candidate.reach.context);
    let (length, proof) = named.fit(&candidate.text[start..limit.max(candidate.value.end)], candidate.value.len())?;
    let evidence = match proof {
        Proven::Holds(evidence) => evidence,
        Proven::Fails(_) => return None,
        Proven::Unproven => SHAPED,
    };
    let confidence = rule.confidence_with(proof).max(Confidence::Medium);
    let mut found = candidate.found_by(rule, Rank::Issuer, confidence, start..start + length);
    found.evidence = vec![NAMED, evidence];
    Some(doubt::weigh(candidate, found))
}

/// The shortest private part of a JSON Web Key: 32 bytes.
const SHORTEST_PRIVATE_PART: usize = 42;
/// What stands before the private part.
const PRIVATE_PARTS: [&[u8]; 3] = [b"\"d\":\"", b"\"d\": \"", b"\"d\" : \""];
/// Parts of which a JSON Web Key has one within sight of its private part.
const OTHER_PARTS: [&[u8]; 6] = [b"\"kty\"", b"\"crv\"", b"\"e\"", b"\"p\"", b"\"dp\"", b"\"qi\""];

/// Judges whether a candidate is the private part of a JSON Web Key.
fn json_web_key(candidate: &Candidate<'_>) -> Option<Match> {
    let (text, value) = (candidate.text, candidate.value.clone());
    let before = &text[value.start.saturating_sub(candidate.reach.context)..value.start];
    if value.len() < SHORTEST_PRIVATE_PART || !PRIVATE_PARTS.iter().any(|part| before.ends_with(part)) {
        return None;
    }
    let behind = &text[value.end..text.len().min(candidate.run.end + candidate.reach.context).max(value.end)];
    let is_key = |text: &[u8]| OTHER_PARTS.iter().any(|part| memchr::memmem::find(text, part).is_some());
    if !is_key(before) && !is_key(behind) {
        return None;
    }
    let rule = rules::by_id("jwk-private-key")?;
    let mut found = candidate.found(rule.id, Rank::Named, rule.confidence, value)?;
    found.evidence = vec!["it is the private part of a JSON Web Key"];
    Some(found)
}

const NAMED: &str = "its name says whose secret it is";
const SHAPED: &str = "it has the shape that its issuer's secrets have";
