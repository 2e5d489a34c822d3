//! Revisions as a user writes them, and the commits of a range.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;

use crate::error::{Error, Result};
use crate::git::{Repository, failed, from_oid, hex_line, to_oid};
use crate::oid::ObjectId;
use crate::path::{Escaped, RepoPath};

/// The verb of the errors in this file.
const DOING: &str = "list the commits of the range";

/// The ends of a range: what is reachable from `tips` and not from `bases`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Where the range ends.
    pub tips: Vec<ObjectId>,
    /// What is left out, with all that it follows.
    pub bases: Vec<ObjectId>,
}

impl Repository {
    /// Reads `A..B`, `A...B`, or one revision, which stands for all that it follows.
    ///
    /// A side that is left out is HEAD, as for `git rev-list`.
    pub fn parse_range(&self, spec: &str) -> Result<Range> {
        if let Some((base, tip)) = spec.split_once("...")
            && let (Some(base), Some(tip)) = (self.side(base), self.side(tip))
        {
            return Ok(Range { bases: self.merge_bases(base, tip)?, tips: vec![base, tip] });
        }
        if let Some((base, tip)) = spec.split_once("..")
            && let (Some(base), Some(tip)) = (self.side(base), self.side(tip))
        {
            return Ok(Range { tips: vec![tip], bases: vec![base] });
        }
        match self.revision(spec) {
            Some(tip) => Ok(Range { tips: vec![tip], bases: Vec::new() }),
            None => Err(self.unknown(spec)),
        }
    }

    /// Returns the object that a revision names; a tag stays a tag.
    pub fn object_named(&self, name: &str) -> Result<ObjectId> {
        let words = ["rev-parse", "--verify", "--quiet", "--end-of-options", name];
        hex_line(&self.plumbing.ask("find what is pushed", &words)?).ok_or_else(|| {
            Error::Usage(format!(
                "`{}` names nothing here, so there is no telling what is pushed",
                Escaped(name.as_bytes())
            ))
        })
    }

    /// Returns the commits of a range, each after the ones that it follows.
    pub fn commits(&self, range: &Range) -> Result<Vec<ObjectId>> {
        let walked = self.history().and_then(|handle| walk(&handle, range).ok());
        walked.map_or_else(|| self.commits_by_git(range), Ok)
    }

    /// Returns the commits at which a shallow clone ends; they have parents that are not here.
    pub fn shallow(&self) -> Result<HashSet<ObjectId>> {
        let named = self.env.path("GIT_SHALLOW_FILE").map(|named| self.folder().join(named));
        let path = named.unwrap_or_else(|| self.common_dir.join("shallow"));
        match fs::read(&path) {
            Ok(text) => Ok(text.split(|byte| *byte == b'\n').filter_map(ObjectId::from_hex).collect()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(HashSet::new()),
            Err(error) => Err(Error::io("read", path)(error)),
        }
    }

    /// Returns the first commit that references lead to and that brings something at a path; `None` if none does.
    pub fn first_commit_at(&self, path: &RepoPath) -> Result<Option<ObjectId>> {
        let spec = RepoPath::new([b":(top,literal)", path.as_bytes()].concat()).to_os_path();
        let words = ["rev-list", "--all", "--full-history", "--topo-order", "--reverse", "--"].map(OsString::from);
        let words: Vec<OsString> = words.into_iter().chain([spec.into_os_string()]).collect();
        let answer = self.plumbing.run("look for the first commit of a path", "", &words)?;
        Ok(answer.split(|byte| *byte == b'\n').next().and_then(ObjectId::from_hex))
    }

    /// Returns the blobs that are staged, each with its path; none in a bare repository.
    pub fn staged_blobs(&self) -> Result<Vec<(ObjectId, RepoPath)>> {
        if self.work_dir.is_none() {
            return Ok(Vec::new());
        }
        let answer =
            self.plumbing.run("list what is staged", "", &["ls-files", "--stage", "--full-name", "-z", "--", ":/"])?;
        // `MODE ID STAGE`, a tab, the path.
        let entry = |line: &[u8]| {
            let (head, path) = line.split_at_checked(line.iter().position(|byte| *byte == b'\t')?)?;
            let id = ObjectId::from_hex(head.split(|byte| *byte == b' ').nth(1)?)?;
            Some((id, RepoPath::new(&path[1..])))
        };
        Ok(answer.split(|byte| *byte == 0).filter_map(entry).collect())
    }

    /// Returns the objects that references lead to and that are not here, in order.
    ///
    /// This walks the graph, as only git can for a repository that lacks parts.
    pub fn missing_objects(&self) -> Result<Vec<ObjectId>> {
        let words = ["rev-list", "--objects", "--all", "--quiet", "--missing=print"];
        let answer = self.plumbing.run("follow all references", "", &words)?;
        let lines = answer.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"?"));
        let mut missing: Vec<ObjectId> = lines.filter_map(ObjectId::from_hex).collect();
        missing.sort_unstable();
        missing.dedup();
        Ok(missing)
    }

    /// Opens the repository with libgit2 for a walk through its commits.
    ///
    /// Libgit2 believes `info/grafts`, which gives commits other parents than they
    /// have and so hides what is pushed with them; git can be told not to.
    fn history(&self) -> Option<git2::Repository> {
        let grafts = self.common_dir.join("info/grafts");
        if grafts.symlink_metadata().is_ok() { None } else { self.handle() }
    }

    /// Reads one side of a range.
    fn side(&self, name: &str) -> Option<ObjectId> {
        self.revision(if name.is_empty() { "HEAD" } else { name })
    }

    /// Reads one revision down to its commit; `None` if it names none.
    fn revision(&self, name: &str) -> Option<ObjectId> {
        // What begins with a dash is an option for git, never a revision.
        if name.is_empty() || name.starts_with('-') {
            return None;
        }
        let by_libgit2 = self.references().and_then(|handle| {
            let commit = handle.revparse_single(name).ok()?.peel_to_commit().ok()?;
            from_oid(commit.id())
        });
        by_libgit2.or_else(|| {
            let words = ["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")];
            hex_line(&self.plumbing.ask(DOING, &words).ok()?)
        })
    }

    /// Words the error of a range that names no commits.
    fn unknown(&self, spec: &str) -> Error {
        let spec = Escaped(spec.as_bytes());
        let why = match self.head() {
            Ok(None) => "the branch has no commit yet",
            _ => "it names no commit here",
        };
        Error::Usage(format!("`{spec}` is no range: {why}; write `A..B`, `A...B` or one revision"))
    }

    /// Returns the best common ancestors of two commits.
    fn merge_bases(&self, one: ObjectId, other: ObjectId) -> Result<Vec<ObjectId>> {
        if let Some(handle) = self.history()
            && let Ok(bases) = handle.merge_bases(to_oid(one)?, to_oid(other)?)
        {
            return Ok(bases.iter().copied().filter_map(from_oid).collect());
        }
        let answer = self.plumbing.ask(DOING, &["merge-base", "--all", &one.to_string(), &other.to_string()])?;
        match answer.code {
            // 1 means that there is none.
            Some(0 | 1) => ids(&answer.bytes),
            _ => Err(Error::Git { doing: DOING, what: String::new(), because: answer.because }),
        }
    }

    /// Asks git for the commits of a range.
    fn commits_by_git(&self, range: &Range) -> Result<Vec<ObjectId>> {
        let mut words = vec!["rev-list".to_owned(), "--topo-order".to_owned(), "--reverse".to_owned()];
        words.extend(range.tips.iter().map(ToString::to_string));
        words.extend(range.bases.iter().map(|base| format!("^{base}")));
        ids(&self.plumbing.run(DOING, "", &words)?)
    }
}

/// Walks a range with libgit2.
fn walk(handle: &git2::Repository, range: &Range) -> Result<Vec<ObjectId>> {
    let failed = || failed(DOING, "");
    let mut walk = handle.revwalk().map_err(failed())?;
    walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::REVERSE).map_err(failed())?;
    for tip in &range.tips {
        walk.push(to_oid(*tip)?).map_err(failed())?;
    }
    for base in &range.bases {
        walk.hide(to_oid(*base)?).map_err(failed())?;
    }
    let ids = walk.map(|id| id.map_err(failed())).collect::<Result<Vec<_>>>()?;
    Ok(ids.into_iter().filter_map(from_oid).collect())
}

/// Reads object names, one a line.
fn ids(bytes: &[u8]) -> Result<Vec<ObjectId>> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines
        .map(|line| {
            ObjectId::from_hex(line).ok_or_else(|| Error::Git {
                doing: DOING,
                what: String::new(),
                because: "git's answer is not understood".to_owned(),
            })
        })
        .collect()
}
