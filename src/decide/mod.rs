//! Gives each finding its verdict: marks beside it, the allow file, the baseline, how sure we are, and whether it is new.
//!
//! Nothing is read here: the texts of the allow file and the baseline are handed over to
//! become a [`Policy`], and the text around a finding as [`Near`].

mod append;
mod baseline;
mod config;
mod gate;
pub mod keys;
mod known;
mod manual;
mod marks;
mod near;
mod policy;
mod rehearsal;
mod setting;
mod verdict;
mod view;
mod weigh;

pub use append::{Allowance, append, draft};
pub use baseline::{BASELINE, Baseline};
pub use gate::{Gate, MadeUp, Marks};
pub use known::Known;
pub use marks::{Marked, read as read_marks};
pub use near::Near;
pub use policy::{ENV_FILES_ITEM, FILE_NAME, Policy};
pub use verdict::{Case, Evidence, judge, remarks};
pub use weigh::{Weighed, is_made_up, weigh};
