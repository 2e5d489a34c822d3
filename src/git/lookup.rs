//! Finds a commit by its name, and what it has at a path.

use crate::error::Result;
use crate::git::objects::Objects;
use crate::git::trees::{Mode, Version};
use crate::git::{Repository, from_oid, hex_line};
use crate::oid::ObjectId;
use crate::path::RepoPath;

impl Repository {
    /// Returns the commit whose name begins with these hex digits; `None` if there is none, or more than one.
    pub fn commit_named(&self, hex: &str) -> Result<Option<ObjectId>> {
        if hex.is_empty() || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        if let Some(handle) = self.handle() {
            let found = handle.find_object_by_prefix(hex, Some(git2::ObjectType::Commit));
            return Ok(found.ok().and_then(|commit| from_oid(commit.id())));
        }
        let name = format!("{hex}^{{commit}}");
        let words = ["rev-parse", "--quiet", "--verify", "--end-of-options", &name];
        Ok(hex_line(&self.plumbing.ask("find the commit", &words)?))
    }
}

impl Objects {
    /// Returns what a commit has at a path; `None` if it has nothing there.
    pub fn version_at(&self, commit: ObjectId, path: &RepoPath) -> Result<Option<Version>> {
        let mut here = Version { mode: Mode::Folder, id: self.commit(commit)?.tree };
        for name in path.as_bytes().split(|byte| *byte == b'/') {
            if here.mode != Mode::Folder {
                return Ok(None);
            }
            let rows = self.tree(here.id)?;
            let is_it = |key: &[u8]| key.strip_suffix(b"/").unwrap_or(key) == name;
            let Some(row) = rows.iter().find(|row| is_it(&row.key)) else {
                return Ok(None);
            };
            here = row.version;
        }
        Ok(Some(here))
    }
}
