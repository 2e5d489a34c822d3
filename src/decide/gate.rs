//! What a gate lets pass that others answer for: whose word counts, and from which harm on it blocks.

use std::collections::BTreeMap;

use crate::finding::{Confidence, Fingerprint, Severity};

/// Whether marks beside a secret count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// They do: whoever writes them is trusted.
    Count,
    /// They do not: they came with what is judged.
    Ignored,
}

/// What becomes of keys and passwords that anybody can make up, where most of them are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeUp {
    /// They warn: nearly all of them were made up there.
    Warn,
    /// They are judged as anywhere else.
    Block,
}

/// Whose word counts at a gate, and what blocks there.
#[derive(Debug, Clone)]
pub struct Gate {
    /// Whether marks count.
    pub marks: Marks,
    /// What is less sure than this does not block.
    pub confidence: Confidence,
    /// What does less harm than this does not block.
    pub severity: Severity,
    /// What becomes of what anybody can make up, among tests.
    pub in_tests: MadeUp,
    /// What becomes of it in the pages of documentation.
    pub in_documentation: MadeUp,
    /// The secrets that the server allows, each with a reason.
    pub allowed: BTreeMap<Fingerprint, String>,
    /// The secrets that the pusher answers for, each with a reason.
    pub bypassed: BTreeMap<Fingerprint, String>,
}

impl Default for Gate {
    /// The gate at the desk, where everybody is trusted with marks.
    fn default() -> Self {
        Self {
            marks: Marks::Count,
            confidence: Confidence::High,
            severity: Severity::Low,
            in_tests: MadeUp::Warn,
            in_documentation: MadeUp::Warn,
            allowed: BTreeMap::new(),
            bypassed: BTreeMap::new(),
        }
    }
}

impl Gate {
    /// Tells whether a finding of this kind blocks, if it is new and nobody allows it.
    #[must_use]
    pub fn blocks(&self, confidence: Confidence, severity: Severity) -> bool {
        confidence >= self.confidence && severity >= self.severity
    }
}
