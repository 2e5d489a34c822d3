//! Where a key comes from, and what it must not get into.

use std::ffi::OsString;
use std::io::{self, ErrorKind, IsTerminal};
use std::path::Path;

use ideoguard::error::{Error, Result};
use ideoguard::keys::{Key, Keyring};
use zeroize::Zeroizing;

use super::typed;
use crate::cli::args::KeySource;
use crate::cli::secret_file;

/// The most bytes that are read for a key.
const MOST: u64 = 8192;

/// Reads a key: from a file, a variable, the keyring, standard input, or as it is typed.
pub(super) fn key(source: &KeySource) -> Result<Key> {
    match named(source)? {
        Some(key) => Ok(key),
        None if io::stdin().is_terminal() => ask("Key"),
        None => Key::new(stdin()?),
    }
}

/// Reads a key from where it was said to be; `None` if nothing was said.
pub(super) fn named(source: &KeySource) -> Result<Option<Key>> {
    match source {
        KeySource { key_file: Some(file), .. } => in_file(file).map(Some),
        KeySource { key_env: Some(name), .. } => in_variable(name).map(Some),
        KeySource { key_keyring: Some(entry), .. } => Keyring::open()?.read(entry).map(Some),
        KeySource { key_stdin: true, .. } => Key::new(stdin()?).map(Some),
        KeySource { .. } => Ok(None),
    }
}

/// Reads a key from a file.
pub(super) fn in_file(file: &Path) -> Result<Key> {
    Key::new(secret_file::read(file)?)
}

/// Reads a key from a variable of the environment.
pub(super) fn in_variable(name: &str) -> Result<Key> {
    let unset = || Error::Usage(format!("the environment variable `{name}` is not set"));
    Key::new(Zeroizing::new(std::env::var_os(name).map(OsString::into_encoded_bytes).ok_or_else(unset)?))
}

/// Reads standard input to its end.
fn stdin() -> Result<Zeroizing<Vec<u8>>> {
    let read = secret_file::all(io::stdin().lock(), MOST).map_err(Error::io("read", "standard input"))?;
    read.ok_or_else(|| Error::Usage(format!("standard input holds more than {MOST} bytes; give the key alone")))
}

/// Reads a key that is typed on the terminal, which does not show it.
pub(super) fn ask(what: &str) -> Result<Key> {
    match typed::line(&format!("{what} (not shown): ")) {
        Err(error) if error.kind() == ErrorKind::Interrupted => Err(Error::Interrupted("no key was typed".to_owned())),
        line => Key::new(line.map_err(Error::io("read", "the terminal"))?),
    }
}

/// Keeps what is in memory out of core dumps, and out of the reach of other programs of this user.
#[cfg(unix)]
pub(in crate::cli) fn keep_out_of_dumps() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Where the system does not let us, the key is as safe as in any other program.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Does nothing: this system writes no core dumps.
#[cfg(not(unix))]
pub(in crate::cli) fn keep_out_of_dumps() {}
