//! What can be checked about a token offline, beyond its shape.

mod base;
mod checksum;
mod structure;

pub(super) use structure::decode;

use super::{pem, placeholder, url};

/// What the proof of a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proven {
    /// It is what it looks like; the text says why.
    Holds(&'static str),
    /// It is not what it looks like, or nobody's secret; the text says why.
    Fails(&'static str),
    /// Nothing can be checked offline.
    Unproven,
}

/// Whether a match reaches the end of the window that a rule may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// All of the token is there.
    Whole,
    /// The token may go on behind the window.
    Short,
}

/// What is checked beyond the shape of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nothing.
    None,
    /// GitHub, npm: the last six characters are the base62 CRC-32 of what stands between them and the prefix.
    CrcBase62,
    /// Grafana: the last eight characters are the CRC-32 of the rest, its bytes from low to high, in hexadecimal.
    CrcGrafana,
    /// GitLab's routable tokens: the last seven characters are the base36 CRC-32 of the rest.
    CrcGitlab,
    /// Private Packagist: the last eight characters are the CRC-32 of the rest, in hexadecimal.
    CrcHex,
    /// Synapse: the last six characters are the base62 CRC-32 of all before the `_` before them.
    CrcSynapse,
    /// age: the checksum of bech32.
    AgeBech32,
    /// Nostr, Sui, Zcash and others: the checksum of bech32, under the name that comes first.
    Bech32,
    /// Bitcoin and others: base58 whose last four bytes are a double SHA-256 of the rest.
    Base58Check,
    /// Stellar, NATS: base32 whose last two bytes are the CRC-16 of the rest, lowest byte first.
    Crc16Xmodem,
    /// Discord: the first part is the number of the bot's account, in base64.
    DiscordSnowflake,
    /// Intercom: base64 of a text that begins with `tok:`.
    Intercom,
    /// `PyPI`: a macaroon that names its location.
    PypiMacaroon,
    /// AWS: newer key ids hold the account's number.
    AwsKeyId,
    /// Amazon Bedrock: base64 that names the service.
    Bedrock,
    /// `OpenAI`: all keys so far hold the same eight characters.
    OpenaiMarker,
    /// A JSON Web Token: its header decodes to JSON with an algorithm.
    Jwt,
    /// Grafana Cloud, Sentry: base64 of a JSON object with the names that the issuer writes.
    JsonPayload,
    /// Standard Webhooks: random bytes in base64, and no words that somebody wrote.
    NoLetters,
    /// A private key that anyone can use.
    PrivateKey,
    /// A private key behind a passphrase.
    EncryptedPrivateKey,
    /// A private key that anyone can use, its PEM encoded once more, as in a Kubernetes secret.
    Base64PrivateKey,
    /// A password: no sample, no reference to a variable; it holds where a machine seems to have made it.
    Password,
}

impl Proof {
    /// All that check something, by the names that rules give them.
    pub(super) const NAMED: &[(&str, Self)] = &[
        ("crc-base62", Self::CrcBase62),
        ("crc-grafana", Self::CrcGrafana),
        ("crc-gitlab", Self::CrcGitlab),
        ("crc-hex", Self::CrcHex),
        ("crc-synapse", Self::CrcSynapse),
        ("age-bech32", Self::AgeBech32),
        ("bech32", Self::Bech32),
        ("base58-check", Self::Base58Check),
        ("crc16-xmodem", Self::Crc16Xmodem),
        ("discord-snowflake", Self::DiscordSnowflake),
        ("intercom", Self::Intercom),
        ("pypi-macaroon", Self::PypiMacaroon),
        ("aws-key-id", Self::AwsKeyId),
        ("bedrock", Self::Bedrock),
        ("openai-marker", Self::OpenaiMarker),
        ("jwt", Self::Jwt),
        ("password", Self::Password),
        ("json-payload", Self::JsonPayload),
        ("no-letters", Self::NoLetters),
        ("private-key", Self::PrivateKey),
        ("encrypted-private-key", Self::EncryptedPrivateKey),
        ("base64-private-key", Self::Base64PrivateKey),
    ];

    /// Judges a token: `None` when it is no token of this kind at all.
    pub(super) fn judge(self, token: &[u8], cut: Cut) -> Option<Proven> {
        match self {
            Self::None => Some(Proven::Unproven),
            Self::CrcBase62 => Some(checksum::base62(token)),
            Self::CrcGrafana => Some(checksum::grafana(token)),
            Self::CrcGitlab => Some(checksum::gitlab(token)),
            Self::CrcHex => Some(checksum::hex(token)),
            Self::CrcSynapse => Some(checksum::synapse(token)),
            Self::AgeBech32 => Some(checksum::age(token)),
            Self::Bech32 => Some(checksum::bech32(token)),
            Self::Base58Check => Some(base::base58_check(token)),
            Self::Crc16Xmodem => Some(base::crc16_xmodem(token)),
            Self::DiscordSnowflake => Some(structure::discord(token)),
            Self::Intercom => Some(structure::intercom(token)),
            Self::PypiMacaroon => Some(structure::pypi(token)),
            Self::AwsKeyId => Some(structure::aws_key_id(token)),
            Self::Bedrock => Some(structure::bedrock(token)),
            Self::OpenaiMarker => Some(structure::openai(token)),
            Self::Jwt => structure::jwt(token, cut),
            Self::JsonPayload => Some(structure::json_payload(token)),
            Self::NoLetters => Some(structure::no_letters(token)),
            Self::PrivateKey => pem::plain(token),
            Self::EncryptedPrivateKey => pem::encrypted(token),
            Self::Base64PrivateKey => pem::plain(&structure::unpadded(token)),
            Self::Password => url::password(token),
        }
    }

    /// Judges a token, of which `body` is what its issuer did not fix; what is a sample or made up fails.
    pub(super) fn judge_whole(self, token: &[u8], body: &[u8], cut: Cut) -> Option<Proven> {
        let proof = self.judge(token, cut)?;
        if placeholder::is_well_known(token) {
            return Some(Proven::Fails("it is a sample from public documentation"));
        }
        // Nobody types a right checksum by accident, and a key block has its own checks.
        let sure = self.is_strong() && matches!(proof, Proven::Holds(_));
        if !sure && placeholder::is_placeholder(body) {
            return Some(Proven::Fails("it looks made up"));
        }
        Some(proof)
    }

    /// Says whether a proof that holds rules out that the token was made up.
    pub(super) fn is_strong(self) -> bool {
        match self {
            Self::CrcBase62
            | Self::CrcGrafana
            | Self::CrcGitlab
            | Self::CrcHex
            | Self::CrcSynapse
            | Self::AgeBech32
            | Self::Bech32
            | Self::Base58Check
            | Self::Crc16Xmodem
            | Self::PypiMacaroon
            | Self::PrivateKey
            | Self::EncryptedPrivateKey
            | Self::Base64PrivateKey => true,
            Self::None
            | Self::AwsKeyId
            | Self::Bedrock
            | Self::DiscordSnowflake
            | Self::Intercom
            | Self::OpenaiMarker
            | Self::Jwt
            | Self::JsonPayload
            | Self::NoLetters
            | Self::Password => false,
        }
    }
}
