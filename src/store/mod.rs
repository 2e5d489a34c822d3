//! What was scanned before, and what was found: a file that makes the second run cheap.
//!
//! # What is kept
//!
//! Packs never change and are named by their content, so what was found in one
//! holds as long as the rules do. Its work is cut into numbered units; each save
//! adds a *record* of some units with everything found in them. Loose objects are
//! kept by repository, results of whole runs too, and blobs without any finding by
//! name, for a store that several repositories share. Everything is kept by
//! [`RulesId`]: another detection finds nothing of it and scans again, and the
//! first one still finds its own.
//!
//! No secret is among it: an [`Occurrence`](crate::history::Occurrence) has places and a fingerprint, at most
//! four characters of a secret, and the words of marks as reports show them.
//!
//! # How it is kept
//!
//! SQLite, with a rollback journal and full synchronisation. A journal ahead of
//! writing (WAL) would let readers go on during a write, which takes milliseconds
//! here; but it needs shared memory, which network file systems do not have,
//! leaves further files behind, and cannot be read in a folder that cannot be
//! written. A run that is killed leaves a journal that the next one rolls back.
//!
//! A record is one row with one value that holds all its occurrences, and in it
//! each thing found once. So one sum shows any damage of it, no row can be missing
//! from the middle, and a hundred thousand occurrences are read in milliseconds. A record whose sum does
//! not fit, or that makes no sense, is as if it were not there: its units are
//! scanned again. A file that SQLite finds damaged is emptied, in place; so is
//! one of another version. What is not ours is never touched.
//!
//! Deleting the file is always safe. A run that has it open notices, and saves no
//! more. Where it cannot be opened or written, a scan does without: every error
//! here is an [`Error::Store`](crate::Error::Store), never a reason to stop.
//!
//! # Whom it trusts
//!
//! Nothing read from the file can crash us, reach a terminal unescaped, or make
//! SQLite touch another file: a repository may come as an archive with a store in
//! it, made by somebody else. But such a store can *lie*. It can say of a pack that
//! nothing is in it: the sums are no signatures, and whoever may write to the git
//! directory may change this program's hooks too. So it serves the people who own
//! the repository; a gate on a server must judge without one, and whoever scans
//! the archive of a stranger says `--no-store`.
//!
//! A shared store goes one step further: a pack or a blob that one repository
//! calls by a name counts as scanned in all. Git checks names when it fetches or
//! clones, so repositories that git itself brought here may share a store. One
//! whose files were copied from a stranger should have none.

mod bytes;
mod clean;
mod file;
mod info;
mod loose;
mod occurrences;
mod pack;
mod record;
mod result;
mod rules_id;
mod units;

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

pub use info::{Holds, Info};
pub use loose::LooseWork;
pub use pack::PackWork;
pub use result::StateKey;
pub use rules_id::RulesId;
pub use units::Units;

use crate::error::Result;
use crate::path::RepoPath;
use file::Database;

/// A store, open for one repository and one detection.
#[derive(Debug)]
pub struct Store {
    /// The file.
    database: Database,
    /// The detection whose results are read and saved.
    rules: RulesId,
    /// The name of the repository: a hash of its path.
    repository: [u8; 32],
}

impl Store {
    /// Opens the store in `file`, which is created if it is not there.
    ///
    /// `repository` is the repository's common git directory, which tells its loose
    /// objects and results from those of others.
    pub fn open(file: &Path, repository: &Path, rules: RulesId) -> Result<Self> {
        let repository = Sha256::digest(RepoPath::from(repository).as_bytes()).into();
        Ok(Self { database: Database::open(file)?, rules, repository })
    }

    /// Returns where a repository keeps its own store.
    #[must_use]
    pub fn default_path(git_common_dir: &Path) -> PathBuf {
        git_common_dir.join("ideoguard").join("store.sqlite")
    }

    /// Forgets everything, and gives the space back.
    pub fn clear(&mut self) -> Result<()> {
        self.database.clear()
    }
}
