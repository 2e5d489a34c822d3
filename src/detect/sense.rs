//! What a name says about the value that it names.

use super::words::{GENERIC, HARMLESS, HARMLESS_LAST, KEY_FOR_ALL, KEY_OF, STRONG, TOKEN_FOR_ALL, WEAK};

/// What a word says about the value it names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent thing that a word may say")]
pub(super) struct Sense {
    /// How clearly it says that the value is a secret.
    pub(super) secret: Strength,
    /// It says that the value is something else: an id, a hash, a file.
    pub(super) harmless: bool,
    /// It has `ideogram` in it.
    pub(super) ideogram: bool,
    /// It is what Ideogram's clients are called, which are given a key: `IdeogramClient("…")`.
    pub(super) client: bool,
    /// It is what clients are called, without saying whose: `client("…")`.
    pub(super) caller: bool,
    /// It has `webhook` in it.
    pub(super) webhook: bool,
    /// It makes a keyed hash: `createHmac`, `hmac.new`.
    pub(super) hmac: bool,
    /// It is the header in which Ideogram takes its keys: `Api-Key`.
    pub(super) header: bool,
    /// It says nothing but "secret": `api_key`, `Authorization`, `token`.
    pub(super) generic: bool,
    /// Bundlers put variables of this prefix into the pages they build.
    pub(super) bundled: bool,
}

/// How clearly a name says "secret".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// Not at all.
    #[default]
    None,
    /// `key`, `auth`: of many things.
    Weak,
    /// `api_key`, `secret`, `token`.
    Strong,
}

impl Sense {
    /// What the place of a URL's user says about a value that stands there alone.
    pub(super) const USERINFO: Self = Self {
        secret: Strength::Strong,
        harmless: false,
        ideogram: false,
        client: false,
        caller: false,
        webhook: false,
        hmac: false,
        header: false,
        generic: true,
        bundled: false,
    };

    /// Reads a name: split at `_`, `-`, `.` and where a capital begins a word.
    pub(super) fn of(name: &[u8]) -> Self {
        let lower = name.to_ascii_lowercase();
        let has = |needle: &[u8]| memchr::memmem::find(&lower, needle).is_some();
        let parts = parts(name);
        let hmac = lower.ends_with(b"createhmac") || lower.ends_with(b"hmac.new");
        let secret = if hmac { Strength::Strong } else { strength(&parts, &lower) };
        let harmless = names_open_key(&parts)
            || parts.windows(2).any(|pair| pair[0] == "encoded" && pair[1] == "password")
            || names_open_token(&parts)
            || parts.last().is_some_and(|last| HARMLESS_LAST.binary_search(&last.as_str()).is_ok())
            || parts.iter().any(|part| HARMLESS.binary_search(&part.as_str()).is_ok());
        let ideogram = has(b"ideogram");
        let is_caller = parts.last().is_some_and(|last| CLIENTS.contains(&last.as_str()));
        Self {
            secret: if harmless { Strength::None } else { secret },
            harmless,
            ideogram,
            client: ideogram && is_caller,
            caller: is_caller,
            webhook: has(b"webhook"),
            hmac,
            header: lower == b"api-key",
            generic: secret > Strength::None && parts.iter().all(|part| says_nothing_else(part)),
            bundled: BUNDLED.iter().any(|prefix| name.starts_with(prefix.as_bytes())),
        }
    }
}

/// Tells whether a part of a name leaves open whose secret it is: `api`, `key`, the `c` in `c.api_key`.
fn says_nothing_else(part: &str) -> bool {
    part.len() == 1 || GENERIC.binary_search(&part).is_ok()
}

/// What those are called that take a key.
const CLIENTS: [&str; 4] = ["api", "client", "ideogram", "sdk"];

/// Prefixes of variables that bundlers put into the pages they build.
///
/// Those of Next.js, Vite, Create React App, Expo, Nuxt, Gatsby, Vue, and `PUBLIC_` of Svelte and Astro.
const BUNDLED: &[&str] =
    &["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "GATSBY_", "PUBLIC_", "VUE_APP_"];

/// Splits a name into lower-case words.
fn parts(name: &[u8]) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    for (at, &byte) in name.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| name[at]);
        let after = name.get(at + 1);
        let starts_word = byte.is_ascii_uppercase()
            && (before.is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit())
                || (before.is_some_and(|before| before.is_ascii_uppercase())
                    && after.is_some_and(u8::is_ascii_lowercase)));
        if (!byte.is_ascii_alphanumeric() || starts_word) && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
        if byte.is_ascii_alphanumeric() {
            part.push(char::from(byte.to_ascii_lowercase()));
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

fn names_open_key(parts: &[String]) -> bool {
    parts.windows(2).any(|pair| KEY_FOR_ALL.contains(&pair[0].as_str()) && pair[1].starts_with("key"))
}

fn names_open_token(parts: &[String]) -> bool {
    parts.windows(2).any(|pair| TOKEN_FOR_ALL.contains(&pair[0].as_str()) && pair[1].starts_with("token"))
}

fn strength(parts: &[String], lower: &[u8]) -> Strength {
    let is = |list: &[&str], part: &String| list.binary_search(&part.as_str()).is_ok();
    let key_of = parts.windows(2).any(|pair| KEY_OF.contains(&pair[0].as_str()) && pair[1].starts_with("key"));
    if key_of || parts.iter().any(|part| is(STRONG, part)) {
        return Strength::Strong;
    }
    let strong_tail = ["apikey", "secret", "password", "passwd", "token", "accesskey", "privatekey"];
    if strong_tail.iter().any(|tail| lower.ends_with(tail.as_bytes())) {
        return Strength::Strong;
    }
    if parts.iter().any(|part| is(WEAK, part)) { Strength::Weak } else { Strength::None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_secret_strongly_weakly_or_not() {
        let strength = |name: &str| Sense::of(name.as_bytes()).secret;

        for strong in
            ["API_KEY", "apiKey", "Api-Key", "x-api-key", "APIToken", "db_password", "clientSecret", "myapikey"]
        {
            assert_eq!(strength(strong), Strength::Strong, "{strong}");
        }
        for weak in ["key", "auth", "session"] {
            assert_eq!(strength(weak), Strength::Weak, "{weak}");
        }
        for none in [
            "value_of_x", "encoded_password", "token_id", "publicKey", "api_key_hash", "cacheKey", "secret_name",
            "keyboard", "csrf_token",
        ] {
            assert_eq!(strength(none), Strength::None, "{none}");
        }
    }

    #[test]
    fn a_generic_name_leaves_the_provider_open() {
        assert!(Sense::of(b"x-api-key").generic);
        assert!(Sense::of(b"Authorization").generic);
        assert!(!Sense::of(b"REPLICATE_API_TOKEN").generic);
        assert!(!Sense::of(b"client").generic);
    }
}
