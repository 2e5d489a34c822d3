//! How reports say in which way a secret is reached.

use crate::finding::Trail;

/// The ways, the most public first, with what they mean.
pub(super) const REACHES: [(&str, &str); 10] = [
    ("tip", "the newest commit of a branch has it"),
    ("history", "no branch has it in its newest commit, but in an earlier one"),
    ("tag", "a tag leads to it"),
    ("other", "a reference that is no branch leads to it"),
    ("notes", "notes lead to it"),
    ("stash", "a stash leads to it"),
    ("pseudo", "what git keeps of its last operations leads to it"),
    ("index", "it is staged"),
    ("reflog", "only a reflog leads to it"),
    ("unreachable", "nothing leads to it any more, and it is still stored"),
];

/// Returns the name that reports use, as they write it; `None` if no way is called so.
pub(super) fn known(name: &str) -> Option<&'static str> {
    REACHES.iter().find(|(known, _)| *known == name).map(|(known, _)| *known)
}

/// Says what the most public of some ways means; `None` if there is none.
pub(super) fn most_public<'a>(trails: impl Iterator<Item = &'a Trail>) -> Option<&'static str> {
    let ranks = trails.filter_map(|trail| REACHES.iter().position(|(name, _)| *name == trail.reach));
    ranks.min().map(|rank| REACHES[rank].1)
}
