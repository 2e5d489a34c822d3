//! Gives each finding its verdict: marks beside it, the allow file, how sure we are, and whether it is new.
//!
//! Nothing is read here: the text of the allow file is handed over to become a
//! [`Policy`], and the text around a finding as [`Near`].

mod append;
mod config;
mod marks;
mod near;
mod policy;
mod verdict;

pub use append::{Allowance, append};
pub use marks::{Marked, read as read_marks};
pub use near::Near;
pub use policy::{FILE_NAME, Policy};
pub use verdict::{Case, judge, remarks};
