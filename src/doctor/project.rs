//! The files of a work tree that the checklist is about: code, configuration, files of environment variables.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::path::RepoPath;
use crate::report::{EnvFile, env_file};
use crate::source::{self, FileOptions, Ignored, Reader};
use crate::text::{Body, Listing, Loaded, Problem, Skip, TextKind};

use super::code::Language;

/// The largest file of code or configuration that is read, in bytes; larger ones are made by programs.
const MOST_BYTES: u64 = 1 << 20;

/// Folders of other people's code, or of what a build left for itself: nothing in them is the project's.
const LIBRARIES: &[&str] = &[
    "node_modules", "bower_components", "vendor", "Pods", ".venv", "venv", "site-packages", "__pycache__", ".tox",
    ".nox", ".mypy_cache", ".pytest_cache", ".gradle", ".terraform", ".cache", "target", ".yarn", ".pnpm-store",
];

/// Folders that are served to browsers, or made to be.
const BUNDLES: &[&str] = &["dist", "build", "out", "public", "www", "static", "_site", "storybook-static"];

/// A file of the project.
#[derive(Debug)]
pub(super) struct ProjectFile {
    /// Below the top of the work tree.
    pub(super) path: RepoPath,
    /// Where it lies.
    real: PathBuf,
}

/// A file of the project, read.
pub(super) struct SourceText<'a> {
    /// The file.
    pub(super) path: &'a RepoPath,
    /// The language, if it is code.
    pub(super) language: Option<Language>,
    /// Its text, which may hold keys and is wiped in the end; bytes that are not UTF-8 are replaced.
    pub(super) text: Zeroizing<String>,
}

/// The files of a work tree, listed.
#[derive(Debug, Default)]
pub(super) struct Project {
    /// Files of code, of configuration, and of environment variables, in order.
    pub(super) files: Vec<ProjectFile>,
    /// Samples of files of environment variables.
    pub(super) samples: Vec<RepoPath>,
    /// Whether there is a page or code for browsers.
    pub(super) has_client: bool,
    /// What could not be listed of the folders that git leaves out.
    pub(super) problems: Vec<Problem>,
}

/// What a work tree holds.
pub(super) struct Listed {
    /// The files that git does not leave out, as a scan takes them.
    pub(super) tree: Listing,
    /// The files in ignored folders that browsers get, as a scan takes them.
    pub(super) bundles: Listing,
    /// The files that the checklist reads.
    pub(super) project: Project,
}

/// Lists a work tree; paths begin at its top.
pub(super) fn list(top: &Path) -> Result<Listed> {
    let mut tree = below(top, top, Ignored::Skip)?;
    let mut project = Project::default();
    let mut bundles = Listing::default();
    project.take(&tree, false);
    let ignored: Vec<RepoPath> = tree
        .skipped
        .iter()
        .filter(|skipped| skipped.why == Skip::Ignored)
        .map(|skipped| skipped.path.clone())
        .collect();
    for path in ignored {
        let real = top.join(path.to_os_path());
        let is_folder = real.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
        if !is_folder {
            project.add(&path, &real, true);
            continue;
        }
        if is_named(&path, LIBRARIES) {
            continue;
        }
        match below(top, &real, Ignored::Scan) {
            Ok(mut inside) => {
                project.take(&inside, true);
                project.problems.append(&mut inside.problems);
                inside.entries.retain(|entry| is_bundle(&entry.path));
                bundles.entries.append(&mut inside.entries);
            }
            Err(error) => project.problems.push(Problem { what: path.to_string(), error }),
        }
    }
    project.files.sort_by(|one, other| one.path.cmp(&other.path));
    tree.entries.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(Listed { tree, bundles, project })
}

/// Lists a folder with paths that begin at the top of the work tree.
fn below(top: &Path, folder: &Path, ignored: Ignored) -> Result<Listing> {
    let mut listing = source::files(&[folder.to_owned()], &FileOptions { ignored })?;
    let short = |path: &mut RepoPath| {
        let whole = path.to_os_path();
        if let Ok(inner) = whole.strip_prefix(top) {
            *path = RepoPath::from(inner);
        }
    };
    listing.entries.iter_mut().for_each(|entry| short(&mut entry.path));
    listing.skipped.iter_mut().for_each(|skipped| short(&mut skipped.path));
    Ok(listing)
}

impl Project {
    /// Takes what is of interest from a listing.
    fn take(&mut self, listing: &Listing, is_ignored: bool) {
        for entry in &listing.entries {
            if let (TextKind::Content, Body::File(real)) = (entry.kind, &entry.body) {
                self.add(&entry.path, real, is_ignored);
            }
        }
    }

    /// Takes a file if it is of interest; of what git leaves out, only files of environment variables are.
    fn add(&mut self, path: &RepoPath, real: &Path, is_ignored: bool) {
        let is_env = matches!(env_file(path), EnvFile::Real);
        let is_wanted = is_env || is_log(path) || (!is_ignored && (is_code(path) || is_config(path)));
        if matches!(env_file(path), EnvFile::Sample) {
            self.samples.push(path.clone());
        }
        let is_library = path.as_bytes().split(|byte| *byte == b'/').any(|part| is_one_of(part, LIBRARIES));
        self.has_client |= !is_ignored && !is_library && is_client(path);
        if is_wanted && !is_library {
            self.files.push(ProjectFile { path: path.clone(), real: real.to_owned() });
        }
    }

    /// Reads each file and hands it over; one that is too large is passed over.
    pub(super) fn each(&self, mut look: impl FnMut(SourceText<'_>)) -> Vec<Problem> {
        let mut problems = Vec::new();
        for file in &self.files {
            match read(&file.real) {
                Ok(Some(text)) => look(SourceText { path: &file.path, language: Language::of(&file.path), text }),
                Ok(None) => {}
                Err(error) => problems.push(Problem { what: file.path.to_string(), error }),
            }
        }
        problems
    }
}

/// Reads a file as text; `None` for one that is too large or no regular file.
fn read(path: &Path) -> Result<Option<Zeroizing<String>>> {
    Ok(match Reader::new(None, Some(MOST_BYTES))?.read(&Body::File(path.to_owned()))? {
        Loaded::Whole(bytes) => Some(Zeroizing::new(String::from_utf8(bytes).unwrap_or_else(|error| {
            let bytes = Zeroizing::new(error.into_bytes());
            String::from_utf8_lossy(&bytes).into_owned()
        }))),
        Loaded::Stream { .. } | Loaded::Skipped(_) => None,
    })
}

/// Tells whether a file is code in a language that is understood.
pub(super) fn is_code(path: &RepoPath) -> bool {
    Language::of(path).is_some()
}

/// How the names of files of configuration end.
const CONFIG: &[&str] = &[
    ".yml", ".yaml", ".toml", ".json", ".tf", ".tfvars", ".hcl", ".properties", ".ini", ".conf", ".cfg", ".sh",
    ".service", ".xml", ".plist",
];

/// Files that hold what programs wrote, or say nothing of where the program runs.
const NOT_CONFIG: &[&str] = &["package-lock.json", "composer.lock", "tsconfig.json", "pnpm-lock.yaml"];

/// Tells whether a file may say with which keys the program runs.
pub(super) fn is_config(path: &RepoPath) -> bool {
    let name = file_name(path);
    let is_docker = name.starts_with(b"Dockerfile")
        || name.ends_with(b".Dockerfile")
        || name == b"Jenkinsfile"
        || name == b"Procfile";
    let ends = CONFIG.iter().any(|end| name.ends_with(end.as_bytes()));
    matches!(env_file(path), EnvFile::Real) || ((is_docker || ends) && !is_one_of(name, NOT_CONFIG) && !is_test(path))
}

/// Tells whether a file is what an application wrote of what it did.
pub(super) fn is_log(path: &RepoPath) -> bool {
    let name = file_name(path);
    name.ends_with(b".log") || name.ends_with(b".jsonl")
}

/// Tells whether a file is a page for browsers, or code that is likely to run in one.
fn is_client(path: &RepoPath) -> bool {
    let name = file_name(path);
    [".jsx", ".tsx", ".vue", ".svelte", ".astro", ".html", ".htm"].iter().any(|end| name.ends_with(end.as_bytes()))
}

/// Words that say of a folder or file that it is there for tests.
const TESTS: &[&str] =
    &["test", "tests", "__tests__", "spec", "specs", "fixtures", "testdata", "mocks", "__mocks__", "e2e"];

/// Tells whether a path is that of a test.
pub(super) fn is_test(path: &RepoPath) -> bool {
    let mut parts: Vec<&[u8]> = path.as_bytes().split(|byte| *byte == b'/').collect();
    let name = parts.pop().unwrap_or_default();
    let is_word = |part: &[u8]| is_one_of(part, TESTS);
    parts.iter().any(|part| is_word(part))
        || name.split(|byte| matches!(byte, b'.' | b'_' | b'-')).rev().skip(1).any(is_word)
}

/// Tells whether a file lies in a folder that browsers get.
pub(super) fn is_bundle(path: &RepoPath) -> bool {
    let parts: Vec<&[u8]> = path.as_bytes().split(|byte| *byte == b'/').collect();
    let folders = parts.get(..parts.len().saturating_sub(1)).unwrap_or_default();
    let is_next =
        folders.windows(2).any(|pair| pair == [&b".next"[..], b"static"] || pair == [&b".output"[..], b"public"]);
    let is_next_server = folders.windows(2).any(|pair| pair == [&b".next"[..], b"server"]);
    is_next || (!is_next_server && folders.iter().any(|folder| is_one_of(folder, BUNDLES)))
}

fn is_named(path: &RepoPath, names: &[&str]) -> bool {
    is_one_of(file_name(path), names)
}

fn is_one_of(name: &[u8], names: &[&str]) -> bool {
    names.iter().any(|one| one.as_bytes() == name)
}

/// Returns the last part of a path.
pub(super) fn file_name(path: &RepoPath) -> &[u8] {
    path.as_bytes().rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}

/// Returns the folder of a path, `None` at the top.
pub(super) fn folder_of(path: &RepoPath) -> Option<RepoPath> {
    let at = memchr::memrchr(b'/', path.as_bytes())?;
    Some(RepoPath::new(&path.as_bytes()[..at]))
}

/// Makes an error of a work tree that is not there.
pub(super) fn no_work_tree() -> Error {
    Error::Usage(
        "this repository is bare: the checklist is about the files of a work tree; `ideoguard scan --history` looks for \
         keys in a bare repository"
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_get_is_told_by_its_folder() {
        for path in ["dist/app.js", "web/build/static/js/main.js", ".next/static/chunks/1.js", "public/config.json"] {
            assert!(is_bundle(&path.into()), "{path}");
        }
        for path in ["src/app.js", ".next/server/build/app.js", "dist", "distance/app.js"] {
            assert!(!is_bundle(&path.into()), "{path}");
        }
    }

    #[test]
    fn tests_are_told_by_a_word_of_their_path() {
        for path in
            ["tests/webhook.py", "src/webhook.test.ts", "webhook_test.go", "test_webhook.py", "spec/hook_spec.rb"]
        {
            assert!(is_test(&path.into()), "{path}");
        }
        for path in ["src/webhook.ts", "latest/route.ts", "contest.py"] {
            assert!(!is_test(&path.into()), "{path}");
        }
    }
}
