//! The record: who did what, one line each, chained so that a change shows.
//!
//! # The form
//!
//! A log is a text file. Each line is one JSON object with these members in this
//! order: `timestamp` (RFC 3339, UTC, milliseconds), `action`, `userId`,
//! `resource`, `result` (`"success"` or `"failure"`), `metadata` (an object),
//! `prev` and `hash`. There are no spaces between tokens, and every character
//! that is not printable ASCII is a `\u` escape, so a log can be shown anywhere.
//!
//! `hash` is the SHA-256, in lower-case hex, of the line's bytes without the
//! member `hash`: the line without its end, in which `,"hash":"…"}` is replaced
//! by `}`. `prev` is the `hash` of the line before, 64 zeros in the first line.
//! So a line is checked without our help, with `sed`:
//!
//! ```sh
//! sed -n 7p audit.jsonl | tr -d '\n' | sed 's/,"hash":"[0-9a-f]*"}$/}/' | sha256sum
//! ```
//!
//! or with `jq -caj 'del(.hash)'` in place of that `sed`, or in Python with
//! `json.dumps(entry, separators=(",", ":"))`, which write the same bytes.
//!
//! # What is written when
//!
//! [`Log::append`] takes the lock of the file, writes its lines in one step,
//! syncs them, and notes in the head (`audit.jsonl.head`) how many lines there
//! are and the hash of the last. Up to the head everything was finished, so what
//! is wrong there is not an accident of ours. Behind it may lie a line that a run
//! could not finish (killed, no power): the next append replaces it by an
//! `audit.repaired` entry that holds its bytes. No entry whose append returned is
//! ever touched.
//!
//! # What shows, and what does not
//!
//! [`verify()`] shows every line that was altered, removed, added, repeated or
//! moved, since the chain breaks there; and lines removed from the end, since the
//! head counts them. Nothing in a folder can protect it from somebody who may
//! write there and knows how it is done: he can write the rest of the log anew,
//! with its head. That shows only against evidence that is elsewhere: a hash that
//! was noted (`audit verify --head`), or what the webhook was sent.

mod broken;
mod chain;
mod deliver;
mod entry;
mod file;
mod head;
mod lines;
mod log;
mod read;
mod shape;
mod standing;
mod user;
mod verify;

pub use chain::{Hash, Line, MAX_LINE};
pub use deliver::{Delivered, Webhook};
pub use entry::{Ended, Entry, Metadata, text};
pub use file::Access;
pub use head::Head;
pub(crate) use lines::Lines;
pub use log::Log;
pub use read::each_line;
pub use serde_json::Value;
pub use user::{User, UserSource, is_good_certificate};
pub use verify::{Fault, Note, Verified, verify};
