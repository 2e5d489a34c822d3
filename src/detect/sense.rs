//! What a name says about the value that it names.

use super::words::Says;

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
    /// It says that the value is made up.
    pub(super) fake: bool,
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
        fake: false,
    };

    /// Reads a name: split at `_`, `-`, `.` and where a capital begins a word.
    pub(super) fn of(name: &[u8]) -> Self {
        let said = Said::of(name);
        let hmac = ends_with(name, b"createhmac") || ends_with(name, b"hmac.new");
        let secret = if hmac { Strength::Strong } else { said.strength(name) };
        let harmless = said.opens_nothing || said.last.any(Says::HARMLESS_LAST) || said.all.any(Says::HARMLESS);
        let ideogram = holds(name, b"ideogram");
        let caller = said.last.any(Says::CLIENT);
        Self {
            secret: if harmless { Strength::None } else { secret },
            harmless,
            ideogram,
            client: ideogram && caller,
            caller,
            webhook: holds(name, b"webhook"),
            hmac,
            header: name.eq_ignore_ascii_case(b"api-key"),
            generic: secret > Strength::None && said.nothing_else,
            bundled: BUNDLED.iter().any(|prefix| name.starts_with(prefix.as_bytes())),
            fake: said.all.any(Says::FAKE),
        }
    }
}

/// Prefixes of variables that bundlers put into the pages they build.
///
/// Those of Next.js, Vite, Create React App, Expo, Nuxt, Gatsby, Vue, and `PUBLIC_` of Svelte and Astro.
const BUNDLED: &[&str] =
    &["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "GATSBY_", "PUBLIC_", "VUE_APP_"];

/// What the parts of a name say together.
struct Said {
    /// What any part says.
    all: Says,
    /// What the last part says.
    last: Says,
    /// A part makes the `key` behind it a secret one.
    key_of: bool,
    /// A part makes the `key`, `token` or `password` behind it one that opens nothing.
    opens_nothing: bool,
    /// The parts leave open whose secret it is: `api`, `key`, the `c` in `c.api_key`.
    nothing_else: bool,
}

impl Said {
    fn of(name: &[u8]) -> Self {
        let nothing = Says::default();
        let mut said = Self { all: nothing, last: nothing, key_of: false, opens_nothing: false, nothing_else: true };
        let mut before: &[u8] = b"";
        for part in Parts(name) {
            let is_key = starts_with(part, b"key");
            let is_encoded = before.eq_ignore_ascii_case(b"encoded") && part.eq_ignore_ascii_case(b"password");
            said.key_of |= is_key && said.last.any(Says::KEY_OF);
            said.opens_nothing |= is_encoded
                || (is_key && said.last.any(Says::KEY_FOR_ALL))
                || (said.last.any(Says::TOKEN_FOR_ALL) && starts_with(part, b"token"));
            said.last = Says::of(part);
            said.all = said.all.and(said.last);
            said.nothing_else &= part.len() == 1 || said.last.any(Says::GENERIC);
            before = part;
        }
        said
    }

    fn strength(&self, name: &[u8]) -> Strength {
        const TAILS: [&[u8]; 7] = [b"apikey", b"secret", b"password", b"passwd", b"token", b"accesskey", b"privatekey"];
        if self.key_of || self.all.any(Says::STRONG) || TAILS.iter().any(|tail| ends_with(name, tail)) {
            Strength::Strong
        } else if self.all.any(Says::WEAK) {
            Strength::Weak
        } else {
            Strength::None
        }
    }
}

/// The words of a name that is yet to be split.
pub(super) struct Parts<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let start = self.0.iter().position(u8::is_ascii_alphanumeric)?;
        let name = &self.0[start..];
        let ends = |at: &usize| !name[*at].is_ascii_alphanumeric() || starts_word(name, *at);
        let (part, rest) = name.split_at((1..name.len()).find(ends).unwrap_or(name.len()));
        self.0 = rest;
        Some(part)
    }
}

/// Tells whether a capital begins a word: behind a small letter or a digit, or before a small letter.
fn starts_word(name: &[u8], at: usize) -> bool {
    let before = name[at - 1];
    name[at].is_ascii_uppercase()
        && (!before.is_ascii_uppercase() || name.get(at + 1).is_some_and(u8::is_ascii_lowercase))
}

/// Tells whether a text begins with a word, in whatever case.
fn starts_with(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// Tells whether a text ends with a word, in whatever case.
fn ends_with(text: &[u8], word: &[u8]) -> bool {
    let same_end = text.last().map(u8::to_ascii_lowercase) == word.last().copied();
    same_end && text.len() >= word.len() && text[text.len() - word.len()..].eq_ignore_ascii_case(word)
}

/// Tells whether a word stands in a text, in whatever case.
fn holds(text: &[u8], word: &[u8]) -> bool {
    let Some(last) = text.len().checked_sub(word.len()) else { return false };
    let first = word[0];
    let mut places = memchr::memchr2_iter(first, first.to_ascii_uppercase(), &text[..=last]);
    places.any(|at| starts_with(&text[at..], word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Splits a name into lower-case words, byte by byte.
    fn naive_parts(name: &[u8]) -> Vec<String> {
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

    /// Reads a name list by list, from words of its own.
    fn naive(name: &[u8]) -> Sense {
        let lower = name.to_ascii_lowercase();
        let has = |needle: &[u8]| memchr::memmem::find(&lower, needle).is_some();
        let parts = naive_parts(name);
        let says = |part: &String, list: Says| Says::of(part.as_bytes()).any(list);
        let pair =
            |list: Says, key: &str| parts.windows(2).any(|pair| says(&pair[0], list) && pair[1].starts_with(key));
        let tails = ["apikey", "secret", "password", "passwd", "token", "accesskey", "privatekey"];
        let hmac = lower.ends_with(b"createhmac") || lower.ends_with(b"hmac.new");
        let is_strong = hmac
            || pair(Says::KEY_OF, "key")
            || parts.iter().any(|part| says(part, Says::STRONG))
            || tails.iter().any(|tail| lower.ends_with(tail.as_bytes()));
        let is_weak = parts.iter().any(|part| says(part, Says::WEAK));
        let secret = match (is_strong, is_weak) {
            (true, _) => Strength::Strong,
            (false, true) => Strength::Weak,
            (false, false) => Strength::None,
        };
        let harmless = pair(Says::KEY_FOR_ALL, "key")
            || pair(Says::TOKEN_FOR_ALL, "token")
            || parts.windows(2).any(|pair| pair[0] == "encoded" && pair[1] == "password")
            || parts.last().is_some_and(|last| says(last, Says::HARMLESS_LAST))
            || parts.iter().any(|part| says(part, Says::HARMLESS));
        let caller = parts.last().is_some_and(|last| says(last, Says::CLIENT));
        Sense {
            secret: if harmless { Strength::None } else { secret },
            harmless,
            ideogram: has(b"ideogram"),
            client: has(b"ideogram") && caller,
            caller,
            webhook: has(b"webhook"),
            hmac,
            header: lower == b"api-key",
            generic: secret > Strength::None && parts.iter().all(|part| part.len() == 1 || says(part, Says::GENERIC)),
            bundled: BUNDLED.iter().any(|prefix| name.starts_with(prefix.as_bytes())),
            fake: parts.iter().any(|part| says(part, Says::FAKE)),
        }
    }

    /// Names of words that mean something, joined and written in every way.
    fn name() -> impl Strategy<Value = String> {
        let words = [
            "api", "key", "keys", "token", "encoded", "password", "secret", "cache", "page", "client", "ideogram",
            "webhook", "webhooks", "create", "hmac", "new", "id", "name", "sha256", "accesskey", "next", "public",
            "vite", "session", "x", "foo", "fake", "2",
        ];
        let joint = prop_oneof!["", "_", "-", ".", "/"];
        let cased = |(word, case): (&str, u8)| match case {
            0 => word.to_ascii_uppercase(),
            1 => word[..1].to_ascii_uppercase() + &word[1..],
            _ => word.to_owned(),
        };
        let word = (prop::sample::select(words.to_vec()), 0..4_u8).prop_map(cased);
        prop::collection::vec((word, joint), 0..5)
            .prop_map(|parts| parts.into_iter().map(|(word, joint)| word + &joint).collect())
    }

    proptest! {
        #[test]
        fn a_name_says_what_its_parts_say_one_by_one(name in name()) {
            prop_assert_eq!(Sense::of(name.as_bytes()), naive(name.as_bytes()), "{}", name);
        }

        #[test]
        fn a_name_of_any_bytes_is_split_as_byte_by_byte(name in "[abA-C1_.\\x80-\\xff]{0,12}") {
            let parts: Vec<_> = Parts(name.as_bytes()).map(<[u8]>::to_ascii_lowercase).collect();
            let naive: Vec<_> = naive_parts(name.as_bytes()).into_iter().map(String::into_bytes).collect();
            prop_assert_eq!(parts, naive);
        }
    }

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
