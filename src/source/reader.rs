//! Reading entries: small ones whole, large ones as a stream, so that memory stays bounded.

use std::fs::{File, OpenOptions};
use std::io::{self, Cursor, Read};
use std::path::Path;

use crate::error::{Error, Result};
use crate::git::{Objects, Repository};
use crate::oid::ObjectId;
use crate::text::{Body, Loaded, Skip};

/// Files larger than this come as a stream.
const STREAM_ABOVE_BYTES: u64 = 8 << 20;

/// Earlier versions larger than this are not compared with: all lines of the new text count.
///
/// A new text of more than [`STREAM_ABOVE_BYTES`] is not compared either.
const COMPARED_UP_TO_BYTES: u64 = 8 * STREAM_ABOVE_BYTES;

/// Reads entries, for one thread.
pub struct Reader {
    objects: Option<Objects>,
    max_bytes: Option<u64>,
}

impl Reader {
    /// Prepares to read; what is larger than `max_bytes` is skipped.
    pub fn new(repository: Option<&Repository>, max_bytes: Option<u64>) -> Result<Self> {
        let objects = repository.map(Repository::objects).transpose()?;
        Ok(Self { objects, max_bytes })
    }

    /// Reads the body of an entry.
    pub fn read(&self, body: &Body) -> Result<Loaded> {
        match body {
            Body::Inline(bytes) => Ok(Loaded::Whole(bytes.clone())),
            Body::Blob(id) => self.objects(*id)?.blob(*id, self.max_bytes),
            Body::File(path) => self.file(path),
            Body::Stdin => self.stream(io::stdin(), None).map_err(Error::io("read", "standard input")),
        }
    }

    /// Reads a blob that a new text is compared with; `None` for one that is too large to hold.
    pub fn old_blob(&self, id: ObjectId) -> Result<Option<Vec<u8>>> {
        self.objects(id)?.whole_blob(id, COMPARED_UP_TO_BYTES)
    }

    /// Opens a file once more that was read as a stream; `None` if it is no regular file any more.
    pub fn reopen(path: &Path) -> Result<Option<File>> {
        Ok(open_regular(path).map_err(Error::io("read", path))?.map(|(file, _)| file))
    }

    /// Returns the objects of the repository.
    fn objects(&self, id: ObjectId) -> Result<&Objects> {
        let because = || "no repository was opened".to_owned();
        self.objects.as_ref().ok_or_else(|| Error::Git {
            doing: "read the blob",
            what: id.to_string(),
            because: because(),
        })
    }

    /// Reads a file that was regular when it was listed, and may be something else by now.
    fn file(&self, path: &Path) -> Result<Loaded> {
        let Some((file, bytes)) = open_regular(path).map_err(Error::io("read", path))? else {
            return Ok(Loaded::Skipped(Skip::SpecialFile));
        };
        if self.is_too_large(bytes) {
            return Ok(Loaded::Skipped(Skip::TooLarge));
        }
        if bytes > STREAM_ABOVE_BYTES {
            return Ok(Loaded::Stream { bytes: Some(bytes), read: Box::new(file) });
        }
        // The file may grow while we read it.
        self.stream(file, Some(bytes)).map_err(Error::io("read", path))
    }

    /// Reads what turns out to be small whole, and what is large as a stream.
    fn stream(&self, mut read: impl Read + Send + 'static, bytes: Option<u64>) -> io::Result<Loaded> {
        let mut head = Vec::with_capacity(usize::try_from(bytes.unwrap_or_default()).unwrap_or_default() + 1);
        read.by_ref().take(STREAM_ABOVE_BYTES + 1).read_to_end(&mut head)?;
        if self.is_too_large(head.len() as u64) {
            return Ok(Loaded::Skipped(Skip::TooLarge));
        }
        if head.len() as u64 <= STREAM_ABOVE_BYTES {
            return Ok(Loaded::Whole(head));
        }
        Ok(Loaded::Stream { bytes: None, read: Box::new(Cursor::new(head).chain(read)) })
    }

    /// Tells whether so many bytes are more than the user wants read.
    fn is_too_large(&self, bytes: u64) -> bool {
        self.max_bytes.is_some_and(|max| bytes > max)
    }
}

/// Opens a regular file and returns its size; `None` for anything else.
///
/// Links are not followed, and a FIFO does not make us wait, whatever has taken
/// the file's place since it was listed.
pub(super) fn open_regular(path: &Path) -> io::Result<Option<(File, u64)>> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY);
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    Ok(metadata.is_file().then_some((file, metadata.len())))
}
