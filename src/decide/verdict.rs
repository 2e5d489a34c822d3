//! The verdict on one finding.

use crate::decide::gate::Marks;
use crate::decide::marks::Marked;
use crate::decide::policy::Policy;
use crate::decide::weigh::{doubted, weigh};
use crate::finding::{Confidence, Fingerprint, NoteReason, Reason, Severity, Verdict};
use crate::path::RepoPath;

/// What is known of a finding when it is judged.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The rule that found it.
    pub rule: &'a str,
    /// How sure the rule is, wherever it stands.
    pub confidence: Confidence,
    /// How much harm such a secret does.
    pub severity: Severity,
    /// What was said of it: why it is believed.
    pub evidence: Evidence<'a>,
    /// Where it was found, from the top of the work tree.
    pub path: &'a RepoPath,
    /// The secret's name across runs.
    pub fingerprint: &'a Fingerprint,
    /// What the marks beside it come to.
    pub mark: &'a Marked,
    /// Whether it stands on a line that is new.
    pub is_new: bool,
}

/// What was said of a finding.
#[derive(Debug, Clone, Copy)]
pub enum Evidence<'a> {
    /// By this run.
    New(&'a [&'static str]),
    /// By one that may be long ago.
    Known(&'a [String]),
}

impl Evidence<'_> {
    /// Tells whether this was said.
    fn says(self, words: &str) -> bool {
        match self {
            Self::New(all) => all.contains(&words),
            Self::Known(all) => all.iter().any(|said| said == words),
        }
    }
}

/// Returns the verdict on a finding.
///
/// What somebody allowed is allowed, whatever else holds. Of the rest, old lines
/// never block, and what is not sure or not harmful enough for the gate only warns.
#[must_use]
pub fn judge(policy: &Policy, case: &Case<'_>) -> Verdict {
    if let Some(reason) = allowed(policy, case) {
        return Verdict::Allowed(reason);
    }
    let confidence = weigh(policy, case).confidence;
    let blocks = policy.gate.blocks(confidence, case.severity);
    match (confidence, case.is_new) {
        (_, true) if blocks => Verdict::Leak,
        (Confidence::Low, _) if !blocks => Verdict::Note(NoteReason::LowConfidence),
        (_, false) => Verdict::Note(NoteReason::Old),
        (_, true) => Verdict::Warning,
    }
}

/// Returns what the finding's advice should add: an allowance that nearly counted, and why it did not.
#[must_use]
pub fn remarks(policy: &Policy, case: &Case<'_>) -> Vec<String> {
    if allowed(policy, case).is_some() {
        return Vec::new();
    }
    let mark = match case.mark {
        Marked::Allows(_) if policy.gate.marks == Marks::Ignored => {
            Some("the mark beside it does not count: this server's policy ignores marks".to_owned())
        }
        _ if policy.gate.marks == Marks::Ignored => None,
        Marked::Allows(_) | Marked::No => None,
        Marked::WithoutReason => {
            Some("the mark beside it does not count: write the reason in words after `ideoguard:allow`".to_owned())
        }
        Marked::OtherRule => {
            Some(format!("the mark beside it does not count: it does not name the rule `{}`", case.rule))
        }
    };
    let place = doubted(policy, case).map(|setting| setting.elsewhere().to_owned());
    mark.into_iter().chain(policy.expired_for(case.rule, case.path, case.fingerprint)).chain(place).collect()
}

/// Returns who allows the finding, if anyone does; the mark speaks first, for it stands nearest.
fn allowed(policy: &Policy, case: &Case<'_>) -> Option<Reason> {
    let gate = &policy.gate;
    if let (Marked::Allows(reason), Marks::Count) = (case.mark, gate.marks) {
        return Some(Reason::Mark(reason.clone()));
    }
    let entry = || policy.allows(case.rule, case.path, case.fingerprint).map(Reason::AllowFile);
    let by_rules = || policy.excuses(case.rule, case.path, &|words| case.evidence.says(words)).map(Reason::AllowFile);
    let baseline = || policy.knows(case.fingerprint).map(Reason::Baseline);
    let by_policy = gate.allowed.get(case.fingerprint).cloned().map(Reason::Policy);
    // What is allowed anyway needs no bypass, and is not recorded as one.
    let bypass = || gate.bypassed.get(case.fingerprint).cloned().map(Reason::Bypass);
    by_policy.or_else(entry).or_else(by_rules).or_else(baseline).or_else(bypass)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::decide::{Near, read_marks};
    use crate::finding::Secret;

    fn verdict(confidence: Confidence, is_new: bool, after: &str) -> Verdict {
        let path = RepoPath::from("a.py");
        let fingerprint = Fingerprint::of(&Secret::new(vec![b'x'; 40]));
        let near = Near { before: b"key = '", after: after.as_bytes(), line_before: b"" };
        let mark = read_marks(&near, "some-rule");
        let severity = Severity::High;
        let case = Case {
            rule: "some-rule",
            confidence,
            severity,
            evidence: Evidence::New(&[]),
            path: &path,
            fingerprint: &fingerprint,
            mark: &mark,
            is_new,
        };
        judge(&Policy::none(date(2026, 1, 1)), &case)
    }

    #[test]
    fn only_sure_and_new_findings_block() {
        assert_eq!(verdict(Confidence::Certain, true, "'"), Verdict::Leak);
        assert_eq!(verdict(Confidence::High, true, "'"), Verdict::Leak);
        assert_eq!(verdict(Confidence::Medium, true, "'"), Verdict::Warning);
        assert_eq!(verdict(Confidence::Low, true, "'"), Verdict::Note(NoteReason::LowConfidence));
        assert_eq!(verdict(Confidence::Certain, false, "'"), Verdict::Note(NoteReason::Old));
    }

    #[test]
    fn a_mark_allows_what_would_block() {
        let verdict = verdict(Confidence::Certain, true, "' # ideoguard:allow a key made up for tests");

        assert_eq!(verdict, Verdict::Allowed(Reason::Mark("a key made up for tests".into())));
    }

    #[test]
    fn a_mark_without_a_reason_is_remarked_on() {
        let path = RepoPath::from("a.py");
        let fingerprint = Fingerprint::of(&Secret::new(vec![b'x'; 40]));
        let near = Near { before: b"", after: b" # ideoguard:allow", line_before: b"" };
        let mark = read_marks(&near, "r");
        let case = Case {
            rule: "r",
            confidence: Confidence::High,
            severity: Severity::High,
            evidence: Evidence::New(&[]),
            path: &path,
            fingerprint: &fingerprint,
            mark: &mark,
            is_new: true,
        };

        let remarks = remarks(&Policy::none(date(2026, 1, 1)), &case);

        assert_eq!(remarks, ["the mark beside it does not count: write the reason in words after `ideoguard:allow`"]);
    }
}
