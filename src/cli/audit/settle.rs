//! Does what earlier runs left to be done: what was recorded is delivered.

use std::path::PathBuf;
use std::time::Duration;

use ideoguard::audit::{Access, Delivered, Log, Webhook};
use ideoguard::error::{Error, Result};
use ideoguard::git::Repository;
use ideoguard::net::{PlainHttp, Url};
use ideoguard::report::counted;
use ideoguard::webhook::SharedSecret;

use crate::cli::{net, output, secret_file};

/// How long a delivery may take, unless the configuration says otherwise.
const LIMIT: Duration = Duration::from_secs(2);

/// Where to deliver to, as far as it was said on the command line; the rest is in git's configuration.
#[derive(Debug, Default)]
pub(in crate::cli) struct Target {
    /// The address: `ideoguard.auditWebhook`.
    pub(super) url: Option<String>,
    /// The file with the secret: `ideoguard.auditSecretFile`.
    pub(super) secret: Option<PathBuf>,
    /// The certificates to trust: `ideoguard.auditCertificates`.
    pub(super) authorities: Option<PathBuf>,
    /// How long it may take: `ideoguard.auditTimeout`.
    pub(super) limit: Option<Duration>,
}

/// Delivers what is left of the log of the repository here; returns 0 if nothing is left then.
pub(super) fn run(target: &Target) -> Result<u8> {
    let here = std::env::current_dir().map_err(Error::io("find", "."))?;
    let repository = Repository::discover(&here)?;
    let log = of(&repository);
    let Some(webhook) = webhook(&repository, target)? else {
        output::say(&["nothing to deliver to: `ideoguard.auditWebhook` is not set".to_owned()])?;
        return Ok(0);
    };
    let Delivered { lines, left, problem } = log.deliver(&webhook, jiff::Timestamp::now)?;
    output::say(&[format!("delivered {} to {}, {left} left", counted(lines, "line"), webhook.url)])?;
    match problem {
        Some(problem) => Err(problem),
        None if left > 0 => Err(Error::Incomplete(format!("{} are left for the next time", counted(left, "line")))),
        None => Ok(0),
    }
}

/// Returns the log of a repository.
pub(in crate::cli) fn of(repository: &Repository) -> Log {
    let access = Access::of_shared_repository(repository.shared().as_deref());
    Log::new(Log::default_path(repository.common_dir()), access)
}

/// Returns where the log of a repository is delivered to, if it is.
///
/// Git's configuration says so, which no push can change: `ideoguard.auditWebhook`,
/// `auditSecretFile`, `auditCertificates`, `auditTimeout` (seconds, 2 unless it
/// is set) and `auditPlainHttp` (`true` lets the address be `http`).
pub(in crate::cli) fn webhook(repository: &Repository, target: &Target) -> Result<Option<Webhook>> {
    let setting = |key: &str| repository.setting(&format!("ideoguard.{key}"));
    let file = |key: &str| repository.setting_path(&format!("ideoguard.{key}"));
    let Some(url) = target.url.clone().or_else(|| setting("auditWebhook")) else { return Ok(None) };
    let plain = setting("auditPlainHttp").is_some_and(|value| value == "true");
    let url = Url::parse("the webhook", &url, if plain { PlainHttp::Anywhere } else { PlainHttp::Loopback })?;
    let secret = target.secret.clone().or_else(|| file("auditSecretFile")).ok_or_else(|| {
        Error::Usage(
            "the webhook has no secret to sign with: set `ideoguard.auditSecretFile`, or give `--secret-file`".into(),
        )
    })?;
    let limit = match (target.limit, setting("auditTimeout")) {
        (Some(limit), _) => limit,
        (None, Some(text)) => net::seconds(&text)?,
        (None, None) => LIMIT,
    };
    let authorities = target.authorities.clone().or_else(|| file("auditCertificates"));
    let client = net::client(authorities.as_deref(), limit)?;
    Ok(Some(Webhook { url, secret: SharedSecret::new(secret_file::read(&secret)?)?, limit, client }))
}
