//! Have reading and writing clients keys of their own, as service accounts have?

use std::collections::BTreeMap;

use super::assignments::{Assignment, Value};
use super::check::{Check, Evidence, Topic, Verdict};
use super::names::{Environment, Role};

/// A variable that code asks for, by its role.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// What the key is for.
    pub(super) role: Role,
    /// Where.
    pub(super) at: Evidence,
}

/// Answers, from what files set, what code asks for, and whether the registry has a key of each role for one environment.
pub(super) fn check(assignments: &[Assignment], asked: &[Asked], has_both: bool) -> Check {
    let of = |role: Role| assignments.iter().filter(move |one| one.role == Some(role)).collect::<Vec<_>>();
    let (readers, writers) = (of(Role::Reader), of(Role::Writer));
    let same: Vec<(&Assignment, &Assignment)> =
        pairs(&readers, &writers).filter(|(one, other)| one.value == other.value).collect();
    if !same.is_empty() {
        let evidence = same.iter().flat_map(|(one, other)| [told(one), told(other)]);
        return Check::new(Topic::Roles, Verdict::Fail, "reader and writer have the same key").resting_on(evidence).mended_by([
            "make a second key on the API page of your Ideogram account, best in a workspace of its own with a small \
             balance, and give one to each client",
        ]);
    }
    let evidence: Vec<Evidence> = pairs(&readers, &writers).flat_map(|(one, other)| [told(one), told(other)]).collect();
    if !evidence.is_empty() {
        return Check::new(Topic::Roles, Verdict::Pass, "reader and writer have different keys").resting_on(evidence);
    }
    if has_both {
        let because = "the registry has a reader's key and a writer's for one environment";
        return Check::new(Topic::Roles, Verdict::Pass, because);
    }
    let asks = |role: Role| asked.iter().any(|one| one.role == role);
    let seen = |role: Role| asks(role) || assignments.iter().any(|one| one.role == Some(role));
    if seen(Role::Reader) && seen(Role::Writer) {
        let because = "a reader and a writer are named, but no environment sets both keys here: whether they differ cannot be told";
        let evidence =
            asked.iter().map(|one| one.at.clone()).chain(readers.iter().chain(&writers).map(|one| told(one)));
        return Check::new(Topic::Roles, Verdict::Unknown, because)
            .resting_on(evidence)
            .mended_by(["compare the first four characters of both keys where they are kept"]);
    }
    Check::new(Topic::Roles, Verdict::NotApplicable, "no key is named as a reader's and another as a writer's")
}

/// Returns the readers and writers that belong to the same environment; what belongs to none counts for its file.
fn pairs<'a>(
    readers: &'a [&'a Assignment],
    writers: &'a [&'a Assignment],
) -> impl Iterator<Item = (&'a Assignment, &'a Assignment)> {
    let key = |one: &Assignment| -> (Option<Environment>, Option<Vec<u8>>) {
        let path = one.environment.is_none().then(|| one.path.as_bytes().to_vec());
        (one.environment, path)
    };
    let mut groups: BTreeMap<_, Vec<&Assignment>> = BTreeMap::new();
    for one in writers {
        groups.entry(key(one)).or_default().push(one);
    }
    readers.iter().flat_map(move |reader| {
        let writers = groups.get(&key(reader)).cloned().unwrap_or_default();
        writers.into_iter().map(move |writer| (*reader, writer)).collect::<Vec<_>>()
    })
}

fn told(one: &Assignment) -> Evidence {
    let how = match &one.value {
        Value::Key { redacted, .. } => format!("{} is {redacted}", one.name),
        Value::Kept { .. } => format!("{} is taken from elsewhere", one.name),
    };
    Evidence::at(&one.path, one.line, how)
}
