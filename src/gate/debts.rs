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
        let path = self.file(reference.as_bytes());
        match path.symlink_metadata() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(Error::io("read", path)(error)),
        }
    }

    /// Notes a debt; when this returns it is on disk.
    pub fn owe(&self, debt: &Debt) -> Result<()> {
        fs::create_dir_all(&self.folder).map_err(Error::io("create", &self.folder))?;
        let path = self.folder.join(file_name(&debt.name));
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            serde_json::to_writer(&mut file, debt)?;
            file.write_all(b"\n")?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(Error::io("write", &path))
    }

    /// Returns all debts, in the order of their files.
    pub fn all(&self) -> Result<Vec<Debt>> {
        let listed = match fs::read_dir(&self.folder) {
            Ok(listed) => listed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io("list", &self.folder)(error)),
        };
        let files = listed.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<Vec<_>>>();
        let mut files = files.map_err(Error::io("list", &self.folder))?;
        files.retain(|path| path.extension().is_some_and(|end| end == "json"));
        files.sort();
        files.iter().map(|path| read(path)).collect()
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
    let text = fs::read(path).map_err(Error::io("read", path))?;
    let wrong =
        |problem: &str| Error::Config { path: path.to_owned(), line: 0, column: 0, problem: problem.to_owned() };
    let debt: Debt = serde_json::from_slice(&text).map_err(|_| wrong("this is no debt that was noted here"))?;
    if debt.tip().is_none() { Err(wrong("it does not name an object")) } else { Ok(debt) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debt_is_owed_until_it_is_paid() {
        let folder = tempfile::tempdir().unwrap();
        let debts = Debts::of(folder.path());
        let reference = RepoPath::from("refs/heads/main");
        let id = ObjectId::from_bytes(&[7; 32]).unwrap();
        let debt = Debt::new(&reference, id, &[id], "2026-01-01T00:00:00Z".into(), "alice", "it took too long");
        assert!(!debts.is_owed(&reference).unwrap());

        debts.owe(&debt).unwrap();

        assert!(debts.is_owed(&reference).unwrap());
        assert_eq!(debts.all().unwrap(), std::slice::from_ref(&debt));
        assert_eq!((debt.tip(), debt.known()), (Some(id), vec![id]));
        debts.pay(&debt).unwrap();
        assert!(!debts.is_owed(&reference).unwrap());
    }

    #[test]
    fn a_debt_that_cannot_be_read_is_still_owed() {
        let folder = tempfile::tempdir().unwrap();
        let debts = Debts::of(folder.path());
        let reference = RepoPath::from("refs/heads/main");
        fs::create_dir_all(folder.path().join("ideoguard/debts")).unwrap();
        fs::write(debts.file(reference.as_bytes()), "{").unwrap();

        assert!(debts.is_owed(&reference).unwrap());
        assert!(debts.all().is_err());
    }
}
