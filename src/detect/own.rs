//! The rules of files: one pass over a text for the words of all of them, and what they change of others.
//!
//! Without any, nothing of this is built, and nothing is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use once_cell::sync::OnceCell;

use super::found::{Match, Rank};
use super::locality::Reach;
use crate::finding::{Confidence, Secret};
use crate::rules::own::{Change, Excuse, Hit, Need, Sight};
use crate::rules::{Finder, Miss, Proven, Rule, RuleBook, Search};

/// With fewer bytes of words, a table that is larger and faster is built.
const FEW_BYTES: usize = 4096;

/// The rules of files, ready to be run.
#[derive(Debug)]
pub(super) struct Own {
    rules: Vec<&'static Rule>,
    /// Those that go by names.
    named: Vec<&'static Rule>,
    changes: BTreeMap<&'static str, Change>,
    disabled: BTreeSet<&'static str>,
    /// What files let go by its text.
    excuses: Vec<Arc<Excuse>>,
    lane: OnceCell<Lane>,
}

/// The words of all rules, in lower case and each once.
#[derive(Debug)]
struct Lane {
    automaton: AhoCorasick,
    words: Vec<Word>,
}

/// A word in lower case.
#[derive(Debug)]
struct Word {
    /// How many bytes it has.
    length: usize,
    /// Whose it is.
    owners: Vec<Owner>,
}

/// A rule, its search, and the word as it is written there, where case matters.
#[derive(Debug)]
struct Owner {
    rule: &'static Rule,
    search: &'static Search,
    exact: Option<&'static [u8]>,
}

impl Own {
    /// Takes what rule files say; `None` if they say nothing.
    pub(super) fn of(book: &RuleBook) -> Option<Self> {
        book.name()?;
        let rules = book.rules().to_vec();
        Some(Self {
            named: rules.iter().filter(|rule| rule.named.is_some()).copied().collect(),
            rules,
            changes: book.changes().clone(),
            disabled: book.disabled().clone(),
            excuses: book.excuses().to_vec(),
            lane: OnceCell::new(),
        })
    }

    /// Returns the rule of this id, if a file brings or changes it.
    pub(super) fn rule(&self, id: &str) -> Option<&'static Rule> {
        let own = || self.rules.iter().find(|rule| rule.id == id).copied();
        self.changes.get(id).map(|change| change.rule).or_else(own)
    }

    /// The rules that go by names.
    pub(super) fn named(&self) -> &[&'static Rule] {
        &self.named
    }

    /// Calls `visit` with the number of each word in a text, and its place.
    pub(super) fn each_word(&self, text: &[u8], mut visit: impl FnMut(u16, usize)) {
        let lane = self.lane();
        if lane.words.is_empty() {
            return;
        }
        for found in lane.automaton.find_overlapping_iter(text) {
            visit(narrow(found.pattern().as_usize()), found.start());
        }
    }

    /// Tries all rules whose word stands at a place.
    pub(super) fn try_at(&self, text: &[u8], word: u16, at: usize, reach: Reach, found: &mut Vec<Match>) {
        self.explain_at(text, word, at, reach, |rule, tried| {
            if let Ok(hit) = tried {
                found.push(matched(rule, text, hit));
            }
        });
    }

    /// Tries all rules whose word stands at a place, and calls `take` with what each comes to.
    pub(super) fn explain_at(
        &self,
        text: &[u8],
        word: u16,
        at: usize,
        reach: Reach,
        mut take: impl FnMut(&'static Rule, Result<Hit, Miss>),
    ) {
        let word = &self.lane().words[usize::from(word)];
        let sight = Sight { context: reach.context, longest: reach.longest };
        for owner in &word.owners {
            let is_there = owner.exact.is_none_or(|exact| text[at..].starts_with(exact));
            if is_there {
                owner.search.try_at(text, &(at..at + word.length), sight, |tried| {
                    take(owner.rule, tried.and_then(|hit| self.with_needs(owner.search, text, hit, sight)));
                });
            }
        }
    }

    /// Sees to it that what a rule needs stands near its match.
    fn with_needs(&self, search: &Search, text: &[u8], hit: Hit, sight: Sight) -> Result<Hit, Miss> {
        let is_met = |need: &&Need| {
            let other = self.rules.iter().find(|rule| rule.id == need.rule);
            matches!(other.map(|rule| &rule.finder), Some(Finder::Search(other)) if other.is_near(text, &hit.extent, need, sight))
        };
        match search.needs.iter().find(|need| !is_met(need)) {
            Some(need) => Err(Miss::Requires(need.rule)),
            None => Ok(hit),
        }
    }

    /// Makes of a match in a text what rule files say of it.
    pub(super) fn settle(&self, text: &[u8], found: &mut Match) {
        if self.disabled.contains(found.rule.id) {
            found.rank = Rank::Off;
        }
        self.change(found);
        let said = self.excuses.iter().filter_map(|one| one.of_text(found.rule.id, text, &found.span, &found.extent));
        for (evidence, is_enough) in said.collect::<Vec<_>>() {
            found.evidence.push(evidence);
            if is_enough {
                found.confidence = Confidence::Low;
            }
        }
    }

    /// Makes of a match what is changed of its rule.
    fn change(&self, found: &mut Match) {
        let Some(change) = self.changes.get(found.rule.id) else { return };
        // What was less sure than its rule is, failed its proof, or looks made up.
        let has_failed = found.confidence == Confidence::Low && found.rule.confidence > Confidence::Low;
        found.rule = change.rule;
        if let Some(confidence) = change.confidence.filter(|_| !has_failed) {
            found.confidence = confidence;
        }
        if change.least.is_some_and(|least| found.secret.has_less_than(least)) {
            found.confidence = Confidence::Low;
            found.evidence.push(NOT_RANDOM);
        }
    }

    fn lane(&self) -> &Lane {
        self.lane.get_or_init(|| Lane::of(&self.rules))
    }
}

const NOT_RANDOM: &str = "it is less random than the rule file asks for";
const FITS: &str = "it fits the pattern of a rule file";

impl Lane {
    fn of(rules: &[&'static Rule]) -> Self {
        let mut by_word: BTreeMap<Vec<u8>, Vec<Owner>> = BTreeMap::new();
        for rule in rules {
            let Finder::Search(search) = &rule.finder else { continue };
            if !search.is_told {
                continue;
            }
            for word in &search.words {
                let exact = (!search.any_case).then_some(&**word);
                by_word.entry(word.to_ascii_lowercase()).or_default().push(Owner { rule, search, exact });
            }
        }
        let is_small = by_word.keys().map(Vec::len).sum::<usize>() <= FEW_BYTES;
        let kind = if is_small { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .kind(Some(kind))
            .build(by_word.keys())
            .expect("the book bounds how many words there are");
        let words = by_word.into_iter().map(|(word, owners)| Word { length: word.len(), owners }).collect();
        Self { automaton, words }
    }
}

/// Narrows the number of a word; the book holds fewer.
fn narrow(number: usize) -> u16 {
    u16::try_from(number).expect("the book bounds how many words there are")
}

/// Makes a match of what a try found.
fn matched(rule: &'static Rule, text: &[u8], hit: Hit) -> Match {
    let evidence = match hit.proof {
        Proven::Holds(evidence) | Proven::Fails(evidence) => evidence,
        Proven::Unproven => FITS,
    };
    Match {
        rule,
        secret: Secret::new(&text[hit.span.clone()]),
        extent: hit.extent,
        span: hit.span,
        confidence: rule.confidence_with(hit.proof),
        evidence: vec![evidence],
        advice: Vec::new(),
        rank: Rank::Own,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The rules of a text.
    fn own(text: &str) -> Own {
        let mut book = RuleBook::default();
        book.read(Path::new("rules.toml"), text).expect("a rule file");
        Own::of(&book).expect("rules")
    }

    fn found(own: &Own, text: &str) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        own.each_word(text.as_bytes(), |word, at| own.try_at(text.as_bytes(), word, at, Reach::BYTES, &mut found));
        found.into_iter().map(|one| (one.span.start, one.span.end)).collect()
    }

    #[test]
    fn a_pattern_is_found_around_its_word() {
        let own = own("[[rule]]\nid = 'a'\ntitle = 'A'\npattern = '[0-9]{2}tok_[a-z0-9]{4}'\n");

        assert_eq!(found(&own, "x 12tok_k3j9 y"), [(2, 12)]);
        assert_eq!(found(&own, "x 1tok_k3j9 y"), []);
    }

    #[test]
    fn the_group_secret_is_the_secret_and_case_matters_where_it_is_said() {
        let own = own("[[rule]]\nid = 'a'\ntitle = 'A'\nliterals = ['Tok_']\npattern = 'Tok_(?P<secret>\\w{4})'\n");

        assert_eq!(found(&own, "Tok_k3j9 tok_k3j9"), [(4, 8)]);
    }

    #[test]
    fn with_an_alphabet_a_token_begins_and_ends_as_one() {
        let own = own("[[rule]]\nid = 'a'\ntitle = 'A'\npattern = 'tok_[a-z0-9]{4}'\nalphabet = 'alnum'\n");

        assert_eq!(found(&own, "atok_k3j9 tok_k3j9x tok_k3j9"), [(20, 28)]);
    }

    #[test]
    fn words_beside_a_match_count_as_far_as_they_are_in_sight() {
        let own = own("[[rule]]\nid = 'a'\ntitle = 'A'\npattern = '[a-f0-9]{32}'\nkeywords = ['mailer']\n");
        let secret = "0f3a9b1c2d4e5f60718293a4b5c6d7e8";

        assert_eq!(found(&own, &format!("MAILER: {secret}")), [(8, 40)]);
        assert_eq!(found(&own, &format!("{secret} # mailer")), [(0, 32)]);
        assert_eq!(found(&own, &format!("mailer{}{secret}", " ".repeat(300))), []);
    }
}
