//! The policy of a server: what it allows, and `ideoguard policy check`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ideoguard::decide::{BASELINE, Baseline, FILE_NAME, Gate, MadeUp, Marks, Policy};
use ideoguard::error::{Error, Result};
use ideoguard::finding::Fingerprint;
use ideoguard::gate::{KEYS, Origin, ServerPolicy, Setting};
use ideoguard::git::{Kind, Repository};
use ideoguard::net::{PlainHttp, Url};
use ideoguard::oid::ObjectId;
use ideoguard::path::{Escaped, RepoPath};
use ideoguard::report::wrap;
use ideoguard::rules::RuleBook;

use crate::cli::args::ListArg;
use crate::cli::config::Config;
use crate::cli::plan::PolicyPlan;
use crate::cli::text_file::{self, Purpose};
use crate::cli::{audit, output, scan};

/// The largest allow file or baseline of a repository that is read, in bytes.
const MOST_BYTES: u64 = 8 << 20;
/// The reason that findings show which the policy allows by their names.
const BY_NAME: &str = "`allow-fingerprints`";

/// Returns what a push is judged by, and what of it does not count although the policy names it.
///
/// Rules come from the server's own files alone: those of a repository could hide what it pushes.
pub(super) fn config(
    repository: &Repository,
    server: &ServerPolicy,
    bypassed: BTreeMap<Fingerprint, String>,
) -> Result<(Config, Vec<String>)> {
    let named = server.rules.iter().chain(&server.allow_file);
    let Config { mut policy, rules, files } = Config::read(named.map(PathBuf::as_path))?;
    if let Some(file) = &server.baseline {
        policy = policy.with_baseline(Baseline::parse(file, &text_file::read(file, Purpose::Baseline)?)?);
    }
    let mut notes = Vec::new();
    for (counts, name) in [(server.repository_allow_file, FILE_NAME), (server.repository_baseline, BASELINE)] {
        if !counts {
            continue;
        }
        match of_branch(repository, server, name, &rules) {
            Ok(Some(more)) => policy = policy.and(more.without_scopes()),
            Ok(None) => {}
            // Else nobody could push what mends it.
            Err(error) => notes.push(format!("The {name} of the protected branch does not count: {error}.")),
        }
    }
    let gate = Gate {
        marks: if server.repository_marks { Marks::Count } else { Marks::Ignored },
        confidence: server.block_confidence,
        severity: server.block_severity,
        in_tests: if server.warn_in_tests { MadeUp::Warn } else { MadeUp::Block },
        in_documentation: MadeUp::Block,
        allowed: server.allow_fingerprints.iter().map(|one| (one.clone(), BY_NAME.to_owned())).collect(),
        bypassed,
    };
    let policy = policy.without_rules(server.disable_rules.clone()).with_gate(gate);
    Ok((Config { policy, rules, files }, notes))
}

/// Reads what the protected branch had before the push.
fn of_branch(repository: &Repository, server: &ServerPolicy, name: &str, rules: &RuleBook) -> Result<Option<Policy>> {
    let Some(tip) = protected(repository, server)? else { return Ok(None) };
    let objects = repository.objects()?;
    let Some(version) = objects.version_at(tip, &RepoPath::from(name))? else { return Ok(None) };
    let bytes = objects.whole_blob(version.id, MOST_BYTES)?;
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| Error::Config {
        path: name.into(),
        line: 0,
        column: 0,
        problem: "it is larger than 8 MiB, or not UTF-8".into(),
    })?;
    let path = Path::new(name);
    if name == BASELINE {
        return Ok(Some(Policy::none(scan::today()).with_baseline(Baseline::parse(path, &text)?)));
    }
    Policy::parse_with(path, &text, scan::today(), rules).map(Some)
}

/// Returns the commit that the protected branch names now.
fn protected(repository: &Repository, server: &ServerPolicy) -> Result<Option<ObjectId>> {
    let tip = match server.protected_branch.as_deref() {
        None | Some("HEAD") => repository.head()?,
        Some(branch) => repository.values_of(&[RepoPath::from(branch)])?.into_iter().flatten().next(),
    };
    let Some(tip) = tip else { return Ok(None) };
    Ok((repository.objects()?.kind(tip)?.0 == Kind::Commit).then_some(tip))
}

/// Shows the policy in force, and where each value comes from.
pub(in crate::cli) fn check(plan: &PolicyPlan) -> Result<u8> {
    let repository = Repository::discover(&scan::here()?.join(&plan.repository))?;
    let (server, settings) = ServerPolicy::explained(&repository)?;
    // What it names must be there and make sense, too.
    let (_, notes) = config(&repository, &server, BTreeMap::new())?;
    audit::settle::webhook(&server, &audit::settle::Target::default())?;
    match plan.format {
        ListArg::Json => output::say(&[json(&shown(settings), &notes)])?,
        ListArg::Text => output::say(&text(&shown(settings), &notes))?,
    }
    Ok(0)
}

/// Writes the policy for people.
fn text(settings: &[Setting], notes: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    for setting in settings {
        let value = if setting.value.is_empty() { "(nothing)".to_owned() } else { setting.value.join(", ") };
        lines.push(format!("{} = {}", setting.key, Escaped(value.as_bytes())));
        let what = KEYS.iter().find(|key| key.name == setting.key).map_or("", |key| key.what);
        lines.extend(wrap::lines(what, wrap::WIDTH - 4).into_iter().map(|line| format!("    {line}")));
        lines.push(format!("    from {}", from(&setting.origin)));
    }
    lines.extend(notes.iter().map(|note| format!("notice: {note}")));
    lines
}

/// Returns what the keys say, as far as it may be shown: an address may hold a token.
fn shown(mut settings: Vec<Setting>) -> Vec<Setting> {
    for setting in settings.iter_mut().filter(|setting| setting.key == "audit-webhook" && !setting.value.is_empty()) {
        let url = Url::parse("the webhook", &setting.value.concat(), PlainHttp::Anywhere);
        setting.value = vec![url.map_or_else(|_| "(not a URL)".to_owned(), |url| url.to_string())];
    }
    settings
}

/// Says where a value comes from.
fn from(origin: &Origin) -> String {
    match origin {
        Origin::Default => "nowhere: this is the default".to_owned(),
        Origin::Preset(name) => format!("the preset {}", Escaped(name.as_bytes())),
        Origin::GitConfig(file) => format!("git's configuration, {}", RepoPath::from(file.as_path())),
        Origin::File(file, line) => format!("the policy file, {}:{line}", RepoPath::from(file.as_path())),
    }
}

/// Writes the policy for programs.
fn json(settings: &[Setting], notes: &[String]) -> String {
    let setting = |setting: &Setting| {
        let (source, file, line) = match &setting.origin {
            Origin::Default => ("default", None, None),
            Origin::Preset(_) => ("preset", None, None),
            Origin::GitConfig(file) => ("git-config", Some(file), None),
            Origin::File(file, line) => ("policy-file", Some(file), Some(*line)),
        };
        let is_list = KEYS.iter().any(|key| key.name == setting.key && key.is_list);
        let value = match &setting.value[..] {
            words if is_list => words.to_vec().into(),
            [word] => word.as_str().into(),
            _ => ideoguard::audit::Value::Null,
        };
        ideoguard::audit::Value::Object(
            [
                ("key", setting.key.into()),
                ("value", value),
                ("source", source.into()),
                ("file", file.map(|file| RepoPath::from(file.as_path()).to_string()).into()),
                ("line", line.into()),
            ]
            .into_iter()
            .map(|(name, value): (&str, ideoguard::audit::Value)| (name.to_owned(), value))
            .collect(),
        )
    };
    let settings: Vec<_> = settings.iter().map(setting).collect();
    let all = [("schema", 1.into()), ("settings", settings.into()), ("notices", notes.to_vec().into())];
    ideoguard::audit::Value::Object(all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()).to_string()
}
