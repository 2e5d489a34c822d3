//! What objects hold: blobs whole or as a stream, trees and commits whole.

use std::cell::OnceCell;
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::git::plumbing::Plumbing;
use crate::git::{Format, Repository, failed, open, to_oid};
use crate::oid::ObjectId;
use crate::path::Escaped;
use crate::text::{Loaded, Skip};

/// Blobs larger than this come as a stream: libgit2 would hold all of one in memory.
const STREAM_ABOVE_BYTES: u64 = 8 << 20;

/// The kinds of objects that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The content of a file.
    Blob,
    /// A folder.
    Tree,
    /// A commit.
    Commit,
    /// An annotated tag.
    Tag,
}

impl Kind {
    /// Returns the word that git uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Blob => "blob",
            Self::Tree => "tree",
            Self::Commit => "commit",
            Self::Tag => "tag",
        }
    }

    /// Returns the kind as libgit2 names it.
    fn to_git2(self) -> git2::ObjectType {
        match self {
            Self::Blob => git2::ObjectType::Blob,
            Self::Tree => git2::ObjectType::Tree,
            Self::Commit => git2::ObjectType::Commit,
            Self::Tag => git2::ObjectType::Tag,
        }
    }

    /// Returns what we are doing when we read one.
    fn doing(self) -> &'static str {
        match self {
            Self::Blob => "read the blob",
            Self::Tree => "read the tree",
            Self::Commit => "read the commit",
            Self::Tag => "read the tag",
        }
    }
}

/// The objects of one repository, for one thread.
pub struct Objects {
    /// The folders they lie in, the main one first.
    folders: Vec<PathBuf>,
    /// libgit2's view of them, opened when it is first asked: a small push asks nothing. `None` if it cannot be opened.
    database: OnceCell<Option<git2::Odb<'static>>>,
    /// Git's view, for what libgit2 cannot read.
    plumbing: Plumbing,
    /// How long object names are.
    format: Format,
}

impl Objects {
    /// Opens the objects of a repository.
    pub(super) fn open(repository: &Repository) -> Self {
        Self {
            folders: repository.object_dirs.clone(),
            database: OnceCell::new(),
            plumbing: repository.plumbing.clone(),
            format: repository.format,
        }
    }

    /// Returns how many bytes an object name has.
    pub(super) fn id_len(&self) -> usize {
        self.format.len()
    }

    /// Reads a blob; one of more than `max_bytes` bytes is skipped, a large one comes as a stream.
    pub fn blob(&self, id: ObjectId, max_bytes: Option<u64>) -> Result<Loaded> {
        let bytes = self.size(id)?;
        if max_bytes.is_some_and(|max| bytes > max) {
            return Ok(Loaded::Skipped(Skip::TooLarge));
        }
        if bytes <= STREAM_ABOVE_BYTES {
            return self.whole(Kind::Blob, id).map(Loaded::Whole);
        }
        match self.plumbing.stream(Kind::Blob.doing(), &["cat-file", "blob", &id.to_string()], bytes) {
            Ok(read) => Ok(Loaded::Stream { bytes: Some(bytes), read: Box::new(read) }),
            Err(_) => self.whole(Kind::Blob, id).map(Loaded::Whole),
        }
    }

    /// Tells whether an object is there.
    pub fn has(&self, id: ObjectId) -> Result<bool> {
        Ok(self.database("look for the object")?.exists(to_oid(id)?))
    }

    /// Returns what an object is, and how many bytes it has.
    pub fn kind(&self, id: ObjectId) -> Result<(Kind, u64)> {
        let doing = "read the object";
        let (bytes, kind) = self.database(doing)?.read_header(to_oid(id)?).map_err(failed(doing, id.to_string()))?;
        let kind = match kind {
            git2::ObjectType::Blob => Kind::Blob,
            git2::ObjectType::Tree => Kind::Tree,
            git2::ObjectType::Commit => Kind::Commit,
            git2::ObjectType::Tag => Kind::Tag,
            git2::ObjectType::Any => {
                return Err(Error::Git { doing, what: id.to_string(), because: "its kind is unknown".to_owned() });
            }
        };
        Ok((kind, bytes as u64))
    }

    /// Reads a whole blob; `None` for one of more than `max_bytes` bytes.
    pub fn whole_blob(&self, id: ObjectId, max_bytes: u64) -> Result<Option<Vec<u8>>> {
        if self.size(id)? > max_bytes {
            return Ok(None);
        }
        self.whole(Kind::Blob, id).map(Some)
    }

    /// Reads a whole object, by git if libgit2 cannot.
    pub fn whole(&self, kind: Kind, id: ObjectId) -> Result<Vec<u8>> {
        let refused = match self.whole_by_libgit2(kind, id) {
            Ok(bytes) => return Ok(bytes),
            Err(refused) => refused,
        };
        let words = ["cat-file", kind.name(), &id.to_string()];
        self.plumbing.run(kind.doing(), &id.to_string(), &words).map_err(|error| explained(error, &refused))
    }

    /// Reads a whole object with libgit2.
    fn whole_by_libgit2(&self, kind: Kind, id: ObjectId) -> Result<Vec<u8>> {
        let object = self.database(kind.doing())?.read(to_oid(id)?).map_err(failed(kind.doing(), id.to_string()))?;
        if object.kind() == kind.to_git2() {
            return Ok(object.data().to_vec());
        }
        let because = format!("it is a {}", object.kind().str());
        Err(Error::Git { doing: kind.doing(), what: id.to_string(), because })
    }

    /// Reads an object by git alone, in a process of its own: of what is damaged, libgit2 may never come back.
    pub fn apart(&self, id: ObjectId, max_bytes: Option<u64>) -> Result<(Kind, Loaded)> {
        let (doing, name) = ("read the object", id.to_string());
        let odd = |because: &[u8]| Error::Git { doing, what: name.clone(), because: Escaped(because).to_string() };
        let word = self.plumbing.run(doing, &name, &["cat-file", "-t", &name])?;
        let kinds = [Kind::Blob, Kind::Tree, Kind::Commit, Kind::Tag];
        let kind = kinds.into_iter().find(|kind| word.trim_ascii() == kind.name().as_bytes());
        let kind = kind.ok_or_else(|| odd(&word))?;
        if kind != Kind::Blob {
            return Ok((kind, Loaded::Whole(self.plumbing.run(doing, &name, &["cat-file", kind.name(), &name])?)));
        }
        let size = self.plumbing.run(doing, &name, &["cat-file", "-s", &name])?;
        let bytes = std::str::from_utf8(size.trim_ascii()).ok().and_then(|text| text.parse().ok());
        let bytes: u64 = bytes.ok_or_else(|| odd(&size))?;
        if max_bytes.is_some_and(|max| bytes > max) {
            return Ok((kind, Loaded::Skipped(Skip::TooLarge)));
        }
        let read = self.plumbing.stream(doing, &["cat-file", "blob", &name], bytes)?;
        Ok((kind, Loaded::Stream { bytes: Some(bytes), read: Box::new(read) }))
    }

    /// Returns how many bytes a blob has, without reading it.
    fn size(&self, id: ObjectId) -> Result<u64> {
        let doing = Kind::Blob.doing();
        let header = self
            .database(doing)
            .and_then(|database| database.read_header(to_oid(id)?).map_err(failed(doing, id.to_string())));
        let refused = match header {
            Ok((bytes, git2::ObjectType::Blob)) => return Ok(bytes as u64),
            Ok((_, kind)) => {
                let because = format!("it is a {}", kind.str());
                return Err(Error::Git { doing, what: id.to_string(), because });
            }
            Err(refused) => refused,
        };
        let answer = self.plumbing.run(doing, &id.to_string(), &["cat-file", "-s", &id.to_string()]);
        let bytes = answer.map_err(|error| explained(error, &refused))?;
        let number = std::str::from_utf8(bytes.trim_ascii()).ok().and_then(|text| text.parse().ok());
        number.ok_or_else(|| Error::Git { doing, what: id.to_string(), because: Escaped(&bytes).to_string() })
    }

    /// Returns libgit2's view.
    fn database(&self, doing: &'static str) -> Result<&git2::Odb<'static>> {
        let because = || "libgit2 cannot open the folder of objects".to_owned();
        let opened = self.database.get_or_init(|| database_of(self.format, &self.folders));
        opened.as_ref().ok_or_else(|| Error::Git { doing, what: String::new(), because: because() })
    }
}

/// Adds to git's error what libgit2 said before, which names the fault more often.
fn explained(error: Error, refused: &Error) -> Error {
    match (error, refused) {
        (Error::Git { doing, what, because }, Error::Git { because: first, .. }) => {
            Error::Git { doing, what, because: format!("{first}; {because}") }
        }
        (error, _) => error,
    }
}

/// Opens the folders of objects by themselves, which needs nothing else that libgit2 could refuse.
pub(super) fn database(repository: &Repository) -> Option<git2::Odb<'static>> {
    database_of(repository.format, &repository.object_dirs)
}

/// Opens some folders of objects by themselves.
pub(super) fn database_of(format: Format, folders: &[PathBuf]) -> Option<git2::Odb<'static>> {
    open::prepare();
    let database = git2::Odb::new_ext(format.to_git2()).ok()?;
    for folder in folders {
        database.add_disk_alternate(folder.to_str()?).ok()?;
    }
    Some(database)
}
