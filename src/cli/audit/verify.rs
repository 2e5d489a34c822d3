//! Says whether a log is as it was written.

use std::path::Path;

use ideoguard::audit::{self, Hash};
use ideoguard::error::Result;
use ideoguard::path::RepoPath;
use ideoguard::report::counted;

use crate::cli::output;

/// Verifies a log, and says what was done to it; returns 0 if it is whole, 1 if it is not.
pub(super) fn run(file: &Path, must_have: Option<Hash>) -> Result<u8> {
    let verified = audit::verify(file, must_have)?;
    let (file, lines) = (RepoPath::from(file), counted(verified.lines, "line"));
    let is_whole = verified.faults.is_empty();
    let first = if is_whole {
        format!("whole: {lines} in {file}, the last with the hash {}", verified.last)
    } else {
        format!("broken: {lines} in {file}")
    };
    let faults = verified.faults.iter().map(|fault| format!("  {fault}"));
    let notes = verified.notes.iter().map(|note| format!("  note: {note}"));
    output::say(&std::iter::once(first).chain(faults).chain(notes).collect::<Vec<_>>())?;
    Ok(u8::from(!is_whole))
}
