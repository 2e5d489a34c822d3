//! The gate at a server: what git tells its hooks, and by which policy pushes are judged.

mod keys;
mod lines;
mod policy;

pub use keys::{KEYS, Key};
pub use lines::{RefUpdate, pushed_here, read_updates};
pub use policy::{Origin, OverLimit, ServerPolicy, Setting, Who};
