//! What is to be installed, and where this user's things are.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ideoguard::error::{Error, Result};
use ideoguard::git::GitEnv;
use ideoguard::install::{GlobalPlaces, HookName, Reach, Request, Run, Server};

use super::args::{HookNameArg, InstallArgs, ServerArg};

/// Makes a request of arguments and of where this user's things are.
pub(super) fn of(args: InstallArgs) -> Result<Request> {
    let here = std::env::current_dir().map_err(Error::io("find", Path::new(".")))?;
    Ok(Request {
        reach: reach(&args),
        folder: args.repo.map_or_else(|| here.clone(), |repo| here.join(repo)),
        hooks: hooks(&args.hook),
        run: if args.dry_run { Run::Dry } else { Run::Real },
        program: std::env::current_exe().map_err(Error::io("find", Path::new("ideoguard")))?,
        global: global_places()?,
        env: GitEnv::from_process(),
    })
}

/// Returns which repositories are meant.
fn reach(args: &InstallArgs) -> Reach {
    match args.server {
        None if args.global => Reach::Global,
        None => Reach::Repository,
        Some(ServerArg::Found) => Reach::Server(None),
        Some(ServerArg::Plain) => Reach::Server(Some(Server::Plain)),
        Some(ServerArg::Gitea) => Reach::Server(Some(Server::Gitea)),
        Some(ServerArg::Gitlab) => Reach::Server(Some(Server::GitLab)),
        Some(ServerArg::Github) => Reach::Server(Some(Server::GitHub)),
    }
}

/// Makes a request for all hooks of the repository that a folder lies in.
pub(super) fn all_hooks(folder: PathBuf, run: Run) -> Result<Request> {
    let args =
        InstallArgs { repo: Some(folder), hook: Vec::new(), global: false, server: None, dry_run: run == Run::Dry };
    of(args)
}

/// Returns the hooks that were named, each once, or all when none was.
fn hooks(named: &[HookNameArg]) -> Vec<HookName> {
    let mut hooks: Vec<HookName> = named
        .iter()
        .map(|name| match name {
            HookNameArg::PreCommit => HookName::PreCommit,
            HookNameArg::PreMergeCommit => HookName::PreMergeCommit,
            HookNameArg::CommitMsg => HookName::CommitMsg,
            HookNameArg::PrePush => HookName::PrePush,
        })
        .collect();
    hooks.sort();
    hooks.dedup();
    if hooks.is_empty() { HookName::ALL.to_vec() } else { hooks }
}

/// Returns where hooks of all repositories go, and which config file git reads for this user.
fn global_places() -> Result<GlobalPlaces> {
    let home = variable("HOME").map(PathBuf::from);
    let config_home = variable("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| Some(home.as_ref()?.join(".config")));
    let config = variable("GIT_CONFIG_GLOBAL")
        .map(PathBuf::from)
        .or_else(|| git_config(home.as_deref(), config_home.as_deref()));
    match (config_home, config) {
        (Some(config_home), Some(config)) => Ok(GlobalPlaces { hooks: config_home.join("ideoguard/hooks"), config }),
        (_, _) => Err(Error::Usage("`HOME` is not set: there is no telling where this user's git config is".into())),
    }
}

/// Returns the config file that `git config --global` writes: the one in the home folder, unless only the other is there.
fn git_config(home: Option<&Path>, config_home: Option<&Path>) -> Option<PathBuf> {
    let plain = home?.join(".gitconfig");
    let other = config_home?.join("git/config");
    Some(if !plain.exists() && other.exists() { other } else { plain })
}

/// Reads an environment variable; an empty one counts as not set.
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
