//! Adds an entry to the allow file.

use std::io;
use std::path::{Path, PathBuf};

use ideoguard::decide::{self, FILE_NAME};
use ideoguard::error::{Error, Result};
use ideoguard::git::Repository;
use ideoguard::path::{Escaped, RepoPath};

use super::plan::AllowPlan;
use super::scan::{is_inside, today};
use super::text_file::{self, Purpose};
use super::{output, replace, unsaid};

/// Adds the entry, and says so; returns the exit code.
pub(super) fn run(plan: &AllowPlan) -> Result<u8> {
    if unsaid::is_in(&plan.allowance.reason) {
        return Err(Error::Usage("`--reason` holds what looks like a secret; everybody will read it".to_owned()));
    }
    let path = allow_file(plan)?;
    let text = match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Ok(_) | Err(_) => text_file::read(&path, Purpose::AllowFile)?,
    };
    let text = decide::append(&path, &text, &plan.allowance, today())?;
    replace::with(&path, |out| out.write_all(text.as_bytes())).map_err(Error::io("write", &path))?;
    output::say(&said(plan, &path.as_path().into()))?;
    Ok(0)
}

/// Returns the allow file: the one that was named, or the one at the top of the work tree.
fn allow_file(plan: &AllowPlan) -> Result<PathBuf> {
    if let Some(config) = &plan.config {
        return Ok(config.clone());
    }
    let here = std::env::current_dir().map_err(Error::io("find", "."))?;
    let repository = Repository::discover(&here)?;
    let top = repository.work_dir().ok_or_else(|| {
        Error::Usage(
            "this repository is bare: it has no place for `.ideoguard.toml`; name a file with `--config`".into(),
        )
    })?;
    inside(top, top.join(FILE_NAME))
}

/// Refuses a link that leads out of the work tree: what a repository says must not decide where we write.
fn inside(top: &Path, path: PathBuf) -> Result<PathBuf> {
    if is_inside(top, &path) {
        return Ok(path);
    }
    Err(Error::Usage(format!(
        "{} is a link that leads out of the work tree; replace it by a file, or name the file with `--config`",
        RepoPath::from(path.as_path())
    )))
}

/// Says what was done, and what is left to do.
fn said(plan: &AllowPlan, path: &RepoPath) -> [String; 2] {
    let allowance = &plan.allowance;
    let until = allowance.until.map_or_else(String::new, |last| format!(" until {last}"));
    [
        format!("allowed {}{until}: {}", allowance.fingerprint, Escaped(allowance.reason.trim().as_bytes())),
        format!("the entry is at the end of {path}; commit that file, so that everybody allows the same"),
    ]
}
