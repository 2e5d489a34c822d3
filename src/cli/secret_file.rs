//! Reads secrets: from files, never from the command line.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use ideoguard::error::{Error, Result};
use ideoguard::path::RepoPath;
use zeroize::Zeroizing;

/// The largest secret that is read, in bytes.
const MOST: u64 = 64 << 10;

/// Reads a secret from a file, which must be for its owner (and group) only.
pub(super) fn read(file: &Path) -> Result<Zeroizing<Vec<u8>>> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let mode = file.metadata().map_err(Error::io("read", file))?.mode();
        if mode & 0o007 != 0 {
            let file = RepoPath::from(file);
            return Err(Error::Usage(format!("everybody here may read the secret in {file}: `chmod o= {file}` first")));
        }
    }
    bounded(file, MOST)
}

/// Reads a regular file of a sensible size, into memory that is wiped in the end.
pub(super) fn bounded(file: &Path, most: u64) -> Result<Zeroizing<Vec<u8>>> {
    let wrong = |problem: String| Error::Usage(format!("{}: {problem}", RepoPath::from(file)));
    let found = file.metadata().map_err(Error::io("read", file))?;
    if !found.is_file() {
        return Err(wrong("this is no regular file".to_owned()));
    }
    if found.len() > most {
        return Err(wrong(format!("this is larger than {most} bytes")));
    }
    let input = File::open(file).map_err(Error::io("read", file))?;
    let read = all(input, found.len()).map_err(Error::io("read", file))?;
    read.ok_or_else(|| wrong("this was written to while it was read".to_owned()))
}

/// Reads everything, into memory that is wiped in the end; `None` if it is more than `most` bytes.
pub(super) fn all(input: impl Read, most: u64) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    // Room for all of it at once: a vector that grows leaves copies behind.
    let room = usize::try_from(most).unwrap_or(usize::MAX).saturating_add(64);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    input.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}
