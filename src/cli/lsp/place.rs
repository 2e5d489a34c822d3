//! Where a document lies, and so whose allow file counts.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ideoguard::error::Result;
use ideoguard::git::Repository;
use ideoguard::path::RepoPath;
use lsp_types::Uri;

use super::uri;
use crate::cli::scan::{if_any, real};

/// Where a document lies.
#[derive(Debug)]
pub(super) struct Place {
    /// The top of the work tree, if it lies in one.
    pub(super) top: Option<PathBuf>,
    /// The path from there, or what else it is called.
    pub(super) path: RepoPath,
    /// Whether a scan of the work tree would scan it.
    pub(super) is_scanned: bool,
}

impl Place {
    /// Finds out where a document lies.
    pub(super) fn of(document: &Uri) -> Result<Self> {
        let elsewhere = |path| Self { top: None, path, is_scanned: true };
        let Some(file) = uri::path(document) else { return Ok(elsewhere(RepoPath::from(document.as_str()))) };
        let file = without_links(&file);
        let folder = file.ancestors().skip(1).find(|above| above.is_dir()).unwrap_or(Path::new("/"));
        let repository = if_any(Repository::discover(folder))?;
        let top = repository.as_ref().and_then(Repository::work_dir).map(real);
        match (repository, top) {
            (Some(repository), Some(top)) => Ok(match file.strip_prefix(&top) {
                Ok(path) => Self { is_scanned: is_scanned(&repository, path), path: path.into(), top: Some(top) },
                Err(_) => elsewhere(file.as_path().into()),
            }),
            _ => Ok(elsewhere(file.as_path().into())),
        }
    }
}

/// Returns a path whose folder is no link; the file itself may be one, or not there yet.
fn without_links(file: &Path) -> PathBuf {
    match (file.parent(), file.file_name()) {
        (Some(folder), Some(name)) => real(folder).join(name),
        _ => file.to_owned(),
    }
}

/// Tells whether a scan of the work tree would scan a path: what git ignores and does not track is left out.
///
/// If git cannot be asked, it would.
fn is_scanned(repository: &Repository, path: &Path) -> bool {
    if path.iter().any(|part| part == OsStr::new(".git")) {
        return false;
    }
    let path = RepoPath::from(path);
    let ignored = repository.ignored_by(std::slice::from_ref(&path)).ok().and_then(|by| by.into_iter().next());
    let is_tracked = || repository.tracked().is_ok_and(|tracked| tracked.binary_search(&path).is_ok());
    ignored.flatten().is_none() || is_tracked()
}
