//! `ideoguard audit`: what to do with the record of what was done.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

use super::FormatArg;

/// What to do with the audit log.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  ideoguard audit show --since 2026-01-31     what happened since
  ideoguard audit verify                      is it as it was written?
  ideoguard audit settle                      do what is owed

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
        format: FormatArg,
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
    /// Do what is owed: scans of pushes, and delivery of what was recorded
    #[command(after_help = "\
Examples:
  git config ideoguard.audit-webhook https://log.example.org/ideoguard
  git config ideoguard.audit-secret-file /etc/ideoguard/webhook-secret
  ideoguard audit settle /srv/git/project.git

Scans: where the policy says `over-limit = owe`, a push whose scan takes too
long is accepted, and nothing more can be pushed to its references until this
was run. What it comes to is recorded.

Delivery: where the policy names a webhook, lines are sent to it as they stand
in the log, oldest first, with two headers: X-Ideoguard-Timestamp (Unix seconds)
and X-Ideoguard-Signature, the HMAC-SHA-256 of TIMESTAMP.BODY in hex. What was
not taken is sent again the next time, so a receiver may see a line twice, and
knows it by its hash.

Run it from post-receive in the background, or from cron.
Exit codes: 0 nothing blocks and nothing is left, 1 something would have been
refused, 2 bad configuration, 3 something is still owed.")]
    Settle {
        /// A folder in the repository; without one, the current folder
        #[arg(value_name = "REPO")]
        repo: Option<PathBuf>,
    },
}
