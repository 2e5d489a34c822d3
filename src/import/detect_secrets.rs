//! What detect-secrets writes: `.secrets.baseline`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::{Form, Import, Proof, Wish, with_slashes, wrong};
use crate::error::Result;

/// The file, as far as it says what was found.
#[derive(Deserialize)]
struct Whole {
    /// What was found, by file.
    results: BTreeMap<String, Vec<Row>>,
}

/// A secret that was found.
#[derive(Deserialize)]
struct Row {
    /// What kind of secret.
    r#type: String,
    /// Its SHA-1 in hex.
    hashed_secret: String,
    /// Where it stood.
    #[serde(default)]
    line_number: u64,
}

/// The kind of which the hash says nothing: it is that of the words `BEGIN … PRIVATE KEY`.
const PRIVATE_KEY: &str = "Private Key";

/// Reads a baseline of detect-secrets.
pub(super) fn baseline(file: &Path, text: &str) -> Result<Import> {
    let whole: Whole =
        serde_json::from_str(text).map_err(|error| wrong(file, &error, "a baseline of detect-secrets"))?;
    let rows = whole.results.into_iter().flat_map(|(path, rows)| rows.into_iter().map(move |row| (path.clone(), row)));
    let wishes = (1..).zip(rows).map(|(number, (path, row))| row.wish(number, &path)).collect();
    Ok(Import { form: Form::SecretsBaseline, wishes })
}

impl Row {
    /// Turns a secret that was found into what it means.
    fn wish(self, number: usize, path: &str) -> Wish {
        Wish {
            entry: format!("result {number}"),
            path: with_slashes(path),
            commit: None,
            lines: self.line_number..=self.line_number,
            proof: if self.r#type == PRIVATE_KEY { Proof::Place } else { Proof::Sha1(self.hashed_secret) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_known_by_its_hash_and_a_private_key_by_its_place() {
        let text = r#"{"version": "1.5.0", "results": {"b.py": [
            {"type": "Secret Keyword", "filename": "b.py", "hashed_secret": "ab", "is_verified": false, "line_number": 3},
            {"type": "Private Key", "filename": "b.py", "hashed_secret": "be", "is_verified": false, "line_number": 9}
        ]}, "generated_at": "2026-01-01T00:00:00Z"}"#;

        let import = baseline(Path::new("x"), text).unwrap();

        let proofs: Vec<_> = import.wishes.iter().map(|wish| (wish.lines.clone(), wish.proof.clone())).collect();
        assert_eq!(proofs, [(3..=3, Proof::Sha1("ab".into())), (9..=9, Proof::Place)]);
    }

    #[test]
    fn another_object_is_refused() {
        let error = baseline(Path::new("x"), "{\"a\": 1}").unwrap_err().to_string();

        assert!(error.ends_with("this is not a baseline of detect-secrets"), "{error}");
    }
}
