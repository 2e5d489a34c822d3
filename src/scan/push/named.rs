//! The names of references that a push makes: whoever fetches sees them.

use crate::error::Result;
use crate::outcome::Outcome;
use crate::path::RepoPath;
use crate::scan::push::Push;
use crate::scan::push::told::secret_parts;
use crate::text::{Body, Entry, Listing, Scope, TextKind};

/// Which names are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// Those of references that this repository does not have.
    New,
    /// All: the references are another repository's.
    All,
}

/// Judges the names of the references of a push.
pub(super) fn judged(push: &Push<'_>, which: Names) -> Result<Outcome> {
    let named: Vec<(&RepoPath, Vec<Entry>)> = push
        .tips
        .iter()
        .map(|tip| (&tip.reference, entries(push, &tip.reference)))
        .filter(|(_, entries)| !entries.is_empty())
        .collect();
    if named.is_empty() {
        return Ok(Outcome::default());
    }
    let names: Vec<RepoPath> = named.iter().map(|(name, _)| (*name).clone()).collect();
    let values = match which {
        Names::New => push.repository.values_of(&names)?,
        Names::All => vec![None; names.len()],
    };
    let is_new = named.into_iter().zip(values).filter(|(_, value)| value.is_none());
    let entries = is_new.flat_map(|((_, entries), _)| entries).collect();
    let listing = Listing { entries, ..Listing::default() };
    Ok(crate::scan::run(push.engine, push.policy, Some(push.repository), listing, push.limits))
}

/// Returns what of a name holds a secret: its parts between slashes, or else the whole of it.
fn entries(push: &Push<'_>, name: &RepoPath) -> Vec<Entry> {
    let whole = Entry {
        path: name.clone(),
        kind: TextKind::PathName,
        body: Body::Inline(name.as_bytes().to_vec()),
        scope: Scope::All,
        commit: None,
    };
    let parts = secret_parts(push, &whole);
    if parts.is_empty() && !push.engine.scan(name.as_bytes()).is_empty() { vec![whole] } else { parts }
}
