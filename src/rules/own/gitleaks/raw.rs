//! What such a configuration says, as it is written.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Spanned, Table, Value};

use super::super::file::Extended;
use crate::config::Source;
use crate::error::Result;

/// The whole file.
#[derive(Debug, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Raw {
    /// What it is based on.
    pub(super) extend: RawExtend,
    /// Its rules.
    pub(super) rules: Vec<RawRule>,
    /// What it allows, in the older form.
    pub(super) allowlist: Option<Spanned<RawList>>,
    /// What it allows.
    pub(super) allowlists: Vec<Spanned<RawList>>,
}

/// What a configuration is based on.
#[derive(Debug, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawExtend {
    /// Another file.
    pub(super) path: Option<Spanned<String>>,
    /// Rules of that one that do not count.
    pub(super) disabled_rules: Vec<Spanned<String>>,
}

/// A rule.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawRule {
    /// Its name.
    pub(super) id: Spanned<String>,
    /// What it finds, in words.
    pub(super) description: Option<String>,
    /// What a match looks like.
    pub(super) regex: Option<Spanned<String>>,
    /// Where it looks.
    pub(super) path: Option<Spanned<String>>,
    /// Words of which one stands in the text.
    #[serde(default)]
    pub(super) keywords: Vec<Spanned<String>>,
    /// Which group is the secret.
    pub(super) secret_group: Option<Spanned<usize>>,
    /// The entropy that a secret exceeds.
    pub(super) entropy: Option<f64>,
    /// Whether it only serves others.
    #[serde(default)]
    pub(super) skip_report: bool,
    /// What it needs beside it.
    #[serde(default)]
    pub(super) required: Vec<RawNeed>,
    /// The same in betterleaks 2.
    #[serde(default)]
    pub(super) components: Vec<RawNeed>,
    /// What it allows, in the older form.
    pub(super) allowlist: Option<Spanned<RawList>>,
    /// What it allows.
    #[serde(default)]
    pub(super) allowlists: Vec<Spanned<RawList>>,
    /// What it lets go, as an expression.
    pub(super) filter: Option<Spanned<String>>,
}

/// What a rule needs beside its match.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawNeed {
    /// The rule that must find something there.
    pub(super) id: Spanned<String>,
    /// Within so many lines.
    pub(super) within_lines: Option<usize>,
    /// Within so many columns.
    pub(super) within_columns: Option<usize>,
    /// The same in betterleaks 2: `5L,100C`.
    pub(super) within: Option<Spanned<String>>,
}

/// An allow list.
#[derive(Debug, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawList {
    /// Why, in words.
    pub(super) description: Option<String>,
    /// Whether one of its conditions is enough, or all must hold.
    pub(super) condition: Option<Spanned<String>>,
    /// The rules that it is for.
    pub(super) target_rules: Vec<Spanned<String>>,
    /// Commits.
    pub(super) commits: Vec<Spanned<String>>,
    /// Patterns of paths.
    pub(super) paths: Vec<Spanned<String>>,
    /// Patterns of text.
    pub(super) regexes: Vec<Spanned<String>>,
    /// What these are tried on.
    pub(super) regex_target: Option<Spanned<String>>,
    /// Words in a secret.
    pub(super) stopwords: Vec<Spanned<String>>,
}

/// The keys of the whole file that are understood, or say nothing of what is found.
const KEYS: &[&str] =
    &["title", "description", "minVersion", "betterleaksMinVersion", "extend", "rules", "allowlist", "allowlists"];
/// Those of `[extend]`.
const EXTEND: &[&str] = &["useDefault", "path", "disabledRules"];
/// Those of a rule.
const RULE: &[&str] = &[
    "id", "description", "regex", "path", "keywords", "secretGroup", "entropy", "skipReport", "required", "components",
    "allowlist", "allowlists", "filter", "tags", "confidence", "severity",
];
/// Those of what a rule needs.
const NEED: &[&str] = &["id", "withinLines", "withinColumns", "within"];
/// Those of an allow list.
const LIST: &[&str] = &[
    "description", "condition", "targetRules", "commits", "paths", "regexes", "regexTarget", "stopwords", "stopWords",
];

/// Tells whether a text is such a configuration, and not a rule file of our own.
#[must_use]
pub fn is_one(text: &str) -> bool {
    let Ok(table) = text.parse::<Table>() else { return false };
    let is_theirs = |key: &str| KEYS.contains(&key) && key != "rules" || matches!(key, "filter" | "prefilter");
    table.get("rules").is_some_and(Value::is_array) || table.keys().any(|key| is_theirs(key))
}

/// Returns the file that a configuration is based on.
pub(in super::super) fn extended(path: &Path, text: &str) -> Result<Vec<Extended>> {
    let source = Source { path, text };
    let raw = parsed(source)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let named = raw.extend.path.iter().map(|name| {
        let (line, column) = source.place(name.span().start);
        Extended { path: folder.join(PathBuf::from(name.get_ref())), line, column, is_lenient: false }
    });
    Ok(named.collect())
}

/// Parses a configuration.
pub(super) fn parsed(source: Source<'_>) -> Result<Raw> {
    toml::from_str(source.text).map_err(|error| source.syntax(&error))
}

/// Names the keys that are not understood, each once, with where they stand in the structure.
pub(super) fn unknown(text: &str) -> Vec<String> {
    let table = text.parse::<Table>().unwrap_or_default();
    let mut found = Vec::new();
    look(&table, KEYS, "", &mut found);
    found.sort();
    found.dedup();
    found
}

/// Notes the keys of a table that are not known, and goes on below those that are.
fn look(table: &Table, known: &[&str], above: &str, found: &mut Vec<String>) {
    for (key, value) in table {
        if !known.contains(&&**key) {
            found.push(format!("{above}{key}"));
            continue;
        }
        let below = match &**key {
            "extend" => EXTEND,
            "rules" => RULE,
            "required" | "components" => NEED,
            "allowlist" | "allowlists" => LIST,
            _ => continue,
        };
        let above = format!("{above}{key}.");
        match value {
            Value::Table(table) => look(table, below, &above, found),
            Value::Array(rows) => {
                rows.iter().filter_map(Value::as_table).for_each(|row| look(row, below, &above, found));
            }
            _ => {}
        }
    }
}
