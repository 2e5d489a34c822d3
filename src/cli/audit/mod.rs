//! Shows, verifies and delivers the record of what was done.

mod import;
pub(super) mod settle;
mod show;
mod verify;

use std::path::{Path, PathBuf};

use ideoguard::audit::Hash;
use ideoguard::error::{Error, Result};
use ideoguard::gate::ServerPolicy;
use ideoguard::git::Repository;
use jiff::Timestamp;

use super::args::{AuditWhat, LinesArg, ListArg};
use settle::Target;
use show::Wanted;

/// What to do with an audit log.
pub(super) enum AuditPlan {
    /// Show it.
    Show {
        /// The log.
        log: LogAt,
        /// Which entries.
        wanted: Wanted,
        /// In which form.
        format: LinesArg,
    },
    /// Verify it.
    Verify {
        /// The log.
        log: LogAt,
        /// The hash of a line that must be there.
        noted: Option<Hash>,
    },
    /// Say how keys are used, as applications' audit lines tell.
    Import {
        /// Their logs.
        files: Vec<PathBuf>,
        /// The environment of entries that name none.
        environment: Option<String>,
        /// In which form.
        format: ListArg,
    },
    /// Do what earlier runs left to be done.
    Settle {
        /// A folder in the repository.
        repository: PathBuf,
        /// Where to deliver to.
        target: Target,
    },
}

/// Where a log is.
pub(super) enum LogAt {
    /// In this file.
    File(PathBuf),
    /// In the git directory of the repository here.
    Here,
}

impl AuditPlan {
    /// Makes a plan of arguments.
    pub(super) fn of(what: AuditWhat) -> Result<Self> {
        let log = |file: Option<PathBuf>| file.map_or(LogAt::Here, LogAt::File);
        Ok(match what {
            AuditWhat::Show { file, since, action, user, format } => Self::Show {
                log: log(file),
                wanted: Wanted { since: since.as_deref().map(time).transpose()?, action, user },
                format,
            },
            AuditWhat::Import { files, environment, format } => Self::Import { files, environment, format },
            AuditWhat::Settle { repo, url, secret_file, certificates, timeout } => Self::Settle {
                repository: repo.unwrap_or_else(|| PathBuf::from(".")),
                target: Target {
                    url,
                    secret: secret_file,
                    authorities: certificates,
                    limit: timeout.as_deref().map(super::net::seconds).transpose()?,
                },
            },
            AuditWhat::Verify { file, head } => {
                Self::Verify { log: log(file), noted: head.as_deref().map(hash).transpose()? }
            }
        })
    }
}

impl LogAt {
    /// Returns the file of the log, which need not be there.
    fn file(&self) -> Result<PathBuf> {
        match self {
            Self::File(file) => Ok(file.clone()),
            Self::Here => {
                let here = std::env::current_dir().map_err(Error::io("find", Path::new(".")))?;
                Ok(ServerPolicy::of(&Repository::discover(&here)?)?.audit_log)
            }
        }
    }
}

/// Does what the plan says; returns the exit code.
pub(super) fn run(plan: &AuditPlan) -> Result<u8> {
    match plan {
        AuditPlan::Show { log, wanted, format } => {
            let file = log.file()?;
            show::run(&file, wanted, *format).map_err(|error| explained(file, error))
        }
        AuditPlan::Import { files, environment, format } => import::run(files, environment.as_deref(), *format),
        AuditPlan::Settle { repository, target } => settle::run(repository, target),
        AuditPlan::Verify { log, noted } => {
            let file = log.file()?;
            verify::run(&file, *noted).map_err(|error| explained(file, error))
        }
    }
}

/// Says what it may mean that there is no log.
fn explained(path: PathBuf, error: Error) -> Error {
    let Error::Io { source, .. } = &error else { return error };
    if source.kind() != std::io::ErrorKind::NotFound {
        return error;
    }
    let because = "there is none: nothing was recorded there yet, for a push without findings leaves no line";
    Error::Audit { doing: "read the audit log", path, because: because.to_owned() }
}

/// Reads a day, which begins at midnight in UTC, or a time.
fn time(text: &str) -> Result<Timestamp> {
    let day = || Some(text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp());
    let wrong = || Error::Usage("write the time as 2026-01-31 or 2026-01-31T12:00:00Z".to_owned());
    text.parse().ok().or_else(day).ok_or_else(wrong)
}

/// Reads a hash.
fn hash(text: &str) -> Result<Hash> {
    let wrong = || Error::Usage("write the hash as 64 lower-case hex digits, as `audit verify` shows it".to_owned());
    Hash::parse(text).ok_or_else(wrong)
}
