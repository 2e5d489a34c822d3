//! The bytes of a file, mapped into memory or read.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

use crate::error::{Error, Result};

/// To read so many bytes takes less time than to map them.
const FEW: u64 = 8 << 10;

/// The bytes of a file.
pub(super) enum Bytes {
    /// As they lie on disk.
    Mapped(Mmap),
    /// As they were when the file was opened.
    Read(Vec<u8>),
}

impl Bytes {
    /// Opens a file.
    ///
    /// Git never changes a pack once it is there, and mapped files stay readable after
    /// they are deleted. Whoever cuts one short under us ends the process, and so the gate holds.
    pub(super) fn of(doing: &'static str, path: &Path) -> Result<Self> {
        let open = || {
            let mut file = File::open(path)?;
            let length = file.metadata()?.len();
            if length > FEW {
                return map(&file).map(Self::Mapped);
            }
            let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
            file.read_exact(&mut bytes)?;
            Ok(Self::Read(bytes))
        };
        open().map_err(Error::io(doing, path))
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} bytes", self.len())
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Read(bytes) => bytes,
        }
    }
}

/// Maps a file into memory.
#[expect(unsafe_code, reason = "mapping a file is unsafe, since another process could change it")]
fn map(file: &File) -> std::io::Result<Mmap> {
    // SAFETY: nobody changes it; see above.
    unsafe { Mmap::map(file) }
}
