//! What is packed in archives: gzip, tar and zip, one in another, read within bounds.
//!
//! An archive may come from anybody. So nothing is written anywhere, names of members are
//! only names, memory does not grow with what is unpacked, and every byte that is unpacked
//! counts against [`Bounds`]. What is not read is told with its reason, never left out.

mod bounds;
mod format;
mod limited;
mod metered;
mod unread;
mod walk;
mod zipped;

pub use bounds::Bounds;
pub use format::{Format, Peeked, peek};
pub use unread::Unread;
pub use walk::{Part, unpack};
