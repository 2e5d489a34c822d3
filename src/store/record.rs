//! Records: what is kept under a name, each with a sum that shows damage.

use rusqlite::{Connection, Row, params};
use sha2::{Digest, Sha256};

use crate::store::rules_id::RulesId;

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Some units of a pack, under the pack's checksum.
    Pack,
    /// Some loose objects, under their repository.
    Loose,
    /// What a whole run told, under its repository.
    Result,
}

impl Kind {
    /// Every kind.
    pub(super) const ALL: [Self; 3] = [Self::Pack, Self::Loose, Self::Result];

    /// Returns the word for it in the file.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::Loose => "loose",
            Self::Result => "result",
        }
    }
}

/// Where a record belongs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key<'a> {
    /// What it is about.
    pub(super) kind: Kind,
    /// The detection that it holds for.
    pub(super) rules: &'a [u8],
    /// The pack or the repository.
    pub(super) name: &'a [u8],
}

/// A record as it lies in the file.
#[derive(Debug)]
pub(super) struct Record {
    /// Which part of what the name stands for.
    pub(super) part: Vec<u8>,
    /// What is known of that part.
    pub(super) body: Vec<u8>,
}

impl<'a> Key<'a> {
    /// Returns where records about `name` belong.
    pub(super) fn new(kind: Kind, rules: &'a RulesId, name: &'a [u8]) -> Self {
        Self { kind, rules: rules.as_bytes(), name }
    }

    /// Returns the sum of a record, over all that it is found by and all that it says.
    fn sum(&self, part: &[u8], body: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        for bytes in [self.kind.word().as_bytes(), self.rules, self.name, part, body] {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        }
        hash.finalize().into()
    }

    /// Reads the undamaged records that belong here, oldest first.
    pub(super) fn records(&self, connection: &Connection) -> rusqlite::Result<Vec<Record>> {
        let mut statement = connection
            .prepare("SELECT part, body, sum FROM record WHERE kind = ? AND rules = ? AND name = ? ORDER BY rowid")?;
        let mut rows = statement.query(params![self.kind.word(), self.rules, self.name])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.extend(self.whole(row));
        }
        Ok(records)
    }

    /// Reads the record with the number `row`; `None` if it is damaged.
    pub(super) fn record(&self, connection: &Connection, row: i64) -> rusqlite::Result<Option<Record>> {
        let mut statement = connection.prepare("SELECT part, body, sum FROM record WHERE rowid = ?")?;
        let mut rows = statement.query([row])?;
        Ok(rows.next()?.and_then(|row| self.whole(row)))
    }

    /// Reads the number and the part of each record that belongs here, damaged ones too.
    pub(super) fn parts(&self, connection: &Connection) -> rusqlite::Result<Vec<(i64, Vec<u8>)>> {
        let mut statement =
            connection.prepare("SELECT rowid, part FROM record WHERE kind = ? AND rules = ? AND name = ?")?;
        let rows = statement.query_map(params![self.kind.word(), self.rules, self.name], |row| {
            Ok((row.get(0)?, row.get_ref(1)?.as_blob().unwrap_or_default().to_vec()))
        })?;
        rows.collect()
    }

    /// Adds a record.
    pub(super) fn add(&self, connection: &Connection, part: &[u8], body: &[u8]) -> rusqlite::Result<()> {
        let mut statement =
            connection.prepare("INSERT INTO record (kind, rules, name, part, body, sum) VALUES (?, ?, ?, ?, ?, ?)")?;
        statement.execute(params![
            self.kind.word(),
            self.rules,
            self.name,
            part,
            body,
            self.sum(part, body).as_slice()
        ])?;
        Ok(())
    }

    /// Returns what a row that begins with part, body and sum holds; `None` unless the sum fits.
    pub(super) fn whole(&self, row: &Row<'_>) -> Option<Record> {
        let bytes = |index: usize| row.get_ref(index).ok()?.as_blob().ok();
        let (part, body) = (bytes(0)?, bytes(1)?);
        let fits = bytes(2)? == self.sum(part, body);
        fits.then(|| Record { part: part.to_vec(), body: body.to_vec() })
    }
}

/// Removes the record with the number `row`.
pub(super) fn remove(connection: &Connection, row: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM record WHERE rowid = ?", [row]).map(drop)
}
