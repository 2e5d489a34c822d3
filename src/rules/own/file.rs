//! What a rule file of our own form says of rules; what it allows is read by `decide`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use super::super::{Finder, Rule, built_in};
use super::book::{Change, RuleBook};
use super::check::graded;
use super::gitleaks;
use super::row::Row;
use crate::config::{Lines, Source, meant, shown};
use crate::error::{Error, Result};
use crate::finding::{Confidence, Severity};
use crate::path::RepoPath;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    /// The `[[allow]]` entries.
    #[serde(rename = "allow")]
    _allow: Option<IgnoredAny>,
    /// The `[tests]` table.
    #[serde(rename = "tests")]
    _tests: Option<IgnoredAny>,
    /// The `[documentation]` table.
    #[serde(rename = "documentation")]
    _documentation: Option<IgnoredAny>,
    /// The `[[rule]]` rows.
    #[serde(default)]
    rule: Vec<Row>,
    /// The `[rules]` table.
    #[serde(default)]
    rules: RawRules,
}

/// The `[rules]` table.
#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawRules {
    /// Rules to switch off.
    #[serde(default)]
    disable: Vec<Spanned<String>>,
    /// Files that are read before this one.
    #[serde(default)]
    extend: Vec<Spanned<String>>,
    /// Whether rules of gitleaks that cannot be run are left out.
    #[serde(default)]
    lenient: bool,
    /// What is changed of rules that are written elsewhere.
    #[serde(default, rename = "override")]
    changes: BTreeMap<Spanned<String>, RawChange>,
}

/// A `[rules.override.ID]` table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChange {
    /// How much harm a leaked one does.
    severity: Option<Spanned<String>>,
    /// How sure a match is.
    confidence: Option<Spanned<String>>,
    /// The least entropy of the secret.
    entropy: Option<Spanned<f64>>,
}

/// A file that another one names, to be read before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extended {
    /// The file, from the folder of the one that names it.
    pub path: PathBuf,
    /// The one-based line on which it is named.
    pub line: usize,
    /// The one-based column.
    pub column: usize,
    /// Whether rules of gitleaks that cannot be run are left out.
    pub is_lenient: bool,
}

/// Returns the files that a rule file names, in order.
pub fn extended(path: &Path, text: &str) -> Result<Vec<Extended>> {
    if gitleaks::is_one(text) {
        return gitleaks::extended(path, text);
    }
    let source = Source { path, text };
    let raw: RawFile = toml::from_str(text).map_err(|error| source.syntax(&error))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let named = raw.rules.extend.iter().map(|name| {
        let (line, column) = source.place(name.span().start);
        Extended { path: folder.join(name.get_ref()), line, column, is_lenient: raw.rules.lenient }
    });
    Ok(named.collect())
}

/// Adds what a file says to what is known.
pub(super) fn read(book: &mut RuleBook, path: &Path, text: &str) -> Result<()> {
    let source = Source { path, text };
    let raw: RawFile = toml::from_str(text).map_err(|error| source.syntax(&error))?;
    let lines = Lines::of(text);
    let place = |offset: usize| format!("{}:{}", RepoPath::from(path), lines.line(offset));
    for row in &raw.rule {
        let rule = row.rule(source)?;
        let span = row.id.span();
        book.add(rule, place(span.start)).map_err(|problem| source.error(span, problem))?;
        book.add_samples(row, place);
    }
    for (id, raw) in &raw.rules.changes {
        let rule = known(source, book, id)?;
        book.change(rule.id, changed(source, rule, raw)?);
    }
    for id in &raw.rules.disable {
        let rule = known(source, book, id)?;
        book.disable(rule.id);
    }
    if !(raw.rule.is_empty() && raw.rules.changes.is_empty() && raw.rules.disable.is_empty()) {
        book.digest(text);
    }
    Ok(())
}

/// Returns the rule of this id, built in or read before.
fn known(source: Source<'_>, book: &RuleBook, id: &Spanned<String>) -> Result<&'static Rule> {
    book.rule(id.get_ref()).ok_or_else(|| no_rule(source, book, id))
}

/// Says that there is no such rule, and which one may have been meant.
fn no_rule(source: Source<'_>, book: &RuleBook, id: &Spanned<String>) -> Error {
    let all = built_in().map(|rule| rule.id).chain(book.rules().iter().map(|rule| rule.id));
    let meant = meant(id.get_ref(), all).map(|meant| format!(" (did you mean `{meant}`?)")).unwrap_or_default();
    let problem = format!("there is no rule `{}`{meant}; `ideoguard rules list` shows all", shown(id.get_ref()));
    source.error(id.span(), problem)
}

/// Makes a change of a rule.
fn changed(source: Source<'_>, rule: &'static Rule, raw: &RawChange) -> Result<Change> {
    let severity = graded(source, raw.severity.as_ref(), Severity::ALL, Severity::name)?;
    let confidence = graded(source, raw.confidence.as_ref(), Confidence::ALL, Confidence::name)?;
    let least = match &raw.entropy {
        Some(bits) if !(0.0..=8.0).contains(bits.get_ref()) => {
            return Err(source.error(bits.span(), "entropy is a number of bits a character, 0 to 8".into()));
        }
        bits => bits.as_ref().map(|bits| *bits.get_ref()),
    };
    let row = Rule {
        severity: severity.unwrap_or(rule.severity),
        confidence: confidence.unwrap_or(rule.confidence),
        proven: confidence.unwrap_or(rule.proven),
        ..words(rule)
    };
    Ok(Change { rule: Box::leak(Box::new(row)), confidence, least })
}

/// Copies the words of a rule: how it is found does not change.
fn words(rule: &'static Rule) -> Rule {
    let Rule { id, provider, title, severity, confidence, proven, takes, self_made, advice, documentation, .. } = rule;
    Rule {
        id,
        provider,
        title,
        severity: *severity,
        confidence: *confidence,
        proven: *proven,
        finder: Finder::Code,
        named: None,
        takes,
        self_made: *self_made,
        advice,
        documentation,
    }
}
