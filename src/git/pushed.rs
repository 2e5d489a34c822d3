//! What a push brings: where its objects lie apart from the rest, and what was there before it.
//!
//! *There before* means: some reference led to it when the hook began. Objects that are stored
//! and to which nothing leads (of a deleted branch, of a pool that repositories share) are as new
//! to whoever fetches as those that were sent.

use std::collections::{BTreeSet, BinaryHeap, HashSet};
use std::fs::File;
use std::path::PathBuf;

use memmap2::Mmap;

use crate::error::{Error, Result};
use crate::git::history::Headers;
use crate::git::objects::{Kind, Objects};
use crate::git::open::same_folder;
use crate::git::{Repository, Road, from_oid, objects, to_oid};
use crate::oid::ObjectId;
use crate::path::RepoPath;

/// The verb of the errors in this file.
const DOING: &str = "find what the push brings";
/// So many commits are looked at before all references are: about ten milliseconds' worth.
const NEAR: usize = 512;

/// What a walk leaves out, with all that it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// What any reference of this repository leads to.
    Here,
    /// What this remote had when it was last asked, and these objects, as far as they are here.
    There {
        /// The name of the remote, or its URL if it has no name.
        remote: String,
        /// What it said it has.
        ids: Vec<ObjectId>,
    },
    /// These objects, as far as they are here.
    These(Vec<ObjectId>),
}

impl Repository {
    /// Returns the folder in which git keeps the objects of a push until the hook accepts it.
    #[must_use]
    pub fn quarantine(&self) -> Option<PathBuf> {
        let named = self.folder().join(self.env.path("GIT_QUARANTINE_PATH")?);
        same_folder(&named, self.object_dirs.first()?).then_some(named)
    }

    /// Opens what was stored before the push; `None` if libgit2 cannot.
    #[must_use]
    pub fn stored_before(&self) -> Option<Stored> {
        let quarantine = self.quarantine();
        let is_before = |folder: &&PathBuf| !quarantine.as_ref().is_some_and(|apart| same_folder(apart, folder));
        let folders: Vec<PathBuf> = self.object_dirs.iter().filter(is_before).cloned().collect();
        objects::database_of(self.format, &folders).map(Stored)
    }

    /// Returns what references lead to now, by their full names; one that is not there leads nowhere.
    pub fn values_of(&self, names: &[RepoPath]) -> Result<Vec<Option<ObjectId>>> {
        let names: Vec<RepoPath> = names.iter().map(|name| self.in_namespace(name)).collect();
        if let Some(handle) = self.references() {
            let value = |name: &RepoPath| {
                let reference = handle.find_reference(std::str::from_utf8(name.as_bytes()).ok()?).ok()?;
                from_oid(reference.resolve().ok()?.target()?)
            };
            return Ok(names.iter().map(value).collect());
        }
        let mut input = Vec::new();
        for name in &names {
            input.extend_from_slice(name.as_bytes());
            input.push(b'\n');
        }
        let answer = self.plumbing.run_with(DOING, &["cat-file", "--batch-check=%(objectname)"], &input)?;
        let values: Vec<_> = answer.split(|byte| *byte == b'\n').map(ObjectId::from_hex).take(names.len()).collect();
        if values.len() == names.len() { Ok(values) } else { Err(odd("git's answer is too short")) }
    }

    /// Returns the full name under which this repository keeps a reference of the namespace that is pushed to.
    fn in_namespace(&self, name: &RepoPath) -> RepoPath {
        let Some(namespace) = self.env.get("GIT_NAMESPACE") else { return name.clone() };
        let mut full = Vec::new();
        for part in RepoPath::from(std::path::Path::new(namespace)).as_bytes().split(|byte| *byte == b'/') {
            full.extend_from_slice(b"refs/namespaces/");
            full.extend_from_slice(part);
            full.push(b'/');
        }
        full.extend_from_slice(name.as_bytes());
        RepoPath::new(full)
    }

    /// Tells whether all of some commits lie in the history of others, not far back.
    ///
    /// A no may mean that they lie further back than is looked.
    #[must_use]
    pub fn leads_nearby(&self, objects: &Objects, tips: &[ObjectId], wanted: &HashSet<ObjectId>) -> bool {
        let read = |id: ObjectId| {
            let bytes = objects.whole(Kind::Commit, id).ok()?;
            let headers = Headers::parse(&bytes)?;
            Some((headers.seconds(), headers.parents))
        };
        let mut missing: HashSet<ObjectId> = wanted.clone();
        let mut seen: HashSet<ObjectId> = HashSet::new();
        let mut queue = BinaryHeap::new();
        for tip in tips {
            missing.remove(tip);
            if seen.insert(*tip)
                && let Some((seconds, parents)) = read(*tip)
            {
                queue.push((seconds, *tip, parents));
            }
        }
        let mut looked = 0;
        while let Some((_, _, parents)) = queue.pop().filter(|_| !missing.is_empty()) {
            for parent in parents {
                if !seen.insert(parent) {
                    continue;
                }
                missing.remove(&parent);
                looked += 1;
                if missing.is_empty() || looked > NEAR {
                    break;
                }
                if let Some((seconds, parents)) = read(parent) {
                    queue.push((seconds, parent, parents));
                }
            }
            if looked > NEAR {
                break;
            }
        }
        missing.is_empty()
    }

    /// Returns which of some objects a packed reference names, without reading the others.
    ///
    /// What is packed under a name counts only while no file of that name says something else.
    #[must_use]
    pub fn packed_tips(&self, wanted: &HashSet<ObjectId>) -> HashSet<ObjectId> {
        let packed = match (self.road, File::open(self.common_dir.join("packed-refs"))) {
            (Road::Libgit2, Ok(file)) => map(&file),
            _ => None,
        };
        let Some(packed) = packed else { return HashSet::new() };
        wanted.iter().copied().filter(|id| self.is_packed_tip(&packed, *id)).collect()
    }

    /// Tells whether a line of `packed-refs` that counts names an object.
    fn is_packed_tip(&self, packed: &[u8], id: ObjectId) -> bool {
        let hex = format!("\n{id} ");
        memchr::memmem::find_iter(packed, hex.as_bytes()).any(|at| {
            let name = &packed[at + hex.len()..];
            let name = &name[..memchr::memchr(b'\n', name).unwrap_or(name.len())];
            let file = self.common_dir.join(RepoPath::new(name).to_os_path());
            name.starts_with(b"refs/") && file.symlink_metadata().is_err()
        })
    }

    /// Returns every object to which `tips` lead and nothing known does, as git finds them by a walk.
    pub fn new_objects(&self, tips: &[ObjectId], known: &Known) -> Result<HashSet<ObjectId>> {
        let bytes = self.rev_list(&["--objects", "--no-object-names"], tips, known)?;
        Ok(ids(&bytes)?.into_iter().collect())
    }

    /// Returns the commits to which `tips` lead and nothing known does, each after the ones that it follows.
    pub fn new_commits(&self, tips: &[ObjectId], known: &Known) -> Result<Vec<ObjectId>> {
        ids(&self.rev_list(&["--topo-order", "--reverse"], tips, known)?)
    }

    /// Walks from tips up to what is known.
    fn rev_list(&self, how: &[&str], tips: &[ObjectId], known: &Known) -> Result<Vec<u8>> {
        let (words, ids) = self.words_for(known)?;
        let mut all: Vec<&str> = ["rev-list"].into_iter().chain(how.iter().copied()).chain(["--stdin"]).collect();
        if !words.is_empty() {
            all.push("--not");
            all.extend(words.iter().map(String::as_str));
        }
        let tips = tips.iter().map(ToString::to_string);
        let input: Vec<String> = tips.chain(ids.iter().map(|id| format!("^{id}"))).collect();
        self.plumbing.run_with(DOING, &all, (input.join("\n") + "\n").as_bytes())
    }

    /// Returns how git is told what is known: words that stand for references, and objects.
    fn words_for(&self, known: &Known) -> Result<(Vec<String>, Vec<ObjectId>)> {
        let here = |ids: &[ObjectId]| -> Result<Vec<ObjectId>> {
            let objects = self.objects()?;
            Ok(ids.iter().filter(|id| objects.kind(**id).is_ok()).copied().collect())
        };
        match known {
            Known::Here => Ok((vec!["--all".to_owned()], Vec::new())),
            // What stands for a URL is no pattern of references, and names none.
            Known::There { remote, ids }
                if remote.contains([':', '*', '?', '[', '\\']) || remote.starts_with(['/', '.']) =>
            {
                Ok((Vec::new(), here(ids)?))
            }
            Known::There { remote, ids } => Ok((vec![format!("--remotes={remote}")], here(ids)?)),
            Known::These(ids) => Ok((Vec::new(), here(ids)?)),
        }
    }

    /// Returns which of some objects what is known leads to; walks until all are found, or to the end.
    pub fn reachable(&self, wanted: &BTreeSet<ObjectId>, known: &Known) -> Result<HashSet<ObjectId>> {
        let mut found = HashSet::new();
        if wanted.is_empty() {
            return Ok(found);
        }
        let (words, ids) = self.words_for(known)?;
        let how = ["rev-list", "--objects", "--no-object-names", "--in-commit-order"].map(str::to_owned);
        let ids = ids.iter().map(ToString::to_string);
        let words: Vec<String> = how.into_iter().chain(words).chain(ids).collect();
        // Without anything to begin at, git would explain itself.
        if words.len() == 4 {
            return Ok(found);
        }
        self.plumbing.each_line(DOING, &words, |line| {
            found.extend(ObjectId::from_hex(line).filter(|id| wanted.contains(id)));
            found.len() < wanted.len()
        })?;
        Ok(found)
    }
}

/// What was stored before a push.
pub struct Stored(git2::Odb<'static>);

impl Stored {
    /// Tells whether an object was stored.
    #[must_use]
    pub fn holds(&self, id: ObjectId) -> bool {
        to_oid(id).is_ok_and(|id| self.0.exists(id))
    }
}

/// Maps a file into memory; `None` for one that is empty or cannot be mapped.
#[expect(unsafe_code, reason = "mapping a file is unsafe, since another process could change it")]
fn map(file: &File) -> Option<Mmap> {
    // SAFETY: git replaces `packed-refs` by renaming and never writes into it.
    unsafe { Mmap::map(file) }.ok()
}

/// Reads object names, one a line.
fn ids(bytes: &[u8]) -> Result<Vec<ObjectId>> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| ObjectId::from_hex(line).ok_or_else(|| odd("git's answer is not understood"))).collect()
}

/// Says that git's answer makes no sense.
fn odd(because: &str) -> Error {
    Error::Git { doing: DOING, what: String::new(), because: because.to_owned() }
}
