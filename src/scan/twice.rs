//! Secrets that rules of files and built-in ones find alike, each told once.

use std::collections::HashSet;

use crate::detect::Engine;
use crate::finding::{Finding, Verdict};
use crate::outcome::Outcome;
use crate::rules;

/// Leaves out what a rule of a file finds where a built-in rule found the same secret, and that blocks.
///
/// This comes after the verdicts: before, either could still be allowed where the other is not.
pub(super) fn once(engine: &Engine, outcome: &mut Outcome) {
    if !engine.has_rules_of_files() {
        return;
    }
    let is_built_in = |one: &Finding| rules::by_id(&one.rule).is_some();
    let key = |one: &Finding| (one.blob, one.path.clone(), one.fingerprint.clone());
    let blocks = |one: &&Finding| one.verdict == Verdict::Leak && is_built_in(one);
    let told: HashSet<_> = outcome.findings.iter().filter(blocks).map(key).collect();
    let is_twice =
        |one: &Finding| !is_built_in(one) && !matches!(one.verdict, Verdict::Allowed(_)) && told.contains(&key(one));
    outcome.findings.retain(|one| !is_twice(one));
}
