//! How sure a finding is at its place: what anybody can make up, among tests, was most likely made up for them.
//!
//! Other scanners leave such places out, and real leaks with them. Here such a finding is told, and warns.

use crate::decide::gate::InTests;
use crate::decide::policy::Policy;
use crate::decide::verdict::Case;
use crate::finding::Confidence;
use crate::rules::{self, Rule};

/// Why a finding among tests is less sure.
const AMONG_TESTS: &str = "it stands among tests, and anybody can make up one for a test";
/// What whoever is told of one should know.
pub(super) const ELSEWHERE: &str = "Elsewhere it would block, and a server may refuse it here, too; \
                                    `[tests] block = true` in .ideoguard.toml makes it block.";

/// How sure a finding is where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighed {
    /// How sure.
    pub confidence: Confidence,
    /// Why it is less sure than its rule says, if it is.
    pub doubt: Option<&'static str>,
}

/// Weighs a finding by its place.
#[must_use]
pub fn weigh(policy: &Policy, case: &Case<'_>) -> Weighed {
    if policy.in_tests() == InTests::Warn && is_made_up(policy, case) {
        Weighed { confidence: Confidence::Medium, doubt: Some(AMONG_TESTS) }
    } else {
        Weighed { confidence: case.confidence, doubt: None }
    }
}

/// Tells whether a finding is sure, of a kind that anybody can make up, and among tests, whatever follows from that.
#[must_use]
pub fn is_made_up(policy: &Policy, case: &Case<'_>) -> bool {
    case.confidence > Confidence::Medium
        && rules::by_id(case.rule).is_some_and(Rule::is_anybodys)
        && policy.view.is_for_tests(case.path)
}
