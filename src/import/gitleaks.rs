//! What gitleaks writes: fingerprints in `.gitleaksignore`, and reports in JSON.

use std::path::Path;

use serde::Deserialize;

use super::{Form, Import, Proof, Wish, with_slashes, wrong};
use crate::error::{Error, Result};
use crate::finding::{Fingerprint, Secret};

/// A finding of a report, as far as it says where the secret is.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    /// The file.
    file: String,
    /// The first line.
    start_line: u64,
    /// The last line.
    #[serde(default)]
    end_line: u64,
    /// The commit; empty when files were scanned.
    #[serde(default)]
    commit: String,
    /// The secret, unless it was redacted.
    #[serde(default)]
    secret: String,
    /// The rule; every report has one.
    #[serde(rename = "RuleID")]
    _rule: String,
}

/// Reads a report.
pub(super) fn report(file: &Path, text: &str) -> Result<Import> {
    let rows: Vec<Row> =
        serde_json::from_str(text).map_err(|error| wrong(file, &error, "a JSON report of gitleaks"))?;
    let wishes = (1..).zip(rows).map(|(number, row)| row.wish(number)).collect();
    Ok(Import { form: Form::GitleaksReport, wishes })
}

impl Row {
    /// Turns a finding into what it means.
    fn wish(self, number: usize) -> Wish {
        Wish {
            entry: format!("finding {number}"),
            path: with_slashes(&self.file),
            commit: Some(self.commit).filter(|commit| !commit.is_empty()),
            lines: self.start_line..=self.end_line.max(self.start_line),
            proof: proof(self.secret),
        }
    }
}

/// Returns what a report says of the secret: `--redact` replaces all of it, or its end.
fn proof(secret: String) -> Proof {
    if secret.is_empty() || secret == "REDACTED" || secret.ends_with("...") {
        return Proof::Place;
    }
    Proof::Fingerprint(Fingerprint::of(&Secret::new(secret)))
}

/// Reads a `.gitleaksignore`: `COMMIT:PATH:RULE:LINE` or `PATH:RULE:LINE` on each line.
pub(super) fn ignore_file(file: &Path, text: &str) -> Result<Import> {
    let lines = (1..).zip(text.lines()).map(|(number, line)| (number, line.trim()));
    let entries = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let wishes = entries.map(|(number, line)| {
        wish(number, line).ok_or_else(|| Error::Config {
            path: file.to_owned(),
            line: number,
            column: 0,
            problem:
                "this is no fingerprint of gitleaks, which is `COMMIT:PATH:RULE:LINE`; files that can be imported \
                      are .gitleaksignore, a JSON report of gitleaks and .secrets.baseline"
                    .into(),
        })
    });
    Ok(Import { form: Form::GitleaksIgnore, wishes: wishes.collect::<Result<_>>()? })
}

/// Reads a fingerprint of gitleaks.
fn wish(number: usize, text: &str) -> Option<Wish> {
    let (rest, line) = text.rsplit_once(':')?;
    let line: u64 = line.parse().ok()?;
    let (rest, rule) = rest.rsplit_once(':')?;
    let (commit, path) = match rest.split_once(':') {
        Some((commit, path)) if is_commit(commit) => (Some(commit.to_owned()), path),
        Some(_) | None => (None, rest),
    };
    let is_whole = !path.is_empty() && !rule.is_empty();
    is_whole.then(|| Wish {
        entry: format!("line {number}"),
        path: with_slashes(path),
        commit,
        lines: line..=line,
        proof: Proof::Place,
    })
}

/// Tells whether a word names a commit: in full, or cut as newer versions do.
fn is_commit(word: &str) -> bool {
    (7..=64).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_names_commit_path_and_line() {
        let commit = "a1".repeat(20);

        let whole = wish(3, &format!("{commit}:src/a:b.py:some-rule:7")).unwrap();
        let short = wish(4, "a1b2c3d:src/a.py:some-rule:7").unwrap();
        let none = wish(5, "src/a.py:some-rule:7").unwrap();

        assert_eq!((whole.commit, whole.path, whole.lines), (Some(commit), "src/a:b.py".into(), 7..=7));
        assert_eq!((short.commit.as_deref(), short.path), (Some("a1b2c3d"), "src/a.py".into()));
        assert_eq!((none.commit, none.path, none.entry.as_str()), (None, "src/a.py".into(), "line 5"));
    }

    #[test]
    fn what_is_no_fingerprint_is_refused_with_its_line_and_not_repeated() {
        let error = ignore_file(Path::new("x"), "# ours\n\nhunter2hunter2\n").unwrap_err().to_string();

        assert!(error.starts_with("x:3: this is no fingerprint of gitleaks"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_redacted_secret_proves_nothing() {
        assert_eq!(proof("REDACTED".into()), Proof::Place);
        assert_eq!(proof("ghp_abc...".into()), Proof::Place);
        assert_eq!(proof(String::new()), Proof::Place);
        assert!(matches!(proof("x".repeat(40)), Proof::Fingerprint(_)));
    }

    #[test]
    fn a_report_of_another_form_is_refused_without_its_text() {
        for text in ["[{\"File\": \"hunter2\", \"StartLine\": \"hunter2\"}]", "[\"hunter2\"]", "[{}]", "[", "[1,]"] {
            let error = report(Path::new("x"), text).unwrap_err().to_string();
            assert!(error.starts_with("x:1:") && !error.contains("hunter2"), "{error}");
        }
    }
}
