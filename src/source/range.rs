//! What the commits of a range add.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::error::Result;
use crate::git::{Commit, Objects, Repository};
use crate::oid::ObjectId;
use crate::path::{Escaped, RepoPath};
use crate::source::changes;
use crate::text::{Body, CommitStamp, Entry, Listing, Problem, Scope, Skip, Skipped, TextKind};

/// Lists what the commits of a range add, oldest first: texts, new file names, messages.
///
/// A text counts as added by a commit if none of the commit's parents has it at that
/// path. Each text is listed once at each path, with the first commit of the range that
/// adds it there: what the allow file says of one path does not hold at another.
/// Where a shallow clone ends, the history before is skipped by name, and all of its
/// last commit counts as added. A range that names no commits at all is an error; one
/// between two commits that holds none is an empty listing with a notice.
pub fn range(repository: &Repository, spec: &str) -> Result<Listing> {
    let commits = repository.commits(&repository.parse_range(spec)?)?;
    let objects = repository.objects()?;
    let shallow = repository.shallow()?;
    let mut listing = Listing { notices: repository.notices(), ..Listing::default() };
    if commits.is_empty() {
        listing.notices.push(format!("the range `{}` holds no commits", Escaped(spec.as_bytes())));
    }
    add_all(&objects, &shallow, commits, &|_| true, &mut listing);
    Ok(listing)
}

/// Adds commits, each after the ones that it follows; of their texts those that `wants` takes by their objects.
pub(super) fn add_all(
    objects: &Objects,
    shallow: &HashSet<ObjectId>,
    commits: Vec<ObjectId>,
    wants: &dyn Fn(ObjectId) -> bool,
    listing: &mut Listing,
) {
    let mut seen = Seen::default();
    for id in commits {
        let cut_off = shallow.contains(&id);
        if cut_off {
            let path = RepoPath::new(format!("history before commit {id}"));
            listing.skipped.push(Skipped { path, why: Skip::CutOff });
        }
        if let Err(error) = add(objects, id, cut_off, wants, &mut seen, listing) {
            listing.problems.push(Problem { what: format!("commit {id}"), error });
        }
    }
}

/// Adds one commit.
fn add(
    objects: &Objects,
    id: ObjectId,
    cut_off: bool,
    wants: &dyn Fn(ObjectId) -> bool,
    seen: &mut Seen,
    listing: &mut Listing,
) -> Result<()> {
    let commit = objects.commit(id)?;
    listing.entries.extend(wants(id).then(|| message_of(&commit)));
    let parents = if cut_off { &[] } else { commit.parents.as_slice() };
    let mut added = Listing::default();
    changes::list(&objects.changes_of(&commit, parents)?, Some(&commit.stamp), &mut added);
    added.entries.retain(|entry| entry.blob().is_none_or(wants));
    listing.entries.extend(added.entries.into_iter().filter(|entry| seen.is_first(entry)));
    listing.skipped.extend(added.skipped.into_iter().filter(|skipped| seen.skipped.insert(skipped.clone())));
    Ok(())
}

/// Returns the entry of what people wrote into a commit.
fn message_of(commit: &Commit) -> Entry {
    Entry {
        path: RepoPath::new(format!("commit {}", commit.stamp.id)),
        kind: TextKind::Message,
        body: Body::Inline(commit.text.clone()),
        scope: Scope::All,
        commit: Some(Arc::<CommitStamp>::clone(&commit.stamp)),
    }
}

/// What earlier commits of the range listed.
#[derive(Default)]
struct Seen {
    blobs: HashMap<(ObjectId, TextKind, RepoPath), Vec<Scope>>,
    names: HashSet<RepoPath>,
    skipped: HashSet<Skipped>,
}

impl Seen {
    /// Tells whether no commit before listed this entry with as many of its lines new.
    ///
    /// A text that comes back counts again where it was compared with another one before.
    fn is_first(&mut self, entry: &Entry) -> bool {
        let Body::Blob(id) = entry.body else {
            return self.names.insert(entry.path.clone());
        };
        let scopes = self.blobs.entry((id, entry.kind, entry.path.clone())).or_default();
        let is_known = scopes.iter().any(|scope| matches!(scope, Scope::All) || *scope == entry.scope);
        if !is_known {
            scopes.push(entry.scope.clone());
        }
        !is_known
    }
}
