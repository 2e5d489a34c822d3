//! One finding in a few lines, for whoever is looking at its place already.

use crate::finding::{Finding, Verdict};
use crate::report::groups::Class;
use crate::report::safe::{because, headline, safe};
use crate::report::{Occasion, fix, json};

/// Says what was found, why it is believed, and what to do, or who allowed it.
#[must_use]
pub fn brief(finding: &Finding) -> String {
    let mut lines = vec![headline(finding)];
    lines.extend(
        Some(because(finding)).filter(|because| !because.is_empty()).map(|because| format!("because {because}")),
    );
    match &finding.verdict {
        Verdict::Leak | Verdict::Warning => lines.extend(to_do(finding)),
        Verdict::Note(_) | Verdict::Allowed(_) => lines.push(decided(finding)),
    }
    lines.join("\n")
}

/// Says how to be rid of it.
fn to_do(finding: &Finding) -> Vec<String> {
    let steps = fix::steps(&[finding], Occasion::Files).into_iter();
    steps.chain(finding.advice.iter().map(|advice| safe(advice))).collect()
}

/// Says what was decided, and why.
fn decided(finding: &Finding) -> String {
    let reason = json::reason(&finding.verdict).map(|reason| format!(", {}", safe(&reason))).unwrap_or_default();
    format!("{}{reason}", Class::of(&finding.verdict).name())
}
