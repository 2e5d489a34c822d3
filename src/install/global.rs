//! The hooks of all repositories of a user.
//!
//! Git offers two ways. `init.templateDir` copies hooks into repositories that
//! are made or cloned from now on: those that exist stay open, and no copy is
//! ever updated or removed. A gate that is believed to be there and is not is
//! worse than none. `core.hooksPath` serves every repository at once, but git
//! then ignores the hooks that repositories have of their own. So we take
//! `core.hooksPath`, and put a script for *every* hook that git knows into its
//! folder, which runs the repository's own hook of that name.
//! A repository with a `core.hooksPath` of its own (husky) is served by neither
//! way; `ideoguard install` in it is.

use std::path::Path;

use crate::error::{Error, Result};
use crate::git::config_file;

use super::slot::{self, Found};
use super::step::{Step, shown};
use super::{HookName, Reach, Request, wrapper};

/// A script to write, with the name of its hook.
type Script = (&'static str, Vec<u8>);

/// Plans the global folder, and `core.hooksPath` once it is complete.
pub(super) fn plan_install(request: &Request) -> Result<Vec<Step>> {
    refuse_foreign_folder(request)?;
    let folder = &request.global.hooks;
    let mut steps = Vec::new();
    for hook in &request.hooks {
        let path = folder.join(hook.name());
        let script = wrapper::gate(*hook, Reach::Global, Some(&request.program));
        let step = if is_in_place(&path, &script)? { already(&path) } else { Step::WriteScript(path, script) };
        steps.push(step);
    }
    let scripts = missing_scripts(folder, &request.hooks)?;
    if !scripts.is_empty() {
        steps.push(Step::WriteScripts(folder.clone(), scripts));
    }
    steps.push(plan_hooks_path(request)?);
    Ok(steps)
}

/// Plans to turn gates into scripts that only pass on, or to remove all when no gate is left.
pub(super) fn plan_uninstall(request: &Request) -> Result<Vec<Step>> {
    let folder = &request.global.hooks;
    let stays = |hook: &HookName| !request.hooks.contains(hook);
    let mut is_needed = false;
    for hook in HookName::ALL.into_iter().filter(stays) {
        is_needed |= is_gate(&folder.join(hook.name()))?;
    }
    if is_needed { plan_fewer_gates(request) } else { plan_removal(request) }
}

/// Plans to turn the gates of the request into scripts that only pass on.
fn plan_fewer_gates(request: &Request) -> Result<Vec<Step>> {
    let step = |hook: &HookName| {
        let path = request.global.hooks.join(hook.name());
        let is_gate = is_gate(&path)?;
        Ok(if is_gate { Step::WriteScript(path, wrapper::pass_on(hook.name())) } else { not_there(&path) })
    };
    request.hooks.iter().map(step).collect()
}

/// Plans to remove everything: first the setting, so that git never looks into half a folder.
fn plan_removal(request: &Request) -> Result<Vec<Step>> {
    let (folder, config) = (&request.global.hooks, &request.global.config);
    let mut steps = Vec::new();
    if config_file::hooks_path(config)?.is_some_and(|set| slot::real(&set) == slot::real(folder)) {
        steps.push(Step::UnsetHooksPath(config.clone()));
    }
    let ours = ours_in(folder)?;
    if !ours.is_empty() {
        steps.push(Step::RemoveScripts(folder.clone(), ours));
    }
    if steps.is_empty() {
        steps.push(not_there(folder));
    }
    Ok(steps)
}

/// Refuses to switch off hooks that someone set up for all repositories.
fn refuse_foreign_folder(request: &Request) -> Result<()> {
    let set = [config_file::hooks_path(&request.global.config)?, config_file::system_hooks_path()?];
    let ours = slot::real(&request.global.hooks);
    let Some(other) = set.into_iter().flatten().find(|folder| slot::real(folder) != ours) else { return Ok(()) };
    Err(Error::Usage(format!(
        "core.hooksPath is set to `{}` for all repositories (`git config --show-origin core.hooksPath` says where), \
         and ours would switch those hooks off; add a call of `ideoguard hook NAME \"$@\"` to them, \
         or remove the setting first",
        shown(&other)
    )))
}

/// Plans the setting.
fn plan_hooks_path(request: &Request) -> Result<Step> {
    let (folder, config) = (&request.global.hooks, &request.global.config);
    if config_file::hooks_path(config)?.is_some() {
        return Ok(Step::Nothing(format!("core.hooksPath in `{}` is set already", shown(config))));
    }
    Ok(Step::SetHooksPath { config: config.clone(), folder: folder.clone() })
}

/// Returns the scripts that pass on and are not there yet, for all hooks but `gates`.
fn missing_scripts(folder: &Path, gates: &[HookName]) -> Result<Vec<Script>> {
    let is_wanted = |name: &&str| !gates.iter().any(|hook| hook.name() == *name);
    let mut scripts = Vec::new();
    for name in wrapper::all_names().iter().copied().filter(is_wanted) {
        let (path, script) = (folder.join(name), wrapper::pass_on(name));
        // A gate of an earlier installation stays: hooks are added, one command after the other.
        if !is_gate(&path)? && !is_in_place(&path, &script)? {
            scripts.push((name, script));
        }
    }
    Ok(scripts)
}

/// Tells whether a script is there already; refuses one that is not ours.
fn is_in_place(path: &Path, script: &[u8]) -> Result<bool> {
    match slot::look(path)? {
        Found::Nothing => Ok(false),
        Found::Ours(there) => Ok(there == script && slot::is_runnable(path)),
        Found::Foreign(_) => Err(Error::Usage(format!(
            "`{}` is not ours, though the folder is; move it into the hooks folder of the repository that needs it",
            shown(path)
        ))),
    }
}

/// Tells whether a script judges.
fn is_gate(path: &Path) -> Result<bool> {
    Ok(matches!(slot::look(path)?, Found::Ours(script) if wrapper::is_gate(&script)))
}

/// Returns the names of the scripts in the global folder that are ours.
fn ours_in(folder: &Path) -> Result<Vec<&'static str>> {
    let mut names = Vec::new();
    for name in wrapper::all_names() {
        if matches!(slot::look(&folder.join(name))?, Found::Ours(_)) {
            names.push(*name);
        }
    }
    Ok(names)
}

/// Says that a script is there.
fn already(path: &Path) -> Step {
    Step::Nothing(format!("`{}` is in place already", shown(path)))
}

/// Says that there was nothing to remove.
fn not_there(path: &Path) -> Step {
    Step::Nothing(format!("`{}` does not run ideoguard", shown(path)))
}
