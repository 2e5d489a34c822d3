//! Real `git push`es to servers that our hooks guard.
#![cfg(unix)]

mod paths;
mod pools;
pub(crate) mod stories;
mod words;
pub(crate) mod world;
