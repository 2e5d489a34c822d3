//! Who runs the program, for what is recorded.

use ideoguard::audit::{User, UserSource};

use super::unsaid;

/// Returns who runs the program: as the server's variables say, or the user of the process.
///
/// Where a token takes the place of a name, as in `https://TOKEN@host`, it is not recorded.
pub(super) fn current(trusted: &[UserSource]) -> User {
    User::find(trusted, |name| std::env::var_os(name).map(unsaid::value), uid())
}

/// Returns the number of the user that the process runs as.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere there is no such number")]
fn uid() -> Option<u32> {
    Some(rustix::process::getuid().as_raw())
}

/// Returns nothing: here users have no numbers.
#[cfg(not(unix))]
fn uid() -> Option<u32> {
    None
}
