//! Puts hooks in place and takes them away.

use ideoguard::error::Result;
use ideoguard::install::{self, Request};

use super::output;

/// Puts the hooks in place, and says what was done; returns the exit code.
pub(super) fn run(request: &Request) -> Result<u8> {
    output::say(&install::install(request)?)?;
    Ok(0)
}

/// Takes the hooks away, and says what was done; returns the exit code.
pub(super) fn undo(request: &Request) -> Result<u8> {
    output::say(&install::uninstall(request)?)?;
    Ok(0)
}
