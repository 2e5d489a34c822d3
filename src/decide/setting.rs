//! Where what anybody can make up was most likely made up: among tests, and in documentation.

use std::path::Path;

use crate::decide::manual::is_page;
use crate::decide::rehearsal::is_for_tests;

/// What a file is there for, if that says something about the secrets in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    /// It is there for tests alone.
    Tests,
    /// It is a page of documentation.
    Documentation,
}

impl Setting {
    /// Tells what a file is there for, by its path from the top of its work tree.
    pub(super) fn of(path: &Path) -> Option<Self> {
        // A reference is named as a path is; whoever pushes chooses its name.
        if path.starts_with("refs") {
            None
        } else if is_for_tests(path) {
            Some(Self::Tests)
        } else {
            is_page(path).then_some(Self::Documentation)
        }
    }

    /// Says why a finding there is less sure.
    pub(super) const fn doubt(self) -> &'static str {
        match self {
            Self::Tests => "it stands among tests, and anybody can make up one for a test",
            Self::Documentation => "it stands in documentation, and anybody can make up one for a sample",
        }
    }

    /// Says what whoever is told of one there should know.
    pub(super) const fn elsewhere(self) -> &'static str {
        match self {
            Self::Tests => {
                "Elsewhere it would block, and a server may refuse it here, too; \
                 `[tests] block = true` in .ideoguard.toml makes it block."
            }
            Self::Documentation => {
                "Elsewhere it would block, and a server refuses it here, too; \
                 `[documentation] block = true` in .ideoguard.toml makes it block."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_come_before_documentation_and_references_are_neither() {
        for (path, setting) in [
            ("tests/docs/login.md", Some(Setting::Tests)),
            ("docs/login.md", Some(Setting::Documentation)),
            ("src/login.py", None),
            ("refs/heads/tests/key", None),
            ("refs/tags/docs/login.md", None),
        ] {
            assert_eq!(Setting::of(Path::new(path)), setting, "{path}");
        }
    }
}
