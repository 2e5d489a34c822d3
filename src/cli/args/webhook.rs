//! `ideoguard webhook`: what to do with deliveries of webhooks.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

/// What to do with deliveries of webhooks.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  ideoguard webhook verify body.json --headers headers.txt
  ideoguard webhook verify body.json --secret-env WEBHOOK_SECRET \\
      --header \"X-Ideoguard-Signature: …\"
  ideoguard webhook sign body.json --key private.pem \\
      --user-id u --generation-id g

With a shared secret the scheme is HMAC-SHA-256, without one it is Ideogram's
(Ed25519, under any key that Ideogram publishes). A secret is never given on the
command line.")]
pub(in crate::cli) struct WebhookArgs {
    /// What to do.
    #[command(subcommand)]
    pub(in crate::cli) what: WebhookWhat,
}

/// What to do with deliveries of webhooks.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum WebhookWhat {
    /// Say whether a delivery is from who it says, and new
    #[command(after_help = "\
Examples:
  ideoguard webhook verify body.json --headers headers.txt
  ideoguard webhook verify --keys jwks.json --headers headers.txt < body.json
  ideoguard webhook verify body.json --secret-file secret \\
      --signature-header X-Signature --no-timestamp --headers headers.txt

The body must be the raw one, byte by byte as it came.
Exit codes: 0 it is good; 1 it is not, and why; 2 bad usage; 3 the keys could
not be had.")]
    Verify {
        /// The raw body; without it, or with -, standard input
        #[arg(value_name = "BODY")]
        body: Option<PathBuf>,
        /// A header of the delivery; may be repeated
        #[arg(long = "header", value_name = "NAME: VALUE")]
        header: Vec<String>,
        /// A file with headers of the delivery, one a line
        #[arg(long, value_name = "FILE")]
        headers: Option<PathBuf>,
        /// Refuse what was sent more than so many seconds from now
        #[arg(long, value_name = "SECONDS", default_value_t = ideoguard::webhook::WINDOW, conflicts_with = "no_window")]
        window: u64,
        /// Take deliveries of any time: replays, too
        #[arg(long)]
        no_window: bool,
        /// Judge as at this time: 2026-01-31T12:00:00Z
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
        /// Ideogram's scheme: the public keys, a JWKS file or address
        #[arg(long, value_name = "FILE|URL", conflicts_with_all = ["secret_file", "secret_env", "secret_stdin"])]
        keys: Option<String>,
        /// Keep the keys of an address in this file for a day
        #[arg(long, value_name = "FILE", conflicts_with = "no_cache")]
        cache: Option<PathBuf>,
        /// Keep no keys, and ask for them each time
        #[arg(long)]
        no_cache: bool,
        /// Trust the certificates in this PEM file only
        #[arg(long, value_name = "FILE")]
        certificates: Option<PathBuf>,
        /// How long asking for keys may take
        #[arg(long, value_name = "SECONDS", default_value = "10")]
        timeout: String,
        /// The shared secret.
        #[command(flatten)]
        secret: SecretArgs,
        /// The headers of the shared scheme.
        #[command(flatten)]
        shared: SharedArgs,
    },
    /// Sign a delivery, to try one's own handler; prints the headers
    #[command(after_help = "\
Examples:
  ideoguard webhook sign body.json --secret-env WEBHOOK_SECRET
  ideoguard webhook sign body.json --key private.pem \\
      --user-id u --generation-id g
  ideoguard webhook sign --key private.pem --print-keys > keys.json
  openssl genpkey -algorithm ed25519 -out private.pem     makes such a key")]
    Sign {
        /// The raw body; without it, or with -, standard input
        #[arg(value_name = "BODY")]
        body: Option<PathBuf>,
        /// Sign as at this time, in Unix seconds; without it, now
        #[arg(long, value_name = "SECONDS")]
        timestamp: Option<i64>,
        /// Ideogram's scheme: the file with the private key, PKCS #8 in PEM
        #[arg(
            long,
            value_name = "FILE",
            conflicts_with_all = ["secret_file", "secret_env", "secret_stdin"]
        )]
        key: Option<PathBuf>,
        /// Ideogram's scheme: the generation
        #[arg(long, value_name = "ID")]
        generation_id: Option<String>,
        /// Ideogram's scheme: the user
        #[arg(long, value_name = "ID")]
        user_id: Option<String>,
        /// Ideogram's scheme: what the key is called
        #[arg(long, value_name = "ID")]
        key_id: Option<String>,
        /// Print the public key as a JWKS instead of signing
        #[arg(long, requires = "key")]
        print_keys: bool,
        /// The shared secret.
        #[command(flatten)]
        secret: SecretArgs,
        /// The headers of the shared scheme.
        #[command(flatten)]
        shared: SharedArgs,
    },
}

/// Where the shared secret is; one of these.
#[derive(Debug, Group)]
#[group(multiple = false)]
#[expect(clippy::struct_field_names, reason = "they are the names of the options")]
pub(in crate::cli) struct SecretArgs {
    /// The file with the shared secret
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) secret_file: Option<PathBuf>,
    /// The environment variable with the shared secret
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) secret_env: Option<String>,
    /// The shared secret is on standard input
    #[arg(long)]
    pub(in crate::cli) secret_stdin: bool,
}

/// The headers of the shared scheme.
#[derive(Debug, Group)]
pub(in crate::cli) struct SharedArgs {
    /// Shared secret: the header with the signature
    #[arg(long, value_name = "NAME", default_value = ideoguard::webhook::SIGNATURE_HEADER)]
    pub(in crate::cli) signature_header: String,
    /// Shared secret: the header with the time
    #[arg(long, value_name = "NAME", default_value = ideoguard::webhook::TIMESTAMP_HEADER)]
    pub(in crate::cli) timestamp_header: String,
    /// Shared secret: the time is not signed, the body alone is
    #[arg(long, conflicts_with = "timestamp_header")]
    pub(in crate::cli) no_timestamp: bool,
}
