//! Are files of environment variables left out by git, and was none ever tracked?

use std::collections::{BTreeMap, BTreeSet};

use crate::decide::{ENV_FILES_ITEM, Policy};
use crate::error::Result;
use crate::git::{IgnoredBy, Repository};
use crate::path::{Escaped, RepoPath};
use crate::report::{EnvFile, env_file, shell_word};
use crate::scan::history::History;

use super::check::{Check, Evidence, Topic, Verdict};
use super::project::{Project, file_name, folder_of};

/// The names that must be left out in every folder where such files are used, whether they are there yet or not.
const NAMES: &[&str] = &[
    ".env",
    ".env.local",
    ".env.development",
    ".env.development.local",
    ".env.staging",
    ".env.staging.local",
    ".env.production",
    ".env.production.local",
    ".env.test.local",
];

/// The lines that leave out all of them, and keep the samples.
pub(super) const PATTERNS: &[&str] = &[".env", ".env.*", "!.env.example", "!.env.sample", "!.env.template"];

/// What was found.
#[derive(Debug, Default)]
pub(super) struct EnvFiles {
    /// Names that git would take in, each at its folder.
    open: Vec<RepoPath>,
    /// Names that only this machine leaves out, with the file of patterns.
    only_here: Vec<(RepoPath, String)>,
    /// Where a pattern leaves one out.
    patterns: BTreeSet<(RepoPath, u64)>,
    /// Files that git tracks now.
    tracked: Vec<RepoPath>,
    /// Files that git tracked once, with a commit that has it, if one is known.
    past: Vec<(RepoPath, Option<String>)>,
    /// Files that git tracks or tracked, and may, with the reason.
    allowed: Vec<(RepoPath, String)>,
}

/// Looks at a repository.
pub(super) fn look(repository: &Repository, history: History<'_>, project: &Project) -> Result<EnvFiles> {
    let names = names(project);
    let mut found = EnvFiles::default();
    for (name, by) in names.iter().zip(repository.ignored_by(&names)?) {
        match by {
            None => found.open.push(name.clone()),
            Some(IgnoredBy { source, line }) if file_name(&source) == b".gitignore" && !is_absolute(&source) => {
                found.patterns.insert((source, line));
            }
            Some(IgnoredBy { source, .. }) => found.only_here.push((name.clone(), source.to_string())),
        }
    }
    found.tracked = repository.tracked()?.into_iter().filter(is_kin).collect();
    let past = history.named(".env", &|name| is_kin(&RepoPath::new(name)))?.into_iter();
    found.past = past
        .filter(|(path, _)| !found.tracked.contains(path))
        .map(|(path, commit)| (path, commit.map(|commit| commit.to_string())))
        .collect();
    found.set_apart(history.policy);
    Ok(found)
}

/// Answers.
pub(super) fn check(found: &EnvFiles) -> Check {
    let mut evidence: Vec<Evidence> = by_folder(&found.open)
        .into_iter()
        .map(|(folder, names)| match folder {
            Some(folder) => Evidence::of(&folder, format!("git would take in {names}")),
            None => Evidence::says(format!("git would take in {names}")),
        })
        .collect();
    evidence.extend(found.only_here.iter().map(|(path, source)| {
        Evidence::of(path, format!("only `{source}` on this machine leaves it out; other clones would take it in"))
    }));
    evidence.extend(found.tracked.iter().map(|path| Evidence::of(path, "is tracked")));
    evidence.extend(found.past.iter().map(|(path, commit)| {
        let commit = commit.as_ref().map(|commit| format!("; commit {} has it", &commit[..commit.len().min(12)]));
        Evidence::of(path, format!("was tracked{}", commit.unwrap_or_default()))
    }));
    if evidence.is_empty() {
        let at = found.patterns.iter().map(|(path, line)| Evidence::at(path, *line, "leaves them out"));
        let because = match found.allowed.len() {
            0 => "git leaves them out, and no commit ever brought one",
            _ => "git leaves them out but for those that are allowed",
        };
        return Check::new(Topic::EnvFiles, Verdict::Pass, because).resting_on(at).resting_on(found.told_allowed());
    }
    let mut steps = Vec::new();
    if !found.open.is_empty() || !found.only_here.is_empty() {
        steps.push(format!(
            "add these lines to `.gitignore` (`ideoguard doctor --fix` does): `{}`",
            PATTERNS.join("`, `")
        ));
    }
    steps.extend(found.tracked.iter().map(|path| match shell_word(path) {
        Some(word) => format!("`git rm --cached {word}` takes it out of git and leaves the file; then commit"),
        None => "take it out of git with `git rm --cached`; the file stays".to_owned(),
    }));
    if !found.tracked.is_empty() || !found.past.is_empty() {
        steps.push(format!(
            "one that holds no key and is tracked on purpose is allowed by an entry of `.ideoguard.toml` with `paths`, \
             `rules = [\"{ENV_FILES_ITEM}\"]` and a `reason`; what stands in it is judged all the same"
        ));
        steps.push(
            "what was committed stays in the history: revoke every key that stood there, then `ideoguard scan --history` \
             names them and `ideoguard where FINGERPRINT` says how to take one out"
                .to_owned(),
        );
    }
    let parts = [
        (found.open.len() + found.only_here.len(), "not left out"),
        (found.tracked.len(), "tracked"),
        (found.past.len(), "tracked once"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    Check::new(Topic::EnvFiles, Verdict::Fail, parts.join(", "))
        .resting_on(evidence)
        .resting_on(found.told_allowed())
        .mended_by(steps)
}

/// Gathers names by their folder; `None` is the top.
fn by_folder(paths: &[RepoPath]) -> BTreeMap<Option<RepoPath>, String> {
    let mut folders: BTreeMap<Option<RepoPath>, String> = BTreeMap::new();
    for path in paths {
        let names = folders.entry(folder_of(path)).or_default();
        if !names.is_empty() {
            names.push_str(", ");
        }
        names.push_str(&RepoPath::new(file_name(path)).to_string());
    }
    folders
}

impl EnvFiles {
    /// Sets apart what the allow file lets git track.
    fn set_apart(&mut self, policy: &Policy) {
        let allowed = &mut self.allowed;
        let mut is_left = |path: &RepoPath| match policy.allows_env_file(path) {
            Some(reason) => {
                allowed.push((path.clone(), reason.to_owned()));
                false
            }
            None => true,
        };
        self.tracked.retain(&mut is_left);
        self.past.retain(|(path, _)| is_left(path));
        // What git may take in need not be left out.
        self.open.retain(|path| policy.allows_env_file(path).is_none());
        self.only_here.retain(|(path, _)| policy.allows_env_file(path).is_none());
    }

    /// Tells what is allowed.
    fn told_allowed(&self) -> impl Iterator<Item = Evidence> {
        self.allowed.iter().map(|(path, reason)| {
            Evidence::of(path, format!("is or was tracked, allowed: {}", Escaped(reason.as_bytes())))
        })
    }

    /// Tells whether lines in `.gitignore` would help.
    pub(super) fn needs_patterns(&self) -> bool {
        !self.open.is_empty() || !self.only_here.is_empty()
    }
}

/// Returns the names that must be left out: at the top, and wherever such a file or a sample of one is; and all that are there.
fn names(project: &Project) -> Vec<RepoPath> {
    let mut folders = BTreeSet::from([None]);
    let mut names = BTreeSet::new();
    for file in &project.files {
        if is_kin(&file.path) {
            folders.insert(folder_of(&file.path));
            names.insert(file.path.clone());
        }
    }
    folders.extend(project.samples.iter().map(folder_of));
    for folder in folders {
        for name in NAMES {
            names.insert(match &folder {
                Some(folder) => RepoPath::new([folder.as_bytes(), b"/", name.as_bytes()].concat()),
                None => RepoPath::from(*name),
            });
        }
    }
    names.into_iter().collect()
}

/// Tells whether a file is `.env` or one of its kin, and no sample.
pub(super) fn is_kin(path: &RepoPath) -> bool {
    let name = file_name(path);
    (name == b".env" || name.starts_with(b".env.")) && matches!(env_file(path), EnvFile::Real)
}

/// Tells whether git names a file of patterns by a path outside of the work tree.
fn is_absolute(path: &RepoPath) -> bool {
    path.to_os_path().is_absolute()
}
