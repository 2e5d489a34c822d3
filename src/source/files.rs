//! Files and folders, as they lie on disk.

use std::collections::HashSet;
use std::fs::{self, DirEntry, FileType};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::GitEnv;
use crate::path::RepoPath;
use crate::source::ignored::Rules;
use crate::text::{Body, Entry, Listing, Problem, Scope, Skip, Skipped, TextKind};

/// How files are listed.
#[derive(Debug, Clone, Copy)]
pub struct FileOptions {
    /// What happens to files that `.gitignore` leaves out.
    pub ignored: Ignored,
}

/// What happens to files that `.gitignore` leaves out and git does not track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// They are skipped, and counted.
    Skip,
    /// They are scanned.
    Scan,
    /// They are skipped, and so is whatever else git does not track: a submodule, counted, and the rest, not.
    SkipUntracked,
}

/// Lists the files at and below paths, sorted, each once.
///
/// A path that is given is listed even if it is ignored; one that does not exist is an
/// error. A link is listed as the text of its target and never followed.
pub fn files(paths: &[PathBuf], options: &FileOptions) -> Result<Listing> {
    files_in(paths, options, &GitEnv::from_process().without_repository())
}

/// Does what [`files`] does, in an environment that is passed in: it says where the user's ignored files are listed.
pub fn files_in(paths: &[PathBuf], options: &FileOptions, env: &GitEnv) -> Result<Listing> {
    let mut walk = Walk { options: *options, env, listing: Listing::default() };
    for path in paths {
        walk.given(path)?;
    }
    let mut listing = walk.listing;
    let mut seen = HashSet::new();
    listing.entries.retain(|entry| seen.insert(entry.path.clone()));
    listing.entries.sort_by(|one, other| one.path.cmp(&other.path));
    listing.skipped.retain(|skipped| !seen.contains(&skipped.path));
    listing.skipped.sort();
    listing.skipped.dedup();
    Ok(listing)
}

/// Which files of a folder are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// All that are not ignored.
    NotIgnored,
    /// Those that git tracks: the folder is ignored, or nothing else is asked for.
    Tracked,
}

/// A folder on the way.
struct Folder<'walk> {
    /// Where it is, absolute and without links, as ignore rules see it.
    real: &'walk Path,
    /// What it is called, as the user wrote it.
    shown: &'walk Path,
    /// The ignore rules in it.
    rules: &'walk Rules,
    /// What is listed of it.
    wanted: Wanted,
}

/// What was listed so far.
struct Walk<'run> {
    options: FileOptions,
    env: &'run GitEnv,
    listing: Listing,
}

impl Walk<'_> {
    /// Lists a path that the user gave.
    fn given(&mut self, path: &Path) -> Result<()> {
        let shown: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
        let metadata = match path.symlink_metadata() {
            Ok(metadata) => metadata,
            Err(source) if source.kind() == ErrorKind::PermissionDenied => {
                self.problem(&shown, Error::io("read", path)(source));
                return Ok(());
            }
            Err(source) => return Err(Error::io("read", path)(source)),
        };
        if metadata.is_symlink() {
            let shown = RepoPath::from(shown.as_path());
            self.listing
                .notices
                .push(format!("`{shown}` is a link: the text of its target is judged, and it is not followed"));
        }
        if !metadata.is_dir() {
            self.file(path, &shown, metadata.file_type());
            return Ok(());
        }
        let real = match path.canonicalize() {
            Ok(real) => real,
            Err(source) => {
                self.problem(&shown, Error::io("list", path)(source));
                return Ok(());
            }
        };
        let rules = self.rules_of(&real);
        self.folder(&Folder { real: &real, shown: &shown, rules: &rules, wanted: self.wanted() });
        Ok(())
    }

    /// Returns what is listed of a folder that is not ignored.
    fn wanted(&self) -> Wanted {
        match self.options.ignored {
            Ignored::Skip | Ignored::Scan => Wanted::NotIgnored,
            Ignored::SkipUntracked => Wanted::Tracked,
        }
    }

    /// Returns the ignore rules of a folder; if they cannot be read, nothing is ignored.
    fn rules_of(&mut self, real: &Path) -> Rules {
        if self.options.ignored == Ignored::Scan {
            return Rules::default();
        }
        Rules::of(real, self.env).unwrap_or_else(|error| {
            self.listing.notices.push(format!("nothing below `{}` counts as ignored: {error}", RepoPath::from(real)));
            Rules::default()
        })
    }

    /// Lists a folder.
    fn folder(&mut self, folder: &Folder<'_>) {
        let entries = match fs::read_dir(folder.real) {
            Ok(entries) => entries,
            Err(source) => return self.problem(folder.shown, Error::io("list", folder.shown)(source)),
        };
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
                Ok((kind, entry)) => self.entry(folder, &entry, kind),
                Err(source) => self.problem(folder.shown, Error::io("list", folder.shown)(source)),
            }
        }
    }

    /// Lists one entry of a folder.
    fn entry(&mut self, folder: &Folder<'_>, entry: &DirEntry, kind: FileType) {
        let real = entry.path();
        let shown = folder.shown.join(entry.file_name());
        if entry.file_name() == ".git" {
            return self.skip(&shown, Skip::GitFolder);
        }
        let rules = folder.rules;
        let ignored = folder.wanted == Wanted::Tracked || rules.ignores(&real, kind.is_dir());
        if ignored && !rules.tracks(&real) {
            if folder.wanted == Wanted::NotIgnored {
                self.skip(&shown, Skip::Ignored);
            }
            if kind.is_dir() && rules.tracks_below(&real) {
                self.below(&real, &shown, rules, Wanted::Tracked);
            }
        } else if kind.is_dir() && self.options.ignored == Ignored::SkipUntracked {
            self.skip(&shown, Skip::Submodule);
        } else if kind.is_dir() {
            self.below(&real, &shown, rules, Wanted::NotIgnored);
        } else {
            self.file(&real, &shown, kind);
        }
    }

    /// Lists a folder in a folder; a repository in a repository has ignore rules of its own.
    fn below(&mut self, real: &Path, shown: &Path, rules: &Rules, wanted: Wanted) {
        let is_repository = real.join(".git").symlink_metadata().is_ok();
        let rules = if is_repository { self.rules_of(real) } else { rules.below(real) };
        self.folder(&Folder { real, shown, rules: &rules, wanted });
    }

    /// Lists what is no folder.
    fn file(&mut self, real: &Path, shown: &Path, kind: FileType) {
        if kind.is_file() {
            self.push(shown, TextKind::Content, Body::File(real.to_owned()));
        } else if kind.is_symlink() {
            match fs::read_link(real) {
                Ok(target) => {
                    let target = RepoPath::from(target.as_path()).as_bytes().to_vec();
                    self.push(shown, TextKind::SymlinkTarget, Body::Inline(target));
                }
                Err(source) => self.problem(shown, Error::io("read", shown)(source)),
            }
        } else {
            self.skip(shown, Skip::SpecialFile);
        }
    }

    /// Adds an entry.
    fn push(&mut self, shown: &Path, kind: TextKind, body: Body) {
        let entry = Entry { path: RepoPath::from(shown), kind, body, scope: Scope::All, commit: None };
        self.listing.entries.push(entry);
    }

    /// Adds something that is left out.
    fn skip(&mut self, shown: &Path, why: Skip) {
        self.listing.skipped.push(Skipped { path: RepoPath::from(shown), why });
    }

    /// Adds something that could not be listed.
    fn problem(&mut self, shown: &Path, error: Error) {
        let shown = if shown.as_os_str().is_empty() { Path::new(".") } else { shown };
        self.listing.problems.push(Problem { what: RepoPath::from(shown).to_string(), error });
    }
}
