//! Where rotations are kept: one folder each, in the git directory, for their owner alone.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::keys::Key;
use crate::rotation::state::Rotation;

/// The file of the state.
const STATE: &str = "state.json";

/// The folder of a rotation.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Takes the lock under which rotations of a repository go on; it holds for as long as the file is open.
    pub fn lock(repository: &Repository) -> Result<File> {
        let all = all_of(repository);
        make(&all)?;
        let path = all.join("lock");
        let file = File::options().write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(Error::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                Err(Error::Usage("a rotation is going on here in another run; wait for its end".to_owned()))
            }
            Err(TryLockError::Error(error)) => Err(Error::io("lock", path)(error)),
        }
    }

    /// Returns the folder of the rotation of a key, which need not be there yet.
    #[must_use]
    pub fn of(repository: &Repository, rotation: &Rotation) -> Self {
        let name = rotation.old.name();
        Self(all_of(repository).join(name.strip_prefix("ig1:").unwrap_or(name)))
    }

    /// Returns the rotations of a repository that were begun and are not over, in order.
    pub fn open_ones(repository: &Repository) -> Result<Vec<Rotation>> {
        let all = all_of(repository);
        let mut found = Vec::new();
        for entry in fs::read_dir(&all).map_err(Error::io("list", &all))? {
            let state = entry.map_err(Error::io("list", &all))?.path().join(STATE);
            match fs::read(&state) {
                Ok(json) => found.push(Rotation::parse(&json).ok_or_else(|| not_ours(&state))?),
                // A file beside the folders, or a run that ended before it began.
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(error) => return Err(Error::io("read", state)(error)),
            }
        }
        found.sort_by(|one, other| one.old.name().cmp(other.old.name()));
        Ok(found)
    }

    /// Writes down how far it is, whole or not at all.
    pub fn save(&self, rotation: &Rotation) -> Result<()> {
        make(&self.0)?;
        let path = self.0.join(STATE);
        let part = self.0.join("state.part");
        let failed = |error| Error::io("write", &path)(error);
        let json = rotation.to_json().map_err(failed)?;
        let mut out = File::create(&part).map_err(failed)?;
        out.write_all(&json).and_then(|()| out.sync_all()).map_err(failed)?;
        fs::rename(&part, &path).map_err(failed)
    }

    /// The file that keeps the old key.
    #[must_use]
    pub fn old_key(&self) -> PathBuf {
        self.0.join("old-key")
    }

    /// The file that keeps the new key.
    #[must_use]
    pub fn new_key(&self) -> PathBuf {
        self.0.join("new-key")
    }

    /// The file through which a new content takes the place of an old one.
    #[must_use]
    pub fn part(&self) -> PathBuf {
        self.0.join("content.part")
    }

    /// Returns the old key, if it is kept.
    pub fn recall_old(&self) -> Result<Option<Key>> {
        Key::recall(&self.old_key())
    }

    /// Returns the new key, if it is kept.
    pub fn recall_new(&self) -> Result<Option<Key>> {
        Key::recall(&self.new_key())
    }

    /// Takes the new key away: it was not taken.
    pub fn forget_new(&self) -> Result<()> {
        remove(&self.new_key())
    }

    /// Takes everything away, the state last: without it there is nothing to go on with.
    pub fn clear(&self) -> Result<()> {
        for name in ["old-key", "new-key", "old-key.part", "new-key.part", "content.part", "state.part", STATE] {
            remove(&self.0.join(name))?;
        }
        fs::remove_dir(&self.0).map_err(Error::io("remove", &self.0))
    }
}

/// The folder of all rotations of a repository.
fn all_of(repository: &Repository) -> PathBuf {
    repository.common_dir().join("ideoguard/rotation")
}

/// Makes a folder for its owner alone, and those above it.
fn make(folder: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    if let Some(above) = folder.parent().filter(|above| !above.exists()) {
        builder.create(above).map_err(Error::io("create", above))?;
    }
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(Error::io("create", folder))
}

/// Removes a file, if it is there.
fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io("remove", file)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Makes an error of a state that makes no sense.
fn not_ours(state: &Path) -> Error {
    let problem = "this is no state of a rotation that this version understands; the keys lie beside it";
    Error::Config { path: state.to_owned(), line: 0, column: 0, problem: problem.to_owned() }
}
