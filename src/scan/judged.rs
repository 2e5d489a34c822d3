//! Judges what was found, in order: each secret gets its name once, and no more names are made than it takes.
//!
//! The name of a short secret takes milliseconds to make, on purpose. A gate that has found
//! enough to refuse needs no further names, so what somebody can make it do is bounded.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::decide::{self, Case, Evidence};
use crate::detect::Engine;
use crate::error::Error;
use crate::finding::{Finding, Fingerprint, Reason, Secret, Verdict};
use crate::outcome::Outcome;
use crate::scan::kept::{About, Candidate, Kept, MOST, Unnamed};
use crate::scan::{Cores, Scan, Telling};
use crate::text::Problem;

/// So many findings that block are enough for a gate, and so many that do not; what it tells of them is less.
const ENOUGH: usize = 200;
/// So many findings are judged together.
const TOGETHER: usize = 64;

/// What some texts came to: what is known of them at once, and what is still to be judged.
#[derive(Default)]
pub(super) struct Part {
    outcome: Outcome,
    texts: Vec<Kept>,
}

impl Part {
    /// What one text came to.
    pub(super) fn new(outcome: Outcome, kept: Kept) -> Self {
        let texts = if kept.is_empty() { Vec::new() } else { vec![kept] };
        Self { outcome, texts }
    }

    /// Joins two parts, in order.
    pub(super) fn merge(mut self, mut other: Self) -> Self {
        self.texts.append(&mut other.texts);
        Self { outcome: self.outcome.merge(other.outcome), texts: self.texts }
    }

    /// Returns how much is to be judged.
    pub(super) fn count(&self) -> usize {
        self.texts.iter().map(|kept| kept.candidates.len()).sum()
    }
}

/// What was found, judged.
pub(super) struct Judged {
    pub(super) outcome: Outcome,
    /// How many findings there are beside those that it has.
    pub(super) more: u64,
}

impl From<Outcome> for Part {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, texts: Vec::new() }
    }
}

impl Unnamed for Scan<'_> {
    fn blocks(&self, about: &About, candidate: &Candidate) -> bool {
        self.policy.may_block(candidate.found.confidence, candidate.found.rule.severity)
            && decide::judge(self.policy, &case(about, candidate, &Fingerprint::none())) == Verdict::Leak
    }

    fn names(&self) -> usize {
        self.policy.names()
    }
}

impl Scan<'_> {
    /// Judges everything that was found in some texts.
    pub(super) fn judged(self, part: Part, cores: Cores) -> Judged {
        let Part { mut outcome, texts } = part;
        let (abouts, mut tallies, candidates) = taken_apart(texts);
        let (mut names, mut spent) = (Names::default(), Spent::default());
        let mut rest = candidates.into_iter();
        while rest.len() > 0 {
            let mut some: Vec<(usize, Candidate)> = rest.by_ref().take(TOGETHER).collect();
            some.retain(|(text, candidate)| self.wants(&mut spent, &abouts[*text], candidate));
            names.learn(some.iter().map(|(_, candidate)| &candidate.found.secret), cores);
            let judge = |(text, candidate): &(usize, Candidate)| self.finding(&abouts[*text], &names, candidate);
            for ((text, _), finding) in some.iter().zip(cores.each(&some, judge)) {
                spent.leaks += usize::from(finding.verdict == Verdict::Leak);
                outcome.findings.extend(tallies[*text].counted(finding));
            }
        }
        for (about, tally) in abouts.iter().zip(&tallies) {
            tally.tell(&about.path.to_string(), &mut outcome);
        }
        spent.left_out.tell("everything together", &mut outcome);
        let more = spent.left_out.more + tallies.iter().map(|tally| tally.more).sum::<u64>();
        Judged { outcome, more }
    }

    /// Tells whether a finding is judged, and counts it if it is not.
    fn wants(self, spent: &mut Spent, about: &About, candidate: &Candidate) -> bool {
        if self.limits.telling == Telling::All {
            return true;
        }
        let may_block = self.blocks(about, candidate);
        spent.others += usize::from(!may_block);
        let is_wanted = if may_block { spent.leaks < ENOUGH } else { spent.others <= ENOUGH };
        spent.left_out.more += u64::from(!is_wanted);
        spent.left_out.blocks |= !is_wanted && may_block;
        is_wanted
    }

    /// Judges one finding.
    fn finding(self, about: &About, names: &Names, candidate: &Candidate) -> Finding {
        let Candidate { found, place, span, .. } = candidate;
        let fingerprint = names.of(&found.secret);
        let case = case(about, candidate, &fingerprint);
        let verdict = without_secrets(self.engine, decide::judge(self.policy, &case));
        let weighed = decide::weigh(self.policy, &case);
        let remarks = decide::remarks(self.policy, &case);
        let evidence = found.evidence.iter().copied().chain(weighed.doubt).map(Cow::Borrowed).collect();
        let advice = std::iter::once(found.rule.advice).chain(found.advice.iter().copied()).map(Cow::Borrowed);
        Finding {
            rule: found.rule.id.into(),
            provider: found.rule.provider.into(),
            title: found.rule.title.into(),
            severity: found.rule.severity,
            confidence: weighed.confidence,
            path: about.path.clone(),
            kind: about.kind,
            place: *place,
            span: span.clone(),
            blob: about.blob,
            commit: about.commit.clone(),
            redacted: found.secret.redacted(),
            evidence,
            advice: advice.chain(remarks.into_iter().map(Cow::Owned)).collect(),
            verdict,
            trail: None,
            fingerprint,
        }
    }
}

/// Returns what is known of a finding, with a name for its secret.
fn case<'a>(about: &'a About, candidate: &'a Candidate, fingerprint: &'a Fingerprint) -> Case<'a> {
    Case {
        rule: candidate.found.rule.id,
        confidence: candidate.found.confidence,
        severity: candidate.found.rule.severity,
        evidence: Evidence::New(&candidate.found.evidence),
        path: &about.path,
        fingerprint,
        mark: &candidate.mark,
        is_new: candidate.is_new,
    }
}

/// Returns all texts, what is to be counted of each, and all that was found, with the number of its text.
fn taken_apart(texts: Vec<Kept>) -> (Vec<About>, Vec<Tally>, Vec<(usize, Candidate)>) {
    let (mut abouts, mut tallies, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for (number, Kept { about, candidates, more, .. }) in texts.into_iter().enumerate() {
        abouts.push(about);
        tallies.push(Tally { more, ..Tally::default() });
        all.extend(candidates.into_iter().map(|candidate| (number, candidate)));
    }
    (abouts, tallies, all)
}

/// What was judged so far, and what is not going to be.
#[derive(Default)]
struct Spent {
    /// How many findings block.
    leaks: usize,
    /// How many cannot, whatever their secrets are called.
    others: usize,
    /// What is only counted.
    left_out: Tally,
}

/// What is counted of one text, or of all.
#[derive(Default)]
struct Tally {
    /// How many findings were judged.
    judged: usize,
    /// How many findings are not told.
    more: u64,
    /// Whether one that is told blocks.
    blocks: bool,
}

impl Tally {
    /// Counts a finding; returns it if it is told.
    ///
    /// Beyond the limit it was kept only because it could have blocked.
    fn counted(&mut self, finding: Finding) -> Option<Finding> {
        self.judged += 1;
        let is_leak = finding.verdict == Verdict::Leak;
        let is_told = self.judged <= MOST || is_leak;
        self.blocks |= is_leak;
        self.more += u64::from(!is_told);
        is_told.then_some(finding)
    }

    /// Says that there is more, as a problem if some of it may block.
    fn tell(&self, what: &str, outcome: &mut Outcome) {
        let error = Error::TooMany { more: self.more };
        if self.more > 0 && self.blocks {
            outcome.problems.push(Problem { what: what.to_owned(), error });
        } else if self.more > 0 {
            outcome.notices.push(format!("{what}: {error}"));
        }
    }
}

/// The names of secrets that take long to make, each made once.
#[derive(Default)]
struct Names(HashMap<Secret, Fingerprint>);

impl Names {
    /// Makes the names of secrets that have none yet.
    fn learn<'a>(&mut self, secrets: impl Iterator<Item = &'a Secret>, cores: Cores) {
        let new: HashSet<&Secret> =
            secrets.filter(|secret| secret.is_guessable() && !self.0.contains_key(*secret)).collect();
        let new: Vec<&Secret> = new.into_iter().collect();
        self.0.extend(cores.each(&new, |secret| (Secret::clone(secret), Fingerprint::of(secret))));
    }

    /// Returns the name of a secret.
    fn of(&self, secret: &Secret) -> Fingerprint {
        self.0.get(secret).cloned().unwrap_or_else(|| Fingerprint::of(secret))
    }
}

/// Keeps the words of a mark, an entry or a line from showing a secret that somebody put among them.
pub(super) fn without_secrets(engine: &Engine, verdict: Verdict) -> Verdict {
    let is_fine = |words: &str| engine.scan(words.as_bytes()).is_empty();
    let instead = || "(not shown: there is a secret in it)".to_owned();
    match verdict {
        Verdict::Allowed(Reason::Mark(words)) if !is_fine(&words) => Verdict::Allowed(Reason::Mark(instead())),
        Verdict::Allowed(Reason::AllowFile(words)) if !is_fine(&words) => {
            Verdict::Allowed(Reason::AllowFile(instead()))
        }
        Verdict::Allowed(Reason::Baseline(words)) if !is_fine(&words) => Verdict::Allowed(Reason::Baseline(instead())),
        Verdict::Allowed(Reason::Bypass(words)) if !is_fine(&words) => Verdict::Allowed(Reason::Bypass(instead())),
        Verdict::Allowed(_) | Verdict::Leak | Verdict::Warning | Verdict::Note(_) => verdict,
    }
}
