//! The gate at a server: what git tells its hooks, and by which policy pushes are judged.

mod lines;

pub use lines::{RefUpdate, pushed_here, read_updates};
