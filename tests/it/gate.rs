//! Real `git push`es to servers that our hooks guard.
#![cfg(unix)]

mod bypass;
mod desk;
mod limits;
mod load;
mod paths;
mod policy;
mod pools;
mod record;
mod scripts;
pub(crate) mod stories;
mod words;
pub(crate) mod world;
