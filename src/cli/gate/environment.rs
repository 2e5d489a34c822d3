//! What git and the server say of a push in the environment.

use std::ffi::OsString;

use ideoguard::git::Repository;
use ideoguard::path::{Escaped, RepoPath};
use ideoguard::report::push::Screen;

use crate::cli::unsaid;

/// The most options of a push that are read.
const MOST_OPTIONS: usize = 1000;

/// Returns in which form this server shows what its hooks say.
pub(super) fn screen() -> Screen {
    let is_gitlab = ["GL_ID", "GL_USERNAME", "GL_PROTOCOL"].iter().any(|name| variable(name).is_some());
    if is_gitlab { Screen::GitLab } else { Screen::Remote }
}

/// Returns how the server calls the repository, without secrets.
pub(super) fn resource(repository: &Repository) -> String {
    unsaid::text(&named(repository))
}

/// Returns how the server calls the repository.
fn named(repository: &Repository) -> String {
    let named = ["GL_PROJECT_PATH", "GITEA_REPO_NAME", "GITHUB_REPO_NAME"].iter().find_map(|name| variable(name));
    let owner = variable("GITEA_REPO_USER_NAME").map(|owner| format!("{}/", Escaped(owner.as_encoded_bytes())));
    match named {
        Some(name) => format!("{}{}", owner.unwrap_or_default(), Escaped(name.as_encoded_bytes())),
        None => RepoPath::from(repository.common_dir()).to_string(),
    }
}

/// Returns how many options the push has.
fn option_count() -> usize {
    variable("GIT_PUSH_OPTION_COUNT").and_then(|count| count.to_str()?.parse().ok()).unwrap_or(0)
}

/// Says that there are more options than are read, if there are.
pub(super) fn unread_options() -> Option<String> {
    (option_count() > MOST_OPTIONS).then(|| format!("Only the first {MOST_OPTIONS} push options were read."))
}

/// Returns the options of the push.
pub(super) fn options() -> Vec<Vec<u8>> {
    let option = |number: usize| std::env::var_os(format!("GIT_PUSH_OPTION_{number}"));
    (0..option_count().min(MOST_OPTIONS)).filter_map(option).map(OsString::into_encoded_bytes).collect()
}

/// Reads an environment variable; an empty one counts as not set.
pub(super) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
