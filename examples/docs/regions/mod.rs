//! The parts of the book that the code decides.

mod configuration;
mod policy;
mod region;
mod rules;
mod table;

pub(crate) use region::ALL;
