//! The keyring: the new key takes the place of the old one in the entries that were named.

use ideoguard::audit::{Ended, Metadata};
use ideoguard::error::{Error, Result};
use ideoguard::keys::{EntryName, Key, Keyring};
use ideoguard::rotation::{Known, Rotation};

use super::plan::RotatePlan;
use super::run::Open;
use crate::cli::key::record;
use crate::cli::output;

/// Takes in the entries that were named, for this run and the next ones: each must hold the old key.
pub(super) fn take_in(plan: &RotatePlan, open: &mut Open) -> Result<()> {
    let named: Vec<&EntryName> = plan.keyring.iter().filter(|entry| !open.state.entries.contains_key(entry)).collect();
    if named.is_empty() {
        return Ok(());
    }
    let ring = Keyring::open()?;
    for entry in &named {
        if !open.state.old.is(&ring.read(entry)?) {
            let problem = format!("{entry} in the keyring does not hold the old key, {}", open.state.old.name());
            return Err(Error::Usage(format!("{problem}; nothing was changed")));
        }
    }
    open.state.entries.extend(named.into_iter().map(|entry| (entry.clone(), false)));
    open.save()
}

/// Replaces the old key in every entry.
pub(super) fn replace(open: &mut Open, new: &Key) -> Result<()> {
    let entries: Vec<EntryName> = open.state.entries.keys().cloned().collect();
    if entries.is_empty() {
        return Ok(());
    }
    let ring = Keyring::open()?;
    entries.iter().try_for_each(|entry| one(&ring, entry, open, new))
}

/// Replaces the old key in one entry, if it is not done.
fn one(ring: &Keyring, entry: &EntryName, open: &mut Open, new: &Key) -> Result<()> {
    let held = ring.read(entry)?;
    if Known::of(new).is(&held) {
        return Ok(());
    }
    if !open.state.old.is(&held) {
        let way = "put one of them there, and run this again, or go back with `--back`";
        return Err(Error::Incomplete(format!("{entry} in the keyring holds neither key any more; {way}")));
    }
    let metadata =
        Metadata::new().with("keyring", entry.to_string()).with("new", new.fingerprint().as_str()).with("places", 1);
    open.state.entries.insert(entry.clone(), true);
    open.save()?;
    record::act("rotate.replace", open.state.old.name(), Ended::Success, metadata)?;
    ring.write(entry, new)?;
    output::say(&[format!("replaced it in the keyring: {entry}")])
}

/// Puts the old key back into every entry that was changed; returns those that were changed again since, and are left.
pub(super) fn put_back(state: &Rotation, old: &Key, new: &Key) -> Result<Vec<String>> {
    let begun: Vec<&EntryName> =
        state.entries.iter().filter(|(_, is_changed)| **is_changed).map(|(entry, _)| entry).collect();
    if begun.is_empty() {
        return Ok(Vec::new());
    }
    let ring = Keyring::open()?;
    let mut left = Vec::new();
    for entry in begun {
        match ring.find(entry)? {
            Some(held) if Known::of(old).is(&held) => {}
            Some(held) if Known::of(new).is(&held) => {
                ring.write(entry, old)?;
                output::say(&[format!("put it back in the keyring: {entry}")])?;
            }
            Some(_) | None => left.push(format!("{entry} in the keyring")),
        }
    }
    Ok(left)
}
