//! Findings of the same secret, gathered so that each secret is told once.

use std::collections::BTreeMap;

use crate::finding::{Confidence, Finding, Severity, Verdict};

/// One secret, in all its places; the findings share rule, fingerprint and kind of verdict.
pub(super) struct Group<'a> {
    /// The kind of verdict.
    pub(super) class: Class,
    /// Its findings, at least one, in the order of the outcome.
    pub(super) findings: Vec<&'a Finding>,
}

/// A kind of verdict, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// It blocks.
    Leak,
    /// It warns.
    Warning,
    /// It is shown with `-v`.
    Note,
    /// Somebody allowed it.
    Allowed,
}

impl Class {
    /// Returns the kind of a verdict.
    pub(super) fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Leak => Self::Leak,
            Verdict::Warning => Self::Warning,
            Verdict::Note(_) => Self::Note,
            Verdict::Allowed(_) => Self::Allowed,
        }
    }

    /// The word that reports use.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Leak => "leak",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Allowed => "allowed",
        }
    }
}

impl<'a> Group<'a> {
    /// Returns the finding that stands for all.
    pub(super) fn first(&self) -> &'a Finding {
        self.findings[0]
    }

    /// Ranks the group: what blocks first, then what harms most, then what is surest, then by place.
    fn rank(&self) -> (Class, std::cmp::Reverse<(Severity, Confidence)>) {
        let first = self.first();
        (self.class, std::cmp::Reverse((first.severity, first.confidence)))
    }
}

/// Gathers findings by secret, the gravest first; equals keep the order of the findings.
pub(super) fn of(findings: &[Finding]) -> Vec<Group<'_>> {
    let mut places = BTreeMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for finding in findings {
        let class = Class::of(&finding.verdict);
        let next = groups.len();
        match *places.entry((class, &finding.fingerprint, &finding.rule)).or_insert(next) {
            known if known < next => groups[known].findings.push(finding),
            _ => groups.push(Group { class, findings: vec![finding] }),
        }
    }
    // In a history, what was there first stands for all; elsewhere this changes nothing.
    let since = |finding: &&Finding| finding.trail.as_ref().map(|trail| (trail.seconds.is_none(), trail.seconds));
    for group in &mut groups {
        group.findings.sort_by_key(since);
    }
    groups.sort_by_key(Group::rank);
    groups
}
