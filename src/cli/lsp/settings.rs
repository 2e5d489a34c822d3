//! What the repositories of open documents allow, read once and kept until it changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ideoguard::detect::Engine;
use ideoguard::error::{Error, Result};
use jiff::civil::Date;
use lsp_types::MessageType;

use super::run::LspPlan;
use super::wire;
use crate::cli::config::Config;
use crate::cli::scan::{loaded, today};

/// What a repository allows, and the engine with its rules.
pub(super) struct Settings {
    /// What its files say.
    pub(super) config: Config,
    /// What finds.
    pub(super) engine: Engine,
    /// The day as of which they were read.
    day: Date,
}

/// The settings of repositories, by the tops of their work trees; `None` for documents outside of any.
#[derive(Default)]
pub(super) struct Shelf(BTreeMap<Option<PathBuf>, std::result::Result<Settings, String>>);

impl Shelf {
    /// Forgets everything: a file has changed.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns the settings of a repository, or why they cannot be used; when they are read, the user is told.
    pub(super) fn of(&mut self, plan: &LspPlan, top: Option<&Path>) -> Result<std::result::Result<&Settings, &str>> {
        let key = top.map(Path::to_owned);
        if !self.0.get(&key).is_some_and(is_current) {
            let read = read(plan, top);
            tell(&read)?;
            self.0.insert(key.clone(), read.map_err(|error| words(&error)));
        }
        Ok(match self.0.get(&key) {
            Some(Ok(settings)) => Ok(settings),
            Some(Err(why)) => Err(why),
            None => Err("its settings were not read"),
        })
    }
}

/// Tells whether settings are of today: allowances expire.
fn is_current(kept: &std::result::Result<Settings, String>) -> bool {
    kept.as_ref().map_or(true, |settings| settings.day == today())
}

/// Reads the settings of a repository.
fn read(plan: &LspPlan, top: Option<&Path>) -> Result<Settings> {
    let day = today();
    let config = loaded(plan.config.as_deref(), &plan.before, top)?;
    Ok(Settings { engine: config.engine(), config, day })
}

/// Tells the user what came of it.
fn tell(read: &Result<Settings>) -> Result<()> {
    match read {
        Ok(settings) => {
            let notices = settings.config.policy.notices().into_iter().chain(settings.config.notice());
            notices.into_iter().try_for_each(wire::log)
        }
        Err(error) => {
            wire::show(MessageType::ERROR, format!("ideoguard scans nothing until this is mended: {}", words(error)))
        }
    }
}

/// Says what is wrong, and what can be done.
pub(super) fn words(error: &Error) -> String {
    error.hint().map_or_else(|| error.to_string(), |hint| format!("{error} ({hint})"))
}
