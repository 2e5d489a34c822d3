//! One object that holds a secret, and what keeps it.

use crate::history::{Paths, Reach};
use crate::oid::ObjectId;
use crate::text::TextKind;

/// An object that holds a secret.
#[derive(Debug, Clone)]
pub struct Spot {
    /// The object.
    pub object: ObjectId,
    /// What part of it.
    pub kind: TextKind,
    /// The line of the first place in it, one-based.
    pub line: u64,
    /// All its paths; of a name in a tree, those of the tree. A name that holds a
    /// secret is hidden already, as in [`Finding::path`](crate::finding::Finding::path).
    pub paths: Paths,
    /// The first commit that brought it.
    pub first: Option<ObjectId>,
    /// The most public way in which it is reached.
    pub reach: Reach,
}
