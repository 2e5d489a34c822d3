//! The form of `.ideoguard.toml`, read strictly: what is not understood is an error with its place.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::decide::marks;
use crate::decide::policy::{ENV_FILES_ITEM, Entry, Policy, View};
use crate::error::{Error, Result};
use crate::finding::Fingerprint;
use crate::path::{Escaped, RepoPath};
use crate::rules;

/// Paths so odd that no glob is meant for them: one that covers all of these covers everything.
const ODD_PATHS: [&str; 4] = ["zqx7", ".zqx7/wvk.jh2", "Qj9_/v w/Xk~", "zq/x7/wv/k.Jh2.pqz"];

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    /// The `[[allow]]` entries.
    #[serde(default)]
    allow: Vec<Spanned<RawEntry>>,
    /// The `[rules]` table.
    #[serde(default)]
    rules: RawRules,
}

/// The `[rules]` table.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawRules {
    /// Rules to switch off.
    #[serde(default)]
    disable: Vec<Spanned<String>>,
}

/// An `[[allow]]` entry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    /// Globs as in `.gitignore`.
    paths: Option<Spanned<Vec<Spanned<String>>>>,
    /// Ids of rules.
    rules: Option<Spanned<Vec<Spanned<String>>>>,
    /// Fingerprints as reports show them.
    fingerprints: Option<Spanned<Vec<Spanned<String>>>>,
    /// Why it is allowed.
    reason: Option<Spanned<String>>,
    /// The last day on which it is.
    until: Option<Spanned<Datetime>>,
}

/// The text under the reader's finger, to turn offsets into lines and columns.
#[derive(Clone, Copy)]
struct Source<'a> {
    /// The file, as messages name it.
    path: &'a Path,
    /// Its text.
    text: &'a str,
}

impl Policy {
    /// Reads the text of an allow file; messages name it `path`.
    pub fn parse(path: &Path, text: &str, today: Date) -> Result<Self> {
        let source = Source { path, text };
        let raw: RawFile = toml::from_str(text).map_err(|error| source.syntax(&error))?;
        let disabled = source.rule_ids(&raw.rules.disable)?;
        if let (Some(first), true) = (raw.rules.disable.first(), is_every_rule(&disabled)) {
            return Err(source.error(first.span(), "this disables every rule; then nothing would be found".into()));
        }
        let entries = raw.allow.iter().map(|entry| source.entry(entry)).collect::<Result<_>>()?;
        Ok(Self { file: path.to_owned(), entries, disabled, ..Self::none(today) })
    }
}

impl Source<'_> {
    /// Checks one entry.
    fn entry(self, raw: &Spanned<RawEntry>) -> Result<Entry> {
        let entry = raw.get_ref();
        let (line, _) = self.place(raw.span().start);
        if entry.paths.is_none() && entry.rules.is_none() && entry.fingerprints.is_none() {
            let problem = "this entry has no condition; say `paths`, `rules` or `fingerprints`";
            return Err(self.error(raw.span(), problem.into()));
        }
        let checked = Entry {
            line,
            paths: self.list(entry.paths.as_ref(), Self::globs)?,
            rules: self.list(entry.rules.as_ref(), Self::rule_ids)?,
            fingerprints: self.list(entry.fingerprints.as_ref(), Self::fingerprints)?,
            reason: self.reason(raw)?,
            until: entry.until.as_ref().map(|date| self.date(date)).transpose()?,
        };
        if allows_everything(&checked) {
            let problem = "this entry would allow everything; narrow it by `paths`, `rules` or `fingerprints`";
            return Err(self.error(raw.span(), problem.into()));
        }
        Ok(checked)
    }

    /// Checks a condition: an empty list could never hold, so it is a mistake.
    fn list<T>(
        self,
        raw: Option<&Spanned<Vec<Spanned<String>>>>,
        check: impl FnOnce(Self, &[Spanned<String>]) -> Result<T>,
    ) -> Result<Option<T>> {
        match raw {
            Some(list) if list.get_ref().is_empty() => {
                Err(self.error(list.span(), "this list is empty; leave it out or fill it".into()))
            }
            Some(list) => check(self, list.get_ref()).map(Some),
            None => Ok(None),
        }
    }

    /// Checks that an entry gives a reason.
    fn reason(self, raw: &Spanned<RawEntry>) -> Result<String> {
        let Some(reason) = &raw.get_ref().reason else {
            return Err(self.error(raw.span(), "this entry has no `reason`; say why it is allowed".into()));
        };
        if reason.get_ref().trim().is_empty() {
            return Err(self.error(reason.span(), "the reason is empty; say why it is allowed".into()));
        }
        Ok(reason.get_ref().trim().to_owned())
    }

    /// Checks that the rules exist.
    fn rule_ids(self, raw: &[Spanned<String>]) -> Result<Vec<String>> {
        let check = |id: &Spanned<String>| {
            if rules::by_id(id.get_ref()).is_some() || id.get_ref() == ENV_FILES_ITEM {
                return Ok(id.get_ref().clone());
            }
            let shown = escaped(marks::without_secret(id.get_ref()));
            Err(self.error(id.span(), format!("there is no rule `{shown}`; `ideoguard rules list` shows all")))
        };
        raw.iter().map(check).collect()
    }

    /// Checks the form of fingerprints.
    fn fingerprints(self, raw: &[Spanned<String>]) -> Result<Vec<Fingerprint>> {
        let check = |text: &Spanned<String>| {
            Fingerprint::parse(text.get_ref()).ok_or_else(|| {
                let problem = "this is no fingerprint; one is `ig1:` and 32 lower-case hex digits";
                self.error(text.span(), problem.into())
            })
        };
        raw.iter().map(check).collect()
    }

    /// Compiles globs.
    fn globs(self, raw: &[Spanned<String>]) -> Result<Gitignore> {
        let mut builder = GitignoreBuilder::new("");
        for glob in raw {
            let text = glob.get_ref();
            if text.trim().is_empty() || text.starts_with('#') {
                return Err(
                    self.error(glob.span(), "this is no glob: as in `.gitignore` it would match nothing".into())
                );
            }
            builder.add_line(None, text).map_err(|error| self.error(glob.span(), wrong_glob(&error)))?;
        }
        let span = raw.first().map_or(0..0, Spanned::span);
        builder.build().map_err(|error| self.error(span, wrong_glob(&error)))
    }

    /// Checks that a date is one, without a time.
    fn date(self, raw: &Spanned<Datetime>) -> Result<Date> {
        let wrong = || self.error(raw.span(), "write a date alone, as in `until = 2027-01-31`".into());
        let value = raw.get_ref();
        let (Some(date), None, None) = (value.date, value.time, value.offset) else {
            return Err(wrong());
        };
        let small = |number: u8| i8::try_from(number).unwrap_or(i8::MAX);
        let year = i16::try_from(date.year).unwrap_or(i16::MAX);
        Date::new(year, small(date.month), small(date.day)).map_err(|_| wrong())
    }

    /// Returns the one-based line and column (in bytes) of an offset.
    fn place(self, offset: usize) -> (usize, usize) {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        (memchr::memchr_iter(b'\n', before).count() + 1, before.len() - line_start + 1)
    }

    /// Makes an error about a stretch of the file.
    fn error(self, span: Range<usize>, problem: String) -> Error {
        let (line, column) = self.place(span.start);
        Error::Config { path: self.path.to_owned(), line, column, problem }
    }

    /// Makes our error of one of the TOML reader.
    fn syntax(self, error: &toml::de::Error) -> Error {
        let problem = escaped(&without_names(&without_value(error.message())).replace('\n', "; "));
        match error.span() {
            Some(span) => self.error(span, problem),
            None => Error::Config { path: self.path.to_owned(), line: 0, column: 0, problem },
        }
    }
}

/// Takes the value out of a message about a string of the wrong type: it could be a secret, put in by mistake.
fn without_value(message: &str) -> String {
    match (message.split_once(" string \""), message.rsplit_once("\", expected ")) {
        (Some((what, _)), Some((_, wanted))) => format!("{what} string, expected {wanted}"),
        (_, _) => message.to_owned(),
    }
}

/// Takes out of a message the names that might be a secret, put in by mistake.
fn without_names(message: &str) -> String {
    let parts = message.split('`').enumerate();
    let shown = parts.map(|(at, part)| if at % 2 == 1 { marks::without_secret(part) } else { part });
    shown.collect::<Vec<_>>().join("`")
}

/// Says what is wrong with a glob without repeating it: the error has its place.
fn wrong_glob(error: &ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => format!("this is no glob: {}", escaped(err)),
        _ => "this is no glob".to_owned(),
    }
}

/// Tells whether an entry lets everything through.
fn allows_everything(entry: &Entry) -> bool {
    let every_path = |globs| ODD_PATHS.iter().all(|path| View::Same.covers(globs, &RepoPath::from(*path)));
    entry.fingerprints.is_none()
        && entry.paths.as_ref().is_none_or(every_path)
        && entry.rules.as_deref().is_none_or(is_every_rule)
}

/// Tells whether a list names every rule there is.
fn is_every_rule(ids: &[String]) -> bool {
    let known: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    rules::BUILT_IN.iter().all(|rule| known.contains(rule.id))
}

/// Makes text from outside safe to print.
fn escaped(text: &str) -> String {
    Escaped(text.as_bytes()).to_string()
}
