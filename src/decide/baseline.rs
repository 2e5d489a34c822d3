//! The baseline: the secrets that were there before, one line each.
//!
//! A line is made of the secret alone: no place and no day of discovery, which
//! would change while the secret stays. Lines are sorted, so that two branches
//! seldom touch the same one; `merge=union`, which may leave lines twice or out
//! of order, is read as well as what we print.
//!
//! What a line allows is its secret, whatever rule finds it: the fingerprint is made
//! from the secret alone, so another rule's finding with the same fingerprint is
//! the same secret, known already. The rule is there for the reader.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::decide::known::Known;
use crate::error::Result;
use crate::finding::Fingerprint;
use crate::path::RepoPath;

/// Where the baseline lies, from the top of a work tree.
pub const BASELINE: &str = ".ideoguard/baseline";

/// What the first line of a baseline says.
const HEADER: &str = "# Secrets that were here before: they do not block. One line each, sorted; \
                      `ideoguard baseline --help` tells more.";

/// The secrets that were there before, by fingerprint.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    /// The file, as messages name it.
    file: PathBuf,
    /// The secrets, and the one-based line of each; 0 for one that was added since.
    known: BTreeMap<Fingerprint, (usize, Known)>,
    /// What people wrote between the lines, in its order.
    comments: Vec<String>,
    /// How its lines end.
    ending: Ending,
}

/// How the lines of a file end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Ending {
    /// As git stores them.
    #[default]
    Lf,
    /// As git checks them out where `core.autocrlf` is set.
    CrLf,
}

impl Baseline {
    /// Returns a baseline that knows no secret yet; messages name it `file`.
    #[must_use]
    pub fn empty(file: &Path) -> Self {
        Self { file: file.to_owned(), ..Self::default() }
    }

    /// Reads the text of a baseline; messages name it `file`.
    ///
    /// Of several lines for one secret, the first counts.
    pub fn parse(file: &Path, text: &str) -> Result<Self> {
        let mut baseline = Self::empty(file);
        if text.contains("\r\n") {
            baseline.ending = Ending::CrLf;
        }
        for (number, line) in (1..).zip(text.lines()) {
            if line.starts_with('#') {
                baseline.comment(line);
            } else if !line.trim().is_empty() {
                let known = Known::parse(file, number, line)?;
                baseline.known.entry(known.fingerprint.clone()).or_insert((number, known));
            }
        }
        Ok(baseline)
    }

    /// Keeps a comment, once.
    fn comment(&mut self, line: &str) {
        if line != HEADER && !self.comments.iter().any(|known| known == line) {
            self.comments.push(line.to_owned());
        }
    }

    /// Adds a secret, and tells whether it is new; a line that is there keeps its words.
    pub fn add(&mut self, known: Known) -> bool {
        let is_new = !self.known.contains_key(&known.fingerprint);
        self.known.entry(known.fingerprint.clone()).or_insert((0, known));
        is_new
    }

    /// Drops the secrets of which `is_found` says no, and returns how many.
    pub fn prune(&mut self, is_found: impl Fn(&Fingerprint) -> bool) -> usize {
        let before = self.known.len();
        self.known.retain(|fingerprint, _| is_found(fingerprint));
        before - self.known.len()
    }

    /// Returns how many secrets it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Tells whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Tells whether a secret has a line, expired or not.
    #[must_use]
    pub fn has(&self, fingerprint: &Fingerprint) -> bool {
        self.known.contains_key(fingerprint)
    }

    /// Returns the secrets that it knows, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Known> {
        self.known.values().map(|(_, known)| known)
    }

    /// Returns why a secret does not block on a day, if the baseline knows it.
    #[must_use]
    pub fn allows(&self, fingerprint: &Fingerprint, today: Date) -> Option<&str> {
        let (_, known) = self.known.get(fingerprint)?;
        (!known.is_over(today)).then_some(known.reason.as_str())
    }

    /// Says that the line of a secret has expired, if it has.
    #[must_use]
    pub fn expired_for(&self, fingerprint: &Fingerprint, today: Date) -> Option<String> {
        let (line, known) = self.known.get(fingerprint)?;
        let last = known.until.filter(|_| known.is_over(today))?;
        Some(format!("the entry at {}:{line} allows nothing since {last} has passed", self.name()))
    }

    /// Says in one sentence that lines have expired, if any have.
    #[must_use]
    pub fn notice(&self, today: Date) -> Option<String> {
        let mut over: Vec<&(usize, Known)> = self.known.values().filter(|(_, known)| known.is_over(today)).collect();
        over.sort_by_key(|(line, _)| *line);
        match over.as_slice() {
            [] => None,
            [(_, known)] => self.expired_for(&known.fingerprint, today),
            [(line, _), ..] => {
                let name = self.name();
                let count = over.len();
                Some(format!(
                    "{count} entries of {name} allow nothing since their last day has passed, the first at {name}:{line}"
                ))
            }
        }
    }

    /// Returns the file, safe to print.
    fn name(&self) -> RepoPath {
        RepoPath::from(self.file.as_path())
    }
}

impl fmt::Display for Baseline {
    /// Prints the file's text: a heading, the comments, and one line for each secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match self.ending {
            Ending::Lf => "\n",
            Ending::CrLf => "\r\n",
        };
        write!(out, "{HEADER}{end}")?;
        self.comments.iter().try_for_each(|comment| write!(out, "{comment}{end}"))?;
        self.iter().try_for_each(|known| write!(out, "{known}{end}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    use crate::finding::Secret;

    fn fingerprint(number: u64) -> Fingerprint {
        Fingerprint::of(&Secret::new(format!("made up for a test, {number:040}")))
    }

    fn known(number: u64, reason: &str) -> Known {
        Known {
            fingerprint: fingerprint(number),
            rule: "some-rule".into(),
            who: "A U Thor".into(),
            until: None,
            reason: reason.into(),
        }
    }

    fn parse(text: &str) -> Result<Baseline> {
        Baseline::parse(Path::new("baseline"), text)
    }

    #[test]
    fn what_a_union_merge_leaves_is_read_and_put_in_order() {
        let mut lines: Vec<String> = (1..5).map(|number| known(number, "before").to_string()).collect();
        lines.sort();
        let tidy = format!("{HEADER}\n# ours\n{}\n", lines.join("\n"));
        lines.reverse();
        let first = lines[0].clone();
        let merged = format!("{HEADER}\n# ours\n{}\n{HEADER}\n# ours\n\n{first}\n", lines.join("\n"));

        assert_eq!(parse(&merged).unwrap().to_string(), tidy);
        assert_eq!(parse(&tidy).unwrap().to_string(), tidy);
    }

    #[test]
    fn of_two_lines_for_one_secret_the_first_counts() {
        let baseline = parse(&format!("{}\n{}\n", known(1, "first"), known(1, "second"))).unwrap();

        assert_eq!(baseline.allows(&fingerprint(1), date(2026, 1, 1)), Some("first"));
        assert_eq!(baseline.len(), 1);
    }

    #[test]
    fn the_ends_of_lines_stay_as_they_are() {
        let text = parse(&format!("# ours\r\n{}\r\n", known(1, "before"))).unwrap().to_string();

        assert_eq!(text, format!("{HEADER}\r\n# ours\r\n{}\r\n", known(1, "before")));
    }

    #[test]
    fn a_secret_that_is_added_twice_keeps_its_first_words() {
        let mut baseline = Baseline::empty(Path::new("baseline"));

        assert!(baseline.add(known(1, "first")));
        assert!(!baseline.add(known(1, "second")));

        assert_eq!(baseline.iter().map(|known| known.reason.as_str()).collect::<Vec<_>>(), ["first"]);
    }

    #[test]
    fn a_line_counts_on_its_last_day_and_no_longer() {
        let line = Known { until: Some(date(2026, 6, 14)), ..known(1, "before") };
        let baseline = parse(&format!("# ours\n{line}\n")).unwrap();

        assert_eq!(baseline.allows(&fingerprint(1), date(2026, 6, 14)), Some("before"));
        assert_eq!(baseline.notice(date(2026, 6, 14)), None);
        assert_eq!(baseline.allows(&fingerprint(1), date(2026, 6, 15)), None);
        let notice = "the entry at baseline:2 allows nothing since 2026-06-14 has passed";
        assert_eq!(baseline.notice(date(2026, 6, 15)).as_deref(), Some(notice));
        assert_eq!(baseline.expired_for(&fingerprint(1), date(2026, 6, 15)).as_deref(), Some(notice));
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_as_it_was(
            lines in prop::collection::vec((any::<u64>(), "[a-z0-9-]{1,20}", "\\PC*[a-z]\\PC*", ".*[a-z].*", 0..400_i32), 0..20),
        ) {
            let mut baseline = Baseline::empty(Path::new("baseline"));
            for (number, rule, who, reason, days) in lines {
                let until = (days > 0).then(|| date(2026, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap());
                baseline.add(Known { fingerprint: fingerprint(number), rule, who, until, reason });
            }

            let text = baseline.to_string();
            let again = parse(&text).unwrap();

            prop_assert!(baseline.iter().eq(again.iter()));
            prop_assert_eq!(again.to_string(), text);
        }

        #[test]
        fn any_text_is_read_or_refused_without_being_repeated(text in "\\PC{0,80}") {
            if let Err(error) = parse(&format!("zzz{text}")) {
                prop_assert!(!error.to_string().contains("zzz"));
            }
        }
    }
}
