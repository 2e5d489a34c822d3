//! Where a request goes: https, or this machine.

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;

use crate::error::{Error, Result};
use crate::path::Escaped;

/// Whether a request may go over a connection that anybody on the way can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainHttp {
    /// To this machine only.
    Loopback,
    /// To any, as the user or the server's configuration said.
    Anywhere,
}

/// The address of a request: `https`, or `http` where that is allowed.
///
/// Printed, it is the scheme, host and port alone: a path or a query may hold a token.
#[derive(Clone, PartialEq, Eq)]
pub struct Url(Uri);

impl Url {
    /// Reads an address; `what` is what it is called in messages.
    pub fn parse(what: &str, text: &str, plain: PlainHttp) -> Result<Self> {
        let wrong = |problem: &str| Err(Error::Usage(format!("{what}: {problem}")));
        let Ok(uri) = text.parse::<Uri>() else {
            return wrong("that is no address; write https://HOST/PATH");
        };
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return wrong("that is no whole address; write https://HOST/PATH");
        };
        if authority.as_str().contains('@') {
            return wrong("an address with a user or password in it is not taken: it would be shown and logged");
        }
        match scheme {
            "https" => Ok(Self(uri)),
            "http" if plain == PlainHttp::Anywhere || is_loopback(authority.host()) => Ok(Self(uri)),
            "http" => wrong("plain http is for this machine only: anybody on the way could read it; use https"),
            _ => wrong("only https is spoken here"),
        }
    }

    /// Returns the address of something below this one; `path` begins with `/`.
    pub fn join(&self, path: &str) -> Result<Self> {
        let base = self.0.path().trim_end_matches('/');
        let mut parts = self.0.clone().into_parts();
        let joined = format!("{base}{path}").parse();
        parts.path_and_query =
            Some(joined.map_err(|_| Error::Usage(format!("{self}: no path {}", Escaped(path.as_bytes()))))?);
        Uri::from_parts(parts)
            .map(Self)
            .map_err(|_| Error::Usage(format!("{self}: no path {}", Escaped(path.as_bytes()))))
    }

    /// Returns the host, without brackets around an IPv6 address.
    pub(super) fn host(&self) -> &str {
        bare(self.0.host().unwrap_or_default())
    }

    /// Tells whether the connection is encrypted.
    pub(super) fn is_https(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }

    /// Returns the address as the client takes it.
    pub(super) fn uri(&self) -> &Uri {
        &self.0
    }
}

impl fmt::Display for Url {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authority = self.0.authority().map_or("", |authority| authority.as_str());
        write!(out, "{}://{}", self.0.scheme_str().unwrap_or_default(), Escaped(authority.as_bytes()))
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// Returns an address without the brackets of IPv6.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// Tells whether a host is this machine.
fn is_loopback(host: &str) -> bool {
    let host = bare(host);
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, plain: PlainHttp) -> std::result::Result<String, String> {
        Url::parse("it", text, plain).map(|url| url.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for here in ["http://localhost:1/x", "http://127.0.0.1/", "http://127.9.9.9:80", "http://[::1]:8080/x"] {
            assert!(parsed(here, PlainHttp::Loopback).is_ok(), "{here}");
        }
        for there in
            ["http://example.org/", "http://localhost.example.org", "http://128.0.0.1", "http://127.0.0.1.nip.io"]
        {
            assert!(parsed(there, PlainHttp::Loopback).unwrap_err().contains("plain http"), "{there}");
            assert!(parsed(there, PlainHttp::Anywhere).is_ok());
        }
    }

    #[test]
    fn what_is_no_address_of_ours_is_refused() {
        for text in ["", "example.org", "/x", "ftp://example.org", "file:///etc/passwd", "https://", "https://a b/"] {
            assert!(parsed(text, PlainHttp::Anywhere).is_err(), "{text}");
        }
        assert!(parsed("https://user:word@example.org/", PlainHttp::Loopback).unwrap_err().contains("password"));
    }

    #[test]
    fn an_address_shows_neither_path_nor_query() {
        assert_eq!(
            parsed("https://example.org:8443/token/x?key=y", PlainHttp::Loopback).unwrap(),
            "https://example.org:8443"
        );
    }

    #[test]
    fn a_path_goes_below_a_base() {
        let base = Url::parse("it", "https://example.org/api/", PlainHttp::Loopback).unwrap();

        assert_eq!(base.join("/v2/x").unwrap().uri().to_string(), "https://example.org/api/v2/x");
    }
}
