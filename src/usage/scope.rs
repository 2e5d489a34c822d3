//! Which scope a call uses, and which granted scope covers it.

use std::fmt;

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verb {
    /// It reads.
    Read,
    /// It writes, or spends.
    Write,
    /// Nothing says which.
    Unknown,
}

/// What a call uses: `write:images`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Scope {
    /// What it does.
    pub(super) verb: Verb,
    /// To what: a word of the API.
    pub(super) noun: String,
}

/// Last words of the API's places that make, and so spend.
const MAKING: &[&str] = &[
    "generate", "edit", "remix", "reframe", "upscale", "inpaint", "replace-background", "remove-background",
    "describe", "layerize",
];

impl Scope {
    /// Works out what a call uses, from its method, if that is known, and its place.
    pub(super) fn of(method: Option<&str>, resource: &str) -> Self {
        let parts: Vec<&str> = resource.split('/').filter(|part| is_word(part)).collect();
        let is_making = parts.iter().any(|part| MAKING.contains(part));
        let verb = match method.map(str::to_ascii_uppercase).as_deref() {
            Some("GET" | "HEAD" | "OPTIONS") => Verb::Read,
            Some("POST" | "PUT" | "PATCH" | "DELETE") => Verb::Write,
            _ if is_making => Verb::Write,
            _ => Verb::Unknown,
        };
        // What is made is an image, whichever model makes it.
        let noun = if is_making { "images" } else { parts.last().copied().unwrap_or("*") };
        Self { verb, noun: noun.to_owned() }
    }

    /// Reads a scope that an entry names itself; `None` if it is none that can be told.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (verb, noun) = text.split_once(':')?;
        let verb = match verb {
            "read" => Verb::Read,
            "write" => Verb::Write,
            _ => return None,
        };
        (noun == "*" || is_word(noun)).then(|| Self { verb, noun: noun.to_owned() })
    }

    /// Tells whether a granted scope covers this; `None` where that cannot be told.
    ///
    /// `*` covers everything that its verb does, and so does `limited`, which says how much and not of what.
    pub(super) fn is_covered_by(&self, granted: &str) -> Option<bool> {
        let granted = Self::parse(granted)?;
        let is_same =
            granted.noun == "*" || granted.noun == "limited" || singular(&granted.noun) == singular(&self.noun);
        match self.verb {
            Verb::Unknown if is_same => None,
            verb => Some(is_same && verb == granted.verb),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.verb {
            Verb::Read => "read",
            Verb::Write => "write",
            Verb::Unknown => "?",
        };
        write!(out, "{verb}:{}", self.noun)
    }
}

/// Tells whether a part of a place is a word of an API, and no name or secret: short, of small letters and `-`.
pub(super) fn is_word(part: &str) -> bool {
    let is_letter = |letter: u8| letter.is_ascii_lowercase() || letter == b'-';
    (1..=20).contains(&part.len()) && part.bytes().all(is_letter) && part.split('-').all(|word| word.len() <= 12)
}

/// Returns a word without the `s` of many.
fn singular(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_uses_what_its_method_and_place_say() {
        let of = |method, resource| Scope::of(method, resource).to_string();

        assert_eq!(of(Some("get"), "/v2/account/usage"), "read:usage");
        assert_eq!(of(None, "/v1/ideogram-v3/generate"), "write:images");
        assert_eq!(of(Some("DELETE"), "/v1/models/8f2"), "write:models");
        assert_eq!(of(None, "/v1/resource"), "?:resource");
        assert_eq!(of(None, "/"), "?:*");
    }

    #[test]
    fn a_granted_scope_covers_its_own() {
        let images = Scope::of(Some("POST"), "/v1/x/remix");

        for (granted, covers) in [
            ("write:*", Some(true)),
            ("write:limited", Some(true)),
            ("write:image", Some(true)),
            ("write:models", Some(false)),
            ("read:*", Some(false)),
            ("everything", None),
        ] {
            assert_eq!(images.is_covered_by(granted), covers, "{granted}");
        }
        assert_eq!(Scope::of(None, "/v1/models").is_covered_by("read:models"), None);
        assert_eq!(Scope::of(None, "/v1/models").is_covered_by("read:images"), Some(false));
    }

    #[test]
    fn what_may_be_a_secret_is_no_word() {
        for part in ["images", "api-keys", "ideogram-v"] {
            assert!(is_word(part), "{part}");
        }
        for part in ["", "Ab1cdefgh", "0123", "abcdefghijklmnopqrstu", "abcdefghijklmnop"] {
            assert!(!is_word(part), "{part}");
        }
    }
}
