//! Does what earlier runs left to be done: what is owed is paid, and what was recorded is delivered.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ideoguard::audit::{Access, Delivered, Log, Webhook};
use ideoguard::error::{Error, Result};
use ideoguard::gate::ServerPolicy;
use ideoguard::git::Repository;
use ideoguard::net::{PlainHttp, Url};
use ideoguard::report::counted;
use ideoguard::webhook::SharedSecret;

use crate::cli::{gate, net, output, secret_file};

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

/// Pays what is owed in a repository, and delivers what is left of its log.
///
/// Returns 0 if nothing is left then and nothing that was owed would have been refused.
pub(super) fn run(repository: &Path, target: &Target) -> Result<u8> {
    let here = std::env::current_dir().map_err(Error::io("find", "."))?;
    let repository = Repository::discover(&here.join(repository))?;
    let policy = ServerPolicy::of(&repository)?;
    let paid = gate::settle(&repository, &policy)?;
    let Some(webhook) = webhook(&policy, target)? else {
        output::say(&["nothing to deliver to: `ideoguard.auditWebhook` is not set".to_owned()])?;
        return Ok(paid);
    };
    let Delivered { lines, left, problem } = of(&repository, &policy).deliver(&webhook, jiff::Timestamp::now)?;
    output::say(&[format!("delivered {} to {}, {left} left", counted(lines, "line"), webhook.url)])?;
    match problem {
        Some(problem) => Err(problem),
        None if left > 0 => Err(Error::Incomplete(format!("{} are left for the next time", counted(left, "line")))),
        None => Ok(paid),
    }
}

/// Returns the log of a repository.
pub(in crate::cli) fn of(repository: &Repository, policy: &ServerPolicy) -> Log {
    at(repository, &policy.audit_log)
}

/// Returns a log of a repository.
pub(in crate::cli) fn at(repository: &Repository, file: &Path) -> Log {
    Log::new(file, Access::of_shared_repository(repository.shared().as_deref()))
}

/// Returns where the log of a repository is delivered to, if it is: as the server's policy says.
pub(in crate::cli) fn webhook(policy: &ServerPolicy, target: &Target) -> Result<Option<Webhook>> {
    let Some(url) = target.url.as_ref().or(policy.audit_webhook.as_ref()) else { return Ok(None) };
    let plain = if policy.audit_plain_http { PlainHttp::Anywhere } else { PlainHttp::Loopback };
    let url = Url::parse("the webhook", url, plain)?;
    let secret = target.secret.as_ref().or(policy.audit_secret_file.as_ref()).ok_or_else(|| {
        Error::Usage(
            "the webhook has no secret to sign with: set `ideoguard.auditSecretFile`, or give `--secret-file`".into(),
        )
    })?;
    let limit = target.limit.or(policy.audit_timeout).unwrap_or(LIMIT);
    let authorities = target.authorities.as_ref().or(policy.audit_certificates.as_ref());
    let client = net::client(authorities.map(PathBuf::as_path), limit)?;
    Ok(Some(Webhook { url, secret: SharedSecret::new(secret_file::read(secret)?)?, limit, client }))
}
