//! Push options: what the one who pushes answers for.

use std::collections::BTreeMap;

use crate::audit::User;
use crate::finding::Fingerprint;
use crate::gate::policy::{ServerPolicy, Who};
use crate::path::is_harmless;

/// How a bypass is asked for.
pub const SYNTAX: &str = "ideoguard.bypass=FINGERPRINT[,…];reason=WHY[;ticket=ID]";
/// The option that asks for a bypass.
const OPTION: &str = "ideoguard.bypass";
/// What begins every option of ours.
const OURS: &str = "ideoguard";
/// Options by which other tools are told to let a push through, without a value.
const FOREIGN: [&str; 12] = [
    "breakglass",
    "bypass",
    "ggshield.skip",
    "gitleaks.skip",
    "no-verify",
    "secret_detection.skip_all",
    "secret_push_protection.skip_all",
    "skip-gitleaks",
    "skip-secret-detection",
    "skip-secrets",
    "skip_secret_scan",
    "trufflehog.skip",
];

/// What a push asks for by its options.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The bypasses.
    pub bypasses: Vec<Bypass>,
    /// The options of other tools that would let it through there.
    pub foreign: Vec<&'static str>,
    /// What is wrong with options of ours, each a sentence.
    pub wrong: Vec<String>,
}

/// Secrets that the pusher answers for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bypass {
    /// The secrets.
    pub fingerprints: Vec<Fingerprint>,
    /// Why they may pass.
    pub reason: String,
    /// Where that was decided.
    pub ticket: Option<String>,
}

impl Asked {
    /// Reads the options of a push; what has nothing to do with us is passed over.
    #[must_use]
    pub fn of(options: &[Vec<u8>]) -> Self {
        let mut asked = Self::default();
        for option in options {
            let text = String::from_utf8_lossy(option);
            let name = text.split('=').next().unwrap_or_default().trim().to_ascii_lowercase();
            if name == OURS || name.starts_with("ideoguard.") || name.starts_with("ideoguard-") {
                match bypass(&text) {
                    Ok(bypass) => asked.bypasses.push(bypass),
                    Err(problem) => {
                        asked.wrong.push(format!("The push option is not understood: {problem}. Write `{SYNTAX}`."));
                    }
                }
            } else if let Some(foreign) = FOREIGN.iter().find(|foreign| **foreign == name) {
                asked.foreign.push(foreign);
            }
        }
        asked
    }

    /// Returns the secrets that the pusher answers for, each with the reason, if the policy lets this one.
    ///
    /// The error says why not.
    pub fn granted(
        &self,
        policy: &ServerPolicy,
        user: &User,
        signed: Signed,
    ) -> Result<BTreeMap<Fingerprint, String>, String> {
        if self.bypasses.is_empty() {
            return Ok(BTreeMap::new());
        }
        match &policy.bypass_users {
            Who::Nobody => return Err("The bypass is not granted: this server's policy lets nobody bypass.".to_owned()),
            Who::Users(users) if !users.iter().any(|name| name == user.id()) => {
                return Err(format!("The bypass is not granted: this server's policy does not name {}.", user.id()));
            }
            Who::Users(_) | Who::Everybody => {}
        }
        if policy.bypass_signed && signed == Signed::No {
            return Err("The bypass is not granted: it takes a signed push with a good signature, \
                        `git push --signed`."
                .to_owned());
        }
        let mut granted = BTreeMap::new();
        for bypass in &self.bypasses {
            let ticket = bypass.ticket.as_ref().map(|ticket| format!(" (ticket {ticket})")).unwrap_or_default();
            for fingerprint in &bypass.fingerprints {
                granted.insert(fingerprint.clone(), format!("{}{ticket}", bypass.reason));
            }
        }
        Ok(granted)
    }

    /// Answers for options of other tools in a push that is refused.
    #[must_use]
    pub fn answers(&self) -> Vec<String> {
        let answer = |option: &&str| {
            format!("`{option}` is an option of another tool and changes nothing here; ours is `{SYNTAX}`.")
        };
        self.foreign.iter().map(answer).collect()
    }
}

/// Whether a push is signed, with a good signature over a nonce of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// It is.
    Yes,
    /// It is not, or that is not known.
    No,
}

/// Reads one option of ours; the error does not repeat what was typed, for it could be the secret.
fn bypass(option: &str) -> Result<Bypass, &'static str> {
    let (name, value) = option.split_once('=').ok_or("it has no value")?;
    if name != OPTION {
        return Err("there is no such option");
    }
    let mut parts = value.split(';');
    let names = parts.next().unwrap_or_default().split(',').map(str::trim);
    let fingerprints: Option<Vec<Fingerprint>> = names.map(Fingerprint::parse).collect();
    let fingerprints = fingerprints.ok_or("it does not begin with the name of a finding, `ig1:` and 32 hex digits")?;
    let (mut reason, mut ticket) = (None, None);
    for part in parts {
        let (name, words) = part.split_once('=').ok_or("its parts are separated by `;`, each `NAME=VALUE`")?;
        let slot = match name.trim() {
            "reason" => &mut reason,
            "ticket" => &mut ticket,
            _ => return Err("it knows `reason` and `ticket` only"),
        };
        if slot.replace(words.trim()).is_some() {
            return Err("it says the same twice");
        }
    }
    let says_something = |words: &&str| words.chars().any(char::is_alphanumeric) && words.chars().all(is_harmless);
    let reason = reason.filter(says_something).ok_or("it gives no reason")?;
    let ticket = match ticket {
        Some(words) if !says_something(&words) => return Err("its ticket is empty"),
        ticket => ticket.map(str::to_owned),
    };
    Ok(Bypass { fingerprints, reason: reason.to_owned(), ticket })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "ig1:0123456789abcdef0123456789abcdef";

    fn asked(option: &str) -> Asked {
        Asked::of(&[option.as_bytes().to_vec()])
    }

    #[test]
    fn a_bypass_names_findings_a_reason_and_perhaps_a_ticket() {
        let asked = asked(&format!("ideoguard.bypass={NAME},{NAME};reason=made up for tests;ticket=SEC-1"));

        let name = Fingerprint::parse(NAME).unwrap();
        let expected = Bypass {
            fingerprints: vec![name.clone(), name],
            reason: "made up for tests".into(),
            ticket: Some("SEC-1".into()),
        };
        assert_eq!((asked.bypasses, asked.wrong), (vec![expected], vec![]));
    }

    #[test]
    fn what_lacks_a_reason_or_makes_no_sense_is_answered_with_the_syntax() {
        for option in [
            "ideoguard.bypass",
            "ideoguard.skip=1",
            "ideoguard.bypass=everything;reason=x",
            &format!("ideoguard.bypass={NAME}"),
            &format!("ideoguard.bypass={NAME};reason="),
            &format!("ideoguard.bypass={NAME};reason= ...;ticket=1"),
            &format!("ideoguard.bypass={NAME};reason=a;reason=b"),
            &format!("ideoguard.bypass={NAME};why=a"),
            &format!("ideoguard.bypass={NAME};reason=a;ticket="),
        ] {
            let asked = asked(option);

            assert_eq!((asked.bypasses.len(), asked.wrong.len()), (0, 1), "{option}");
            assert!(asked.wrong[0].contains(SYNTAX), "{}", asked.wrong[0]);
        }
    }

    #[test]
    fn options_of_other_tools_are_known_and_all_else_is_passed_over() {
        assert_eq!(asked("breakglass").foreign, ["breakglass"]);
        assert_eq!(asked("secret_push_protection.skip_all=true").foreign, ["secret_push_protection.skip_all"]);
        assert_eq!(asked("ci.skip"), Asked::default());
        assert_eq!(asked("merge_request.create"), Asked::default());
    }
}
