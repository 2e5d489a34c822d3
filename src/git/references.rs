//! All names by which a repository keeps objects: references, heads, logs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::{Repository, Road};
use crate::oid::ObjectId;
use crate::path::{Escaped, RepoPath};
use crate::reference::{RefKind, Reference};
use crate::text::Problem;

/// The verb of the errors in this file.
const DOING: &str = "read the reference";
/// How deep folders of references are followed, and references that name references.
const MAX_DEPTH: usize = 64;
/// The files beside HEAD whose names do not end in `HEAD` and that hold object names.
const FURTHER_FILES: &[&str] = &[
    "AUTO_MERGE",
    "MERGE_AUTOSTASH",
    "rebase-apply/autostash",
    "rebase-apply/orig-head",
    "rebase-merge/autostash",
    "rebase-merge/onto",
    "rebase-merge/orig-head",
];

impl Repository {
    /// Lists all references, the heads and pseudo references of all worktrees, and all
    /// entries of their logs; sorted, each once, and what of them could not be read.
    ///
    /// A reference that names another one which is not there, such as the HEAD of a
    /// new branch, keeps nothing and is left out. One that cannot be understood is a
    /// problem.
    pub fn all_references(&self) -> Result<(Vec<Reference>, Vec<Problem>)> {
        fs::read_dir(&self.common_dir).map_err(Error::io("list", &self.common_dir))?;
        let mut found = Found::default();
        for place in self.worktree_places(&mut found) {
            if self.road == Road::Libgit2 {
                found.read_files(&place);
            } else {
                self.ask_git(&place, &mut found);
            }
            found.read_pseudo(&place);
        }
        Ok(found.finish())
    }

    /// Lists where references lie: what all worktrees share, then the part of each linked one.
    fn worktree_places(&self, found: &mut Found) -> Vec<Place> {
        let mut places = vec![Place { folder: self.common_dir.clone(), prefix: String::new() }];
        for (name, path) in found.list(&self.common_dir.join("worktrees")) {
            places.push(Place { folder: path, prefix: format!("worktrees/{name}/") });
        }
        places
    }

    /// Asks git for the references and logs of one place.
    fn ask_git(&self, place: &Place, found: &mut Found) {
        let plumbing = self.plumbing.clone().with_git_dir(place.folder.as_os_str());
        let format = "--format=%(objectname) %(refname)";
        match plumbing.ask(DOING, &["for-each-ref", "--include-root-refs", format]) {
            Ok(answer) if answer.code == Some(0) => {
                found.take_rows(&answer.bytes, place);
                if answer.because.contains("broken") {
                    found.problem("references", answer.because);
                }
            }
            Ok(answer) => found.problem("references", answer.because),
            Err(error) => found.problems.push(Problem { what: "references".to_owned(), error }),
        }
        let Some(logs) = found.answer("logs of references", plumbing.run(DOING, "", &["reflog", "list"])) else {
            return;
        };
        for name in logs.split(|byte| *byte == b'\n').filter(|name| !name.is_empty()) {
            let full = place.full(name);
            let name = String::from_utf8_lossy(name);
            let words = ["rev-list", "--walk-reflogs", "--end-of-options", &name];
            let Some(ids) = found.answer(&format!("log of {name}"), plumbing.run(DOING, &name, &words)) else {
                continue;
            };
            let ids: Vec<_> = ids.split(|byte| *byte == b'\n').filter_map(ObjectId::from_hex).collect();
            for (number, id) in ids.into_iter().enumerate() {
                found.add_log(&full, &number.to_string(), id);
            }
        }
    }
}

/// A folder that holds references.
struct Place {
    folder: PathBuf,
    /// What comes before the names of those that only this worktree has.
    prefix: String,
}

impl Place {
    /// Returns the name by which every worktree knows a reference of this one.
    fn full(&self, name: &[u8]) -> Vec<u8> {
        let own = [b"refs/bisect/".as_slice(), b"refs/worktree/", b"refs/rewritten/"];
        let is_shared = name.starts_with(b"refs/") && !own.iter().any(|own| name.starts_with(own));
        if is_shared { name.to_vec() } else { [self.prefix.as_bytes(), name].concat() }
    }
}

/// What was found so far.
#[derive(Default)]
struct Found {
    /// What each reference says: an object, or the name of another reference.
    said: BTreeMap<Vec<u8>, Said>,
    list: BTreeSet<Reference>,
    problems: Vec<Problem>,
}

/// What a reference says.
enum Said {
    Object(ObjectId),
    Name(Vec<u8>),
}

impl Found {
    /// Reads the references and logs of one place.
    fn read_files(&mut self, place: &Place) {
        if let Some(text) = self.read(&place.folder.join("packed-refs")) {
            self.packed(&text);
        }
        if let Some(text) = self.read(&place.folder.join("HEAD")) {
            self.take(place.full(b"HEAD"), &text);
        }
        for (name, path) in self.files_below(&place.folder.join("refs")) {
            let name = place.full(&[b"refs/".as_slice(), &name].concat());
            if let Some(text) = self.read(&path) {
                self.take(name, &text);
            }
        }
        for (name, path) in self.files_below(&place.folder.join("logs")) {
            if let Some(text) = self.read(&path) {
                self.log(&place.full(&name), &text);
            }
        }
    }

    /// Reads the files in which git keeps the ids of what it is doing.
    fn read_pseudo(&mut self, place: &Place) {
        let mut names: Vec<String> = FURTHER_FILES.iter().map(|name| (*name).to_owned()).collect();
        let heads = self.list(&place.folder).into_iter().map(|(name, _)| name);
        names.extend(heads.filter(|name| name.ends_with("HEAD") && name != "HEAD"));
        for name in names {
            let path = place.folder.join(&name);
            if !path.is_file() {
                continue;
            }
            let text = self.read(&path).unwrap_or_default();
            // FETCH_HEAD and MERGE_HEAD have many lines, and more words behind the id.
            for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                let word = line.split(u8::is_ascii_whitespace).next().unwrap_or_default();
                match ObjectId::from_hex(word) {
                    Some(id) => self.add(RefKind::Pseudo, &place.full(name.as_bytes()), id),
                    None if word == b"ref:" => {}
                    None => self.problem(&name, "a line of it names no object"),
                }
            }
        }
    }

    /// Takes `ID SP NAME`, one a line, from git.
    fn take_rows(&mut self, rows: &[u8], place: &Place) {
        for row in rows.split(|byte| *byte == b'\n').filter(|row| !row.is_empty()) {
            let at = row.iter().position(|byte| *byte == b' ').unwrap_or(row.len());
            match ObjectId::from_hex(&row[..at]) {
                Some(id) => drop(self.said.insert(place.full(row.get(at + 1..).unwrap_or_default()), Said::Object(id))),
                None => self.problem("references", "git's answer is not understood"),
            }
        }
    }

    /// Takes the lines of `packed-refs`: `ID SP NAME`, and `^ID` for what a tag comes to.
    fn packed(&mut self, text: &[u8]) {
        for line in text.split(|byte| *byte == b'\n').filter(|line| !matches!(line.first(), None | Some(b'#' | b'^'))) {
            let at = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
            match (ObjectId::from_hex(&line[..at]), line.get(at + 1..)) {
                (Some(id), Some(name)) => drop(self.said.insert(name.to_vec(), Said::Object(id))),
                _ => self.problem("packed-refs", "a line of it is no reference"),
            }
        }
    }

    /// Takes what a file says, which counts before what is packed under the same name.
    fn take(&mut self, name: Vec<u8>, text: &[u8]) {
        let text = text.trim_ascii();
        if let Some(target) = text.strip_prefix(b"ref:") {
            self.said.insert(name, Said::Name(target.trim_ascii().to_vec()));
            return;
        }
        let word = text.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        if let Some(id) = ObjectId::from_hex(word) {
            self.said.insert(name, Said::Object(id));
            return;
        }
        self.said.remove(&name);
        self.problem(&Escaped(&name).to_string(), "it names no object");
    }

    /// Takes a log, `OLD SP NEW SP …` on each line, the oldest first.
    fn log(&mut self, name: &[u8], text: &[u8]) {
        let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
        let mut later = None;
        for (number, line) in lines.iter().rev().enumerate() {
            let mut words = line.split(u8::is_ascii_whitespace).map(ObjectId::from_hex);
            let (Some(Some(old)), Some(Some(new))) = (words.next(), words.next()) else {
                self.problem(&format!("log of {}", Escaped(name)), "a line of it is no entry");
                continue;
            };
            self.add_log(name, &number.to_string(), new);
            // Mostly the entry before says the same, and what it says has a number that git understands.
            if later.is_some_and(|later| later != new) {
                self.add_log(name, &format!("{number} and after"), later.unwrap_or(new));
            }
            later = Some(old);
        }
        if let Some(first) = later {
            self.add_log(name, &format!("{} and before", lines.len().saturating_sub(1)), first);
        }
    }

    /// Adds an entry of a log; the log of the stash is where the stashes are.
    fn add_log(&mut self, name: &[u8], number: &str, id: ObjectId) {
        let (kind, name) =
            if name == b"refs/stash" { (RefKind::Stash, &b"stash"[..]) } else { (RefKind::Reflog, name) };
        self.add(kind, &[name, b"@{", number.as_bytes(), b"}"].concat(), id);
    }

    /// Adds a name, unless it stands for nothing.
    fn add(&mut self, kind: RefKind, name: &[u8], target: ObjectId) {
        if target.as_bytes().iter().any(|byte| *byte != 0) {
            self.list.insert(Reference { kind, name: RepoPath::new(name), target });
        }
    }

    /// Follows the references that name others, and returns everything.
    fn finish(mut self) -> (Vec<Reference>, Vec<Problem>) {
        let said = std::mem::take(&mut self.said);
        for name in said.keys() {
            let (mut at, mut target) = (name.as_slice(), None);
            for _ in 0..MAX_DEPTH {
                match said.get(at) {
                    Some(Said::Object(id)) => target = Some(*id),
                    Some(Said::Name(next)) => {
                        at = next;
                        continue;
                    }
                    None => {}
                }
                break;
            }
            let Some(target) = target else { continue };
            match kind(name) {
                RefKind::Stash => self.add(RefKind::Stash, b"stash@{0}", target),
                kind => self.add(kind, name, target),
            }
        }
        (self.list.into_iter().collect(), self.problems)
    }

    /// Lists the files below a folder, by their names from there, sorted.
    fn files_below(&mut self, folder: &Path) -> Vec<(Vec<u8>, PathBuf)> {
        let mut files = Vec::new();
        let mut next = vec![(Vec::new(), folder.to_owned(), 0)];
        while let Some((prefix, folder, depth)) = next.pop() {
            for (name, path) in self.entries(&folder) {
                // Git passes over both: the one is no name, the other a lock.
                if name.starts_with(b".") || name.ends_with(b".lock") {
                    continue;
                }
                let full = [prefix.as_slice(), &name].concat();
                if !path.is_dir() {
                    files.push((full, path));
                } else if depth < MAX_DEPTH {
                    next.push(([full.as_slice(), b"/"].concat(), path, depth + 1));
                } else {
                    self.problem(&Escaped(&full).to_string(), "the folder lies too deep");
                }
            }
        }
        files.sort_unstable();
        files
    }

    /// Lists a folder by names that are text, sorted.
    fn list(&mut self, folder: &Path) -> Vec<(String, PathBuf)> {
        let entries = self.entries(folder).into_iter();
        let mut named: Vec<_> =
            entries.filter_map(|(name, path)| Some((String::from_utf8(name).ok()?, path))).collect();
        named.sort_unstable();
        named
    }

    /// Lists a folder; one that is not there is empty.
    fn entries(&mut self, folder: &Path) -> Vec<(Vec<u8>, PathBuf)> {
        let listed = fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
        match listed {
            Ok(entries) => entries
                .into_iter()
                .map(|entry| (RepoPath::from(Path::new(&entry.file_name())).as_bytes().to_vec(), entry.path()))
                .collect(),
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                self.failed(folder, Error::io("list", folder)(error));
                Vec::new()
            }
        }
    }

    /// Reads a file; `None` if it is not there, or if that is a problem now.
    fn read(&mut self, path: &Path) -> Option<Vec<u8>> {
        match fs::read(path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                self.failed(path, Error::io("read", path)(error));
                None
            }
        }
    }

    /// Returns an answer of git, or notes that there is none.
    fn answer(&mut self, what: &str, answer: Result<Vec<u8>>) -> Option<Vec<u8>> {
        match answer {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                self.problems.push(Problem { what: Escaped(what.as_bytes()).to_string(), error });
                None
            }
        }
    }

    fn failed(&mut self, path: &Path, error: Error) {
        self.problems.push(Problem { what: RepoPath::from(path).to_string(), error });
    }

    fn problem(&mut self, what: &str, because: impl Into<String>) {
        let error = Error::Git { doing: DOING, what: what.to_owned(), because: because.into() };
        self.problems.push(Problem { what: what.to_owned(), error });
    }
}

/// Tells what kind of name a reference has.
fn kind(name: &[u8]) -> RefKind {
    let is_below = |folder: &[u8]| name.starts_with(folder);
    let last = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    if name == b"refs/stash" {
        return RefKind::Stash;
    }
    if is_below(b"refs/heads/") {
        return RefKind::Branch;
    }
    if is_below(b"refs/remotes/") {
        return RefKind::RemoteBranch;
    }
    if is_below(b"refs/tags/") {
        return RefKind::Tag;
    }
    if is_below(b"refs/notes/") {
        return RefKind::Notes;
    }
    if is_below(b"refs/") || is_below(b"worktrees/") && name.windows(6).any(|part| part == b"/refs/") {
        return RefKind::Other;
    }
    if last == b"HEAD" { RefKind::Head } else { RefKind::Pseudo }
}
