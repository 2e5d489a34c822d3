//! `ideoguard store`: what to do with what was scanned before.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

/// What to do with a store.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  ideoguard store info                          this repository's store
  ideoguard store info --store ~/scans.sqlite   one that repositories share
  ideoguard store clear                         scan everything anew next time

The store makes a second scan of a history cheap. It lies in the git directory,
holds no secret, and can be emptied or deleted at any time.")]
pub(in crate::cli) struct StoreArgs {
    /// What to do.
    #[command(subcommand)]
    pub(in crate::cli) what: StoreWhat,
}

/// What to do with a store.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum StoreWhat {
    /// Say what is in it
    Info(StorePlace),
    /// Empty it, which costs nothing but time
    Clear(StorePlace),
}

/// Where a store is.
#[derive(Debug, Group)]
pub(in crate::cli) struct StorePlace {
    /// A folder in the repository; without one, the current folder
    #[arg(value_name = "REPO", conflicts_with = "store")]
    pub(in crate::cli) repo: Option<PathBuf>,
    /// This store instead of the repository's own
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) store: Option<PathBuf>,
}
