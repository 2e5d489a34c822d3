//! What is said and recorded of things that somebody typed or set: without the secrets in them.
//!
//! A key is soon pasted where a name belongs, and what the program says ends in logs of builds.

use std::ffi::OsString;

use ideoguard::detect::Engine;
use ideoguard::path::RepoPath;
use ideoguard::scan::history::shown;

/// Returns a text without the secrets in it.
pub(super) fn text(text: &str) -> String {
    let shown = shown(&Engine::built_in(), &RepoPath::from(text));
    String::from_utf8_lossy(shown.as_bytes()).into_owned()
}

/// Returns a value without the secrets in it; without any, it is as it was.
pub(super) fn value(value: OsString) -> OsString {
    let path = RepoPath::from(std::path::Path::new(&value));
    let shown = shown(&Engine::built_in(), &path);
    if shown == path { value } else { shown.to_os_path().into_os_string() }
}

/// Tells whether a text holds a secret.
pub(super) fn is_in(said: &str) -> bool {
    text(said) != said
}
