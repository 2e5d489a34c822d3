//! What is recorded of a push.

use jiff::Timestamp;

use crate::audit::{Ended, Entry, Metadata, User, Value, text};
use crate::finding::{Finding, Reason, Verdict};
use crate::gate::lines::RefUpdate;
use crate::outcome::Outcome;

/// How many references and findings are named; the rest is counted.
const NAMED: usize = 100;
/// How many bytes of a name are recorded.
const NAME_BYTES: usize = 300;

/// What became of a push, or of a debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The push was refused.
    Refuse,
    /// It was accepted with findings that somebody answers for.
    Bypass,
    /// It was accepted with findings that do not block.
    Accept,
    /// It was accepted before it was scanned.
    Owe,
    /// What was owed was scanned, and nothing blocks.
    Settle,
    /// What was owed was scanned, and it holds what would have blocked.
    Leak,
    /// What was owed is gone, and cannot be scanned.
    Lost,
}

impl Act {
    /// Returns the action, as the log has it.
    #[must_use]
    pub fn action(self) -> &'static str {
        match self {
            Self::Refuse => "ideoguard.push.refuse",
            Self::Bypass => "ideoguard.push.bypass",
            Self::Accept => "ideoguard.push.accept",
            Self::Owe => "ideoguard.push.owe",
            Self::Settle => "ideoguard.debt.settle",
            Self::Leak => "ideoguard.debt.leak",
            Self::Lost => "ideoguard.debt.lost",
        }
    }

    /// Returns how it ended.
    fn ended(self) -> Ended {
        match self {
            Self::Refuse | Self::Leak | Self::Lost => Ended::Failure,
            Self::Bypass | Self::Accept | Self::Owe | Self::Settle => Ended::Success,
        }
    }
}

/// What there is to record.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// When.
    pub now: Timestamp,
    /// What became of it.
    pub act: Act,
    /// The hook.
    pub hook: &'a str,
    /// Who pushed.
    pub user: &'a User,
    /// To what.
    pub resource: &'a str,
    /// The references; secrets in their names are hidden already.
    pub updates: &'a [RefUpdate],
    /// What was found, if it came to that.
    pub outcome: Option<&'a Outcome>,
    /// How many findings there are beside these.
    pub more: u64,
    /// Why, each a sentence without secrets.
    pub reasons: &'a [String],
    /// The tickets that were given for bypasses.
    pub tickets: &'a [String],
}

impl Occasion<'_> {
    /// Writes it down as an entry of the audit log.
    #[must_use]
    pub fn entry(&self) -> Entry {
        let named = self.updates.iter().take(NAMED).map(reference);
        let mut metadata = Metadata::new()
            .with("hook", self.hook)
            .with("refs", named.collect::<Vec<Value>>())
            .with("refCount", self.updates.len() as u64);
        if !self.reasons.is_empty() {
            metadata = metadata.with("reasons", self.reasons.to_vec());
        }
        if !self.tickets.is_empty() {
            metadata = metadata.with("tickets", self.tickets.to_vec());
        }
        if let Some(outcome) = self.outcome {
            let told: Vec<&Finding> = outcome.findings.iter().filter(|finding| is_recorded(finding)).collect();
            let problems: Vec<Value> = outcome
                .problems
                .iter()
                .take(NAMED)
                .map(|problem| format!("{}: {}", problem.what, problem.error).into())
                .collect();
            metadata = metadata
                .with("findings", told.iter().take(NAMED).map(|finding| found(finding)).collect::<Vec<Value>>())
                .with("findingCount", told.len() as u64)
                .with("findingCountIsLeast", self.more > 0)
                .with("objects", outcome.scanned);
            if !problems.is_empty() {
                metadata = metadata.with("problems", problems);
            }
        }
        Entry {
            timestamp: self.now,
            action: self.act.action().to_owned(),
            user: self.user.clone(),
            resource: self.resource.to_owned(),
            result: self.act.ended(),
            metadata,
        }
    }
}

/// Tells whether a finding is recorded: all but old and weak ones.
#[must_use]
pub fn is_recorded(finding: &Finding) -> bool {
    match finding.verdict {
        Verdict::Leak | Verdict::Warning | Verdict::Allowed(_) => true,
        Verdict::Note(_) => false,
    }
}

/// Writes a reference.
fn reference(update: &RefUpdate) -> Value {
    let name = |id: Option<crate::oid::ObjectId>| id.map_or(Value::Null, |id| id.to_string().into());
    let fields =
        [("ref", text(cut(update.reference.as_bytes()))), ("old", name(update.old)), ("new", name(update.new))];
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Writes a finding, without its secret.
fn found(finding: &Finding) -> Value {
    let (verdict, reason) = match &finding.verdict {
        Verdict::Leak => ("leak", None),
        Verdict::Warning => ("warning", None),
        Verdict::Note(_) => ("note", None),
        Verdict::Allowed(reason) => ("allowed", Some(why(reason))),
    };
    let mut fields: Vec<(&str, Value)> = vec![
        ("fingerprint", finding.fingerprint.as_str().into()),
        ("rule", finding.rule.as_ref().into()),
        ("secret", finding.redacted.as_str().into()),
        ("path", text(cut(finding.path.as_bytes()))),
        ("line", finding.place.line.into()),
        ("verdict", verdict.into()),
    ];
    fields.extend(finding.commit.as_ref().map(|stamp| ("commit", stamp.id.to_string().into())));
    fields.extend(reason.map(|reason| ("reason", reason.into())));
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Says who allows a finding, and why.
fn why(reason: &Reason) -> String {
    match reason {
        Reason::Mark(words) => format!("mark: {words}"),
        Reason::AllowFile(words) => format!("allow file: {words}"),
        Reason::Baseline(words) => format!("baseline: {words}"),
        Reason::Policy(words) => format!("policy: {words}"),
        Reason::Bypass(words) => format!("bypass: {words}"),
    }
}

/// Returns as much of a name as is recorded.
fn cut(name: &[u8]) -> &[u8] {
    &name[..name.len().min(NAME_BYTES)]
}
