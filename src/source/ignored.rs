//! What `.gitignore` leaves out, and what is tracked all the same.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::error::{Error, Result};
use crate::git::{GitEnv, Repository};
use crate::path::RepoPath;
use crate::source::reader::open_regular;

/// The ignore rules that hold in one folder of a work tree.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    /// The work tree; `None` outside of one, where nothing is ignored.
    tree: Option<Arc<Tree>>,
    /// The pattern files, the weakest first.
    files: Vec<Arc<Gitignore>>,
}

/// A work tree and what its index holds.
#[derive(Debug)]
struct Tree {
    top: PathBuf,
    /// Every path of the index, sorted.
    tracked: Vec<RepoPath>,
}

impl Rules {
    /// Returns the rules that hold in `folder`, an absolute path without links.
    ///
    /// Outside of a repository nothing is ignored.
    pub(super) fn of(folder: &Path, env: &GitEnv) -> Result<Self> {
        let repository = match Repository::open(folder, env.clone()) {
            Ok(repository) => repository,
            Err(Error::NoRepository { .. }) => return Ok(Self::default()),
            Err(error) => return Err(error),
        };
        let Some(top) = repository.work_dir().and_then(|top| top.canonicalize().ok()) else {
            return Ok(Self::default());
        };
        if !folder.starts_with(&top) {
            return Ok(Self::default());
        }
        let tree = Arc::new(Tree { tracked: repository.tracked()?, top: top.clone() });
        let mut rules = Self { tree: Some(tree), files: Vec::new() };
        for file in repository.excludes_file().into_iter().chain([repository.common_dir().join("info/exclude")]) {
            rules.add(&top, &file);
        }
        // From the top down to `folder`, whose own file is read here, too.
        let mut between: Vec<_> = folder.ancestors().take_while(|above| above.starts_with(&top)).collect();
        between.reverse();
        for above in between {
            rules.add(above, &above.join(".gitignore"));
        }
        Ok(rules)
    }

    /// Returns the rules that hold in a folder below, whose own patterns are the strongest.
    pub(super) fn below(&self, folder: &Path) -> Self {
        let mut rules = self.clone();
        if rules.tree.is_some() {
            rules.add(folder, &folder.join(".gitignore"));
        }
        rules
    }

    /// Tells whether a pattern leaves a path out.
    pub(super) fn ignores(&self, path: &Path, is_folder: bool) -> bool {
        let matches = self.files.iter().rev().map(|file| file.matched(path, is_folder));
        matches.into_iter().find(|found| !found.is_none()).is_some_and(|found| found.is_ignore())
    }

    /// Tells whether the index holds a path.
    pub(super) fn tracks(&self, path: &Path) -> bool {
        let Some((tree, path)) = self.inside(path) else {
            return false;
        };
        tree.tracked.binary_search(&path).is_ok()
    }

    /// Tells whether the index holds something below a folder.
    pub(super) fn tracks_below(&self, folder: &Path) -> bool {
        let Some((tree, folder)) = self.inside(folder) else {
            return false;
        };
        let prefix = RepoPath::new([folder.as_bytes(), b"/"].concat());
        let at = tree.tracked.partition_point(|path| *path < prefix);
        tree.tracked.get(at).is_some_and(|path| path.as_bytes().starts_with(prefix.as_bytes()))
    }

    /// Returns the work tree and a path as its index would hold it.
    fn inside(&self, path: &Path) -> Option<(&Tree, RepoPath)> {
        let tree = self.tree.as_deref()?;
        Some((tree, RepoPath::from(path.strip_prefix(&tree.top).ok()?)))
    }

    /// Adds a file of patterns, stronger than those before.
    ///
    /// A file that cannot be read or a line that makes no pattern ignores nothing:
    /// then more is scanned, not less.
    fn add(&mut self, root: &Path, file: &Path) {
        let Some(lines) = read_patterns(file) else {
            return;
        };
        let mut builder = GitignoreBuilder::new(root);
        for line in lines {
            let _ = builder.add_line(None, &line);
        }
        if let Ok(patterns) = builder.build()
            && !patterns.is_empty()
        {
            self.files.push(Arc::new(patterns));
        }
    }
}

/// Reads a file of patterns; a line that is not UTF-8 is left out.
fn read_patterns(file: &Path) -> Option<Vec<String>> {
    let (mut open, _) = open_regular(file).ok()??;
    let mut bytes = Vec::new();
    open.read_to_end(&mut bytes).ok()?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let lines = bytes.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
    Some(lines.map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned()).collect())
}
