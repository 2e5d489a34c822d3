//! Scans whole histories: every object once, and of it only what was not copied from another one.

mod dirty;
mod gather;
mod memory;
mod visit;

pub use gather::{Unwatched, Watch, gather};
pub use memory::Memory;
pub use visit::{Method, Sum};
