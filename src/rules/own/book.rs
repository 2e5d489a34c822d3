//! The rules of files, and what files change of others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::super::{Finder, Rule, by_id};
use super::excuse::Excuse;
use super::file;
use super::gitleaks;
use super::row::Row;
use crate::error::Result;
use crate::finding::Confidence;

/// The most rules that files may have together.
const MOST_RULES: usize = 20_000;
/// The most states that their patterns may take together: what they take once all of them were tried.
const MOST_WEIGHT: u64 = 5_000_000;
/// The most of them that may go by names: each of these is asked for every value that looks random.
const MOST_NAMED: usize = 2_000;
/// The most words around which they are tried.
const MOST_WORDS: usize = 60_000;

/// What rule files say, put together: nothing, if there are none.
#[derive(Debug, Default)]
pub struct RuleBook {
    rules: Vec<&'static Rule>,
    /// Where each rule is written.
    places: BTreeMap<&'static str, String>,
    changes: BTreeMap<&'static str, Change>,
    disabled: BTreeSet<&'static str>,
    samples: Vec<Sample>,
    /// The rules whose form has samples, and that have none.
    unproven: Vec<String>,
    excuses: Vec<Arc<Excuse>>,
    remarks: Vec<String>,
    words: usize,
    weight: u64,
    named: usize,
    digest: Option<[u8; 32]>,
}

/// What is changed of a rule.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// The row that stands for it.
    pub rule: &'static Rule,
    /// How sure a match is, but for one whose proof fails.
    pub confidence: Option<Confidence>,
    /// The least entropy of the secret, in bits a character.
    pub least: Option<f64>,
}

/// A text by which a rule is put to the test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The rule.
    pub rule: String,
    /// The text, as it is to be searched.
    pub text: Vec<u8>,
    /// Whether the rule must find something in it.
    pub is_hit: bool,
    /// Where it is written: `FILE:LINE`.
    pub place: String,
}

impl RuleBook {
    /// Adds what a file says; what it extends was added before. Messages name it `path`.
    ///
    /// A rule of gitleaks that cannot be run is an error.
    pub fn read(&mut self, path: &Path, text: &str) -> Result<()> {
        if gitleaks::is_one(text) { gitleaks::read(self, path, text, false) } else { file::read(self, path, text) }
    }

    /// Does the same, and leaves out rules of gitleaks that cannot be run.
    pub fn read_leniently(&mut self, path: &Path, text: &str) -> Result<()> {
        if gitleaks::is_one(text) { gitleaks::read(self, path, text, true) } else { file::read(self, path, text) }
    }

    /// What files allow beyond what is read by `decide`: the lists of gitleaks.
    #[must_use]
    pub fn excuses(&self) -> &[Arc<Excuse>] {
        &self.excuses
    }

    /// What is not honoured of the files, each with its place.
    #[must_use]
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// The rules of the files, in order.
    #[must_use]
    pub fn rules(&self) -> &[&'static Rule] {
        &self.rules
    }

    /// What is changed of rules, by their ids.
    #[must_use]
    pub fn changes(&self) -> &BTreeMap<&'static str, Change> {
        &self.changes
    }

    /// The rules that are switched off.
    #[must_use]
    pub fn disabled(&self) -> &BTreeSet<&'static str> {
        &self.disabled
    }

    /// The texts by which the rules are put to the test.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// The rules of our own files that have no samples.
    #[must_use]
    pub fn unproven(&self) -> &[String] {
        &self.unproven
    }

    /// Returns the rule of this id, built in or of a file, as it is changed.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&'static Rule> {
        let own = || self.rules.iter().find(|rule| rule.id == id).copied();
        by_id(id).or_else(own)
    }

    /// Returns where a rule of a file is written: `FILE:LINE`.
    #[must_use]
    pub fn place_of(&self, id: &str) -> Option<&str> {
        self.places.get(id).map(String::as_str)
    }

    /// Names what the files say of what is found, or nothing if they say nothing: the same for the same words.
    #[must_use]
    pub fn name(&self) -> Option<[u8; 32]> {
        self.digest
    }

    /// Adds a rule that is written at a place; the error says why it cannot be.
    pub(super) fn add(&mut self, rule: Rule, place: String) -> std::result::Result<(), String> {
        if let Some(place) = self.places.get(rule.id) {
            return Err(format!("another rule has this id, at {place}"));
        }
        if let Finder::Search(search) = &rule.finder {
            self.words += search.words.len();
            self.weight += search.weight();
        }
        self.named += usize::from(rule.named.is_some());
        if self.named > MOST_NAMED {
            return Err(format!("more than {MOST_NAMED} rules that go by names cannot be run"));
        }
        if self.weight > MOST_WEIGHT {
            return Err("with this one, the patterns are too large together; make their repetitions smaller".to_owned());
        }
        if self.rules.len() == MOST_RULES || self.words > MOST_WORDS {
            return Err(format!("these are more rules than can be run: {MOST_RULES}, with {MOST_WORDS} words"));
        }
        self.places.insert(rule.id, place);
        self.rules.push(Box::leak(Box::new(rule)));
        Ok(())
    }

    /// Adds a rule, in the place of one that has its id.
    pub(super) fn put(&mut self, rule: Rule, place: String) -> std::result::Result<(), String> {
        if self.places.remove(rule.id).is_some() {
            self.rules.retain(|known| known.id != rule.id);
        }
        self.add(rule, place)
    }

    /// Adds an allow list.
    pub(super) fn excuse(&mut self, excuse: Excuse) {
        self.excuses.push(Arc::new(excuse));
    }

    /// Notes what is not honoured.
    pub(super) fn remark(&mut self, remark: String) {
        self.remarks.push(remark);
    }

    /// Adds the samples of a row.
    pub(super) fn add_samples(&mut self, row: &Row, place: impl Fn(usize) -> String) {
        if row.hits.is_empty() && row.misses.is_empty() {
            self.unproven.push(row.id.get_ref().clone());
        }
        let hits = row.hits.iter().map(|text| (text, true));
        let all = hits.chain(row.misses.iter().map(|text| (text, false)));
        self.samples.extend(all.map(|(text, is_hit)| Sample {
            rule: row.id.get_ref().clone(),
            text: mended(text.get_ref()),
            is_hit,
            place: place(text.span().start),
        }));
    }

    /// Changes a rule; what is said last counts.
    pub(super) fn change(&mut self, id: &'static str, change: Change) {
        self.changes.insert(id, change);
    }

    /// Switches a rule off.
    pub(super) fn disable(&mut self, id: &'static str) {
        self.disabled.insert(id);
    }

    /// Takes in what a file says of rules, so that what was found under other words is not taken for what these find.
    pub(super) fn digest(&mut self, text: &str) {
        let mut table: toml::Table = text.parse().unwrap_or_default();
        table.remove("allow");
        let hash = Sha256::new().chain_update(self.digest.unwrap_or_default()).chain_update(table.to_string());
        self.digest = Some(hash.finalize().into());
    }
}

/// Mends a sample, which is broken so that no scanner stops at it: `~` goes, `~~` becomes `~`.
fn mended(sample: &str) -> Vec<u8> {
    sample.split("~~").map(|part| part.replace('~', "")).collect::<Vec<_>>().join("~").into_bytes()
}
