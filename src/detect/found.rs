//! What a detector returns, and which of two that overlap is kept.

use std::ops::Range;

use crate::finding::{Confidence, Secret};
use crate::rules::Rule;

/// A secret that a rule found in a text.
#[derive(Debug, Clone)]
pub struct Match {
    /// The rule.
    pub rule: &'static Rule,
    /// Where the secret stands in the text, as it stands there.
    pub span: Range<usize>,
    /// The bytes that were read as one: the secret, or the whole encoded or joined stretch that holds it.
    pub extent: Range<usize>,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// The secret, decoded.
    pub secret: Secret,
    /// Why we believe it.
    pub evidence: Vec<&'static str>,
    /// What to do, beside what the rule says.
    pub advice: Vec<&'static str>,
    /// How well this match knows what it found.
    pub(super) rank: Rank,
}

/// How well a match knows what it found, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Found by a rule that is switched off.
    Off,
    /// Found by a rule of a file, which knows nothing of the others.
    Own,
    /// Random, with a name that says "secret".
    Generic,
    /// The same, near a word that says whose it is.
    Nearby,
    /// A name that says whose it is, and a shape that others have, too.
    Issuer,
    /// A shape that its issuer gives to nothing else.
    Shape,
    /// A name that says whose it is.
    Named,
}

impl Match {
    fn weight(&self) -> (Rank, Confidence, usize, std::cmp::Reverse<usize>, &'static str) {
        let whole = self.extent.len();
        (self.rank, self.confidence, whole, std::cmp::Reverse(self.span.start), self.rule.id)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.span.start < other.span.end && other.span.start < self.span.end
    }

    /// Tells whether this is a part of what the other found, such as the id of its key pair.
    fn is_part_of(&self, other: &Self) -> bool {
        other.rule.takes.contains(&self.rule.id)
            && other.confidence >= self.confidence
            && other.extent.start <= self.span.start
            && self.span.end <= other.extent.end
    }

    /// Tells whether this is not worth telling beside the other.
    ///
    /// What a rule of a file finds hides nothing that others find, and they hide nothing of it: either
    /// may be allowed where the other is not. What is told twice is seen once both are judged.
    fn gives_way_to(&self, other: &Self) -> bool {
        let is_own = |one: &Self| one.rank == Rank::Own;
        if (is_own(self) || is_own(other)) && self.rule.id != other.rule.id {
            return false;
        }
        let is_heavier = self.overlaps(other) && other.weight() > self.weight();
        (is_heavier && !other.is_part_of(self)) || self.is_part_of(other)
    }
}

/// Of matches that overlap, keeps those that no heavier one overlaps, in order of place.
///
/// A match gives way to any heavier neighbour, whether or not that one gives way
/// in turn. So what is kept depends on the direct neighbours alone.
#[must_use]
pub fn resolve(mut matches: Vec<Match>) -> Vec<Match> {
    matches.sort_by(|a, b| {
        (a.span.start, b.weight()).partial_cmp(&(b.span.start, a.weight())).unwrap_or(std::cmp::Ordering::Equal)
    });
    matches.dedup_by(|later, first| later.span == first.span && later.rule.id == first.rule.id);
    let keep: Vec<bool> = (0..matches.len()).map(|at| !gives_way(&matches, at)).collect();
    let mut keep = keep.into_iter();
    matches.retain(|_| keep.next().unwrap_or(true));
    matches
}

fn gives_way(matches: &[Match], at: usize) -> bool {
    let this = &matches[at];
    // A match is at most MAX_MATCH long, so neighbours further away cannot reach this one.
    let left =
        matches[..at].iter().rev().take_while(|other| other.span.start + super::locality::MAX_MATCH > this.span.start);
    let right =
        matches[at + 1..].iter().take_while(|other| other.span.start < this.span.end + super::locality::MAX_MATCH);
    left.chain(right).any(|other| this.gives_way_to(other))
}
