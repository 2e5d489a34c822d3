//! Scans whole histories: every object once, and of it only what was not copied from another one.

mod blobs;
mod dirty;
mod gather;
mod known_names;
mod memory;
mod named;
mod origins;
mod remembered;
mod run;
mod traced;
mod trees;
mod visit;

pub use super::hide::shown;
pub(super) use gather::{Gathering, Listed};
pub use gather::{Unwatched, Watch, gather};
pub use memory::Memory;
pub use named::NamedPaths;
pub use run::{Choice, History, Scanned};
pub use traced::Traced;
pub(super) use trees::names;
pub(super) use visit::Naming;
pub use visit::{Method, Sum};
