//! `ideoguard audit settle`: scans what pushes left owed.

use ideoguard::detect::Engine;
use ideoguard::error::{Error, Result};
use ideoguard::finding::{Finding, Verdict};
use ideoguard::gate::{Act, Debt, Debts, Occasion, RefUpdate, ServerPolicy};
use ideoguard::git::{Known, Repository};
use ideoguard::outcome::Outcome;
use ideoguard::path::RepoPath;
use ideoguard::report::counted;
use ideoguard::scan::Limits;
use ideoguard::scan::history::{Unwatched, shown};
use ideoguard::scan::push::Push;
use ideoguard::source::Tip;

use super::{environment, policy};
use crate::cli::config::Config;
use crate::cli::{audit, output, user};

/// Scans all that is owed, records what it came to, and says it.
///
/// Returns 0 if nothing blocks, 1 if something would have been refused, and 3 if a debt could not be paid.
pub(in crate::cli) fn settle(repository: &Repository, server: &ServerPolicy) -> Result<u8> {
    let (config, _) = policy::config(repository, server, std::collections::BTreeMap::new())?;
    let debts = Debts::of(repository.common_dir());
    if !debts.are_kept() {
        return Ok(0);
    }
    let _one_at_a_time = debts.settling()?;
    let till = Till { repository, server, config: &config, debts: &debts };
    let (mut codes, mut lines) = (Vec::new(), Vec::new());
    for debt in &debts.all()? {
        let (code, said) = match debt {
            Ok(debt) => told(debt, till.pay(debt)),
            Err(error) => (3, vec![format!("still owed: {error}; {UNREAD}")]),
        };
        codes.push(code);
        lines.extend(said);
    }
    if !lines.is_empty() {
        output::say(&lines)?;
    }
    let has = |code: u8| codes.contains(&code).then_some(code);
    Ok(has(1).or(has(3)).unwrap_or(0))
}

/// What became of a debt.
enum Paid {
    /// What was pushed was scanned.
    Scanned(Outcome),
    /// It is gone.
    Gone,
}

/// Says what became of a debt, with the exit code.
fn told(debt: &Debt, paid: Result<Paid>) -> (u8, Vec<String>) {
    let reference = shown(&Engine::built_in(), &RepoPath::from(debt.reference.as_str()));
    match paid {
        Ok(Paid::Scanned(outcome)) => {
            let leaks: Vec<_> = outcome.findings.iter().filter(|one| one.verdict == Verdict::Leak).collect();
            if leaks.is_empty() {
                return (0, vec![format!("{reference}: paid, nothing blocks")]);
            }
            let count = counted(leaks.len() as u64, "finding");
            let head = format!("{reference}: paid, {count} would have been refused");
            (1, std::iter::once(head).chain(leaks.into_iter().map(leak)).collect())
        }
        Ok(Paid::Gone) => (3, vec![format!("{reference}: {GONE}")]),
        Err(error) => (3, vec![format!("{reference}: still owed: {error}")]),
    }
}

/// What is said of a debt that cannot be read, and so not be paid.
const UNREAD: &str = "its reference takes no push until that file is gone: see what came with `ideoguard scan \
                      --history`, then remove it";

/// What is said of a debt whose objects are gone.
const GONE: &str = "nothing is owed any more, since what was pushed is gone: the push was not completed, or its \
                    reference was deleted since; what else it brought is told by `ideoguard scan --history`";

/// Says what would have been refused, and where it is.
fn leak(one: &Finding) -> String {
    let commit = one.commit.as_ref().map(|stamp| format!(" of commit {}", stamp.id));
    let at = format!("{}:{}{}", one.path, one.place.line, commit.unwrap_or_default());
    format!("  {}, {}, at {at}, {}", one.title, one.redacted, one.fingerprint)
}

/// Where debts are paid.
struct Till<'a> {
    repository: &'a Repository,
    server: &'a ServerPolicy,
    config: &'a Config,
    debts: &'a Debts,
}

impl Till<'_> {
    /// Scans what one push left owed; what could be read whole is paid and recorded.
    fn pay(&self, debt: &Debt) -> Result<Paid> {
        let Some(id) = debt.tip() else { return Err(Error::Usage("the debt names no object".into())) };
        let reference = shown(&Engine::built_in(), &RepoPath::from(debt.reference.as_str()));
        let tip = Tip { reference, id };
        if self.is_gone(debt, &tip)? {
            self.record(debt, &tip, Act::Lost, None)?;
            self.debts.pay(debt)?;
            return Ok(Paid::Gone);
        }
        let outcome = self.scanned(debt, &tip)?;
        let leaks = outcome.findings.iter().any(|one| one.verdict == Verdict::Leak);
        self.record(debt, &tip, if leaks { Act::Leak } else { Act::Settle }, Some(&outcome))?;
        self.debts.pay(debt)?;
        Ok(Paid::Scanned(outcome))
    }

    /// Tells whether what was pushed is not there, and is not missed: no reference leads to it.
    fn is_gone(&self, debt: &Debt, tip: &Tip) -> Result<bool> {
        let named = self.repository.values_of(&[debt.of_reference()])?;
        Ok(!named.contains(&Some(tip.id)) && !self.repository.objects()?.has(tip.id)?)
    }

    /// Scans what was pushed.
    fn scanned(&self, debt: &Debt, tip: &Tip) -> Result<Outcome> {
        let push = Push {
            engine: &self.config.engine(),
            policy: &self.config.policy,
            repository: self.repository,
            limits: &Limits { threads: self.server.threads, ..Limits::default() },
            tips: std::slice::from_ref(tip),
            watch: &Unwatched,
        };
        let mut outcome = push.from_here(&Known::These(debt.known()))?.outcome;
        match outcome.problems.pop() {
            Some(problem) => Err(problem.error),
            None => Ok(outcome),
        }
    }

    /// Records what became of a debt.
    fn record(&self, debt: &Debt, tip: &Tip, act: Act, outcome: Option<&Outcome>) -> Result<()> {
        let update = RefUpdate { reference: tip.reference.clone(), old: None, new: Some(tip.id) };
        let reasons = [format!("Owed since {} by {}.", debt.since, debt.user)];
        let occasion = Occasion {
            now: jiff::Timestamp::now(),
            act,
            hook: "settle",
            user: &user::current(&self.server.user_sources),
            resource: &environment::resource(self.repository),
            updates: std::slice::from_ref(&update),
            outcome,
            more: 0,
            reasons: &reasons,
            tickets: &[],
        };
        audit::settle::of(self.repository, self.server).append(&[occasion.entry()]).map(drop)
    }
}
