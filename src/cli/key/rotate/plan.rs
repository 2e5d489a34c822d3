//! What is to be rotated, and how.

use std::path::PathBuf;
use std::time::Duration;

use ideoguard::error::Result;
use ideoguard::finding::Fingerprint;
use ideoguard::keys::EntryName;

use super::ask::Talk;
use crate::cli::args::{KeySource, RotateArgs};
use crate::cli::key::{Asked, named};

/// What is to be rotated, and how.
pub(in crate::cli) struct RotatePlan {
    /// Further files of environment variables.
    pub(super) files: Vec<PathBuf>,
    /// Entries of the keyring.
    pub(super) keyring: Vec<EntryName>,
    /// Which key is to go, as far as it was said.
    pub(super) old: Old,
    /// Where the new key comes from, as far as it was said.
    pub(super) new: KeySource,
    /// Where to.
    pub(super) way: Way,
    /// Whether somebody is there to be asked.
    pub(super) talk: Talk,
    /// How long to wait for the revocation.
    pub(super) wait: Duration,
    /// Whom to ask.
    pub(super) asked: Asked,
}

/// Which key is to go.
pub(super) enum Old {
    /// The one of this name.
    Named(Fingerprint),
    /// The one in this file.
    File(PathBuf),
    /// The one in this variable of the environment.
    Variable(String),
    /// The one that there is.
    Found,
}

/// Where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From the old key to the new one.
    Forth,
    /// From the new key to the old one.
    Back,
}

impl RotatePlan {
    /// Makes a plan of arguments.
    pub(in crate::cli::key) fn of(args: RotateArgs) -> Result<Self> {
        Ok(Self {
            files: args.files,
            keyring: args.keyring,
            old: match (args.old, args.old_file, args.old_env) {
                (Some(name), _, _) => Old::Named(named(&name)?),
                (None, Some(file), _) => Old::File(file),
                (None, None, Some(name)) => Old::Variable(name),
                (None, None, None) => Old::Found,
            },
            new: args.new,
            way: if args.back { Way::Back } else { Way::Forth },
            talk: if args.non_interactive { Talk::Silent } else { Talk::Guided },
            wait: Duration::from_secs(args.wait.into()),
            asked: Asked(args.api),
        })
    }
}
