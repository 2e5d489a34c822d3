//! What is known of loose objects, which come and go one by one.

use std::collections::HashSet;

use crate::error::Result;
use crate::history::Occurrence;
use crate::oid::ObjectId;
use crate::store::Store;
use crate::store::bytes::{Reader, Writer};
use crate::store::occurrences;
use crate::store::record::{self, Key, Kind, Record};

/// So many records are read each by itself; with one more they become one.
const MAX_RECORDS: usize = 16;

/// Some loose objects, and what was found in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LooseWork {
    /// The objects that were scanned.
    pub objects: Vec<ObjectId>,
    /// What was found in them.
    pub occurrences: Vec<Occurrence>,
}

impl Store {
    /// Returns which of these loose objects were scanned, and what was found in those.
    pub fn loose(&mut self, objects: &[ObjectId]) -> Result<LooseWork> {
        let asked: HashSet<ObjectId> = objects.iter().copied().collect();
        Ok(self.all_loose()?.only(|id| asked.contains(id)))
    }

    /// Adds loose objects of this repository that were scanned, and what was found in them.
    pub fn save_loose(&mut self, work: &LooseWork) -> Result<()> {
        let (rules, repository) = (self.rules, self.repository);
        self.database.write(|file| {
            let key = Key::new(Kind::Loose, &rules, &repository);
            let parts = key.parts(file)?;
            if parts.len() < MAX_RECORDS {
                return key.add(file, &[], &written(work));
            }
            let all = joined(&key.records(file)?).with(work.clone());
            parts.iter().try_for_each(|(row, _)| record::remove(file, *row))?;
            key.add(file, &[], &written(&all))
        })
    }

    /// Forgets all loose objects of this repository but these.
    pub fn retain_loose(&mut self, objects: &[ObjectId]) -> Result<()> {
        let kept: HashSet<ObjectId> = objects.iter().copied().collect();
        if self.all_loose()?.objects.iter().all(|id| kept.contains(id)) {
            return Ok(());
        }
        let (rules, repository) = (self.rules, self.repository);
        self.database.write(|file| {
            let key = Key::new(Kind::Loose, &rules, &repository);
            let left = joined(&key.records(file)?).only(|id| kept.contains(id));
            key.parts(file)?.iter().try_for_each(|(row, _)| record::remove(file, *row))?;
            if left.objects.is_empty() { Ok(()) } else { key.add(file, &[], &written(&left)) }
        })
    }

    /// Returns all that is known of the loose objects of this repository.
    fn all_loose(&mut self) -> Result<LooseWork> {
        let (rules, repository) = (self.rules, self.repository);
        self.database.read(|file| Ok(joined(&Key::new(Kind::Loose, &rules, &repository).records(file)?)))
    }
}

impl LooseWork {
    /// Keeps some of the objects, and what was found in them.
    fn only(mut self, keep: impl Fn(&ObjectId) -> bool) -> Self {
        self.objects.retain(&keep);
        self.occurrences.retain(|occurrence| keep(&occurrence.object));
        self
    }

    /// Adds objects that are not there yet, and what was found in them.
    fn with(mut self, other: Self) -> Self {
        let known: HashSet<ObjectId> = self.objects.iter().copied().collect();
        let other = other.only(|id| !known.contains(id));
        self.objects.extend(other.objects);
        self.occurrences.extend(other.occurrences);
        self
    }
}

/// Joins records; an object that is in several of them counts once.
fn joined(records: &[Record]) -> LooseWork {
    records.iter().filter_map(read).fold(LooseWork::default(), LooseWork::with)
}

/// Returns the body of a record.
fn written(work: &LooseWork) -> Vec<u8> {
    let mut body = Writer::default();
    body.count(work.objects.len());
    for id in &work.objects {
        body.object(id);
    }
    occurrences::write(&work.occurrences, &mut body);
    body.into_bytes()
}

/// Reads a record; `None` if it makes no sense.
pub(super) fn read(record: &Record) -> Option<LooseWork> {
    let mut body = Reader::new(&record.body);
    let objects = body.list(Reader::object)?;
    let occurrences = occurrences::read(&mut body)?;
    body.end()?;
    Some(LooseWork { objects, occurrences })
}
