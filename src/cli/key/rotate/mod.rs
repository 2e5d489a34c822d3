//! Puts a new key in the place of an old one, step by step, and goes on where a run ended.
//!
//! | step | what is written down before it is done | how the next run knows |
//! | --- | --- | --- |
//! | begin | an audit entry, the state, the old key | the state is there |
//! | what was named beside | further files and entries of the keyring | the state names them |
//! | the new key | the key, then whether it is alive | the state names it |
//! | each file | the contents' fingerprints, an audit entry | the file has one of them |
//! | each entry of the keyring | that it is changed, an audit entry | the entry has the new key |
//! | the registry | an audit entry | the new key is in it |
//! | the end | an audit entry, that it is over | the state says so |

mod ask;
mod back;
mod begin;
mod end;
mod files;
mod keyring;
mod new;
mod outside;
mod plan;
mod run;

pub(super) use plan::RotatePlan;
pub(super) use run::run;
