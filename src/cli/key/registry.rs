//! Adds to, lists and takes out of the registry.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ideoguard::audit::{Ended, Metadata};
use ideoguard::error::{Error, Result};
use ideoguard::finding::Fingerprint;
use ideoguard::git::Repository;
use ideoguard::keys::{FILE_NAME, Registered, Registry};
use ideoguard::path::{Escaped, RepoPath};
use ideoguard::report::counted;
use serde_json::{Value, json};

use super::{Form, input, record};
use crate::cli::args::KeySource;
use crate::cli::scan::{here, is_inside, today};
use crate::cli::text_file::{self, Purpose};
use crate::cli::{output, replace};

/// Adds a key, and says so; returns the exit code.
pub(super) fn add(source: &KeySource, registered: &Registered) -> Result<u8> {
    let path = path()?;
    let registry = read(&path)?;
    let key = input::key(source)?;
    let fingerprint = key.fingerprint();
    let registered = Registered { starts: key.start(), ..registered.clone() };
    let text = registry.with(&fingerprint, &registered)?;
    let metadata = Metadata::new()
        .with("starts", registered.starts.as_str())
        .with("environment", registered.environment.as_str())
        .with("role", registered.role.name())
        .with("owner", registered.owner.as_str())
        .with("scopes", registered.scopes.clone());
    record::act("add", fingerprint.as_str(), Ended::Success, metadata)?;
    write(&path, &text)?;
    let name = RepoPath::from(path.as_path());
    output::say(&[
        format!("added {}… {fingerprint} to {name}", registered.starts),
        "commit that file; `.ideoguard/keys.toml merge=union` in .gitattributes merges it without conflicts".to_owned(),
    ])?;
    Ok(0)
}

/// Lists the keys; returns the exit code.
pub(super) fn list(form: Form) -> Result<u8> {
    let registry = read(&path()?)?;
    match form {
        Form::Json => {
            let keys: Vec<Value> = registry.keys().map(|(name, key)| in_json(name, key)).collect();
            output::say(&[json!({ "schema": 1, "keys": keys }).to_string()])?;
        }
        Form::Text => {
            let count = counted(registry.keys().count() as u64, "key");
            let lines = registry.keys().map(|(name, key)| for_people(name, key));
            output::say(&lines.chain([format!("{count} in {FILE_NAME}")]).collect::<Vec<_>>())?;
        }
    }
    Ok(0)
}

/// Takes a key out, and says so; returns the exit code.
pub(super) fn remove(fingerprint: &Fingerprint) -> Result<u8> {
    let path = path()?;
    let Some(text) = read(&path)?.without(fingerprint)? else {
        return Err(Error::Usage(format!("no key in {FILE_NAME} is named {fingerprint}")));
    };
    record::act("remove", fingerprint.as_str(), Ended::Success, Metadata::new())?;
    write(&path, &text)?;
    output::say(&[format!("took {fingerprint} out of {}", RepoPath::from(path.as_path()))])?;
    Ok(0)
}

/// Puts the successor of a key beside it, if that is known: the same words, made today, to be used for as long.
///
/// Returns whether it did.
pub(super) fn succeed(old: &Fingerprint, new: &Fingerprint, starts: String) -> Result<bool> {
    let path = path()?;
    let registry = read(&path)?;
    let of = |wanted: &Fingerprint| registry.keys().find(|(name, _)| *name == wanted).map(|(_, key)| key);
    let Some(key) = of(old).filter(|_| of(new).is_none()) else { return Ok(false) };
    let succeeding = key.succeeded(starts, today())?;
    write(&path, &registry.with(new, &succeeding)?)?;
    Ok(true)
}

/// Takes a key out that may be there; returns whether it was.
pub(super) fn drop_if_known(fingerprint: &Fingerprint) -> Result<bool> {
    let path = path()?;
    let Some(text) = read(&path)?.without(fingerprint)? else { return Ok(false) };
    write(&path, &text)?;
    Ok(true)
}

/// Reads the registry at the top of the work tree here; without one there are no keys in it.
pub(in crate::cli) fn here_or_empty() -> Result<Registry> {
    read(&path()?)
}

/// Returns the file of the registry, which need not be there.
fn path() -> Result<PathBuf> {
    let repository = Repository::discover(&here()?)?;
    let no_place = || Error::Usage(format!("this repository is bare: it has no place for `{FILE_NAME}`"));
    let top = repository.work_dir().ok_or_else(no_place)?;
    let path = top.join(FILE_NAME);
    if !is_inside(top, &path) {
        let problem = "is a link that leads out of the work tree; replace it by a file";
        return Err(Error::Usage(format!("{FILE_NAME} {problem}")));
    }
    Ok(path)
}

/// Reads a registry.
fn read(path: &Path) -> Result<Registry> {
    let text = match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Ok(_) | Err(_) => text_file::read(path, Purpose::Registry)?,
    };
    Registry::parse(path, &text)
}

/// Writes a registry, whole or not at all.
fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    }
    replace::with(path, |out| out.write_all(text.as_bytes())).map_err(Error::io("write", path))
}

/// Tells people of a key.
fn for_people(name: &Fingerprint, key: &Registered) -> String {
    let shown = |text: &str| Escaped(text.as_bytes()).to_string();
    format!(
        "{name} {:4}… {} {} of {}, made {}, to be replaced by {}{}",
        shown(&key.starts),
        shown(&key.environment),
        key.role.name(),
        shown(&key.owner),
        key.created,
        key.rotate_by,
        if key.scopes.is_empty() { String::new() } else { format!(", for {}", shown(&key.scopes.join(", "))) }
    )
}

/// Returns a key as JSON.
pub(super) fn in_json(name: &Fingerprint, key: &Registered) -> Value {
    json!({
        "fingerprint": name.as_str(),
        "starts": key.starts,
        "environment": key.environment,
        "role": key.role.name(),
        "owner": key.owner,
        "scopes": key.scopes,
        "created": key.created.to_string(),
        "rotateBy": key.rotate_by.to_string(),
    })
}
