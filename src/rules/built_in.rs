//! The built-in rules, written by `build.rs` from `rules/*.toml`.

use once_cell::sync::OnceCell;

use super::alphabet::{Alphabet, Lead};
use super::proof::Proof;
use super::{Finder, Named, Place, Rule, Shape};
use crate::finding::{Confidence, Severity};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The rules that were needed so far.
static MADE: [OnceCell<Rule>; MAKERS.len()] = [const { OnceCell::new() }; MAKERS.len()];

/// A literal of a built-in rule, known before the rule is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Literal {
    /// The literal.
    pub(crate) text: &'static str,
    /// The number of its rule.
    pub(crate) rule: u16,
    /// Where it is looked for.
    pub(crate) place: Place,
}

/// Returns the rules built into the program, in the order of their ids.
#[must_use]
pub fn built_in() -> impl ExactSizeIterator<Item = &'static Rule> {
    (0..MAKERS.len()).map(rule)
}

/// Returns the built-in rule of a number below their count, which is its place in the order of their ids.
pub(crate) fn rule(number: usize) -> &'static Rule {
    MADE[number].get_or_init(MAKERS[number])
}

/// Returns the built-in rule of this name.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Rule> {
    IDS.binary_search(&id).ok().map(rule)
}

/// Returns the built-in rules that go by names.
pub(crate) fn named() -> impl Iterator<Item = &'static Rule> {
    NAMED.iter().copied().map(rule)
}

/// Returns the literal of a number below [`LITERAL_COUNT`]; those of a rule come one after the other.
pub(crate) const fn literal(number: usize) -> Literal {
    let (rule, place) = OWNERS[number];
    Literal { text: LITERALS[number], rule, place }
}

/// How many literals all built-in rules have.
pub(crate) const LITERAL_COUNT: usize = LITERALS.len();
