//! Where a key stands: in files of environment variables, where it may, and wherever else it should not.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::detect::Engine;
use crate::error::{Error, Result};
use crate::finding::Fingerprint;
use crate::keys::{Key, Stand, Writing};
use crate::path::RepoPath;
use crate::report::{EnvFile, env_file};
use crate::source::{self, FileOptions, Ignored};
use crate::text::{Body, Problem, TextKind};

/// A file in which a key stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as it may be told.
    pub path: RepoPath,
    /// Where it lies, behind all links.
    pub real: PathBuf,
    /// Where in it.
    pub stands: Vec<Stand>,
}

/// Where a key stands.
#[derive(Debug, Default)]
pub struct Found {
    /// Files of environment variables: all of its places there are plain text.
    pub env: Vec<Place>,
    /// Other files, and such files where it is written in another way.
    pub elsewhere: Vec<Place>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// A file of environment variables, and what it holds.
pub struct EnvText {
    /// The file, as it is told.
    pub path: RepoPath,
    /// Where it lies, behind all links.
    pub real: PathBuf,
}

/// The largest file of environment variables, in bytes; a larger one is something else.
const MOST: u64 = 1 << 20;

/// Looks for a key in every file of a work tree, also in those that git leaves out, and in further files of environment variables.
pub fn look(top: &Path, further: &[PathBuf], key: &Key) -> Result<Found> {
    let mut found = Found::default();
    for (real, (path, kind)) in files(top, further, &mut found.problems)? {
        match File::open(&real).and_then(|file| key.stands_in(file)) {
            Ok(stands) if stands.is_empty() => {}
            Ok(stands) => found.take(kind, Place { path: told(path, key), real, stands }),
            Err(error) => {
                let error = Error::io("read", &real)(error);
                found.problems.push(Problem { what: told(path, key).to_string(), error });
            }
        }
    }
    found.env.sort_by(|one, other| one.path.cmp(&other.path));
    found.elsewhere.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

impl Found {
    /// Takes in a file.
    fn take(&mut self, kind: Kind, place: Place) {
        let is_plain = place.stands.iter().all(|stand| stand.writing == Writing::Plain);
        match kind {
            Kind::Env if is_plain => self.env.push(place),
            Kind::Env | Kind::Other => self.elsewhere.push(place),
        }
    }
}

/// Returns the files of environment variables of a work tree, and further ones.
pub fn env_files(top: &Path, further: &[PathBuf]) -> Result<Vec<EnvText>> {
    let files = files(top, further, &mut Vec::new())?.into_iter().filter(|(_, (_, kind))| *kind == Kind::Env);
    let mut files: Vec<EnvText> = files.map(|(real, (path, _))| EnvText { path, real }).collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

impl EnvText {
    /// Returns the keys of Ideogram's that it holds, by name.
    pub fn keys(&self, engine: &Engine) -> Result<BTreeMap<Fingerprint, Key>> {
        let length = self.real.metadata().map_err(Error::io("read", &self.real))?.len();
        if length > MOST {
            return Ok(BTreeMap::new());
        }
        let text = Zeroizing::new(fs::read(&self.real).map_err(Error::io("read", &self.real))?);
        let ours = engine.scan(&text).into_iter().filter(|found| found.rule.provider == "Ideogram");
        let keys = ours.filter(|found| !found.rule.id.contains("webhook")).filter_map(|found| {
            let key = Key::new(Zeroizing::new(text.get(found.span)?.to_vec())).ok()?;
            // One that stands encoded is not what stands there.
            (key.fingerprint() == Fingerprint::of(&found.secret)).then(|| (key.fingerprint(), key))
        });
        Ok(keys.collect())
    }
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A file of environment variables.
    Env,
    /// Another one.
    Other,
}

/// Lists the files to look into, each once, by where it lies.
fn files(top: &Path, further: &[PathBuf], problems: &mut Vec<Problem>) -> Result<BTreeMap<PathBuf, (RepoPath, Kind)>> {
    let mut listing = source::files(&[top.to_owned()], &FileOptions { ignored: Ignored::Scan })?;
    problems.append(&mut listing.problems);
    let mut files = BTreeMap::new();
    for file in further {
        let real = file.canonicalize().map_err(Error::io("find", file))?;
        files.insert(real, (RepoPath::from(file.as_path()), Kind::Env));
    }
    for entry in listing.entries {
        let whole = entry.path.to_os_path();
        let path = RepoPath::from(whole.strip_prefix(top).unwrap_or(&whole));
        let kind = if matches!(env_file(&path), EnvFile::Real) { Kind::Env } else { Kind::Other };
        let real = match (entry.kind, entry.body) {
            (TextKind::Content, Body::File(real)) => Some(real),
            // A link to the real file; of others, what they lead to is listed where it lies, or is not ours.
            (TextKind::SymlinkTarget, _) if kind == Kind::Env => behind(&whole, problems),
            (_, _) => None,
        };
        if let Some(real) = real {
            let known = files.entry(real.canonicalize().unwrap_or(real)).or_insert((path, kind));
            if kind == Kind::Env {
                known.1 = Kind::Env;
            }
        }
    }
    Ok(files)
}

/// Returns the regular file behind a link, if there is one.
fn behind(link: &Path, problems: &mut Vec<Problem>) -> Option<PathBuf> {
    match link.canonicalize() {
        Ok(real) => real.is_file().then_some(real),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => {
            problems.push(Problem { what: RepoPath::from(link).to_string(), error: Error::io("find", link)(error) });
            None
        }
    }
}

/// Returns a path as it may be told.
fn told(path: RepoPath, key: &Key) -> RepoPath {
    match key.stands_in(path.as_bytes()) {
        Ok(stands) if stands.is_empty() => path,
        Ok(_) | Err(_) => RepoPath::from("(a file with the key in its name)"),
    }
}
