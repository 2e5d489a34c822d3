//! Which key is to go: the one of a rotation that was begun, or another one.

use std::collections::BTreeMap;

use ideoguard::audit::{Ended, Metadata};
use ideoguard::detect::Engine;
use ideoguard::error::{Error, Result};
use ideoguard::finding::Fingerprint;
use ideoguard::keys::{Key, Keyring};
use ideoguard::rotation::{self, Folder, Rotation};

use super::ask::Talk;
use super::plan::{Old, RotatePlan};
use super::run::{Desk, Open};
use crate::cli::key::{input, record};
use crate::cli::output;

/// A rotation, as it was found or begun.
pub(super) enum Begun {
    /// There is something left to do.
    Open(Open),
    /// All that is left is to tidy up.
    Over(Rotation),
}

/// Goes on with the rotation that is meant, or begins one.
pub(super) fn rotation(plan: &RotatePlan, desk: &Desk) -> Result<Begun> {
    let given = given(&plan.old)?;
    match meant(plan, given.as_ref(), desk)? {
        Some(state) if state.is_over => Ok(Begun::Over(state)),
        Some(state) => go_on(plan, desk, given, state).map(Begun::Open),
        None => begin(given.map_or_else(|| found(plan, desk), Ok)?, desk).map(Begun::Open),
    }
}

/// Returns the rotation that was begun and is meant, if there is one.
pub(super) fn meant(plan: &RotatePlan, given: Option<&Key>, desk: &Desk) -> Result<Option<Rotation>> {
    let mut open = Folder::open_ones(&desk.repository)?;
    let name = match &plan.old {
        Old::Named(name) => Some(name.clone()),
        Old::File(_) | Old::Variable(_) | Old::Found => given.map(Key::fingerprint),
    };
    match name {
        Some(name) => Ok(open.into_iter().find(|state| state.old.name() == name.as_str())),
        None if open.len() > 1 => {
            let names: Vec<&str> = open.iter().map(|state| state.old.name()).collect();
            let names = names.join(", ");
            Err(Error::Usage(format!("several rotations are going on; say which with `--old`: {names}")))
        }
        None => Ok(open.pop()),
    }
}

/// Reads the old key from where it was said to be; `None` if that was not said.
pub(super) fn given(old: &Old) -> Result<Option<Key>> {
    match old {
        Old::File(file) => input::in_file(file).map(Some),
        Old::Variable(name) => input::in_variable(name).map(Some),
        Old::Named(_) | Old::Found => Ok(None),
    }
}

/// Goes on with a rotation.
fn go_on(plan: &RotatePlan, desk: &Desk, given: Option<Key>, state: Rotation) -> Result<Open> {
    let folder = Folder::of(&desk.repository, &state);
    let old = match folder.recall_old()? {
        Some(old) => old,
        // The run ended before the key was kept, so nothing was changed yet.
        None => given.map_or_else(|| named(state.old.name(), keys(plan, desk)?), Ok)?,
    };
    old.keep(&folder.old_key())?;
    output::say(&[format!("going on with the rotation of {}… {}", state.old.starts, state.old.name())])?;
    Ok(Open { state, folder, old })
}

/// Begins a rotation.
fn begin(old: Key, desk: &Desk) -> Result<Open> {
    let state = Rotation::of(&old);
    let folder = Folder::of(&desk.repository, &state);
    record::act("rotate.begin", state.old.name(), Ended::Success, Metadata::new().with("starts", old.start()))?;
    let open = Open { state, folder, old };
    open.save()?;
    open.old.keep(&open.folder.old_key())?;
    output::say(&[format!("rotating {}… {}", open.state.old.starts, open.state.old.name())])?;
    Ok(open)
}

/// Finds the old key in the files of environment variables and in the entries of the keyring that were named.
fn found(plan: &RotatePlan, desk: &Desk) -> Result<Key> {
    let mut keys = keys(plan, desk)?;
    if let Old::Named(name) = &plan.old {
        return named(name.as_str(), keys);
    }
    let several = keys.len() > 1;
    match (keys.pop_first(), plan.talk) {
        (Some((_, only)), _) if !several => Ok(only),
        (Some((name, first)), Talk::Guided) => {
            keys.insert(name, first);
            let lines: Vec<String> = keys.iter().map(|(name, key)| format!("{}… {name}", key.start())).collect();
            let place = Talk::choose("Which key is to go?", &lines)?;
            keys.into_values().nth(place).ok_or_else(super::ask::stopped)
        }
        (None, Talk::Guided) => input::ask("Old key"),
        (Some((name, _)), Talk::Silent) => {
            let names: Vec<String> = keys.keys().chain([&name]).map(Fingerprint::to_string).collect();
            let names = names.join(", ");
            Err(Error::Usage(format!("files here hold several keys; say with `--old` which is to go: {names}")))
        }
        (None, Talk::Silent) => Err(Error::Usage(
            "no file of environment variables here holds an Ideogram key; `--old-file` or `--old-env` names the old one"
                .to_owned(),
        )),
    }
}

/// Returns the key of a name.
fn named(name: &str, keys: BTreeMap<Fingerprint, Key>) -> Result<Key> {
    let missing = "no file of environment variables here holds it; give it with `--old-file` or `--old-env`";
    let key = keys.into_iter().find(|(known, _)| known.as_str() == name).map(|(_, key)| key);
    key.ok_or_else(|| Error::Usage(format!("{name}: {missing}")))
}

/// Returns the keys in files of environment variables, and in the entries of the keyring that were named.
fn keys(plan: &RotatePlan, desk: &Desk) -> Result<BTreeMap<Fingerprint, Key>> {
    let engine = Engine::built_in();
    let mut keys = BTreeMap::new();
    for file in rotation::env_files(&desk.top, &plan.files)? {
        keys.extend(file.keys(&engine)?);
    }
    if !plan.keyring.is_empty() {
        let ring = Keyring::open()?;
        for entry in &plan.keyring {
            let key = ring.read(entry)?;
            keys.insert(key.fingerprint(), key);
        }
    }
    Ok(keys)
}
