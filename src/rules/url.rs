//! Passwords in URLs: `scheme://user:password@host`.

use std::ops::Range;

use super::proof::Proven;
use super::shape::ShapeMatch;
use super::{boundary, placeholder};
use crate::entropy;

/// Where a URL with a password is tried.
pub const LITERAL: &str = "://";

/// How long a scheme may be.
const MAX_SCHEME: usize = 20;
/// How long user, password and host may be together.
const MAX_AUTHORITY: usize = 300;
/// The entropy of a password that nobody thought up, in bits a character.
const RANDOM: f64 = 3.3;

/// Passwords that stand in samples and local set-ups everywhere, beyond those that name themselves.
const USUAL: &[&str] = &[
    "1234", "12345", "admin", "bitnami", "foo", "guest", "hunter2", "letmein", "mariadb", "minio", "minioadmin",
    "mongo", "mysql", "p4ssw0rd", "pa55word", "p@ssw0rd", "p@ss", "pg", "postgres", "postgresql", "pw", "rabbitmq",
    "redis", "s3cr3t", "s3cret", "sa", "welcome", "x-access-token", "x-oauth-basic", "zabbix",
];

/// Hosts that are nobody's: this machine, and the names that are reserved for samples.
const NOWHERE: &[&str] =
    &["localhost", "host", "hostname", "server", "0.0.0.0", "::1", "[::1]", "host.docker.internal"];
/// Ends of such hosts.
const NOWHERE_ENDS: &[&str] =
    &[".localhost", ".local", ".test", ".invalid", ".example", "example.com", "example.org", "example.net"];

/// Tries a URL with a password whose `://` is at `at`.
///
/// The proof holds when the password looks random. Placeholders, references to
/// variables, and passwords of this machine or a sample host are no match.
#[must_use]
pub fn password_at(text: &[u8], at: usize) -> Option<ShapeMatch> {
    let rest = text[at..].strip_prefix(LITERAL.as_bytes())?;
    scheme(text, at)?;
    let authority = authority(rest)?;
    let (user, password, host) = split(authority)?;
    let secret = &authority[password.clone()];
    if is_nowhere(host) || is_no_secret(secret, user) {
        return None;
    }
    let start = at + LITERAL.len();
    let proof = if looks_random(secret) { Proven::Holds("its password looks random") } else { Proven::Unproven };
    Some(ShapeMatch { span: start + password.start..start + password.end, proof })
}

/// The shortest password that a command or a setting tells of.
const SHORTEST: usize = 8;

/// Judges a password that stands elsewhere; `None` when it is too short, a sample or a reference.
pub(super) fn password(secret: &[u8]) -> Option<Proven> {
    if secret.len() < SHORTEST || is_no_secret(secret, b"") {
        return None;
    }
    // A sample that is broken with `~`, as ours are, is known by nothing else here; one in a hundred passwords has it, too.
    let is_clear = looks_random(secret) && !secret.contains(&b'~');
    Some(if is_clear { Proven::Holds("the password looks random") } else { Proven::Unproven })
}

/// Returns the scheme that ends at `at`.
fn scheme(text: &[u8], at: usize) -> Option<&[u8]> {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let length = text[..at].iter().rev().take(MAX_SCHEME).take_while(is_part).count();
    let scheme = &text[at - length..at];
    // An escape before the scheme (`\nhttp`) lends it a letter, which does no harm.
    let begins = length < MAX_SCHEME || boundary::begins_token(text, at - length);
    (length >= 2 && begins && scheme.iter().any(u8::is_ascii_alphabetic)).then_some(scheme)
}

/// Returns what stands between `://` and the path; `None` when it does not end in time.
fn authority(rest: &[u8]) -> Option<&[u8]> {
    let window = &rest[..rest.len().min(MAX_AUTHORITY)];
    let ends = |byte: &u8| byte.is_ascii_whitespace() || byte.is_ascii_control() || br#"/?#"'`<>\,;()|"#.contains(byte);
    match window.iter().position(ends) {
        Some(end) => Some(&window[..end]),
        None if rest.len() <= MAX_AUTHORITY => Some(window),
        None => None,
    }
}

/// Splits `user:password@host` into user, the place of the password, and host.
fn split(authority: &[u8]) -> Option<(&[u8], Range<usize>, &[u8])> {
    let end = authority.iter().rposition(|byte| *byte == b'@')?;
    let colon = authority[..end].iter().position(|byte| *byte == b':')?;
    let host = &authority[end + 1..];
    (!host.is_empty()).then_some((&authority[..colon], colon + 1..end, host))
}

/// Says whether a host is this machine, a sample, or a variable.
fn is_nowhere(host: &[u8]) -> bool {
    let host = host.to_ascii_lowercase();
    let port =
        host.iter().rposition(|byte| *byte == b':').filter(|place| host[place + 1..].iter().all(u8::is_ascii_digit));
    let name = &host[..port.unwrap_or(host.len())];
    NOWHERE.iter().any(|nowhere| name == nowhere.as_bytes())
        || NOWHERE_ENDS.iter().any(|end| name.ends_with(end.as_bytes()))
        || name.starts_with(b"127.")
        || name.starts_with(b"your")
}

/// Says whether a password is empty, a reference, a placeholder or one that everybody uses in samples.
fn is_no_secret(password: &[u8], user: &[u8]) -> bool {
    let reference = matches!(password.first(), None | Some(b'$' | b'{' | b'%' | b'*' | b'[' | b'#' | b'@' | b':'))
        || password.iter().any(|byte| matches!(byte, b'{' | b'}' | b'$' | b'*'));
    let lower = password.to_ascii_lowercase();
    let stem = lower.trim_ascii_end();
    let stem = &stem[..stem.len() - stem.iter().rev().take_while(|byte| byte.is_ascii_digit()).count()];
    reference
        || password.len() < 4
        || password.eq_ignore_ascii_case(user)
        || stem == user.to_ascii_lowercase()
        || USUAL.iter().any(|usual| lower == usual.as_bytes() || stem == usual.as_bytes())
        || is_port(password)
        || placeholder::is_placeholder(password)
}

/// Says whether the password is a port: in `http://host:8080@x` nothing is secret.
fn is_port(password: &[u8]) -> bool {
    password.len() <= 5 && password.iter().all(u8::is_ascii_digit)
}

/// Says whether a password looks as if a machine had made it.
fn looks_random(password: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| usize::from(password.iter().any(kind));
    let kinds = has(u8::is_ascii_lowercase) + has(u8::is_ascii_uppercase) + has(u8::is_ascii_digit);
    let digits = password.iter().filter(|byte| byte.is_ascii_digit()).count();
    let mixed = kinds >= 3 || (kinds == 2 && digits >= 4);
    password.len() >= 12 && mixed && entropy::bits_per_byte(password) >= RANDOM
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The password found in a text with one `://`, broken by a `~` so that no scanner stops at our source.
    fn found(text: &str) -> Option<(String, Proven)> {
        let text = text.replace('~', "");
        let at = text.find(LITERAL).expect("a URL");
        let found = password_at(text.as_bytes(), at)?;
        Some((text[found.span].to_owned(), found.proof))
    }

    #[test]
    fn a_password_is_found_between_colon_and_the_last_at_sign() {
        let password = |text| found(text).map(|(password, _)| password);

        assert_eq!(password("postgres:~//app:tr0ub4dor@db.corp.io:5432/main").as_deref(), Some("tr0ub4dor"));
        assert_eq!(password("amqp:~//svc:p@rt-two@mq.corp.io").as_deref(), Some("p@rt-two"));
        assert_eq!(password(r#""redis:~//:tr0ub4dor@cache.corp.io""#).as_deref(), Some("tr0ub4dor"));
    }

    #[test]
    fn a_password_that_looks_random_is_proven() {
        let random = found("https:~//ci:k3Jx9Qw2Zr7Tb5@git.corp.io/a.git").expect("a match");
        let chosen = found("https:~//ci:correcthorse@git.corp.io/a.git").expect("a match");

        assert_eq!(random.1, Proven::Holds("its password looks random"));
        assert_eq!(chosen.1, Proven::Unproven);
    }

    #[test]
    fn placeholders_and_references_are_no_match() {
        for password in
            ["password", "pass", "${DB_PASS}", "$PASS", "<password>", "{{ pw }}", "****", "%s", "changeme", ""]
        {
            assert_eq!(found(&format!("postgres:~//app:{password}@db.corp.io/x")), None, "{password:?}");
        }
    }

    #[test]
    fn passwords_that_everybody_uses_are_no_match() {
        for (user, password) in
            [("postgres", "postgres"), ("root", "root1"), ("u", "p4ssw0rd"), ("u", "Hunter2"), ("a", "8080")]
        {
            assert_eq!(found(&format!("mysql:~//{user}:{password}@db.corp.io/x")), None, "{password:?}");
        }
    }

    #[test]
    fn hosts_that_are_nowhere_are_no_match() {
        for host in ["localhost", "localhost:5432", "127.0.0.1", "db.example.com", "x.test", "[::1]", "YOUR_HOST"] {
            assert_eq!(found(&format!("postgres:~//app:tr0ub4dor@{host}/x")), None, "{host:?}");
        }
    }

    #[test]
    fn urls_without_password_are_no_match() {
        for text in [
            "https:~//git.corp.io/@scope/x:y@z",
            "https:~//git@git.corp.io/x",
            "ssh:~//git.corp.io:22/x",
            ":~//a:bcdefg@h",
        ] {
            assert_eq!(found(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_authority_that_never_ends_is_no_match() {
        assert_eq!(found(&format!("http:~//a:tr0ub4dor{}@h", "y".repeat(400))), None);
    }
}
