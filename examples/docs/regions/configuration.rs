//! The keys of `.ideoguard.toml`, and the words that its values may be.

use ideoguard::decide::keys::{Key, TABLES, Table};
use ideoguard::finding::{Confidence, Severity};
use ideoguard::rules::own::{alphabets, proofs};

use super::table::{code, list, table};

/// Writes all tables of the file with their keys.
pub(super) fn keys() -> String {
    let section = |one: &Table| format!("### `{}`\n\n{}\n\n{}", one.head, one.what, rows(one.keys));
    TABLES.iter().map(section).collect::<Vec<_>>().join("\n")
}

/// Writes the keys of one table.
fn rows(keys: &[Key]) -> String {
    let row = |key: &Key| [code(key.name), key.value.to_owned(), key.what.to_owned()];
    table(["key", "value", "what it says"], keys.iter().map(row))
}

/// Writes which words a value may be.
pub(super) fn words() -> String {
    let rows = [
        ("severity", list(Severity::ALL.iter().map(|one| one.name()))),
        ("confidence", list(Confidence::ALL.iter().map(|one| one.name()))),
        ("alphabet", list(alphabets())),
        ("proof", list(proofs())),
    ];
    table(["value", "words"], rows.into_iter().map(|(name, words)| [name.to_owned(), words]))
}
