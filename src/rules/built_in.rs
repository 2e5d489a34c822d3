//! The built-in rules, written by `build.rs` from `rules/*.toml`.

use std::cmp::Ordering;
use std::ops::Range;

use once_cell::sync::OnceCell;

use super::alphabet::{Alphabet, Lead};
use super::proof::Proof;
use super::{Finder, Named, Place, Rule, Shape};
use crate::finding::{Confidence, Severity};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The rules that were needed so far.
static MADE: [OnceCell<Rule>; RULE_COUNT] = [const { OnceCell::new() }; RULE_COUNT];

/// Texts that are parts of one.
struct Texts<const COUNT: usize> {
    /// All of them, each with a line break behind it.
    all: &'static str,
    /// Where each ends, with its line break.
    ends: [u16; COUNT],
}

impl<const COUNT: usize> Texts<COUNT> {
    /// Returns the text of a number below their count.
    const fn get(&self, number: usize) -> &'static str {
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        self.all.split_at(self.ends[number] as usize - 1).0.split_at(start).1
    }
}

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
    (0..RULE_COUNT).map(rule)
}

/// Returns the built-in rule of a number below their count, which is its place in the order of their ids.
pub(crate) fn rule(number: usize) -> &'static Rule {
    MADE[number].get_or_init(|| make(number))
}

/// Returns the built-in rule of this name.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Rule> {
    let (mut low, mut high) = (0, RULE_COUNT);
    while low < high {
        let middle = low.midpoint(high);
        match IDS.get(middle).cmp(id) {
            Ordering::Less => low = middle + 1,
            Ordering::Equal => return Some(rule(middle)),
            Ordering::Greater => high = middle,
        }
    }
    None
}

/// Returns the built-in rules that go by names.
pub(crate) fn named() -> impl Iterator<Item = &'static Rule> {
    NAMED.iter().map(|number| rule((*number).into()))
}

/// Returns the literal of a number below [`LITERAL_COUNT`]; those of a rule come one after the other.
pub(crate) const fn literal(number: usize) -> Literal {
    let (rule, place) = OWNERS[number];
    Literal { text: LITERALS.get(number), rule, place }
}

/// How many literals all built-in rules have.
pub(crate) const LITERAL_COUNT: usize = OWNERS.len();

/// Returns literals by their numbers, for a rule that is made.
fn of_rule(numbers: Range<usize>) -> &'static [&'static str] {
    numbers.map(|number| literal(number).text).collect::<Vec<_>>().leak()
}

/// Returns the lines of a text, for a rule that is made.
fn lines(text: &'static str) -> &'static [&'static str] {
    text.lines().collect::<Vec<_>>().leak()
}
