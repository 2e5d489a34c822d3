//! What people allow: the entries of an allow file, ready to be asked.

use std::path::PathBuf;
use std::sync::Arc;

use ignore::gitignore::Gitignore;
use jiff::civil::Date;

use crate::decide::baseline::Baseline;
use crate::decide::gate::{Gate, MadeUp};
use crate::decide::setting::Setting;
use crate::decide::view::View;
use crate::finding::{Confidence, Finding, Fingerprint, Severity};
use crate::path::RepoPath;
use crate::rules::RuleBook;
use crate::rules::own::Excuse;

/// The name of the allow file, at the top of a work tree.
pub const FILE_NAME: &str = ".ideoguard.toml";

/// The item of the checklist that an entry may name among its rules: files of environment variables that git tracks.
pub const ENV_FILES_ITEM: &str = "env-files-ignored";

/// What people allow, as of one day; never changes.
#[derive(Debug)]
pub struct Policy {
    /// The entries of the allow file, in its order.
    pub(super) entries: Vec<Entry>,
    /// The rules of files that do not look everywhere.
    pub(super) scopes: Vec<Scope>,
    /// What rule files allow by path.
    pub(super) excuses: Vec<Arc<Excuse>>,
    /// The rules that it switches off.
    pub(super) disabled: Vec<String>,
    /// The secrets that were there before.
    pub(super) baseline: Baseline,
    /// The day on which entries are judged to have expired or not.
    pub(super) today: Date,
    /// How paths of findings and globs meet.
    pub(super) view: View,
    /// Whose word counts, and what blocks.
    pub(super) gate: Gate,
    /// Whether an allow file says that tests are judged as all else, whatever the gate says.
    pub(super) is_strict_in_tests: bool,
    /// Whether it says the same of documentation.
    pub(super) is_strict_in_documentation: bool,
}

/// One `[[allow]]` of the allow file: what it allows, and why.
#[derive(Debug)]
pub(super) struct Entry {
    /// Where it begins, as messages name it: `FILE:LINE`.
    pub(super) place: String,
    /// The paths it is for; all when absent.
    pub(super) paths: Option<Gitignore>,
    /// The rules it is for; all when absent.
    pub(super) rules: Option<Vec<String>>,
    /// The secrets it is for; all when absent.
    pub(super) fingerprints: Option<Vec<Fingerprint>>,
    /// Why it allows them.
    pub(super) reason: String,
    /// The last day on which it does.
    pub(super) until: Option<Date>,
}

/// Where a rule of a file looks.
#[derive(Debug)]
pub(super) struct Scope {
    /// The rule.
    pub(super) rule: String,
    /// It looks there alone; everywhere when absent.
    pub(super) only: Option<Gitignore>,
    /// It does not look there.
    pub(super) not: Option<Gitignore>,
}

/// Whether an entry still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Term {
    /// It does.
    Running,
    /// Its last day has passed.
    Over(Date),
}

impl Policy {
    /// Returns the policy that allows nothing.
    #[must_use]
    pub fn none(today: Date) -> Self {
        Self {
            entries: Vec::new(),
            scopes: Vec::new(),
            excuses: Vec::new(),
            disabled: Vec::new(),
            baseline: Baseline::default(),
            today,
            view: View::Same,
            gate: Gate::default(),
            is_strict_in_tests: false,
            is_strict_in_documentation: false,
        }
    }

    /// Judges as this gate does.
    #[must_use]
    pub fn with_gate(mut self, gate: Gate) -> Self {
        self.gate = gate;
        self
    }

    /// Adds rules that are switched off.
    #[must_use]
    pub fn without_rules(mut self, ids: impl IntoIterator<Item = String>) -> Self {
        self.disabled.extend(ids);
        self
    }

    /// Adds the entries, the switched-off rules and the secrets that another policy allows; `other` was read after this one.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.entries.extend(other.entries);
        self.scopes.extend(other.scopes);
        self.excuses.extend(other.excuses);
        self.disabled.extend(other.disabled);
        self.is_strict_in_tests |= other.is_strict_in_tests;
        self.is_strict_in_documentation |= other.is_strict_in_documentation;
        for known in other.baseline.iter() {
            self.baseline.add(known.clone());
        }
        self
    }

    /// Allows by path what rule files do, and whatever the rules find that they switch off.
    #[must_use]
    pub fn with_rules(mut self, rules: &RuleBook) -> Self {
        self.disabled.extend(rules.disabled().iter().map(|id| (*id).to_owned()));
        self.excuses.extend(rules.excuses().iter().filter(|excuse| excuse.asks_for_path()).cloned());
        self
    }

    /// Tells what becomes of what anybody can make up in such a file: who asks for more is heard, who asks for less is not.
    pub(super) fn made_up(&self, setting: Setting) -> MadeUp {
        let (is_strict, at_gate) = match setting {
            Setting::Tests => (self.is_strict_in_tests, self.gate.in_tests),
            Setting::Documentation => (self.is_strict_in_documentation, self.gate.in_documentation),
        };
        if is_strict { MadeUp::Block } else { at_gate }
    }

    /// Leaves out where rules look: what a repository says of that is no word on the rules of others.
    #[must_use]
    pub fn without_scopes(mut self) -> Self {
        self.scopes.clear();
        self
    }

    /// Tells whether a finding of this kind may block.
    #[must_use]
    pub fn may_block(&self, confidence: Confidence, severity: Severity) -> bool {
        self.gate.blocks(confidence, severity)
    }

    /// Returns how many secrets it allows by name, at most.
    #[must_use]
    pub fn names(&self) -> usize {
        let entries: usize = self.entries.iter().flat_map(|entry| &entry.fingerprints).map(Vec::len).sum();
        entries + self.baseline.len() + self.gate.allowed.len() + self.gate.bypassed.len()
    }

    /// Sees paths of findings from the folder `base`, and globs from the folder `top`; both are absolute.
    ///
    /// Without this, both begin at the top of the work tree, as git's paths do.
    #[must_use]
    pub fn seen_from(mut self, top: PathBuf, base: PathBuf) -> Self {
        self.view = View::From { top, base };
        self
    }

    /// Allows the secrets of a baseline, too.
    #[must_use]
    pub fn with_baseline(mut self, baseline: Baseline) -> Self {
        self.baseline = baseline;
        self
    }

    /// Tells whether some entry depends on where a finding is.
    #[must_use]
    pub fn allows_by_path(&self) -> bool {
        !self.scopes.is_empty() || !self.excuses.is_empty() || self.entries.iter().any(|entry| entry.paths.is_some())
    }

    /// Returns the notices that hold whatever is found: the entries that have expired.
    #[must_use]
    pub fn notices(&self) -> Vec<String> {
        let entries = self.entries.iter().filter_map(|entry| self.expiry(entry));
        entries.chain(self.baseline.notice(self.today)).collect()
    }

    /// Names the entries that match none of `findings`, whatever was decided about these.
    ///
    /// Says something about a scan of the whole work tree only.
    #[must_use]
    pub fn unused(&self, findings: &[Finding]) -> Vec<String> {
        let is_used = |entry: &&Entry| {
            findings.iter().any(|finding| entry.matches(&self.view, &finding.rule, &finding.path, &finding.fingerprint))
        };
        // What is said of the checklist says nothing of findings.
        let is_item = |entry: &&Entry| entry.rules.iter().flatten().any(|id| id == ENV_FILES_ITEM);
        let unused = self.entries.iter().filter(|entry| !is_used(entry) && !is_item(entry));
        unused.map(|entry| format!("the entry at {} matches nothing", entry.place)).collect()
    }

    /// Returns the reason for which the allow file allows a finding.
    pub(super) fn allows(&self, rule: &str, path: &RepoPath, fingerprint: &Fingerprint) -> Option<String> {
        if self.disabled.iter().any(|id| id == rule) {
            return Some(format!("the rule `{rule}` is disabled"));
        }
        if self.scopes.iter().any(|scope| scope.rule == rule && !scope.looks_at(&self.view, path)) {
            return Some(format!("the rule `{rule}` does not look at this path"));
        }
        let mut running = self.entries.iter().filter(|entry| entry.term(self.today) == Term::Running);
        running.find(|entry| entry.matches(&self.view, rule, path, fingerprint)).map(|entry| entry.reason.clone())
    }

    /// Returns the reason for which a rule file allows a finding by its path; `says` tells what was said of its text.
    pub(super) fn excuses(&self, rule: &str, path: &RepoPath, says: &dyn Fn(&str) -> bool) -> Option<String> {
        if self.excuses.is_empty() {
            return None;
        }
        let path = RepoPath::from(self.view.below_top(path).as_path());
        self.excuses.iter().find_map(|excuse| excuse.of_path(rule, path.as_bytes(), says).map(str::to_owned))
    }

    /// Returns the reason for which git may track a file of environment variables; its secrets are judged all the same.
    #[must_use]
    pub fn allows_env_file(&self, path: &RepoPath) -> Option<&str> {
        let is_meant = |entry: &&Entry| {
            entry.rules.iter().flatten().any(|id| id == ENV_FILES_ITEM)
                && entry.paths.as_ref().is_some_and(|globs| self.view.covers(globs, path))
                && entry.term(self.today) == Term::Running
        };
        self.entries.iter().find(is_meant).map(|entry| entry.reason.as_str())
    }

    /// Returns the reason for which the baseline allows a secret.
    pub(super) fn knows(&self, fingerprint: &Fingerprint) -> Option<String> {
        self.baseline.allows(fingerprint, self.today).map(str::to_owned)
    }

    /// Says which expired entry would have allowed a finding, if one would.
    pub(super) fn expired_for(&self, rule: &str, path: &RepoPath, fingerprint: &Fingerprint) -> Option<String> {
        let mut matching = self.entries.iter().filter(|entry| entry.matches(&self.view, rule, path, fingerprint));
        let entry = matching.find_map(|entry| self.expiry(entry));
        entry.or_else(|| self.baseline.expired_for(fingerprint, self.today))
    }

    /// Returns where a running entry allows this secret everywhere, and its reason.
    pub(super) fn entry_for(&self, fingerprint: &Fingerprint) -> Option<(String, &str)> {
        let everywhere = |entry: &&Entry| {
            entry.paths.is_none()
                && entry.rules.is_none()
                && entry.term(self.today) == Term::Running
                && entry.fingerprints.as_ref().is_some_and(|known| known.contains(fingerprint))
        };
        self.entries.iter().find(everywhere).map(|entry| (entry.place.clone(), entry.reason.as_str()))
    }

    /// Says that an entry has expired, if it has.
    fn expiry(&self, entry: &Entry) -> Option<String> {
        match entry.term(self.today) {
            Term::Running => None,
            Term::Over(last) => Some(format!("the entry at {} allows nothing since {last} has passed", entry.place)),
        }
    }
}

impl Scope {
    /// Tells whether the rule looks at a path.
    fn looks_at(&self, view: &View, path: &RepoPath) -> bool {
        let covers = |globs: &Gitignore| view.covers(globs, path);
        self.only.as_ref().is_none_or(covers) && !self.not.as_ref().is_some_and(covers)
    }
}

impl Entry {
    /// Tells whether all conditions of the entry hold; of each, one value is enough.
    fn matches(&self, view: &View, rule: &str, path: &RepoPath, fingerprint: &Fingerprint) -> bool {
        self.rules.as_ref().is_none_or(|rules| rules.iter().any(|id| id == rule))
            && self.fingerprints.as_ref().is_none_or(|known| known.contains(fingerprint))
            && self.paths.as_ref().is_none_or(|globs| view.covers(globs, path))
    }

    /// Tells whether the entry counts on a day; its last day is part of its term.
    fn term(&self, today: Date) -> Term {
        match self.until {
            Some(last) if last < today => Term::Over(last),
            Some(_) | None => Term::Running,
        }
    }
}
