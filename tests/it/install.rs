//! Hooks are put in place and taken away, beside whatever is there; real git runs them.
#![cfg(unix)]

mod by_hand;
mod global;
mod managers;
mod repository;
mod script;
mod server;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use ideoguard::git::GitEnv;
use ideoguard::install::{GlobalPlaces, HookName, Reach, Request, Run};

use crate::common::{Ran, hermetic, path_without_ideoguard};

/// A stand-in for ideoguard: a script that notes how it was called and ends as it is told.
struct StandIn {
    folder: tempfile::TempDir,
    program: PathBuf,
}

impl StandIn {
    /// A stand-in that lets everything pass.
    fn new() -> Self {
        Self::named("ideoguard")
    }

    /// A stand-in below its folder, under any name.
    fn named(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let program = folder.path().join(name);
        let stand_in = Self { folder, program };
        stand_in.ends_with(0);
        stand_in
    }

    /// Tells it how to end.
    fn ends_with(&self, code: u8) -> &Self {
        fs::create_dir_all(self.program.parent().expect("a parent")).expect("a folder");
        let folder = self.folder.path().to_str().expect("a plain temporary folder");
        let notes =
            format!("printf '%s\\n' \"$*\" >>'{folder}/calls'\n[ \"$2\" != pre-push ] || cat >>'{folder}/input'");
        script(&self.program, &format!("#!/bin/sh\n{notes}\nexit {code}\n"));
        self
    }

    /// How it was called, one line a call; calls for other hooks than `pre-commit` left out.
    fn calls(&self) -> String {
        self.all_calls().split_inclusive('\n').filter(|line| line.contains("pre-commit")).collect()
    }

    /// How it was called, one line a call.
    fn all_calls(&self) -> String {
        fs::read_to_string(self.folder.path().join("calls")).unwrap_or_default()
    }

    /// What it read on standard input before pushes.
    fn input(&self) -> String {
        fs::read_to_string(self.folder.path().join("input")).unwrap_or_default()
    }

    /// A request for the hooks of the repository at `folder`.
    fn request(&self, folder: &Path) -> Request {
        Request {
            folder: folder.to_owned(),
            hooks: HookName::ALL.to_vec(),
            reach: Reach::Repository,
            run: Run::Real,
            program: self.program.clone(),
            global: GlobalPlaces {
                hooks: self.folder.path().join("config/ideoguard/hooks"),
                config: self.folder.path().join("config/gitconfig"),
            },
            env: self.env(),
        }
    }

    /// What git sees of the same user: nothing of whoever runs the tests.
    fn env(&self) -> GitEnv {
        GitEnv::default()
            .with("HOME", self.folder.path())
            .with("GIT_CONFIG_NOSYSTEM", "1")
            .with("GIT_CONFIG_GLOBAL", self.folder.path().join("config/gitconfig"))
    }

    /// A request for the hooks of all repositories of a user whose git config lies beside this program.
    fn global_request(&self) -> Request {
        Request { reach: Reach::Global, ..self.request(Path::new("/")) }
    }

    /// Runs git in a folder as the user of [`global_request`](Self::global_request).
    fn git(&self, folder: &Path, words: &[&str]) -> Ran {
        let config = self.folder.path().join("config/gitconfig");
        hermetic("git", folder).env("GIT_CONFIG_GLOBAL", config).args(words).output().expect("git runs").into()
    }
}

/// Writes a script and makes it executable.
#[track_caller]
fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    fs::write(path, text).expect("a script");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("an executable script");
}

/// Commits in a folder, through the hooks.
fn commit_in(folder: &Path) -> Ran {
    let mut git = hermetic("git", folder);
    git.env("PATH", path_without_ideoguard()).args(["commit", "--allow-empty", "--message", "x"]);
    through_hooks(&mut git)
}

/// Commits in a folder, through the hooks, with a folder put first on `PATH`.
fn commit_with_path(folder: &Path, first: &Path) -> Ran {
    let path = format!("{}:{}", first.display(), std::env::var("PATH").unwrap_or_default());
    let mut git = hermetic("git", folder);
    git.env("PATH", path).args(["commit", "--allow-empty", "--message", "x"]);
    through_hooks(&mut git)
}

/// Pushes all branches of a folder to a server, through the hooks, with a folder put first on `PATH`.
fn push_with_path(folder: &Path, first: &Path, server: &Path) -> Ran {
    let path = format!("{}:{}", first.display(), std::env::var("PATH").unwrap_or_default());
    let mut git = hermetic("git", folder);
    git.env("PATH", path).args(["push", "--all"]).arg(server);
    through_hooks(&mut git)
}

/// Runs git, which runs hooks that this process wrote a moment ago.
///
/// Whatever another test starts meanwhile holds our open files until it becomes the program that it is to be; and a
/// system runs no file that somebody may write to. That passes, so git is asked again.
#[track_caller]
fn through_hooks(git: &mut Command) -> Ran {
    for _ in 0..1000 {
        let ran = Ran::from(git.output().expect("git runs"));
        if !ran.stderr.contains("Text file busy") {
            return ran;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("somebody keeps a hook open for writing");
}

/// Every file of a folder: its name, mode and bytes, sorted.
fn listing(folder: &Path) -> Vec<(String, u32, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .map(|path| {
            let mode = fs::metadata(&path).expect("metadata").permissions().mode();
            (path.file_name().expect("a name").to_string_lossy().into_owned(), mode, fs::read(&path).expect("bytes"))
        })
        .collect();
    files.sort();
    files
}
