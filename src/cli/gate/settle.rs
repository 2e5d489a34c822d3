//! `ideoguard audit settle`: scans what pushes left owed.

use ideoguard::detect::Engine;
use ideoguard::error::{Error, Result};
use ideoguard::finding::Verdict;
use ideoguard::gate::{Act, Debt, Debts, Occasion, RefUpdate, ServerPolicy};
use ideoguard::git::{Known, Repository};
use ideoguard::outcome::Outcome;
use ideoguard::path::RepoPath;
use ideoguard::scan::Limits;
use ideoguard::scan::history::{Unwatched, shown};
use ideoguard::scan::push::Push;
use ideoguard::source::Tip;

use super::{policy, server};
use crate::cli::config::Config;
use crate::cli::{audit, output, user};

/// Scans all that is owed, records what it came to, and says it.
///
/// Returns 0 if nothing blocks, 1 if something would have been refused, and 3 if a debt could not be paid.
pub(in crate::cli) fn settle(repository: &Repository, server: &ServerPolicy) -> Result<u8> {
    let (config, _) = policy::config(repository, server, std::collections::BTreeMap::new())?;
    let debts = Debts::of(repository.common_dir());
    let owed = debts.all()?;
    if owed.is_empty() {
        return Ok(0);
    }
    let (mut code, mut lines) = (0, Vec::new());
    for debt in &owed {
        match pay(repository, server, &config, &debts, debt) {
            Ok(outcome) => {
                let leaks: Vec<_> = outcome.findings.iter().filter(|one| one.verdict == Verdict::Leak).collect();
                let reference = shown(&Engine::built_in(), &RepoPath::from(debt.reference.as_str()));
                lines.push(match leaks.len() {
                    0 => format!("{reference}: paid, nothing blocks"),
                    count => format!("{reference}: paid, {count} findings would have been refused"),
                });
                for one in &leaks {
                    let commit = one.commit.as_ref().map(|stamp| format!(" of commit {}", stamp.id));
                    let at = format!("{}:{}{}", one.path, one.place.line, commit.unwrap_or_default());
                    lines.push(format!("  {}, {}, at {at}, {}", one.title, one.redacted, one.fingerprint));
                }
                code = if leaks.is_empty() { code } else { 1 };
            }
            Err(error) => {
                lines.push(format!("{}: still owed: {error}", RepoPath::from(debt.reference.as_str())));
                code = if code == 1 { 1 } else { 3 };
            }
        }
    }
    output::say(&lines)?;
    Ok(code)
}

/// Scans what one push left owed; what could be read whole is paid and recorded.
fn pay(repository: &Repository, server: &ServerPolicy, config: &Config, debts: &Debts, debt: &Debt) -> Result<Outcome> {
    let Some(id) = debt.tip() else { return Err(Error::Usage("the debt names no object".into())) };
    let reference = shown(&Engine::built_in(), &RepoPath::from(debt.reference.as_str()));
    let push = Push {
        engine: &config.engine(),
        policy: &config.policy,
        repository,
        limits: &Limits { threads: server.threads, ..Limits::default() },
        tips: &[Tip { reference: reference.clone(), id }],
        watch: &Unwatched,
    };
    let mut outcome = push.from_here(&Known::These(debt.known()))?.outcome;
    if let Some(problem) = outcome.problems.pop() {
        return Err(problem.error);
    }
    let leaks = outcome.findings.iter().any(|one| one.verdict == Verdict::Leak);
    let update = RefUpdate { reference, old: None, new: Some(id) };
    let reasons = [format!("Owed since {} by {}.", debt.since, debt.user)];
    let occasion = Occasion {
        now: jiff::Timestamp::now(),
        act: if leaks { Act::Leak } else { Act::Settle },
        hook: "settle",
        user: &user::current(&server.user_sources),
        resource: &server::resource(repository),
        updates: std::slice::from_ref(&update),
        outcome: Some(&outcome),
        more: 0,
        reasons: &reasons,
        tickets: &[],
    };
    audit::settle::of(repository, server).append(&[occasion.entry()])?;
    debts.pay(debt)?;
    Ok(outcome)
}
