//! Records what was done with a key in the audit log of the repository here.

use ideoguard::audit::{Ended, Entry, Metadata, UserSource};
use ideoguard::error::{Error, Result};
use ideoguard::gate::ServerPolicy;
use ideoguard::git::Repository;
use jiff::Timestamp;

use crate::cli::audit::settle;
use crate::cli::scan::here;
use crate::cli::user;

/// Records an act; where there is no repository there is no log either.
pub(super) fn act(action: &str, resource: &str, result: Ended, metadata: Metadata) -> Result<()> {
    let repository = match Repository::discover(&here()?) {
        Err(Error::NoRepository { .. }) => return Ok(()),
        found => found?,
    };
    let entry = Entry {
        timestamp: Timestamp::now(),
        action: format!("ideoguard.key.{action}"),
        // At the desk nobody but the system knows who it is: variables are the user's own.
        user: user::current(&[UserSource::Uid]),
        resource: resource.to_owned(),
        result,
        metadata,
    };
    settle::of(&repository, &ServerPolicy::of(&repository)?).append(&[entry]).map(drop)
}
