//! The registry: which keys there are, without any of them.
//!
//! It is TOML with one line for each key, named by its fingerprint and sorted by
//! it, so that two branches seldom touch the same line, and `merge=union` joins
//! what they add. A key that two branches changed is there twice then, and is
//! refused with both lines until somebody takes one out.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use crate::error::{Error, Result};
use crate::finding::Fingerprint;
use crate::path::RepoPath;

/// Where the registry lies, from the top of a work tree.
pub const FILE_NAME: &str = ".ideoguard/keys.toml";

/// What a new registry begins with.
const HEADER: &str = "\
# Which Ideogram keys there are: one line each, sorted; never a key itself.
# `ideoguard key --help` tells more.

[keys]
";

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It reads.
    Reader,
    /// It writes.
    Writer,
    /// It lists and revokes the account's keys.
    Admin,
}

impl Role {
    /// The word that the registry uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Writer => "writer",
            Self::Admin => "admin",
        }
    }
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Registered {
    /// Its first four characters; none if it is short.
    #[serde(default)]
    pub starts: String,
    /// Where it is used: `production`.
    pub environment: String,
    /// What it is for.
    pub role: Role,
    /// Who answers for it.
    pub owner: String,
    /// What it is meant to be used for; Ideogram itself knows no scopes.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The day when it was made.
    pub created: toml::value::Datetime,
    /// The last day on which it should be used.
    pub rotate_by: toml::value::Datetime,
}

/// The keys that there are.
#[derive(Debug, Clone)]
pub struct Registry {
    /// The file, as messages name it.
    path: PathBuf,
    /// Its text.
    text: String,
    /// The keys, and the one-based line of each.
    keys: BTreeMap<Fingerprint, (usize, Registered)>,
}

/// The file as TOML has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// The keys.
    #[serde(default)]
    keys: BTreeMap<Spanned<String>, Registered>,
}

impl Registered {
    /// Describes a key of which only its owner's words are known yet; fails if they make no sense.
    pub fn new(
        environment: String,
        role: Role,
        owner: String,
        scopes: Vec<String>,
        created: Date,
        rotate_by: Date,
    ) -> Result<Self> {
        let (created, rotate_by) = (written(created)?, written(rotate_by)?);
        let key = Self { starts: String::new(), environment, role, owner, scopes, created, rotate_by };
        check(&key).map_err(Error::Usage)?;
        Ok(key)
    }

    /// Describes the key that takes its place: made on a day, to be used for as long.
    pub fn succeeded(&self, starts: String, made: Date) -> Result<Self> {
        let span = self.created().zip(self.rotate_by()).map(|(created, last)| last - created).unwrap_or_default();
        let last = made.checked_add(span).map_err(|_| Error::Usage("that day is too far from now".to_owned()))?;
        Ok(Self { starts, created: written(made)?, rotate_by: written(last)?, ..self.clone() })
    }

    /// Returns the day when it was made.
    #[must_use]
    pub fn created(&self) -> Option<Date> {
        day(&self.created)
    }

    /// Returns the last day on which it should be used.
    #[must_use]
    pub fn rotate_by(&self) -> Option<Date> {
        day(&self.rotate_by)
    }
}

impl Registry {
    /// Reads the text of a registry; messages name it `path`. An empty text is a registry without keys.
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        let at = |offset: usize, problem: String| {
            let line = text.get(..offset).unwrap_or(text).matches('\n').count() + 1;
            Error::Config { path: path.to_owned(), line, column: 0, problem }
        };
        let written: Written = toml::from_str(text).map_err(|error| {
            // The library's message; a registry holds no secret, and what is quoted of it is escaped.
            let problem = crate::path::Escaped(error.message().as_bytes()).to_string();
            at(error.span().map_or(0, |span| span.start), problem)
        })?;
        let mut keys = BTreeMap::new();
        for (name, key) in written.keys {
            let start = name.span().start;
            let line = text.get(..start).unwrap_or(text).matches('\n').count() + 1;
            let Some(fingerprint) = Fingerprint::parse(name.get_ref()) else {
                return Err(at(start, "a key is named by its fingerprint: `ig1:` and 32 hex digits".to_owned()));
            };
            check(&key).map_err(|problem| at(start, problem))?;
            keys.insert(fingerprint, (line, key));
        }
        Ok(Self { path: path.to_owned(), text: text.to_owned(), keys })
    }

    /// Returns the keys, sorted by fingerprint.
    pub fn keys(&self) -> impl Iterator<Item = (&Fingerprint, &Registered)> {
        self.keys.iter().map(|(fingerprint, (_, key))| (fingerprint, key))
    }

    /// Returns the text with one more key; one that is there already is refused.
    pub fn with(&self, fingerprint: &Fingerprint, key: &Registered) -> Result<String> {
        check(key).map_err(Error::Usage)?;
        if let Some((line, _)) = self.keys.get(fingerprint) {
            let path = RepoPath::from(self.path.as_path());
            let way = "`ideoguard key remove` takes it out";
            return Err(Error::Usage(format!("that key is registered already, at {path}:{line}; {way}")));
        }
        let mut lines: Vec<&str> = self.text.lines().collect();
        if lines.is_empty() {
            lines = HEADER.lines().collect();
        }
        if !lines.iter().any(|line| line.trim() == "[keys]") {
            lines.push("[keys]");
        }
        let new = line(fingerprint, key);
        // Before the first key that comes after it, or behind the last line that says anything.
        let after = self.keys.range(fingerprint..).next().map(|(_, (line, _))| line - 1);
        let end = lines.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |last| last + 1);
        lines.insert(after.unwrap_or(end), &new);
        self.checked(lines.join("\n") + "\n")
    }

    /// Returns the text without a key; `None` if it is not there.
    pub fn without(&self, fingerprint: &Fingerprint) -> Result<Option<String>> {
        let Some((line, _)) = self.keys.get(fingerprint) else { return Ok(None) };
        let lines = self.text.lines().enumerate().filter(|(at, _)| at + 1 != *line);
        let text: String = lines.flat_map(|(_, line)| [line, "\n"]).collect();
        self.checked(text).map(Some)
    }

    /// Returns a text that still is a registry; it may not be if somebody wrote a key on several lines.
    fn checked(&self, text: String) -> Result<String> {
        let broken = |_| Error::Config {
            path: self.path.clone(),
            line: 0,
            column: 0,
            problem: "this cannot be changed here; write each key on one line below `[keys]`: \
                      \"ig1:…\" = { environment = \"…\", … }"
                .to_owned(),
        };
        Self::parse(&self.path, &text).map_err(broken)?;
        Ok(text)
    }
}

/// Says what is wrong with what is known of a key.
fn check(key: &Registered) -> std::result::Result<(), String> {
    for (name, text) in [("environment", &key.environment), ("owner", &key.owner)] {
        if text.trim().is_empty() {
            return Err(format!("its {name} is empty"));
        }
    }
    let texts = key.scopes.iter().chain([&key.environment, &key.owner, &key.starts]);
    if texts.into_iter().any(|text| text.chars().any(char::is_control)) {
        return Err("it has a control character".to_owned());
    }
    if key.starts.chars().count() > 4 {
        return Err("`starts` holds more than four characters of the key: take them out, and revoke the key".to_owned());
    }
    match (key.created(), key.rotate_by()) {
        (Some(created), Some(rotate_by)) if created <= rotate_by => Ok(()),
        (Some(_), Some(_)) => Err("`rotate-by` is before `created`".to_owned()),
        (_, _) => Err("`created` and `rotate-by` are days: 2026-01-31".to_owned()),
    }
}

/// Writes a key as its line.
fn line(fingerprint: &Fingerprint, key: &Registered) -> String {
    let text = |text: &str| toml::Value::from(text).to_string();
    let mut line = format!("{} = {{ ", text(fingerprint.as_str()));
    if !key.starts.is_empty() {
        let _ = write!(line, "starts = {}, ", text(&key.starts));
    }
    let scopes: Vec<String> = key.scopes.iter().map(|scope| text(scope)).collect();
    let _ = write!(
        line,
        "environment = {}, role = {}, owner = {}, scopes = [{}], created = {}, rotate-by = {} }}",
        text(&key.environment),
        text(key.role.name()),
        text(&key.owner),
        scopes.join(", "),
        key.created,
        key.rotate_by
    );
    line
}

/// Returns a day as TOML has it.
fn written(day: Date) -> Result<toml::value::Datetime> {
    day.to_string().parse().map_err(|_| Error::Usage(format!("{day} is no day that can be written down")))
}

/// Returns a day that TOML has, if it is a day and nothing more.
fn day(written: &toml::value::Datetime) -> Option<Date> {
    if written.time.is_some() || written.offset.is_some() {
        return None;
    }
    written.to_string().parse().ok()
}
