//! Who did it: what the server, the certificate or the system says of the user.

use std::ffi::{OsStr, OsString};

use serde_json::{Map, Value};

use crate::audit::entry::os_text;
use crate::path::Escaped;

/// Who did something, and how that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// The name, with what is not UTF-8 escaped.
    id: String,
    /// What is known about it, for the metadata: `source`, and where they are known `uid` and `alsoNamed`.
    facts: Map<String, Value>,
}

/// What names the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UserSource {
    /// `GL_USERNAME`: GitLab.
    GitLab,
    /// `GITEA_PUSHER_NAME`: Gitea and Forgejo.
    Gitea,
    /// `GITHUB_USER_LOGIN`: GitHub Enterprise Server.
    GitHub,
    /// `REMOTE_USER`: a web server before `git http-backend`.
    RemoteUser,
    /// `GIT_PUSH_CERT_SIGNER`, of a push certificate with a good signature and nonce.
    PushCertificate,
    /// The user that the process runs as.
    Uid,
}

impl UserSource {
    /// All sources, the first that names somebody counts.
    pub const ALL: [Self; 6] =
        [Self::GitLab, Self::Gitea, Self::GitHub, Self::RemoteUser, Self::PushCertificate, Self::Uid];

    /// The variable that the name comes from; `uid` where it is none.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GitLab => "GL_USERNAME",
            Self::Gitea => "GITEA_PUSHER_NAME",
            Self::GitHub => "GITHUB_USER_LOGIN",
            Self::RemoteUser => "REMOTE_USER",
            Self::PushCertificate => "GIT_PUSH_CERT_SIGNER",
            Self::Uid => "uid",
        }
    }
}

impl User {
    /// Finds out who it is from variables and the user of the process.
    ///
    /// `trusted` says which sources may name the user; [`UserSource::ALL`] unless
    /// the server's policy knows better. Their order is always that of `ALL`.
    ///
    /// What a variable says is as good as whoever sets it. GitLab, Gitea, GitHub
    /// and web servers set theirs for each push, after asking who it is, and a
    /// client of theirs cannot. But whoever can start `git receive-pack` as he
    /// likes (a push over a file path, a login shell, an SSH server with
    /// `AcceptEnv` or `PermitUserEnvironment`) can set any of them, those of push
    /// certificates included. So on such a server `trusted` should be the uid
    /// alone; and in any case the uid is recorded beside the name, and so is
    /// every other name that was given.
    #[must_use]
    pub fn find(trusted: &[UserSource], get: impl Fn(&str) -> Option<OsString>, uid: Option<u32>) -> Self {
        let named: Vec<(UserSource, OsString)> =
            UserSource::ALL.into_iter().filter_map(|source| Some((source, name_from(source, &get, uid)?))).collect();
        let chosen = named.iter().find(|(source, _)| trusted.contains(source));
        let mut facts = Map::new();
        facts.insert("source".into(), chosen.map_or("none", |(source, _)| source.name()).into());
        if let Some(uid) = uid {
            facts.insert("uid".into(), uid.into());
        }
        let is_other = |(source, _): &&(UserSource, OsString)| {
            *source != UserSource::Uid && chosen.is_none_or(|(best, _)| best != source)
        };
        let others = named.iter().filter(is_other);
        let others: Map<String, Value> =
            others.map(|(source, name)| (source.name().to_owned(), os_text(name))).collect();
        if !others.is_empty() {
            facts.insert("alsoNamed".into(), others.into());
        }
        if let Some((_, name)) = chosen.filter(|(_, name)| name.to_str().is_none()) {
            facts.insert("exactly".into(), os_text(name));
        }
        Self { id: chosen.map_or_else(|| "unknown".to_owned(), |(_, name)| shown(name)), facts }
    }

    /// Returns the name, as the log has it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns what is known about the name.
    pub(super) fn facts(&self) -> &Map<String, Value> {
        &self.facts
    }
}

/// Returns the name that a source gives, if it gives one.
fn name_from(source: UserSource, get: &impl Fn(&str) -> Option<OsString>, uid: Option<u32>) -> Option<OsString> {
    match source {
        UserSource::Uid => uid.map(|uid| format!("uid:{uid}").into()),
        UserSource::PushCertificate if !is_good_certificate(get) => None,
        named => get(named.name()).filter(|name| !name.is_empty()),
    }
}

/// Tells whether a push is signed by somebody whom the server knows, over the nonce that it gave out for this push.
///
/// Git calls the signature of any SSH key good; only the signer's name says that the server allows the key.
#[must_use]
pub fn is_good_certificate(get: &impl Fn(&str) -> Option<OsString>) -> bool {
    let says = |name: &str, word: &str| get(name).is_some_and(|value| value == word);
    let is_named = get("GIT_PUSH_CERT_SIGNER").is_some_and(|name| !name.is_empty());
    is_named && says("GIT_PUSH_CERT_STATUS", "G") && says("GIT_PUSH_CERT_NONCE_STATUS", "OK")
}

/// Returns a name as text: as it is, or with the bytes that are not UTF-8 escaped.
fn shown(name: &OsStr) -> String {
    name.to_str().map_or_else(|| Escaped(name.as_encoded_bytes()).to_string(), str::to_owned)
}
