//! Which of the findings in a text an entry means.

use std::collections::BTreeMap;

use super::{Proof, Wish};
use crate::finding::{Confidence, Finding, Fingerprint, Secret};

/// A finding, with its secret where that could be read again.
pub type Candidate<'a> = (&'a Finding, Option<&'a Secret>);

/// Why no finding is the one that an entry means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Nothing is found in the text, or not on those lines.
    NothingThere,
    /// Secrets are found, and each is another one.
    Others,
    /// Several secrets stand there, and nothing tells which was meant.
    Several(usize),
}

/// Returns the finding that an entry means, of those in the text that it names.
///
/// A place alone is enough where one secret stands: the text of a commit never
/// changes, and of a file in the work tree the other tool knew no more. An entry
/// that knows the secret is not content with another one on its line, unless the
/// text is a commit's: there the other tool saw the same secret, cut otherwise.
pub fn meant<'a>(wish: &Wish, candidates: &[Candidate<'a>]) -> Result<&'a Finding, Why> {
    if let Some(finding) = known(&wish.proof, candidates) {
        return Ok(finding);
    }
    let here: Vec<&'a Finding> =
        candidates.iter().map(|(finding, _)| *finding).filter(|finding| stands_on(finding, wish)).collect();
    match &wish.proof {
        Proof::Place => only(&here),
        Proof::Fingerprint(_) if wish.commit.is_some() => only(&here),
        Proof::Fingerprint(_) | Proof::Sha1(_) if candidates.is_empty() => Err(Why::NothingThere),
        Proof::Fingerprint(_) | Proof::Sha1(_) => Err(Why::Others),
    }
}

/// Returns the finding whose secret is proven to be the one that is meant, wherever it stands.
#[must_use]
pub fn known<'a>(proof: &Proof, candidates: &[Candidate<'a>]) -> Option<&'a Finding> {
    let is_it = |(finding, secret): &&Candidate<'a>| match proof {
        Proof::Place => false,
        Proof::Fingerprint(fingerprint) => finding.fingerprint == *fingerprint,
        Proof::Sha1(hex) => secret.is_some_and(|secret| secret.sha1_is(hex)),
    };
    candidates.iter().find(is_it).map(|(finding, _)| *finding)
}

/// Tells whether a finding stands on one of the lines that an entry names.
fn stands_on(finding: &Finding, wish: &Wish) -> bool {
    finding.place.line <= *wish.lines.end() && *wish.lines.start() <= finding.place.end_line
}

/// Returns the finding if all are of one secret; hints do not count beside what is likely.
fn only<'a>(findings: &[&'a Finding]) -> Result<&'a Finding, Why> {
    let is_likely = |finding: &&&Finding| finding.confidence >= Confidence::Medium;
    let likely: Vec<&Finding> = findings.iter().filter(is_likely).copied().collect();
    let counted = if likely.is_empty() { findings } else { &likely };
    let secrets: BTreeMap<&Fingerprint, &'a Finding> =
        counted.iter().map(|finding| (&finding.fingerprint, *finding)).collect();
    match secrets.len() {
        0 => Err(Why::NothingThere),
        1 => secrets.into_values().next().ok_or(Why::NothingThere),
        more => Err(Why::Several(more)),
    }
}
