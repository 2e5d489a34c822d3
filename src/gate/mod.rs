//! The gate at a server: what git tells its hooks, and by which policy pushes are judged.

mod bypass;
mod debts;
mod keys;
mod lines;
mod policy;
mod record;

pub use bypass::{Asked, Bypass, SYNTAX, Signed};
pub use debts::{Debt, Debts};
pub use keys::{KEYS, Key};
pub use lines::{RefUpdate, pushed_here, read_updates};
pub use policy::{Origin, OverLimit, ServerPolicy, Setting, Who};
pub use record::{Act, Occasion, is_recorded};
