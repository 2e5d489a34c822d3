//! Reads the allow file: the library judges its text, and reads nothing itself.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use ideoguard::error::{Error, Result};

/// Largest allow file that is read; one that is larger is a mistake.
const MAX_BYTES: u64 = 8 << 20;

/// Reads the text of an allow file, which must be a regular file, of a sensible size, in UTF-8.
pub(super) fn read(config: &Path) -> Result<String> {
    let whole =
        |problem: &str| Error::Config { path: config.to_owned(), line: 0, column: 0, problem: problem.to_owned() };
    let metadata = match fs::metadata(config) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(whole("there is no such file")),
        other => other.map_err(Error::io("read", config))?,
    };
    // A FIFO would never end.
    if !metadata.is_file() {
        return Err(whole("this is no regular file"));
    }
    if metadata.len() > MAX_BYTES {
        return Err(whole("this is larger than 8 MiB, too large for an allow file"));
    }
    let bytes = fs::read(config).map_err(Error::io("read", config))?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = memchr::memchr_iter(b'\n', valid).count() + 1;
        Error::Config { path: config.to_owned(), line, column: 0, problem: "this is not UTF-8".to_owned() }
    })
}
