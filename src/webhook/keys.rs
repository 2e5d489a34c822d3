//! Keys that a sender publishes: asked for, kept for a day, asked for again when a signature fits none.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::net::{Client, Request, Url};
use crate::webhook::jwks::KeySet;

/// How long keys are kept, in seconds.
const KEPT: i64 = 24 * 60 * 60;
/// The largest file of kept keys that is read, in bytes.
const MOST: u64 = 2 << 20;

/// Where a sender publishes its keys.
#[derive(Debug)]
pub struct Published {
    /// The address of the set.
    pub url: Url,
    /// The same as text, by which kept keys are known.
    pub name: String,
    /// What asks for it.
    pub client: Client,
    /// The file that it is kept in, if it is.
    pub cache: Option<PathBuf>,
}

/// Keys, and whether they were asked for just now.
#[derive(Debug)]
pub struct Fetched {
    /// The keys.
    pub keys: KeySet,
    /// Whether they come from the sender, just now.
    pub is_fresh: bool,
    /// Why they could not be kept, if they should have been.
    pub not_kept: Option<Error>,
}

/// A set as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Where it is from.
    url: String,
    /// When it was asked for, in Unix seconds.
    fetched: i64,
    /// The set.
    jwks: Value,
}

impl Published {
    /// Returns the keys: those that are kept, or else those that are published now.
    pub fn keys(&self, now: i64) -> Result<Fetched> {
        match self.kept(now) {
            Some(keys) => Ok(Fetched { keys, is_fresh: false, not_kept: None }),
            None => self.fetch(now),
        }
    }

    /// Asks for the keys, and keeps them.
    pub fn fetch(&self, now: i64) -> Result<Fetched> {
        let wrong = |because: String| Error::Network { host: self.url.to_string(), because };
        let answer = self.client.send(&Request { url: &self.url, headers: &[], body: None })?;
        if answer.status != 200 {
            return Err(wrong(format!("it answered with {} instead of its keys", answer.status)));
        }
        let no_set = || wrong("its answer is no set of Ed25519 keys (JWKS)".to_owned());
        let keys = KeySet::parse(&answer.body).ok_or_else(no_set)?;
        let kept = Kept { url: self.name.clone(), fetched: now, jwks: keys.to_json() };
        let not_kept =
            self.cache.as_deref().and_then(|cache| keep(cache, &kept).map_err(Error::io("write", cache)).err());
        Ok(Fetched { keys, is_fresh: true, not_kept })
    }

    /// Returns the keys that are kept, if they are of this sender and of the last day.
    fn kept(&self, now: i64) -> Option<KeySet> {
        let cache = self.cache.as_deref()?;
        let found = fs::metadata(cache).ok().filter(|found| found.is_file() && found.len() <= MOST)?;
        let text = fs::read(cache).ok().filter(|_| found.len() > 0)?;
        let kept: Kept = serde_json::from_slice(&text).ok()?;
        // Keys from the future are of a clock that was wrong.
        let is_recent = (0..KEPT).contains(&now.checked_sub(kept.fetched)?);
        let keys = KeySet::parse(kept.jwks.to_string().as_bytes())?;
        (is_recent && kept.url == self.name).then_some(keys)
    }
}

/// Writes a file whole or not at all, for its owner alone: who can write it decides which signatures are good.
fn keep(cache: &Path, kept: &Kept) -> io::Result<()> {
    let folder = cache.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut file, kept)?;
    file.flush()?;
    file.persist(cache).map(drop).map_err(|error| error.error)
}
