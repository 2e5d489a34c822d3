//! What a scan finds: secrets that cannot print themselves, and where they are.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use zeroize::Zeroize;

use crate::entropy;
use crate::oid::ObjectId;
use crate::path::RepoPath;
use crate::text::{CommitStamp, TextKind};

/// How much harm a leaked secret of this kind does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Little by itself.
    Low,
    /// Some; often needs something else to be of use.
    Medium,
    /// Data or money of one service.
    High,
    /// A whole account or everything behind it.
    Critical,
}

/// How sure we are that a finding is a real secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A hint; shown with `-v` only.
    Low,
    /// Likely enough to warn.
    Medium,
    /// Likely enough to block.
    High,
    /// Proven by a checksum, or by shape and name together.
    Certain,
}

impl Severity {
    /// All of them, the least first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word that reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl Confidence {
    /// All of them, the least first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Certain];

    /// The word that reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Certain => "certain",
        }
    }
}

/// The bytes of a secret, which cannot be printed and cannot be taken out.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Wraps the bytes of a secret, decoded if it stood encoded.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// Returns what reports show: the first 4 characters, "…" and the length in bytes.
    ///
    /// Of a secret of fewer than 16 bytes, 4 characters would be too much of the
    /// whole: it shows none. Bytes that are not printable ASCII show as `?`.
    #[must_use]
    pub fn redacted(&self) -> String {
        let shown = if self.0.len() < 16 { 0 } else { 4 };
        let head: String =
            self.0[..shown].iter().map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { '?' }).collect();
        format!("{head}…({})", self.0.len())
    }

    /// Tells whether it is so short that its name takes long to make, on purpose.
    #[must_use]
    pub fn is_guessable(&self) -> bool {
        self.0.len() < GUESSABLE_BYTES
    }

    /// Tells whether it has fewer bits a character than this: whether it is less random.
    #[must_use]
    pub fn has_less_than(&self, bits: f64) -> bool {
        entropy::bits_per_byte(&self.0) < bits
    }

    /// Tells whether this hex is the SHA-1 of the secret, by which detect-secrets names it.
    #[must_use]
    pub fn sha1_is(&self, hex: &str) -> bool {
        let digest = Sha1::digest(&self.0);
        let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
        hex.len() == 2 * digest.len() && hex.as_bytes().chunks(2).map(byte).eq(digest.iter().copied().map(Some))
    }
}

impl Drop for Secret {
    /// Wipes it from memory.
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<{} bytes>", self.0.len())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// The name of a secret across runs, machines and rewritten histories.
///
/// It is made from the secret alone: moved lines, renamed files and rebased
/// commits keep it, and another secret on an allowed line has another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

/// Secrets shorter than this many bytes could be guessed, so their fingerprint is stretched.
const GUESSABLE_BYTES: usize = 20;
/// Rounds of PBKDF2 for a guessable secret.
const ROUNDS: u32 = 5_000;
/// Separates these hashes from every other use of the same function.
const KEY: &[u8] = b"ideoguard fingerprint 1";

impl Fingerprint {
    /// Computes the fingerprint: `ig1:` and 32 hex digits of HMAC-SHA-256.
    ///
    /// A short secret goes through PBKDF2 first, so that nobody finds it from
    /// the fingerprint by trying all short strings.
    #[must_use]
    pub fn of(secret: &Secret) -> Self {
        let digest = if secret.is_guessable() { stretched(&secret.0) } else { keyed(&secret.0) };
        let number = digest[..16].iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        Self(format!("ig1:{number:032x}"))
    }

    /// Returns what tells a secret from others in this run, at once; nobody must see it, for it could be guessed from.
    pub(crate) fn for_now(secret: &Secret) -> Self {
        Self(format!("now:{:x?}", keyed(&secret.0)))
    }

    /// Returns what is no secret's name: what allows by name does not allow this.
    pub(crate) fn none() -> Self {
        Self(String::new())
    }

    /// Reads a fingerprint as a user writes it; `None` unless it is `ig1:` and 32 lower-case hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix("ig1:")?;
        let valid = hex.len() == 32 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        valid.then(|| Self(text.to_owned()))
    }

    /// Returns the fingerprint as reports and allow files write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

fn keyed(bytes: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY).expect("HMAC takes a key of any length");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

fn stretched(bytes: &[u8]) -> [u8; 32] {
    pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(bytes, KEY, ROUNDS)
}

/// A secret that a rule found, with its place and what was decided about it.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that found it.
    pub rule: Cow<'static, str>,
    /// Who issues such secrets.
    pub provider: Cow<'static, str>,
    /// What it is, in words.
    pub title: Cow<'static, str>,
    /// How much harm it does.
    pub severity: Severity,
    /// How sure we are.
    pub confidence: Confidence,
    /// Where it was found; a secret that stands in the name itself is redacted.
    pub path: RepoPath,
    /// What kind of text it was found in.
    pub kind: TextKind,
    /// Where in that text it begins and ends, for people.
    pub place: Place,
    /// The secret's bytes in the text, half-open.
    pub span: Range<u64>,
    /// The blob, when the text is one.
    pub blob: Option<ObjectId>,
    /// The commit that brings it, when one is known.
    pub commit: Option<Arc<CommitStamp>>,
    /// First 4 characters, "…", length.
    pub redacted: String,
    /// Its name across runs.
    pub fingerprint: Fingerprint,
    /// Why we believe it, in short strings.
    pub evidence: Vec<Cow<'static, str>>,
    /// What to do with a leaked secret of this kind: where to revoke it, and more.
    pub advice: Vec<Cow<'static, str>>,
    /// What was decided.
    pub verdict: Verdict,
    /// What history knows of the object; only a history scan asks it.
    pub trail: Option<Arc<Trail>>,
}

/// What history knows of an object with a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// The repository, as it was named, where several were scanned at once.
    pub repository: Option<RepoPath>,
    /// When its first commit was made, in seconds since the epoch.
    pub seconds: Option<i64>,
    /// When the last commit that holds it was made, in seconds since the epoch.
    pub last: Option<i64>,
    /// The most public way in which it is reached, as reports name it: `tip`, `history`, `tag`, …, `unreachable`.
    pub reach: &'static str,
    /// Whether a reference leads to it: a branch, a tag, notes, a stash, …; reflogs and the index are none.
    pub reachable: bool,
    /// How many commits hold it.
    pub commits: u64,
    /// The other paths at which its first commit has it.
    pub paths: Vec<RepoPath>,
}

/// Where a commit stands in a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// A reference that leads to it.
    pub reference: RepoPath,
    /// How many further references do.
    pub others: usize,
    /// How many new commits stand between it and the reference's tip; 0 for the tip itself.
    pub depth: usize,
    /// The first line of its message, unless there is a secret in it.
    pub subject: Option<Vec<u8>>,
}

/// Where a secret is, one-based; columns count bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line of the first byte.
    pub line: u64,
    /// Column of the first byte.
    pub column: u64,
    /// Line of the last byte.
    pub end_line: u64,
    /// One past the column of the last byte.
    pub end_column: u64,
}

/// What was decided about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It blocks.
    Leak,
    /// It is shown and does not block: medium confidence.
    Warning,
    /// It is shown with `-v`: low confidence, or old.
    Note(NoteReason),
    /// Somebody allowed it, knowingly.
    Allowed(Reason),
}

/// Why a finding is only a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteReason {
    /// The evidence is weak.
    LowConfidence,
    /// It stood on this line before.
    Old,
}

/// Who allowed a finding, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A mark beside it; the text is what the mark says.
    Mark(String),
    /// An entry of the allow file; the text is the entry's reason.
    AllowFile(String),
    /// A line of the baseline: it was there before. The text is the line's reason.
    Baseline(String),
    /// The policy of the server; the text is its reason.
    Policy(String),
    /// The pusher, who answers for it; the text is the reason that was given.
    Bypass(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints_itself() {
        let secret = Secret::new(b"hunter2".as_slice());

        assert_eq!(format!("{secret} {secret:?} {secret:#?}"), "<7 bytes> <7 bytes> <7 bytes>");
    }

    #[test]
    fn a_long_secret_shows_four_characters_and_a_short_one_none() {
        assert_eq!(Secret::new(b"abcdefghijklmnopqrst".as_slice()).redacted(), "abcd…(20)");
        assert_eq!(Secret::new(b"hunter2".as_slice()).redacted(), "…(7)");
        assert_eq!(Secret::new(b"\x1b\xff34567890123456".as_slice()).redacted(), "??34…(16)");
    }

    #[test]
    fn a_secret_knows_its_sha1() {
        // Computed with sha1sum.
        assert!(Secret::new(b"hunter2".as_slice()).sha1_is("f3bbbd66a63d4bf1747940578ec3d0103530e21d"));
        assert!(!Secret::new(b"hunter3".as_slice()).sha1_is("f3bbbd66a63d4bf1747940578ec3d0103530e21d"));
    }

    #[test]
    fn a_fingerprint_is_the_same_for_the_same_secret_only() {
        let one = Fingerprint::of(&Secret::new(vec![b'a'; 40]));

        assert_eq!(one, Fingerprint::of(&Secret::new(vec![b'a'; 40])));
        assert_ne!(one, Fingerprint::of(&Secret::new(vec![b'a'; 41])));
        assert_eq!(Fingerprint::parse(one.as_str()), Some(one));
    }

    #[test]
    fn a_fingerprint_keeps_its_value_from_version_to_version() {
        // Computed with Python's hmac and hashlib.pbkdf2_hmac.
        assert_eq!(Fingerprint::of(&Secret::new(vec![b'a'; 40])).as_str(), "ig1:f4a6e47babf0a0b7e32311027f041e9c");
        assert_eq!(
            Fingerprint::of(&Secret::new(b"hunter2".as_slice())).as_str(),
            "ig1:d6efbcd1c7b13b92a33213fe564512ce"
        );
    }

    #[test]
    fn what_is_no_fingerprint_is_refused() {
        assert_eq!(Fingerprint::parse("ig1:abc"), None);
        assert_eq!(Fingerprint::parse(&format!("ig2:{}", "0".repeat(32))), None);
        assert_eq!(Fingerprint::parse(&format!("ig1:{}", "G".repeat(32))), None);
    }
}
