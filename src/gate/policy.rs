//! The policy of a server: what it says, and where each value comes from.
//!
//! Only the server speaks here: git's system configuration, the configuration file of the
//! repository itself, and the policy file that one of them names. Neither the environment nor
//! anything that is pushed can change it. A key has the same name in both places.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::audit::UserSource;
use crate::error::{Error, Result};
use crate::finding::{Confidence, Fingerprint, Severity};
use crate::gate::keys::{self, KEYS};
use crate::git::{ConfigValue, Repository};
use crate::path::Escaped;

/// The deadline of the preset for GitHub Enterprise, whose hooks have 5 s together.
const GITHUB_DEADLINE: Duration = Duration::from_secs(4);

/// Where the audit log is unless a key says otherwise, in the git directory.
const AUDIT_LOG: &str = "ideoguard/audit.jsonl";

/// What happens to a push when a limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverLimit {
    /// It is refused.
    Refuse,
    /// It is accepted, and its scan is owed: until that is done, nothing more is pushed to its references.
    Owe,
}

/// Who may answer for a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Nobody.
    Nobody,
    /// These users.
    Users(Vec<String>),
    /// Everybody who may push.
    Everybody,
}

/// The policy of a server.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key, which is true or false")]
pub struct ServerPolicy {
    /// What is less sure does not block.
    pub block_confidence: Confidence,
    /// What does less harm does not block.
    pub block_severity: Severity,
    /// Whether keys and passwords that anybody can make up only warn in the files of tests.
    pub warn_in_tests: bool,
    /// Rules that are switched off.
    pub disable_rules: Vec<String>,
    /// A rule file on the server.
    pub rules: Option<PathBuf>,
    /// Secrets that are allowed.
    pub allow_fingerprints: Vec<Fingerprint>,
    /// A file on the server, of the form of `.ideoguard.toml`.
    pub allow_file: Option<PathBuf>,
    /// A baseline on the server.
    pub baseline: Option<PathBuf>,
    /// Whether `.ideoguard.toml` of the protected branch counts.
    pub repository_allow_file: bool,
    /// Whether `.ideoguard/baseline` of the protected branch counts.
    pub repository_baseline: bool,
    /// Whether marks beside secrets count.
    pub repository_marks: bool,
    /// The branch whose files count, as it was before the push; HEAD's if none is named.
    pub protected_branch: Option<String>,
    /// Who may answer for a finding.
    pub bypass_users: Who,
    /// Whether that takes a signed push.
    pub bypass_signed: bool,
    /// What may name the user.
    pub user_sources: Vec<UserSource>,
    /// How long the scan may take.
    pub deadline: Option<Duration>,
    /// How much memory of its own it may take, in bytes.
    pub memory: Option<u64>,
    /// What happens beyond.
    pub over_limit: OverLimit,
    /// How many threads; 0 for one a core.
    pub threads: usize,
    /// The audit log.
    pub audit_log: PathBuf,
    /// Where the log is delivered to.
    pub audit_webhook: Option<String>,
    /// The file with the secret that deliveries are signed with.
    pub audit_secret_file: Option<PathBuf>,
    /// The certificates that are trusted when it is delivered.
    pub audit_certificates: Option<PathBuf>,
    /// How long a delivery may take.
    pub audit_timeout: Option<Duration>,
    /// Whether it may be delivered without encryption to another machine.
    pub audit_plain_http: bool,
}

/// One key of a policy in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The key.
    pub key: &'static str,
    /// What it says, as it would be written; a list has its items.
    pub value: Vec<String>,
    /// What says so.
    pub origin: Origin,
}

/// What says what a key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nothing: it is the default.
    Default,
    /// The preset of this name.
    Preset(String),
    /// Git's configuration, in this file.
    GitConfig(PathBuf),
    /// The policy file, on this one-based line.
    File(PathBuf, usize),
}

/// What was said of a key, not yet understood.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// The words.
    pub(super) words: Vec<String>,
    /// Who says so.
    pub(super) origin: Origin,
}

impl ServerPolicy {
    /// Reads the policy of a repository.
    ///
    /// A key that does not exist and a value that makes no sense are errors that name the key.
    pub fn of(repository: &Repository) -> Result<Self> {
        Self::understood(&said(repository)?, repository.common_dir())
    }

    /// Reads the policy of a repository as [`ServerPolicy::of`] does; also returns each key with its value in words, and
    /// where that comes from, in the order of the documentation.
    pub fn explained(repository: &Repository) -> Result<(Self, Vec<Setting>)> {
        let said = said(repository)?;
        let policy = Self::understood(&said, repository.common_dir())?;
        let settings = KEYS.iter().map(|key| policy.setting(key.name, &said)).collect();
        Ok((policy, settings))
    }

    /// Returns the audit log of a repository whose policy is not understood, as far as this one key can be read.
    #[must_use]
    pub fn audit_log_of(repository: &Repository) -> PathBuf {
        let config = repository.server_config("ideoguard").unwrap_or_default();
        let row = config.iter().rev().find(|row| keys::is_named("audit-log", &row.key) && !row.value.is_empty());
        let in_file = || Some(said(repository).ok()?.remove("audit-log")?.words.concat());
        let named = row.map(|row| row.value.clone()).or_else(in_file).filter(|path| !path.is_empty());
        repository.common_dir().join(named.as_deref().unwrap_or(AUDIT_LOG))
    }

    /// Returns what may name the user where the policy says nothing of it.
    #[must_use]
    pub fn default_user_sources() -> Vec<UserSource> {
        keys::sources(Vec::new())
    }

    /// Makes a policy of what was said.
    pub(super) fn understood(said: &BTreeMap<&'static str, Said>, git_dir: &Path) -> Result<Self> {
        let read = Reading { said };
        let preset =
            read.one("preset", |word| (word == "github-enterprise").then(|| word.to_owned()), "github-enterprise")?;
        let disable_rules = read.list("disable-rules", keys::rule, "ids as `ideoguard rules list` shows them")?;
        if !disable_rules.is_empty() && is_every_rule(&disable_rules) {
            return Err(read.wrong("disable-rules", "this disables every rule; then nothing would be found"));
        }
        Ok(Self {
            block_confidence: read
                .one("block-confidence", keys::confidence, keys::CONFIDENCES)?
                .unwrap_or(Confidence::High),
            block_severity: read.one("block-severity", keys::severity, keys::SEVERITIES)?.unwrap_or(Severity::Low),
            warn_in_tests: read.truth("warn-in-tests")?,
            disable_rules,
            rules: read.path("rules", git_dir)?,
            allow_fingerprints: read.list(
                "allow-fingerprints",
                Fingerprint::parse,
                "`ig1:` and 32 lower-case hex digits",
            )?,
            allow_file: read.path("allow-file", git_dir)?,
            baseline: read.path("baseline", git_dir)?,
            repository_allow_file: read.truth("repository-allow-file")?,
            repository_baseline: read.truth("repository-baseline")?,
            repository_marks: read.truth("repository-marks")?,
            protected_branch: read.one("protected-branch", keys::branch, "the full name of a branch, refs/heads/…")?,
            bypass_users: keys::who(read.list("bypass-users", keys::word, "names, or * for everybody")?),
            bypass_signed: read.truth("bypass-signed")?,
            user_sources: keys::sources(read.list("user-sources", keys::source, keys::SOURCES)?),
            deadline: read
                .one("deadline", keys::duration, "a time such as 4s or 500ms, or none")?
                .unwrap_or(preset.is_some().then_some(GITHUB_DEADLINE)),
            memory: read.one("memory", keys::size, "a size such as 512MiB, or none")?.unwrap_or(None),
            over_limit: read.one("over-limit", keys::over_limit, "refuse or owe")?.unwrap_or(OverLimit::Refuse),
            threads: read.one("threads", keys::threads, "a number from 0 to 1024")?.unwrap_or(0),
            audit_log: read.path("audit-log", git_dir)?.unwrap_or_else(|| git_dir.join(AUDIT_LOG)),
            audit_webhook: read.one("audit-webhook", keys::word, "a URL")?,
            audit_secret_file: read.path("audit-secret-file", git_dir)?,
            audit_certificates: read.path("audit-certificates", git_dir)?,
            audit_timeout: read.one("audit-timeout", keys::seconds, "a number of seconds")?,
            audit_plain_http: read.truth("audit-plain-http")?,
        })
    }

    /// Says what a key comes to, and why.
    fn setting(&self, key: &'static str, said: &BTreeMap<&'static str, Said>) -> Setting {
        if let Some(said) = said.get(key) {
            return Setting { key, value: said.words.clone(), origin: said.origin.clone() };
        }
        let value = match key {
            "deadline" if self.deadline.is_some() => vec![format!("{}s", GITHUB_DEADLINE.as_secs())],
            "audit-log" => vec![crate::path::RepoPath::from(self.audit_log.as_path()).to_string()],
            _ => keys::default_of(key),
        };
        let preset = said.get("preset").map(|said| said.words.concat()).filter(|_| key == "deadline");
        let origin = preset.filter(|preset| !preset.is_empty()).map_or(Origin::Default, Origin::Preset);
        Setting { key, value, origin }
    }
}

/// Collects what the policy file and git's configuration say.
fn said(repository: &Repository) -> Result<BTreeMap<&'static str, Said>> {
    let config = repository.server_config("ideoguard")?;
    let mut said = BTreeMap::new();
    let named = config.iter().rev().find(|row| row.key == "policy");
    if let Some(row) = named {
        let path = repository.common_dir().join(&row.value);
        if row.value.is_empty() {
            return Err(wrong(&Origin::GitConfig(row.file.clone()), "policy", "name the policy file"));
        }
        keys::read_file(&path, &mut said)?;
    }
    take_config(&config, &mut said)?;
    Ok(said)
}

/// Takes what git's configuration says; a key that is said several times is a list, or the last counts.
fn take_config(config: &[ConfigValue], said: &mut BTreeMap<&'static str, Said>) -> Result<()> {
    let mut by_key: BTreeMap<&'static str, Said> = BTreeMap::new();
    for row in config.iter().filter(|row| row.key != "policy") {
        let origin = Origin::GitConfig(row.file.clone());
        let Some(key) = KEYS.iter().find(|key| key.is_named(&row.key)) else {
            return Err(wrong(&origin, &row.key, "there is no such key; `ideoguard policy check --help` lists all"));
        };
        let words: Vec<String> = if key.is_list {
            row.value.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
        } else if row.value.is_empty() && key.default.is_empty() {
            // What is nothing by default can be nothing again, whatever a file before says.
            Vec::new()
        } else {
            vec![row.value.clone()]
        };
        match by_key.get_mut(key.name) {
            // As in git, an empty value empties the list.
            Some(before) if key.is_list && !words.is_empty() && before.origin == origin => before.words.extend(words),
            Some(_) | None => drop(by_key.insert(key.name, Said { words, origin })),
        }
    }
    said.extend(by_key);
    Ok(())
}

/// Reads what was said, key by key.
struct Reading<'a> {
    said: &'a BTreeMap<&'static str, Said>,
}

impl Reading<'_> {
    /// Reads a key with one value.
    fn one<T>(&self, key: &'static str, read: impl Fn(&str) -> Option<T>, form: &str) -> Result<Option<T>> {
        let Some(said) = self.said.get(key) else { return Ok(None) };
        match &said.words[..] {
            [] => Ok(None),
            [word] => read(word).map(Some).ok_or_else(|| self.wrong(key, &format!("write {form}"))),
            _ => Err(self.wrong(key, &format!("write one value: {form}"))),
        }
    }

    /// Reads a key with any number of values.
    fn list<T>(&self, key: &'static str, read: impl Fn(&str) -> Option<T>, form: &str) -> Result<Vec<T>> {
        let words = self.said.get(key).map(|said| &said.words[..]).unwrap_or_default();
        let read = |word: &String| read(word).ok_or_else(|| self.wrong(key, &format!("write {form}")));
        words.iter().map(read).collect()
    }

    /// Reads a yes or a no.
    fn truth(&self, key: &'static str) -> Result<bool> {
        Ok(self.one(key, keys::truth, "true or false")?.unwrap_or(false))
    }

    /// Reads a path; a relative one begins at the git directory.
    fn path(&self, key: &'static str, git_dir: &Path) -> Result<Option<PathBuf>> {
        let path = self.one(key, keys::word, "a path")?;
        Ok(path.map(|path| git_dir.join(path)))
    }

    /// Says what is wrong with a key.
    fn wrong(&self, key: &'static str, problem: &str) -> Error {
        let origin = self.said.get(key).map_or(Origin::Default, |said| said.origin.clone());
        wrong(&origin, key, problem)
    }
}

/// Says what is wrong with a key, and where; the value is not repeated, for it could be a secret.
pub(super) fn wrong(origin: &Origin, key: &str, problem: &str) -> Error {
    let shown = Escaped(key.as_bytes());
    match origin {
        Origin::File(path, line) => {
            Error::Config { path: path.clone(), line: *line, column: 0, problem: format!("`{shown}`: {problem}") }
        }
        Origin::GitConfig(path) => {
            Error::Config { path: path.clone(), line: 0, column: 0, problem: format!("`ideoguard.{shown}`: {problem}") }
        }
        Origin::Default | Origin::Preset(_) => Error::Usage(format!("`{shown}`: {problem}")),
    }
}

/// Tells whether a list names every rule there is.
fn is_every_rule(ids: &[String]) -> bool {
    crate::rules::built_in().all(|rule| ids.iter().any(|id| id == rule.id))
}
