//! Which proxy a request goes through.

use crate::net::Url;

/// The proxies that the environment names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For `https`.
    https: Option<String>,
    /// For `http`.
    http: Option<String>,
    /// Hosts that are asked without one.
    direct: Vec<String>,
}

impl Proxies {
    /// Finds the proxies in the variables that everybody uses: `https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`.
    ///
    /// Each also counts in capitals, but for `HTTP_PROXY`: in a hook behind a web
    /// server that is what the client sent as its `Proxy:` header (CVE-2016-5385).
    pub fn find(get: impl Fn(&str) -> Option<String>) -> Self {
        let either = |name: &str| {
            let set = |name: &str| get(name).filter(|value| !value.trim().is_empty());
            set(name).or_else(|| set(&name.to_uppercase()))
        };
        let all = either("all_proxy");
        let direct = either("no_proxy").unwrap_or_default();
        Self {
            https: either("https_proxy").or_else(|| all.clone()),
            http: get("http_proxy").filter(|value| !value.trim().is_empty()).or(all),
            direct: direct.split([',', ' ']).filter(|host| !host.is_empty()).map(str::to_ascii_lowercase).collect(),
        }
    }

    /// Returns the proxy for an address, if there is one.
    pub(super) fn for_url(&self, url: &Url) -> Option<&str> {
        let host = url.host().to_ascii_lowercase();
        if self.direct.iter().any(|direct| is_meant(direct, &host)) {
            return None;
        }
        if url.is_https() { self.https.as_deref() } else { self.http.as_deref() }
    }
}

/// Tells whether an entry of `no_proxy` means a host: `*`, the host itself, or a domain that it is in.
fn is_meant(direct: &str, host: &str) -> bool {
    let domain = direct.trim_start_matches("*.").trim_start_matches('.');
    let rest = host.strip_suffix(domain);
    direct == "*" || rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::PlainHttp;

    fn proxy(variables: &[(&str, &str)], url: &str) -> Option<String> {
        let get = |name: &str| Some(variables.iter().find(|(known, _)| *known == name)?.1.to_owned());
        let url = Url::parse("it", url, PlainHttp::Anywhere).unwrap();
        Proxies::find(get).for_url(&url).map(str::to_owned)
    }

    #[test]
    fn each_scheme_has_its_proxy() {
        let variables = [("HTTPS_PROXY", "http://a"), ("http_proxy", "http://b"), ("ALL_PROXY", "http://c")];

        assert_eq!(proxy(&variables, "https://example.org").as_deref(), Some("http://a"));
        assert_eq!(proxy(&variables, "http://example.org").as_deref(), Some("http://b"));
        assert_eq!(proxy(&variables[2..], "https://example.org").as_deref(), Some("http://c"));
        assert_eq!(proxy(&[], "https://example.org"), None);
    }

    #[test]
    fn what_a_client_of_a_web_server_says_is_no_proxy() {
        assert_eq!(proxy(&[("HTTP_PROXY", "http://evil")], "http://example.org"), None);
    }

    #[test]
    fn hosts_that_are_named_are_asked_without_a_proxy() {
        let direct = |list: &str, url: &str| proxy(&[("https_proxy", "http://a"), ("no_proxy", list)], url).is_none();

        assert!(direct("*", "https://example.org"));
        assert!(direct("localhost, example.org", "https://api.Example.org:8443"));
        assert!(direct(".example.org", "https://example.org"));
        assert!(direct("*.example.org", "https://a.example.org"));
        assert!(direct("::1", "https://[::1]:1"));
        assert!(!direct("example.org", "https://notexample.org"));
        assert!(!direct("ple.org", "https://example.org"));
    }
}
