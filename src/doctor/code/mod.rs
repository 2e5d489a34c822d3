//! Source code as tokens, without comments: enough to ask which names, calls, strings and comparisons stand where.
//!
//! This is no parser. It knows of each language how comments, strings and
//! (for JavaScript) regular expressions begin and end, and nothing of what the
//! code means. What it takes apart wrongly, at most one file is judged by.

mod strings;
mod tokens;

pub(super) use tokens::{Kind, Token, tokens};

use crate::path::RepoPath;

/// A language whose code is understood so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// JavaScript and TypeScript.
    JavaScript,
    /// Python.
    Python,
    /// Go.
    Go,
    /// Ruby.
    Ruby,
    /// PHP.
    Php,
    /// Java and Kotlin.
    Java,
}

/// The ends of file names, with the language that they mean.
const ENDS: &[(&str, Language)] = &[
    (".js", Language::JavaScript),
    (".jsx", Language::JavaScript),
    (".mjs", Language::JavaScript),
    (".cjs", Language::JavaScript),
    (".ts", Language::JavaScript),
    (".tsx", Language::JavaScript),
    (".mts", Language::JavaScript),
    (".cts", Language::JavaScript),
    (".py", Language::Python),
    (".go", Language::Go),
    (".rb", Language::Ruby),
    (".php", Language::Php),
    (".java", Language::Java),
    (".kt", Language::Java),
];

impl Language {
    /// Tells the language of a file by its name.
    pub(super) fn of(path: &RepoPath) -> Option<Self> {
        ENDS.iter().find(|(end, _)| path.as_bytes().ends_with(end.as_bytes())).map(|(_, language)| *language)
    }
}

/// Splits a name into its words, in lower case: `ideogramApiKey` and `IDEOGRAM_API_KEY` into `ideogram`, `api`, `key`.
pub(super) fn words(name: &str) -> Vec<String> {
    let bytes = name.as_bytes();
    let mut words: Vec<String> = Vec::new();
    let mut is_open = false;
    for (at, byte) in bytes.iter().enumerate() {
        if !byte.is_ascii_alphanumeric() {
            is_open = false;
            continue;
        }
        let before = at.checked_sub(1).map_or(0, |before| bytes[before]);
        let behind = bytes.get(at + 1).copied().unwrap_or(0);
        // `apiKey` before `K`, and `URLPath` before `P`.
        let is_hump = byte.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || (before.is_ascii_uppercase() && behind.is_ascii_lowercase()));
        match words.last_mut() {
            Some(last) if is_open && !is_hump => last.push(char::from(byte.to_ascii_lowercase())),
            Some(_) | None => words.push(char::from(byte.to_ascii_lowercase()).to_string()),
        }
        is_open = true;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words_in_every_spelling() {
        for name in ["ideogramApiKey", "IDEOGRAM_API_KEY", "ideogram-api-key", "IdeogramAPIKey"] {
            assert_eq!(words(name), ["ideogram", "api", "key"], "{name}");
        }
        assert!(words("").is_empty());
    }

    #[test]
    fn a_language_is_told_by_the_end_of_a_name() {
        assert_eq!(Language::of(&"app/api/route.ts".into()), Some(Language::JavaScript));
        assert_eq!(Language::of(&"README.md".into()), None);
    }
}
