//! The table of built-in rules, written by `build.rs` from `rules/*.toml`.

use once_cell::sync::OnceCell;

use super::alphabet::{Alphabet, Lead};
use super::proof::Proof;
use super::{Finder, Named, Place, Rule, Shape};
use crate::finding::{Confidence, Severity};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The rules built into the program, in the order of their ids.
pub static BUILT_IN: &[Rule] = &TABLE;
