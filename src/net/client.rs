//! The client: one request, one answer, within a limit.

use std::time::Duration;

use bytes::Bytes;
use ureq::http::{HeaderName, HeaderValue, Method, Request as HttpRequest, header};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector, DefaultConnector};
use ureq::{Agent, Proxy};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::net::wiping::Wiping;
use crate::net::{Proxies, Url};
use crate::path::Escaped;

/// How requests are made.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long to wait for a connection.
    pub connect: Duration,
    /// How long a request may take in all, from looking up the name to the last byte of the answer.
    pub total: Duration,
    /// The largest body of an answer that is read, in bytes.
    pub most: u64,
    /// The certificates to trust, in PEM; without any, those that browsers trust.
    pub authorities: Option<Vec<u8>>,
    /// Through which machines.
    pub proxies: Proxies,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            total: Duration::from_secs(10),
            most: 1 << 20,
            authorities: None,
            proxies: Proxies::default(),
        }
    }
}

/// What makes requests.
#[derive(Debug, Clone)]
pub struct Client {
    /// How.
    settings: Settings,
    /// The certificates to trust.
    roots: RootCerts,
}

/// A request.
#[derive(Debug)]
pub struct Request<'a> {
    /// Where it goes.
    pub url: &'a Url,
    /// What it says beside its body.
    pub headers: &'a [Header<'a>],
    /// What it brings, for a `POST`; without it, it is a `GET`.
    pub body: Option<&'a [u8]>,
}

/// A header of a request.
pub struct Header<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value, which may be a secret and is never shown.
    pub value: &'a [u8],
}

impl std::fmt::Debug for Header<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: <{} bytes>", self.name, self.value.len())
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status: 200, 404.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
    /// Where a redirect leads, safe to print: the host alone.
    pub redirect: Option<String>,
}

impl Client {
    /// Makes a client; fails if the certificates to trust are none.
    pub fn new(settings: Settings) -> Result<Self> {
        let roots = match &settings.authorities {
            Some(pem) => RootCerts::new_with_certs(&certificates(pem)?),
            None => RootCerts::WebPki,
        };
        Ok(Self { settings, roots })
    }

    /// Sends a request, and reads the answer to its end, whatever its status. No redirect is followed.
    pub fn send(&self, request: &Request<'_>) -> Result<Answer> {
        self.send_within(request, self.settings.total)
    }

    /// Does the same within another limit, if that is shorter.
    pub fn send_within(&self, request: &Request<'_>, limit: Duration) -> Result<Answer> {
        let failed = |error: ureq::Error| Error::Network { host: request.url.to_string(), because: said(&error) };
        let agent = self.agent(request.url, limit.min(self.settings.total))?;
        let method = if request.body.is_some() { Method::POST } else { Method::GET };
        let mut built = HttpRequest::new(request.body.unwrap_or_default());
        *built.method_mut() = method;
        *built.uri_mut() = request.url.uri().clone();
        for Header { name, value } in request.headers {
            let wrong =
                || Error::Usage(format!("the value of the header `{name}` has characters that no header may have"));
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
            // It may be a key: what it is copied into is wiped in the end.
            let value = Bytes::from_owner(Zeroizing::new(value.to_vec()));
            let mut value = HeaderValue::from_maybe_shared(value).map_err(|_| wrong())?;
            value.set_sensitive(true);
            built.headers_mut().insert(name, value);
        }
        let sent = match request.body {
            Some(_) => agent.run(built),
            None => agent.run(built.map(|_| ())),
        };
        let mut answer = sent.map_err(failed)?;
        let leads = answer.headers().get(header::LOCATION).filter(|_| answer.status().is_redirection());
        let redirect = leads.map(|place| host_of(place.as_bytes()));
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(self.settings.most).read_to_vec().map_err(failed)?;
        Ok(Answer { status, body, redirect })
    }

    /// Makes what carries out one request.
    fn agent(&self, url: &Url, total: Duration) -> Result<Agent> {
        let wrong = || Error::Usage("the proxy that the environment names is not one that can be used here".to_owned());
        let proxy = self.settings.proxies.for_url(url).map(Proxy::new).transpose().map_err(|_| wrong())?;
        let tls = TlsConfig::builder().root_certs(self.roots.clone()).build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(proxy)
            .tls_config(tls)
            .user_agent(concat!("ideoguard/", env!("CARGO_PKG_VERSION")))
            .max_idle_connections(0)
            .timeout_connect(Some(self.settings.connect.min(total)))
            .timeout_global(Some(total))
            .build();
        Ok(Agent::with_parts(config, DefaultConnector::new().chain(Wiping), DefaultResolver::default()))
    }
}

/// Reads certificates to trust.
fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(_) => return Err(Error::Usage("the certificates to trust are damaged; PEM is expected".to_owned())),
        }
    }
    if found.is_empty() {
        return Err(Error::Usage("there is no certificate among those to trust; PEM is expected".to_owned()));
    }
    Ok(found)
}

/// Returns the host of where a redirect leads, safe to print.
fn host_of(place: &[u8]) -> String {
    let place = String::from_utf8_lossy(place);
    let uri = place.parse::<ureq::http::Uri>().ok();
    let host = uri.as_ref().and_then(|uri| uri.host()).unwrap_or("the same host");
    Escaped(host.as_bytes()).to_string()
}

/// Says what the client said: words of ours or the library's, never of the answer.
fn said(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "it took too long".to_owned(),
        ureq::Error::BodyExceedsLimit(most) => format!("the answer is larger than {most} bytes"),
        ureq::Error::HostNotFound => "there is no such host".to_owned(),
        ureq::Error::ConnectionFailed => "no connection".to_owned(),
        other => Escaped(other.to_string().as_bytes()).to_string(),
    }
}
