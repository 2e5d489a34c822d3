//! Commits: who made them, when, what they say and what they add.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::git::objects::{Kind, Objects};
use crate::git::trees::{self, Change};
use crate::oid::ObjectId;
use crate::text::CommitStamp;

/// The headers that hold signatures.
const SIGNATURES: &[&[u8]] = &[b"gpgsig", b"gpgsig-sha256"];

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

    /// Returns all paths of a tree, as if a first commit had it.
    pub fn all_of(&self, tree: ObjectId) -> Result<Vec<Change>> {
        trees::changes(self, tree, &[])
    }
}

/// What the headers of a commit or a tag say, and all text that a person or a program wrote into it.
#[derive(Debug, Default)]
pub struct Headers<'a> {
    /// The tree of a commit.
    pub tree: Option<ObjectId>,
    /// The commits that a commit follows.
    pub parents: Vec<ObjectId>,
    /// What a tag names.
    pub target: Option<ObjectId>,
    /// `NAME <MAIL> SECONDS OFFSET` of the author, or of who made the tag.
    author: &'a [u8],
    /// The same of the committer.
    committer: &'a [u8],
    /// First the message, then every header that is text, one a line.
    pub text: Vec<u8>,
}

impl<'a> Headers<'a> {
    /// Takes a commit or a tag apart: headers, an empty line, the message; `None` if an id in it is none.
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let end = memchr::memmem::find(bytes, b"\n\n").unwrap_or(bytes.len());
        let (lines, message) = (&bytes[..end], bytes.get(end + 2..).unwrap_or_default());
        let mut headers = Self { text: message.to_vec(), ..Self::default() };
        if !headers.text.ends_with(b"\n") {
            headers.text.push(b'\n');
        }
        let mut in_text = false;
        // As git reads it: the first line names the tree or object, parents follow at once. Whatever
        // stands further below under these names leads nowhere.
        let mut in_links = true;
        for line in lines.split(|byte| *byte == b'\n') {
            let (name, value) = line.split_at(memchr::memchr(b' ', line).unwrap_or(line.len()));
            let value = value.get(1..).unwrap_or_default();
            match name {
                b"tree" if in_links && headers.tree.is_none() => headers.tree = ObjectId::from_hex(value),
                b"object" if in_links && headers.target.is_none() => headers.target = ObjectId::from_hex(value),
                b"parent" if in_links => headers.parents.push(ObjectId::from_hex(value)?),
                b"author" | b"tagger" if headers.author.is_empty() => headers.author = value,
                b"committer" if headers.committer.is_empty() => headers.committer = value,
                _ => {}
            }
            in_links &= matches!(name, b"tree" | b"object" | b"parent");
            // A line that begins with a space goes on with the header before it.
            in_text =
                if name.is_empty() { in_text } else { !(in_links && is_link(value) || says_nothing(name, value)) };
            if in_text {
                headers.text.extend_from_slice(line);
                headers.text.push(b'\n');
            }
        }
        Some(headers)
    }

    /// Returns when the commit was made, in seconds since the epoch.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        signature(self.committer).1
    }

    /// Returns what a report says of the commit or tag.
    #[must_use]
    pub fn stamp(&self, id: ObjectId) -> CommitStamp {
        let (author, seconds, offset) = signature(self.author);
        CommitStamp { id, author: author.to_vec(), date: date(seconds, offset), parents: self.parents.len() }
    }
}

/// Tells whether a link is one, and no text that somebody put in its place.
fn is_link(value: &[u8]) -> bool {
    ObjectId::from_hex(value).is_some()
}

/// Tells whether a header holds no text: the kind of an object, or a signature in its armour.
///
/// Whoever makes an object by hand may write anything behind these names.
fn says_nothing(name: &[u8], value: &[u8]) -> bool {
    match name {
        b"type" => [&b"commit"[..], b"tag", b"tree", b"blob"].contains(&value),
        _ => SIGNATURES.contains(&name) && value.starts_with(b"-----BEGIN "),
    }
}

/// Takes a commit object apart.
fn parse(id: ObjectId, bytes: &[u8]) -> Option<Commit> {
    let headers = Headers::parse(bytes)?;
    let stamp = Arc::new(headers.stamp(id));
    Some(Commit { stamp, tree: headers.tree?, parents: headers.parents, text: headers.text })
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
    fn only_the_links_that_git_follows_count_and_the_others_are_text() {
        let id = ObjectId::from_bytes(&[1; 20]).unwrap();
        let [tree, parent, other] = ["a", "b", "c"].map(|digit| digit.repeat(40));
        let raw = format!(
            "tree {tree}\nparent {parent}\nauthor A <a> 0 +0000\nparent {other}\ntree {other}\ncommitter C <c> 0 +0000\n\nm\n"
        );

        let commit = parse(id, raw.as_bytes()).unwrap();

        assert_eq!(commit.tree.to_string(), tree);
        assert_eq!(commit.parents.iter().map(ToString::to_string).collect::<Vec<_>>(), [parent]);
        let text = format!("m\nauthor A <a> 0 +0000\nparent {other}\ntree {other}\ncommitter C <c> 0 +0000\n");
        assert_eq!(String::from_utf8(commit.text).unwrap(), text);
    }

    #[test]
    fn the_text_of_a_commit_is_its_message_its_people_and_its_further_headers() {
        let id = ObjectId::from_bytes(&[1; 20]).unwrap();
        let tree = "a".repeat(40);
        let raw = format!(
            "tree {tree}\nauthor A <a> 0 +0000\ncommitter C <c> 0 +0000\ngpgsig -----BEGIN x\n y\nnote n\n m\n\nhello\n"
        );

        let commit = parse(id, raw.as_bytes()).unwrap();

        let text = "hello\nauthor A <a> 0 +0000\ncommitter C <c> 0 +0000\nnote n\n m\n";
        assert_eq!(String::from_utf8(commit.text).unwrap(), text);
        assert_eq!(commit.stamp.date, "1970-01-01T00:00:00+00:00");
    }
}
