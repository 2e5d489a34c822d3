//! Pushes that were accepted before they were scanned: one file for each reference.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::oid::ObjectId;
use crate::path::RepoPath;

/// A push to one reference that is still to be scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debt {
    /// The reference, escaped.
    pub reference: String,
    /// The bytes of its name, in hex, which it is found by.
    name: String,
    /// What it was to name.
    pub new: String,
    /// What was there before and need not be scanned: the values that references had.
    pub known: Vec<String>,
    /// Since when it is owed, in RFC 3339.
    pub since: String,
    /// Who pushed.
    pub user: String,
    /// Why it was not scanned.
    pub why: String,
}

impl Debt {
    /// Notes what is owed for one reference.
    #[must_use]
    pub fn new(reference: &RepoPath, new: ObjectId, known: &[ObjectId], since: String, user: &str, why: &str) -> Self {
        Self {
            reference: reference.to_string(),
            name: hex(reference.as_bytes()),
            new: new.to_string(),
            known: known.iter().map(ToString::to_string).collect(),
            since,
            user: user.to_owned(),
            why: why.to_owned(),
        }
    }

    /// Returns the object that is to be scanned with all it leads to.
    #[must_use]
    pub fn tip(&self) -> Option<ObjectId> {
        ObjectId::from_hex(self.new.as_bytes())
    }

    /// Returns the reference, as git knows it.
    #[must_use]
    pub fn of_reference(&self) -> RepoPath {
        let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap_or_default(), 16).unwrap_or_default();
        RepoPath::new(self.name.as_bytes().chunks(2).map(byte).collect::<Vec<u8>>())
    }

    /// Returns what need not be scanned.
    #[must_use]
    pub fn known(&self) -> Vec<ObjectId> {
        self.known.iter().filter_map(|hex| ObjectId::from_hex(hex.as_bytes())).collect()
    }
}

/// The debts of a repository.
#[derive(Debug, Clone)]
pub struct Debts {
    folder: PathBuf,
}

impl Debts {
    /// Names the debts of the repository with this (common) git directory.
    #[must_use]
    pub fn of(git_dir: &Path) -> Self {
        Self { folder: git_dir.join("ideoguard/debts") }
    }

    /// Tells whether something is owed for a reference.
    pub fn is_owed(&self, reference: &RepoPath) -> Result<bool> {
        // Few servers have the folder.
        Ok(is_there(&self.folder)? && is_there(&self.file(reference.as_bytes()))?)
    }

    /// Notes debts, all or none; when this returns they are on disk.
    ///
    /// A debt that is there already is never replaced: of two pushes to one reference at the same
    /// time git refuses one, and that must not be the one of which the debt is kept.
    pub fn owe(&self, debts: &[Debt]) -> Result<()> {
        fs::create_dir_all(&self.folder).map_err(Error::io("create", &self.folder))?;
        for (number, debt) in debts.iter().enumerate() {
            if let Err(error) = self.note(debt) {
                self.forget(&debts[..number]);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Takes debts away that were just noted for a push that is refused after all.
    pub fn forget(&self, debts: &[Debt]) {
        for debt in debts {
            // One that stays blocks its reference until it is settled, which is safe.
            drop(self.pay(debt));
        }
    }

    fn note(&self, debt: &Debt) -> Result<()> {
        let path = self.folder.join(file_name(&debt.name));
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            serde_json::to_writer(&mut file, debt)?;
            file.write_all(b"\n")?;
            file.as_file().sync_all()?;
            file.persist_noclobber(&path).map_err(|error| error.error)?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(Error::io("write", &path))
    }

    /// Waits until nobody else settles, and keeps others from it for as long as the file is held.
    pub fn settling(&self) -> Result<File> {
        let path = self.folder.join(LOCK);
        let lock = || {
            let file = File::options().read(true).append(true).create(true).open(&path)?;
            file.lock()?;
            Ok(file)
        };
        lock().map_err(Error::io("lock", &path))
    }

    /// Tells whether anything was ever owed.
    #[must_use]
    pub fn are_kept(&self) -> bool {
        self.folder.is_dir()
    }

    /// Returns all debts, in the order of their files; of one that cannot be read, why.
    pub fn all(&self) -> Result<Vec<Result<Debt>>> {
        let listed = match fs::read_dir(&self.folder) {
            Ok(listed) => listed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io("list", &self.folder)(error)),
        };
        let files = listed.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<Vec<_>>>();
        let mut files = files.map_err(Error::io("list", &self.folder))?;
        files.retain(|path| path.extension().is_some_and(|end| end == "json"));
        files.sort();
        Ok(files.iter().map(|path| read(path)).collect())
    }

    /// Takes a debt away.
    pub fn pay(&self, debt: &Debt) -> Result<()> {
        let path = self.folder.join(file_name(&debt.name));
        fs::remove_file(&path).map_err(Error::io("remove", &path))
    }

    /// Returns the file of a reference.
    fn file(&self, reference: &[u8]) -> PathBuf {
        self.folder.join(file_name(&hex(reference)))
    }
}

/// Tells whether something is at a path.
fn is_there(path: &Path) -> Result<bool> {
    match path.symlink_metadata() {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Error::io("read", path)(error)),
    }
}

/// The file that is locked while debts are settled.
const LOCK: &str = "lock";

/// Names a file after a reference; the name itself may be too long for one.
fn file_name(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    format!("{}.json", hex(&digest[..16]))
}

/// Writes bytes in hex.
fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Reads one debt.
fn read(path: &Path) -> Result<Debt> {
    let wrong =
        |problem: &str| Error::Config { path: path.to_owned(), line: 0, column: 0, problem: problem.to_owned() };
    if !path.symlink_metadata().is_ok_and(|found| found.is_file()) {
        return Err(wrong("it is not a regular file; a link is not followed"));
    }
    let text = fs::read(path).map_err(Error::io("read", path))?;
    let debt: Debt = serde_json::from_slice(&text).map_err(|_| wrong("this is no debt that was noted here"))?;
    if debt.tip().is_none() { Err(wrong("it does not name an object")) } else { Ok(debt) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All debts, of which each can be read.
    fn kept(debts: &Debts) -> Vec<Debt> {
        debts.all().unwrap().into_iter().map(Result::unwrap).collect()
    }

    #[test]
    fn a_debt_is_owed_until_it_is_paid() {
        let folder = tempfile::tempdir().unwrap();
        let debts = Debts::of(folder.path());
        let reference = RepoPath::from("refs/heads/main");
        let id = ObjectId::from_bytes(&[7; 32]).unwrap();
        let debt = Debt::new(&reference, id, &[id], "2026-01-01T00:00:00Z".into(), "alice", "it took too long");
        assert!(!debts.is_owed(&reference).unwrap());

        debts.owe(std::slice::from_ref(&debt)).unwrap();

        assert!(debts.is_owed(&reference).unwrap());
        assert_eq!(kept(&debts), std::slice::from_ref(&debt));
        assert_eq!((debt.tip(), debt.known(), debt.of_reference()), (Some(id), vec![id], reference.clone()));
        debts.pay(&debt).unwrap();
        assert!(!debts.is_owed(&reference).unwrap());
    }

    #[test]
    fn a_debt_is_never_replaced_and_of_several_all_or_none_are_noted() {
        let folder = tempfile::tempdir().unwrap();
        let debts = Debts::of(folder.path());
        let debt = |name: &str, byte: u8| {
            let id = ObjectId::from_bytes(&[byte; 20]).unwrap();
            Debt::new(&name.into(), id, &[], "2026-01-01T00:00:00Z".into(), "alice", "it took too long")
        };
        let first = debt("refs/heads/main", 1);
        debts.owe(std::slice::from_ref(&first)).unwrap();

        assert!(debts.owe(&[debt("refs/heads/x", 2), debt("refs/heads/main", 2)]).is_err());

        assert_eq!(kept(&debts), [first]);
    }

    #[test]
    fn a_debt_that_cannot_be_read_is_still_owed_and_hides_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let debts = Debts::of(folder.path());
        let reference = RepoPath::from("refs/heads/main");
        let id = ObjectId::from_bytes(&[7; 20]).unwrap();
        let other =
            Debt::new(&"refs/heads/x".into(), id, &[], "2026-01-01T00:00:00Z".into(), "alice", "it took too long");
        debts.owe(&[other]).unwrap();
        fs::write(debts.file(reference.as_bytes()), "{").unwrap();

        assert!(debts.is_owed(&reference).unwrap());
        let all = debts.all().unwrap();
        assert_eq!((all.iter().filter(|debt| debt.is_ok()).count(), all.len()), (1, 2));
    }
}
