//! Finding a repository: by libgit2, and by git where libgit2 refuses.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Once;

use git2::{ErrorCode, RepositoryOpenFlags};

use crate::error::{Error, Result};
use crate::git::env::GitEnv;
use crate::git::plain::{self, Plain};
use crate::git::plumbing::Plumbing;
use crate::git::{Format, Repository, Road, alternates};
use crate::path::{Escaped, RepoPath};

/// The verb of every error in this file.
const DOING: &str = "open the repository";

/// The extensions that do not change what libgit2 reads for us, or whose part we ask of git.
const EXTENSIONS: &[&str] = &["partialclone", "compatobjectformat", "refstorage"];

/// Finds the repository that git would use in `dir` with the environment `env`.
pub(super) fn open(dir: &Path, env: GitEnv) -> Result<Repository> {
    dir.metadata().map_err(Error::io("find", dir))?;
    if let Some(Plain { folder, sections }) = plain::bare(dir, &env) {
        let places = Places { own: folder.clone(), common: folder, work: None };
        return Ok(Repository { sections: Some(sections), ..assemble(dir, env, places, Format::Sha1) });
    }
    prepare();
    let named = env.path("GIT_DIR").map(|path| dir.join(path));
    let opened = match &named {
        Some(git_dir) => at(git_dir),
        None => search(dir, &env),
    };
    let refused = match opened {
        Ok(handle) => match through_libgit2(dir, &env, &handle) {
            Ok(repository) => return Ok(repository),
            Err(why) => why,
        },
        Err(error) if error.code() == ErrorCode::NotFound && named.is_none() && !has_mark(dir, &env) => {
            return Err(Error::NoRepository { path: dir.to_owned() });
        }
        Err(error) => Escaped(error.message().as_bytes()).to_string(),
    };
    through_git(dir, env, &refused)
}

/// Opens the repository whose own folder is `git_dir`.
pub(super) fn at(git_dir: &Path) -> std::result::Result<git2::Repository, git2::Error> {
    prepare();
    let flags = RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::NO_DOTGIT;
    git2::Repository::open_ext(git_dir, flags, &[] as &[OsString])
}

/// Opens the repository at `dir` or above it, as far up as git would look.
fn search(dir: &Path, env: &GitEnv) -> std::result::Result<git2::Repository, git2::Error> {
    let across =
        matches!(env.get("GIT_DISCOVERY_ACROSS_FILESYSTEM").and_then(|value| value.to_str()), Some("1" | "true"));
    let flags = if across { RepositoryOpenFlags::CROSS_FS } else { RepositoryOpenFlags::empty() };
    git2::Repository::open_ext(dir, flags, ceilings(env))
}

/// Returns the folders into which git does not go up.
fn ceilings(env: &GitEnv) -> Vec<PathBuf> {
    env.get("GIT_CEILING_DIRECTORIES").map(std::env::split_paths).into_iter().flatten().collect()
}

/// Sets libgit2's options, once for the process; to be called before it opens anything.
pub(super) fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Git does not hash again what it reads for a commit or a diff. The bytes that
        // we judge are those that git would hand out; damage shows in zlib's checksum.
        git2::opts::strict_hash_verification(false);
        accept_extensions();
    });
}

/// Tells libgit2 not to refuse repositories for extensions that do not concern it.
#[expect(
    unsafe_code,
    reason = "git2 marks this setter unsafe since it is global; `Once` runs it before any repository is opened"
)]
fn accept_extensions() {
    // Without them libgit2 refuses more repositories, and git's plumbing steps in.
    let _ = unsafe { git2::opts::set_extensions(EXTENSIONS) };
}

/// Tells whether something at `dir` or above it, as far up as git would look, claims to be a repository.
fn has_mark(dir: &Path, env: &GitEnv) -> bool {
    let start = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let ceilings = ceilings(env);
    let mut folders =
        start.ancestors().take_while(|folder| *folder == start || !ceilings.iter().any(|it| it == folder));
    folders.any(|folder| folder.join(".git").symlink_metadata().is_ok())
}

/// Describes a repository that libgit2 opened; the error says why libgit2 does not do here.
fn through_libgit2(dir: &Path, env: &GitEnv, handle: &git2::Repository) -> std::result::Result<Repository, String> {
    let common_dir = tidy(handle.commondir());
    let other_common = env.path("GIT_COMMON_DIR").is_some_and(|named| !same_folder(&dir.join(named), &common_dir));
    if other_common {
        return Err("libgit2 does not understand GIT_COMMON_DIR".to_owned());
    }
    let config = handle.config().map_err(|error| Escaped(error.message().as_bytes()).to_string())?;
    let named = env.reference_backend().map(|backend| backend.to_string_lossy().into_owned());
    let storage =
        named.or_else(|| config.get_string("extensions.refstorage").ok()).filter(|storage| storage != "files");
    let format = match handle.object_format() {
        git2::ObjectFormat::Sha1 => Format::Sha1,
        git2::ObjectFormat::Sha256 => Format::Sha256,
    };
    let places = Places { own: tidy(handle.path()), common: common_dir, work: work_dir(dir, env, handle, &config) };
    let mut repository = assemble(dir, env.clone(), places, format);
    if let Some(storage) = storage {
        repository.road = Road::ReferencesByGit;
        let storage = Escaped(storage.as_bytes());
        repository
            .notices
            .push(format!("references are kept as `{storage}`, which libgit2 cannot read: git reads them"));
    }
    Ok(repository)
}

/// Finds the folder of the files as git does: with `GIT_DIR` alone, it is the current folder.
fn work_dir(dir: &Path, env: &GitEnv, handle: &git2::Repository, config: &git2::Config) -> Option<PathBuf> {
    if let Some(named) = env.path("GIT_WORK_TREE") {
        return Some(absolute(dir, &named));
    }
    if handle.is_bare() {
        return None;
    }
    if env.get("GIT_DIR").is_some() && config.get_entry("core.worktree").is_err() {
        return Some(absolute(dir, Path::new("")));
    }
    handle.workdir().map(tidy)
}

/// Describes a repository that libgit2 refused, as git sees it.
fn through_git(dir: &Path, env: GitEnv, refused: &str) -> Result<Repository> {
    let plumbing = Plumbing::new(dir, env.clone());
    let what = RepoPath::from(dir).to_string();
    let ask = |word: &str| plumbing.run(DOING, &what, &["rev-parse", word]).map(|line| path_of(&line));
    let git_dir = match ask("--absolute-git-dir") {
        Ok(git_dir) => git_dir,
        Err(Error::Git { because, .. }) => {
            return Err(Error::Git { doing: DOING, what, because: both(&because, refused) });
        }
        Err(error) => return Err(error),
    };
    let common_dir = absolute(dir, &ask("--git-common-dir")?);
    let format = match ask("--show-object-format")?.to_str() {
        Some("sha1") => Format::Sha1,
        Some("sha256") => Format::Sha256,
        _ => return Err(Error::Git { doing: DOING, what, because: "its object format is not known".to_owned() }),
    };
    // It fails in a bare repository, which has no such folder.
    let work_dir = ask("--show-toplevel").ok().filter(|folder| !folder.as_os_str().is_empty());
    let mut repository = assemble(dir, env, Places { own: git_dir, common: common_dir, work: work_dir }, format);
    repository.road = Road::Git;
    repository.notices.push(format!("libgit2 refuses this repository ({refused}): git reads it"));
    Ok(repository)
}

/// Joins what git and libgit2 said, each once.
fn both(git: &str, libgit2: &str) -> String {
    if git.contains(libgit2) { git.to_owned() } else { format!("{git}; libgit2 says: {libgit2}") }
}

/// The three folders of a repository.
struct Places {
    /// [`Repository::git_dir`].
    own: PathBuf,
    /// [`Repository::common_dir`].
    common: PathBuf,
    /// [`Repository::work_dir`].
    work: Option<PathBuf>,
}

/// Puts together what follows from the folders and the environment.
fn assemble(dir: &Path, env: GitEnv, places: Places, format: Format) -> Repository {
    let Places { own: git_dir, common: common_dir, work: work_dir } = places;
    let index_file = env.path("GIT_INDEX_FILE").map_or_else(|| git_dir.join("index"), |named| absolute(dir, &named));
    let main =
        env.path("GIT_OBJECT_DIRECTORY").map_or_else(|| common_dir.join("objects"), |named| absolute(dir, &named));
    let mut object_dirs = vec![main];
    if let Some(list) = env.get("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
        let list = RepoPath::from(Path::new(list));
        let folders = alternates::folders(list.as_bytes(), alternates::IN_VARIABLE);
        object_dirs.extend(folders.iter().map(|named| absolute(dir, named)));
    }
    let plumbing = Plumbing::new(dir, env.clone()).with_git_dir(git_dir.as_os_str());
    let (road, notices) = (Road::Libgit2, Vec::new());
    let sections = None;
    Repository {
        git_dir,
        common_dir,
        work_dir,
        index_file,
        object_dirs,
        format,
        sections,
        road,
        env,
        plumbing,
        notices,
    }
}

/// Returns the path that a value means when `dir` is the current folder.
fn absolute(dir: &Path, named: &Path) -> PathBuf {
    let joined = dir.join(named);
    tidy(&std::path::absolute(&joined).unwrap_or(joined))
}

/// Returns the path without a slash at its end.
fn tidy(path: &Path) -> PathBuf {
    path.components().collect()
}

/// Tells whether two paths lead to the same folder.
pub(super) fn same_folder(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Reads one line of git's output as a path.
fn path_of(line: &[u8]) -> PathBuf {
    RepoPath::new(line.strip_suffix(b"\n").unwrap_or(line)).to_os_path()
}
