//! The literals of all rules, searched for at once, in each lane.

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use once_cell::sync::OnceCell;

use crate::rules::{Rule, Shape};

use super::runs::is_token;

/// The literals of a set of rules, and whose they are.
#[derive(Debug)]
pub(super) struct Literals {
    rules: &'static [Rule],
    token: OnceCell<Lane>,
    keyword: OnceCell<Lane>,
}

/// The literals of one lane.
#[derive(Debug)]
struct Lane {
    automaton: AhoCorasick,
    /// Each literal with the index of its rule, in the order of the automaton's patterns.
    literals: Vec<(&'static str, usize)>,
}

impl Literals {
    /// Keeps the rules; nothing is built before the first text comes.
    pub(super) fn of(rules: &'static [Rule]) -> Self {
        Self { rules, token: OnceCell::new(), keyword: OnceCell::new() }
    }

    /// Calls `visit` with the rule and the place of each literal of the token lane in a run.
    pub(super) fn in_token_lane(&self, run: &[u8], mut visit: impl FnMut(&'static Rule, &'static Shape, usize)) {
        let lane = self.token.get_or_init(|| {
            Lane::of(self.rules, |literal| !is_keyword(literal), MatchKind::Standard, AhoCorasickKind::DFA)
        });
        for found in lane.automaton.find_overlapping_iter(run) {
            self.tell(lane.literals[found.pattern().as_usize()].1, found.start(), &mut visit);
        }
    }

    /// Calls `visit` with the rule and the place of each literal of the keyword lane in a text.
    ///
    /// The vectorised search returns one literal a place and none that overlap,
    /// so it goes on one byte later, and each place is compared with all literals.
    pub(super) fn in_keyword_lane(&self, text: &[u8], mut visit: impl FnMut(&'static Rule, &'static Shape, usize)) {
        let lane = self
            .keyword
            .get_or_init(|| Lane::of(self.rules, is_keyword, MatchKind::LeftmostFirst, AhoCorasickKind::ContiguousNFA));
        let mut from = 0;
        while let Some(found) = lane.automaton.find(Input::new(text).range(from..)) {
            let here =
                lane.literals.iter().filter(|(literal, _)| text[found.start()..].starts_with(literal.as_bytes()));
            here.for_each(|(_, rule)| self.tell(*rule, found.start(), &mut visit));
            from = found.start() + 1;
        }
    }

    fn tell(&self, rule: usize, at: usize, visit: &mut impl FnMut(&'static Rule, &'static Shape, usize)) {
        let rule = &self.rules[rule];
        if let Some(shape) = rule.finder.shape() {
            visit(rule, shape, at);
        }
    }
}

impl Lane {
    fn of(rules: &[Rule], belongs: fn(&str) -> bool, matches: MatchKind, kind: AhoCorasickKind) -> Self {
        let shapes = rules.iter().enumerate().filter_map(|(index, rule)| Some((index, rule.finder.shape()?)));
        let literals: Vec<_> = shapes
            .flat_map(|(index, shape)| shape.literals.iter().map(move |literal| (*literal, index)))
            .filter(|(literal, _)| belongs(literal))
            .collect();
        let automaton = AhoCorasick::builder()
            .match_kind(matches)
            .kind(Some(kind))
            .build(literals.iter().map(|(literal, _)| literal))
            .expect("a few hundred literals make an automaton of a few kilobytes");
        Self { automaton, literals }
    }
}

/// Tells whether a literal must be looked for everywhere, since it need not be part of a run of token characters.
fn is_keyword(literal: &str) -> bool {
    !literal.bytes().all(is_token) || literal.starts_with("-----")
}
