//! Blobs in which nothing was found, for stores that several repositories share.

use crate::error::Result;
use crate::oid::ObjectId;
use crate::store::Store;
use crate::store::rules_id::RulesId;

/// How much of a detection's name stands before the names of its blobs.
///
/// So no flipped bit makes a blob clean under other rules, and blobs of one
/// detection lie together, in the order of their names.
const PREFIX: usize = 8;

impl Store {
    /// Tells of each blob whether it is known to hold nothing; fastest where they are in order.
    pub fn clean_blobs(&mut self, blobs: &[ObjectId]) -> Result<Vec<bool>> {
        let rules = self.rules;
        let known = self.database.read(|file| {
            let mut statement = file.prepare("SELECT 1 FROM clean WHERE blob = ?")?;
            let is_known = |blob: &ObjectId| statement.exists([key(&rules, blob)]);
            blobs.iter().map(is_known).collect::<rusqlite::Result<Vec<bool>>>()
        })?;
        // A damaged file knows nothing.
        Ok(if known.len() == blobs.len() { known } else { vec![false; blobs.len()] })
    }

    /// Adds blobs in which nothing was found.
    pub fn save_clean(&mut self, blobs: &[ObjectId]) -> Result<()> {
        let rules = self.rules;
        let mut keys: Vec<Vec<u8>> = blobs.iter().map(|blob| key(&rules, blob)).collect();
        // In the order of the table, so that each of its pages is written once.
        keys.sort_unstable();
        self.database.write(|file| {
            let mut statement = file.prepare("INSERT OR IGNORE INTO clean (blob) VALUES (?)")?;
            keys.iter().try_for_each(|key| statement.execute([key]).map(drop))
        })
    }
}

/// Returns the name of a blob under a detection.
fn key(rules: &RulesId, blob: &ObjectId) -> Vec<u8> {
    [prefix(rules), blob.as_bytes()].concat()
}

/// Returns what the names of all blobs under a detection begin with.
pub(super) fn prefix(rules: &RulesId) -> &[u8] {
    &rules.as_bytes()[..PREFIX]
}
