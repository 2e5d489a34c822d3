//! The message of a commit that is being made, as `commit-msg` gets it.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::path::RepoPath;
use crate::text::{Body, Entry, Listing, Scope, TextKind};

/// What git writes between the message and what it shows below it.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";

/// Whether git let somebody edit the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Editor {
    /// Git opened an editor, and may have shown what is being committed in it.
    Used,
    /// The message was given: git records all of it.
    NotUsed,
}

/// Lists the message in a file, without the diff that git shows below it.
///
/// Comments count: whether git will drop them depends on `--cleanup`, of which a
/// hook is told nothing. The diff of `git commit -v` never gets into a commit.
pub fn message_file(path: &Path, editor: Editor) -> Result<Listing> {
    let mut text = fs::read(path).map_err(Error::io("read", path))?;
    match editor {
        Editor::Used => text.truncate(diff_start(&text)),
        Editor::NotUsed => {}
    }
    let path = RepoPath::from(path);
    let entry = Entry { path, kind: TextKind::Message, body: Body::Inline(text), scope: Scope::All, commit: None };
    Ok(Listing { entries: vec![entry], ..Listing::default() })
}

/// Returns where the diff below the scissors begins; the end of the text if there is none.
///
/// Between the scissors and the diff there is nothing but comments, which begin
/// as the scissors do. Anything else was written by a person.
fn diff_start(text: &[u8]) -> usize {
    let mut comment: Option<&[u8]> = None;
    let mut start = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let content = line.trim_ascii_end();
        match comment {
            Some(_) if content.starts_with(b"diff --") => return start,
            Some(begin) if content.starts_with(begin) || content.is_empty() => {}
            Some(_) | None => comment = content.strip_suffix(SCISSORS).filter(|begin| !begin.is_empty()),
        }
        start += line.len();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> &str {
        &text[..diff_start(text.as_bytes())]
    }

    #[test]
    fn the_diff_of_a_verbose_commit_is_dropped() {
        let above = "a\n# ------------------------ >8 ------------------------\n# Do not modify\n";

        assert_eq!(kept(&format!("{above}diff --git a/x b/x\n-old\n")), above);
    }

    #[test]
    fn the_diff_is_found_behind_comments_of_any_kind() {
        let above = "a\n// ------------------------ >8 ------------------------\n// Do not modify\n//\n";

        assert_eq!(kept(&format!("{above}diff --cc x\n")), above);
    }

    #[test]
    fn what_a_person_wrote_is_kept() {
        let scissors = "# ------------------------ >8 ------------------------\n";
        for text in [
            "a\n# comment\n".to_owned(),
            "a\ndiff --git a/x b/x\n".to_owned(),
            format!("a\n{scissors}secret\n"),
            format!("a\n{scissors}secret\ndiff --git a/x b/x\n"),
        ] {
            assert_eq!(kept(&text), text);
        }
    }
}
