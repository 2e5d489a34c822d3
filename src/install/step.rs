//! The single steps of an installation: each can be said without being taken.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::git::config_file;
use crate::path::RepoPath;

use super::Run;

/// One step of an installation.
#[derive(Debug)]
pub(super) enum Step {
    /// Nothing is to be done; the text says what is so already, or what the reader should know.
    Nothing(String),
    /// Writes a script that git can run.
    WriteScript(PathBuf, Vec<u8>),
    /// Writes a file that is no script.
    WriteText(PathBuf, Vec<u8>),
    /// Writes many scripts into one folder.
    WriteScripts(PathBuf, Vec<(&'static str, Vec<u8>)>),
    /// Changes a file and leaves its mode.
    Rewrite(PathBuf, Vec<u8>),
    /// Moves a hook aside and writes a script in its place.
    SetAside {
        /// The hook.
        hook: PathBuf,
        /// Where it is kept.
        aside: PathBuf,
        /// The script.
        script: Vec<u8>,
    },
    /// Moves a hook that was set aside back over our script.
    PutBack {
        /// Where it was kept.
        aside: PathBuf,
        /// The hook.
        hook: PathBuf,
    },
    /// Removes a file of ours.
    Remove(PathBuf),
    /// Removes files of ours from a folder, and the folder if nothing else is in it.
    RemoveScripts(PathBuf, Vec<&'static str>),
    /// Points `core.hooksPath` at a folder.
    SetHooksPath {
        /// The config file.
        config: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// Removes `core.hooksPath` from a config file.
    UnsetHooksPath(PathBuf),
}

impl Step {
    /// Takes the step.
    pub(super) fn take(&self) -> Result<()> {
        match self {
            Self::Nothing(_) => Ok(()),
            Self::WriteScript(path, script) => write_script(path, script),
            Self::WriteText(path, text) => replace(path, text, readable()),
            Self::WriteScripts(folder, scripts) => {
                scripts.iter().try_for_each(|(name, script)| write_script(&folder.join(name), script))
            }
            Self::Rewrite(path, text) => rewrite(path, text),
            Self::SetAside { hook, aside, script } => set_aside(hook, aside, script),
            Self::PutBack { aside, hook } => rename(aside, hook),
            Self::Remove(path) => remove(path),
            Self::RemoveScripts(folder, names) => remove_scripts(folder, names),
            Self::SetHooksPath { config, folder } => config_file::set_hooks_path(config, folder),
            Self::UnsetHooksPath(config) => config_file::unset_hooks_path(config),
        }
    }

    /// Says what the step did, or what it would do.
    pub(super) fn says(&self, run: Run) -> String {
        let verb = |did: &'static str, would: &'static str| match run {
            Run::Real => did,
            Run::Dry => would,
        };
        match self {
            Self::Nothing(text) => text.clone(),
            Self::WriteScript(path, _) | Self::WriteText(path, _) => {
                format!("{} `{}`", verb("wrote", "would write"), shown(path))
            }
            Self::WriteScripts(folder, scripts) => format!(
                "{} {} hooks into `{}` that run the repository's own",
                verb("wrote", "would write"),
                scripts.len(),
                shown(folder)
            ),
            Self::Rewrite(path, _) => format!("{} `{}`", verb("changed", "would change"), shown(path)),
            Self::SetAside { hook, aside, .. } => format!(
                "{} `{}`, which runs the hook that was there first; that one is now `{}`",
                verb("wrote", "would write"),
                shown(hook),
                shown(aside)
            ),
            Self::PutBack { hook, .. } => {
                format!("{} `{}` as it was", verb("put back", "would put back"), shown(hook))
            }
            Self::Remove(path) => format!("{} `{}`", verb("removed", "would remove"), shown(path)),
            Self::RemoveScripts(folder, names) => {
                format!("{} {} hooks from `{}`", verb("removed", "would remove"), names.len(), shown(folder))
            }
            Self::SetHooksPath { config, folder } => {
                format!("{} core.hooksPath in `{}` to `{}`", verb("set", "would set"), shown(config), shown(folder))
            }
            Self::UnsetHooksPath(config) => {
                format!("{} core.hooksPath from `{}`", verb("removed", "would remove"), shown(config))
            }
        }
    }
}

/// Returns a path that is safe to print.
pub(super) fn shown(path: &Path) -> RepoPath {
    RepoPath::from(path)
}

/// Writes a script whole or not at all, and makes it executable.
fn write_script(path: &Path, script: &[u8]) -> Result<()> {
    replace(path, script, executable())
}

/// Changes a file whole or not at all; a new file becomes executable.
fn rewrite(path: &Path, text: &[u8]) -> Result<()> {
    let mode = fs::metadata(path).map_or_else(|_| executable(), |metadata| Some(metadata.permissions()));
    replace(path, text, mode)
}

/// Moves a hook aside and puts a script in its place; the hook goes back if that fails.
///
/// With two names for the old hook, there is no moment at which git finds none.
fn set_aside(hook: &Path, aside: &Path, script: &[u8]) -> Result<()> {
    let file = prepare(hook, script, executable())?;
    match fs::hard_link(hook, aside) {
        Ok(()) => {
            return persist(file, hook).inspect_err(|_| {
                // The first error is the one to report; a second name does no harm.
                let _ = fs::remove_file(aside);
            });
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(Error::io("write", aside)(error)),
        // Not every file system has links.
        Err(_) => rename(hook, aside)?,
    }
    persist(file, hook).inspect_err(|_| {
        // The first error is the one to report; the hook is not lost, only still aside.
        let _ = fs::rename(aside, hook);
    })
}

/// Removes what is ours from a folder, and the folder if nothing else is in it.
fn remove_scripts(folder: &Path, names: &[&str]) -> Result<()> {
    names.iter().try_for_each(|name| remove(&folder.join(name)))?;
    // A folder that is not empty stays: what is in it is not ours.
    let _ = fs::remove_dir(folder);
    Ok(())
}

/// Writes beside `path` and renames, so that git never sees half a hook.
fn replace(path: &Path, text: &[u8], mode: Option<Permissions>) -> Result<()> {
    persist(prepare(path, text, mode)?, path)
}

/// Writes what is to become `path` into a file beside it.
fn prepare(path: &Path, text: &[u8], mode: Option<Permissions>) -> Result<NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    let prefix: OsString = [path.file_name().unwrap_or_default(), ".".as_ref()].into_iter().collect();
    let mut file =
        tempfile::Builder::new().prefix(&prefix).tempfile_in(folder).map_err(Error::io("write into", folder))?;
    file.write_all(text).map_err(Error::io("write", path))?;
    if let Some(mode) = mode {
        file.as_file().set_permissions(mode).map_err(Error::io("set the mode of", path))?;
    }
    file.as_file().sync_all().map_err(Error::io("write", path))?;
    Ok(file)
}

/// Gives a written file its name.
fn persist(file: NamedTempFile, path: &Path) -> Result<()> {
    file.persist(path).map(drop).map_err(|error| Error::io("write", path)(error.error))
}

/// Renames a file.
fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(Error::io("rename", from))
}

/// Removes a file.
fn remove(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(Error::io("remove", path))
}

/// Returns the mode of a hook: everyone may run it, its owner may change it.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no such mode")]
fn executable() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o755))
}

/// Returns the mode of a text: everyone may read it, its owner may change it.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no such mode")]
fn readable() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o644))
}

/// Returns no mode: the system has none for programs.
#[cfg(not(unix))]
fn executable() -> Option<Permissions> {
    None
}

/// Returns no mode: the system has none.
#[cfg(not(unix))]
fn readable() -> Option<Permissions> {
    None
}
