//! The pre-commit framework: what it runs a hook for shows in the environment alone.

use std::ffi::OsString;
use std::path::Path;

use ideoguard::error::{Error, Result};
use ideoguard::path::RepoPath;
use ideoguard::source::Ignored;

use super::plan::{NoCommits, Outgoing, What};

/// What the framework runs us for.
pub(super) enum Asked {
    /// A push, of which it tells one reference.
    Push(Outgoing),
    /// Anything else.
    Scan(What),
}

/// Finds out what the framework runs us for.
///
/// A push is told by its remote, a range by its ends, and a commit by the index that git
/// names to its own hooks. What is left was typed: `pre-commit run`, with `--all-files` or
/// without; the framework does not say which, so all tracked files are looked at.
/// The push comes first: git may have left the index of a commit that led to it.
pub(super) fn asked(variable: impl Fn(&str) -> Option<OsString>) -> Result<Asked> {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let text = |name| set(name).map(|value| utf8(name, value)).transpose();
    let base = text("PRE_COMMIT_FROM_REF")?;
    let tip = text("PRE_COMMIT_TO_REF")?;
    if let Some(remote) = text("PRE_COMMIT_REMOTE_NAME")? {
        let reference = text("PRE_COMMIT_REMOTE_BRANCH")?.ok_or_else(|| missing("PRE_COMMIT_REMOTE_BRANCH"))?;
        // A branch whose first commit is pushed, too, comes without a range.
        let tip = tip.map_or_else(|| text("PRE_COMMIT_LOCAL_BRANCH"), |tip| Ok(Some(tip)))?;
        let tip = tip.ok_or_else(|| missing("PRE_COMMIT_LOCAL_BRANCH"))?;
        return Ok(Asked::Push(Outgoing { remote, reference, base, tip }));
    }
    Ok(Asked::Scan(match (base, tip) {
        (Some(base), Some(tip)) => What::Range(format!("{base}..{tip}"), NoCommits::Fine),
        (None, None) if set("GIT_INDEX_FILE").is_some() => What::Commit,
        (None, None) => What::WorkTree(Ignored::SkipUntracked),
        (Some(_), None) => return Err(missing("PRE_COMMIT_TO_REF")),
        (None, Some(_)) => return Err(missing("PRE_COMMIT_FROM_REF")),
    }))
}

/// Reads what names a revision or a remote.
fn utf8(name: &str, value: OsString) -> Result<String> {
    let shown = |value: OsString| Error::Usage(format!("{name} is not UTF-8: `{}`", RepoPath::from(Path::new(&value))));
    value.into_string().map_err(shown)
}

/// Says which part of what the framework tells is missing.
fn missing(name: &str) -> Error {
    Error::Usage(format!(
        "the pre-commit framework did not set {name}, so there is no telling what it asks for; \
         `ideoguard scan --range A..B` and `ideoguard hook pre-push` do without it"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is asked for in an environment.
    fn asked_in(environment: &[(&str, &str)]) -> Result<Asked> {
        asked(|name| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into()))
    }

    #[test]
    fn a_push_is_told_even_where_a_commit_left_its_index() {
        let environment = [
            ("GIT_INDEX_FILE", ".git/index"),
            ("PRE_COMMIT_REMOTE_NAME", "origin"),
            ("PRE_COMMIT_REMOTE_BRANCH", "refs/heads/main"),
            ("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/topic"),
            ("PRE_COMMIT_FROM_REF", "aa"),
            ("PRE_COMMIT_TO_REF", "bb"),
        ];

        let Ok(Asked::Push(outgoing)) = asked_in(&environment) else { panic!("a push") };

        let [remote, reference, tip] = ["origin", "refs/heads/main", "bb"].map(String::from);
        assert_eq!(outgoing, Outgoing { remote, reference, base: Some("aa".into()), tip });
    }

    #[test]
    fn half_a_range_is_refused() {
        assert!(asked_in(&[("PRE_COMMIT_FROM_REF", "aa")]).is_err());
        assert!(asked_in(&[("PRE_COMMIT_TO_REF", "aa")]).is_err());
    }

    #[test]
    fn half_a_push_is_refused() {
        assert!(asked_in(&[("PRE_COMMIT_REMOTE_NAME", "origin")]).is_err());
        assert!(asked_in(&[("PRE_COMMIT_REMOTE_NAME", "origin"), ("PRE_COMMIT_TO_REF", "aa")]).is_err());
    }
}
