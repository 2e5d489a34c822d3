//! Configurations of gitleaks and betterleaks, read as they are.
//!
//! Their rules become rules like those of our own files, and their allow lists
//! [`Excuse`](super::excuse::Excuse)s. What cannot be honoured and only lets more be found is
//! noted; a rule that cannot be run is an error, unless whoever reads the file is lenient.

mod go;
mod raw;
mod read;
mod row;

pub(super) use raw::extended;
pub use raw::is_one;
pub(super) use read::read;
