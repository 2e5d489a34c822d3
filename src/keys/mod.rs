//! The life of a key: is it alive, which one is it, how old is it, who answers for it.
//!
//! A key's bytes live in [`Key`] alone, are wiped when it goes, and leave it for
//! one purpose: the header of a request that asks whether it is alive. Everything
//! else knows a key by its fingerprint and its first four characters.

mod account;
mod age;
mod key;
mod probe;
mod registry;

pub use account::{Account, AccountKey, Standing};
pub use age::{Aged, Leaked, Since, aged};
pub use key::Key;
pub use probe::{Api, Liveness, Style};
pub use registry::{FILE_NAME, Registered, Registry, Role};
