//! Lists the keys of an account, and says which of them leaked here or are registered.

use std::collections::BTreeMap;

use anstream::ColorChoice;
use ideoguard::audit::{Ended, Metadata};
use ideoguard::error::Result;
use ideoguard::finding::Fingerprint;
use ideoguard::keys::{Account, AccountKey, Api, Leaked, Registry, Standing};
use ideoguard::path::Escaped;
use ideoguard::report::counted;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::leaked::Found;
use super::{Form, History, input, leaked, record, registry, verify};
use crate::cli::args::KeySource;
use crate::cli::output;

/// What is known of the keys here.
struct Known {
    /// Those that leaked.
    found: Found,
    /// Those that are registered.
    registry: Option<Registry>,
}

/// Lists the keys; returns 0, or 1 if one that leaked may be active, or 3 if not everything could be read.
pub(super) fn run(source: &KeySource, api: &Api, history: History, form: Form, colour: ColorChoice) -> Result<u8> {
    verify::refuse_in_hook()?;
    let known = match history {
        History::Scanned => Known { found: leaked::find(colour)?, registry: Some(registry::here_or_empty()?) },
        History::LeftOut => Known { found: Found { keys: BTreeMap::new(), is_whole: true }, registry: None },
    };
    let key = input::key(source)?;
    let listed = api.account(&key);
    let ended = if listed.is_ok() { Ended::Success } else { Ended::Failure };
    let metadata = Metadata::new().with("host", api.base.to_string());
    record::act("account", key.fingerprint().as_str(), ended, metadata)?;
    let account = listed?;
    output::say(&match form {
        Form::Text => for_people(&account, &known),
        Form::Json => vec![in_json(&account, &known).to_string()],
    })?;
    let is_live = |(_, leaked): (_, &Leaked)| {
        let matches = account.matches(&leaked.start, leaked.first);
        matches.iter().any(|key| !matches!(key.standing, Standing::Disabled | Standing::Archived))
    };
    Ok(match (known.found.keys.iter().any(is_live), known.found.is_whole) {
        (true, _) => 1,
        (false, true) => 0,
        (false, false) => 3,
    })
}

impl Known {
    /// Returns the leaked keys that this one of the account may be.
    fn leaked(&self, account: &Account, key: &AccountKey) -> Vec<(&Fingerprint, &Leaked)> {
        let fits = |(_, leaked): &(&Fingerprint, &Leaked)| {
            account.matches(&leaked.start, leaked.first).iter().any(|one| one.id == key.id)
        };
        self.found.keys.iter().filter(fits).collect()
    }

    /// Returns the registered keys that this one of the account may be.
    fn registered(&self, account: &Account, key: &AccountKey) -> Vec<&Fingerprint> {
        let keys = self.registry.iter().flat_map(Registry::keys);
        keys.filter(|(_, registered)| {
            let made = registered.created().and_then(|day| day.to_zoned(TimeZone::UTC).ok()).map(|day| day.timestamp());
            account.matches(&registered.starts, made).iter().any(|one| one.id == key.id)
        })
        .map(|(name, _)| name)
        .collect()
    }
}

/// Tells people.
fn for_people(account: &Account, known: &Known) -> Vec<String> {
    let mut lines = Vec::new();
    for key in &account.keys {
        let made = key.created.map_or_else(|| "at a time that is not told".to_owned(), day);
        lines.push(format!("{}… {}, made {made}, {}", shown(&key.start), shown(key.standing.name()), shown(&key.id)));
        for (name, leaked) in known.leaked(account, key) {
            let since = leaked.first.map_or_else(|| "unknown".to_owned(), day);
            lines.push(format!("  leaked: {name} may be this key; first commit {since}"));
        }
        let registered = known.registered(account, key);
        lines.extend(registered.iter().map(|name| format!("  registered: {name} may be this key")));
    }
    let lost = known.found.keys.iter().filter(|(_, leaked)| account.matches(&leaked.start, leaked.first).is_empty());
    lines.extend(lost.map(|(name, leaked)| format!("leaked: {}… {name} is no key of this account", leaked.start)));
    lines.push(format!("{} in the account", counted(account.keys.len() as u64, "key")));
    lines
}

/// Returns the keys as JSON.
fn in_json(account: &Account, known: &Known) -> Value {
    let keys = account.keys.iter().map(|key| {
        let leaked: Vec<&str> = known.leaked(account, key).iter().map(|(name, _)| name.as_str()).collect();
        let registered: Vec<&str> = known.registered(account, key).iter().map(|name| name.as_str()).collect();
        json!({
            "id": key.id,
            "starts": key.start,
            "created": key.created.map(|time| time.to_string()),
            "status": key.standing.name(),
            "leaked": leaked,
            "registered": registered,
        })
    });
    json!({ "schema": 1, "keys": keys.collect::<Vec<Value>>(), "historyWhole": known.found.is_whole })
}

/// Returns a text from the account, safe to print.
fn shown(text: &str) -> String {
    Escaped(text.as_bytes()).to_string()
}

/// Returns the day of a time.
fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}
