//! Headers as they are given: one by one, or in a file.

use std::path::Path;

use ideoguard::error::{Error, Result};

use crate::cli::secret_file;

/// The largest file of headers that is read, in bytes.
const MOST: u64 = 1 << 20;

/// Returns the headers of the command line and of a file.
pub(super) fn read(given: &[String], file: Option<&Path>) -> Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    if let Some(file) = file {
        let bytes = secret_file::bounded(file, MOST)?;
        let text = str::from_utf8(&bytes).map_err(|_| Error::Usage("the headers are not text in UTF-8".to_owned()))?;
        // The line of the request or status has no name, and the end of the headers is an empty line.
        let lines = text.lines().take_while(|line| !line.trim().is_empty());
        headers.extend(
            lines
                .filter(|line| !line.starts_with("HTTP/") && !is_request(line))
                .map(one)
                .collect::<Result<Vec<_>>>()?,
        );
    }
    headers.extend(given.iter().map(|line| one(line)).collect::<Result<Vec<_>>>()?);
    Ok(headers)
}

/// Tells whether a line is that of a request: `POST /hook HTTP/1.1`.
fn is_request(line: &str) -> bool {
    line.split_whitespace().nth(2).is_some_and(|version| version.starts_with("HTTP/"))
}

/// Reads one header.
fn one(line: &str) -> Result<(String, String)> {
    let wrong = || Error::Usage("write a header as `NAME: VALUE`, one a line".to_owned());
    let (name, value) = line.split_once(':').ok_or_else(wrong)?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_name {
        return Err(wrong());
    }
    Ok((name.to_owned(), value.trim_matches([' ', '\t', '\r']).to_owned()))
}
