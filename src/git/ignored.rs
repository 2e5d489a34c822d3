//! Which pattern makes git leave out a path, whether there is anything at it or not.

use std::ffi::OsString;

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::git::plumbing::Plumbing;
use crate::path::{Escaped, RepoPath};

/// The pattern that makes git leave out a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredBy {
    /// The file of patterns: below the top of the work tree, or elsewhere on this machine.
    pub source: RepoPath,
    /// The one-based line in it.
    pub line: u64,
}

/// How many paths git is asked for at once.
const AT_ONCE: usize = 200;

impl Repository {
    /// Returns for each path, below the top of the work tree, which pattern leaves it out, whether it is tracked or not.
    ///
    /// Nothing is left out in a bare repository.
    pub fn ignored_by(&self, paths: &[RepoPath]) -> Result<Vec<Option<IgnoredBy>>> {
        let Some(top) = self.work_dir() else {
            return Ok(vec![None; paths.len()]);
        };
        // With `GIT_DIR` alone, git takes the current folder for the top.
        let plumbing = Plumbing::new(top, self.env.clone()).with_git_dir(self.git_dir.as_os_str());
        let mut found = Vec::with_capacity(paths.len());
        for some in paths.chunks(AT_ONCE) {
            found.extend(asked(&plumbing, some)?);
        }
        Ok(found)
    }
}

/// Asks git for some paths; it answers with a line for each.
fn asked(plumbing: &Plumbing, paths: &[RepoPath]) -> Result<Vec<Option<IgnoredBy>>> {
    let doing = "ask which files are ignored";
    let words = ["check-ignore", "--no-index", "--verbose", "--non-matching", "--"].map(OsString::from);
    let words: Vec<OsString> =
        words.into_iter().chain(paths.iter().map(|path| path.to_os_path().into_os_string())).collect();
    let answer = plumbing.ask(doing, &words)?;
    let failed = |because| Error::Git { doing, what: String::new(), because };
    // 1 means that it leaves out none of them.
    if !matches!(answer.code, Some(0 | 1)) {
        return Err(failed(answer.because));
    }
    let lines: Vec<&[u8]> = answer.bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    if lines.len() != paths.len() {
        return Err(failed(format!("it answered with {} lines for {} paths", lines.len(), paths.len())));
    }
    lines
        .into_iter()
        .map(|line| parse(line).ok_or_else(|| failed(format!("it answered `{}`", Escaped(line)))))
        .collect()
}

/// Reads `SOURCE:LINE:PATTERN`, a tab and the path, or `::` in their place; a pattern that begins with `!` keeps a path.
#[expect(clippy::option_option, reason = "an answer that is not understood is something else than no pattern")]
fn parse(line: &[u8]) -> Option<Option<IgnoredBy>> {
    if line.starts_with(b"::") {
        return Some(None);
    }
    let colons: Vec<usize> = memchr::memchr_iter(b':', line).collect();
    let number = |pair: &[usize]| {
        let digits = std::str::from_utf8(&line[pair[0] + 1..pair[1]]).ok()?;
        Some((pair[0], pair[1], digits.parse().ok()?))
    };
    let (start, end, line_number) = colons.windows(2).find_map(number)?;
    let is_kept = line.get(end + 1) == Some(&b'!');
    Some((!is_kept).then(|| IgnoredBy { source: RepoPath::new(&line[..start]), line: line_number }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_the_pattern_or_none() {
        let by = |source: &str, line| Some(Some(IgnoredBy { source: source.into(), line }));

        assert_eq!(parse(b".gitignore:3:.env*\t.env"), by(".gitignore", 3));
        assert_eq!(parse(b"a:b/.gitignore:12:x:1:\ta:b/.env"), by("a:b/.gitignore", 12));
        assert_eq!(parse(b"::\t.env"), Some(None));
        assert_eq!(parse(b".gitignore:4:!.env\t.env"), Some(None));
        assert_eq!(parse(b"nonsense"), None);
    }
}
