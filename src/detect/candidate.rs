//! The token lane's context: a run that looks random, judged by what stands beside it.

use std::ops::Range;

use crate::finding::{Confidence, Secret};
use crate::rules;

use super::behind::Rest;
use super::found::{Match, Rank};
use super::locality::Reach;
use super::name::Names;
use super::random;
use super::value::{self, Form};

/// A run that looks random, with what is known about it.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    /// The text it stands in.
    pub(super) text: &'a [u8],
    /// The run of token characters, without an escape's tail.
    pub(super) run: Range<usize>,
    /// The value the run belongs to.
    pub(super) value: Range<usize>,
    /// The value's form.
    pub(super) form: Form,
    /// What it is called.
    pub(super) names: Names,
    /// The word `ideogram` stands within sight.
    pub(super) near_ideogram: bool,
    /// How random the run looks.
    pub(super) look: Look,
    /// How far detectors look.
    pub(super) reach: Reach,
}

/// How random a run looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// As random tokens do, and hardly anything else.
    Random,
    /// As some names do, too: a secret only where its own name says so.
    Likely,
    /// Like words.
    Words,
}

impl<'a> Candidate<'a> {
    /// Reads what stands around a run; `None` for a hash that says what it is, of which lock files are full.
    pub(super) fn read(text: &'a [u8], run: Range<usize>, reach: Reach, near_ideogram: bool) -> Option<Self> {
        let value = value::around(text, &run, reach.longest);
        let form = Form::of(text, &value);
        if form == Form::Digest {
            return None;
        }
        let names = Names::of(text, &value, &Rest::of(text, &value, &run, reach), reach);
        let look = Look::of(&text[run.clone()]);
        Some(Self { text, run, value, form, names, near_ideogram, look, reach })
    }

    /// Tells whether words lead to a hash in the value, as in the key of a cache: `npm-linux-0a1b…`.
    pub(super) fn is_labelled_hash(&self) -> bool {
        let value = &self.text[self.value.clone()];
        let is_word = |part: &[u8]| part.len() > 2 && part.iter().all(u8::is_ascii_alphabetic);
        let mut parts = value.split(|byte| *byte == b'-');
        let leads = parts.next().is_some_and(is_word);
        leads && parts.next_back().is_some_and(|hash| hash.len() > 6 && hash.iter().all(u8::is_ascii_hexdigit))
    }

    /// Tells whether only the beginning of a value is shown: `ab12cd…`, `ab12cd***`.
    pub(super) fn is_shortened(&self) -> bool {
        let rest = &self.text[self.value.end..];
        [b"...".as_slice(), "…".as_bytes(), b"***", "•••".as_bytes()].iter().any(|sign| rest.starts_with(sign))
    }

    /// What stands behind the value.
    pub(super) fn rest(&self) -> Rest<'a> {
        Rest::of(self.text, &self.value, &self.run, self.reach)
    }

    /// Builds a match of this candidate.
    pub(super) fn found(&self, rule: &str, rank: Rank, confidence: Confidence, span: Range<usize>) -> Option<Match> {
        let advice = if self.names.words.iter().any(|word| word.bundled) { vec![BUNDLED] } else { Vec::new() };
        Some(Match {
            rule: rules::by_id(rule)?,
            secret: Secret::new(&self.text[span.clone()]),
            extent: span.clone(),
            span,
            confidence,
            evidence: Vec::new(),
            advice,
            rank,
        })
    }
}

const BUNDLED: &str = "variables with this prefix are built into the page that every visitor gets: \
                       move the call to your server, and give the new key a name without the prefix";

/// Tells whether a run is worth a look at its surroundings; cheap, as it is asked of every run.
pub(super) fn is_worth_it(run: &[u8], reach: Reach) -> bool {
    run.len() <= reach.longest && random::is_random(run)
}

/// Tells whether a run near the word `ideogram` may be a key, or the first piece of one.
pub(super) fn may_be_key(run: &[u8], reach: Reach) -> bool {
    run.len() <= reach.longest && Look::of(run) != Look::Words
}

impl Look {
    fn of(run: &[u8]) -> Self {
        if random::is_random(run) {
            Self::Random
        } else if random::is_likely(run) {
            Self::Likely
        } else {
            Self::Words
        }
    }
}
