//! Which commit first brought a path, for all paths of some form, whatever became of them.

use std::collections::BTreeMap;
use std::ffi::OsString;

use crate::error::Result;
use crate::git::{Objects, Repository};
use crate::oid::ObjectId;
use crate::path::RepoPath;

impl Repository {
    /// Returns each path that any commit ever brought and that one of these globs may mean, with the first such commit.
    ///
    /// References and reflogs are followed. Git names the commits that touch such paths; what they bring is read from
    /// their trees. A glob may mean a folder, so more paths may come than were meant.
    pub fn first_brought(&self, globs: &[&str]) -> Result<Vec<(RepoPath, ObjectId)>> {
        let words = ["rev-list", "--all", "--reflog", "--full-history", "--topo-order", "--reverse", "--"];
        let specs = globs.iter().map(|glob| format!(":(top,glob){glob}"));
        let words: Vec<OsString> = words.map(OsString::from).into_iter().chain(specs.map(OsString::from)).collect();
        let answer = self.plumbing.run("look for paths in the history", "", &words)?;
        let objects = self.objects()?;
        let cut_off = self.shallow()?;
        let mut first = BTreeMap::new();
        for id in answer.split(|byte| *byte == b'\n').filter_map(ObjectId::from_hex) {
            for path in brought(&objects, id, cut_off.contains(&id))? {
                first.entry(path).or_insert(id);
            }
        }
        Ok(first.into_iter().collect())
    }
}

/// Returns the paths at which a commit has something and none of its parents has.
fn brought(objects: &Objects, id: ObjectId, is_cut_off: bool) -> Result<Vec<RepoPath>> {
    let commit = objects.commit(id)?;
    let parents = if is_cut_off { &[] } else { &commit.parents[..] };
    let changes = objects.changes_of(&commit, parents)?;
    Ok(changes.into_iter().filter(|change| change.old.is_empty()).map(|change| change.path).collect())
}
