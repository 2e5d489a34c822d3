//! Ways to scan every object of a repository, and what each finds, in a form that compares.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use ideoguard::detect::Engine;
use ideoguard::finding::Fingerprint;
use ideoguard::git::Headers;
use ideoguard::history::Occurrence;
use ideoguard::text::TextKind;

/// One finding: object, kind of text, begin, end, rule, confidence, fingerprint.
pub(crate) type Line = (String, &'static str, u64, u64, String, u8, String);

/// Findings, and how often each was told.
pub(crate) type Lines = BTreeMap<Line, u32>;

/// Tells where two lists differ first.
pub(crate) fn same(expected: &Lines, actual: &Lines) -> Result<(), String> {
    let missing = expected.keys().find(|line| !actual.contains_key(*line)).map(|line| format!("missing {line:?}"));
    let extra = actual.keys().find(|line| !expected.contains_key(*line)).map(|line| format!("not to be {line:?}"));
    missing.or(extra).map_or(Ok(()), Err)
}

/// Returns occurrences as they are compared; names in trees are reported once each, so they are left out.
pub(crate) fn lines_of(occurrences: &[Occurrence]) -> Lines {
    occurrences.iter().filter_map(line_of).fold(Lines::new(), counted)
}

fn counted(mut lines: Lines, line: Line) -> Lines {
    *lines.entry(line).or_default() += 1;
    lines
}

/// Returns an occurrence as it is compared.
fn line_of(one: &Occurrence) -> Option<Line> {
    let kind = match one.kind {
        TextKind::Content => "content",
        TextKind::Message => "message",
        TextKind::PathName | TextKind::SymlinkTarget => return None,
    };
    let fingerprint = one.found.fingerprint.to_string();
    Some((
        one.object.to_string(),
        kind,
        one.start,
        one.end,
        one.found.rule.clone(),
        one.found.confidence as u8,
        fingerprint,
    ))
}

/// Scans what git prints, object by object.
pub(crate) fn by_git(path: &Path) -> Result<Lines, String> {
    let said = |error: std::io::Error| error.to_string();
    let mut git = Command::new("git")
        .arg("-C")
        .arg(path)
        .args(["cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer"])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(said)?;
    let mut out = BufReader::with_capacity(1 << 20, git.stdout.take().ok_or("git has no output")?);
    let engine = Engine::built_in();
    let mut lines = Lines::new();
    let (mut head, mut bytes) = (String::new(), Vec::new());
    while out.read_line(&mut head).map_err(said)? > 0 {
        let words: Vec<&str> = head.split_whitespace().collect();
        let [id, kind, size] = words[..] else { return Err(format!("git says {head}")) };
        bytes.resize(size.parse::<usize>().map_err(|error| error.to_string())? + 1, 0);
        out.read_exact(&mut bytes).map_err(said)?;
        bytes.pop();
        let (kind, text) = match kind {
            "blob" => ("content", std::mem::take(&mut bytes)),
            "commit" | "tag" => ("message", Headers::parse(&bytes).ok_or("a commit makes no sense")?.text),
            _ => ("tree", Vec::new()),
        };
        for found in engine.scan(&text) {
            let fingerprint = Fingerprint::of(&found.secret).to_string();
            let (start, end) = (found.span.start as u64, found.span.end as u64);
            let line = (id.to_owned(), kind, start, end, found.rule.id.to_owned(), found.confidence as u8, fingerprint);
            lines = counted(lines, line);
        }
        head.clear();
    }
    if git.wait().map_err(said)?.success() { Ok(lines) } else { Err("git failed".to_owned()) }
}
