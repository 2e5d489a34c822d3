//! The hooks of one repository.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::Repository;

use super::husky::Husky;
use super::slot::{self, Found};
use super::step::{Step, shown};
use super::{HookName, Reach, Request, manager, wrapper};

/// Where git looks for the hooks of a repository.
struct Place {
    /// The folder.
    hooks: PathBuf,
    /// The top of the work tree, unless the repository is bare.
    work_dir: Option<PathBuf>,
    /// Whose folder it is.
    owner: Owner,
}

/// Whose a hooks folder is.
#[derive(Debug, PartialEq, Eq)]
enum Owner {
    /// Git's: it lies in the git directory.
    GitDir,
    /// The project's: it lies in the work tree, and is likely to be committed.
    WorkTree,
    /// Ours: the folder of the global hooks.
    Global,
}

/// Plans the hooks of the repository that the request's folder lies in.
pub(super) fn plan_install(request: &Request) -> Result<Vec<Step>> {
    let place = find(request)?;
    if place.owner == Owner::Global {
        let served = format!("the global hooks in `{}` serve this repository already", shown(&place.hooks));
        return Ok(vec![Step::Nothing(served)]);
    }
    if let Some(husky) = Husky::of(&place.hooks) {
        let mut steps = request.hooks.iter().map(|hook| husky.plan_install(*hook)).collect::<Result<Vec<_>>>()?;
        steps.extend(shared_note(&place));
        return Ok(steps);
    }
    if manager::is_lefthook(&place.hooks)? {
        return through_lefthook(&place, &request.hooks);
    }
    let mut steps = Vec::new();
    for hook in &request.hooks {
        steps.extend(plan_hook(&place, *hook, request)?);
    }
    steps.extend(shared_note(&place));
    steps.extend(bare_note(&place));
    steps.extend(lefthook_note(&place, &request.hooks)?);
    Ok(steps)
}

/// Plans to leave the repository as it was before `plan_install`.
pub(super) fn plan_uninstall(request: &Request) -> Result<Vec<Step>> {
    let place = find(request)?;
    if place.owner == Owner::Global {
        return Err(Error::Usage(format!(
            "this repository uses the global hooks in `{}`; `ideoguard uninstall --global` removes them everywhere",
            shown(&place.hooks)
        )));
    }
    let husky = Husky::of(&place.hooks);
    let mut steps = Vec::new();
    for hook in &request.hooks {
        let lines = husky.as_ref().map_or(Ok(None), |husky| husky.plan_uninstall(*hook))?;
        steps.push(lines.map_or_else(|| plan_removal(&place, *hook), Ok)?);
    }
    steps.extend(lefthook_leftovers(&place, &request.hooks)?);
    Ok(steps)
}

/// Plans the hook of a server on which git itself runs the hooks.
pub(super) fn plan_pre_receive(request: &Request) -> Result<Vec<Step>> {
    plan_hook(&find_server(request)?, HookName::PreReceive, request)
}

/// Plans to take the hook of such a server away.
pub(super) fn plan_pre_receive_removal(request: &Request) -> Result<Vec<Step>> {
    Ok(vec![plan_removal(&find_server(request)?, HookName::PreReceive)?])
}

/// Finds the hooks folder of a server: behind the global hooks, which pass on, it is the repository's own.
fn find_server(request: &Request) -> Result<Place> {
    let place = find(request)?;
    if place.owner != Owner::Global {
        return Ok(place);
    }
    let repository = Repository::open(&request.folder, request.env.clone().without_repository())?;
    Ok(Place { hooks: repository.common_dir().join("hooks"), owner: Owner::GitDir, ..place })
}

/// Finds the hooks folder, and refuses one that other repositories share.
fn find(request: &Request) -> Result<Place> {
    let repository = Repository::open(&request.folder, request.env.clone().without_repository())?;
    let hooks = repository.hooks_dir()?;
    let real = slot::real(&hooks);
    let work_dir = repository.work_dir().map(Path::to_owned);
    let owner = if real == slot::real(&request.global.hooks) {
        Owner::Global
    } else if real.starts_with(slot::real(repository.common_dir())) {
        Owner::GitDir
    } else if work_dir.as_deref().is_some_and(|top| real.starts_with(slot::real(top))) {
        Owner::WorkTree
    } else {
        return Err(outside(&hooks));
    };
    Ok(Place { hooks, work_dir, owner })
}

/// Says why a folder outside the repository is refused.
fn outside(hooks: &Path) -> Error {
    Error::Usage(format!(
        "git takes this repository's hooks from `{}`, which lies outside of it and may serve others \
         (`git config --show-origin core.hooksPath` says why). Either give the repository its own folder with \
         `git config core.hooksPath \"$(git rev-parse --git-common-dir)/hooks\"`, or add a call of `ideoguard hook NAME \"$@\"` to the hooks in that folder",
        shown(hooks)
    ))
}

/// Plans one hook: beside nothing, over an older one of ours, or before a foreign one.
fn plan_hook(place: &Place, hook: HookName, request: &Request) -> Result<Vec<Step>> {
    let path = slot_of(place, hook)?;
    let script = wrapper::gate(hook, Reach::Repository, recorded(place, request));
    match slot::look(&path)? {
        Found::Ours(there) if there == script && slot::is_runnable(&path) => {
            Ok(vec![Step::Nothing(format!("`{}` is in place already", shown(&path)))])
        }
        Found::Nothing | Found::Ours(_) => Ok(vec![Step::WriteScript(path, script)]),
        Found::Foreign(other) => set_aside(place, hook, path, script, &other),
    }
}

/// Plans to keep a foreign hook under another name, from where ours runs it.
fn set_aside(place: &Place, hook: HookName, path: PathBuf, script: Vec<u8>, other: &[u8]) -> Result<Vec<Step>> {
    let aside = aside_of(place, hook);
    if slot::is_taken(&aside) {
        return Err(Error::Usage(format!(
            "`{}` is not ours, and `{}` is still there from an earlier installation; \
             merge the two into the first, remove the second, and try again",
            shown(&path),
            shown(&aside)
        )));
    }
    let note = asks_for_its_name(other).then(|| {
        Step::Nothing(format!(
            "note: the hook that was there seems to ask for its own name, which is now `{}`; look whether it still works",
            shown(&aside)
        ))
    });
    Ok([Step::SetAside { hook: path, aside, script }].into_iter().chain(note).collect())
}

/// Plans to take one hook away.
fn plan_removal(place: &Place, hook: HookName) -> Result<Step> {
    let aside = aside_of(place, hook);
    for path in [place.hooks.join(hook.name()), legacy_of(place, hook)] {
        if matches!(slot::look(&path)?, Found::Ours(_)) {
            let is_kept = slot::is_taken(&aside);
            return Ok(if is_kept { Step::PutBack { aside, hook: path } } else { Step::Remove(path) });
        }
    }
    let path = place.hooks.join(hook.name());
    Ok(Step::Nothing(if slot::is_taken(&aside) {
        format!("`{}` is not ours and stays; `{}` still holds an older hook", shown(&path), shown(&aside))
    } else {
        format!("`{}` does not run ideoguard", shown(&path))
    }))
}

/// Returns the file that is to be ours.
///
/// The pre-commit framework runs `NAME.legacy` before its own hooks, and keeps
/// that file when it writes `NAME` anew. A hook of ours in place of `NAME` would
/// be moved there anyway, and would then call the framework in a circle.
fn slot_of(place: &Place, hook: HookName) -> Result<PathBuf> {
    let path = place.hooks.join(hook.name());
    Ok(match slot::look(&path)? {
        Found::Foreign(script) if manager::is_pre_commit_framework(&script) => legacy_of(place, hook),
        Found::Nothing | Found::Ours(_) | Found::Foreign(_) => path,
    })
}

/// Returns the file that the pre-commit framework runs before its own hooks.
fn legacy_of(place: &Place, hook: HookName) -> PathBuf {
    place.hooks.join(format!("{}.legacy", hook.name()))
}

/// Returns the file that keeps the hook that was there before ours.
fn aside_of(place: &Place, hook: HookName) -> PathBuf {
    place.hooks.join(format!("{}.{}", hook.name(), wrapper::ASIDE))
}

/// Returns the program that the hook remembers: none in a folder that others get by a clone.
fn recorded<'a>(place: &Place, request: &'a Request) -> Option<&'a Path> {
    (place.owner == Owner::GitDir).then_some(request.program.as_path())
}

/// Tells whether a hook seems to look at what it is called, as scripts do that serve many hooks.
fn asks_for_its_name(script: &[u8]) -> bool {
    ["basename \"$0\"", "basename $0", "basename($0)", "${0##*/}", "$PROGRAM_NAME"]
        .iter()
        .any(|asks| memchr::memmem::find(script, asks.as_bytes()).is_some())
}

/// Checks that lefthook runs ideoguard, or says what it needs.
fn through_lefthook(place: &Place, hooks: &[HookName]) -> Result<Vec<Step>> {
    let work_dir = place.work_dir.as_deref().unwrap_or(&place.hooks);
    let missing = manager::missing_in_lefthook(&manager::lefthook_configs(work_dir), hooks)?;
    if !missing.is_empty() {
        return Err(manager::lefthook_refusal(work_dir, &missing));
    }
    Ok(hooks.iter().map(|hook| Step::Nothing(format!("lefthook runs ideoguard in {} already", hook.name()))).collect())
}

/// Says what will happen to our hooks when lefthook is installed later.
fn lefthook_note(place: &Place, hooks: &[HookName]) -> Result<Option<Step>> {
    let configs = place.work_dir.as_deref().map(manager::lefthook_configs).unwrap_or_default();
    let missing = manager::missing_in_lefthook(&configs, hooks)?;
    Ok((!configs.is_empty() && !missing.is_empty()).then(|| {
        Step::Nothing(format!(
            "note: there is a lefthook config here; `lefthook install` would move these hooks aside, \
             so give it these lines first:\n{}",
            manager::lefthook_lines(&missing)
        ))
    }))
}

/// Says that lefthook still runs ideoguard: those lines are the user's own.
fn lefthook_leftovers(place: &Place, hooks: &[HookName]) -> Result<Option<Step>> {
    let configs = place.work_dir.as_deref().map(manager::lefthook_configs).unwrap_or_default();
    let missing = manager::missing_in_lefthook(&configs, hooks)?;
    Ok((missing.len() < hooks.len())
        .then(|| Step::Nothing("note: the lefthook config still runs ideoguard; remove its lines there".to_owned())))
}

/// Says what a hooks folder in the work tree means for others.
fn shared_note(place: &Place) -> Option<Step> {
    (place.owner == Owner::WorkTree).then(|| {
        Step::Nothing(format!(
            "note: `{}` is part of the work tree, so these hooks name no path of this machine; \
             everyone who gets them needs ideoguard on PATH",
            shown(&place.hooks)
        ))
    })
}

/// Says what a bare repository does with these hooks.
fn bare_note(place: &Place) -> Option<Step> {
    place.work_dir.is_none().then(|| {
        Step::Nothing(
            "note: this repository is bare; git runs these hooks in work trees that are attached to it, not for a push"
                .to_owned(),
        )
    })
}
