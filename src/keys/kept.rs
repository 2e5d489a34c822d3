//! A key that must survive a run: in a file of its own that nobody else may read.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::keys::key::{Key, LONGEST};

impl Key {
    /// Keeps it in a file for its owner alone, without an end of line; when this returns it is on disk.
    ///
    /// The folder must be there, and for its owner alone too.
    pub fn keep(&self, file: &Path) -> Result<()> {
        let part = file.with_extension("part");
        let failed = |error| Error::io("write", file)(error);
        let mut out = private(&part).map_err(failed)?;
        out.write_all(self.bytes()).and_then(|()| out.sync_all()).map_err(failed)?;
        fs::rename(&part, file).map_err(failed)?;
        sync_folder(file).map_err(failed)
    }

    /// Returns the key that a file keeps, if there is such a file.
    pub fn recall(file: &Path) -> Result<Option<Self>> {
        let found = match File::open(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            found => found.map_err(Error::io("read", file))?,
        };
        // Room for all of it at once: a vector that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(2 * LONGEST));
        found.take(LONGEST as u64 + 1).read_to_end(&mut bytes).map_err(Error::io("read", file))?;
        Self::new(bytes).map(Some)
    }
}

/// Makes sure that the new name of a file survives a power cut.
fn sync_folder(file: &Path) -> std::io::Result<()> {
    // Elsewhere folders cannot be synced.
    if cfg!(unix) { file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all()) } else { Ok(()) }
}

/// Opens a file for writing that only its owner may read.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_kept_is_recalled_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        let key = Key::new(Zeroizing::new(b"abcdefghijkl".to_vec())).unwrap();

        assert!(Key::recall(&file).unwrap().is_none());
        key.keep(&file).unwrap();

        assert_eq!(Key::recall(&file).unwrap().unwrap().fingerprint(), key.fingerprint());
        assert_eq!(fs::read(&file).unwrap(), b"abcdefghijkl");
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
