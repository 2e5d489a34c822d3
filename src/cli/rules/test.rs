//! `ideoguard rules test`: line by line what is found in a text, what nearly is, and why not.

use std::io::Read;
use std::path::Path;

use ideoguard::detect::{Engine, Match};
use ideoguard::error::{Error, Result};
use ideoguard::path::RepoPath;

/// A larger file is no sample, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// What is said of one place.
struct Said {
    /// Where it is, in bytes.
    at: usize,
    /// The rule.
    rule: &'static str,
    /// What it comes to.
    words: String,
}

/// Returns what to say of a file, in order of its lines.
pub(super) fn lines(engine: &Engine, file: &Path, rule: Option<&str>) -> Result<Vec<String>> {
    let text = read(file)?;
    let matches = engine.scan_all(&text);
    let nearly = engine.nearly(&text);
    let is_found = |at: usize, rule: &str| {
        matches.iter().any(|one| one.rule.id == rule && one.extent.start <= at && at < one.extent.end)
    };
    let misses = nearly.iter().filter(|one| !is_found(one.at, one.rule));
    let misses = misses.map(|one| Said { at: one.at, rule: one.rule, words: format!("nearly: {}", one.why) });
    let mut said: Vec<Said> = matches.iter().map(found).chain(misses).collect();
    said.retain(|one| rule.is_none_or(|rule| one.rule == rule));
    said.sort_by(|one, other| (one.at, one.rule, &one.words).cmp(&(other.at, other.rule, &other.words)));
    said.dedup_by(|one, other| (one.at, one.rule, &one.words) == (other.at, other.rule, &other.words));
    Ok(told(&text, &RepoPath::from(file), &said))
}

/// Says what was found; the secret is not repeated.
fn found(one: &Match) -> Said {
    let evidence = one.evidence.join("; ");
    let words = format!("{}: {}: {evidence}", one.confidence.name(), one.secret.redacted());
    Said { at: one.span.start, rule: one.rule.id, words }
}

/// Writes down each place with its line and column.
fn told(text: &[u8], name: &RepoPath, said: &[Said]) -> Vec<String> {
    let (mut line, mut start, mut from) = (1, 0, 0);
    let mut lines = Vec::new();
    for one in said {
        for newline in memchr::memchr_iter(b'\n', &text[from..one.at]) {
            line += 1;
            start = from + newline + 1;
        }
        from = one.at;
        lines.push(format!("{name}:{line}:{}: {}: {}", one.at - start + 1, one.rule, one.words));
    }
    if lines.is_empty() {
        lines.push(format!("{name}: nothing is found, nor nearly"));
    }
    lines
}

/// Reads a file, or standard input.
fn read(file: &Path) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut text)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut text))
    };
    read.map_err(Error::io("read", file))?;
    if text.len() as u64 > MOST_BYTES {
        return Err(Error::Usage("this is too large for a sample; `ideoguard scan` reads files of any size".into()));
    }
    Ok(text)
}
