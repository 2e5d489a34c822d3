//! `core.hooksPath` in a git config file, through git itself, which locks the file and keeps its comments.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::error::{Error, Result};
use crate::path::{Escaped, RepoPath};

/// The setting that names the folder in which git looks for hooks.
const KEY: &str = "core.hooksPath";

/// Returns the folder that a config file, or one that it includes, sets as `core.hooksPath`.
pub(crate) fn hooks_path(config: &Path) -> Result<Option<PathBuf>> {
    let file = [OsStr::new("--file"), config.as_os_str(), OsStr::new("--includes")];
    get(config, &file)
}

/// Returns the folder that the config of the whole machine sets as `core.hooksPath`.
pub(crate) fn system_hooks_path() -> Result<Option<PathBuf>> {
    get(Path::new("the system's git config"), &[OsStr::new("--system")])
}

/// Sets `core.hooksPath` in a config file, which need not exist.
pub(crate) fn set_hooks_path(config: &Path, folder: &Path) -> Result<()> {
    if let Some(parent) = config.parent() {
        fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
    }
    change(config, &[OsStr::new(KEY), folder.as_os_str()])
}

/// Removes `core.hooksPath` from a config file.
pub(crate) fn unset_hooks_path(config: &Path) -> Result<()> {
    change(config, &[OsStr::new("--unset-all"), OsStr::new(KEY)])
}

/// Asks git for `core.hooksPath` in the file that `place` names.
fn get(config: &Path, place: &[&OsStr]) -> Result<Option<PathBuf>> {
    let words: Vec<&OsStr> =
        place.iter().copied().chain(["--null", "--type=path", "--get", KEY].map(OsStr::new)).collect();
    let output = run(&words)?;
    // Git ends with 1 where the setting, or the whole file, does not exist.
    match (output.status.code(), output.stdout.strip_suffix(b"\0")) {
        (Some(0), Some(value)) => Ok(Some(path_of(value))),
        (Some(1), _) => Ok(None),
        _ => Err(refused("read", config, &output)),
    }
}

/// Lets git change a config file.
fn change(config: &Path, what: &[&OsStr]) -> Result<()> {
    let words: Vec<&OsStr> =
        [OsStr::new("--file"), config.as_os_str()].into_iter().chain(what.iter().copied()).collect();
    let output = run(&words)?;
    if output.status.success() { Ok(()) } else { Err(refused("change", config, &output)) }
}

/// Runs `git config`.
fn run(words: &[&OsStr]) -> Result<Output> {
    Command::new("git").arg("config").args(words).output().map_err(Error::io("run", "git"))
}

/// Says what git said when it could not do it.
fn refused(doing: &'static str, config: &Path, output: &Output) -> Error {
    let because = Escaped(output.stderr.trim_ascii()).to_string();
    Error::Git { doing, what: RepoPath::from(config).to_string(), because }
}

/// Returns the path that bytes from git stand for.
fn path_of(bytes: &[u8]) -> PathBuf {
    RepoPath::new(bytes).to_os_path()
}
