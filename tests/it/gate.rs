//! Real `git push`es to servers that our hooks guard.
#![cfg(unix)]

mod bypass;
mod desk;
mod enough;
mod limits;
mod load;
mod oddities;
mod paths;
mod policy;
mod pools;
mod record;
mod roads;
mod scripts;
pub(crate) mod stories;
mod trial;
mod tricks;
mod ways;
mod words;
pub(crate) mod world;
