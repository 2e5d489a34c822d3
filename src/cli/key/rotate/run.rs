//! The steps, in order.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::PathBuf;

use ideoguard::error::{Error, Result};
use ideoguard::git::Repository;
use ideoguard::keys::Key;
use ideoguard::rotation::{Folder, Rotation};

use super::plan::{RotatePlan, Way};
use super::{back, begin, end, files, keyring, new, outside};
use crate::cli::key::verify::refuse_in_hook;
use crate::cli::scan::here;

/// Where it happens.
pub(super) struct Desk {
    /// The repository.
    pub(super) repository: Repository,
    /// The top of its work tree, behind all links.
    pub(super) top: PathBuf,
    /// Held for as long as the run lasts.
    _lock: File,
}

/// A rotation that is going on.
pub(super) struct Open {
    /// How far it is.
    pub(super) state: Rotation,
    /// Where it is kept.
    pub(super) folder: Folder,
    /// The key that is to go.
    pub(super) old: Key,
}

impl Open {
    /// Writes down how far it is.
    pub(super) fn save(&self) -> Result<()> {
        self.folder.save(&self.state)
    }
}

/// Goes from the first step that is left to the last that can be done; returns the exit code.
pub(in crate::cli::key) fn run(plan: &RotatePlan) -> Result<u8> {
    refuse_in_hook()?;
    let desk = desk()?;
    if plan.way == Way::Back {
        return back::run(plan, &desk);
    }
    plan.talk.check()?;
    let api = plan.asked.api()?;
    let mut open = match begin::rotation(plan, &desk)? {
        begin::Begun::Open(open) => open,
        begin::Begun::Over(state) => return end::tidy(&Folder::of(&desk.repository, &state), &state),
    };
    files::take_in(plan, &mut open)?;
    keyring::take_in(plan, &mut open)?;
    let new = match new::take(plan, &api, &mut open)? {
        ControlFlow::Continue(new) => new,
        ControlFlow::Break(code) => return Ok(code),
    };
    let seen = files::replace(plan, &desk, &mut open, &new)?;
    keyring::replace(&mut open, &new)?;
    files::register(&open, &new)?;
    outside::tell(plan, &desk, &open)?;
    let code = end::see_dead(plan, &api, &mut open)?;
    // What could not be looked into may hold the old key still.
    Ok(if code == 0 { seen } else { code })
}

/// Finds the repository, and takes the lock.
fn desk() -> Result<Desk> {
    let repository = Repository::discover(&here()?)?;
    let bare = || Error::Usage("this repository is bare: it has no files with keys".to_owned());
    let top = repository.work_dir().ok_or_else(bare)?;
    let top = top.canonicalize().map_err(Error::io("find", top))?;
    let lock = Folder::lock(&repository)?;
    Ok(Desk { repository, top, _lock: lock })
}
