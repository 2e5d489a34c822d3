//! The keys of a server's policy, and how their values are written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use toml::Spanned;

use crate::audit::UserSource;
use crate::error::{Error, Result};
use crate::finding::{Confidence, Severity};
use crate::gate::policy::{Origin, OverLimit, Said, Who, wrong};
use crate::path::Escaped;
use crate::{rules, size};

/// A key.
pub struct Key {
    /// Its name, in the policy file and after `ideoguard.` in git's configuration.
    pub name: &'static str,
    /// Whether it has any number of values.
    pub is_list: bool,
    /// What it is if nothing says so, as it would be written.
    pub default: &'static str,
    /// What it decides, in words.
    pub what: &'static str,
}

impl Key {
    /// Tells whether git's configuration, which takes no notice of case, means this key: `auditLog`, `audit-log`.
    pub(super) fn is_named(&self, name: &str) -> bool {
        let plain = |text: &str| text.replace('-', "").to_ascii_lowercase();
        plain(self.name) == plain(name)
    }
}

/// All keys, in the order of the documentation.
pub const KEYS: &[Key] = &[
    one("block-confidence", "high", "what is less sure does not block: low, medium, high, certain"),
    one("block-severity", "low", "what does less harm does not block: low, medium, high, critical"),
    one("warn-in-tests", "false", "do keys and passwords that anybody can make up only warn in the files of tests"),
    list("disable-rules", "rules that are switched off"),
    one("rules", "", "a rule file on the server; rules of a repository never count"),
    list("allow-fingerprints", "secrets that are allowed: ig1:…"),
    one("allow-file", "", "a file on the server that allows, as .ideoguard.toml does"),
    one("baseline", "", "a baseline on the server"),
    one("repository-allow-file", "false", "does .ideoguard.toml of the protected branch count"),
    one("repository-baseline", "false", "does .ideoguard/baseline of that branch count"),
    one("repository-marks", "false", "do marks beside a secret count"),
    one("protected-branch", "HEAD", "the branch whose files count, as it is before the push"),
    list("bypass-users", "who may answer for a finding; * is everybody"),
    one("bypass-signed", "false", "does that take a signed push"),
    list("user-sources", "what names the user: gitlab, gitea, github, remote-user, certificate, uid; all if empty"),
    one("preset", "", "github-enterprise: a deadline of 4s"),
    one("deadline", "none", "how long the scan may take: 4s, 500ms"),
    one("memory", "none", "how much memory it may take: 512MiB"),
    one("over-limit", "refuse", "what happens to a push beyond: refuse, or owe the scan"),
    one("threads", "0", "how many threads; 0 means one for each core"),
    one("audit-webhook", "", "where what is recorded is delivered to"),
    one("audit-secret-file", "", "the file with the secret to sign deliveries with"),
    one("audit-certificates", "", "the certificates to trust then, in a PEM file"),
    one("audit-timeout", "2", "how many seconds a delivery may take"),
    one("audit-plain-http", "false", "may it go to another machine without encryption"),
    one("audit-log", "", "where it is recorded; without it, ideoguard/audit.jsonl in the git directory"),
];

/// The words for how sure a finding is.
pub(super) const CONFIDENCES: &str = "low, medium, high or certain";
/// The words for how much harm a finding does.
pub(super) const SEVERITIES: &str = "low, medium, high or critical";
/// The words for what names the user.
pub(super) const SOURCES: &str = "gitlab, gitea, github, remote-user, certificate or uid";
/// A policy file that is larger is a mistake, in bytes.
const MOST_BYTES: u64 = 1 << 20;

const fn one(name: &'static str, default: &'static str, what: &'static str) -> Key {
    Key { name, is_list: false, default, what }
}

const fn list(name: &'static str, what: &'static str) -> Key {
    Key { name, is_list: true, default: "", what }
}

/// Tells whether git's configuration means the key `name` by a name of its own.
pub(super) fn is_named(name: &str, given: &str) -> bool {
    KEYS.iter().any(|key| key.name == name && key.is_named(given))
}

/// Returns what a key is if nothing says so.
pub(super) fn default_of(name: &str) -> Vec<String> {
    let default = KEYS.iter().find(|key| key.name == name).map_or("", |key| key.default);
    if default.is_empty() { Vec::new() } else { vec![default.to_owned()] }
}

/// Reads a policy file: one `key = value` a line, in TOML.
pub(super) fn read_file(path: &Path, said: &mut BTreeMap<&'static str, Said>) -> Result<()> {
    let at = |line: usize, problem: String| Error::Config { path: path.to_owned(), line, column: 0, problem };
    let metadata = fs::metadata(path).map_err(|error| at(0, format!("the policy file cannot be read: {error}")))?;
    if !metadata.is_file() || metadata.len() > MOST_BYTES {
        return Err(at(0, "this is no policy file: it is no regular file of at most 1 MiB".into()));
    }
    let text = fs::read_to_string(path).map_err(|error| at(0, format!("the policy file cannot be read: {error}")))?;
    let line_of = |offset: usize| memchr::memchr_iter(b'\n', &text.as_bytes()[..offset.min(text.len())]).count() + 1;
    let table: BTreeMap<Spanned<String>, Spanned<toml::Value>> = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(0, |span| line_of(span.start));
        // The reader's own words may repeat a value.
        at(line, "this is not understood; write `key = value` in TOML".into())
    })?;
    for (name, value) in table {
        let origin = Origin::File(path.to_owned(), line_of(value.span().start));
        let Some(key) = KEYS.iter().find(|key| key.name == name.get_ref()) else {
            let hint = "there is no such key; `ideoguard policy check --help` lists all";
            return Err(wrong(&origin, name.get_ref(), hint));
        };
        let words = words(value.get_ref(), key.is_list).ok_or_else(|| {
            wrong(&origin, key.name, if key.is_list { "write a list of strings" } else { "write one value" })
        })?;
        said.insert(key.name, Said { words, origin });
    }
    Ok(())
}

/// Returns a value as git's configuration would have it.
fn words(value: &toml::Value, is_list: bool) -> Option<Vec<String>> {
    match value {
        toml::Value::String(text) => Some(vec![text.clone()]),
        toml::Value::Integer(number) => Some(vec![number.to_string()]),
        toml::Value::Boolean(truth) => Some(vec![truth.to_string()]),
        toml::Value::Array(items) if is_list => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

pub(super) fn confidence(word: &str) -> Option<Confidence> {
    let all = [Confidence::Low, Confidence::Medium, Confidence::High, Confidence::Certain];
    all.into_iter().find(|one| one.name() == word)
}

pub(super) fn severity(word: &str) -> Option<Severity> {
    let all = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    all.into_iter().find(|one| one.name() == word)
}

pub(super) fn rule(word: &str) -> Option<String> {
    rules::by_id(word).map(|_| word.to_owned())
}

pub(super) fn branch(word: &str) -> Option<String> {
    (word == "HEAD" || word.starts_with("refs/")).then(|| word.to_owned())
}

/// Reads a word that is not empty and can be shown.
pub(super) fn word(word: &str) -> Option<String> {
    (!word.is_empty() && Escaped(word.as_bytes()).to_string() == word).then(|| word.to_owned())
}

pub(super) fn truth(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// Understands a list of users.
pub(super) fn who(users: Vec<String>) -> Who {
    match &users[..] {
        [] => Who::Nobody,
        all if all.iter().any(|user| user == "*") => Who::Everybody,
        _ => Who::Users(users),
    }
}

pub(super) fn source(word: &str) -> Option<UserSource> {
    match word {
        "gitlab" => Some(UserSource::GitLab),
        "gitea" => Some(UserSource::Gitea),
        "github" => Some(UserSource::GitHub),
        "remote-user" => Some(UserSource::RemoteUser),
        "certificate" => Some(UserSource::PushCertificate),
        "uid" => Some(UserSource::Uid),
        _ => None,
    }
}

/// Returns what may name the user; everything if nothing was said.
pub(super) fn sources(named: Vec<UserSource>) -> Vec<UserSource> {
    if named.is_empty() { UserSource::ALL.to_vec() } else { named }
}

/// Reads a time; the inner nothing is `none`.
#[expect(clippy::option_option, reason = "no time, and none that is one, are two things")]
pub(super) fn duration(word: &str) -> Option<Option<Duration>> {
    if word == "none" {
        return Some(None);
    }
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = word[..digits].parse().ok().filter(|number| *number > 0)?;
    let millis = match word[digits..].trim() {
        "ms" => 1,
        "s" => 1000,
        "min" => 60_000,
        _ => return None,
    };
    number.checked_mul(millis).map(Duration::from_millis).map(Some)
}

/// Reads a size; the inner nothing is `none`.
#[expect(clippy::option_option, reason = "no size, and none that is one, are two things")]
pub(super) fn size(word: &str) -> Option<Option<u64>> {
    if word == "none" { Some(None) } else { size::parse(word).ok().map(Some) }
}

/// Reads a number of seconds, such as 2 or 0.5.
pub(super) fn seconds(word: &str) -> Option<Duration> {
    let seconds: f64 = word.parse().ok().filter(|seconds| *seconds > 0.0 && *seconds <= 3600.0)?;
    Duration::try_from_secs_f64(seconds).ok()
}

pub(super) fn over_limit(word: &str) -> Option<OverLimit> {
    match word {
        "refuse" => Some(OverLimit::Refuse),
        "owe" => Some(OverLimit::Owe),
        _ => None,
    }
}

pub(super) fn threads(word: &str) -> Option<usize> {
    word.parse().ok().filter(|threads| *threads <= 1024)
}
