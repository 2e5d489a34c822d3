//! The references of a push, as git tells its hooks.

use crate::error::{Error, Result};
use crate::oid::ObjectId;
use crate::path::RepoPath;
use crate::source::Tip;

/// A reference that is to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefUpdate {
    /// Its full name; of a push that is about to leave, its name there.
    pub reference: RepoPath,
    /// What it is said to name now; nothing if it is to be made.
    pub old: Option<ObjectId>,
    /// What it is to name; nothing if it is to be deleted.
    pub new: Option<ObjectId>,
}

impl RefUpdate {
    /// Reads the three words that git gives to `update`, or in a line to `pre-receive`.
    pub fn of(reference: &[u8], old: &[u8], new: &[u8]) -> Result<Self> {
        let is_name = !reference.is_empty() && !reference.iter().any(|byte| *byte <= b' ' || *byte == 0x7f);
        match (is_name, id(old), id(new)) {
            (true, Some(old), Some(new)) => Ok(Self { reference: RepoPath::new(reference), old, new }),
            _ => {
                Err(Error::Usage("git hands over `OLD NEW REF`, two object names and a reference; this is none".into()))
            }
        }
    }

    /// Returns what the reference is to name, unless it is to be deleted.
    #[must_use]
    pub fn tip(&self) -> Option<Tip> {
        Some(Tip { reference: self.reference.clone(), id: self.new? })
    }
}

/// Reads the lines that `pre-receive` and `post-receive` find on standard input: `OLD SP NEW SP REF`.
///
/// Git runs these hooks for at least one reference, so no lines at all are an error, too.
pub fn read_updates(input: &[u8]) -> Result<Vec<RefUpdate>> {
    let update = |line: &[u8]| {
        let mut words = line.splitn(3, |byte| *byte == b' ');
        match (words.next(), words.next(), words.next()) {
            (Some(old), Some(new), Some(reference)) => RefUpdate::of(reference, old, new).ok(),
            _ => None,
        }
    };
    all_lines(input, update, "OLD NEW REF")
}

/// Reads the lines that `pre-push` finds on standard input: `LOCAL-REF SP LOCAL-ID SP REMOTE-REF SP REMOTE-ID`.
///
/// A push with nothing to do has none.
pub fn pushed_here(input: &[u8]) -> Result<Vec<RefUpdate>> {
    let update = |line: &[u8]| {
        // The local name may be an expression with blanks in it.
        let mut words = line.rsplitn(4, |byte| *byte == b' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some(old), Some(reference), Some(new), Some(_)) => RefUpdate::of(reference, old, new).ok(),
            _ => None,
        }
    };
    if input.is_empty() { Ok(Vec::new()) } else { all_lines(input, update, "LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID") }
}

/// Reads lines, every one of which must make sense.
fn all_lines(input: &[u8], read: impl Fn(&[u8]) -> Option<RefUpdate>, form: &str) -> Result<Vec<RefUpdate>> {
    let wrong = |text: String| Error::Usage(format!("{text}; git writes `{form}` on each line"));
    let Some(lines) = input.strip_suffix(b"\n") else {
        return Err(wrong("standard input does not end with a whole line".into()));
    };
    let lines = lines.split(|byte| *byte == b'\n').zip(1..);
    let read =
        |(line, number)| read(line).ok_or_else(|| wrong(format!("line {number} of standard input makes no sense")));
    lines.map(read).collect()
}

/// Reads an object name; zeros stand for nothing.
#[expect(clippy::option_option, reason = "no name, the name of nothing, and a name are three things")]
fn id(hex: &[u8]) -> Option<Option<ObjectId>> {
    let id = ObjectId::from_hex(hex)?;
    Some(Some(id).filter(|id| id.as_bytes().iter().any(|byte| *byte != 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_push_are_read_with_names_of_both_lengths() {
        for digits in [40, 64] {
            let [zero, one, two] = ["0", "a", "b"].map(|digit| digit.repeat(digits));
            let input = format!("{zero} {one} refs/heads/main\n{one} {two} refs/for/x\n{one} {zero} refs/tags/t\n");

            let updates = read_updates(input.as_bytes()).unwrap();

            let hex = |id: Option<ObjectId>| id.map(|id| id.to_string());
            let seen: Vec<_> =
                updates.iter().map(|one| (hex(one.old), hex(one.new), one.reference.to_string())).collect();
            assert_eq!(
                seen,
                [
                    (None, Some(one.clone()), "refs/heads/main".to_owned()),
                    (Some(one.clone()), Some(two), "refs/for/x".to_owned()),
                    (Some(one), None, "refs/tags/t".to_owned()),
                ]
            );
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_whole() {
        let good = format!("{} {} refs/heads/main\n", "0".repeat(40), "a".repeat(40));
        for bad in
            ["", "\n", "a b c\n", good.trim_end(), &format!("{good}\n"), &format!("{good}x"), "0 0 refs/heads/a\n"]
        {
            assert!(read_updates(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_push_that_leaves_names_the_reference_there() {
        let (local, there) = ("a".repeat(40), "b".repeat(40));
        let input = format!(
            "HEAD@{{1 day ago}} {local} refs/heads/main {there}\n(delete) {} refs/heads/x {there}\n",
            "0".repeat(40)
        );

        let updates = pushed_here(input.as_bytes()).unwrap();

        assert_eq!(updates[0].reference, RepoPath::from("refs/heads/main"));
        assert_eq!((updates[0].new.map(|id| id.to_string()), updates[1].new), (Some(local), None));
        assert_eq!(pushed_here(b"").unwrap(), []);
    }
}
