//! Passwords behind a URL on a command line: `curl https://host/ -u user:password`.

use once_cell::sync::Lazy;
use regex::bytes::Regex;

use super::shape::ShapeMatch;
use super::{MAX_BEHIND, MAX_MATCH, pattern, url};
use crate::entropy;

/// How long the rest of a URL may be.
const MAX_URL: usize = 200;
/// The command, which takes its options behind the URL as well as before it.
const COMMAND: &[u8] = b"curl ";
/// The least entropy of a password, in bits a character, as of one that stands before the URL.
const LEAST: f64 = 2.5;

/// What stands between the URL and the password, and the password.
static OPTION: Lazy<Regex> = Lazy::new(|| {
    let option = r#"(?:-u ?|--user[ =])["']?[^\s:"'$/<{]{1,64}:"#;
    let secret = r#"(?P<secret>[^\s"'`$<>{}()/\\*%][^\s"'`$<>{}()\\*]{7,127})"#;
    pattern::compile(&format!(r"\A(?: [^\s]{{1,80}}){{0,8}}? {option}{secret}"))
        .expect("a pattern that a test compiles")
});

/// Tries a command whose URL has its `://` at `at`.
#[must_use]
pub fn password_behind(text: &[u8], at: usize) -> Option<ShapeMatch> {
    let window = &text[at..text.len().min(at + MAX_MATCH)];
    let end = memchr::memchr(b' ', &window[..window.len().min(MAX_URL)])?;
    // Behind nearly every URL stands something else.
    if window.get(end + 1) != Some(&b'-') || !is_of_command(text, at) || window[..end].contains(&b'\n') {
        return None;
    }
    let found = OPTION.captures(&window[end..])?.name("secret")?;
    let secret = found.as_bytes();
    let proof = url::password(secret).filter(|_| entropy::bits_per_byte(secret) >= LEAST)?;
    Some(ShapeMatch { span: at + end + found.start()..at + end + found.end(), proof })
}

/// Tells whether the command stands before a URL on its line.
fn is_of_command(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(MAX_BEHIND)..at];
    let line = memchr::memrchr(b'\n', before).map_or(before, |end| &before[end + 1..]);
    memchr::memmem::find(line, COMMAND).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The password that is found behind the first URL of a command, which is broken so that no scanner stops here.
    fn found(broken: &str) -> Option<String> {
        let command = broken.replace('~', "");
        let at = command.find("://").unwrap();
        password_behind(command.as_bytes(), at).map(|found| command[found.span].to_owned())
    }

    #[test]
    fn a_password_behind_a_url_is_found() {
        for command in [
            "cu~rl https://api.corp.io/ -u deploy:k3Jx9Qw2Zr7T",
            "cu~rl -sS \"https://api.corp.io/\" -X POST --user 'deploy:k3Jx9Qw2Zr7T'",
        ] {
            assert_eq!(found(command).as_deref(), Some("k3Jx9Qw2Zr7T"), "{command}");
        }
    }

    #[test]
    fn what_is_no_password_of_that_command_is_left() {
        for command in [
            "cu~rl https://api.corp.io/ -u \"$USER:$PASSWORD\"",
            "cu~rl https://api.corp.io/ -u deploy:password",
            "cu~rl https://api.corp.io/ -o out\npip install -u deploy:k3Jx9Qw2Zr7T",
            "see https://api.corp.io/ -u deploy:k3Jx9Qw2Zr7T",
        ] {
            assert_eq!(found(command), None, "{command}");
        }
    }
}
