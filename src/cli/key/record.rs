//! Records what was done with a key in the audit log of the repository here.

use ideoguard::audit::{Ended, Metadata};
use ideoguard::error::{Error, Result};
use ideoguard::git::Repository;

use crate::cli::record::{Deed, deed};
use crate::cli::scan::here;

/// Records an act; where there is no repository there is no log either.
pub(super) fn act(action: &str, resource: &str, result: Ended, metadata: Metadata) -> Result<()> {
    match Repository::discover(&here()?) {
        Err(Error::NoRepository { .. }) => Ok(()),
        found => deed(&found?, Deed { action: format!("key.{action}"), resource, result, metadata }),
    }
}
