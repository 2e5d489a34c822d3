//! What a scan of all objects learns: which secrets stand where, and which commit holds what.
//!
//! Plain data and functions on it: nothing here reads a repository.

mod attribution;
mod compact;
mod graph;
mod missing;
mod occurrence;
mod prefixes;
mod spot;

pub use attribution::{Attribution, Folders, HeldBy, Origin, Paths, Reach};
pub use graph::{CommitNode, Copied, Fresh, Graph, TagNode, Trees};
pub use missing::Present;
pub use occurrence::{Found, Occurrence};
pub use spot::Spot;
