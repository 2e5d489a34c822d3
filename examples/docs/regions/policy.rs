//! The keys of a server's policy.

use ideoguard::gate::KEYS;

use super::table::{code, table};

/// Writes all keys, with what each is if nothing says so.
pub(super) fn keys() -> String {
    let row = |key: &ideoguard::gate::Key| {
        let values = if key.is_list { " (any number)" } else { "" };
        [code(key.name), code(key.default), format!("{}{values}", key.what)]
    };
    table(["key", "without it", "what it decides"], KEYS.iter().map(row))
}
