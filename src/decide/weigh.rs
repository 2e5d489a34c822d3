//! How sure a finding is at its place: what anybody can make up, among tests or in documentation, was most likely made
//! up for them.
//!
//! Other scanners leave such places out, and real leaks with them. Here such a finding is told, and warns.

use crate::decide::gate::MadeUp;
use crate::decide::policy::Policy;
use crate::decide::setting::Setting;
use crate::decide::verdict::Case;
use crate::finding::Confidence;
use crate::rules::{self, Rule};

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
    match doubted(policy, case) {
        Some(setting) => Weighed { confidence: Confidence::Medium, doubt: Some(setting.doubt()) },
        None => Weighed { confidence: case.confidence, doubt: None },
    }
}

/// Tells whether a finding is sure, of a kind that anybody can make up, and where most of them were made up, whatever
/// follows from that.
#[must_use]
pub fn is_made_up(policy: &Policy, case: &Case<'_>) -> bool {
    setting(policy, case).is_some()
}

/// Returns where a finding stands that warns for the place alone.
pub(super) fn doubted(policy: &Policy, case: &Case<'_>) -> Option<Setting> {
    setting(policy, case).filter(|setting| policy.made_up(*setting) == MadeUp::Warn)
}

/// Returns where a sure finding stands, of a kind that anybody can make up.
fn setting(policy: &Policy, case: &Case<'_>) -> Option<Setting> {
    let is_anybodys = || rules::by_id(case.rule).is_some_and(Rule::is_anybodys);
    if case.confidence > Confidence::Medium && is_anybodys() { policy.view.setting(case.path) } else { None }
}
