//! Has each environment a key of its own, as far as files here set them?

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Fingerprint;

use super::assignments::{Assignment, Value};
use super::check::{Check, Evidence, Topic, Verdict};
use super::names::Environment;

/// Answers, from what files set and from the environments that the registry gives to keys.
pub(super) fn check(assignments: &[Assignment], registered: &BTreeMap<&Fingerprint, Environment>) -> Check {
    let named: Vec<(&Assignment, Environment)> =
        assignments.iter().filter_map(|one| Some((one, one.environment?))).collect();
    let environments: BTreeSet<Environment> = named.iter().map(|(_, environment)| *environment).collect();
    let elsewhere: Vec<Evidence> =
        named.iter().filter_map(|(one, environment)| strayed(one, *environment, registered)).collect();
    if !elsewhere.is_empty() {
        return Check::new(
            Topic::Environments,
            Verdict::Fail,
            "a key is set in another environment than the registry says",
        )
        .resting_on(elsewhere)
        .mended_by(["set the key there that the registry has for that environment; `ideoguard key list` shows it"]);
    }
    let words: Vec<&str> = environments.iter().map(|environment| environment.name()).collect();
    if environments.len() < 2 {
        let because = match words.first() {
            None => "no file here sets a key for an environment".to_owned(),
            Some(one) => format!("files here set a key for {one} alone"),
        };
        return Check::new(Topic::Environments, Verdict::NotApplicable, because);
    }
    let mut users: BTreeMap<&Value, Vec<&(&Assignment, Environment)>> = BTreeMap::new();
    for one in &named {
        users.entry(&one.0.value).or_default().push(one);
    }
    let is_shared =
        |users: &Vec<&(&Assignment, Environment)>| users.iter().any(|(_, environment)| *environment != users[0].1);
    let shared: Vec<_> = users.iter().filter(|(_, users)| is_shared(users)).collect();
    let is_one = |value: &&Value| matches!(value, Value::Key { .. } | Value::Kept { is_one: true, .. });
    let (same, maybe): (Vec<_>, Vec<_>) = shared.into_iter().partition(|(value, _)| is_one(value));
    let told = |groups: &[(&&Value, &Vec<&(&Assignment, Environment)>)]| -> Vec<Evidence> {
        groups
            .iter()
            .flat_map(|(value, users)| users.iter().map(|(one, environment)| told(one, *environment, value)))
            .collect()
    };
    let words = words.join(", ");
    if !same.is_empty() {
        return Check::new(Topic::Environments, Verdict::Fail, "the same key serves several environments")
            .resting_on(told(&same))
            .mended_by([
                "make one key for each environment on the API page of your Ideogram account, and set each where it belongs",
                "in GitHub Actions, give the job an `environment:` and keep the key as a secret of that environment, or \
                 under a name of its own",
            ]);
    }
    if !maybe.is_empty() {
        let because = "several environments take the key from a place of the same name; whether that holds the same key cannot be told from here";
        return Check::new(Topic::Environments, Verdict::Unknown, because).resting_on(told(&maybe)).mended_by([
            "compare the keys' first four characters where they are kept; on the API page of your Ideogram account they \
             should be different keys",
        ]);
    }
    let evidence = named.iter().map(|(one, environment)| told_one(one, *environment));
    Check::new(Topic::Environments, Verdict::Pass, format!("different keys for {words}")).resting_on(evidence)
}

/// Says so if the registry has a key for another environment than the one in which it is set.
fn strayed(
    one: &Assignment,
    environment: Environment,
    registered: &BTreeMap<&Fingerprint, Environment>,
) -> Option<Evidence> {
    let Value::Key { fingerprint, .. } = &one.value else { return None };
    let meant = registered.get(fingerprint).filter(|meant| **meant != environment)?;
    let says = format!("{} for {environment} is {fingerprint}, which the registry has for {meant}", one.name);
    Some(Evidence::at(&one.path, one.line, says))
}

fn told(one: &Assignment, environment: Environment, value: &Value) -> Evidence {
    match value {
        Value::Key { fingerprint, redacted } => {
            Evidence::at(&one.path, one.line, format!("{} for {environment} is {redacted}, {fingerprint}", one.name))
        }
        Value::Kept { .. } => told_one(one, environment),
    }
}

fn told_one(one: &Assignment, environment: Environment) -> Evidence {
    let how = match &one.value {
        Value::Key { redacted, .. } => format!("is {redacted}"),
        Value::Kept { .. } => "is taken from elsewhere".to_owned(),
    };
    Evidence::at(&one.path, one.line, format!("{} for {environment} {how}", one.name))
}
