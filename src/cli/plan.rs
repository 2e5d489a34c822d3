//! What is to be done: everything that the arguments decide, decided.

use std::path::PathBuf;

use clap_complete::Shell;
use ideoguard::decide::Allowance;
use ideoguard::finding::Fingerprint;
use ideoguard::gate::RefUpdate;
use ideoguard::install::Request;
use ideoguard::path::RepoPath;
use ideoguard::report::Occasion;
use ideoguard::scan::Limits;
use ideoguard::scan::history::Choice;
use ideoguard::source::Ignored;
use jiff::civil::Date;

use super::args::ListArg;
use super::audit::AuditPlan;
use super::doctor::DoctorPlan;
use super::key::KeyPlan;
use super::lsp::LspPlan;
use super::telling::Telling;
use super::webhook::WebhookPlan;

/// What is to be done.
pub(super) enum Plan {
    /// Scan, and report.
    Scan(ScanPlan),
    /// Add an entry to the allow file.
    Allow(AllowPlan),
    /// Make or change a baseline.
    Baseline(BaselinePlan),
    /// Show rules.
    Rules(RulesPlan),
    /// Say why something was found.
    Explain(ExplainPlan),
    /// Tell a saved report.
    Report(ReportPlan),
    /// Say where a secret lives.
    Where(WherePlan),
    /// Answer the security checklist.
    Doctor(DoctorPlan),
    /// Put hooks in place.
    Install(Request),
    /// Take hooks away.
    Uninstall(Request),
    /// Say what is in a store.
    StoreInfo(StoreAt),
    /// Empty a store.
    StoreClear(StoreAt),
    /// Show or verify what was recorded.
    Audit(AuditPlan),
    /// Put the hooks of this repository to the test.
    Trial(PathBuf),
    /// Keep track of keys.
    Key(KeyPlan),
    /// Check or sign a delivery of a webhook.
    Webhook(WebhookPlan),
    /// Judge a push.
    Gate(GatePlan),
    /// Show the policy of a server.
    Policy(PolicyPlan),
    /// Serve an editor.
    Lsp(LspPlan),
    /// Write completions.
    Completions(Shell),
    /// Write manual pages: one for each command into a folder, or the first to standard output.
    Man(Option<PathBuf>),
}

/// Whose policy to show, and how.
pub(super) struct PolicyPlan {
    /// A folder in the repository.
    pub(super) repository: PathBuf,
    /// In which form.
    pub(super) format: ListArg,
}

/// Which hook of a push to be.
pub(super) enum GatePlan {
    /// Before anything of it is stored; the references come on standard input.
    PreReceive,
    /// Before one reference is changed.
    Update(RefUpdate),
    /// Before it leaves.
    PrePush {
        /// The name of the remote, or its URL.
        remote: String,
    },
    /// Before it leaves, as the pre-commit framework tells of it: of one reference, by the environment.
    Framework(Outgoing),
}

/// A reference that is about to be pushed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outgoing {
    /// The name of the remote.
    pub(super) remote: String,
    /// What it is called there.
    pub(super) reference: String,
    /// What the remote has already, if it was said.
    pub(super) base: Option<String>,
    /// What it is to name there.
    pub(super) tip: String,
}

/// Which saved report to tell, and how.
pub(super) struct ReportPlan {
    /// The file; `-` is standard input.
    pub(super) results: PathBuf,
    /// How it is told.
    pub(super) telling: Telling,
}

/// Which finding to explain: the scans that may have it, the nearest first.
pub(super) struct ExplainPlan {
    /// The finding.
    pub(super) fingerprint: Fingerprint,
    /// The scans.
    pub(super) scans: Vec<ScanPlan>,
}

/// Which secret to look for, and where.
pub(super) struct WherePlan {
    /// The secret.
    pub(super) fingerprint: Fingerprint,
    /// The repository.
    pub(super) repository: PathBuf,
    /// How much work may be done.
    pub(super) limits: Limits,
    /// What is kept for the next run.
    pub(super) store: Keep,
    /// Whether to show how far it is.
    pub(super) progress: Progress,
}

/// What to scan, and what to do with what is found.
pub(super) struct ScanPlan {
    /// What to scan.
    pub(super) what: What,
    /// How much work may be done.
    pub(super) limits: Limits,
    /// The allow file, when it is not the one at the top of the work tree.
    pub(super) config: Option<PathBuf>,
    /// Which secrets count as there before.
    pub(super) before: Before,
    /// How it is reported.
    pub(super) telling: Telling,
}

/// What to scan.
pub(super) enum What {
    /// The whole work tree.
    WorkTree(Ignored),
    /// Files and folders, at least one.
    Paths(Vec<PathBuf>, Ignored),
    /// The index, looked at.
    Staged,
    /// The index, about to be committed.
    Commit,
    /// A message, about to be committed.
    Message(PathBuf),
    /// The commits of a range.
    Range(String, NoCommits),
    /// Everything that repositories keep.
    History(HistoryPlan),
    /// Standard input, under a name.
    Stdin(RepoPath),
}

/// What a range means that holds no commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoCommits {
    /// A mistake of whoever asked for it.
    Mistake,
    /// Nothing new, which is fine: a program worked it out.
    Fine,
}

/// How to scan histories.
pub(super) struct HistoryPlan {
    /// The repositories; the one here if there are none.
    pub(super) repositories: Vec<PathBuf>,
    /// A file that names more of them.
    pub(super) list: Option<PathBuf>,
    /// What is told of what is found.
    pub(super) choice: Choice,
    /// What is kept for the next run.
    pub(super) store: Keep,
    /// Whether to show how far it is, if there is a terminal.
    pub(super) progress: Progress,
}

/// What a scan of a history keeps.
pub(super) enum Keep {
    /// What the repository's own store keeps.
    Own,
    /// The same in a store that was named.
    Shared(PathBuf),
    /// Nothing.
    Nothing,
}

/// Whether to show how far a scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// On a terminal.
    Shown,
    /// Not at all.
    Hidden,
}

/// Which secrets count as there before.
pub(super) enum Before {
    /// Those of the baseline at the top of the work tree, if there is one.
    Default,
    /// Those of a baseline that was named.
    File(PathBuf),
    /// None.
    Nothing,
}

/// What to do with which baseline.
pub(super) struct BaselinePlan {
    /// What to do.
    pub(super) act: Act,
    /// The baseline, when it is not the one at the top of the work tree.
    pub(super) file: Option<PathBuf>,
    /// The scan that finds what is there.
    pub(super) scan: ScanPlan,
}

/// What to do with a baseline.
pub(super) enum Act {
    /// Write a new one.
    Create(Adding),
    /// Add what has no line yet.
    Update(Adding),
    /// Take out what is found no more.
    Prune,
    /// Add what the file of another tool allows.
    Import(PathBuf, Adding),
}

/// What to add to a baseline, and in which words.
pub(super) struct Adding {
    /// Why it is there, when that is said.
    pub(super) reason: Option<String>,
    /// Who answers for it, when it is not git's user.
    pub(super) who: Option<String>,
    /// The last day on which it does not block.
    pub(super) until: Option<Date>,
    /// What is taken.
    pub(super) take: Take,
    /// What happens if something could not be read.
    pub(super) gaps: Gaps,
}

/// What a baseline takes of what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Take {
    /// What blocks.
    Leaks,
    /// What warns, too.
    Warnings,
}

/// What happens if something could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gaps {
    /// Nothing is written.
    Refuse,
    /// What was read is written, and the exit code tells.
    Accept,
}

/// What to allow, and where to write it.
pub(super) struct AllowPlan {
    /// What is allowed, and why.
    pub(super) allowance: Allowance,
    /// The allow file, when it is not the one at the top of the work tree.
    pub(super) config: Option<PathBuf>,
}

/// What to show of which rules.
pub(super) struct RulesPlan {
    /// What to show.
    pub(super) what: Shown,
    /// The rule file, when it is not the one at the top of the work tree.
    pub(super) config: Option<PathBuf>,
}

/// What to show of the rules.
pub(super) enum Shown {
    /// All, one line each.
    List,
    /// One.
    One(String),
    /// What they find in a file, and nearly find; `-` is standard input. Of one rule, if it is named.
    Test(PathBuf, Option<String>),
    /// Whether the rule files make sense, and their rules pass their own samples.
    Check,
}

/// Where a store is.
pub(super) enum StoreAt {
    /// In the git directory of the repository that this folder lies in.
    Repository(PathBuf),
    /// Here.
    File(PathBuf),
}

impl What {
    /// Returns what was scanned, as reports see it.
    pub(super) fn occasion(&self) -> Occasion {
        match self {
            Self::WorkTree(_) | Self::Paths(..) | Self::Stdin(_) => Occasion::Files,
            Self::Staged => Occasion::Staged,
            Self::Commit => Occasion::Commit,
            Self::Message(_) => Occasion::Message,
            Self::Range(..) => Occasion::Range,
            Self::History(_) => Occasion::History,
        }
    }
}
