//! Stories about the whole program, told on real repositories.
#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod adversary;
mod allow;
mod architecture;
mod attribution;
mod audit;
mod bad_input;
mod baseline;
mod cli;
mod commit;
mod common;
mod damage;
mod fake;
mod files;
mod formats;
mod gate;
mod generic;
mod history;
mod ideogram;
mod install;
mod key;
mod library;
mod locality;
mod oracle;
mod output;
mod range;
mod references;
mod report;
mod rules;
mod server;
mod settings;
mod staged;
mod store;
mod webhook;
mod whereabouts;
