//! Works out what findings of a push come to: which commit brings them, where, and whether they were there before.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::error::Result;
use crate::finding::{Confidence, Finding, Fingerprint, NoteReason, Standing, Verdict};
use crate::git::{Headers, Kind, Known, Objects};
use crate::history::Found;
use crate::oid::ObjectId;
use crate::outcome::Outcome;
use crate::path::RepoPath;
use crate::scan::history::{Naming, Sum, names};
use crate::scan::judged::Judged;
use crate::scan::push::boundary::Boundary;
use crate::scan::push::named::{self, Names};
use crate::scan::push::{Push, Pushed};
use crate::source;
use crate::text::{Body, Entry, Listing, Scope, TextKind};

/// For so many references it is worked out which commits they lead to.
const REFERENCES: usize = 64;

/// Judges what was found in the objects of a push.
pub(super) fn told(push: &Push<'_>, sum: Sum, boundary: &Boundary) -> Result<Pushed> {
    // Old places and weak hints are told nobody, and need not be found.
    let is_told = |found: &Found| {
        found.confidence >= Confidence::Medium || push.policy.may_block(found.confidence, found.severity)
    };
    let names = named::entries(push, Names::New)?;
    let is_clean = names.is_empty() && !sum.occurrences.iter().any(|one| is_told(&one.found));
    let nothing = || Judged { outcome: Outcome::default(), more: 0 };
    let Judged { mut outcome, more } = if is_clean { nothing() } else { judged(push, &sum, boundary, names)? };
    let places = standings(push, &Known::Here, &outcome)?;
    // What was scanned is every object; the texts that were judged once more are among them.
    outcome.planned = sum.planned;
    outcome.scanned = sum.scanned;
    outcome.failed += sum.failed;
    outcome.bytes = sum.bytes;
    outcome.problems.extend(sum.problems);
    outcome.skipped.extend(sum.skipped);
    crate::scan::hide::hide(push.engine, &mut outcome);
    outcome.sort();
    Ok(Pushed { outcome, more, places, is_cut_off: false })
}

/// Judges each text with findings where the push adds it.
fn judged(push: &Push<'_>, sum: &Sum, boundary: &Boundary, names: Vec<Entry>) -> Result<Judged> {
    let is_text = |kind: TextKind| kind != TextKind::PathName;
    let texts: BTreeSet<ObjectId> =
        sum.occurrences.iter().filter(|one| is_text(one.kind)).map(|one| one.object).collect();
    let trees: BTreeMap<ObjectId, BTreeSet<Fingerprint>> = {
        let mut trees: BTreeMap<ObjectId, BTreeSet<Fingerprint>> = BTreeMap::new();
        for one in sum.occurrences.iter().filter(|one| !is_text(one.kind)) {
            trees.entry(one.object).or_default().insert(one.found.fingerprint.clone());
        }
        trees
    };
    let before = Before::of(push, texts.iter().copied(), boundary)?;
    let wants = |id: ObjectId| texts.contains(&id) && !before.old.contains(&id);
    let mut listing = source::push(push.repository, push.tips, &Known::Here, &wants)?;
    let names_count = !trees.is_empty();
    // Names without secrets need no second look.
    listing.entries.retain(|entry| entry.kind != TextKind::PathName || names_count);
    let parts: Vec<Entry> = listing.entries.iter().flat_map(|entry| secret_parts(push, entry)).collect();
    listing.entries.extend(parts);
    let listed: HashSet<ObjectId> = listing.entries.iter().filter_map(object_of).collect();
    let left: Vec<ObjectId> = texts.iter().filter(|id| wants(**id) && !listed.contains(id)).copied().collect();
    let told: BTreeSet<Fingerprint> = fingerprints(push, &listing);
    let left_trees: Vec<ObjectId> =
        trees.iter().filter(|(_, found)| !found.is_subset(&told)).map(|(tree, _)| *tree).collect();
    if !left.is_empty() || !left_trees.is_empty() {
        let stray = before.stray(push, &left, &left_trees)?;
        let objects = push.repository.objects()?;
        for id in stray {
            listing.entries.push(stray_entry(push, &objects, id)?);
        }
    }
    listing.entries.extend(names);
    let mut judged = crate::scan::counted(push.engine, push.policy, Some(push.repository), listing, push.limits);
    judged.outcome.skipped.clear();
    Ok(judged)
}

/// What was there before the push, of the objects with findings.
struct Before {
    old: HashSet<ObjectId>,
    /// Those that were stored, whether anything led to them or not.
    stored: Option<crate::git::Stored>,
}

impl Before {
    /// Finds which objects references led to.
    fn of(push: &Push<'_>, texts: impl Iterator<Item = ObjectId>, boundary: &Boundary) -> Result<Self> {
        let stored = push.repository.stored_before();
        let (mut old, mut unclear) = (HashSet::new(), BTreeSet::new());
        for id in texts {
            if boundary.old.contains(&id) {
                old.insert(id);
            } else if stored.as_ref().is_none_or(|stored| stored.holds(id)) {
                unclear.insert(id);
            }
        }
        // What was never stored is new; of the rest, only a walk through everything can tell.
        old.extend(push.repository.reachable(&unclear, &Known::Here)?);
        Ok(Self { old, stored })
    }

    /// Returns the objects that no new commit brings, and that come with the push all the same.
    fn stray(&self, push: &Push<'_>, texts: &[ObjectId], trees: &[ObjectId]) -> Result<Vec<ObjectId>> {
        let tips: Vec<ObjectId> = push.tips.iter().map(|tip| tip.id).collect();
        let newly = push.repository.new_objects(&tips, &Known::Here)?;
        // A base that git added to a thin pack was stored, and stays as unreachable as it was.
        let was_stored = |id: &ObjectId| self.stored.as_ref().is_some_and(|stored| stored.holds(*id));
        let is_stray_text = |id: &&ObjectId| newly.contains(id) || !was_stored(id);
        // All new paths of a tree that becomes reachable were looked at; its other names are old.
        let is_stray_tree = |id: &&ObjectId| !newly.contains(id) && !was_stored(id);
        let texts = texts.iter().filter(is_stray_text);
        Ok(texts.chain(trees.iter().filter(is_stray_tree)).copied().collect())
    }
}

/// Returns an entry for each part of a new path that holds a secret by itself: a slash beside it may hide it.
pub(super) fn secret_parts(push: &Push<'_>, entry: &Entry) -> Vec<Entry> {
    let (Body::Inline(path), TextKind::PathName) = (&entry.body, entry.kind) else { return Vec::new() };
    let parts = path.split(|byte| *byte == b'/').filter(|part| part.len() < path.len());
    let secret = parts.filter(|part| !push.engine.scan(part).is_empty());
    let entry = |part: &[u8]| Entry {
        path: entry.path.clone(),
        kind: TextKind::PathName,
        body: Body::Inline(part.to_vec()),
        scope: Scope::All,
        commit: entry.commit.clone(),
    };
    secret.map(entry).collect()
}

/// Returns the secrets in the names that a push adds.
fn fingerprints(push: &Push<'_>, listing: &Listing) -> BTreeSet<Fingerprint> {
    let names = listing.entries.iter().filter(|entry| entry.kind == TextKind::PathName);
    let bodies = names.filter_map(|entry| match &entry.body {
        Body::Inline(bytes) => Some(bytes),
        Body::Blob(_) | Body::File(_) | Body::Stdin => None,
    });
    bodies.flat_map(|bytes| push.engine.scan(bytes)).map(|found| Naming::ForNow.of(&found.secret)).collect()
}

/// Returns the object that an entry is about, unless it is about a name.
fn object_of(entry: &Entry) -> Option<ObjectId> {
    match (entry.kind, &entry.commit) {
        (TextKind::Message, Some(stamp)) => Some(stamp.id),
        // A tag is listed under its own name.
        (TextKind::Message, None) => ObjectId::from_hex(entry.path.as_bytes().strip_prefix(b"tag ")?),
        (TextKind::Content | TextKind::SymlinkTarget, _) => entry.blob(),
        (TextKind::PathName, _) => None,
    }
}

/// Returns an entry for an object that no new commit brings.
fn stray_entry(push: &Push<'_>, objects: &Objects, id: ObjectId) -> Result<Entry> {
    let (kind, _) = objects.kind(id)?;
    let (text, body) = match kind {
        Kind::Blob => (TextKind::Content, Body::Blob(id)),
        Kind::Commit | Kind::Tag => {
            let bytes = objects.whole(kind, id)?;
            (TextKind::Message, Body::Inline(Headers::parse(&bytes).unwrap_or_default().text))
        }
        Kind::Tree => {
            let bytes = objects.whole(kind, id)?;
            let secret = names(&bytes, id.as_bytes().len()).filter(|name| !push.engine.scan(name).is_empty());
            (TextKind::PathName, Body::Inline(secret.collect::<Vec<_>>().join(&b'\n')))
        }
    };
    let path = RepoPath::new(format!("{} {id}", kind.name()));
    Ok(Entry { path, kind: text, body, scope: Scope::All, commit: None })
}

/// Lets pass what is not new to the other side, though it is to this commit: a text that comes back as it was.
pub(super) fn forgive(push: &Push<'_>, known: &Known, outcome: &mut Outcome) -> Result<()> {
    let is_new = |finding: &Finding| matches!(finding.verdict, Verdict::Leak | Verdict::Warning);
    let found: BTreeSet<ObjectId> =
        outcome.findings.iter().filter(|one| is_new(one)).filter_map(|finding| finding.blob).collect();
    let old = push.repository.reachable(&found, known)?;
    for finding in outcome.findings.iter_mut().filter(|one| is_new(one)) {
        if finding.blob.is_some_and(|blob| old.contains(&blob)) {
            finding.verdict = Verdict::Note(NoteReason::Old);
        }
    }
    Ok(())
}

/// Finds where the commits with findings stand in a push.
pub(super) fn standings(push: &Push<'_>, known: &Known, outcome: &Outcome) -> Result<BTreeMap<ObjectId, Standing>> {
    let wanted: BTreeSet<ObjectId> =
        outcome.findings.iter().filter_map(|finding| finding.commit.as_ref()).map(|stamp| stamp.id).collect();
    let mut standings: BTreeMap<ObjectId, Standing> = BTreeMap::new();
    if wanted.is_empty() {
        return Ok(standings);
    }
    let objects = push.repository.objects()?;
    let ids: Vec<ObjectId> = push.tips.iter().map(|tip| tip.id).collect();
    let mut parents: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
    for id in push.repository.new_commits(&ids, known)? {
        parents.insert(id, objects.commit(id)?.parents);
    }
    for tip in push.tips.iter().take(REFERENCES) {
        let Some(commit) = peeled(&objects, tip.id) else { continue };
        for (id, depth) in depths(&parents, commit, &wanted) {
            if let Some(known) = standings.get_mut(&id) {
                known.others += 1;
                continue;
            }
            let subject = subject(push, &objects, id)?;
            let reference = crate::scan::hide::shown(push.engine, &tip.reference);
            standings.insert(id, Standing { reference, others: 0, depth, subject });
        }
    }
    Ok(standings)
}

/// Returns how many commits stand between a tip and each wanted one.
fn depths(
    parents: &HashMap<ObjectId, Vec<ObjectId>>,
    tip: ObjectId,
    wanted: &BTreeSet<ObjectId>,
) -> Vec<(ObjectId, usize)> {
    let (mut found, mut seen, mut level, mut depth) = (Vec::new(), HashSet::new(), vec![tip], 0);
    while !level.is_empty() {
        let mut next = Vec::new();
        for id in level {
            let Some(above) = parents.get(&id).filter(|_| seen.insert(id)) else { continue };
            found.extend(wanted.contains(&id).then_some((id, depth)));
            next.extend(above);
        }
        level = next;
        depth += 1;
    }
    found
}

/// Returns the commit that tags lead to.
fn peeled(objects: &Objects, mut id: ObjectId) -> Option<ObjectId> {
    for _ in 0..REFERENCES {
        match objects.kind(id).ok()?.0 {
            Kind::Commit => return Some(id),
            Kind::Tag => id = Headers::parse(&objects.whole(Kind::Tag, id).ok()?)?.target?,
            Kind::Blob | Kind::Tree => return None,
        }
    }
    None
}

/// Returns the first line of a commit's message, unless there is a secret in it.
fn subject(push: &Push<'_>, objects: &Objects, id: ObjectId) -> Result<Option<Vec<u8>>> {
    let text = objects.commit(id)?.text;
    // The message comes first, and after it what else people wrote.
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok((!line.is_empty() && push.engine.scan(&text).is_empty()).then(|| line.to_vec()))
}
