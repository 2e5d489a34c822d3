//! Has each environment a key of its own, as far as files here set them?

use std::collections::{BTreeMap, BTreeSet};

use super::assignments::{Assignment, Value};
use super::check::{Check, Evidence, Topic, Verdict};
use super::names::Environment;

/// Answers, from what files set.
pub(super) fn check(assignments: &[Assignment]) -> Check {
    let named: Vec<(&Assignment, Environment)> =
        assignments.iter().filter_map(|one| Some((one, one.environment?))).collect();
    let environments: BTreeSet<Environment> = named.iter().map(|(_, environment)| *environment).collect();
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
