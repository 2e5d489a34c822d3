//! The form of `.ideoguard.toml`, read strictly: what is not understood is an error with its place.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;
use toml::value::Datetime;

use crate::config::{Source, escaped, shown};
use crate::decide::policy::{ENV_FILES_ITEM, Entry, Policy, Scope};
use crate::decide::view::View;
use crate::error::{Error, Result};
use crate::finding::Fingerprint;
use crate::path::RepoPath;
use crate::rules::{self, RuleBook};

/// Paths so odd that no glob is meant for them: one that covers all of these covers everything.
const ODD_PATHS: [&str; 4] = ["zqx7", ".zqx7/wvk.jh2", "Qj9_/v w/Xk~", "zq/x7/wv/k.Jh2.pqz"];

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    /// The `[[allow]]` entries.
    #[serde(default)]
    allow: Vec<Spanned<RawEntry>>,
    /// The `[tests]` table.
    #[serde(default)]
    tests: RawSetting,
    /// The `[documentation]` table.
    #[serde(default)]
    documentation: RawSetting,
    /// The `[[rule]]` rows, of which only where they look matters here: the rest is read by `rules`.
    #[serde(default)]
    rule: Vec<RawScope>,
    /// The `[rules]` table.
    #[serde(default)]
    rules: RawRules,
}

/// The `[tests]` or the `[documentation]` table.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawSetting {
    /// Whether what anybody can make up blocks there, too.
    #[serde(default)]
    block: bool,
}

/// The `[rules]` table.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawRules {
    /// Rules to switch off.
    #[serde(default)]
    disable: Vec<Spanned<String>>,
    /// Files that are read before this one.
    #[serde(default)]
    extend: Vec<IgnoredAny>,
    /// Whether rules of gitleaks that cannot be run are left out.
    #[serde(rename = "lenient")]
    _lenient: Option<IgnoredAny>,
    /// What is changed of rules.
    #[serde(rename = "override")]
    _changes: Option<IgnoredAny>,
}

/// Where a rule of this file looks.
#[derive(Deserialize)]
struct RawScope {
    /// The rule.
    id: Spanned<String>,
    /// It looks there alone.
    paths: Option<Spanned<Vec<Spanned<String>>>>,
    /// It does not look there.
    not_paths: Option<Spanned<Vec<Spanned<String>>>>,
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

impl Policy {
    /// Reads the text of an allow file that is read alone; messages name it `path`.
    ///
    /// Whether the rules exist that it names is not known if it extends other files.
    pub fn parse(path: &Path, text: &str, today: Date) -> Result<Self> {
        Self::read(path, text, today, None)
    }

    /// Reads the text of an allow file beside all rules that there are.
    pub fn parse_with(path: &Path, text: &str, today: Date, rules: &RuleBook) -> Result<Self> {
        Self::read(path, text, today, Some(rules))
    }

    fn read(path: &Path, text: &str, today: Date, rules: Option<&RuleBook>) -> Result<Self> {
        let source = Source { path, text };
        let raw: RawFile = toml::from_str(text).map_err(|error| source.syntax(&error))?;
        let reading = Reading { source, rules, raw: &raw };
        let disabled = reading.rule_ids(&raw.rules.disable)?;
        if let (Some(first), true) = (raw.rules.disable.first(), is_every_rule(&disabled)) {
            return Err(source.error(first.span(), "this disables every rule; then nothing would be found".into()));
        }
        let entries = raw.allow.iter().map(|entry| reading.entry(entry)).collect::<Result<_>>()?;
        let scopes = raw.rule.iter().map(|row| reading.scope(row)).collect::<Result<Vec<_>>>()?;
        let scopes = scopes.into_iter().flatten().collect();
        Ok(Self {
            entries,
            scopes,
            disabled,
            is_strict_in_tests: raw.tests.block,
            is_strict_in_documentation: raw.documentation.block,
            ..Self::none(today)
        })
    }
}

/// A file that is read, and the rules that it may name.
#[derive(Clone, Copy)]
struct Reading<'a> {
    /// Its text.
    source: Source<'a>,
    /// All rules of files, if they are known.
    rules: Option<&'a RuleBook>,
    /// What it says.
    raw: &'a RawFile,
}

impl Reading<'_> {
    /// Makes an error about a stretch of the file.
    fn error(self, span: Range<usize>, problem: String) -> Error {
        self.source.error(span, problem)
    }

    /// Tells whether a rule exists, as far as it can be known.
    fn has_rule(self, id: &str) -> bool {
        let here = || self.raw.rule.iter().any(|row| row.id.get_ref() == id);
        let elsewhere = || match self.rules {
            Some(rules) => rules.rule(id).is_some(),
            None => !self.raw.rules.extend.is_empty(),
        };
        rules::by_id(id).is_some() || here() || elsewhere()
    }

    /// Reads where a rule looks, if it does not look everywhere.
    fn scope(self, raw: &RawScope) -> Result<Option<Scope>> {
        let only = self.list(raw.paths.as_ref(), Self::globs)?;
        let not = self.list(raw.not_paths.as_ref(), Self::globs)?;
        let is_somewhere = only.is_some() || not.is_some();
        Ok(is_somewhere.then(|| Scope { rule: raw.id.get_ref().clone(), only, not }))
    }

    /// Checks one entry.
    fn entry(self, raw: &Spanned<RawEntry>) -> Result<Entry> {
        let entry = raw.get_ref();
        let (line, _) = self.source.place(raw.span().start);
        if entry.paths.is_none() && entry.rules.is_none() && entry.fingerprints.is_none() {
            let problem = "this entry has no condition; say `paths`, `rules` or `fingerprints`";
            return Err(self.error(raw.span(), problem.into()));
        }
        let checked = Entry {
            place: format!("{}:{line}", RepoPath::from(self.source.path)),
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
            if self.has_rule(id.get_ref()) || id.get_ref() == ENV_FILES_ITEM {
                return Ok(id.get_ref().clone());
            }
            let problem = format!("there is no rule `{}`; `ideoguard rules list` shows all", shown(id.get_ref()));
            Err(self.error(id.span(), problem))
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
    rules::built_in().all(|rule| known.contains(rule.id))
}
