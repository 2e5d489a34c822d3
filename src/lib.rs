//! Finds secrets in what git is about to store, and says which of them block.
//!
//! Text flows one way: [`source`] lists what to scan, [`detect`] finds secrets
//! in bytes, [`decide`] gives each finding its verdict, [`report`] writes them
//! down, and [`scan`](mod@scan) joins these stages over all cores. A module never imports a
//! later one. The library never prints, never reads the clock, never exits, and
//! of the environment reads git's variables only: what else it needs is passed in.

pub mod archive;
pub mod audit;
pub mod config;
pub mod decide;
pub mod detect;
pub mod doctor;
pub mod editor;
pub mod entropy;
pub mod error;
pub mod finding;
pub mod gate;
pub mod git;
pub mod history;
pub mod import;
pub mod install;
pub mod keys;
pub mod net;
pub mod oid;
pub mod outcome;
pub mod path;
pub mod reference;
pub mod report;
pub mod rotation;
pub mod rules;
pub mod scan;
pub mod size;
pub mod source;
pub mod store;
pub mod text;
pub mod usage;
pub mod webhook;

pub use error::{Error, Result};
