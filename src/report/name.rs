//! Names for findings in reports of other tools: the same in every run.

use sha2::{Digest, Sha256};

use crate::finding::Finding;
use crate::path::RepoPath;

/// Names a secret in one file: it stays when lines move and history is rewritten, and is another one for another file.
pub(super) fn of_place(finding: &Finding) -> u128 {
    hashed(&place(finding))
}

/// Names one place in one version of a file.
pub(super) fn of_finding(finding: &Finding) -> u128 {
    let object = finding.blob.map(|id| id.to_string()).unwrap_or_default();
    let start = finding.span.start.to_string();
    let mut parts = place(finding).to_vec();
    parts.extend([object.as_bytes(), start.as_bytes()]);
    hashed(&parts)
}

/// Returns what tells a secret in one file from every other.
fn place(finding: &Finding) -> [&[u8]; 5] {
    let repository = finding.trail.as_ref().and_then(|trail| trail.repository.as_ref());
    [
        finding.fingerprint.as_str().as_bytes(),
        finding.rule.as_bytes(),
        finding.kind.name().as_bytes(),
        repository.map(RepoPath::as_bytes).unwrap_or_default(),
        finding.path.as_bytes(),
    ]
}

/// Hashes parts so that their borders count.
fn hashed(parts: &[&[u8]]) -> u128 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize()[..16].iter().fold(0, |number, byte| number << 8 | u128::from(*byte))
}
