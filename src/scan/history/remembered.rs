//! The origins of all objects with findings, as the store keeps them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::history::Reach;
use crate::oid::ObjectId;
use crate::path::RepoPath;
use crate::scan::history::origins::{Origin, Origins};
use crate::text::CommitStamp;

/// What the store keeps of a whole run.
#[derive(Serialize, Deserialize)]
struct Kept {
    bytes: u64,
    /// The commits that come first for some object.
    commits: Vec<Stamp>,
    rows: Vec<Row>,
}

/// What a report says of a commit.
#[derive(Serialize, Deserialize)]
struct Stamp {
    id: String,
    author: String,
    date: String,
    parents: usize,
}

/// An origin.
#[derive(Serialize, Deserialize)]
struct Row {
    object: String,
    /// The number of the commit.
    commit: Option<usize>,
    seconds: Option<i64>,
    last: Option<i64>,
    paths: Vec<String>,
    reach: String,
    commits: u64,
}

/// Writes origins for the store, in order, and how many bytes were scanned.
pub(super) fn to_bytes(origins: &Origins, bytes: u64) -> Vec<u8> {
    let mut ids: Vec<&ObjectId> = origins.keys().collect();
    ids.sort();
    let (mut numbers, mut commits) = (BTreeMap::new(), Vec::new());
    let mut number = |stamp: &Arc<CommitStamp>| {
        *numbers.entry(stamp.id).or_insert_with(|| {
            let CommitStamp { id, author, date, parents } = &**stamp;
            let author = to_characters(author);
            commits.push(Stamp { id: id.to_string(), author, date: date.clone(), parents: *parents });
            commits.len() - 1
        })
    };
    let mut row = |id: &ObjectId| {
        let origin = &origins[id];
        Row {
            object: id.to_string(),
            commit: origin.stamp.as_ref().map(&mut number),
            seconds: origin.seconds,
            last: origin.last,
            paths: origin.paths.iter().map(|path| to_characters(path.as_bytes())).collect(),
            reach: origin.reach.name().to_owned(),
            commits: origin.commits,
        }
    };
    let rows = ids.into_iter().map(&mut row).collect();
    serde_json::to_vec(&Kept { bytes, commits, rows }).unwrap_or_default()
}

/// Reads origins back; `None` if they make no sense.
pub(super) fn from_bytes(bytes: &[u8]) -> Option<(Origins, u64)> {
    let kept: Kept = serde_json::from_slice(bytes).ok()?;
    let commits = kept.commits.into_iter().map(stamp).collect::<Option<Vec<_>>>()?;
    let mut origins = Origins::with_capacity(kept.rows.len());
    for row in kept.rows {
        let paths = row.paths.iter().map(|path| to_bytes_of(path).map(RepoPath::new)).collect::<Option<Vec<_>>>()?;
        let stamp = match row.commit {
            Some(number) => Some(Arc::clone(commits.get(number)?)),
            None => None,
        };
        let origin = Origin {
            stamp,
            seconds: row.seconds,
            last: row.last,
            paths,
            reach: Reach::from_name(&row.reach)?,
            commits: row.commits,
            is_chosen: true,
        };
        origins.insert(ObjectId::from_hex(row.object.as_bytes())?, origin);
    }
    Some((origins, kept.bytes))
}

/// Reads what a report says of a commit.
fn stamp(kept: Stamp) -> Option<Arc<CommitStamp>> {
    let Stamp { id, author, date, parents } = kept;
    // A store may lie, but nothing in it reaches a terminal as it is.
    date.parse::<jiff::Timestamp>().ok()?;
    let id = ObjectId::from_hex(id.as_bytes())?;
    Some(Arc::new(CommitStamp { id, author: to_bytes_of(&author)?, date, parents }))
}

/// Writes bytes that need not be UTF-8, one a character.
fn to_characters(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Reads what [`to_characters`] wrote.
fn to_bytes_of(characters: &str) -> Option<Vec<u8>> {
    characters.chars().map(|one| u8::try_from(one).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> ObjectId {
        ObjectId::from_bytes(&[number; 20]).unwrap()
    }

    fn origin(commit: Option<u8>, path: &[u8]) -> Origin {
        let stamp = commit.map(|number| {
            let (author, date) = (b"A \xff".to_vec(), "2000-01-01T00:00:00Z".to_owned());
            Arc::new(CommitStamp { id: id(number), author, date, parents: 1 })
        });
        let paths = vec![RepoPath::new(path.to_vec())];
        Origin { stamp, seconds: Some(-5), last: Some(6), paths, reach: Reach::Tag, commits: 7, is_chosen: true }
    }

    #[test]
    fn origins_read_back_as_they_were() {
        let origins: Origins = [
            (id(1), origin(Some(9), b"a/b")),
            (id(2), origin(Some(9), b"\xfe\n\x00")),
            (id(3), origin(None, "\u{1f600}".as_bytes())),
        ]
        .into();

        let (read, bytes) = from_bytes(&to_bytes(&origins, 42)).unwrap();

        assert_eq!(bytes, 42);
        for (id, origin) in &origins {
            assert_eq!(format!("{:?}", read[id]), format!("{origin:?}"));
        }
        assert_eq!(read.len(), origins.len());
    }

    #[test]
    fn what_makes_no_sense_is_nothing() {
        let whole = String::from_utf8(to_bytes(&[(id(1), origin(Some(9), b"a"))].into(), 42)).unwrap();

        for (from, to) in
            [("2000-01-01T", "2000 "), ("\"commit\":0", "\"commit\":1"), ("tag", "gat"), ("A ", "\u{100} ")]
        {
            assert!(whole.contains(from));
            assert!(from_bytes(whole.replace(from, to).as_bytes()).is_none(), "{from}");
        }
    }
}
