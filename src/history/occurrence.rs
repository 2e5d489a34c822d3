//! One secret at one place of one object.

use std::sync::Arc;

use crate::decide::Marked;
use crate::finding::{Confidence, Fingerprint, Place, Severity};
use crate::oid::ObjectId;
use crate::text::TextKind;

/// One secret at one place of one object; holds nothing that must not be written to disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The blob, commit or tag that holds it; for a name in a tree, that tree.
    pub object: ObjectId,
    /// Which part of the object: content, a message, a name.
    pub kind: TextKind,
    /// Where its bytes begin in that text: in the blob, in the commit's text, in the name.
    pub start: u64,
    /// Where they end, exclusive.
    pub end: u64,
    /// Lines and columns.
    pub place: Place,
    /// What the marks beside it come to.
    pub mark: Marked,
    /// What was found.
    pub found: Arc<Found>,
}

/// What was found, the same at all places to which it was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The id of the rule.
    pub rule: String,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// How much harm it does.
    pub severity: Severity,
    /// The secret's name across runs.
    pub fingerprint: Fingerprint,
    /// First 4 characters, "…", length.
    pub redacted: String,
    /// Why we believe it.
    pub evidence: Vec<String>,
    /// What to do, beside what the rule says.
    pub advice: Vec<String>,
}
