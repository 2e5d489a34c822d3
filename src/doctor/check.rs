//! One item of the checklist: what is asked, the verdict, why, and what to do.

use crate::decide::ENV_FILES_ITEM;
use crate::path::RepoPath;

/// What an item of the checklist asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Are keys nowhere in the files of the work tree or in the history?
    Literals,
    /// Are environment files ignored by git, and was none ever tracked?
    EnvFiles,
    /// Does each environment have a key of its own?
    Environments,
    /// Has each key the scopes that its environment may have, and no more?
    Scopes,
    /// Have readers and writers keys of their own?
    Roles,
    /// Do webhook handlers verify signatures?
    Webhooks,
    /// Are calls recorded?
    Audit,
    /// Is no key in what a browser gets?
    Bundle,
    /// Does this repository have our hooks?
    Hooks,
    /// Does the server?
    ServerHooks,
    /// Is no key older than it may be?
    Age,
}

impl Topic {
    /// The name that machines use; it stays the same from version to version.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Literals => "no-key-in-code",
            Self::EnvFiles => ENV_FILES_ITEM,
            Self::Environments => "key-per-environment",
            Self::Scopes => "least-scopes",
            Self::Roles => "key-per-role",
            Self::Webhooks => "webhook-signatures",
            Self::Audit => "audit-logging",
            Self::Bundle => "no-key-in-bundle",
            Self::Hooks => "hooks-here",
            Self::ServerHooks => "hooks-on-server",
            Self::Age => "key-age",
        }
    }

    /// What must be so, in words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Literals => "No Ideogram key in a file or in the history",
            Self::EnvFiles => "Environment files are ignored by git and were never tracked",
            Self::Environments => "Each environment has a key of its own",
            Self::Scopes => "Each key has only the scopes that its environment needs",
            Self::Roles => "Reading and writing clients have keys of their own",
            Self::Webhooks => "Webhook handlers verify signatures, in constant time, and refuse replays",
            Self::Audit => "Calls to Ideogram are recorded in audit lines",
            Self::Bundle => "No key is handed to browsers",
            Self::Hooks => "The hooks of ideoguard are installed here",
            Self::ServerHooks => "The server refuses pushes with secrets",
            Self::Age => "No key is older than the policy allows",
        }
    }
}

/// What an item comes to, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is not so.
    Fail,
    /// It cannot be told.
    Unknown,
    /// It is so.
    Pass,
    /// It does not arise here.
    NotApplicable,
}

impl Verdict {
    /// The word that machines use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Pass => "pass",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// What a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// The file, below the top of the work tree, or as git names it in a commit.
    pub path: Option<RepoPath>,
    /// The one-based line in it.
    pub line: Option<u64>,
    /// What is there, in our words.
    pub says: String,
}

impl Evidence {
    /// Returns what stands on a line of a file.
    pub fn at(path: &RepoPath, line: u64, says: impl Into<String>) -> Self {
        Self { path: Some(path.clone()), line: Some(line), says: says.into() }
    }

    /// Returns what is so of a whole file.
    pub fn of(path: &RepoPath, says: impl Into<String>) -> Self {
        Self { path: Some(path.clone()), line: None, says: says.into() }
    }

    /// Returns what is so of no file in particular.
    pub fn says(says: impl Into<String>) -> Self {
        Self { path: None, line: None, says: says.into() }
    }
}

/// One item of the checklist, answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What is asked.
    pub topic: Topic,
    /// The answer.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub because: String,
    /// What that rests on, in order, each once.
    pub evidence: Vec<Evidence>,
    /// What to do, in steps; commands stand between backticks.
    pub fix: Vec<String>,
}

impl Check {
    /// Returns an answer that rests on nothing yet.
    pub fn new(topic: Topic, verdict: Verdict, because: impl Into<String>) -> Self {
        Self { topic, verdict, because: because.into(), evidence: Vec::new(), fix: Vec::new() }
    }

    /// Adds what it rests on.
    #[must_use]
    pub fn resting_on(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self.evidence.sort();
        self.evidence.dedup();
        self
    }

    /// Adds steps of what to do, each once.
    #[must_use]
    pub fn mended_by<S: Into<String>>(mut self, steps: impl IntoIterator<Item = S>) -> Self {
        for step in steps {
            let step = step.into();
            if !self.fix.contains(&step) {
                self.fix.push(step);
            }
        }
        self
    }
}
