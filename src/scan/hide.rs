//! Takes secrets out of what a report says about a text beside its findings.
//!
//! A secret may stand in the name of a file or of an author. Then it is a finding
//! of its own, and it would be printed in full wherever that name is.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::detect::Engine;
use crate::error::Error;
use crate::finding::Confidence;
use crate::outcome::Outcome;
use crate::path::RepoPath;
use crate::text::CommitStamp;

/// Replaces every secret in a path, a name or a message of an outcome by what reports may show of it.
pub(super) fn hide(engine: &Engine, outcome: &mut Outcome) {
    let mut paths = HashMap::new();
    let mut path = |path: &mut RepoPath| {
        if let Some(shown) = paths.entry(path.clone()).or_insert_with(|| hidden(engine, path)) {
            path.clone_from(shown);
        }
    };
    let mut stamps = HashMap::new();
    for finding in &mut outcome.findings {
        path(&mut finding.path);
        if let Some(trail) = &mut finding.trail
            && !trail.paths.is_empty()
        {
            Arc::make_mut(trail).paths.iter_mut().for_each(&mut path);
        }
        if let Some(stamp) = &mut finding.commit {
            *stamp = Arc::clone(stamps.entry(stamp.id).or_insert_with(|| signed(engine, stamp)));
        }
    }
    outcome.skipped.iter_mut().for_each(|skipped| path(&mut skipped.path));
    outcome.notices.iter_mut().for_each(|notice| text(engine, notice));
    for problem in &mut outcome.problems {
        text(engine, &mut problem.what);
        error(engine, &mut problem.error);
    }
}

/// Returns a path as reports show it: without the secrets in it.
#[must_use]
pub fn shown(engine: &Engine, path: &RepoPath) -> RepoPath {
    hidden(engine, path).unwrap_or_else(|| path.clone())
}

/// Takes the secrets out of a path.
pub(super) fn path(engine: &Engine, path: &mut RepoPath) {
    if let Some(shown) = hidden(engine, path) {
        *path = shown;
    }
}

/// Returns a path without the secrets in it; `None` for one that holds none.
fn hidden(engine: &Engine, path: &RepoPath) -> Option<RepoPath> {
    // A name is scanned by itself where it is found, and so it must be here: a slash beside it may hide it.
    let mut parts: Vec<Cow<'_, [u8]>> = path.as_bytes().split(|byte| *byte == b'/').map(Cow::Borrowed).collect();
    for part in &mut parts {
        if let Some(shown) = without_secrets(engine, part) {
            *part = Cow::Owned(shown);
        }
    }
    let joined = parts.join(&b'/');
    let shown = without_secrets(engine, &joined).unwrap_or(joined);
    (shown != path.as_bytes()).then(|| RepoPath::new(shown))
}

/// Returns what to say of a commit whose author's name may hold a secret.
pub(super) fn signed(engine: &Engine, stamp: &Arc<CommitStamp>) -> Arc<CommitStamp> {
    match without_secrets(engine, &stamp.author) {
        Some(author) => Arc::new(CommitStamp { author, ..CommitStamp::clone(stamp) }),
        None => Arc::clone(stamp),
    }
}

/// Hides what an error names.
fn error(engine: &Engine, error: &mut Error) {
    match error {
        Error::Io { path, .. } => {
            if let Some(shown) = hidden(engine, &RepoPath::from(path.as_path())) {
                *path = shown.to_os_path();
            }
        }
        Error::Archive { path: shown, .. } => path(engine, shown),
        Error::Git { what, because, .. } => {
            text(engine, what);
            text(engine, because);
        }
        Error::NoRepository { .. }
        | Error::Store { .. }
        | Error::Audit { .. }
        | Error::Network { .. }
        | Error::Config { .. }
        | Error::Usage(_)
        | Error::TooMany { .. }
        | Error::Reported { .. }
        | Error::NothingScanned(_)
        | Error::Incomplete(_)
        | Error::Interrupted(_) => {}
    }
}

/// Hides what a text of ours quotes.
pub fn text(engine: &Engine, text: &mut String) {
    if let Some(shown) = without_secrets(engine, text.as_bytes()) {
        *text = String::from_utf8_lossy(&shown).into_owned();
    }
}

/// Returns the bytes with every secret replaced; `None` when there is none to replace.
///
/// A weak suspicion changes no name: places must stay true.
fn without_secrets(engine: &Engine, bytes: &[u8]) -> Option<Vec<u8>> {
    let matches: Vec<_> = engine.scan(bytes).into_iter().filter(|found| found.confidence >= Confidence::High).collect();
    let mut shown = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for found in &matches {
        shown.extend_from_slice(&bytes[from.min(found.span.start)..found.span.start]);
        shown.extend_from_slice(found.secret.redacted().as_bytes());
        from = found.span.end;
    }
    shown.extend_from_slice(&bytes[from..]);
    (!matches.is_empty()).then_some(shown)
}
