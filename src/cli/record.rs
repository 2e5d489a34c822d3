//! Records what was done at the desk in the audit log of a repository.

use ideoguard::audit::{Ended, Entry, Metadata, UserSource};
use ideoguard::error::Result;
use ideoguard::gate::ServerPolicy;
use ideoguard::git::Repository;
use jiff::Timestamp;

use super::audit::settle;
use super::user;

/// What was done.
pub(super) struct Deed<'a> {
    /// In words joined by dots, without the first one: `key.verify`.
    pub(super) action: String,
    /// To what.
    pub(super) resource: &'a str,
    /// How it ended.
    pub(super) result: Ended,
    /// What else is known.
    pub(super) metadata: Metadata,
}

/// Records it.
pub(super) fn deed(repository: &Repository, deed: Deed<'_>) -> Result<()> {
    let entry = Entry {
        timestamp: Timestamp::now(),
        action: format!("ideoguard.{}", deed.action),
        // At the desk nobody but the system knows who it is: variables are the user's own.
        user: user::current(&[UserSource::Uid]),
        resource: deed.resource.to_owned(),
        result: deed.result,
        metadata: deed.metadata,
    };
    settle::of(repository, &ServerPolicy::of(repository)?).append(&[entry]).map(drop)
}
