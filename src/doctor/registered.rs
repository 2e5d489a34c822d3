//! What the registry says: which scopes keys have, and how old they are.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::finding::Fingerprint;
use crate::keys::{self, FILE_NAME, Registered, Registry, Role};
use crate::path::RepoPath;
use crate::report::counted;

use super::assignments::{Assignment, Value};
use super::check::{Check, Evidence, Topic, Verdict};
use super::names::Environment;

/// Why an item that rests on the registry does not arise.
const NO_REGISTRY: &str = "there is no registry of keys; `ideoguard key add` begins one";

/// Answers whether keys have only the scopes that their environments need.
///
/// Development reads; staging reads and has `write:limited`; production has what is listed, one by one, and nothing by
/// `*`. A reader writes nowhere. An admin's key is for the account and has no scopes to judge.
pub(super) fn scopes(registry: Option<&Registry>) -> Check {
    let Some(registry) = registry else {
        return Check::new(Topic::Scopes, Verdict::NotApplicable, NO_REGISTRY);
    };
    let judged = registry.keys().filter(|(_, key)| key.role != Role::Admin);
    let mut wrong = Vec::new();
    let mut unclear = Vec::new();
    let mut count = 0_u64;
    for (name, key) in judged {
        count += 1;
        let Some(environment) = Environment::of_name(&key.environment) else {
            unclear.push(said(name, key, "is for an environment that is none of development, staging and production"));
            continue;
        };
        if key.scopes.is_empty() {
            wrong.push(said(name, key, &format!("for {environment} has no scopes written down")));
        }
        let too_much: Vec<&String> = key.scopes.iter().filter(|scope| !may(key.role, environment, scope)).collect();
        if !too_much.is_empty() {
            let too_much = counted(too_much.len() as u64, "scope");
            wrong.push(said(name, key, &format!("for {environment} has {too_much} beyond what it needs")));
        }
    }
    let steps = [
        "give each key in the registry the scopes that its environment needs: `development` `read:*`; `staging` `read:*` and \
         `write:limited`; `production` each one by name (`ideoguard key remove`, then `ideoguard key add --scope …`)",
        "let the application refuse what is beyond them: Ideogram itself knows no scopes, so a key that may do less has \
         to be a key of a workspace with less in it",
    ];
    if !wrong.is_empty() {
        return Check::new(
            Topic::Scopes,
            Verdict::Fail,
            "the registry gives a key more than it needs, or does not say what",
        )
        .resting_on(wrong)
        .resting_on(unclear)
        .mended_by(steps);
    }
    if !unclear.is_empty() {
        return Check::new(Topic::Scopes, Verdict::Unknown, "what some environment needs is not known")
            .resting_on(unclear);
    }
    if count == 0 {
        return Check::new(Topic::Scopes, Verdict::NotApplicable, "the registry has no key that calls Ideogram");
    }
    Check::new(Topic::Scopes, Verdict::Pass, format!("{} in the registry, with what they need", counted(count, "key")))
}

/// Tells whether a key may have a scope.
fn may(role: Role, environment: Environment, scope: &str) -> bool {
    let reads = scope.starts_with("read:");
    if role == Role::Reader && !reads {
        return false;
    }
    match environment {
        Environment::Development => reads,
        Environment::Staging => reads || scope == "write:limited",
        Environment::Production => !scope.contains('*') && scope.contains(':'),
    }
}

/// Says what is so of a registered key; the words of its line are not repeated.
fn said(name: &Fingerprint, key: &Registered, says: &str) -> Evidence {
    let start = if key.starts.is_empty() { String::new() } else { format!("{}… ", key.starts) };
    Evidence::of(&RepoPath::from(FILE_NAME), format!("{start}{name} {says}"))
}

/// Answers whether keys are older than they may be: than `limit` days, or than their line allows.
pub(super) fn age(registry: Option<&Registry>, assignments: &[Assignment], today: Date, limit: i64) -> Check {
    let Some(registry) = registry else {
        return Check::new(Topic::Age, Verdict::NotApplicable, NO_REGISTRY);
    };
    let aged = keys::aged(Some(registry), &BTreeMap::new(), None, today, limit);
    let overdue: Vec<Evidence> = aged
        .iter()
        .filter(|key| key.overdue > 0)
        .filter_map(|key| {
            let days = counted(key.overdue.unsigned_abs(), "day");
            Some(said(&key.fingerprint, key.registered.as_ref()?, &format!("should have been replaced {days} ago")))
        })
        .collect();
    let known: BTreeSet<&Fingerprint> = registry.keys().map(|(name, _)| name).collect();
    let strangers: Vec<Evidence> = assignments
        .iter()
        .filter_map(|one| match &one.value {
            Value::Key { fingerprint, redacted } if !known.contains(fingerprint) => {
                let says = format!("{} is {redacted}, {fingerprint}, which the registry does not know", one.name);
                Some(Evidence::at(&one.path, one.line, says))
            }
            Value::Key { .. } | Value::Kept { .. } => None,
        })
        .collect();
    let rotate = "make a new key, set it where the old one is, revoke the old one, and check that `ideoguard key verify` calls it dead";
    let add = "`ideoguard key add` puts a key into the registry, with the day when it was made";
    if !overdue.is_empty() {
        return Check::new(Topic::Age, Verdict::Fail, format!("{} overdue", counted(overdue.len() as u64, "key")))
            .resting_on(overdue)
            .resting_on(strangers)
            .mended_by([rotate]);
    }
    if !strangers.is_empty() {
        return Check::new(Topic::Age, Verdict::Unknown, "how old some keys are is not known")
            .resting_on(strangers)
            .mended_by([add]);
    }
    if aged.is_empty() {
        return Check::new(Topic::Age, Verdict::NotApplicable, "the registry has no keys yet");
    }
    let count = counted(aged.len() as u64, "key");
    Check::new(Topic::Age, Verdict::Pass, format!("{count} in the registry, none overdue"))
}

/// Returns the environment of each key that the registry knows.
pub(super) fn environments(registry: Option<&Registry>) -> BTreeMap<&Fingerprint, Environment> {
    let keys = registry.into_iter().flat_map(Registry::keys);
    keys.filter_map(|(name, key)| Some((name, Environment::of_name(&key.environment)?))).collect()
}

/// Tells whether the registry has a reader's and a writer's key for one environment.
pub(super) fn has_both_roles(registry: Option<&Registry>) -> bool {
    let of = |role: Role| -> BTreeSet<String> {
        let keys = registry.into_iter().flat_map(Registry::keys).filter(|(_, key)| key.role == role);
        keys.map(|(_, key)| key.environment.to_lowercase()).collect()
    };
    !of(Role::Reader).is_disjoint(&of(Role::Writer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn registry(lines: &[(&str, &str, &str)]) -> Registry {
        let lines: Vec<String> = (1..)
            .zip(lines)
            .map(|(at, (environment, role, scopes))| {
                format!(
                    "\"ig1:{at:032x}\" = {{ environment = \"{environment}\", role = \"{role}\", owner = \"ann\", scopes = [{scopes}], created = 2026-01-01, rotate-by = 2026-03-01 }}"
                )
            })
            .collect();
        Registry::parse(Path::new(FILE_NAME), &format!("[keys]\n{}\n", lines.join("\n"))).unwrap()
    }

    fn verdict(environment: &str, role: &str, scopes: &str) -> Verdict {
        super::scopes(Some(&registry(&[(environment, role, scopes)]))).verdict
    }

    #[test]
    fn each_environment_may_have_its_own_scopes() {
        assert_eq!(verdict("development", "reader", "\"read:*\""), Verdict::Pass);
        assert_eq!(verdict("development", "writer", "\"read:*\", \"write:images\""), Verdict::Fail);
        assert_eq!(verdict("staging", "writer", "\"read:*\", \"write:limited\""), Verdict::Pass);
        assert_eq!(verdict("staging", "writer", "\"write:*\""), Verdict::Fail);
        assert_eq!(verdict("production", "writer", "\"write:images\", \"read:images\""), Verdict::Pass);
        assert_eq!(verdict("production", "writer", "\"write:*\""), Verdict::Fail);
        assert_eq!(verdict("production", "reader", "\"write:images\""), Verdict::Fail);
        assert_eq!(verdict("production", "writer", ""), Verdict::Fail);
        assert_eq!(verdict("somewhere", "writer", "\"read:*\""), Verdict::Unknown);
        assert_eq!(verdict("production", "admin", ""), Verdict::NotApplicable);
    }

    #[test]
    fn a_key_is_overdue_after_its_day_and_after_the_policy() {
        let registry = registry(&[("production", "writer", "\"read:a\"")]);
        let age = |day: &str, limit| age(Some(&registry), &[], day.parse().unwrap(), limit);

        assert_eq!(age("2026-03-01", 90).verdict, Verdict::Pass);
        assert_eq!(age("2026-03-02", 90).verdict, Verdict::Fail);
        assert_eq!(
            age("2026-03-02", 90).evidence[0].says,
            format!("ig1:{:032x} should have been replaced 1 day ago", 1)
        );
        assert_eq!(age("2026-02-01", 30).verdict, Verdict::Fail);
    }

    #[test]
    fn readers_and_writers_count_within_an_environment() {
        assert!(has_both_roles(Some(&registry(&[("production", "reader", ""), ("production", "writer", "")]))));
        assert!(!has_both_roles(Some(&registry(&[("staging", "reader", ""), ("production", "writer", "")]))));
    }
}
