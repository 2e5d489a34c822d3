//! Rules: what a kind of secret looks like, as rows of data with their own proof.
//!
//! The rows are `rules/*.toml`; `build.rs` checks them and turns them into Rust when
//! the program is built, so that nothing is parsed when it starts. A rule is made and
//! its regex compiled when its literal is first seen.

mod alphabet;
mod boundary;
mod built_in;
pub mod login;
mod miss;
mod named;
pub mod own;
mod pattern;
mod pem;
pub mod placeholder;
mod proof;
mod shape;
pub mod url;

pub(crate) use built_in::{LITERAL_COUNT, Literal, literal, named, rule};
pub use built_in::{built_in, by_id};
pub use miss::Miss;
pub use named::{Named, Spelling};
pub use own::{RuleBook, Search};
pub use proof::Proven;
pub use shape::{Place, Shape, ShapeMatch};

use crate::finding::{Confidence, Severity};

/// How many bytes from the place of its literal on a rule may look at.
///
/// A longer secret (a key block, a JSON Web Token) is matched by its first part.
pub const MAX_MATCH: usize = 512;

/// How many bytes before the place of its literal a rule may look at.
pub const MAX_BEHIND: usize = 100;

/// One kind of secret.
#[derive(Debug)]
pub struct Rule {
    /// Its name in reports and allow files: lower-case words joined by `-`.
    pub id: &'static str,
    /// Who issues such secrets.
    pub provider: &'static str,
    /// What it is, in words.
    pub title: &'static str,
    /// How much harm a leaked one does.
    pub severity: Severity,
    /// How sure a match is of which nothing could be proven.
    pub confidence: Confidence,
    /// How sure a match is whose proof holds; never less than `confidence`.
    pub proven: Confidence,
    /// How it is found.
    pub finder: Finder,
    /// How it is found by what it is called, where a name is all that tells it from other random values.
    pub named: Option<Named>,
    /// Rules whose findings are parts of this one's: the id of a key pair whose secret this is.
    pub takes: &'static [&'static str],
    /// Whether whoever runs the program makes one, and nobody issues it.
    pub self_made: bool,
    /// What to do with a leaked one: where to revoke it.
    pub advice: &'static str,
    /// Where the format is documented.
    pub documentation: &'static str,
}

/// How a kind of secret is found.
#[derive(Debug)]
pub enum Finder {
    /// By literal, shape and proof.
    Shape(Shape),
    /// By a pattern of a rule file, around one of its words.
    Search(Search),
    /// By what it is called, and in no other way.
    Name,
    /// By code that knows the rule's id; the row brings words and samples only.
    Code,
}

/// What a row says of who issues a kind of secret that nobody in particular issues.
const ANYBODY: &str = "any";

impl Rule {
    /// Tells whether anybody can make up such a secret: no provider issues it, or it has nothing of the provider's but
    /// its name.
    #[must_use]
    pub fn is_anybodys(&self) -> bool {
        self.provider == ANYBODY || self.self_made || matches!(self.finder, Finder::Name)
    }

    /// Returns how sure a match of this rule is, given what its proof says.
    #[must_use]
    pub fn confidence_with(&self, proof: Proven) -> Confidence {
        match proof {
            Proven::Holds(_) => self.proven,
            Proven::Unproven => self.confidence,
            Proven::Fails(_) => Confidence::Low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_rule_is_found_by_its_name() {
        for rule in built_in() {
            assert_eq!(by_id(rule.id).map(|found| found.title), Some(rule.title));
        }
    }

    #[test]
    fn a_name_that_no_rule_has_finds_nothing() {
        assert!(by_id("no-such-rule").is_none());
    }

    #[test]
    fn the_built_in_rules_are_in_the_order_of_their_names() {
        let ids: Vec<&str> = built_in().map(|rule| rule.id).collect();

        assert!(ids.is_sorted_by(|one, other| one < other));
    }

    #[test]
    fn what_is_known_before_rules_are_made_is_what_they_say() {
        let of_shapes: Vec<_> = (0..)
            .zip(built_in())
            .filter_map(|(number, rule)| match &rule.finder {
                Finder::Shape(shape) => Some((number, shape)),
                Finder::Search(_) | Finder::Name | Finder::Code => None,
            })
            .flat_map(|(number, shape)| shape.literals.iter().map(move |literal| (*literal, number, shape.place)))
            .collect();
        let known = (0..LITERAL_COUNT).map(literal).map(|literal| (literal.text, literal.rule, literal.place));
        let with_names: Vec<&str> = built_in().filter(|rule| rule.named.is_some()).map(|rule| rule.id).collect();

        assert_eq!(known.collect::<Vec<_>>(), of_shapes);
        assert_eq!(named().map(|rule| rule.id).collect::<Vec<_>>(), with_names);
    }

    #[test]
    fn a_failed_proof_makes_a_match_a_mere_hint() {
        let rule = by_id("github-token").expect("a built-in rule");

        assert_eq!(rule.confidence_with(Proven::Holds("x")), Confidence::Certain);
        assert_eq!(rule.confidence_with(Proven::Fails("x")), Confidence::Low);
    }
}
