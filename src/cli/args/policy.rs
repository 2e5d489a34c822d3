//! `ideoguard policy`: what a server's policy says.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

use super::ListArg;

/// What to do with the policy.
#[derive(Debug, Group)]
pub(in crate::cli) struct PolicyArgs {
    /// What to do.
    #[command(subcommand)]
    pub(in crate::cli) what: PolicyWhat,
}

/// What to do with the policy.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PolicyWhat {
    /// Show the policy in force, and where each value comes from
    #[command(after_help = "\
Examples:
  ideoguard policy check /srv/git/project.git
  git -C /srv/git/project.git config ideoguard.policy /etc/ideoguard.toml
  git -C /srv/git/project.git config --add ideoguard.bypass-users alice

The policy file has one `key = value` a line, in TOML. Git's configuration, of
the machine and of the repository, has the same keys behind `ideoguard.`, with
or without the hyphens, and counts before the file. Keys:
  block-confidence, block-severity     from where on a finding blocks
  warn-in-tests                        do made-up keys in tests only warn
  disable-rules, allow-fingerprints, allow-file, baseline
                                       what the server allows
  repository-allow-file, repository-baseline, repository-marks
                                       does what the repository says count: its
                                       files as they are before the push
  protected-branch                     that branch: HEAD, refs/heads/main
  bypass-users, bypass-signed          who may answer for a finding
  user-sources                         gitlab, gitea, github, remote-user,
                                       certificate, uid
  preset                               github-enterprise
  deadline, memory, over-limit, threads
                                       limits, and what happens beyond
  audit-log, audit-webhook, audit-secret-file, audit-certificates,
  audit-timeout, audit-plain-http      where it is recorded and delivered to

Exit code 2: the policy makes no sense; then every push is refused.")]
    Check {
        /// A folder in the repository; without one, the current folder
        #[arg(value_name = "REPO")]
        repo: Option<PathBuf>,
        /// In which form: text or json
        #[arg(long, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
        format: ListArg,
    },
}
