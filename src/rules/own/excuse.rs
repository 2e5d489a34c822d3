//! What files let go: allow lists on the text of a finding, on its path, or on both.

use std::ops::Range;

use super::expression::Expression;

/// How far beyond an extent a line is looked at: as far as a match may lean on what it stands in.
const SIGHT: usize = 250;
/// A longer secret is not looked through for words.
const MOST_BYTES: usize = 4096;

/// An allow list.
#[derive(Debug)]
pub struct Excuse {
    /// The rules that it is for; all when absent.
    pub(super) rules: Option<Vec<&'static str>>,
    /// What it asks of the text; nothing, if only the path counts.
    pub(super) text: Option<OfText>,
    /// What it asks of the path; nothing, if only the text counts.
    pub(super) paths: Option<OfPath>,
    /// What is said of a finding whose text fits.
    pub(super) evidence: &'static str,
    /// Why it allows what it does.
    pub(super) reason: String,
}

/// What an allow list asks of a text.
#[derive(Debug)]
pub(super) struct OfText {
    /// Patterns of which one fits.
    pub(super) patterns: Vec<Expression>,
    /// What they are tried on.
    pub(super) target: Target,
    /// Words in lower case of which one is in the secret.
    pub(super) words: Vec<Vec<u8>>,
    /// Whether both must hold.
    pub(super) both: bool,
}

/// What patterns of an allow list are tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// The secret.
    Secret,
    /// All that was matched.
    Match,
    /// The line it stands on, as far as it is in sight.
    Line,
}

/// What an allow list asks of a path.
#[derive(Debug)]
pub(super) struct OfPath {
    /// Patterns of which one fits.
    pub(super) patterns: Vec<Expression>,
    /// Whether a path that none fits is meant.
    pub(super) is_other: bool,
}

impl Excuse {
    /// Tells whether it is for a rule.
    fn is_for(&self, rule: &str) -> bool {
        self.rules.as_ref().is_none_or(|rules| rules.contains(&rule))
    }

    /// Returns what is to be said of a finding whose text it fits, and whether that alone allows it.
    #[must_use]
    pub fn of_text(
        &self,
        rule: &str,
        text: &[u8],
        secret: &Range<usize>,
        extent: &Range<usize>,
    ) -> Option<(&'static str, bool)> {
        let asked = self.text.as_ref()?;
        (self.is_for(rule) && asked.fits(text, secret, extent)).then_some((self.evidence, self.paths.is_none()))
    }

    /// Returns why it allows a finding at a path; `says` tells whether something was said of the finding's text.
    #[must_use]
    pub fn of_path(&self, rule: &str, path: &[u8], says: impl Fn(&str) -> bool) -> Option<&str> {
        let asked = self.paths.as_ref()?;
        let fits = self.is_for(rule) && asked.fits(path) && (self.text.is_none() || says(self.evidence));
        fits.then_some(&*self.reason)
    }

    /// Tells whether it depends on where a finding is.
    #[must_use]
    pub fn asks_for_path(&self) -> bool {
        self.paths.is_some()
    }
}

impl OfText {
    fn fits(&self, text: &[u8], secret: &Range<usize>, extent: &Range<usize>) -> bool {
        let target = match self.target {
            Target::Secret => secret.clone(),
            Target::Match => extent.clone(),
            Target::Line => line(text, extent),
        };
        let target = &text[target];
        let by_pattern = || self.patterns.iter().any(|pattern| pattern.find(target, 0..target.len()).is_some());
        let by_word = || has_any(&text[secret.clone()], &self.words);
        if self.both { by_pattern() && by_word() } else { by_pattern() || by_word() }
    }
}

impl OfPath {
    fn fits(&self, path: &[u8]) -> bool {
        self.patterns.iter().any(|pattern| pattern.find(path, 0..path.len()).is_some()) != self.is_other
    }
}

/// Returns the line in which an extent stands, as far as it is in sight.
fn line(text: &[u8], extent: &Range<usize>) -> Range<usize> {
    let floor = extent.start.saturating_sub(SIGHT);
    let ceiling = text.len().min(extent.end + SIGHT);
    let start = memchr::memrchr(b'\n', &text[floor..extent.start]).map_or(floor, |at| floor + at + 1);
    let end = memchr::memchr(b'\n', &text[extent.end..ceiling]).map_or(ceiling, |at| extent.end + at);
    start..end
}

/// Tells whether one of some words stands in a secret, in whatever case.
fn has_any(secret: &[u8], words: &[Vec<u8>]) -> bool {
    if words.is_empty() || secret.len() > MOST_BYTES {
        return false;
    }
    let secret = secret.to_ascii_lowercase();
    words.iter().any(|word| memchr::memmem::find(&secret, word).is_some())
}
