//! What a store holds, in numbers.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::SystemTime;

use rusqlite::Transaction;

use crate::error::{Error, Result};
use crate::store::record::{Key, Kind};
use crate::store::rules_id::RulesId;
use crate::store::{Store, clean, loose, pack};

/// What a store holds, under whatever rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// Its file.
    pub file: PathBuf,
    /// How large that is.
    pub file_bytes: u64,
    /// When something was last saved, if the file system knows.
    pub saved: Option<SystemTime>,
    /// What is in it.
    pub holds: Holds,
}

/// What is in a store; the same pack under two sets of rules counts twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holds {
    /// Sets of rules under which something was scanned.
    pub rule_sets: u64,
    /// Packs of which something was scanned.
    pub packs: u64,
    /// Units of packs that were scanned.
    pub units: u64,
    /// Objects of packs that were scanned.
    pub objects: u64,
    /// How many bytes those have.
    pub bytes: u64,
    /// Loose objects that were scanned.
    pub loose_objects: u64,
    /// Blobs known to hold nothing.
    pub clean_blobs: u64,
    /// Places where something was found.
    pub occurrences: u64,
    /// Results of whole runs.
    pub results: u64,
    /// Records that are damaged: what they are about is scanned again.
    pub damaged: u64,
}

impl Store {
    /// Counts what the store holds; this reads all of it.
    pub fn info(&mut self) -> Result<Info> {
        let path = self.database.path().to_owned();
        let found = path.metadata().map_err(Error::io("read", &path))?;
        let holds = self.database.read(count)?;
        Ok(Info { file: path, file_bytes: found.len(), saved: found.modified().ok(), holds })
    }

    /// Forgets what was found under other rules than these.
    ///
    /// For a store that one repository has for itself: others who share it may
    /// have another version of the program.
    pub fn forget_other_rules(&mut self) -> Result<()> {
        let rules = self.rules;
        let others = self.database.read(|file| {
            let mut statement = file.prepare("SELECT EXISTS (SELECT 1 FROM record WHERE rules <> ?)")?;
            let records: bool = statement.query_row([rules.as_bytes()], |row| row.get(0))?;
            let mut statement = file.prepare("SELECT EXISTS (SELECT 1 FROM clean WHERE NOT blob BETWEEN ? AND ?)")?;
            let blobs: bool = statement.query_row(bounds(&rules), |row| row.get(0))?;
            Ok(records || blobs)
        })?;
        if !others {
            return Ok(());
        }
        self.database.write(|file| {
            file.execute("DELETE FROM record WHERE rules <> ?", [rules.as_bytes()])?;
            file.execute("DELETE FROM clean WHERE NOT blob BETWEEN ? AND ?", bounds(&rules)).map(drop)
        })
    }
}

/// Returns the least and the greatest name that a blob can have under a detection.
fn bounds(rules: &RulesId) -> (Vec<u8>, Vec<u8>) {
    let prefix = clean::prefix(rules);
    (prefix.to_vec(), [prefix, &[0xff; 33]].concat())
}

/// Counts what is in a file.
fn count(file: &Transaction<'_>) -> rusqlite::Result<Holds> {
    let mut holds = Holds::default();
    let mut rule_sets = BTreeSet::new();
    let mut packs = BTreeSet::new();
    let mut statement = file.prepare("SELECT part, body, sum, kind, rules, name FROM record")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some((kind, rules, name)) = key_of(row) else {
            holds.damaged += 1;
            continue;
        };
        let known = Key { kind, rules: &rules, name: &name }.whole(row).and_then(|record| match kind {
            Kind::Pack => {
                let work = pack::read(&record)?;
                holds.units += u64::from(work.done.count());
                holds.objects = holds.objects.saturating_add(work.objects);
                holds.bytes = holds.bytes.saturating_add(work.bytes);
                Some(work.occurrences.len())
            }
            Kind::Loose => {
                let work = loose::read(&record)?;
                holds.loose_objects += work.objects.len() as u64;
                Some(work.occurrences.len())
            }
            Kind::Result => {
                holds.results += 1;
                Some(0)
            }
        });
        let Some(occurrences) = known else {
            holds.damaged += 1;
            continue;
        };
        holds.occurrences += occurrences as u64;
        if kind == Kind::Pack {
            packs.insert((rules.clone(), name));
        }
        rule_sets.insert(rules);
    }
    holds.rule_sets = rule_sets.len() as u64;
    holds.packs = packs.len() as u64;
    let clean_blobs: i64 = file.query_row("SELECT count(*) FROM clean", [], |row| row.get(0))?;
    holds.clean_blobs = clean_blobs.unsigned_abs();
    Ok(holds)
}

/// Reads where a record belongs; `None` if that makes no sense.
fn key_of(row: &rusqlite::Row<'_>) -> Option<(Kind, Vec<u8>, Vec<u8>)> {
    let word = row.get_ref(3).ok()?.as_str().ok()?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word)?;
    Some((kind, row.get(4).ok()?, row.get(5).ok()?))
}
