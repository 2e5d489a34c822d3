//! What applications' own audit lines say of how keys are used.
//!
//! Their entries have the schema of Ideogram's security guide, and stand behind
//! `[AUDIT]` anywhere in a line of a log, or alone on a line. Nothing of their
//! text is told: places of the API lose what could be anything, environments and
//! users are told by words that are known.

mod call;
mod entry;
mod json;
mod read;
mod scope;
mod tally;
mod text;

pub use entry::{MARK, MEMBERS, wrong_with};
pub use json::write as write_json;
pub use read::read;
pub use tally::Usage;
pub use text::write as write_text;
