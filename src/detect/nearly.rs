//! What nearly is a match: a rule's literal is there, and the rest of it is not.

use super::locality::Reach;
use super::{Engine, Keyword, literals, runs};
use crate::rules::{Miss, Rule};

/// A place at which a rule was tried in vain.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearly {
    /// The id of the rule.
    pub rule: &'static str,
    /// Where its literal begins.
    pub at: usize,
    /// Why it finds nothing there.
    pub why: Miss,
}

impl Engine {
    /// Returns where rules are tried in vain in a text as it stands, by place and rule; each once.
    ///
    /// A rule that finds something there through another of its literals is not among them.
    #[must_use]
    pub fn nearly(&self, text: &[u8]) -> Vec<Nearly> {
        let mut nearly = Vec::new();
        let mut note = |rule: &'static Rule, at, tried: Option<Miss>| {
            nearly.extend(tried.map(|why| Nearly { rule: rule.id, at, why }));
        };
        if let Some(own) = &self.own {
            own.each_word(text, |word, at| {
                own.explain_at(text, word, at, Reach::BYTES, |rule, tried| note(rule, at, tried.err()));
            });
        }
        literals::in_keyword_lane(text, |number, at| {
            if let Keyword::Shape(rule) = literals::keyword(number) {
                let (rule, shape) = literals::owner(rule);
                note(rule, at, shape.try_at(text, at).err());
            }
        });
        for run in runs::runs(text) {
            literals::in_token_lane(text, &run, |number, at| {
                let (rule, shape) = literals::token(number);
                note(rule, at, shape.try_at(text, at).err());
            });
        }
        nearly.sort_by_key(|one| (one.at, one.rule));
        nearly.dedup_by_key(|one| (one.at, one.rule));
        nearly
    }
}
