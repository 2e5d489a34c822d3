//! What whole runs told, so that a run over the same state need not work it out again.

use crate::error::Result;
use crate::store::Store;
use crate::store::record::{self, Key, Kind};

/// So many results are kept for each repository.
const MAX_RESULTS: usize = 4;

/// Names everything that a result depends on, beside the rules: references, objects, options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StateKey(pub [u8; 32]);

impl Store {
    /// Returns what was told of this state of the repository.
    pub fn result(&mut self, state: &StateKey) -> Result<Option<Vec<u8>>> {
        let (rules, repository) = (self.rules, self.repository);
        let records = self.database.read(|file| Key::new(Kind::Result, &rules, &repository).records(file))?;
        Ok(records.into_iter().rev().find(|record| record.part == state.0).map(|record| record.body))
    }

    /// Keeps what is to be told of this state of the repository; the oldest of too many goes.
    pub fn save_result(&mut self, state: &StateKey, result: &[u8]) -> Result<()> {
        let (rules, repository) = (self.rules, self.repository);
        self.database.write(|file| {
            let key = Key::new(Kind::Result, &rules, &repository);
            let mut rows = key.parts(file)?;
            rows.sort_unstable_by_key(|(row, _)| *row);
            let (same, others): (Vec<_>, Vec<_>) = rows.iter().partition(|(_, part)| *part == state.0);
            let too_many = others.len().saturating_sub(MAX_RESULTS - 1);
            same.iter().chain(&others[..too_many]).try_for_each(|(row, _)| record::remove(file, *row))?;
            key.add(file, &state.0, result)
        })
    }
}
