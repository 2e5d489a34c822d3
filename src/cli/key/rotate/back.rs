//! The way back: the old key takes its old places again.

use std::path::Path;

use ideoguard::audit::{Ended, Metadata};
use ideoguard::error::{Error, Result};
use ideoguard::finding::Fingerprint;
use ideoguard::keys::Key;
use ideoguard::path::RepoPath;
use ideoguard::rotation::{Folder, Known, Rotation, Swap};

use super::plan::RotatePlan;
use super::run::Desk;
use super::{begin, files, keyring};
use crate::cli::key::{record, registry};
use crate::cli::{output, secret_file};

/// The largest file in which a key was replaced, in bytes.
const MOST: u64 = 2 << 20;

/// Puts the old key back, and ends the rotation; returns the exit code.
pub(super) fn run(plan: &RotatePlan, desk: &Desk) -> Result<u8> {
    let given = begin::given(&plan.old)?;
    let none = || Error::Usage("there is no rotation to go back from".to_owned());
    let state = begin::meant(plan, given.as_ref(), desk)?.filter(|state| !state.is_over).ok_or_else(none)?;
    let folder = Folder::of(&desk.repository, &state);
    let (old, new) = (folder.recall_old()?, folder.recall_new()?);
    let known = state.new.clone().or(new.as_ref().map(Known::of));
    let metadata = Metadata::new().with("new", known.as_ref().map_or("", Known::name));
    record::act("rotate.back", state.old.name(), Ended::Success, metadata)?;
    if let (Some(old), Some(new)) = (old, new) {
        put_back(&state, &folder, &old, &new)?;
    }
    if let Some(new) = known.as_ref().and_then(|new| Fingerprint::parse(new.name())) {
        registry::drop_if_known(&new)?;
    }
    folder.clear()?;
    let mut lines = vec![format!("back: {}… {} stands where it stood", state.old.starts, state.old.name())];
    lines.extend(known.map(|new| format!("nothing here uses {}… {} now: revoke it", new.starts, new.name())));
    output::say(&lines)?;
    Ok(0)
}

/// Puts the old key back into the keyring, and into every file, the last first.
fn put_back(state: &Rotation, folder: &Folder, old: &Key, new: &Key) -> Result<()> {
    let mut changed = keyring::put_back(state, old, new)?;
    for swap in state.swaps.iter().rev() {
        files::sweep(Path::new(&swap.file))?;
        if !is_back(swap, folder, old, new)? {
            changed.push(RepoPath::from(swap.file.as_str()).to_string());
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let way = format!("put the old key there by hand, it lies in {}", RepoPath::from(folder.old_key().as_path()));
    let places = changed.join(", ");
    Err(Error::Incomplete(format!("changed since the new key came, and left as it is: {places}; {way}")))
}

/// Puts the old key back into one file; returns whether it stands there.
fn is_back(swap: &Swap, folder: &Folder, old: &Key, new: &Key) -> Result<bool> {
    let file = Path::new(&swap.file);
    let text = secret_file::bounded(file, MOST)?;
    if swap.is_before(&text) {
        return Ok(true);
    }
    let content = if swap.is_after(&text) { new.replaced(old, &text, &swap.after_at) } else { None };
    let Some(content) = content.filter(|content| swap.is_before(content)) else { return Ok(false) };
    files::put(folder, file, &content).map_err(Error::io("write", file))?;
    output::say(&[format!("put it back in {}", RepoPath::from(file))])?;
    Ok(true)
}
