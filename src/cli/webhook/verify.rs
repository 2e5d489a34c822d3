//! Says whether a delivery is from who it says, and new.

use std::path::PathBuf;
use std::time::Duration;

use ideoguard::audit::{Ended, Metadata};
use ideoguard::error::{Error, Result};
use ideoguard::git::Repository;
use ideoguard::net::{PlainHttp, Url};
use ideoguard::path::{Escaped, RepoPath};
use ideoguard::webhook::{Delivery, Fetched, KeySet, Published, Refusal, Tag, check_time, header, timestamp};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Input, SecretAt, SharedHeaders, headers};
use crate::cli::args::WebhookWhat;
use crate::cli::record::{self, Deed};
use crate::cli::scan::here;
use crate::cli::{net, output, secret_file, unsaid};

/// Where Ideogram publishes its keys.
const IDEOGRAM: &str = "https://api.ideogram.ai/v1/.well-known/jwks.json";
/// The largest file of keys that is read, in bytes.
const MOST_KEYS: u64 = 1 << 20;

/// Which delivery to check, and how.
pub(in crate::cli) struct VerifyPlan {
    /// Its body.
    body: Input,
    /// Its headers, as given.
    header: Vec<String>,
    /// The file with its headers.
    headers: Option<PathBuf>,
    /// How far its time may be from ours, in seconds.
    window: Option<u64>,
    /// The time to judge by.
    at: Option<Timestamp>,
    /// By which scheme.
    scheme: Scheme,
}

/// How a delivery is signed.
enum Scheme {
    /// With a secret that is shared.
    Shared(SecretAt, SharedHeaders),
    /// As Ideogram does, with keys in a file.
    File(PathBuf),
    /// As Ideogram does, with keys that are published.
    Published {
        /// Where.
        url: String,
        /// Where they are kept.
        cache: Cache,
        /// The certificates to trust.
        certificates: Option<PathBuf>,
        /// How long asking for them may take.
        limit: Duration,
    },
}

/// Where keys are kept.
enum Cache {
    /// In this user's folder for such things.
    Own,
    /// In this file.
    File(PathBuf),
    /// Nowhere.
    Nowhere,
}

/// What a check came to.
enum Judged {
    /// It is good; says how that is known.
    Good(String),
    /// It is not.
    Refused(Refusal),
}

/// Makes a plan of arguments.
pub(super) fn plan(what: WebhookWhat) -> Result<VerifyPlan> {
    let WebhookWhat::Verify {
        body,
        header,
        headers,
        window,
        no_window,
        at,
        keys,
        cache,
        no_cache,
        certificates,
        timeout,
        secret,
        shared,
    } = what
    else {
        return Err(Error::Usage("not a check of a delivery".to_owned()));
    };
    let body = Input::of(body);
    let cache = match (cache, no_cache) {
        (Some(file), _) => Cache::File(file),
        (None, true) => Cache::Nowhere,
        (None, false) => Cache::Own,
    };
    let scheme = match (SecretAt::of(secret, &body)?, keys) {
        (Some(secret), _) => Scheme::Shared(secret, shared.into()),
        (None, Some(file)) if !file.contains("://") => Scheme::File(file.into()),
        (None, keys) => Scheme::Published {
            url: keys.unwrap_or_else(|| IDEOGRAM.to_owned()),
            cache,
            certificates,
            limit: net::seconds(&timeout)?,
        },
    };
    let wrong = |_| Error::Usage("write the time as 2026-01-31T12:00:00Z".to_owned());
    let at = at.map(|at| at.parse().map_err(wrong)).transpose()?;
    Ok(VerifyPlan { body, header, headers, window: (!no_window).then_some(window), at, scheme })
}

/// Checks a delivery, and says what it came to; returns 0 if it is good, 1 if not.
pub(super) fn run(plan: &VerifyPlan) -> Result<u8> {
    let headers = headers::read(&plan.header, plan.headers.as_deref())?;
    let body = plan.body.read()?;
    let judged = match &plan.scheme {
        Scheme::Shared(secret, names) => shared(plan, &secret.read()?, names, &headers, &body),
        Scheme::File(file) => {
            let bytes = secret_file::bounded(file, MOST_KEYS)?;
            let no_set = || Error::Usage(format!("{}: no set of Ed25519 keys (JWKS)", RepoPath::from(file.as_path())));
            let keys = KeySet::parse(&bytes).ok_or_else(no_set)?;
            ideogram(plan, &keys, &headers, &body)
        }
        Scheme::Published { url, cache, certificates, limit } => {
            let published = Published {
                url: Url::parse("the keys", url, PlainHttp::Loopback)?,
                name: url.clone(),
                client: net::client(certificates.as_deref(), *limit)?,
                cache: file_of(cache, url),
            };
            by_published(plan, &published, &headers, &body)?
        }
    };
    record(&judged, &body);
    match judged {
        Judged::Good(how) => output::say(&[format!("good: {how}")]).map(|()| 0),
        Judged::Refused(why) => output::say(&[format!("refused: {}", Escaped(why.to_string().as_bytes()))]).map(|()| 1),
    }
}

/// Records a verdict in the repository here, if there is one.
fn record(judged: &Judged, body: &[u8]) {
    let Ok(repository) = here().and_then(|here| Repository::discover(&here)) else { return };
    let (result, metadata) = match judged {
        Judged::Good(_) => (Ended::Success, Metadata::new()),
        Judged::Refused(why) => (
            Ended::Failure,
            Metadata::new().with("because", unsaid::text(&Escaped(why.to_string().as_bytes()).to_string())),
        ),
    };
    let body = format!("sha256:{}", hex(&Sha256::digest(body)));
    record::verdict(&repository, Deed { action: "webhook.verify".to_owned(), resource: &body, result, metadata });
}

/// Writes bytes as hex digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// Checks a delivery with keys that are published; asks for them anew when those that are kept do not fit.
fn by_published(plan: &VerifyPlan, published: &Published, headers: &[(String, String)], body: &[u8]) -> Result<Judged> {
    let now = Timestamp::now().as_second();
    let mut fetched = published.keys(now)?;
    let mut judged = ideogram(plan, &fetched.keys, headers, body);
    if matches!(judged, Judged::Refused(Refusal::BadSignature)) && !fetched.is_fresh {
        fetched = published.fetch(now)?;
        judged = ideogram(plan, &fetched.keys, headers, body);
    }
    if let Fetched { not_kept: Some(error), .. } = &fetched {
        output::warn(&format!("the keys are not kept for the next time: {error}"));
    }
    Ok(judged)
}

/// Checks a delivery as Ideogram signs it.
fn ideogram(plan: &VerifyPlan, keys: &KeySet, headers: &[(String, String)], body: &[u8]) -> Judged {
    let now = plan.now();
    let judged = Delivery::read(headers, body).and_then(|delivery| {
        let key = delivery.verify(keys, now, plan.window)?;
        let name =
            key.id.as_deref().map_or_else(|| "without a name".to_owned(), |id| Escaped(id.as_bytes()).to_string());
        Ok(format!("signed with Ideogram's scheme, key {name}, {}", ago(delivery.sent, now)))
    });
    judged.map_or_else(Judged::Refused, Judged::Good)
}

/// Checks a delivery that is signed with a shared secret.
fn shared(
    plan: &VerifyPlan,
    secret: &ideoguard::webhook::SharedSecret,
    names: &SharedHeaders,
    headers: &[(String, String)],
    body: &[u8],
) -> Judged {
    let now = plan.now();
    let judge = || {
        let tag = Tag::parse(&names.signature, header(headers, &names.signature)?)?;
        let Some(name) = &names.timestamp else {
            secret.verify(None, body, &tag)?;
            return Ok("signed with the shared secret; without a time, a replay does not show".to_owned());
        };
        let text = header(headers, name)?;
        let sent = timestamp(name, text)?;
        secret.verify(Some(text), body, &tag)?;
        check_time(sent, now, plan.window)?;
        Ok(format!("signed with the shared secret, {}", ago(sent, now)))
    };
    judge().map_or_else(Judged::Refused, Judged::Good)
}

impl VerifyPlan {
    /// Returns the time to judge by, in Unix seconds.
    fn now(&self) -> i64 {
        self.at.unwrap_or_else(Timestamp::now).as_second()
    }
}

/// Says how long ago something was sent.
fn ago(sent: i64, now: i64) -> String {
    format!("sent {} s {}", sent.abs_diff(now), if sent <= now { "ago" } else { "from now" })
}

/// Returns the file that keys of an address are kept in; none if there is no place for it.
fn file_of(cache: &Cache, url: &str) -> Option<PathBuf> {
    match cache {
        Cache::Nowhere => None,
        Cache::File(file) => Some(file.clone()),
        Cache::Own => {
            let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
            let folder = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")))?;
            let name = hex(&Sha256::digest(url)[..8]);
            Some(folder.join(format!("ideoguard/jwks-{name}.json")))
        }
    }
}
