//! What a push brings to references.

use std::collections::HashSet;

use crate::error::Result;
use crate::git::{Headers, Kind, Known, Objects, Repository};
use crate::oid::ObjectId;
use crate::path::RepoPath;
use crate::source::{changes, range};
use crate::text::{Body, Entry, Listing, Problem, Scope, TextKind};

/// How many tags may stand between a reference and what it comes to.
const MAX_TAGS: usize = 1000;

/// What a reference is to name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// The reference, by its full name.
    pub reference: RepoPath,
    /// The object.
    pub id: ObjectId,
}

/// Lists what a push brings: what its commits add, as [`range`](range::range) does; the
/// messages of tags; blobs and trees that a reference names without a commit.
///
/// Commits that `known` leads to bring nothing. Of texts in objects, those are listed that
/// `wants` takes by the name of their blob, commit or tag; names of files always are.
pub fn push(repository: &Repository, tips: &[Tip], known: &Known, wants: &dyn Fn(ObjectId) -> bool) -> Result<Listing> {
    let objects = repository.objects()?;
    let mut listing = Listing { notices: repository.notices(), ..Listing::default() };
    let mut commits = Vec::new();
    let mut seen = HashSet::new();
    for tip in tips {
        match add_tip(&objects, tip, wants, &mut seen, &mut listing) {
            Ok(commit) => commits.extend(commit),
            Err(error) => listing.problems.push(Problem { what: tip.reference.to_string(), error }),
        }
    }
    if !commits.is_empty() {
        let commits = repository.new_commits(&commits, known)?;
        range::add_all(&objects, &repository.shallow()?, commits, wants, &mut listing);
    }
    Ok(listing)
}

/// Adds what a reference names besides a commit, and returns the commit.
fn add_tip(
    objects: &Objects,
    tip: &Tip,
    wants: &dyn Fn(ObjectId) -> bool,
    seen: &mut HashSet<ObjectId>,
    listing: &mut Listing,
) -> Result<Option<ObjectId>> {
    let mut id = tip.id;
    for _ in 0..MAX_TAGS {
        let (kind, _) = objects.kind(id)?;
        if kind == Kind::Commit {
            return Ok(Some(id));
        }
        if !seen.insert(id) {
            return Ok(None);
        }
        match kind {
            Kind::Commit => {}
            Kind::Blob => {
                let entry = Entry {
                    path: tip.reference.clone(),
                    kind: TextKind::Content,
                    body: Body::Blob(id),
                    scope: Scope::All,
                    commit: None,
                };
                listing.entries.extend(wants(id).then_some(entry));
                return Ok(None);
            }
            Kind::Tree => {
                let mut added = Listing::default();
                changes::list(&objects.all_of(id)?, None, &mut added);
                added.entries.retain(|entry| entry.blob().is_none_or(wants));
                listing.entries.append(&mut added.entries);
                listing.skipped.append(&mut added.skipped);
                return Ok(None);
            }
            Kind::Tag => {
                let bytes = objects.whole(Kind::Tag, id)?;
                let headers = Headers::parse(&bytes).unwrap_or_default();
                let path = RepoPath::new(format!("tag {id}"));
                let entry = Entry {
                    path,
                    kind: TextKind::Message,
                    body: Body::Inline(headers.text),
                    scope: Scope::All,
                    commit: None,
                };
                listing.entries.extend(wants(id).then_some(entry));
                let Some(target) = headers.target else { return Err(damaged(id)) };
                id = target;
            }
        }
    }
    Err(damaged(id))
}

/// Says that a tag cannot be followed.
fn damaged(id: ObjectId) -> crate::error::Error {
    crate::error::Error::Git { doing: "read the tag", what: id.to_string(), because: "it leads nowhere".to_owned() }
}
