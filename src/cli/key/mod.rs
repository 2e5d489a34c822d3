//! The life of an Ideogram key: is it alive, is it known, is it too old.

mod account;
mod age;
mod input;
mod leaked;
mod record;
mod registry;
mod rotate;
mod typed;
mod verify;

use std::path::PathBuf;

use anstream::ColorChoice;
use ideoguard::error::{Error, Result};
use ideoguard::finding::Fingerprint;
use ideoguard::keys::{Api, Registered, Role, Style};
use ideoguard::net::{PlainHttp, Url};
use jiff::ToSpan;
use jiff::civil::Date;

pub(super) use input::keep_out_of_dumps;
pub(super) use registry::here_or_empty as known_keys;
use rotate::RotatePlan;

use super::args::{ApiArgs, KeySource, KeyWhat, ListArg, RoleArg, StyleArg};
use super::net;
use super::scan::today;

/// How long a key is used, in days, unless its owner says otherwise.
const DAYS: i64 = 90;

/// What to do with keys.
pub(super) enum KeyPlan {
    /// Ask whether one is alive.
    Verify(KeySource, Asked, Form),
    /// List those of an account.
    Account(KeySource, Asked, History, Form),
    /// Add one to the registry; what the key itself says is filled in later.
    Add(KeySource, Box<Registered>),
    /// List the registry.
    List(Form),
    /// Take one out of the registry.
    Remove(Fingerprint),
    /// Put a new one in the place of an old one.
    Rotate(Box<RotatePlan>),
    /// Say how old they are.
    Age {
        /// How many days old one may be.
        days: i64,
        /// A file with the account's keys.
        account: Option<PathBuf>,
        /// Whether to look through the history.
        history: History,
        /// In which form.
        form: Form,
    },
}

/// Whom to ask, and how.
pub(super) struct Asked(ApiArgs);

/// In which form something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

/// Whether to look through the history for keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum History {
    /// Yes.
    Scanned,
    /// No.
    LeftOut,
}

impl KeyPlan {
    /// Makes a plan of arguments.
    pub(super) fn of(what: KeyWhat) -> Result<Self> {
        let history = |left_out: bool| if left_out { History::LeftOut } else { History::Scanned };
        Ok(match what {
            KeyWhat::Verify { key, api, format } => Self::Verify(key, Asked(api), form(format)),
            KeyWhat::Account { key, api, no_history, format } => {
                Self::Account(key, Asked(api), history(no_history), form(format))
            }
            KeyWhat::Add { key, environment, role, owner, scopes, created, rotate_by } => {
                let created = created.as_deref().map(day).transpose()?.unwrap_or_else(today);
                let too_late = |_| Error::Usage("that day is too far from now".to_owned());
                let last = created.checked_add(DAYS.days()).map_err(too_late)?;
                let rotate_by = rotate_by.as_deref().map(day).transpose()?.unwrap_or(last);
                let role = match role {
                    RoleArg::Reader => Role::Reader,
                    RoleArg::Writer => Role::Writer,
                    RoleArg::Admin => Role::Admin,
                };
                let key_of = Registered::new(environment, role, owner, scopes, created, rotate_by)?;
                Self::Add(key, Box::new(key_of))
            }
            KeyWhat::List { format } => Self::List(form(format)),
            KeyWhat::Remove { fingerprint } => Self::Remove(named(&fingerprint)?),
            KeyWhat::Rotate(args) => Self::Rotate(Box::new(RotatePlan::of(*args)?)),
            KeyWhat::Age { days, account_file, no_history, format } => {
                Self::Age { days: days.into(), account: account_file, history: history(no_history), form: form(format) }
            }
        })
    }
}

/// Does what the plan says; returns the exit code.
pub(super) fn run(plan: &KeyPlan, colour: ColorChoice) -> Result<u8> {
    keep_out_of_dumps();
    match plan {
        KeyPlan::Verify(key, asked, form) => verify::run(key, &asked.api()?, *form),
        KeyPlan::Account(key, asked, history, form) => account::run(key, &asked.api()?, *history, *form, colour),
        KeyPlan::Add(key, registered) => registry::add(key, registered),
        KeyPlan::List(form) => registry::list(*form),
        KeyPlan::Remove(fingerprint) => registry::remove(fingerprint),
        KeyPlan::Rotate(plan) => rotate::run(plan),
        KeyPlan::Age { days, account, history, form } => age::run(*days, account.as_deref(), *history, *form, colour),
    }
}

impl Asked {
    /// Makes what asks.
    fn api(&self) -> Result<Api> {
        let Self(args) = self;
        Ok(Api {
            base: Url::parse("the base URL", &args.base_url, PlainHttp::Loopback)?,
            style: match args.header {
                StyleArg::ApiKey => Style::ApiKey,
                StyleArg::Bearer => Style::Bearer,
            },
            client: net::client(args.certificates.as_deref(), net::seconds(&args.timeout)?)?,
        })
    }
}

/// Returns the form.
fn form(format: ListArg) -> Form {
    match format {
        ListArg::Text => Form::Text,
        ListArg::Json => Form::Json,
    }
}

/// Reads the name of a key.
fn named(fingerprint: &str) -> Result<Fingerprint> {
    let wrong = "a key is named by its fingerprint: `ig1:` and 32 hex digits, as `key list` shows it";
    Fingerprint::parse(fingerprint).ok_or_else(|| Error::Usage(wrong.to_owned()))
}

/// Reads a day.
fn day(text: &str) -> Result<Date> {
    text.parse().map_err(|_| Error::Usage("write a day as 2026-01-31".to_owned()))
}
