//! What lies in the place of a hook.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

use super::wrapper;

/// What lies in the place of a hook.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing.
    Nothing,
    /// A script of ours, with its bytes.
    Ours(Vec<u8>),
    /// Someone else's hook, with its bytes as far as they can be read.
    Foreign(Vec<u8>),
}

/// Looks at the place of a hook.
///
/// A symbolic link that leads nowhere is a hook of someone else: git skips it, and we keep it.
pub(super) fn look(path: &Path) -> Result<Found> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(Error::io("read", path)(error)),
        Ok(metadata) if metadata.is_dir() => {
            return Err(Error::io("read", path)(ErrorKind::IsADirectory.into()));
        }
        Ok(_) => {}
    }
    // Only a regular file is opened: reading a FIFO would wait for ever.
    if !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return Ok(Found::Foreign(Vec::new()));
    }
    let script = fs::read(path).map_err(Error::io("read", path))?;
    Ok(if wrapper::is_ours(&script) { Found::Ours(script) } else { Found::Foreign(script) })
}

/// Tells whether something lies at `path`, even a symbolic link that leads nowhere.
pub(super) fn is_taken(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Tells whether `path` is a file that may be run; git skips a hook that may not.
pub(super) fn is_runnable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && may_run(&metadata))
}

/// Returns `path` as the system knows it, also when its last parts do not exist yet.
pub(super) fn real(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => real(parent).join(name),
        _ => path.to_owned(),
    }
}

/// Tells whether the mode lets someone run the file.
#[cfg(unix)]
fn may_run(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

/// Tells whether the mode lets someone run the file: there is no such mode here.
#[cfg(not(unix))]
fn may_run(_: &fs::Metadata) -> bool {
    true
}
