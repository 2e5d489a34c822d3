//! What a scan of all objects learns: which secrets stand where, and which commit holds what.
//!
//! Plain data and functions on it: nothing here reads a repository.

mod graph;
mod occurrence;

pub use graph::{CommitNode, Copied, Fresh, Graph, TagNode, Trees};
pub use occurrence::{Found, Occurrence};
