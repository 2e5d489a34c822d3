//! `ideoguard audit`: what to do with the record of what was done.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

use super::{LinesArg, ListArg};

/// What to do with the audit log.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  ideoguard audit show --since 2026-01-31     what happened since
  ideoguard audit verify                      is it as it was written?
  ideoguard audit settle                      deliver what is left of it
  ideoguard audit import app.log              how applications use keys

The log is ideoguard/audit.jsonl in the git directory: one JSON object a line,
each chained to the line before by its SHA-256 hash.")]
pub(in crate::cli) struct AuditArgs {
    /// What to do.
    #[command(subcommand)]
    pub(in crate::cli) what: AuditWhat,
}

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum AuditWhat {
    /// Show what was recorded
    #[command(after_help = "\
Examples:
  ideoguard audit show --user alice
  ideoguard audit show --action ideoguard.push --format jsonl

Exit code 0: every line was read; 3: some could not be.")]
    Show {
        /// The log; without one, this repository's
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Only what happened at this time (UTC) or later: 2026-01-31 or 2026-01-31T12:00:00Z
        #[arg(long, value_name = "DATE")]
        since: Option<String>,
        /// Only this action, or all that begin with it: ideoguard.push
        #[arg(long, value_name = "ACTION")]
        action: Option<String>,
        /// Only what this user did
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
        /// In which form: text, json or jsonl (the lines as they are)
        #[arg(long, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
        format: LinesArg,
    },
    /// Say whether it is as it was written, and which lines are not
    #[command(after_help = "\
Examples:
  ideoguard audit verify
  ideoguard audit verify --head 9f86d08…      against a hash that was noted

Shows lines that were altered, removed, added, repeated or moved. Who may write
the log and its head can write both anew from some line on: that shows only
against a hash that was noted elsewhere, or against what a webhook was sent.

Exit codes: 0 whole, 1 broken, 2 bad usage, 3 it could not be read.")]
    Verify {
        /// The log; without one, this repository's
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// The hash of a line that must be there: 64 hex digits
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
    /// Say how keys are used, as applications' own audit lines tell
    #[command(after_help = "\
Examples:
  ideoguard audit import app.log app.log.1
  zcat app.log.2.gz | ideoguard audit import - --environment production
  ideoguard audit import --format json calls.jsonl

Reads `[AUDIT] {…}` anywhere in a line, and JSON a line. Says for each role and
environment which scopes are used, which the registry grants and no call uses,
which are used and not granted, and which calls failed.
Of an entry's metadata these count: environment or env; role; method, status,
scope; key or keyFingerprint (ig1:… or the first four characters).
Nothing else of a line is told, as it might hold a key.

Exit code 0: every audit line was read; 3: some could not be, or there is none.")]
    Import {
        /// The logs; `-` is standard input
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        /// The environment of entries that name none
        #[arg(long, value_name = "NAME")]
        environment: Option<String>,
        /// In which form: text or json
        #[arg(long, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
        format: ListArg,
    },
    /// Scan what pushes left owed, and deliver what was recorded and not delivered yet
    #[command(after_help = "\
Examples:
  ideoguard audit settle /srv/git/project.git
  git config ideoguard.auditWebhook https://log.example.org/ideoguard
  git config ideoguard.auditSecretFile /etc/ideoguard/webhook-secret

Where the policy says `over-limit = owe`, a push whose scan takes too long is
accepted, and nothing more can be pushed to its references until this was run:
from post-receive in the background, or from cron. What it comes to is recorded.

Lines are delivered as they stand in the log, oldest first, with two headers:
X-Ideoguard-Timestamp (Unix seconds) and X-Ideoguard-Signature, the HMAC-SHA-256
of TIMESTAMP.BODY in hex. What was not taken is sent again the next time, so a
receiver may see a line twice, and knows it by its hash.

Exit codes: 0 nothing is left and nothing blocks, 1 what was owed holds what
would have been refused, 2 bad usage or configuration, 3 something is left.")]
    Settle {
        /// A folder in the repository; without one, the current folder
        #[arg(value_name = "REPO")]
        repo: Option<PathBuf>,
        /// Where to; without it, ideoguard.auditWebhook of git's configuration
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        /// The file with the secret to sign with; without it, ideoguard.auditSecretFile
        #[arg(long, value_name = "FILE")]
        secret_file: Option<PathBuf>,
        /// Trust the certificates in this PEM file only; without it, ideoguard.auditCertificates
        #[arg(long, value_name = "FILE")]
        certificates: Option<PathBuf>,
        /// How long it may take; without it, ideoguard.auditTimeout or 2
        #[arg(long, value_name = "SECONDS")]
        timeout: Option<String>,
    },
}
