//! Where a key comes from, and what it must not get into.

use std::ffi::OsString;
use std::io::{self, IsTerminal};

use ideoguard::error::{Error, Result};
use ideoguard::keys::Key;
use zeroize::Zeroizing;

use crate::cli::args::KeySource;
use crate::cli::secret_file;

/// The most bytes that are read for a key.
const MOST: u64 = 8192;

/// Reads a key: from a file, a variable, standard input, or as it is typed.
pub(super) fn key(source: &KeySource) -> Result<Key> {
    let bytes = match source {
        KeySource { key_file: Some(file), .. } => secret_file::read(file)?,
        KeySource { key_env: Some(name), .. } => {
            let unset = || Error::Usage(format!("the environment variable `{name}` is not set"));
            Zeroizing::new(std::env::var_os(name).map(OsString::into_encoded_bytes).ok_or_else(unset)?)
        }
        KeySource { key_stdin: true, .. } => stdin()?,
        KeySource { .. } if io::stdin().is_terminal() => typed()?,
        KeySource { .. } => stdin()?,
    };
    Key::new(bytes)
}

/// Reads standard input to its end.
fn stdin() -> Result<Zeroizing<Vec<u8>>> {
    let read = secret_file::all(io::stdin().lock(), MOST).map_err(Error::io("read", "standard input"))?;
    read.ok_or_else(|| Error::Usage(format!("standard input holds more than {MOST} bytes; give the key alone")))
}

/// Reads what is typed on the terminal, which does not show it.
fn typed() -> Result<Zeroizing<Vec<u8>>> {
    let typed = rpassword::prompt_password("Key (not shown): ").map_err(Error::io("read", "the terminal"))?;
    Ok(Zeroizing::new(typed.into_bytes()))
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
