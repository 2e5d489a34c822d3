//! One more entry at the end of an allow file's text.

use std::fmt::Write;
use std::path::Path;

use jiff::civil::Date;

use crate::decide::policy::Policy;
use crate::error::{Error, Result};
use crate::finding::Fingerprint;

/// A secret that somebody allows, knowingly.
#[derive(Debug, Clone)]
pub struct Allowance {
    /// The secret.
    pub fingerprint: Fingerprint,
    /// Why it is allowed.
    pub reason: String,
    /// The last day on which it is.
    pub until: Option<Date>,
}

/// Returns the text of an allow file with one more entry at its end.
///
/// The text must be valid before and is valid after; what stands in it stays as
/// it is, comments included. A secret that an entry allows already is refused.
pub fn append(path: &Path, text: &str, allowance: &Allowance, today: Date) -> Result<String> {
    check(allowance, today)?;
    let before = Policy::parse(path, text, today)?;
    if let Some((place, reason)) = before.entry_for(&allowance.fingerprint) {
        let reason = crate::path::Escaped(reason.as_bytes());
        return Err(Error::Usage(format!(
            "{} is allowed already, at {place}, because: {reason}; edit that entry to change it",
            allowance.fingerprint
        )));
    }
    let result = format!("{}{}", closed(text), block(allowance, line_end(text)));
    // The text is valid, so what stands in the way can only be a list in another form.
    Policy::parse(path, &result, today).map_err(|_| Error::Config {
        path: path.to_owned(),
        line: 0,
        column: 0,
        problem: "no `[[allow]]` entry can be added; write the list `allow = [ … ]` as `[[allow]]` entries first"
            .into(),
    })?;
    Ok(result)
}

/// Returns what is to be put behind the text of an allow file so that its end is an entry for a secret, with an
/// empty reason: until somebody writes one, the file is refused.
#[must_use]
pub fn draft(text: &str, fingerprint: &Fingerprint) -> String {
    let gap = closed(text).split_off(text.len());
    let allowance = Allowance { fingerprint: fingerprint.clone(), reason: String::new(), until: None };
    gap + &block(&allowance, line_end(text))
}

/// Refuses an allowance that would say nothing or hold never.
fn check(allowance: &Allowance, today: Date) -> Result<()> {
    if allowance.reason.trim().is_empty() {
        return Err(Error::Usage("the reason is empty; say why it is allowed".into()));
    }
    if allowance.reason.chars().any(char::is_control) {
        return Err(Error::Usage("write the reason on one line, without control characters".into()));
    }
    match allowance.until {
        Some(last) if last < today => Err(Error::Usage(format!("{last} has passed; give a day from today on"))),
        Some(_) | None => Ok(()),
    }
}

/// Returns the line ending that a text uses.
fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Returns a text with its last line ended, and an empty line after it.
fn closed(text: &str) -> String {
    let end = line_end(text);
    match text {
        "" => String::new(),
        _ if text.ends_with('\n') => format!("{text}{end}"),
        _ => format!("{text}{end}{end}"),
    }
}

/// Writes an allowance as an `[[allow]]` entry.
fn block(allowance: &Allowance, end: &str) -> String {
    let reason = toml::Value::from(allowance.reason.trim());
    let mut block = format!("[[allow]]{end}fingerprints = [\"{}\"]{end}reason = {reason}{end}", allowance.fingerprint);
    if let Some(last) = allowance.until {
        let _ = write!(block, "until = {last}{end}");
    }
    block
}
