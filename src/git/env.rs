//! Git's own environment variables, read in one place and passed on as data.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::oid::ObjectId;

/// The variables that say which repository is meant, as `git rev-parse --local-env-vars` lists them.
///
/// Those that carry configuration (`GIT_CONFIG_*`) are not here: `git -C DIR` honours
/// them for any repository.
pub(super) const LOCAL: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// The variables by which references are kept elsewhere than the configuration says: git 2.52 has none, and what was
/// sent to its developers since then has had each of these names.
const BACKENDS: &[&str] = &["GIT_REFERENCE_BACKEND", "GIT_REF_STORAGE", "GIT_REF_URI"];

/// The variables that change what `git config` answers and libgit2 does not look at.
const CONFIG: &[&str] =
    &["GIT_CONFIG_COUNT", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_SYSTEM"];

/// What the beginning of a variable's name must be for it to concern git.
const PREFIXES: &[&str] = &["GIT_", "GITHEAD_"];

/// The part of an environment that git looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitEnv {
    /// Each with its name, in order of their names.
    variables: Vec<(String, OsString)>,
}

impl GitEnv {
    /// Reads the environment of this process; the one place of the library that does.
    #[must_use]
    pub fn from_process() -> Self {
        let mut variables = Vec::new();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else {
                continue;
            };
            let for_paths = matches!(name.as_str(), "HOME" | "XDG_CONFIG_HOME");
            if for_paths || PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
                variables.push((name, value));
            }
        }
        // Of two with one name, git takes the first.
        variables.sort_by(|(one, _), (other, _)| one.cmp(other));
        variables.dedup_by(|later, first| later.0 == first.0);
        Self { variables }
    }

    /// Returns the same environment with one more variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        match self.place(name) {
            Ok(place) => self.variables[place].1 = value.into(),
            Err(place) => self.variables.insert(place, (name.to_owned(), value.into())),
        }
        self
    }

    /// Returns the same environment without what says which repository is meant.
    ///
    /// The heads of a merge go too: they belong to the repository in which git runs.
    #[must_use]
    pub fn without_repository(mut self) -> Self {
        let is_local = |name: &str| LOCAL.contains(&name) || BACKENDS.contains(&name) || name.starts_with("GITHEAD_");
        self.variables.retain(|(name, _)| !is_local(name));
        self
    }

    /// Returns the value of a variable that is set and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        let value = self.place(name).ok().map(|place| self.variables[place].1.as_os_str());
        value.filter(|value| !value.is_empty())
    }

    /// Returns where a variable is, or where it would be.
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.variables.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }

    /// Returns the value of a variable that names a file or folder.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).map(PathBuf::from)
    }

    /// Returns all variables, for a child.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&str, &OsStr)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_os_str()))
    }

    /// Returns what a variable says of how references are kept, and where.
    pub(super) fn reference_backend(&self) -> Option<&OsStr> {
        BACKENDS.iter().find_map(|name| self.get(name))
    }

    /// Tells whether a variable changes the configuration.
    pub(super) fn configures(&self) -> bool {
        CONFIG.iter().any(|name| self.place(name).is_ok())
    }

    /// Returns the commits that git is about to merge, as `git merge` names them: `GITHEAD_<hex>`.
    ///
    /// While `pre-merge-commit` runs, `MERGE_HEAD` is not yet written.
    pub(super) fn merge_heads(&self) -> Vec<ObjectId> {
        let hexes = self.variables.iter().filter_map(|(name, _)| name.strip_prefix("GITHEAD_"));
        hexes.filter_map(|hex| ObjectId::from_hex(hex.as_bytes())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_the_repository_can_be_taken_away() {
        let env = GitEnv::default().with("GIT_DIR", "/x").with("GIT_CONFIG_COUNT", "0").with("GITHEAD_aa", "b");

        let rest = env.without_repository();

        assert_eq!(rest, GitEnv::default().with("GIT_CONFIG_COUNT", "0"));
    }

    #[test]
    fn the_heads_of_a_merge_are_read_from_their_names() {
        let hex = "0123456789abcdef0123456789abcdef01234567";
        let env = GitEnv::default().with(&format!("GITHEAD_{hex}"), "topic").with("GITHEAD_short", "x");

        assert_eq!(env.merge_heads(), vec![ObjectId::from_hex(hex.as_bytes()).unwrap()]);
    }

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        assert_eq!(GitEnv::default().with("GIT_DIR", "").get("GIT_DIR"), None);
    }
}
