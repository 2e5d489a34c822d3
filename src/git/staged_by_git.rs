//! What is staged as git's plumbing tells it, for an index that we do not read ourselves.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::git::trees::{After, Change, Mode, Version};
use crate::git::{Format, Repository};
use crate::oid::ObjectId;
use crate::path::RepoPath;

/// The verb of the errors in this file.
const DOING: &str = "read the index";

impl Repository {
    /// Asks git to compare the index with trees.
    pub(super) fn staged_by_git(&self, parents: &[ObjectId]) -> Result<Vec<Change>> {
        let Some((first, others)) = parents.split_first() else {
            return self.staged_against(empty_tree(self.format)).map(BTreeMap::into_values).map(Iterator::collect);
        };
        let mut found = self.staged_against(*first)?;
        for other in others {
            let mut differs = self.staged_against(*other)?;
            found.retain(|path, change| match differs.remove(path) {
                Some(more) => {
                    change.old.extend(more.old);
                    true
                }
                None => change.after == After::Gone,
            });
        }
        Ok(found.into_values().collect())
    }

    /// Asks git to compare the index with one tree.
    fn staged_against(&self, tree: ObjectId) -> Result<BTreeMap<RepoPath, Change>> {
        let words = ["diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff"];
        let more = ["--ignore-submodules=none", "--ita-invisible-in-index", &tree.to_string()];
        let bytes = self.plumbing.run(DOING, "", &[words.as_slice(), &more].concat())?;
        let mut found = raw_changes(&bytes).ok_or_else(|| Error::Git {
            doing: DOING,
            what: String::new(),
            because: "git's answer is not understood".into(),
        })?;
        let unmerged = found.values().any(|change| matches!(change.after, After::Unmerged(_)));
        if unmerged {
            self.fill_unmerged(&mut found)?;
        }
        Ok(found)
    }

    /// Asks git for both sides of each conflict.
    fn fill_unmerged(&self, found: &mut BTreeMap<RepoPath, Change>) -> Result<()> {
        let bytes = self.plumbing.run(DOING, "", &["ls-files", "--unmerged", "--full-name", "-z", "--", ":/"])?;
        for line in bytes.split(|byte| *byte == 0) {
            if let Some((path, version, 2 | 3)) = unmerged_line(line)
                && let Some(Change { after: After::Unmerged(sides), .. }) = found.get_mut(&path)
            {
                sides.push(version);
            }
        }
        Ok(())
    }

    /// Asks git for every path of the index.
    pub(super) fn tracked_by_git(&self) -> Result<Vec<RepoPath>> {
        let bytes = self.plumbing.run(DOING, "", &["ls-files", "--full-name", "-z", "--", ":/"])?;
        let mut paths: Vec<_> =
            bytes.split(|byte| *byte == 0).filter(|path| !path.is_empty()).map(RepoPath::new).collect();
        paths.sort();
        paths.dedup();
        Ok(paths)
    }
}

/// Reads git's raw comparison: `:MODE MODE ID ID LETTER NUL PATH NUL` for each path.
fn raw_changes(bytes: &[u8]) -> Option<BTreeMap<RepoPath, Change>> {
    let mut found = BTreeMap::new();
    let mut parts = bytes.split(|byte| *byte == 0);
    while let Some(line) = parts.next().filter(|line| !line.is_empty()) {
        let path = RepoPath::new(parts.next()?);
        let mut words = line.strip_prefix(b":")?.split(|byte| *byte == b' ');
        let (old_mode, new_mode) = (words.next()?, words.next()?);
        let (old, new) = (version(old_mode, words.next()?)?, version(new_mode, words.next()?)?);
        let after = match (words.next()?, new) {
            (b"U", _) => After::Unmerged(Vec::new()),
            (_, Some(new)) => After::Is(new),
            (_, None) => After::Gone,
        };
        // A file that only became executable, or stopped being so, holds nothing new.
        if matches!(after, After::Is(new) if old == Some(new)) {
            continue;
        }
        found.insert(path.clone(), Change { path, old: old.into_iter().collect(), after });
    }
    Some(found)
}

/// Reads a mode and an object name; `Some(None)` for the zeros of an absent side.
#[expect(clippy::option_option, reason = "the outer one is for a malformed line, the inner for an absent side")]
fn version(mode: &[u8], id: &[u8]) -> Option<Option<Version>> {
    let bits = u32::from_str_radix(std::str::from_utf8(mode).ok()?, 8).ok()?;
    let id = ObjectId::from_hex(id)?;
    Some((bits != 0).then(|| Version { mode: Mode::from_bits(bits), id }))
}

/// Reads `MODE SP ID SP STAGE TAB PATH`.
fn unmerged_line(line: &[u8]) -> Option<(RepoPath, Version, u8)> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let mut words = line[..tab].split(|byte| *byte == b' ');
    let version = version(words.next()?, words.next()?)??;
    let stage = words.next()?.first()?.checked_sub(b'0')?;
    Some((RepoPath::new(&line[tab + 1..]), version, stage))
}

/// Returns the name of the tree without rows, which git knows without storing it.
fn empty_tree(format: Format) -> ObjectId {
    let hex = match format {
        Format::Sha1 => "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        Format::Sha256 => "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
    };
    ObjectId::from_hex(hex.as_bytes()).expect("the constant is hex of the right length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_git_that_is_cut_short_is_not_taken_for_no_changes() {
        let id = "a".repeat(40);

        let whole = raw_changes(format!(":000000 100644 {} {id} A\0x\0", "0".repeat(40)).as_bytes()).unwrap();

        assert_eq!(whole.len(), 1);
        assert!(raw_changes(format!(":000000 100644 {id}").as_bytes()).is_none());
    }
}
