//! What lies in the folders of objects: packs, loose objects, and further folders.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::pack::Pack;
use crate::git::{Repository, alternates};
use crate::oid::ObjectId;
use crate::path::RepoPath;
use crate::text::Problem;

/// The objects that are stored one a file.
pub type Loose = Vec<ObjectId>;

impl Repository {
    /// Returns the folders of objects, with all that they borrow from (`info/alternates`).
    pub fn object_folders(&self) -> Result<Vec<PathBuf>> {
        let mut folders = Vec::new();
        let mut next = self.object_dirs.clone();
        while let Some(folder) = next.pop() {
            let real = folder.canonicalize().map_err(Error::io("open", &folder))?;
            if !folders.contains(&real) {
                next.extend(borrowed(&folder)?);
                folders.push(real);
            }
        }
        folders.sort();
        Ok(folders)
    }

    /// Opens every pack that git sees, in order of names; what cannot be opened is a problem of its own.
    ///
    /// Git adds an index when its pack is whole, and takes it away first. So one
    /// that is gone when it is opened was replaced while we looked: the list is made anew.
    pub fn packs(&self) -> Result<(Vec<Pack>, Vec<Problem>)> {
        let (mut packs, mut problems) = (Vec::new(), Vec::new());
        for folder in self.object_folders()? {
            let (more, failed) = self.packs_in(&folder)?;
            packs.extend(more);
            problems.extend(failed);
        }
        Ok((packs, problems))
    }

    /// Opens every pack in one folder of objects, as [`Repository::packs`] does in all.
    pub fn packs_in(&self, folder: &Path) -> Result<(Vec<Pack>, Vec<Problem>)> {
        let (mut packs, mut problems) = (Vec::new(), Vec::new());
        for index in pack_indexes(folder)? {
            match Pack::open(&index, self.format.len()) {
                Ok(pack) => packs.push(pack),
                Err(_) if index.symlink_metadata().is_err() => return self.packs_in(folder),
                Err(error) => problems.push(Problem { what: RepoPath::from(index.as_path()).to_string(), error }),
            }
        }
        Ok((packs, problems))
    }

    /// Lists the objects that are stored one a file, in order, each once.
    pub fn loose(&self) -> Result<Loose> {
        let mut loose = Vec::new();
        for folder in self.object_folders()? {
            loose.extend(self.loose_in(&folder)?);
        }
        loose.sort_unstable();
        loose.dedup();
        Ok(loose)
    }

    /// Lists the objects that one folder of objects stores one a file, in order.
    pub fn loose_in(&self, folder: &Path) -> Result<Loose> {
        let mut loose = Vec::new();
        let is_shard = |name: &str| name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        for first in names_in(folder)?.iter().filter_map(|name| name.to_str()).filter(|name| is_shard(name)) {
            let names = names_in(&folder.join(first))?;
            let hex = names.iter().filter_map(|name| Some(format!("{first}{}", name.to_str()?)));
            loose.extend(hex.filter_map(|hex| ObjectId::from_hex(hex.as_bytes())));
        }
        loose.retain(|id| id.as_bytes().len() == self.format.len());
        loose.sort_unstable();
        loose.dedup();
        Ok(loose)
    }
}

/// Returns the indexes of the packs in a folder of objects.
fn pack_indexes(folder: &Path) -> Result<Vec<PathBuf>> {
    let folder = folder.join("pack");
    let files = names_in(&folder)?.into_iter().map(|name| folder.join(name));
    // One that is still being written has a name of its own, `tmp_idx_…`, without this ending.
    Ok(files.filter(|path| path.extension().is_some_and(|end| end == "idx")).collect())
}

/// Returns the names in a folder, in order; none for a folder that is not there.
fn names_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let listing = match fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io("list", folder)(error)),
    };
    let names = listing.map(|entry| entry.map(|entry| PathBuf::from(entry.file_name())));
    let mut names = names.collect::<std::io::Result<Vec<_>>>().map_err(Error::io("list", folder))?;
    names.sort();
    Ok(names)
}

/// Returns the folders that a folder of objects borrows from.
fn borrowed(folder: &Path) -> Result<Vec<PathBuf>> {
    let file = folder.join("info/alternates");
    let lines = match fs::read(&file) {
        Ok(lines) => lines,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io("read", &file)(error)),
    };
    let named = alternates::folders(&lines, alternates::IN_FILE);
    Ok(named.into_iter().map(|named| folder.join(named)).collect())
}
