//! How far a rotation is: what was found, what was changed, and no key.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::finding::{Fingerprint, Secret};
use crate::keys::{EntryName, Key};

/// How states are written; another one is not understood.
const SCHEMA: u32 = 1;

/// A rotation that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Rotation {
    /// How it is written.
    schema: u32,
    /// The key that is to go.
    pub old: Known,
    /// The key that takes its place, as soon as it is known to be alive.
    pub new: Option<Known>,
    /// What was changed, or was about to be when the run ended.
    pub swaps: Vec<Swap>,
    /// Further files of environment variables that were named, absolute and behind all links.
    #[serde(default)]
    pub files: BTreeSet<PathBuf>,
    /// The entries of the keyring that were named, each with whether it was changed, or was about to be.
    #[serde(default)]
    pub entries: BTreeMap<EntryName, bool>,
    /// Whether the old key is known to be dead: all that is left is to tidy up.
    pub is_over: bool,
}

/// A key, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Known {
    /// Its fingerprint.
    fingerprint: String,
    /// Its first four characters; none if it is short.
    pub starts: String,
}

/// A file in which one key took the place of the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Swap {
    /// The file, absolute and behind all links.
    pub file: String,
    /// The fingerprint of its content before.
    before: String,
    /// The fingerprint of its content after.
    after: String,
    /// The offsets of the old key in it.
    pub before_at: Vec<u64>,
    /// The offsets of the new key in it.
    pub after_at: Vec<u64>,
    /// The names of the variables that it stands in, as far as they are names.
    pub names: Vec<String>,
}

impl Known {
    /// Names a key.
    #[must_use]
    pub fn of(key: &Key) -> Self {
        Self { fingerprint: key.fingerprint().to_string(), starts: key.start() }
    }

    /// Tells whether this is a key's name.
    #[must_use]
    pub fn is(&self, key: &Key) -> bool {
        self.fingerprint == key.fingerprint().as_str()
    }

    /// Returns its fingerprint.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.fingerprint
    }
}

impl Rotation {
    /// Begins one.
    #[must_use]
    pub fn of(old: &Key) -> Self {
        Self {
            schema: SCHEMA,
            old: Known::of(old),
            new: None,
            swaps: Vec::new(),
            files: BTreeSet::new(),
            entries: BTreeMap::new(),
            is_over: false,
        }
    }

    /// Reads one; `None` if it is not one that we understand.
    #[must_use]
    pub fn parse(json: &[u8]) -> Option<Self> {
        let state: Self = serde_json::from_slice(json).ok()?;
        let is_named = |key: &Known| Fingerprint::parse(key.name()).is_some();
        let is_whole = state.schema == SCHEMA && is_named(&state.old) && state.new.as_ref().is_none_or(is_named);
        is_whole.then_some(state)
    }

    /// Writes it.
    pub fn to_json(&self) -> std::io::Result<Vec<u8>> {
        Ok(serde_json::to_vec_pretty(self)?)
    }

    /// Returns the names of the variables in which the old key stood, each once.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.swaps.iter().flat_map(|swap| &swap.names).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl Swap {
    /// Describes what is about to be done to a file.
    #[must_use]
    pub fn of(file: String, before: &[u8], after: &[u8], places: Vec<u64>, grown: i64, names: Vec<String>) -> Self {
        let moved = |(nth, at): (i64, &u64)| at.saturating_add_signed(nth * grown);
        let after_at = (0..).zip(&places).map(moved).collect();
        Self { file, before: content(before), after: content(after), before_at: places, after_at, names }
    }

    /// Tells whether a content is the one before.
    #[must_use]
    pub fn is_before(&self, bytes: &[u8]) -> bool {
        self.before == content(bytes)
    }

    /// Tells whether a content is the one after.
    #[must_use]
    pub fn is_after(&self, bytes: &[u8]) -> bool {
        self.after == content(bytes)
    }
}

/// Returns the fingerprint of a content, which tells nothing of it.
fn content(bytes: &[u8]) -> String {
    Fingerprint::of(&Secret::new(bytes)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    #[test]
    fn a_state_is_read_as_it_was_written_and_holds_no_key() {
        let old = Key::new(Zeroizing::new(b"Ab1cabcdefghijklmnop".to_vec())).unwrap();
        let mut state = Rotation::of(&old);
        let (before, after) = (b"A=Ab1cabcdefghijklmnop", b"A=new-key-1");
        state.files.insert("/x/more".into());
        state.entries.insert("ideogram/ann".parse().unwrap(), true);
        state.swaps.push(Swap::of("/x/.env".to_owned(), before, after, vec![2], -11, vec!["A".to_owned()]));

        let json = state.to_json().unwrap();

        assert_eq!(Rotation::parse(&json), Some(state.clone()));
        assert!(!String::from_utf8(json).unwrap().contains("abcdefgh"));
        assert!(state.swaps[0].is_before(before) && state.swaps[0].is_after(after));
        assert_eq!(state.names(), ["A"]);
    }

    #[test]
    fn what_is_no_state_of_ours_is_none() {
        let state =
            String::from_utf8(Rotation::of(&Key::new(Zeroizing::new(vec![b'a'; 20])).unwrap()).to_json().unwrap())
                .unwrap();

        for wrong in ["", "{}", &state.replace("\"schema\": 1", "\"schema\": 2"), &state.replace("ig1:", "ig2:")] {
            assert_eq!(Rotation::parse(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn places_move_with_what_is_replaced_before_them() {
        let swap = Swap::of(String::new(), b"", b"", vec![2, 20, 40], 3, Vec::new());

        assert_eq!(swap.after_at, [2, 23, 46]);
    }
}
