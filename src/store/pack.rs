//! What is known of packs.

use std::collections::BTreeSet;

use rusqlite::Transaction;

use crate::error::Result;
use crate::history::Occurrence;
use crate::store::Store;
use crate::store::bytes::{Reader, Writer};
use crate::store::occurrences;
use crate::store::record::{self, Key, Kind, Record};
use crate::store::units::Units;

/// Some of the work on a pack, done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackWork {
    /// Into how many units the work is cut.
    pub total: u32,
    /// Which of them are done.
    pub done: Units,
    /// How many objects are in those.
    pub objects: u64,
    /// How many bytes those have.
    pub bytes: u64,
    /// What was found in those.
    pub occurrences: Vec<Occurrence>,
}

impl PackWork {
    /// Tells whether something was to do and nothing is left of it.
    ///
    /// Where nothing is known, nothing is whole.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.total > 0 && self.done == Units::all(self.total)
    }
}

impl Store {
    /// Returns what was done of a pack, which its trailing checksum names; `None` if nothing was.
    pub fn pack(&mut self, checksum: &[u8]) -> Result<Option<PackWork>> {
        let rules = self.rules;
        let records = self.database.read(|file| Key::new(Kind::Pack, &rules, checksum).records(file))?;
        let mut parts: Vec<PackWork> = records.iter().filter_map(read).collect();
        // Another total is another way to cut, whose numbers say nothing of this one.
        let Some(total) = parts.last().map(|last| last.total) else { return Ok(None) };
        parts.retain(|part| part.total == total);
        Ok(Some(parts.into_iter().fold(PackWork { total, ..PackWork::default() }, joined)))
    }

    /// Adds to what was done of a pack.
    ///
    /// What two runs at once both did is kept once. If each did some units that
    /// the other did not and some that it did, those of the later one are dropped.
    pub fn save_pack(&mut self, checksum: &[u8], work: &PackWork) -> Result<()> {
        let rules = self.rules;
        let (part, body) = written(work);
        self.database.write(|file| {
            let key = Key::new(Kind::Pack, &rules, checksum);
            if makes_way(file, &key, work)? { key.add(file, &part, &body) } else { Ok(()) }
        })
    }

    /// Forgets all packs but these, under whatever rules.
    ///
    /// For a store that one repository has for itself: in a shared one, the packs
    /// of all others would be gone.
    pub fn retain_packs<'a>(&mut self, checksums: impl IntoIterator<Item = &'a [u8]>) -> Result<()> {
        let kept: BTreeSet<&[u8]> = checksums.into_iter().collect();
        let known = self.database.read(|file| {
            let mut statement = file.prepare("SELECT DISTINCT name FROM record WHERE kind = ?")?;
            let names = statement.query_map([Kind::Pack.word()], |row| row.get(0))?;
            names.collect::<rusqlite::Result<Vec<Vec<u8>>>>()
        })?;
        let gone: Vec<_> = known.iter().filter(|name| !kept.contains(name.as_slice())).collect();
        if gone.is_empty() {
            return Ok(());
        }
        self.database.write(|file| {
            let mut statement = file.prepare("DELETE FROM record WHERE kind = ? AND name = ?")?;
            gone.iter().try_for_each(|name| statement.execute((Kind::Pack.word(), name)).map(drop))
        })
    }
}

/// Adds a part to those before it; what overlaps them is left out.
fn joined(mut whole: PackWork, part: PackWork) -> PackWork {
    if !whole.done.overlaps(&part.done) {
        whole.done = whole.done.with(&part.done);
        whole.objects = whole.objects.saturating_add(part.objects);
        whole.bytes = whole.bytes.saturating_add(part.bytes);
        whole.occurrences.extend(part.occurrences);
    }
    whole
}

/// Removes what `work` replaces or what is damaged; tells whether there is anything new in it.
fn makes_way(file: &Transaction<'_>, key: &Key<'_>, work: &PackWork) -> rusqlite::Result<bool> {
    for (row, part) in key.parts(file)? {
        match read_part(&part) {
            Some((total, done)) if total == work.total && !done.overlaps(&work.done) => {}
            // What is damaged must not stand in the way of what takes its place.
            Some((total, done)) if total == work.total && key.record(file, row)?.as_ref().and_then(read).is_some() => {
                if done == work.done || !work.done.covers(&done) {
                    return Ok(false);
                }
                record::remove(file, row)?;
            }
            Some(_) | None => record::remove(file, row)?,
        }
    }
    Ok(!work.done.is_empty())
}

/// Returns the part and the body of a record.
fn written(work: &PackWork) -> (Vec<u8>, Vec<u8>) {
    let mut part = Writer::default();
    part.number(work.total.into());
    part.count(work.done.stretches().len());
    for stretch in work.done.stretches() {
        part.number(stretch.start.into());
        part.number(stretch.end.into());
    }
    let mut body = Writer::default();
    body.number(work.objects);
    body.number(work.bytes);
    occurrences::write(&work.occurrences, &mut body);
    (part.into_bytes(), body.into_bytes())
}

/// Reads a record; `None` if it makes no sense.
pub(super) fn read(record: &Record) -> Option<PackWork> {
    let (total, done) = read_part(&record.part)?;
    let mut body = Reader::new(&record.body);
    let (objects, bytes) = (body.number()?, body.number()?);
    let occurrences = occurrences::read(&mut body)?;
    body.end()?;
    Some(PackWork { total, done, objects, bytes, occurrences })
}

/// Reads into how many units a pack is cut, and which of them a record is about.
fn read_part(part: &[u8]) -> Option<(u32, Units)> {
    let mut from = Reader::new(part);
    let total = from.small()?;
    let stretches = from.list(|from| Some(from.small()?..from.small()?))?;
    from.end()?;
    let done = Units::of(stretches);
    Units::all(total).covers(&done).then_some((total, done))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::store::RulesId;

    #[test]
    fn a_record_that_is_whole_and_makes_no_sense_is_as_if_it_were_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&folder.path().join("store.sqlite"), Path::new("/"), RulesId::OURS).unwrap();
        let work = PackWork { total: 3, done: Units::all(3), objects: 5, bytes: 7, occurrences: Vec::new() };
        let (part, body) = written(&work);
        let beyond = written(&PackWork { done: Units::all(4), ..work.clone() }).0;
        let longer = [body.as_slice(), b"x"].concat();
        let mut plant = |(part, body): (&[u8], &[u8])| {
            store.database.write(|file| Key::new(Kind::Pack, &RulesId::OURS, b"pack").add(file, part, body)).unwrap();
        };

        for nonsense in [(b"".as_slice(), body.as_slice()), (&part, b""), (&part, &longer), (&beyond, &body)] {
            plant(nonsense);
        }

        assert_eq!(store.pack(b"pack").unwrap(), None);
        store.save_pack(b"pack", &work).unwrap();
        assert_eq!(store.pack(b"pack").unwrap(), Some(work));
        assert_eq!(store.info().unwrap().holds.damaged, 0, "what stood in the way is gone");
    }
}
