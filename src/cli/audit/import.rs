//! Says how keys are used, as applications' own audit lines tell.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ideoguard::detect::Engine;
use ideoguard::error::{Error, Result};
use ideoguard::git::Repository;
use ideoguard::keys::Registry;
use ideoguard::path::RepoPath;
use ideoguard::usage::{self, Usage};

use crate::cli::args::ListArg;
use crate::cli::key::known_keys;
use crate::cli::output;
use crate::cli::scan::here;

/// Reads logs, and says so; returns the exit code.
pub(super) fn run(files: &[PathBuf], environment: Option<&str>, format: ListArg) -> Result<u8> {
    let registry = registry()?;
    let engine = Engine::built_in();
    let mut usage = Usage::default();
    for file in files {
        let log = open(file)?;
        usage::read(&mut usage, file, log, &engine, &registry, environment).map_err(Error::io("read", file))?;
    }
    if usage.is_empty() {
        let files: Vec<String> = files.iter().map(|file| RepoPath::from(file.as_path()).to_string()).collect();
        let looked_for = "`[AUDIT] {…}` or JSON with an `action` that begins with `ideogram.`";
        return Err(Error::NothingScanned(format!(
            "no audit line is in {}; {looked_for} was looked for",
            files.join(", ")
        )));
    }
    output::stream(|out| match format {
        ListArg::Text => usage::write_text(&usage, &registry, out),
        ListArg::Json => usage::write_json(&usage, &registry, out),
    })?;
    Ok(usage.code())
}

/// Opens a log.
fn open(file: &Path) -> Result<Box<dyn Read>> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(File::open(file).map_err(Error::io("read", file))?))
}

/// Reads the registry of the repository here; elsewhere nothing is known to be granted.
fn registry() -> Result<Registry> {
    match Repository::discover(&here()?) {
        Ok(repository) if repository.work_dir().is_some() => known_keys(),
        Ok(_) | Err(Error::NoRepository { .. }) => Registry::parse(Path::new(ideoguard::keys::FILE_NAME), ""),
        Err(error) => Err(error),
    }
}
