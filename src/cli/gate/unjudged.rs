//! A push that could not be judged at all: it is refused, and that is recorded where it can be.

use ideoguard::audit::{Log, User};
use ideoguard::error::{Error, Result};
use ideoguard::gate::{Act, Occasion, ServerPolicy};
use ideoguard::git::Repository;
use ideoguard::report::push::{self, Screen};

use super::environment::resource;
use super::server::clean;
use super::tell;
use crate::cli::{audit, scan, unsaid, user};

/// Refuses a push since judging it could not begin; returns the exit code.
///
/// What git said of it was not understood, or the server's own policy was not.
pub(super) fn refuse(hook: &'static str, screen: Screen, error: &Error) -> u8 {
    let mut sentences = vec![unsaid::text(&format!("ideoguard: this push is refused: {error}."))];
    if let Err(problem) = record(hook, error) {
        sentences.push(format!("That could not be recorded: {problem}."));
    }
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = push::say(&sentences, screen, &mut text);
    tell(&text);
    error.exit_code()
}

/// Records a refusal, in the log that the policy names as far as it can be read.
fn record(hook: &'static str, error: &Error) -> Result<()> {
    let repository = Repository::from_hook_env(&scan::here()?)?;
    let (log, user) = match ServerPolicy::of(&repository) {
        Ok(policy) => (audit::settle::of(&repository, &policy), user::current(&policy.user_sources)),
        Err(_) => fallback(&repository),
    };
    let occasion = Occasion {
        now: jiff::Timestamp::now(),
        act: Act::Refuse,
        hook,
        user: &user,
        resource: &resource(&repository),
        updates: &[],
        outcome: None,
        more: 0,
        reasons: &[clean(&format!("Because: {error}."))],
        tickets: &[],
    };
    log.append(&[occasion.entry()]).map(drop)
}

/// Returns the log and the user where the policy is broken.
fn fallback(repository: &Repository) -> (Log, User) {
    let path = ServerPolicy::audit_log_of(repository);
    (audit::settle::at(repository, &path), user::current(&ServerPolicy::default_user_sources()))
}
