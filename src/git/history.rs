//! Commits: who made them, when, what they say and what they add.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::git::objects::{Kind, Objects};
use crate::git::trees::{self, Change};
use crate::oid::ObjectId;
use crate::text::CommitStamp;

/// The headers of a commit that hold no text of a person, or only noise: ids and signatures.
const NO_TEXT: &[&[u8]] = &[b"tree", b"parent", b"encoding", b"gpgsig", b"gpgsig-sha256"];

/// A commit, read.
#[derive(Debug, Clone)]
pub struct Commit {
    /// What a report says of it.
    pub stamp: Arc<CommitStamp>,
    /// The tree that it records.
    pub tree: ObjectId,
    /// The commits that it follows.
    pub parents: Vec<ObjectId>,
    /// All that a person or a program wrote into it: first the message, then author,
    /// committer and every further header but signatures, one a line.
    pub text: Vec<u8>,
}

impl Objects {
    /// Reads a commit.
    pub fn commit(&self, id: ObjectId) -> Result<Commit> {
        let bytes = self.whole(Kind::Commit, id)?;
        parse(id, &bytes).ok_or_else(|| Error::Git {
            doing: "read the commit",
            what: id.to_string(),
            because: "it is damaged".to_owned(),
        })
    }

    /// Returns the paths at which a commit differs from every one of the commits in `parents`.
    pub fn changes_of(&self, commit: &Commit, parents: &[ObjectId]) -> Result<Vec<Change>> {
        let earlier = parents.iter().map(|parent| Ok(self.commit(*parent)?.tree)).collect::<Result<Vec<_>>>()?;
        trees::changes(self, commit.tree, &earlier)
    }
}

/// Takes a commit object apart: headers, an empty line, the message.
fn parse(id: ObjectId, bytes: &[u8]) -> Option<Commit> {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap_or(bytes.len());
    let (headers, message) = (&bytes[..end], bytes.get(end + 2..).unwrap_or_default());
    let mut tree = None;
    let mut parents = Vec::new();
    let mut author: &[u8] = b"";
    let mut text = message.to_vec();
    if !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    let mut in_text = false;
    for line in headers.split(|byte| *byte == b'\n') {
        let (name, value) = line.split_at(line.iter().position(|byte| *byte == b' ').unwrap_or(line.len()));
        let value = value.get(1..).unwrap_or_default();
        match name {
            b"tree" => tree = ObjectId::from_hex(value),
            b"parent" => parents.push(ObjectId::from_hex(value)?),
            b"author" if author.is_empty() => author = value,
            _ => {}
        }
        // A line that begins with a space goes on with the header before it.
        in_text = if name.is_empty() { in_text } else { !NO_TEXT.contains(&name) };
        if in_text {
            text.extend_from_slice(line);
            text.push(b'\n');
        }
    }
    let (author, seconds, offset) = signature(author);
    let date = date(seconds, offset);
    let stamp = Arc::new(CommitStamp { id, author: author.to_vec(), date, parents: parents.len() });
    Some(Commit { stamp, tree: tree?, parents, text })
}

/// Splits `NAME <MAIL> SECONDS OFFSET`; a date that cannot be read is the epoch, such an offset none.
fn signature(line: &[u8]) -> (&[u8], i64, i32) {
    let Some(end) = line.iter().rposition(|byte| *byte == b'>') else {
        return (line, 0, 0);
    };
    let (person, when) = line.split_at(end + 1);
    let mut words = when.split(u8::is_ascii_whitespace).filter_map(|word| std::str::from_utf8(word).ok());
    let mut words = words.by_ref().filter(|word| !word.is_empty());
    let seconds = words.next().and_then(|word| word.parse().ok()).unwrap_or_default();
    let offset = words.next().and_then(|word| word.parse::<i32>().ok());
    // `+HHMM`; what has more digits is no offset.
    let offset = offset.filter(|offset| (-9999..=9999).contains(offset)).unwrap_or_default();
    (person, seconds, (offset / 100 * 60 + offset % 100) * 60)
}

/// Writes a moment in RFC 3339; one that the format cannot hold is the epoch.
fn date(seconds: i64, offset_seconds: i32) -> String {
    let moment = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let offset = jiff::tz::Offset::from_seconds(offset_seconds).unwrap_or(jiff::tz::Offset::UTC);
    offset.to_datetime(moment).strftime("%Y-%m-%dT%H:%M:%S").to_string() + &zone(offset.seconds())
}

/// Writes an offset as RFC 3339 does: `+05:30`.
fn zone(seconds: i32) -> String {
    let minutes = seconds.abs() / 60;
    format!("{}{:02}:{:02}", if seconds < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_keeps_the_offset_of_its_author() {
        let (person, seconds, offset) = signature(b"A U Thor <a@example.org> 946684800 -0330");

        assert_eq!(person, b"A U Thor <a@example.org>");
        assert_eq!(date(seconds, offset), "1999-12-31T20:30:00-03:30");
    }

    #[test]
    fn a_date_that_makes_no_sense_is_the_epoch() {
        let (_, seconds, offset) = signature(b"A <a> 99999999999999999999 +9999");

        assert_eq!(date(seconds, offset), "1970-01-01T00:00:00+00:00");
    }

    #[test]
    fn an_offset_that_makes_no_sense_is_none() {
        for offset in ["+2147483647", "-2147483648", "+10000", "east"] {
            let line = format!("A <a> 0 {offset}");

            assert_eq!(signature(line.as_bytes()).2, 0, "{offset}");
        }
    }

    #[test]
    fn the_text_of_a_commit_is_its_message_its_people_and_its_further_headers() {
        let id = ObjectId::from_bytes(&[1; 20]).unwrap();
        let tree = "a".repeat(40);
        let raw =
            format!("tree {tree}\nauthor A <a> 0 +0000\ncommitter C <c> 0 +0000\ngpgsig x\n y\nnote n\n m\n\nhello\n");

        let commit = parse(id, raw.as_bytes()).unwrap();

        let text = "hello\nauthor A <a> 0 +0000\ncommitter C <c> 0 +0000\nnote n\n m\n";
        assert_eq!(String::from_utf8(commit.text).unwrap(), text);
        assert_eq!(commit.stamp.date, "1970-01-01T00:00:00+00:00");
    }
}
