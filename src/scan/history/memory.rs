//! The store as a scan uses it: where it fails, the scan goes on without, and says so.

use std::collections::HashSet;
use std::path::Path;

use crate::error::Result;
use crate::oid::ObjectId;
use crate::rules::RuleBook;
use crate::store::{LooseWork, PackWork, RulesId, StateKey, Store};

/// What earlier runs know, if anything.
#[derive(Debug, Default)]
pub struct Memory {
    store: Option<Store>,
    /// Whether other repositories use the store, too.
    is_shared: bool,
    /// Why there is no store any more.
    pub(super) notices: Vec<String>,
}

impl Memory {
    /// Knows nothing and keeps nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Opens the store that a repository has for itself, for what is found with these rules of files.
    #[must_use]
    pub fn own(git_dir: &Path, rules: &RuleBook) -> Self {
        Self::open(&Store::default_path(git_dir), git_dir, rules, false)
    }

    /// Opens a store that repositories share, in the same way.
    #[must_use]
    pub fn shared(file: &Path, git_dir: &Path, rules: &RuleBook) -> Self {
        Self::open(file, git_dir, rules, true)
    }

    fn open(file: &Path, git_dir: &Path, rules: &RuleBook, is_shared: bool) -> Self {
        let mut memory = Self { store: None, is_shared, notices: Vec::new() };
        let id = rules.name().map_or(RulesId::OURS, |name| RulesId::OURS.with(&name));
        memory.store = memory.or_without(Store::open(file, git_dir, id));
        memory
    }

    /// Tells whether other repositories use the store, too.
    pub(super) fn is_shared(&self) -> bool {
        self.is_shared && self.store.is_some()
    }

    /// Returns what is known of a pack.
    pub(super) fn pack(&mut self, checksum: &[u8]) -> Option<PackWork> {
        self.ask(|store| store.pack(checksum)).flatten()
    }

    /// Keeps what was done of a pack.
    pub(super) fn save_pack(&mut self, checksum: &[u8], work: &PackWork) {
        self.ask(|store| store.save_pack(checksum, work));
    }

    /// Returns what is known of loose objects.
    pub(super) fn loose(&mut self, objects: &[ObjectId]) -> LooseWork {
        self.ask(|store| store.loose(objects)).unwrap_or_default()
    }

    /// Keeps what was done of loose objects.
    pub(super) fn save_loose(&mut self, work: &LooseWork) {
        if !work.objects.is_empty() {
            self.ask(|store| store.save_loose(work));
        }
    }

    /// Returns which of some objects are blobs that hold nothing; only a shared store is asked.
    pub(super) fn clean(&mut self, objects: &[ObjectId]) -> HashSet<ObjectId> {
        if !self.is_shared {
            return HashSet::new();
        }
        let known = self.ask(|store| store.clean_blobs(objects)).unwrap_or_default();
        objects.iter().zip(known).filter(|(_, known)| *known).map(|(id, _)| *id).collect()
    }

    /// Keeps which blobs hold nothing.
    pub(super) fn save_clean(&mut self, blobs: &[ObjectId]) {
        if self.is_shared && !blobs.is_empty() {
            self.ask(|store| store.save_clean(blobs));
        }
    }

    /// Returns what was told of a state of the repository.
    pub(super) fn result(&mut self, state: &StateKey) -> Option<Vec<u8>> {
        self.ask(|store| store.result(state)).flatten()
    }

    /// Keeps what is to be told of a state of the repository.
    pub(super) fn save_result(&mut self, state: &StateKey, result: &[u8]) {
        self.ask(|store| store.save_result(state, result));
    }

    /// Forgets what is no longer there, in a store of the repository's own.
    pub(super) fn tidy<'a>(&mut self, packs: impl IntoIterator<Item = &'a [u8]>, loose: &[ObjectId]) {
        if !self.is_shared {
            self.ask(|store| {
                store.retain_packs(packs)?;
                store.retain_loose(loose)?;
                store.forget_other_rules()
            });
        }
    }

    fn ask<T>(&mut self, question: impl FnOnce(&mut Store) -> Result<T>) -> Option<T> {
        let answer = question(self.store.as_mut()?);
        self.or_without(answer)
    }

    /// Goes on without the store where it fails.
    fn or_without<T>(&mut self, answer: Result<T>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.store = None;
                self.notices.push(format!("scanned without the store: {error}"));
                None
            }
        }
    }
}
