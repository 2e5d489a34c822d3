//! How requests to other machines are made, as the environment and the user say.

use std::path::Path;
use std::time::Duration;

use ideoguard::error::{Error, Result};
use ideoguard::net::{Client, Proxies, Settings};

/// The largest file of certificates that is read, in bytes.
const MOST: u64 = 4 << 20;

/// Makes a client that trusts the certificates in a file, or those that browsers trust.
pub(super) fn client(authorities: Option<&Path>, total: Duration) -> Result<Client> {
    let authorities = authorities.map(|file| super::secret_file::bounded(file, MOST)).transpose()?;
    let defaults = Settings::default();
    let proxies = Proxies::find(|name| std::env::var(name).ok());
    Client::new(Settings {
        connect: defaults.connect.min(total),
        total,
        authorities: authorities.map(|bytes| bytes.to_vec()),
        proxies,
        ..defaults
    })
}

/// Reads a time in seconds: `2`, `0.5`; at most ten minutes.
pub(super) fn seconds(text: &str) -> Result<Duration> {
    let wrong = || Error::Usage("write the time limit in seconds, from 0.001 to 600: 2, 0.5".to_owned());
    let seconds: f64 = text.trim().parse().map_err(|_| wrong())?;
    if !(0.001..=600.0).contains(&seconds) {
        return Err(wrong());
    }
    Ok(Duration::from_secs_f64(seconds))
}
