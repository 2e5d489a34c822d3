//! What names say: of an environment, of a role, of a key, of a file of environment variables.

use std::fmt;

use crate::path::RepoPath;

use super::code::words;

/// Where a key is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Environment {
    /// On the machines of those who write the program.
    Development,
    /// Where it is tried out.
    Staging,
    /// Where it counts.
    Production,
}

impl Environment {
    /// The word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// Reads one word, in lower case.
    fn of_word(word: &str) -> Option<Self> {
        match word {
            "dev" | "devel" | "develop" | "development" => Some(Self::Development),
            "stage" | "staging" | "stg" | "preprod" | "preview" | "uat" | "qa" => Some(Self::Staging),
            "prod" | "production" | "prd" | "live" => Some(Self::Production),
            _ => None,
        }
    }

    /// Reads a name: the last of its words that names an environment.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        words(name).iter().rev().find_map(|word| Self::of_word(word))
    }

    /// Reads a path: the file's name first, then its folders, the innermost first.
    ///
    /// `.env` and `.env.local` are what a developer's machine has.
    pub(super) fn of_path(path: &RepoPath) -> Option<Self> {
        let text = path.to_string();
        let mut parts = text.rsplit('/');
        let file = parts.next().unwrap_or_default();
        let is_local = matches!(file, ".env" | ".env.local" | ".envrc");
        Self::of_name(file).or_else(|| is_local.then_some(Self::Development)).or_else(|| parts.find_map(Self::of_name))
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Reading only.
    Reader,
    /// Writing.
    Writer,
}

impl Role {
    /// Reads the name of a variable.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        words(name).iter().find_map(|word| match word.as_str() {
            "read" | "reader" | "readonly" | "ro" => Some(Self::Reader),
            "write" | "writer" | "readwrite" | "rw" => Some(Self::Writer),
            _ => None,
        })
    }
}

/// What a variable of this name holds: a key of Ideogram's, or something beside it.
pub(super) fn is_key_name(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let ends = words.last().is_some_and(|last| {
        ["id", "url", "uri", "model", "path", "file", "name", "header", "prefix", "ttl", "age", "days"]
            .contains(&last.as_str())
    });
    has(&["ideogram"]) && has(&["key", "apikey", "token", "secret"]) && !has(&["webhook", "webhooks"]) && !ends
}

/// What the names of variables begin with that a bundler writes into the code for browsers.
const PUBLIC: &[&str] =
    &["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "GATSBY_", "VUE_APP_", "PUBLIC_"];

/// Tells whether a bundler hands a variable of this name, which holds a secret of Ideogram's, to browsers.
pub(super) fn is_public_key_name(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    // The key with which a webhook is checked is public.
    let is_public_key = words.windows(2).skip(2).any(|pair| pair == ["public", "key"]);
    PUBLIC.iter().any(|prefix| name.starts_with(prefix))
        && has(&["ideogram"])
        && has(&["key", "apikey", "token", "secret"])
        && !is_public_key
}

/// The longest name that is told; a longer one may be anything.
const LONGEST_NAME: usize = 64;
/// The most words of a name that is told, and the most letters of each.
const MOST: (usize, usize) = (8, 16);

/// Returns a name from a file as it may be told; of one that need not be made of words, nothing is.
pub(super) fn told(name: &str) -> &str {
    let is_plain = name.len() <= LONGEST_NAME && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let words = words(name);
    let is_word = |word: &String| {
        let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
        word.len() <= MOST.1 && (letters == word.len() || word.len() <= 4)
    };
    if is_plain && words.len() <= MOST.0 && words.iter().all(is_word) { name } else { "a variable" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_its_environment() {
        let of = |path: &str| Environment::of_path(&path.into());

        assert_eq!(of(".env"), Some(Environment::Development));
        assert_eq!(of("apps/web/.env.local"), Some(Environment::Development));
        assert_eq!(of(".env.production.local"), Some(Environment::Production));
        assert_eq!(of("docker-compose.staging.yml"), Some(Environment::Staging));
        assert_eq!(of("k8s/overlays/prod-eu/deployment.yaml"), Some(Environment::Production));
        assert_eq!(of("docker-compose.yml"), None);
        assert_eq!(of("src/products/list.yaml"), None);
    }

    #[test]
    fn a_variable_is_a_key_by_its_name() {
        for name in ["IDEOGRAM_API_KEY", "IDEOGRAM_TOKEN", "ideogramApiKey", "STAGING_IDEOGRAM_SECRET"] {
            assert!(is_key_name(name), "{name}");
        }
        for name in
            ["IDEOGRAM_MODEL", "IDEOGRAM_WEBHOOK_SECRET", "IDEOGRAM_API_KEY_ID", "OPENAI_API_KEY", "IDEOGRAM_KEY_FILE"]
        {
            assert!(!is_key_name(name), "{name}");
        }
    }

    #[test]
    fn a_variable_for_browsers_is_told_by_its_prefix() {
        assert!(is_public_key_name("NEXT_PUBLIC_IDEOGRAM_API_KEY"));
        assert!(is_public_key_name("VITE_IDEOGRAM_TOKEN"));
        assert!(!is_public_key_name("VITE_IDEOGRAM_MODEL"));
        assert!(!is_public_key_name("IDEOGRAM_API_KEY"));
        assert!(!is_public_key_name("NEXT_PUBLIC_IDEOGRAM_WEBHOOK_PUBLIC_KEY"));
    }

    #[test]
    fn a_role_is_told_by_a_word_of_the_name() {
        assert_eq!(Role::of_name("IDEOGRAM_READ_KEY"), Some(Role::Reader));
        assert_eq!(Role::of_name("ideogramWriterKey"), Some(Role::Writer));
        assert_eq!(Role::of_name("IDEOGRAM_API_KEY"), None);
    }

    #[test]
    fn a_name_that_may_hold_a_secret_is_not_told() {
        assert_eq!(told("NEXT_PUBLIC_IDEOGRAM_API_KEY_V2"), "NEXT_PUBLIC_IDEOGRAM_API_KEY_V2");
        assert_eq!(told(&format!("IDEOGRAM_KEY_{}", "Q7xm".repeat(8))), "a variable");
        assert_eq!(told(&format!("IDEOGRAM_KEY_{}", "q".repeat(30))), "a variable");
        assert_eq!(told("IDEOGRAM_KEY_4f9a61c07be2"), "a variable");
    }
}
