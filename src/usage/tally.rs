//! What was counted: calls by user and scope, failures, and lines that could not be read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::keys::{Registry, Role};
use crate::usage::call::{Call, End, User, is_same};
use crate::usage::scope::{Scope, Verb};

/// How many users, scopes of a user, and ways to fail are kept apart; what is beyond is counted together.
const MOST: usize = 200;
/// How many broken lines are named.
const NAMED: usize = 20;

/// How keys were used, as audit lines tell.
#[derive(Debug, Default)]
pub struct Usage {
    /// By user.
    pub(super) users: BTreeMap<User, Used>,
    /// Calls of users beyond those that are kept apart.
    pub(super) beyond: u64,
    /// Entries that were read.
    pub(super) entries: u64,
    /// Other lines.
    pub(super) others: u64,
    /// Lines that should have been read and could not be.
    pub(super) broken: u64,
    /// The first of them.
    pub(super) named: Vec<Broken>,
    /// Entries that hold what looks like a secret, and the first of them.
    pub(super) secrets: (u64, Option<(PathBuf, u64)>),
}

/// A line that could not be read.
#[derive(Debug)]
pub(super) struct Broken {
    /// The file.
    pub(super) file: PathBuf,
    /// The one-based line.
    pub(super) line: u64,
    /// What is wrong with it.
    pub(super) why: String,
}

/// What a user did.
#[derive(Debug, Default)]
pub(super) struct Used {
    /// How often each scope was used.
    pub(super) scopes: BTreeMap<Scope, u64>,
    /// How often calls failed: the place, and the status where it is told.
    pub(super) failures: BTreeMap<(String, Option<u16>), Failed>,
    /// How many calls there were.
    pub(super) calls: u64,
    /// How many of them failed.
    pub(super) failed: u64,
}

/// How often something failed, and when.
#[derive(Debug, Default)]
pub(super) struct Failed {
    /// How often.
    pub(super) count: u64,
    /// When first, if that is known.
    pub(super) first: Option<Timestamp>,
    /// When last.
    pub(super) last: Option<Timestamp>,
}

/// What a user may do, and does.
#[derive(Debug, Default)]
pub(super) struct Grants {
    /// Granted scopes that calls used.
    pub(super) used: Vec<String>,
    /// Granted scopes that no call used.
    pub(super) unused: Vec<String>,
    /// Granted scopes of which it cannot be told: some calls say neither method nor scope.
    pub(super) unclear: Vec<String>,
    /// What was used and not granted.
    pub(super) beyond: Vec<String>,
}

impl Usage {
    /// The exit code: 3 if lines could not be read.
    #[must_use]
    pub fn code(&self) -> u8 {
        if self.broken == 0 { 0 } else { 3 }
    }

    /// Tells whether no entry was found, whole or broken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries + self.broken == 0
    }

    /// Counts a call.
    pub(super) fn count(&mut self, call: Call) {
        self.entries += 1;
        if self.users.len() >= MOST && !self.users.contains_key(&call.user) {
            self.beyond += 1;
            return;
        }
        let Call { user, scope, place, end, time } = call;
        let used = self.users.entry(user).or_default();
        used.calls += 1;
        used.count(scope);
        if let End::Failed(status) = end {
            used.fail(place, status, time);
        }
    }

    /// Counts a line that holds a secret.
    pub(super) fn secret(&mut self, file: &Path, line: u64) {
        let (count, first) = &mut self.secrets;
        *count += 1;
        first.get_or_insert_with(|| (file.to_owned(), line));
    }

    /// Counts a line that could not be read.
    pub(super) fn broken(&mut self, file: &Path, line: u64, why: String) {
        self.broken += 1;
        if self.named.len() < NAMED {
            self.named.push(Broken { file: file.to_owned(), line, why });
        }
    }
}

impl Used {
    /// Counts a scope.
    fn count(&mut self, scope: Scope) {
        let any = || Scope { verb: scope.verb, noun: "*".to_owned() };
        let is_full = self.scopes.len() >= MOST && !self.scopes.contains_key(&scope);
        *self.scopes.entry(if is_full { any() } else { scope }).or_default() += 1;
    }

    /// Counts a failure.
    fn fail(&mut self, place: String, status: Option<u16>, time: Option<Timestamp>) {
        self.failed += 1;
        let way = (place, status);
        let is_full = self.failures.len() >= MOST && !self.failures.contains_key(&way);
        let way = if is_full { ("(elsewhere)".to_owned(), None) } else { way };
        let of = self.failures.entry(way).or_default();
        of.count += 1;
        of.first = [of.first, time].into_iter().flatten().min();
        of.last = [of.last, time].into_iter().flatten().max();
    }

    /// Compares with what the registry grants; `None` where it has no key for this user.
    pub(super) fn grants(&self, user: &User, registry: &Registry) -> Option<Grants> {
        let granted = granted(user, registry)?;
        let mut grants = Grants::default();
        for scope in &granted {
            let covers: Vec<Option<bool>> = self.scopes.keys().map(|used| used.is_covered_by(scope)).collect();
            let list = if covers.contains(&Some(true)) {
                &mut grants.used
            } else if covers.contains(&None) {
                &mut grants.unclear
            } else {
                &mut grants.unused
            };
            list.push(scope.clone());
        }
        let is_beyond = |used: &&Scope| {
            used.verb != Verb::Unknown && granted.iter().all(|scope| used.is_covered_by(scope) == Some(false))
        };
        grants.beyond = self.scopes.keys().filter(is_beyond).map(Scope::to_string).collect();
        Some(grants)
    }
}

/// Returns the scopes that the registry grants a user, sorted, each once.
///
/// Where nothing says the role, the keys of the environment count if they have one role.
fn granted(user: &User, registry: &Registry) -> Option<Vec<String>> {
    let of_place = || registry.keys().map(|(_, key)| key).filter(|key| is_same(&key.environment, &user.environment));
    let mut roles: Vec<Role> = of_place().map(|key| key.role).filter(|role| *role != Role::Admin).collect();
    roles.dedup();
    let role = user.role.or(if let [only] = roles[..] { Some(only) } else { None })?;
    let keys: Vec<_> = of_place().filter(|key| key.role == role).collect();
    let mut scopes: Vec<String> = keys.iter().flat_map(|key| key.scopes.clone()).collect();
    scopes.sort();
    scopes.dedup();
    (!keys.is_empty()).then_some(scopes)
}
