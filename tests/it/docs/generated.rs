//! What the code decides stands in the book as it is today.

#[path = "../../../examples/docs/regions/mod.rs"]
mod regions;

use std::collections::BTreeSet;

use ideoguard::decide::keys::TABLES;

use crate::common::TestRepo;

#[test]
fn the_tables_of_the_book_are_those_of_the_code() {
    for region in regions::ALL {
        let text = std::fs::read_to_string(region.page()).unwrap();
        assert!(region.filled(&text) == text, "{}: write it anew with `cargo run --example docs`", region.file);
    }
}

/// The keys that a table of `.ideoguard.toml` may have, as the program names them when another one stands there.
fn keys_of(head: &str) -> BTreeSet<String> {
    let repo = TestRepo::new();
    repo.write(".ideoguard.toml", format!("{}\nzzz = 1\n", head.replace("ID", "npm-token")));
    let told = repo.ideoguard(&["scan"]).stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let all = told.split("there are ").nth(1).unwrap_or_else(|| panic!("{head}: {told}"));
    all.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_keys_of_the_book_are_those_that_are_read() {
    for table in TABLES {
        let told: BTreeSet<String> = table.keys.iter().map(|key| key.name.to_owned()).collect();
        assert_eq!(keys_of(table.head), told, "{}", table.head);
    }
}
