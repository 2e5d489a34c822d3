//! Shows and empties stores of what was scanned.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ideoguard::error::{Error, Result};
use ideoguard::git::Repository;
use ideoguard::path::RepoPath;
use ideoguard::report::{counted, size};
use ideoguard::store::{Info, RulesId, Store};

use super::output;
use super::plan::StoreAt;

/// Says what is in a store; returns the exit code.
pub(super) fn info(place: &StoreAt) -> Result<u8> {
    let file = file(place)?;
    let lines = match open(&file)? {
        Some(mut store) => told(&store.info()?),
        None => vec![format!("there is no store at {} yet", shown(&file))],
    };
    output::say(&lines).map(|()| 0)
}

/// Empties a store, and says so; returns the exit code.
pub(super) fn clear(place: &StoreAt) -> Result<u8> {
    let file = file(place)?;
    let line = match open(&file)? {
        Some(mut store) => {
            store.clear()?;
            format!("emptied {}; the next scan of a history reads everything", shown(&file))
        }
        None => format!("there is no store at {}: nothing to do", shown(&file)),
    };
    output::say(&[line]).map(|()| 0)
}

/// Returns the file of a store.
fn file(place: &StoreAt) -> Result<PathBuf> {
    match place {
        StoreAt::File(file) => Ok(file.clone()),
        StoreAt::Repository(folder) => {
            let folder = folder.canonicalize().map_err(Error::io("find", folder))?;
            Ok(Store::default_path(Repository::discover(&folder)?.common_dir()))
        }
    }
}

/// Opens a store, if there is one.
fn open(file: &Path) -> Result<Option<Store>> {
    match file.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        // What is asked here is the same for all repositories and rules.
        Ok(_) | Err(_) => Store::open(file, Path::new(""), RulesId::OURS).map(Some),
    }
}

/// Says what is in a store, one fact a line.
fn told(info: &Info) -> Vec<String> {
    let holds = &info.holds;
    let saved = info.saved.and_then(|time| jiff::Timestamp::try_from(time).ok());
    let saved = saved.map_or_else(String::new, |time| format!(", saved {}", time.strftime("%Y-%m-%d %H:%M:%S UTC")));
    let packs = format!(
        "{} ({}, {}, {})",
        holds.packs,
        counted(holds.units, "unit"),
        counted(holds.objects, "object"),
        size(holds.bytes)
    );
    let facts = [
        ("store", format!("{}, {}{saved}", shown(&info.file), size(info.file_bytes))),
        ("packs", packs),
        ("loose objects", holds.loose_objects.to_string()),
        ("clean blobs", holds.clean_blobs.to_string()),
        ("places with a finding", holds.occurrences.to_string()),
        ("results of runs", holds.results.to_string()),
        ("sets of rules", holds.rule_sets.to_string()),
        ("damaged records", holds.damaged.to_string()),
    ];
    facts.map(|(name, fact)| format!("{name:23}{fact}")).into()
}

/// Returns a file as messages show it.
fn shown(file: &Path) -> RepoPath {
    RepoPath::from(file)
}
