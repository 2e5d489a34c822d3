//! The words of names, and what each says.

/// Words that stand between a name and its value and mean nothing by themselves.
pub(super) const NEUTRAL: &[&str] = &[
    "add", "addvalue", "and", "as", "auto", "b", "basic", "bearer", "bool", "boolean", "byte", "bytes", "cdata",
    "char", "const", "constexpr", "content", "contents", "current", "data", "def", "default", "defaultvalue", "dev",
    "development", "do", "else", "env", "environ", "environment", "equals", "example", "examples", "export", "f",
    "false", "final", "from", "from_static", "frommaybe", "get", "getenv", "h", "header", "headers", "headervalue",
    "https", "in", "initial", "into", "is", "let", "live", "local", "main", "new", "none", "nonnull", "not", "null",
    "object", "of", "ok", "option", "optional", "or", "os", "plain", "plaintext", "primary", "private", "process",
    "prod", "production", "public", "put", "qq", "quot", "r", "raw", "read", "readonly", "required", "return",
    "sample", "schema", "secondary", "securestring", "sensitive", "set", "setenv", "setvalue", "setx", "some",
    "staging", "static", "std", "str", "string", "string_view", "stringvalue", "text", "the", "then", "this", "to",
    "to_owned", "to_string", "tostring", "true", "type", "u", "u8", "unset", "unwrap_or", "val", "value", "values",
    "var", "with", "write", "wstring",
];

/// Words by which a name says "secret" alone.
pub(super) const STRONG: &[&str] = &[
    "accesskey", "accesstoken", "apikey", "apisecret", "apitoken", "authkey", "authorization", "authtoken",
    "clientsecret", "credential", "credentials", "passphrase", "passwd", "password", "privatekey", "pwd", "secret",
    "secretkey", "secrets", "token",
];

/// Words that make a `key` beside them a secret one.
pub(super) const KEY_OF: &[&str] = &[
    "access", "account", "admin", "api", "app", "auth", "client", "encryption", "hmac", "master", "private", "secret",
    "service", "signing", "storage", "write", "read",
];

/// Words that say "secret" of many things.
pub(super) const WEAK: &[&str] = &[
    "apikeys", "auth", "authentication", "bearer", "cookie", "cred", "creds", "key", "keys", "pass", "session", "sk",
    "tokens",
];

/// Words that a name made of nothing else leaves the provider open.
pub(super) const GENERIC: &[&str] = &[
    "access", "accesskey", "accesstoken", "account", "admin", "api", "apikey", "apikeys", "apisecret", "apitoken",
    "app", "auth", "authentication", "authkey", "authorization", "authtoken", "bearer", "client", "clientsecret",
    "config", "create", "cred", "credential", "credentials", "creds", "crypto", "current", "default", "dev",
    "development", "env", "global", "header", "headers", "hmac", "http", "id", "key", "keys", "live", "local", "main",
    "master", "my", "new", "old", "options", "params", "pass", "password", "private", "privatekey", "process", "prod",
    "production", "pub", "public", "read", "secret", "secretkey", "secrets", "self", "server", "service", "settings",
    "sk", "staging", "string", "test", "the", "this", "token", "tokens", "user", "value", "webhook", "write", "x",
];

/// Words that say anywhere in a name that its value is no secret.
pub(super) const HARMLESS: &[&str] = &[
    "checksum", "ciphertext", "commit", "csrf", "digest", "encrypted", "etag", "fingerprint", "guid", "hash", "hashed",
    "idempotency", "integrity", "mappings", "md5", "nonce", "pagination", "pubkey", "publickey", "publishable",
    "recaptcha", "revision", "sha", "sha1", "sha256", "sha384", "sha512", "sig", "signature", "sitekey", "uuid",
    "verification", "xsrf",
];

/// Words at the end of a name that say the same.
pub(super) const HARMLESS_LAST: &[&str] = &[
    "alg", "algorithm", "arn", "aud", "audience", "count", "endpoint", "env", "exp", "expires", "expiry", "field",
    "file", "filename", "format", "iat", "id", "ids", "index", "iss", "issuer", "jti", "kid", "label", "length",
    "limit", "name", "path", "prefix", "ref", "regex", "regexp", "selector", "size", "sub", "subject", "suffix",
    "type", "uri", "url", "usage", "var", "version",
];

/// Words that make a `key` beside them one that opens nothing.
pub(super) const KEY_FOR_ALL: &[&str] = &[
    "cache", "foreign", "group", "host", "idempotency", "index", "lookup", "map", "object", "partition", "primary",
    "pub", "public", "publishable", "row", "site", "sort",
];

/// Words that make a `token` beside them one that opens nothing: a place in a list, the name of a request.
pub(super) const TOKEN_FOR_ALL: &[&str] = &[
    "authenticity", "change", "client", "continuation", "continue", "creation", "export", "import", "next", "page",
    "pagination", "prev", "previous", "request", "resume", "start", "starting", "sync", "unit", "upload",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_lists_are_sorted_for_searching() {
        for list in [NEUTRAL, STRONG, WEAK, GENERIC, HARMLESS, HARMLESS_LAST] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }
}
