//! Which hooks run ideoguard, whoever put them in place.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::error::{Error, Result};
use crate::git::{GitEnv, Repository};

use super::husky::Husky;
use super::slot::{self, Found};
use super::{HookName, manager, wrapper};

/// The config file of the pre-commit framework, at the top of the work tree.
const FRAMEWORK_CONFIG: &str = ".pre-commit-config.yaml";

/// Returns each hook, and whether git would run ideoguard in it.
///
/// It does if the hook is ours, or calls ours, or belongs to a hook manager whose configuration calls ours. Whether
/// the program is where the hook looks for it is not asked: a hook without it refuses.
pub fn placed(repository: &Repository) -> Result<Vec<(HookName, bool)>> {
    let hooks = repository.hooks_dir()?;
    let top = repository.work_dir();
    HookName::ALL.into_iter().map(|hook| Ok((hook, is_placed(&hooks, top, hook)?))).collect()
}

/// Tells whether git would run ideoguard in one hook.
fn is_placed(hooks: &Path, top: Option<&Path>, hook: HookName) -> Result<bool> {
    if let Some(husky) = Husky::of(hooks) {
        return calls(&husky.folder.join(hook.name()), hook.name());
    }
    let path = hooks.join(hook.name());
    if !slot::is_runnable(&path) {
        return Ok(false);
    }
    match slot::look(&path)? {
        Found::Nothing => Ok(false),
        Found::Ours(script) => Ok(wrapper::is_gate(&script)),
        Found::Foreign(script) if manager::is_pre_commit_framework(&script) => {
            let legacy = hooks.join(format!("{}.legacy", hook.name()));
            let is_kept = slot::is_runnable(&legacy) && matches!(slot::look(&legacy)?, Found::Ours(_));
            Ok(is_kept || top.map_or(Ok(false), |top| is_in_config(&top.join(FRAMEWORK_CONFIG), hook))?)
        }
        Found::Foreign(script) => {
            let text = String::from_utf8_lossy(&script);
            let configs = top.map(manager::lefthook_configs).unwrap_or_default();
            let is_lefthook = text.contains("call_lefthook");
            let through_lefthook = is_lefthook && manager::missing_in_lefthook(&configs, &[hook])?.is_empty();
            Ok(manager::calls_us(&text, hook.name()) || through_lefthook)
        }
    }
}

/// Tells whether the repository that others push to, at `folder`, runs ideoguard for each push.
pub fn serves_pushes(folder: &Path, env: &GitEnv) -> Result<bool> {
    let hooks = Repository::open(folder, env.clone().without_repository())?.hooks_dir()?;
    for name in ["pre-receive", "update"] {
        let path = hooks.join(name);
        if slot::is_runnable(&path) && calls(&path, name)? {
            return Ok(true);
        }
        // Forges run all that lies in such a folder.
        for path in files(&hooks.join(format!("{name}.d")))? {
            if slot::is_runnable(&path) && calls(&path, name)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Lists a folder that need not be there, in order.
fn files(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let failed = || Error::io("list", folder);
    let entries = match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        entries => entries.map_err(failed())?,
    };
    let mut files = entries.map(|entry| Ok(entry.map_err(failed())?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

/// Tells whether a config of the pre-commit framework, which need not be there, runs ideoguard in a hook.
fn is_in_config(path: &Path, hook: HookName) -> Result<bool> {
    let Found::Foreign(config) = slot::look(path)? else {
        return Ok(false);
    };
    let config = String::from_utf8_lossy(&config);
    Ok(manager::names_our_id(&config, hook)
        || [hook.name(), "framework"].iter().any(|name| manager::calls_us(&config, name)))
}

/// Tells whether a script or a config that need not be there runs ideoguard in the hook of that name.
fn calls(path: &Path, hook: &str) -> Result<bool> {
    Ok(match slot::look(path)? {
        Found::Nothing => false,
        // A copy of ours may name its hook in a variable.
        Found::Ours(script) => wrapper::is_gate(&script),
        Found::Foreign(script) => manager::calls_us(&String::from_utf8_lossy(&script), hook),
    })
}
