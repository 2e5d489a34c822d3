//! What can go wrong, said so that the reader knows what to do next.

use std::fmt;
use std::path::PathBuf;

use crate::path::RepoPath;

/// A result whose error is ours.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something could not be done.
///
/// Messages are fragments that fit after `error: `. They never hold text of a
/// scanned file. What comes from outside is escaped before it gets here.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read, written or listed.
    Io {
        /// What we were doing, as a verb: "read", "write", "list".
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no git repository here.
    NoRepository {
        /// Where we looked.
        path: PathBuf,
    },
    /// Git's data could not be read.
    Git {
        /// What we were doing: "open the repository", "read a blob".
        doing: &'static str,
        /// On what, safe to print; may be empty.
        what: String,
        /// What libgit2 or git said, safe to print.
        because: String,
    },
    /// Something in an archive could not be read, or not all of it.
    Archive {
        /// The archive, or the member of it.
        path: RepoPath,
        /// Why.
        because: String,
    },
    /// The store of what was scanned could not be used; a scan goes on without it.
    Store {
        /// What we were doing: "open the store", "write to the store".
        doing: &'static str,
        /// Its file.
        path: PathBuf,
        /// What the system or SQLite said, safe to print.
        because: String,
    },
    /// The audit log could not be used; what was to be recorded must not happen.
    Audit {
        /// What we were doing: "lock the audit log", "write to the audit log".
        doing: &'static str,
        /// Its file.
        path: PathBuf,
        /// Why not, safe to print.
        because: String,
    },
    /// Another machine did not answer as it should.
    Network {
        /// Which, safe to print: never its path, which may hold a token.
        host: String,
        /// What happened, safe to print.
        because: String,
    },
    /// A file of ours says something we do not understand.
    Config {
        /// The file.
        path: PathBuf,
        /// One-based line; 0 when it concerns the whole file.
        line: usize,
        /// One-based column; 0 when it concerns the whole line.
        column: usize,
        /// What is wrong.
        problem: String,
    },
    /// Something was asked for that makes no sense; the text says what and what would.
    Usage(String),
    /// A text holds more findings than are kept.
    TooMany {
        /// How many are left out.
        more: u64,
    },
    /// An earlier run could not read something; both texts are what its report says.
    Reported {
        /// What was wrong.
        said: String,
        /// What can be done about it.
        hint: Option<String>,
    },
    /// Nothing was scanned although something was asked for.
    NothingScanned(String),
    /// Something was not done because the scan it rests on could not read everything; the text says what.
    Incomplete(String),
    /// The user ended it; the text says how far it came.
    Interrupted(String),
}

impl Error {
    /// What the reader can do about it, if we know.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoRepository { .. } => Some(
                "run it inside a repository, or name one with `-C DIR`; `ideoguard scan PATH` scans files without git"
                    .into(),
            ),
            Self::Git { because, .. } if because.contains("not owned by") || because.contains("dubious ownership") => {
                Some("if you trust the folder: `git config --global --add safe.directory PATH`".into())
            }
            Self::Git { doing: "read all objects", .. } => Some(
                "`git fetch --refetch --no-filter` brings what a partial clone left out; elsewhere `git fsck` says more"
                    .into(),
            ),
            Self::Git { doing: "read the index", .. } => {
                Some("if the index is damaged, `rm` it and stage again: `git reset` rebuilds it from HEAD".into())
            }
            Self::Git { doing: "read HEAD", .. } => {
                Some("`git symbolic-ref HEAD refs/heads/BRANCH` puts HEAD on a branch".into())
            }
            Self::Git { doing: "open the repository", .. } => {
                Some("`git status` and `git fsck` in that folder say what is wrong with it".into())
            }
            Self::Store { doing: "open the store", .. } => Some(
                "`--no-store` scans without one, `--store FILE` takes another; a store may be deleted at any time"
                    .into(),
            ),
            Self::Store { .. } => Some(
                "`--no-store` scans without one; `ideoguard store clear` empties it, which costs nothing but time"
                    .into(),
            ),
            Self::Archive { .. } => Some("unpack it where that is safe, and scan the folder".into()),
            Self::Reported { hint, .. } => hint.clone(),
            Self::Io { .. }
            | Self::Git { .. }
            | Self::Audit { .. }
            | Self::Network { .. }
            | Self::Config { .. }
            | Self::Usage(_)
            | Self::TooMany { .. }
            | Self::NothingScanned(_)
            | Self::Incomplete(_)
            | Self::Interrupted(_) => None,
        }
    }

    /// The exit code when nothing could be scanned because of this.
    ///
    /// 2 for what the user typed or configured, 3 for what could not be read.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoRepository { .. } | Self::Config { .. } | Self::Usage(_) => 2,
            Self::Io { .. }
            | Self::Git { .. }
            | Self::Archive { .. }
            | Self::Store { .. }
            | Self::Audit { .. }
            | Self::Network { .. }
            | Self::TooMany { .. }
            | Self::Reported { .. }
            | Self::NothingScanned(_)
            | Self::Incomplete(_) => 3,
            Self::Interrupted(_) => 130,
        }
    }

    /// Wraps an error of the system, for `map_err`.
    pub fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { doing, path, source } => {
                write!(out, "could not {doing} `{}`: {source}", RepoPath::from(path.as_path()))
            }
            Self::Archive { path, because } => write!(out, "could not unpack `{path}`: {because}"),
            Self::NoRepository { path } => {
                write!(out, "no git repository at `{}` or above it", RepoPath::from(path.as_path()))
            }
            Self::Git { doing, what, because } if what.is_empty() => write!(out, "could not {doing}: {because}"),
            Self::Git { doing, what, because } => write!(out, "could not {doing} `{what}`: {because}"),
            Self::Store { doing, path, because } | Self::Audit { doing, path, because } => {
                write!(out, "could not {doing} `{}`: {because}", RepoPath::from(path.as_path()))
            }
            Self::Network { host, because } => write!(out, "no answer from {host}: {because}"),
            Self::Config { path, line, column, problem } => {
                write!(out, "{}", RepoPath::from(path.as_path()))?;
                if *line > 0 {
                    write!(out, ":{line}")?;
                }
                if *column > 0 {
                    write!(out, ":{column}")?;
                }
                write!(out, ": {problem}")
            }
            Self::Reported { said, .. } => out.write_str(said),
            Self::TooMany { more } => write!(out, "it holds {more} more findings than are listed"),
            Self::Usage(text) | Self::NothingScanned(text) | Self::Incomplete(text) | Self::Interrupted(text) => {
                out.write_str(text)
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::NoRepository { .. }
            | Self::Git { .. }
            | Self::Archive { .. }
            | Self::Store { .. }
            | Self::Audit { .. }
            | Self::Network { .. }
            | Self::Config { .. }
            | Self::Usage(_)
            | Self::TooMany { .. }
            | Self::Reported { .. }
            | Self::NothingScanned(_)
            | Self::Incomplete(_)
            | Self::Interrupted(_) => None,
        }
    }
}
