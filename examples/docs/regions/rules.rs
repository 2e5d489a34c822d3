//! The catalogue of built-in rules, by the files in which they are written.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ideoguard::rules::{self, Rule, built_in};
use serde::Deserialize;

use super::table::{code, table};

/// Rules that are written in one file.
struct Family {
    /// What the file says of itself.
    title: String,
    /// Its rules, by issuer.
    rules: Vec<&'static Rule>,
}

/// Writes all rules.
pub(super) fn catalogue() -> String {
    let issuers: BTreeSet<&str> = built_in().map(|rule| rule.provider).collect();
    let count = format!("{} rules, of {} issuers.\n", built_in().len(), issuers.len());
    files().iter().map(|file| section(&family(file))).fold(count, |text, section| text + "\n" + &section)
}

/// A file of rules, as far as it is asked here.
#[derive(Deserialize)]
struct File {
    /// Its rows.
    rule: Vec<Row>,
}

/// A row.
#[derive(Deserialize)]
struct Row {
    /// The rule's name.
    id: String,
}

/// Lists the files of rules, Ideogram's first.
fn files() -> Vec<PathBuf> {
    let folder = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")).expect("the folder of rules");
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry of it").path()).collect();
    files.retain(|file| file.extension().is_some_and(|suffix| suffix == "toml"));
    files.sort_by_key(|file| (file.file_stem() != Some("ideogram".as_ref()), file.clone()));
    files
}

/// Reads what a file says of itself in its first sentence, and which rules it has.
fn family(path: &Path) -> Family {
    let text = fs::read_to_string(path).expect("a file of rules");
    let first = text.trim_start_matches("# ").split('.').next().unwrap_or_default();
    let file: File = toml::from_str(&text).expect("rules");
    let mut rules: Vec<&Rule> = file.rule.iter().filter_map(|row| rules::by_id(&row.id)).collect();
    rules.sort_by_key(|rule| (rule.provider.to_lowercase(), rule.id));
    Family { title: first.to_owned(), rules }
}

/// Writes the rules of a family.
fn section(family: &Family) -> String {
    let row =
        |rule: &&Rule| [id(rule), rule.provider.to_owned(), rule.severity.name().to_owned(), sure(rule), plain(rule)];
    let head = ["rule", "issuer", "harm", "sure", "when leaked"];
    format!("## {}\n\n{}", family.title, table(head, family.rules.iter().map(row)))
}

/// Names a rule, with a link to where its issuer documents it.
fn id(rule: &Rule) -> String {
    if rule.documentation.is_empty() { code(rule.id) } else { format!("[`{}`]({})", rule.id, rule.documentation) }
}

/// Says how sure a match is, and how sure if its proof holds.
fn sure(rule: &Rule) -> String {
    let (plain, proven) = (rule.confidence.name(), rule.proven.name());
    if plain == proven { plain.to_owned() } else { format!("{plain}, {proven} if proven") }
}

/// Returns what to do, with what Markdown takes for a tag or a mark as it is.
fn plain(rule: &Rule) -> String {
    rule.advice.replace('<', "&lt;").replace('*', "\\*")
}
