//! Files as the protocol names them.

use std::path::{Path, PathBuf};

use ideoguard::path::RepoPath;
use lsp_types::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

/// What is written as it is: what needs no escape in the path of a URI.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Returns the path of a file; `None` for a document that is none.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let bytes: Vec<u8> = percent_decode_str(path).collect();
    bytes.starts_with(b"/").then(|| RepoPath::new(bytes).to_os_path())
}

/// Returns what the protocol calls a file.
pub(super) fn of(path: &Path) -> Option<Uri> {
    let path = RepoPath::from(path);
    format!("file://{}", percent_encode(path.as_bytes(), ESCAPED)).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_comes_back_from_its_uri() {
        for name in ["/a/b.py", "/with space/é#?%.py"] {
            assert_eq!(of(Path::new(name)).as_ref().and_then(path), Some(PathBuf::from(name)));
        }
        assert_eq!(path(&"untitled:Untitled-1".parse().expect("a URI")), None);
    }
}
