//! The names of references that a push makes: whoever fetches sees them.

use crate::error::Result;
use crate::path::RepoPath;
use crate::scan::push::Push;
use crate::scan::push::told::secret_parts;
use crate::text::{Body, Entry, Scope, TextKind};

/// Which names are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// Those of references that this repository does not have.
    New,
    /// All: the references are another repository's.
    All,
}

/// Returns an entry for each name of a reference that may hold a secret.
pub(super) fn entries(push: &Push<'_>, which: Names) -> Result<Vec<Entry>> {
    let suspect: Vec<(&RepoPath, Vec<Entry>)> = push
        .tips
        .iter()
        .map(|tip| (&tip.reference, secrets(push, &tip.reference)))
        .filter(|(_, entries)| !entries.is_empty())
        .collect();
    if suspect.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<RepoPath> = suspect.iter().map(|(name, _)| (*name).clone()).collect();
    let before = match which {
        Names::New => push.repository.values_of(&names)?,
        Names::All => vec![None; names.len()],
    };
    let is_new = suspect.into_iter().zip(before).filter(|(_, before)| before.is_none());
    Ok(is_new.flat_map(|((_, entries), _)| entries).collect())
}

/// Returns what of a name holds a secret: its parts between slashes, or else the whole of it.
fn secrets(push: &Push<'_>, name: &RepoPath) -> Vec<Entry> {
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
