//! What to scan: staged changes, a range of commits, files, a message, standard input.
//!
//! A source lists entries and reads none of them; [`Reader`] reads them one by one.

mod changes;
mod files;
mod ignored;
mod message;
mod push;
mod range;
mod reader;
mod staged;

pub use files::{FileOptions, Ignored, files, files_in};
pub use message::{Editor, message_file};
pub use push::{Tip, push};
pub use range::range;
pub use reader::Reader;
pub use staged::staged;

use crate::path::RepoPath;
use crate::text::{Body, Entry, Listing, Scope, TextKind};

/// Lists standard input as one text, shown under `path`.
#[must_use]
pub fn stdin(path: RepoPath) -> Listing {
    let entry = Entry { path, kind: TextKind::Content, body: Body::Stdin, scope: Scope::All, commit: None };
    Listing { entries: vec![entry], ..Listing::default() }
}
