//! Shows what was recorded.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use ideoguard::audit::{self, Line, Value};
use ideoguard::error::{Error, Result};
use ideoguard::path::{Escaped, RepoPath};
use ideoguard::report::counted;
use jiff::Timestamp;

use crate::cli::args::LinesArg;
use crate::cli::output;

/// Which entries to show; all that fit everything that is said here.
pub(in crate::cli) struct Wanted {
    /// This time or later.
    pub(super) since: Option<Timestamp>,
    /// This action, or those that begin with it.
    pub(super) action: Option<String>,
    /// This user.
    pub(super) user: Option<String>,
}

impl Wanted {
    /// Tells whether an entry fits; one whose time cannot be read is not left out for it.
    fn fits(&self, line: &Line) -> bool {
        let time = line.timestamp.parse::<Timestamp>().ok();
        self.since.is_none_or(|since| time.is_none_or(|time| time >= since))
            && self.action.as_deref().is_none_or(|action| is_within(&line.action, action))
            && self.user.as_deref().is_none_or(|user| line.user_id == user)
    }
}

/// Tells whether an action is another one, or a part of it: `a.b` is within `a`.
fn is_within(action: &str, whole: &str) -> bool {
    action.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Shows entries; returns 0, or fails if some lines could not be read.
pub(super) fn run(file: &Path, wanted: &Wanted, format: LinesArg) -> Result<u8> {
    let mut unread = Vec::new();
    let mut read = Ok(());
    output::stream(|out| {
        let mut written = Ok(());
        let mut count = 0;
        read = audit::each_line(file, |number, bytes, line| {
            match line {
                Some(line) if wanted.fits(&line) => {
                    written = write(out, format, count, bytes, &line);
                    count += 1;
                }
                Some(_) => {}
                None => unread.push(number),
            }
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        written.and_then(|()| if format == LinesArg::Json { end(out, count) } else { Ok(()) })
    })?;
    read?;
    let Some(first) = unread.first() else { return Ok(0) };
    Err(Error::Incomplete(format!(
        "{}: {} could not be read, the first is line {first}; `ideoguard audit verify` says more",
        RepoPath::from(file),
        counted(unread.len() as u64, "line"),
    )))
}

/// Writes an entry in a form.
fn write(out: &mut dyn Write, format: LinesArg, count: u64, bytes: &[u8], line: &Line) -> io::Result<()> {
    match format {
        LinesArg::Text => for_people(out, line),
        LinesArg::Json => {
            out.write_all(if count == 0 { b"{\"schema\":1,\"entries\":[\n" } else { b",\n" })?;
            out.write_all(&printable(bytes))
        }
        LinesArg::Jsonl => out.write_all(&printable(bytes)).and_then(|()| out.write_all(b"\n")),
    }
}

/// Ends the list of entries.
fn end(out: &mut dyn Write, count: u64) -> io::Result<()> {
    out.write_all(if count == 0 { b"{\"schema\":1,\"entries\":[]}\n" } else { b"\n]}\n" })
}

/// Returns a line as it is, but for characters that a terminal could act on: no line of ours has any.
///
/// In JSON such a character can only stand within a string, where its escape reads back as itself.
fn printable(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return bytes.into();
    }
    let text = String::from_utf8_lossy(bytes);
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            ' '..='~' => escaped.push(letter),
            // Between tokens there may be a tab or a carriage return.
            '\t' | '\r' => escaped.push(' '),
            _ => escaped.extend(letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}"))),
        }
    }
    escaped.into_bytes().into()
}

/// Writes an entry for people.
fn for_people(out: &mut dyn Write, line: &Line) -> io::Result<()> {
    let shown = |text: &str| Escaped(text.as_bytes()).to_string();
    writeln!(
        out,
        "{}  {:7}  {}  {}",
        shown(&line.timestamp),
        shown(&line.result),
        shown(&line.action),
        shown(&line.user_id)
    )?;
    writeln!(out, "    {:12}  {}", "resource", shown(&line.resource))?;
    line.metadata.iter().try_for_each(|(name, value)| {
        let value = match value {
            Value::String(text) => shown(text),
            other => shown(&other.to_string()),
        };
        writeln!(out, "    {:12}  {value}", shown(name))
    })
}
