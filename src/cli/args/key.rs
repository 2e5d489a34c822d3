//! `ideoguard key`: what to do with Ideogram keys.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand, ValueEnum};
use ideoguard::keys::EntryName;

use super::ListArg;

/// What to do with Ideogram keys.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  ideoguard key verify --key-env IDEOGRAM_API_KEY       is it alive?
  ideoguard key add --environment production --role writer --owner ops
  ideoguard key age                                     which are too old?
  ideoguard key account --key-file admin-key            what the account says
  ideoguard key rotate                                  a new one for an old one

A key is never given on the command line: it comes from a file, a variable of
the environment, the keyring (the Secret Service, the Keychain or the Credential
Manager), standard input, or is typed without being shown.
The registry is .ideoguard/keys.toml at the top of the work tree: one line for
each key, with its fingerprint and first four characters, never the key. Commit
it. This line in .gitattributes lets branches merge it without conflicts:
  .ideoguard/keys.toml merge=union
What is done here is recorded in the repository's audit log.")]
pub(in crate::cli) struct KeyArgs {
    /// What to do.
    #[command(subcommand)]
    pub(in crate::cli) what: KeyWhat,
}

/// What to do with Ideogram keys.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum KeyWhat {
    /// Ask Ideogram whether a key is alive: one request that costs nothing
    #[command(after_help = "\
Examples:
  ideoguard key verify --key-env IDEOGRAM_API_KEY
  ideoguard key verify --key-file old-key --certificates company-ca.pem

The key goes into a header of one request for the account's usage. An answer of
200, 403 or 404 means that it is alive, 401 that it is dead; anything else says
nothing about it. No redirect is followed. It never runs in a hook.
https_proxy, all_proxy and no_proxy count.

Exit codes: 0 alive, 1 dead, 2 bad usage, 3 unknown.")]
    Verify {
        /// The key.
        #[command(flatten)]
        key: KeySource,
        /// Whom to ask, and how.
        #[command(flatten)]
        api: ApiArgs,
        /// In which form: text or json
        #[arg(long, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
        format: ListArg,
    },
    /// List the account's keys, and say which of them leaked here
    #[command(after_help = "\
Example:
  ideoguard key account --key-file admin-key

It takes the key of an organisation's admin. A key of the account and one of
this repository's history are taken for the same when the first four characters
are, and it was made before its first commit; several may fit.

Exit codes: 0 no key that leaked is active, 1 one may be, 2 bad usage, 3 the
account or the history could not be read.")]
    Account {
        /// The admin's key.
        #[command(flatten)]
        key: KeySource,
        /// Whom to ask, and how.
        #[command(flatten)]
        api: ApiArgs,
        /// Do not look through the history of this repository
        #[arg(long)]
        no_history: bool,
        /// In which form: text or json
        #[arg(long, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
        format: ListArg,
    },
    /// Add a key to the registry
    #[command(
        override_usage = "\
ideoguard key add [OPTIONS]
           --environment <NAME> --role <ROLE> --owner <NAME>",
        after_help = "\
Examples:
  ideoguard key add --environment production --role writer --owner ops \\
      --scope write:images --rotate-by 2026-06-30
  ideoguard key add --environment development --role reader --owner ann \\
      --scope 'read:*' --key-env IDEOGRAM_READ_KEY"
    )]
    Add {
        /// The key.
        #[command(flatten)]
        key: KeySource,
        /// Where it is used: development, staging, production
        #[arg(long, value_name = "NAME")]
        environment: String,
        /// What it is for: reader, writer or admin
        #[arg(long, value_name = "ROLE", hide_possible_values = true)]
        role: RoleArg,
        /// Who answers for it
        #[arg(long, value_name = "NAME")]
        owner: String,
        /// What it is meant to be used for; may be repeated
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// The day when it was made; without it, today
        #[arg(long, value_name = "DATE")]
        created: Option<String>,
        /// The last day on which it should be used; without it, 90 days later
        #[arg(long, value_name = "DATE")]
        rotate_by: Option<String>,
    },
    /// List the keys of the registry
    List {
        /// In which form: text or json
        #[arg(long, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
        format: ListArg,
    },
    /// Take a key out of the registry
    Remove {
        /// The key's name, as `key list` shows it: ig1:…
        #[arg(value_name = "FINGERPRINT")]
        fingerprint: String,
    },
    /// Put a new key in the place of an old one, and see the old one dead
    #[command(
        override_usage = "ideoguard key rotate [OPTIONS] [FILE]...",
        after_help = "\
Examples:
  ideoguard key rotate                          guided, step by step
  ideoguard key rotate --non-interactive --key-file new-key --wait 600
  ideoguard key rotate --non-interactive        go on where it ended
  ideoguard key rotate --back                   the old key again, everywhere
  ideoguard key rotate --keyring ideogram/ann   in the keyring, too

The old key is looked for in every file of the work tree, also in those that git
leaves out. In files of environment variables (.env, .env.local, prod.env) the
new key takes its place, once it is known to be alive: each file is replaced in
one step and keeps its owner and permissions. So it does in each entry of the
keyring that is named, which must hold the old key. What else holds it is told,
with the commands for CI and hosting; each reads the key from a file. Revoking
the old key is up to you; then it is asked for, and must be dead.

A run may end at any point: the next one goes on. Until the end both keys lie in
ideoguard/rotation in the git directory, for you alone; all else that is written
down names them by fingerprint. Every step is in the audit log.

Exit codes: 0 rotated, the old key is dead; 1 the old key is still alive, or the
new one is not; 2 bad usage; 3 something could not be asked, read or written."
    )]
    Rotate(Box<RotateArgs>),
    /// Say how old the known keys and the leaked keys are, the overdue ones first
    #[command(after_help = "\
Examples:
  ideoguard key age
  ideoguard key age --days 30 --format json
  ideoguard key age --account-file answer.json    the account's keys, from a file

Known are the keys of the registry and those in the history of this repository.
A key is overdue after its day in the registry, or so many days after it was
made. One that leaked is due at once, and for as long as the account does not
say that it is disabled or archived.

Exit codes: 0 nothing is due, 1 something is, 2 bad usage, 3 the history could
not be read.")]
    Age {
        /// How old a key may be
        #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..))]
        days: u16,
        /// The account's keys, as Ideogram answers to GET /v2/account/api-keys
        #[arg(long, value_name = "FILE")]
        account_file: Option<PathBuf>,
        /// Do not look through the history of this repository
        #[arg(long)]
        no_history: bool,
        /// In which form: text or json
        #[arg(long, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
        format: ListArg,
    },
}

/// How one key takes the place of another.
#[derive(Debug, Group)]
pub(in crate::cli) struct RotateArgs {
    /// Further files of environment variables: /etc/app/env
    #[arg(value_name = "FILE")]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// An entry of the keyring that holds it, too: SERVICE/USER; may be repeated
    #[arg(long, value_name = "ENTRY")]
    pub(in crate::cli) keyring: Vec<EntryName>,
    /// The old key's name, ig1:…; the key is taken from the file or entry that has it
    #[arg(long, value_name = "FINGERPRINT", conflicts_with_all = ["old_file", "old_env"])]
    pub(in crate::cli) old: Option<String>,
    /// The file with the old key
    #[arg(long, value_name = "FILE", conflicts_with = "old_env")]
    pub(in crate::cli) old_file: Option<PathBuf>,
    /// The environment variable with the old key
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) old_env: Option<String>,
    /// Ask nothing: every answer is an option or on standard input
    #[arg(long)]
    pub(in crate::cli) non_interactive: bool,
    /// With --non-interactive, how long to wait for the old key to be revoked
    #[arg(long, value_name = "SECONDS", default_value_t = 0, requires = "non_interactive")]
    pub(in crate::cli) wait: u32,
    /// Put the old key back everywhere, and end the rotation
    #[arg(long, conflicts_with_all = ["key_file", "key_env", "key_keyring", "key_stdin", "non_interactive", "wait", "files", "keyring"])]
    pub(in crate::cli) back: bool,
    /// Whom to ask, and how.
    #[command(flatten)]
    pub(in crate::cli) api: ApiArgs,
    /// The new key.
    #[command(flatten, next_help_heading = "The new key; without one of these, it is typed")]
    pub(in crate::cli) new: KeySource,
}

/// Where a key comes from; one of these, or else standard input, or it is typed.
#[derive(Debug, Group)]
#[group(multiple = false)]
#[expect(clippy::struct_field_names, reason = "they are the names of the options")]
pub(in crate::cli) struct KeySource {
    /// The file with the key
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) key_file: Option<PathBuf>,
    /// The environment variable with the key
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) key_env: Option<String>,
    /// The entry of the keyring with the key: SERVICE/USER
    #[arg(long, value_name = "ENTRY")]
    pub(in crate::cli) key_keyring: Option<EntryName>,
    /// The key is on standard input
    #[arg(long)]
    pub(in crate::cli) key_stdin: bool,
}

/// Whom to ask, and how.
#[derive(Debug, Group)]
pub(in crate::cli) struct ApiArgs {
    /// Where the API is
    #[arg(long, value_name = "URL", default_value = "https://api.ideogram.ai")]
    pub(in crate::cli) base_url: String,
    /// How the key is presented: api-key or bearer
    #[arg(long, value_name = "STYLE", default_value = "api-key", hide_possible_values = true)]
    pub(in crate::cli) header: StyleArg,
    /// Trust the certificates in this PEM file only
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) certificates: Option<PathBuf>,
    /// How long the request may take
    #[arg(long, value_name = "SECONDS", default_value = "10")]
    pub(in crate::cli) timeout: String,
}

/// How a key is presented.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum StyleArg {
    /// `Api-Key: KEY`
    ApiKey,
    /// `Authorization: Bearer KEY`
    Bearer,
}

/// What a key is for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum RoleArg {
    /// It reads
    Reader,
    /// It writes
    Writer,
    /// It lists and revokes keys
    Admin,
}
