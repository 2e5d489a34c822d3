//! How the paths of findings and what people say of paths meet.

use std::path::{Component, Path, PathBuf};

use ignore::gitignore::Gitignore;

use crate::decide::setting::Setting;
use crate::path::RepoPath;

/// How the paths of findings and the globs of entries meet.
#[derive(Debug)]
pub(super) enum View {
    /// Paths begin at the top of the work tree, as git's do.
    Same,
    /// Paths begin at `base` unless they are absolute, globs at `top`; both are absolute.
    From {
        /// The top of the work tree.
        top: PathBuf,
        /// The folder that paths begin at.
        base: PathBuf,
    },
}

impl View {
    /// Tells whether globs cover a file, by itself or by a folder above it.
    pub(super) fn covers(&self, globs: &Gitignore, path: &RepoPath) -> bool {
        // The matcher takes no path that begins at the root.
        let below = self.below_top(path);
        let below = below.strip_prefix("/").unwrap_or(&below);
        globs.matched_path_or_any_parents(below, false).is_ignore()
    }

    /// Tells what a file of the work tree is there for; of what lies elsewhere nothing is known.
    pub(super) fn setting(&self, path: &RepoPath) -> Option<Setting> {
        let below = self.below_top(path);
        if below.is_relative() { Setting::of(&below) } else { None }
    }

    /// Returns a path from the top of the work tree, if it lies below it.
    pub(super) fn below_top(&self, path: &RepoPath) -> PathBuf {
        let path = path.to_os_path();
        match self {
            Self::Same => path,
            Self::From { top, base } => {
                let whole = without_dots(&base.join(path));
                whole.strip_prefix(top).map(Path::to_owned).unwrap_or(whole)
            }
        }
    }
}

/// Takes `.` and `..` out of a path, without asking the disk.
fn without_dots(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                result.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => result.push(part),
        }
    }
    result
}
