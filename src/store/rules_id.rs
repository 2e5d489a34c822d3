//! The name of what decides what is found.

use sha2::{Digest, Sha256};

/// The name of a detection: of the rules, and of the code that applies them.
///
/// What was found under one name says nothing of what another one would find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RulesId([u8; 32]);

impl RulesId {
    /// The detection of this build: a hash over its files, the same on every machine.
    pub const OURS: Self = Self(include!(concat!(env!("OUT_DIR"), "/detection.rs")));

    /// Returns the name of this detection with an option that changes what is found, such as a limit.
    #[must_use]
    pub fn with(self, option: &[u8]) -> Self {
        Self(Sha256::new().chain_update(self.0).chain_update(option).finalize().into())
    }

    /// Returns the bytes of the name.
    pub(super) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_makes_another_name() {
        let limited = RulesId::OURS.with(b"limit 1");

        assert_ne!(limited, RulesId::OURS);
        assert_ne!(limited, RulesId::OURS.with(b"limit 2"));
        assert_eq!(limited, RulesId::OURS.with(b"limit 1"));
    }
}
