//! A push at a server: judged by the server's policy, and recorded.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ideoguard::audit::{Log, User, Webhook, is_good_certificate};
use ideoguard::detect::Engine;
use ideoguard::error::Result;
use ideoguard::finding::{Fingerprint, Reason, Verdict};
use ideoguard::gate::{self, Act, Asked, Debt, Debts, Occasion, OverLimit, RefUpdate, ServerPolicy, Signed, Who};
use ideoguard::git::Repository;
use ideoguard::outcome::{Outcome, Status};
use ideoguard::path::{Escaped, RepoPath};
use ideoguard::report::push::{self, Bypass, Screen, Told};
use ideoguard::scan::history::{Unwatched, shown};
use ideoguard::scan::push::{Push, Pushed};
use ideoguard::scan::{Limits, Telling};
use ideoguard::source::Tip;
use once_cell::sync::OnceCell;

use super::environment::{options, resource, screen, unread_options, variable};
use super::limits::{self, Decision};
use super::{policy, tell, unjudged};
use crate::cli::config::Config;
use crate::cli::{audit, scan, user};

/// How long to wait for the audit log where there is a deadline.
const PATIENCE: Duration = Duration::from_millis(500);

/// Judges a push for a hook; returns the exit code.
pub(super) fn run(hook: &'static str, read: impl FnOnce() -> Result<Vec<RefUpdate>>) -> u8 {
    let start = Instant::now();
    let screen = screen();
    let judged = read().and_then(|updates| Server::open(start, hook, updates, screen)).and_then(|server| {
        let server = Arc::new(server);
        let decision = Decision::default();
        let clock = Arc::clone(&server);
        limits::watch(&server.policy, start, &decision, move |why| clock.over(&why))?;
        Ok(server.judge(&decision))
    });
    judged.unwrap_or_else(|error| unjudged::refuse(hook, screen, &error))
}

/// A push at a server, and all it takes to judge it.
struct Server {
    start: Instant,
    hook: &'static str,
    screen: Screen,
    repository: Repository,
    policy: ServerPolicy,
    updates: Vec<RefUpdate>,
    asked: Asked,
    /// Who pushes, found out when it matters.
    user: OnceCell<User>,
    webhook: Option<Webhook>,
    debts: Debts,
}

impl Server {
    /// Finds out everything that the verdict depends on but what is pushed.
    fn open(start: Instant, hook: &'static str, updates: Vec<RefUpdate>, screen: Screen) -> Result<Self> {
        let repository = Repository::from_hook_env(&scan::here()?)?;
        let policy = ServerPolicy::of(&repository)?;
        Ok(Self {
            start,
            hook,
            screen,
            updates,
            asked: Asked::of(&options()),
            user: OnceCell::new(),
            // Only what the policy says can be wrong here: then nothing would ever be delivered.
            webhook: audit::settle::webhook(&policy, &audit::settle::Target::default())?,
            debts: Debts::of(repository.common_dir()),
            repository,
            policy,
        })
    }

    /// Judges the push; returns the exit code.
    fn judge(&self, decision: &Decision) -> u8 {
        let judged = self.scanned();
        decision.take();
        let code = self.conclude(judged);
        self.deliver();
        code
    }

    /// Returns the audit log. Git may have to be asked who may read it, so this is for when there is something to write.
    fn log(&self) -> Log {
        let log = audit::settle::of(&self.repository, &self.policy);
        if self.policy.deadline.is_some() { log.with_patience(PATIENCE) } else { log }
    }

    /// Delivers what was recorded, if there is a webhook; what it does not take now is left for the next time.
    ///
    /// Where there is a deadline, the server may end us soon after it.
    fn deliver(&self) {
        let Some(webhook) = &self.webhook else { return };
        // The push is decided and recorded; whoever runs the server sees what is left by `audit settle`.
        let left = self.policy.deadline.map(|deadline| deadline.saturating_sub(self.start.elapsed()));
        let limit = left.map_or(webhook.limit, |left| left.min(webhook.limit));
        drop(self.log().deliver_within(webhook, limit, jiff::Timestamp::now));
    }

    /// Does what the verdict asks for; returns the exit code.
    fn conclude(&self, judged: std::result::Result<(Pushed, Vec<String>), Stop>) -> u8 {
        match judged {
            Ok((Pushed { outcome, more, places, .. }, notes)) => {
                let reasons = [notes, self.asked.answers()].concat();
                match outcome.status() {
                    Status::Clean => self.accept(&outcome, more),
                    Status::Leaks | Status::Incomplete => {
                        let told =
                            Told { outcome: &outcome, more, places: &places, bypass: self.bypass(), reasons: &reasons };
                        self.refuse(&told, outcome.status().code())
                    }
                }
            }
            Err(Stop::Because(reasons)) => self.refuse_for(&reasons, 1),
            Err(Stop::Failed(error)) => {
                let hint = error.hint().map(|hint| format!("Hint: {hint}."));
                let reasons: Vec<String> = [format!("Because: {error}.")].into_iter().chain(hint).collect();
                self.refuse_for(&reasons, error.exit_code())
            }
        }
    }

    /// Scans what is pushed; also returns what the pusher should know if it is refused.
    fn scanned(&self) -> std::result::Result<(Pushed, Vec<String>), Stop> {
        let tips: Vec<Tip> = self.updates.iter().filter_map(RefUpdate::tip).collect();
        let reasons = [self.asked.wrong.clone(), self.owed()?].concat();
        if !reasons.is_empty() {
            return Err(Stop::Because(reasons));
        }
        let (granted, denied) =
            self.granted().map_or_else(|why| (BTreeMap::new(), Some(why)), |granted| (granted, None));
        let (config, notes) = policy::config(&self.repository, &self.policy, granted)?;
        let pushed = self.push(&tips, &config)?;
        Ok((pushed, denied.into_iter().chain(notes).chain(unread_options()).collect()))
    }

    /// Returns who pushes.
    fn user(&self) -> &User {
        self.user.get_or_init(|| user::current(&self.policy.user_sources))
    }

    /// Returns the secrets that the pusher answers for; the error says why that does not count.
    fn granted(&self) -> std::result::Result<BTreeMap<Fingerprint, String>, String> {
        // Then nobody asks who it is, either.
        if self.asked.bypasses.is_empty() {
            return Ok(BTreeMap::new());
        }
        let is_signed = is_good_certificate(&|name| variable(name));
        self.asked.granted(&self.policy, self.user(), if is_signed { Signed::Yes } else { Signed::No })
    }

    /// Says which references nothing may be pushed to yet.
    fn owed(&self) -> Result<Vec<String>> {
        let mut reasons = Vec::new();
        for tip in self.updates.iter().filter_map(RefUpdate::tip) {
            if self.debts.is_owed(&tip.reference)? {
                let reference = shown_name(&tip.reference);
                reasons.push(format!(
                    "An earlier push to {reference} was accepted before it was scanned, and that is still owed: \
                     `ideoguard audit settle` on the server pays it."
                ));
            }
        }
        Ok(reasons)
    }

    /// Scans with rules and a policy.
    fn push(&self, tips: &[Tip], config: &Config) -> Result<Pushed> {
        Push {
            engine: &config.engine(),
            policy: &config.policy,
            repository: &self.repository,
            limits: &Limits { threads: self.policy.threads, telling: Telling::Enough, ..Limits::default() },
            tips,
            watch: &Unwatched,
        }
        .run()
    }

    /// Accepts a push, and records what was found in it.
    fn accept(&self, outcome: &Outcome, more: u64) -> u8 {
        let findings = || outcome.findings.iter().filter(|finding| gate::is_recorded(finding));
        if findings().next().is_none() {
            return 0;
        }
        let bypassed = findings().filter(|one| matches!(one.verdict, Verdict::Allowed(Reason::Bypass(_)))).count();
        let act = if bypassed > 0 { Act::Bypass } else { Act::Accept };
        if let Err(code) = self.record(act, Some((outcome, more)), &[]) {
            return code;
        }
        if bypassed > 0 {
            let who = Escaped(self.user().id().as_bytes());
            self.say(&[format!("ideoguard: accepted, since {who} answers for what was found; that is recorded.")]);
        }
        0
    }

    /// Accepts or refuses a push whose scan went over a limit; returns the exit code.
    fn over(&self, why: &str) -> u8 {
        let reasons = [format!("Because: {why}.")];
        match self.policy.over_limit {
            OverLimit::Refuse => {
                let hint = "Push fewer commits at once, or ask whoever runs this server.".to_owned();
                self.refuse_for(&[reasons[0].clone(), hint], 3)
            }
            OverLimit::Owe => self.owe(why).unwrap_or_else(|error| {
                self.refuse_for(&[reasons[0].clone(), format!("It cannot be noted as owed: {error}.")], 3)
            }),
        }
    }

    /// Accepts a push that is still to be scanned.
    fn owe(&self, why: &str) -> Result<u8> {
        // The clock may have been faster than the look at the debts.
        let owed = self.owed()?;
        if !owed.is_empty() {
            return Ok(self.refuse_for(&owed, 3));
        }
        let now = jiff::Timestamp::now();
        let names: Vec<RepoPath> = self.updates.iter().map(|update| update.reference.clone()).collect();
        let mut known = self.repository.values_of(&names)?;
        known.push(self.repository.head()?);
        let mut known: Vec<_> = known.into_iter().flatten().collect();
        known.sort_unstable();
        known.dedup();
        let debt = |tip: Tip| Debt::new(&tip.reference, tip.id, &known, now.to_string(), self.user().id(), why);
        let debts: Vec<Debt> = self.updates.iter().filter_map(RefUpdate::tip).map(debt).collect();
        self.debts.owe(&debts)?;
        if let Err(code) = self.record(Act::Owe, None, &[format!("Because: {why}.")]) {
            self.debts.forget(&debts);
            return Ok(code);
        }
        self.say(&[format!(
            "ideoguard: accepted, but {why}: it is scanned later, and nothing more can be pushed there until then."
        )]);
        Ok(0)
    }

    /// Refuses a push for reasons that are no findings.
    fn refuse_for(&self, reasons: &[String], code: u8) -> u8 {
        let reasons = [reasons, &self.asked.answers()].concat();
        let places = BTreeMap::new();
        let told =
            Told { outcome: &Outcome::default(), more: 0, places: &places, bypass: self.bypass(), reasons: &reasons };
        self.refuse(&told, code)
    }

    /// Refuses a push, says why, and records it.
    fn refuse(&self, told: &Told<'_>, code: u8) -> u8 {
        let mut text = Vec::new();
        // Writing to memory does not fail.
        let _ = push::write(told, self.screen, &mut text);
        tell(&text);
        // The push is refused anyway; that it could not be recorded was said.
        let _ = self.record(Act::Refuse, Some((told.outcome, told.more)), told.reasons);
        code
    }

    /// Records what became of the push; what cannot be recorded is refused, with this code.
    fn record(&self, act: Act, found: Option<(&Outcome, u64)>, reasons: &[String]) -> std::result::Result<(), u8> {
        let updates: Vec<RefUpdate> = self
            .updates
            .iter()
            .map(|update| RefUpdate { reference: shown_name(&update.reference), ..update.clone() })
            .collect();
        let reasons: Vec<String> = reasons.iter().map(|reason| clean(reason)).collect();
        let tickets: Vec<String> =
            self.asked.bypasses.iter().filter_map(|one| one.ticket.as_deref()).map(clean).collect();
        let occasion = Occasion {
            now: jiff::Timestamp::now(),
            act,
            hook: self.hook,
            user: self.user(),
            resource: &resource(&self.repository),
            updates: &updates,
            outcome: found.map(|(outcome, _)| outcome),
            more: found.map_or(0, |(_, more)| more),
            reasons: &reasons,
            tickets: &tickets,
        };
        self.log().append(&[occasion.entry()]).map(drop).map_err(|error| {
            self.say(&[format!("ideoguard: this push is refused, since it cannot be recorded: {error}.")]);
            error.exit_code().max(1)
        })
    }

    /// Returns how this pusher may answer for a finding.
    fn bypass(&self) -> Bypass {
        let may = match &self.policy.bypass_users {
            Who::Nobody => false,
            Who::Users(users) => users.iter().any(|name| name == self.user().id()),
            Who::Everybody => true,
        };
        match (may, self.policy.bypass_signed) {
            (false, _) => Bypass::Denied,
            (true, false) => Bypass::Allowed,
            (true, true) => Bypass::Signed,
        }
    }

    fn say(&self, sentences: &[String]) {
        let mut text = Vec::new();
        // Writing to memory does not fail.
        let _ = push::say(sentences, self.screen, &mut text);
        tell(&text);
    }
}

/// Returns a text without the secrets in it.
pub(super) fn clean(text: &str) -> String {
    shown_name(&RepoPath::from(text)).to_string()
}

/// Returns the name of a reference without the secrets in it.
fn shown_name(reference: &RepoPath) -> RepoPath {
    shown(&Engine::built_in(), reference)
}

/// Why a push is not even scanned.
enum Stop {
    /// For these reasons, each a sentence.
    Because(Vec<String>),
    /// Something failed.
    Failed(ideoguard::Error),
}

impl From<ideoguard::Error> for Stop {
    fn from(error: ideoguard::Error) -> Self {
        Self::Failed(error)
    }
}
