//! Rules of one's own: found wherever built-in ones are, exact in every window, and refused with their place.

mod bad;
pub(crate) mod exact;
mod found;
mod gitleaks;
mod server;
mod shown;

use crate::common::TestRepo;
use crate::fake;

/// A rule file with one rule.
const ACME: &str = "[[rule]]\nid = 'acme-token'\ntitle = 'Acme token'\npattern = 'acme_[0-9A-Za-z]{24}'\n";

/// A made-up token of Acme.
fn token(seed: u64) -> String {
    format!("acme_{}", fake::chars(seed, fake::BASE62, 24))
}

/// A repository whose rule file says this.
fn repository(rules: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write(".ideoguard.toml", rules);
    repo
}
