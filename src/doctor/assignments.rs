//! Which variables for Ideogram's keys are set where, and to what: in files of
//! environment variables, of CI and of deployments.
//!
//! Lines are read, not formats: `NAME=value`, `NAME: value`, `"NAME": "value"`,
//! `ENV NAME value`, and Kubernetes' `name:` with `value:` or `secretKeyRef:`
//! below it. Which environment is meant follows from the variable's name, from
//! the block or section around it, and from the file's path, in this order.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::detect::Engine;
use crate::finding::{Fingerprint, Secret};
use crate::path::RepoPath;
use crate::rules::placeholder::is_placeholder;

use super::blocks::Blocks;
use super::names::{Environment, Role, is_key_name, told};

/// A variable for a key, set somewhere.
#[derive(Debug, Clone)]
pub(super) struct Assignment {
    /// The file.
    pub(super) path: RepoPath,
    /// The one-based line.
    pub(super) line: u64,
    /// The variable's name, as it may be told.
    pub(super) name: String,
    /// Where the key is used, if that can be told.
    pub(super) environment: Option<Environment>,
    /// What the key is for, if the name says it.
    pub(super) role: Option<Role>,
    /// What it is set to.
    pub(super) value: Value,
}

/// What a variable is set to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    /// A key that stands there.
    Key {
        /// Its name across runs.
        fingerprint: Fingerprint,
        /// First 4 characters, "…", length.
        redacted: String,
    },
    /// What is kept elsewhere under some name.
    Kept {
        /// The name's fingerprint: whoever writes files may put a key here by mistake.
        name: Fingerprint,
        /// Whether that place holds one value whatever the environment: a secret of the whole repository.
        is_one: bool,
    },
}

/// Reads the variables of one file.
pub(super) fn read(engine: &Engine, path: &RepoPath, text: &str) -> Vec<Assignment> {
    let lines: Vec<&str> = text.lines().collect();
    let blocks = Blocks::of(&lines);
    let keys = keys(engine, text);
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let number = at as u64 + 1;
        let set = names_in(line).find_map(|span| Some((&line[span.clone()], value_of(&lines, at, span.end)?)));
        let (name, value) = match (set, keys.get(&number)) {
            // The engine decodes what stands encoded, and cuts off what does not belong.
            (set, Some(key)) => (set.map_or("", |(name, _)| name), key.clone()),
            (Some((name, raw)), None) => match judged(&raw, path, blocks.is_scoped(at)) {
                Some(value) => (name, value),
                None => continue,
            },
            (None, None) => continue,
        };
        let environment =
            Environment::of_name(name).or_else(|| blocks.environment(at)).or_else(|| Environment::of_path(path));
        found.push(Assignment {
            path: path.clone(),
            line: number,
            name: if name.is_empty() { "a key".to_owned() } else { told(name).to_owned() },
            environment,
            role: Role::of_name(name),
            value,
        });
    }
    found
}

/// Returns the keys of Ideogram's that stand in a text, by line.
fn keys(engine: &Engine, text: &str) -> BTreeMap<u64, Value> {
    let mut matches = engine.scan(text.as_bytes());
    matches.sort_by_key(|found| found.span.start);
    let (mut at, mut line) = (0, 1);
    let mut keys = BTreeMap::new();
    for found in matches {
        line += memchr::memchr_iter(b'\n', &text.as_bytes()[at..found.span.start]).count() as u64;
        at = found.span.start;
        if found.rule.provider == "Ideogram" && !found.rule.id.contains("webhook") {
            keys.insert(line, key(&found.secret));
        }
    }
    keys
}

fn key(secret: &Secret) -> Value {
    Value::Key { fingerprint: Fingerprint::of(secret), redacted: secret.redacted() }
}

/// Returns the places of names of keys in a line.
fn names_in(line: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let bytes = line.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && !is_name(bytes[at]) {
            at += 1;
        }
        let start = at;
        while at < bytes.len() && is_name(bytes[at]) {
            at += 1;
        }
        (start < at).then_some(start..at)
    })
    .filter(|span| is_key_name(line[span.clone()].trim_start_matches('-')))
}

/// How many lines below a `name:` its value is looked for.
const BELOW: usize = 8;

/// Returns what the name that ends at `end` in line `at` is set to.
fn value_of(lines: &[&str], at: usize, end: usize) -> Option<Zeroizing<String>> {
    let line = lines[at];
    let rest = line[end..].trim_start_matches(['"', '\'']).trim_start();
    let value = rest.strip_prefix(":=").or_else(|| rest.strip_prefix("=>")).or_else(|| rest.strip_prefix([':', '=']));
    if let Some(value) = value {
        return Some(unquoted(value));
    }
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    if words.len() > 2 && words[0].eq_ignore_ascii_case("ENV") {
        return Some(unquoted(rest));
    }
    // Kubernetes: `- name: NAME` with its value below.
    let before = line[..end].trim_start().trim_start_matches("- ").trim_start_matches(['"', '\'']);
    if !before.starts_with("name") {
        return None;
    }
    let below =
        lines.iter().skip(at + 1).take(BELOW).map(|line| line.trim()).take_while(|line| !line.starts_with("- "));
    let pairs: Vec<(&str, Zeroizing<String>)> = below
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.trim_matches('"'), unquoted(value)))
        .collect();
    let get = |wanted: &str| pairs.iter().find(|(key, _)| *key == wanted).map(|(_, value)| value.clone());
    get("value").or_else(|| Some(Zeroizing::new(format!("secretKeyRef {}/{}", *get("name")?, *get("key")?))))
}

/// Takes quotes, a comma and a comment from around a value.
fn unquoted(value: &str) -> Zeroizing<String> {
    let value = value.trim().trim_end_matches([',', ';']).trim();
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote) {
            return inner.split(quote).next().unwrap_or_default().to_owned().into();
        }
    }
    value.split(" #").next().unwrap_or_default().trim().to_owned().into()
}

/// How the names of places begin where values are kept, or of expressions that lead there.
const ELSEWHERE: &[&str] = &[
    "$", "%", "{{", "@", "!", "<", "op://", "vault:", "arn:", "sm://", "ssm:", "ref+", "secretKeyRef ", "secrets.",
    "var.", "data.", "module.", "local.", "process.env", "os.", "env.", "ENV[", "System.",
];

/// Says what a value is; `None` for one that is none yet.
fn judged(raw: &str, path: &RepoPath, is_scoped: bool) -> Option<Value> {
    if raw.is_empty() || raw == "|" || raw == ">" || raw == "null" || raw == "~" {
        return None;
    }
    if ELSEWHERE.iter().any(|start| raw.starts_with(start)) {
        let is_workflow = path.as_bytes().starts_with(b".github/workflows/");
        let is_one = is_workflow && !is_scoped && raw.contains("secrets.");
        return Some(Value::Kept { name: Fingerprint::of(&Secret::new(raw)), is_one });
    }
    if raw.contains(char::is_whitespace) || is_placeholder(raw.as_bytes()) {
        return None;
    }
    Some(key(&Secret::new(raw)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(path: &str, text: &str) -> Vec<(String, Option<Environment>, Option<Role>, bool)> {
        let found = read(&Engine::built_in(), &path.into(), text);
        found
            .into_iter()
            .map(|one| (one.name, one.environment, one.role, matches!(one.value, Value::Key { .. })))
            .collect()
    }

    fn one(name: &str, environment: Environment, is_key: bool) -> (String, Option<Environment>, Option<Role>, bool) {
        (name.to_owned(), Some(environment), Role::of_name(name), is_key)
    }

    #[test]
    fn variables_of_an_env_file_are_read() {
        let text = "export IDEOGRAM_API_KEY=\"live-4fkq-93xz\" # mine\nIDEOGRAM_MODEL=v3\nIDEOGRAM_WRITE_KEY=\nIDEOGRAM_TOKEN=your_api_key\n";

        assert_eq!(read_all(".env", text), [one("IDEOGRAM_API_KEY", Environment::Development, true)]);
    }

    #[test]
    fn jobs_of_a_workflow_name_their_environment() {
        let text = "jobs:\n  deploy-staging:\n    env:\n      IDEOGRAM_API_KEY: ${{ secrets.IDEOGRAM_STAGING }}\n  ship:\n    environment: production\n    env:\n      IDEOGRAM_API_KEY: ${{ secrets.IDEOGRAM }}\n";

        assert_eq!(
            read_all(".github/workflows/deploy.yml", text),
            [
                one("IDEOGRAM_API_KEY", Environment::Staging, false),
                one("IDEOGRAM_API_KEY", Environment::Production, false)
            ]
        );
    }

    #[test]
    fn a_manifest_of_kubernetes_is_read() {
        let text = "env:\n  - name: IDEOGRAM_READ_KEY\n    valueFrom:\n      secretKeyRef:\n        name: ideogram\n        key: read\n  - name: IDEOGRAM_WRITE_KEY\n    value: plain-4fkq-93xz\n";

        assert_eq!(
            read_all("k8s/production/app.yaml", text),
            [
                one("IDEOGRAM_READ_KEY", Environment::Production, false),
                one("IDEOGRAM_WRITE_KEY", Environment::Production, true)
            ]
        );
    }

    #[test]
    fn a_section_names_its_environment() {
        let text = "[context.production.environment]\nIDEOGRAM_API_KEY = \"live-4fkq-93xz\"\n[build]\nIDEOGRAM_TOKEN = \"live-4fkq-93xy\"\n";

        let found = read_all("netlify.toml", text);

        assert_eq!(found[0], one("IDEOGRAM_API_KEY", Environment::Production, true));
        assert_eq!(found[1].1, None);
    }
}
