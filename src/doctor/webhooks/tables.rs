//! What the functions are called that compare, verify, read and serialise, in six languages.

/// Functions that compare in constant time, or verify a signature by a public key.
pub(super) const SURE: &[&str] = &[
    // JavaScript
    "timingSafeEqual",
    "tsscmp",
    "scmp",
    "safeCompare",
    "secureCompare",
    "timingSafeCompare",
    "constantTimeEqual",
    // Python
    "compare_digest",
    "constant_time_compare",
    // Go
    "ConstantTimeCompare",
    // Ruby
    "secure_compare",
    "fixed_length_secure_compare",
    // PHP
    "hash_equals",
    "sodium_crypto_sign_verify_detached",
    "openssl_verify",
    // Java
    "constantTimeAreEqual",
    "constantTimeEquals",
];

/// The same, where the name says it only together with what it belongs to.
pub(super) const SURE_OF: &[(&str, &str)] = &[
    ("hmac", "Equal"),
    ("ed25519", "Verify"),
    ("MessageDigest", "isEqual"),
    ("subtle", "verify"),
    ("crypto", "verify"),
    ("detached", "verify"),
    ("ed25519", "verify"),
    ("ed", "verify"),
    ("ed", "verifyAsync"),
];

/// Names that say that signatures are made with a private key and verified by a public one.
pub(super) const PUBLIC_KEY: &[&str] = &[
    "Ed25519PublicKey", "VerifyKey", "verify_key", "Ed25519", "ed25519", "EdDSA", "createPublicKey", "createVerify",
    "OKP", "JWKS", "jwks",
];

/// Functions that compare byte for byte and stop at the first that differs.
pub(super) const PLAIN: &[&str] = &[
    "equals", "equalsIgnoreCase", "contentEquals", "Equal", "EqualFold", "eql", "strcmp", "strcasecmp", "strncmp",
    "localeCompare", "compareTo", "compare", "DeepEqual",
];

/// Operators that do the same.
pub(super) const EQUALITY: &[&str] = &["==", "===", "!=", "!=="];

/// Operators that tell which of two is greater.
pub(super) const ORDER: &[&str] = &["<", ">", "<=", ">="];

/// Words of the names of signatures.
pub(super) const SIGNATURE: &[&str] = &["sig", "signature", "signatures", "hmac", "digest", "hexdigest", "mac"];

/// Words of the names of what is compared where a signature is computed.
pub(super) const COMPUTED: &[&str] =
    &["expected", "computed", "calculated", "provided", "received", "actual", "hash", "generated"];

/// Words that say that something is about a signature, and is none.
pub(super) const ABOUT: &[&str] = &[
    "length", "size", "len", "bytesize", "count", "version", "type", "algorithm", "alg", "scheme", "status", "header",
    "name", "method", "prefix", "valid", "ok", "result", "verified", "strlen", "error", "err",
];

/// Words of the names of values that stand for nothing, or for yes and no.
pub(super) const NOTHING: &[&str] =
    &["null", "undefined", "None", "nil", "true", "false", "True", "False", "NULL", "TRUE", "FALSE"];

/// Words of the names of ages and of what they may be.
pub(super) const AGE: &[&str] = &[
    "timestamp", "ts", "age", "skew", "tolerance", "drift", "delta", "diff", "difference", "elapsed", "since",
    "window", "stale",
];

/// Functions that compare times.
pub(super) const TIME_CALLS: &[&str] = &["isBefore", "isAfter", "between", "Before", "After", "ago"];

/// Names by which a clock is read.
pub(super) const CLOCK: &[&str] =
    &["now", "Now", "time", "currentTimeMillis", "utcnow", "Since", "getTime", "current", "ago"];

/// Names that only those use who want the bytes of a body as they came.
pub(super) const RAW: &[&str] = &[
    "rawBody",
    "raw_body",
    "RawBody",
    "rawbody",
    "rawPayload",
    "raw_payload",
    "raw_post",
    "get_data",
    "getContent",
    "GetRawData",
    "ReadAll",
    "getRawBody",
    "arrayBuffer",
    "readAllBytes",
    "getInputStream",
    "addContentTypeParser",
    "php://input",
];

/// The same, where a name says it only together with what it belongs to.
pub(super) const RAW_OF: &[(&str, &str)] = &[
    ("express", "raw"),
    ("bodyParser", "raw"),
    ("bodyParser", "text"),
    ("express", "text"),
    ("req", "text"),
    ("request", "text"),
    ("body", "read"),
    ("request", "data"),
];

/// Functions that make text of what was taken apart.
pub(super) const SERIALISE: &[&str] =
    &["stringify", "dumps", "Marshal", "to_json", "json_encode", "writeValueAsString", "writeValueAsBytes"];

/// Words of the names of bodies.
pub(super) const BODY: &[&str] = &["body", "payload", "json", "params"];

/// Words of the names of functions that verify.
pub(super) const VERIFY: &[&str] = &[
    "verify", "verifies", "verified", "validate", "valid", "check", "authenticate", "ensure", "assert", "guard",
    "verifier",
];

/// Words that say what such a function verifies.
pub(super) const VERIFIED: &[&str] = &["signature", "sig", "webhook", "hmac", "ideogram", "request", "payload"];

/// Functions that give a path a handler.
pub(super) const ROUTES: &[&str] = &[
    "post", "POST", "Post", "all", "use", "route", "any", "Any", "HandleFunc", "Handle", "PostMapping",
    "RequestMapping", "add_url_rule", "path", "re_path", "match", "api_route", "put", "Route", "on", "url",
];

/// Names that a handler of requests has.
pub(super) const REQUESTS: &[&str] = &[
    "POST",
    "req",
    "request",
    "Request",
    "NextRequest",
    "ctx",
    "ResponseWriter",
    "Controller",
    "ApplicationController",
    "_SERVER",
    "PostMapping",
    "RequestMapping",
    "params",
];
