//! The keyring of the operating system, in which programs find a key by a service and a user.
//!
//! It is the Secret Service of a desktop on Linux (GNOME Keyring, `KWallet`,
//! `KeePassXC`), the Keychain on macOS, and the Credential Manager on Windows.
//! Nothing of it is touched before [`Keyring::open`].

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use keyring_core::api::CredentialStore;
use keyring_core::{Entry, Error as Cause};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::keys::key::Key;
use crate::path::Escaped;

/// An entry of the keyring, by the service and the user that whoever made it chose: `SERVICE/USER`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntryName {
    /// Which service it is for; without a `/`.
    service: String,
    /// Who uses it.
    user: String,
}

impl FromStr for EntryName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_once('/').filter(|(service, user)| !service.is_empty() && !user.is_empty());
        let (service, user) = parts.filter(|_| !text.contains(char::is_control)).ok_or_else(|| {
            Error::Usage("an entry of the keyring is named SERVICE/USER, as in ideogram/production".to_owned())
        })?;
        Ok(Self { service: service.to_owned(), user: user.to_owned() })
    }
}

impl TryFrom<String> for EntryName {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<EntryName> for String {
    fn from(name: EntryName) -> Self {
        format!("{}/{}", name.service, name.user)
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", Escaped(self.service.as_bytes()), Escaped(self.user.as_bytes()))
    }
}

/// The keyring of whoever runs this.
pub struct Keyring(Arc<CredentialStore>);

impl Keyring {
    /// Opens it.
    pub fn open() -> Result<Self> {
        store().map(Self).map_err(|cause| failed("open the keyring", &cause))
    }

    /// Returns the key that an entry holds.
    pub fn read(&self, name: &EntryName) -> Result<Key> {
        let missing = || Error::Usage(format!("the keyring has no entry {name}; its owner makes it, and nobody else"));
        self.find(name)?.ok_or_else(missing)
    }

    /// Returns the key that an entry holds; `None` if there is no such entry, or no key in it.
    pub fn find(&self, name: &EntryName) -> Result<Option<Key>> {
        match self.entry(name).and_then(|entry| entry.get_password()) {
            Ok(text) => Ok(Key::new(Zeroizing::new(text.into_bytes())).ok()),
            Err(Cause::NoEntry) => Ok(None),
            Err(Cause::BadEncoding(bytes)) => {
                drop(Zeroizing::new(bytes));
                Ok(None)
            }
            Err(cause) => Err(failed(&format!("read {name} in the keyring"), &cause)),
        }
    }

    /// Puts a key into an entry, in the place of what it holds, and makes sure that it is there.
    pub fn write(&self, name: &EntryName, key: &Key) -> Result<()> {
        let doing = format!("write {name} in the keyring");
        let text = str::from_utf8(key.bytes()).map_err(|_| Error::Usage("that is no key: it is no text".to_owned()))?;
        self.entry(name).and_then(|entry| entry.set_password(text)).map_err(|cause| failed(&doing, &cause))?;
        let is_there = self.find(name)?.is_some_and(|held| held.fingerprint() == key.fingerprint());
        let lost = || Error::Incomplete(format!("could not {doing}: it took the key, and does not have it"));
        is_there.then_some(()).ok_or_else(lost)
    }

    /// Names an entry to the keyring, which makes none.
    fn entry(&self, name: &EntryName) -> keyring_core::Result<Entry> {
        Entry::new_in_store(&self.0, &name.service, &name.user)
    }
}

/// Connects to the keyring of this system.
#[cfg(all(unix, not(target_os = "macos")))]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(dbus_secret_service_keyring_store::Store::new()?)
}

/// Connects to the keyring of this system.
#[cfg(target_os = "macos")]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

/// Connects to the keyring of this system.
#[cfg(windows)]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

/// Makes an error of what the keyring says, which may hold a secret beside its words.
fn failed(doing: &str, cause: &Cause) -> Error {
    let because = match cause {
        Cause::NoStorageAccess(_) => "it is locked, or whoever asks may not; unlock it and run this again".to_owned(),
        Cause::Ambiguous(several) => format!("{} entries have that name; remove all but one", several.len()),
        Cause::PlatformFailure(words) => {
            let way = "a keyring belongs to a desktop's session; without one, keys go by files and variables";
            format!("{}; {way}", Escaped(words.to_string().as_bytes()))
        }
        Cause::TooLong(what, most) => format!("{what} is longer than {most}"),
        Cause::Invalid(what, why) => format!("{what} {why}"),
        _ => "what it says makes no sense".to_owned(),
    };
    Error::Incomplete(format!("could not {doing}: {because}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &[u8]) -> Key {
        Key::new(Zeroizing::new(text.to_vec())).unwrap()
    }

    fn name(text: &str) -> EntryName {
        text.parse().unwrap()
    }

    #[test]
    fn an_entry_is_named_by_a_service_and_a_user() {
        assert_eq!(name("ideogram/ann/prod").to_string(), "ideogram/ann/prod");
        assert_eq!(serde_json::to_string(&name("ideogram/ann")).unwrap(), "\"ideogram/ann\"");
        for wrong in ["", "ideogram", "/ann", "ideogram/", "ideo\ngram/ann"] {
            assert!(wrong.parse::<EntryName>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_key_that_is_written_is_read_and_takes_the_place_of_the_one_before() {
        let ring = Keyring(keyring_core::mock::Store::new().unwrap());

        assert!(ring.find(&name("a/b")).unwrap().is_none());
        let missing = ring.read(&name("a/b")).unwrap_err().to_string();
        ring.write(&name("a/b"), &key(b"abcdefghijkl")).unwrap();
        ring.write(&name("a/b"), &key(b"mnopqrstuvwx")).unwrap();

        assert!(missing.contains("no entry a/b"), "{missing}");
        assert_eq!(ring.read(&name("a/b")).unwrap().fingerprint(), key(b"mnopqrstuvwx").fingerprint());
        assert!(ring.find(&name("a/c")).unwrap().is_none());
    }

    #[test]
    fn what_is_no_key_is_none() {
        let ring = Keyring(keyring_core::mock::Store::new().unwrap());

        for wrong in [&b"two words"[..], b"short", b"\xff\xfe not text"] {
            ring.entry(&name("a/b")).unwrap().set_secret(wrong).unwrap();
            assert!(ring.find(&name("a/b")).unwrap().is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn an_error_says_what_to_do_and_nothing_of_the_secret() {
        let bad = Cause::BadDataFormat(b"abcdefghijkl".to_vec(), "abcdefghijkl".into());
        let locked = Cause::NoStorageAccess("prompt".into());

        assert!(!failed("read it", &bad).to_string().contains("abcd"));
        assert!(failed("read it", &locked).to_string().contains("unlock it and run this again"));
    }
}
