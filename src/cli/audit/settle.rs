//! Does what earlier runs left to be done: scans of pushes, and delivery of what was recorded.

use std::path::Path;

use ideoguard::audit::{Delivered, Log, Webhook};
use ideoguard::error::{Error, Result};
use ideoguard::gate::{Delivery, ServerPolicy};
use ideoguard::git::Repository;
use ideoguard::report::counted;
use ideoguard::webhook::SharedSecret;

use crate::cli::{gate, net, output, scan, secret_file};

/// Pays what is owed, then delivers what is recorded.
///
/// Returns 0 if nothing blocks and nothing is left, 1 if something would have been
/// refused, and 3 if something is still owed.
pub(super) fn run(repository: &Path) -> Result<u8> {
    let paid = gate::settle(repository)?;
    let delivered = deliver(repository);
    match (paid, delivered) {
        (1, Err(error)) => {
            output::warn(&error.to_string());
            Ok(1)
        }
        (0, delivered) => delivered.map(|()| 0),
        (code, delivered) => delivered.map(|()| code),
    }
}

/// Delivers what is left of the log of a repository, and says so; fails if something is left then.
fn deliver(repository: &Path) -> Result<()> {
    let repository = Repository::discover(&scan::here()?.join(repository))?;
    let policy = ServerPolicy::of(&repository)?;
    let Some(delivery) = &policy.delivery else { return Ok(()) };
    let log = gate::log(&repository, &policy)?;
    let Delivered { lines, left, problem } = log.deliver(&webhook(delivery)?, jiff::Timestamp::now)?;
    output::say(&[format!("delivered {} to {}, {left} left", counted(lines, "line"), delivery.url)])?;
    match problem {
        Some(problem) => Err(problem),
        None if left > 0 => Err(Error::Incomplete(format!("{} are left for the next time", counted(left, "line")))),
        None => Ok(()),
    }
}

/// Delivers after something was recorded, where the policy says so.
///
/// It takes no longer than the policy allows, and says nothing when it fails: what
/// is left is delivered after the next event, or by `ideoguard audit settle`.
pub(in crate::cli) fn after(log: &Log, policy: &ServerPolicy) {
    let Some(delivery) = &policy.delivery else { return };
    let _ = webhook(delivery).and_then(|webhook| log.deliver(&webhook, jiff::Timestamp::now));
}

/// Makes what delivers.
fn webhook(delivery: &Delivery) -> Result<Webhook> {
    Ok(Webhook {
        url: delivery.url.clone(),
        secret: SharedSecret::new(secret_file::read(&delivery.secret_file)?)?,
        limit: delivery.limit,
        client: net::client(delivery.certificates.as_deref(), delivery.limit)?,
    })
}
