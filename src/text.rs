//! What is to be scanned: plain data that passes from `source` to `scan`.

use std::fmt;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Error;
use crate::oid::ObjectId;
use crate::path::RepoPath;

/// One thing to scan, not yet read.
#[derive(Debug)]
pub struct Entry {
    /// Where it lies, or the name it is shown under.
    pub path: RepoPath,
    /// What kind of text it is.
    pub kind: TextKind,
    /// Where its bytes are.
    pub body: Body,
    /// Which of its lines count as new.
    pub scope: Scope,
    /// The commit that brings it, for texts of a range.
    pub commit: Option<Arc<CommitStamp>>,
}

/// What a text is, which decides how a finding in it is worded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextKind {
    /// The content of a file.
    Content,
    /// The target of a symbolic link.
    SymlinkTarget,
    /// The name of a file.
    PathName,
    /// A commit's message, author and committer.
    Message,
}

impl TextKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Content, Self::SymlinkTarget, Self::PathName, Self::Message];

    /// The name that reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::SymlinkTarget => "symlink-target",
            Self::PathName => "path-name",
            Self::Message => "message",
        }
    }
}

/// Where the bytes of an entry are.
#[derive(Debug)]
pub enum Body {
    /// Here.
    Inline(Vec<u8>),
    /// In the object database.
    Blob(ObjectId),
    /// On disk; a regular file.
    File(PathBuf),
    /// On standard input.
    Stdin,
}

/// Which lines of a text count as new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    All,
    /// The lines that are new against every one of these earlier blobs.
    Since(Vec<ObjectId>),
}

/// What a report says of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitStamp {
    /// The commit.
    pub id: ObjectId,
    /// `Name <mail>`, as bytes from git.
    pub author: Vec<u8>,
    /// The author date in RFC 3339, with its offset.
    pub date: String,
    /// How many parents it names: 0 for the first of a history, 2 and more for a merge.
    pub parents: usize,
}

/// Everything a source found to scan, and what it leaves out and why.
#[derive(Debug, Default)]
pub struct Listing {
    /// What is to be read and scanned.
    pub entries: Vec<Entry>,
    /// What is left out on purpose.
    pub skipped: Vec<Skipped>,
    /// What should have been listed and could not be.
    pub problems: Vec<Problem>,
    /// What a reader of the summary should know, shown with `-v`.
    pub notices: Vec<String>,
}

/// Something that is not scanned, on purpose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Skipped {
    /// What is left out.
    pub path: RepoPath,
    /// Why.
    pub why: Skip,
}

/// Why something is not scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// `.gitignore` leaves it out, and it is not tracked.
    Ignored,
    /// A submodule: its content belongs to another repository.
    Submodule,
    /// Larger than `--max-blob-size`.
    TooLarge,
    /// A FIFO, a socket or a device.
    SpecialFile,
    /// A `.git` folder.
    GitFolder,
    /// History that a shallow clone does not have.
    CutOff,
}

impl Skip {
    /// All reasons.
    pub const ALL: [Self; 6] =
        [Self::Ignored, Self::Submodule, Self::TooLarge, Self::SpecialFile, Self::GitFolder, Self::CutOff];

    /// The name that reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ignored => "ignored",
            Self::Submodule => "submodule",
            Self::TooLarge => "too-large",
            Self::SpecialFile => "special-file",
            Self::GitFolder => "git-folder",
            Self::CutOff => "cut-off-history",
        }
    }
}

/// Something that should have been read and could not be.
#[derive(Debug)]
pub struct Problem {
    /// What it is, in words that are safe to print.
    pub what: String,
    /// Why it could not be read.
    pub error: Error,
}

impl Entry {
    /// The blob that holds the text, where there is one.
    #[must_use]
    pub fn blob(&self) -> Option<ObjectId> {
        match &self.body {
            Body::Blob(id) => Some(*id),
            Body::Inline(_) | Body::File(_) | Body::Stdin => None,
        }
    }
}

/// The bytes of an entry, read.
pub enum Loaded {
    /// All of them.
    Whole(Vec<u8>),
    /// Too many to hold at once.
    Stream {
        /// How many, when that is known beforehand.
        bytes: Option<u64>,
        /// Where they come from. A blob that ends early is an error, never a short text.
        read: Box<dyn Read + Send>,
    },
    /// None, on purpose.
    Skipped(Skip),
}

impl fmt::Debug for Loaded {
    /// Prints how much there is, never what: the bytes may be a secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(out, "Whole(<{} bytes>)", bytes.len()),
            Self::Stream { bytes, .. } => write!(out, "Stream({bytes:?})"),
            Self::Skipped(why) => write!(out, "Skipped({why:?})"),
        }
    }
}
