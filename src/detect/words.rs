//! The words of names, and what each says.
//!
//! The lists are written for people. All of them are asked at once, through a
//! table that is made of them when the program is built.

/// Words that stand between a name and its value and mean nothing by themselves.
const NEUTRAL: &[&str] = &[
    "add", "addvalue", "and", "as", "auto", "b", "basic", "bearer", "bool", "boolean", "byte", "bytes", "cdata",
    "char", "const", "constexpr", "content", "contents", "current", "data", "def", "default", "defaultvalue", "dev",
    "development", "do", "else", "env", "environ", "environment", "equals", "example", "examples", "export", "f",
    "false", "final", "from", "from_static", "frommaybe", "get", "getenv", "h", "header", "headers", "headervalue",
    "hidden", "https", "in", "initial", "into", "is", "let", "live", "local", "main", "new", "none", "nonnull", "not",
    "null", "object", "of", "ok", "option", "optional", "or", "os", "plain", "plaintext", "primary", "private",
    "process", "prod", "production", "public", "put", "qq", "quot", "r", "raw", "read", "readonly", "required",
    "return", "sample", "schema", "secondary", "securestring", "sensitive", "set", "setenv", "setvalue", "setx",
    "some", "staging", "static", "std", "str", "string", "string_view", "stringvalue", "text", "the", "then", "this",
    "to", "to_owned", "to_string", "tostring", "true", "type", "u", "u8", "unset", "unwrap_or", "val", "value",
    "values", "var", "with", "write", "wstring",
];

/// Words by which a name says "secret" alone.
const STRONG: &[&str] = &[
    "accesskey", "accesstoken", "apikey", "apisecret", "apitoken", "authkey", "authorization", "authtoken",
    "clientsecret", "credential", "credentials", "passphrase", "passwd", "password", "privatekey", "pwd", "secret",
    "secretkey", "secrets", "token",
];

/// Words that make a `key` beside them a secret one.
const KEY_OF: &[&str] = &[
    "access", "account", "admin", "api", "app", "auth", "client", "encryption", "hmac", "master", "private", "secret",
    "service", "signing", "storage", "write", "read",
];

/// Words that say "secret" of many things.
const WEAK: &[&str] = &[
    "apikeys", "auth", "authentication", "bearer", "cookie", "cred", "creds", "key", "keys", "pass", "pat", "session",
    "sk", "skey", "tokens",
];

/// Words that a name made of nothing else leaves the provider open.
const GENERIC: &[&str] = &[
    "access", "accesskey", "accesstoken", "account", "admin", "api", "apikey", "apikeys", "apisecret", "apitoken",
    "app", "auth", "authentication", "authkey", "authorization", "authtoken", "bearer", "client", "clientsecret",
    "config", "create", "cred", "credential", "credentials", "creds", "crypto", "current", "default", "dev",
    "development", "env", "global", "header", "headers", "hmac", "http", "id", "key", "keys", "live", "local", "main",
    "master", "my", "new", "old", "options", "params", "pass", "password", "private", "privatekey", "process", "prod",
    "production", "pub", "public", "read", "secret", "secretkey", "secrets", "self", "server", "service", "settings",
    "sk", "staging", "string", "test", "the", "this", "token", "tokens", "user", "value", "webhook", "write", "x",
];

/// Words that say anywhere in a name that its value is no secret.
const HARMLESS: &[&str] = &[
    "checksum", "ciphertext", "commit", "csrf", "digest", "encrypted", "etag", "exchange", "fingerprint", "guid",
    "hash", "hashed", "idempotency", "integrity", "mappings", "md5", "nonce", "pagination", "pubkey", "publickey",
    "publishable", "recaptcha", "revision", "salted", "saltedpassword", "sha", "sha1", "sha256", "sha384", "sha512",
    "sig", "signature", "sitekey", "uuid", "verification", "xsrf",
];

/// Words at the end of a name that say the same.
const HARMLESS_LAST: &[&str] = &[
    "alg", "algorithm", "arn", "aud", "audience", "count", "endpoint", "env", "exp", "expires", "expiry", "field",
    "file", "filename", "format", "iat", "id", "ids", "index", "iss", "issuer", "jti", "kid", "label", "length",
    "limit", "name", "path", "prefix", "ref", "regex", "regexp", "selector", "size", "sub", "subject", "suffix",
    "type", "uri", "url", "usage", "var", "version",
];

/// Words that make a `key` beside them one that opens nothing.
const KEY_FOR_ALL: &[&str] = &[
    "cache", "foreign", "group", "host", "idempotency", "index", "lookup", "map", "object", "partition", "primary",
    "pub", "public", "publishable", "row", "site", "sort",
];

/// Words that make a `token` beside them one that opens nothing: a place in a list, the name of a request or a device.
const TOKEN_FOR_ALL: &[&str] = &[
    "apns", "authenticity", "change", "client", "continuation", "continue", "creation", "device", "export", "import",
    "next", "page", "pagination", "prev", "previous", "request", "resume", "start", "starting", "sync", "unit",
    "upload",
];

/// What those are called that take a key.
const CLIENTS: &[&str] = &["api", "client", "ideogram", "sdk"];

/// Words that say that a value is a sample.
const SAMPLES: &[&str] = &["example", "examples", "sample"];

/// Words by which a name says that its value is made up.
const FAKES: &[&str] = &["bogus", "dummy", "fake", "mock", "mocked"];

/// All lists, each with what its words say.
const LISTS: &[(&[&str], Says)] = &[
    (NEUTRAL, Says::NOTHING),
    (STRONG, Says::STRONG),
    (KEY_OF, Says::KEY_OF),
    (WEAK, Says::WEAK),
    (GENERIC, Says::GENERIC),
    (HARMLESS, Says::HARMLESS),
    (HARMLESS_LAST, Says::HARMLESS_LAST),
    (KEY_FOR_ALL, Says::KEY_FOR_ALL),
    (TOKEN_FOR_ALL, Says::TOKEN_FOR_ALL),
    (CLIENTS, Says::CLIENT),
    (SAMPLES, Says::SAMPLE),
    (FAKES, Says::FAKE),
];

/// In which of the lists a word stands, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Says(u16);

impl Says {
    /// It means nothing by itself.
    pub(super) const NOTHING: Self = Self(1);
    /// "Secret", by itself.
    pub(super) const STRONG: Self = Self(1 << 1);
    /// That the `key` behind it is a secret one.
    pub(super) const KEY_OF: Self = Self(1 << 2);
    /// "Secret", of many things.
    pub(super) const WEAK: Self = Self(1 << 3);
    /// Nothing about whose secret it is.
    pub(super) const GENERIC: Self = Self(1 << 4);
    /// That the value is no secret.
    pub(super) const HARMLESS: Self = Self(1 << 5);
    /// The same, at the end of a name.
    pub(super) const HARMLESS_LAST: Self = Self(1 << 6);
    /// That the `key` behind it opens nothing.
    pub(super) const KEY_FOR_ALL: Self = Self(1 << 7);
    /// That the `token` behind it opens nothing.
    pub(super) const TOKEN_FOR_ALL: Self = Self(1 << 8);
    /// That what has the name takes a key.
    pub(super) const CLIENT: Self = Self(1 << 9);
    /// That the value is a sample.
    pub(super) const SAMPLE: Self = Self(1 << 10);
    /// That the value is made up.
    pub(super) const FAKE: Self = Self(1 << 11);

    /// Looks a word up, in whatever case it is written.
    pub(super) fn of(word: &[u8]) -> Self {
        key(word).map_or(Self::default(), |key| TABLE.get(key))
    }

    /// Tells whether a word stands in one of some lists.
    pub(super) const fn any(self, lists: Self) -> bool {
        self.0 & lists.0 != 0
    }

    /// Puts together what two words say.
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A word as a number: its bytes in lower case, and its length in the last.
type Key = u128;

/// The longest word that a key holds.
const LONGEST: usize = size_of::<Key>() - 1;

/// Returns the key of a word; `None` when it is longer than any in the lists.
#[expect(clippy::cast_possible_truncation, reason = "a length of at most 15 fits in a byte")]
const fn key(word: &[u8]) -> Option<Key> {
    if word.len() > LONGEST {
        return None;
    }
    let mut bytes = [0; LONGEST + 1];
    let (start, _) = bytes.split_at_mut(word.len());
    start.copy_from_slice(word);
    bytes.make_ascii_lowercase();
    bytes[LONGEST] = word.len() as u8;
    Some(Key::from_le_bytes(bytes))
}

/// How many words the lists have.
const COUNT: usize = {
    let (mut count, mut list) = (0, 0);
    while list < LISTS.len() {
        count += LISTS[list].0.len();
        list += 1;
    }
    count
};

/// As many slots as leave most of them free, so that most words are told by one look to be in no list.
const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 11;

/// The words of all lists, found by a hash.
static TABLE: Table = Table::of(LISTS);

/// Words and what they say, found by a hash.
struct Table {
    /// For each hash the number of a word, counted from 1; where one is taken, the next is used.
    slots: [u16; SLOTS],
    /// The words, each once, from the second place on.
    words: [(Key, Says); COUNT + 1],
}

impl Table {
    const fn of(lists: &[(&[&str], Says)]) -> Self {
        let mut table = Self { slots: [0; SLOTS], words: [(0, Says(0)); COUNT + 1] };
        let (mut count, mut list) = (0, 0);
        while list < lists.len() {
            let (words, says) = lists[list];
            let mut at = 0;
            while at < words.len() {
                let key = key(words[at].as_bytes()).expect("no word of a list is longer than a key");
                let slot = table.slot(key);
                if table.slots[slot] == 0 {
                    count += 1;
                    table.slots[slot] = count;
                }
                let known = &mut table.words[table.slots[slot] as usize];
                *known = (key, known.1.and(says));
                at += 1;
            }
            list += 1;
        }
        table
    }

    /// Returns the slot of a word: its own, or the free one where it would be.
    const fn slot(&self, key: Key) -> usize {
        let mut slot = hash(key);
        while self.slots[slot] != 0 && self.words[self.slots[slot] as usize].0 != key {
            slot = (slot + 1) % SLOTS;
        }
        slot
    }

    fn get(&self, key: Key) -> Says {
        self.words[usize::from(self.slots[self.slot(key)])].1
    }
}

#[expect(clippy::cast_possible_truncation, reason = "both halves of a key are hashed, and few bits of the hash used")]
const fn hash(key: Key) -> usize {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let both = (key as u64).wrapping_mul(ODD) ^ (key >> 64) as u64;
    (both.wrapping_mul(ODD) >> (u64::BITS - SLOT_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Looks through every list.
    fn naive(word: &str) -> Says {
        let word = word.to_ascii_lowercase();
        let lists = LISTS.iter().filter(|(list, _)| list.contains(&word.as_str()));
        lists.fold(Says::default(), |says, (_, list)| says.and(*list))
    }

    /// Any of the words, whole, cut or lengthened, in any case.
    fn word() -> impl Strategy<Value = String> {
        let all: Vec<&str> = LISTS.iter().flat_map(|(list, _)| *list).copied().collect();
        (prop::sample::select(all), "[a-z0-9\\x00]{0,2}", 0..20_usize, any::<u32>()).prop_map(
            |(word, more, cut, upper)| {
                let word: String = word.chars().chain(more.chars()).take(cut.max(3)).collect();
                let of_case = |(at, letter): (usize, char)| {
                    if upper >> at & 3 == 3 { letter.to_ascii_uppercase() } else { letter }
                };
                word.chars().enumerate().map(of_case).collect()
            },
        )
    }

    proptest! {
        #[test]
        fn the_table_says_what_the_lists_say(word in word()) {
            prop_assert_eq!(Says::of(word.as_bytes()), naive(&word), "{}", word);
        }

        #[test]
        fn a_word_of_no_list_says_nothing(word in "[a-zA-Z]{0,20}") {
            prop_assert_eq!(Says::of(word.as_bytes()), naive(&word));
        }
    }

    #[test]
    fn each_word_of_each_list_is_found() {
        for word in LISTS.iter().flat_map(|(list, _)| *list) {
            assert_eq!(Says::of(word.as_bytes()), naive(word), "{word}");
            assert_eq!(Says::of(word.to_ascii_uppercase().as_bytes()), naive(word), "{word}");
        }
    }

    #[test]
    fn word_lists_are_sorted_for_searching() {
        for list in [NEUTRAL, STRONG, WEAK, GENERIC, HARMLESS, HARMLESS_LAST] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }
}
