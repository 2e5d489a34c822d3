//! The life of a key: is it alive, which one is it, how old is it, who answers for it.
//!
//! A key's bytes live in [`Key`] alone, are wiped when it goes, and leave it for
//! two purposes: the header of a request that asks whether it is alive, and, when
//! one key takes the place of another, the files and the keyring in which its owner
//! has them.
//! Everything else knows a key by its fingerprint and its first four characters.

mod account;
mod age;
mod kept;
mod key;
mod keyring;
mod probe;
mod registry;
mod stand;

pub use account::{Account, AccountKey, Standing};
pub use age::{Aged, Leaked, Since, aged};
pub use key::Key;
pub use keyring::{EntryName, Keyring};
pub use probe::{Api, Liveness, Style};
pub use registry::{FILE_NAME, Registered, Registry, Role};
pub use stand::{Stand, Writing};
