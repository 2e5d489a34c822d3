//! How old keys are, and which are overdue.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::finding::Fingerprint;
use crate::keys::account::{Account, Standing};
use crate::keys::registry::{Registered, Registry};

/// A key that stands in a repository's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaked {
    /// Its first four characters; none if it is short.
    pub start: String,
    /// When the first commit that has it was made, if that is known.
    pub first: Option<Timestamp>,
    /// The references that hold it, now or in their history.
    pub references: Vec<String>,
    /// Whether it still stands where something leads to.
    pub is_reachable: bool,
}

/// How the day of a key's making is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// The registry says so.
    Registry(Date),
    /// The account says so.
    Account(Date),
    /// The first commit that has it is of that day: it is at least that old.
    Commit(Date),
    /// Nobody says.
    Unknown,
}

impl Since {
    /// Returns the day.
    #[must_use]
    pub fn day(self) -> Option<Date> {
        match self {
            Self::Registry(day) | Self::Account(day) | Self::Commit(day) => Some(day),
            Self::Unknown => None,
        }
    }
}

/// A key, and how old it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aged {
    /// Its name.
    pub fingerprint: Fingerprint,
    /// What the registry knows.
    pub registered: Option<Registered>,
    /// Where it leaked, if it did.
    pub leaked: Option<Leaked>,
    /// What the account says of it, where one key of the account fits and no other.
    pub standing: Option<Standing>,
    /// When it was made.
    pub since: Since,
    /// How many days ago that was.
    pub days: Option<i64>,
    /// How many days ago it should have been replaced; 0 or less if it is not overdue.
    pub overdue: i64,
}

impl Aged {
    /// Tells whether something has to be done: it is too old, or it leaked and nobody says that it is dead.
    #[must_use]
    pub fn is_due(&self) -> bool {
        let is_dead = matches!(self.standing, Some(Standing::Disabled | Standing::Archived));
        !is_dead && (self.overdue > 0 || self.leaked.is_some() || self.days.is_none())
    }
}

/// Returns every key that is registered or leaked, the most overdue first.
///
/// A key is overdue after its day in the registry, and `limit` days after it was
/// made, whichever comes first. A leaked key is due at once; so is a key of which
/// nobody knows how old it is.
#[must_use]
pub fn aged(
    registry: Option<&Registry>,
    leaked: &BTreeMap<Fingerprint, Leaked>,
    account: Option<&Account>,
    today: Date,
    limit: i64,
) -> Vec<Aged> {
    let mut known: BTreeMap<&Fingerprint, Option<&Registered>> = leaked.keys().map(|name| (name, None)).collect();
    known.extend(registry.into_iter().flat_map(Registry::keys).map(|(name, key)| (name, Some(key))));
    let mut aged: Vec<Aged> = known
        .into_iter()
        .map(|(fingerprint, registered)| one(fingerprint, registered, leaked.get(fingerprint), account, today, limit))
        .collect();
    aged.sort_by_key(|key| (!key.is_due(), key.leaked.is_none(), -key.overdue, -key.days.unwrap_or(i64::MAX)));
    aged
}

/// Works out how old one key is.
fn one(
    fingerprint: &Fingerprint,
    registered: Option<&Registered>,
    leaked: Option<&Leaked>,
    account: Option<&Account>,
    today: Date,
    limit: i64,
) -> Aged {
    let day = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
    let start = registered.map(|key| key.starts.as_str()).or(leaked.map(|leaked| leaked.start.as_str()));
    let seen = leaked.and_then(|leaked| leaked.first);
    let listed = account.map_or_else(Vec::new, |account| account.matches(start.unwrap_or_default(), seen));
    let listed = if let [only] = listed[..] { Some(only) } else { None };
    let since = registered
        .and_then(Registered::created)
        .map(Since::Registry)
        .or_else(|| listed?.created.map(day).map(Since::Account))
        .or_else(|| seen.map(day).map(Since::Commit))
        .unwrap_or(Since::Unknown);
    let passed = |since: Date| i64::from(today.since(since).map_or(0, |span| span.get_days()));
    let days = since.day().map(passed);
    let by_registry = registered.and_then(Registered::rotate_by).map(passed);
    let by_age = days.map(|days| days - limit);
    Aged {
        fingerprint: fingerprint.clone(),
        registered: registered.cloned(),
        leaked: leaked.cloned(),
        standing: listed.map(|key| key.standing.clone()),
        since,
        days,
        overdue: by_registry.into_iter().chain(by_age).max().unwrap_or(0),
    }
}
