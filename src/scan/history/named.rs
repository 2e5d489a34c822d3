//! Which files of some names a history has, and where they come from.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Result;
use crate::git::{Kind, NamedFiles};
use crate::history::{Attribution, Reach};
use crate::oid::ObjectId;
use crate::path::RepoPath;
use crate::scan::history::gather::gather;
use crate::scan::history::run::History;
use crate::scan::history::visit::Method;

/// How many trees are read, beside those of first commits, for all files together, and for one at least.
const MOST_TREES: (usize, usize) = (10_000, 10);

/// The paths at which a history has files of some names, each with a commit that has it, if one is known.
pub type NamedPaths = Vec<(RepoPath, Option<ObjectId>)>;

impl History<'_> {
    /// Returns the paths at which commits that references or reflogs lead to have files whose names are meant.
    ///
    /// Names are looked for in trees by their deltas, then the files by the way findings are attributed; so trees are
    /// not read commit by commit, which takes git minutes where there are very many.
    pub fn named(self, start: &str, is_meant: &(dyn Fn(&[u8]) -> bool + Sync)) -> Result<NamedPaths> {
        match self.repository.named_files(start, is_meant)? {
            Some(files) if files.is_empty() => Ok(Vec::new()),
            Some(files) => self.paths_of(&files, is_meant),
            // Where the walk cannot read a tree, git may.
            None => {
                let globs = [format!("**/{start}"), format!("**/{start}*")];
                let brought = self.repository.first_brought(&globs.each_ref().map(String::as_str))?;
                let is_named = |path: &RepoPath| is_meant(last_part(path));
                Ok(brought.into_iter().filter(|(path, _)| is_named(path)).map(|(path, id)| (path, Some(id))).collect())
            }
        }
    }

    /// Returns the paths of files.
    fn paths_of(self, files: &NamedFiles, is_meant: &dyn Fn(&[u8]) -> bool) -> Result<NamedPaths> {
        let graph = gather(self.engine, self.repository, self.limits, Method::GraphOnly, self.watch)?.graph;
        let (references, _) = self.repository.all_references()?;
        let wanted: Vec<ObjectId> = files.keys().copied().collect();
        let attribution = Attribution::of(&graph, &references, &wanted);
        let objects = self.repository.objects()?;
        let mut folders = attribution.folders(|tree| objects.whole(Kind::Tree, tree));
        let mut found: BTreeMap<RepoPath, BTreeSet<ObjectId>> = BTreeMap::new();
        let most_trees = (MOST_TREES.0 / files.len().max(1)).max(MOST_TREES.1);
        for (id, names) in files {
            let origin = attribution.origin(*id).filter(|origin| origin.reach <= Reach::Reflog);
            let Some(first) = origin.and_then(|origin| origin.first) else { continue };
            let meant = |paths: Vec<RepoPath>| paths.into_iter().filter(|path| is_meant(last_part(path)));
            let at_first: Vec<RepoPath> = meant(folders.paths(first, *id)?.found).collect();
            let all = folders.all_paths(*id, most_trees)?;
            let later: Vec<RepoPath> = meant(all.found).collect();
            // Some tree names it so, and too many hold it to find out which.
            let by_name = at_first.is_empty() && later.is_empty() && !all.complete;
            let by_name = names.iter().filter(|_| by_name).map(|name| RepoPath::new(name.clone()));
            let somewhere = later.into_iter().chain(by_name).map(|path| (path, None));
            for (path, commit) in somewhere.chain(at_first.into_iter().map(|path| (path, Some(first)))) {
                found.entry(path).or_default().extend(commit);
            }
        }
        Ok(found.into_iter().map(|(path, commits)| (path, attribution.earliest(&commits))).collect())
    }
}

/// Returns the last part of a path.
fn last_part(path: &RepoPath) -> &[u8] {
    path.as_bytes().rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}
