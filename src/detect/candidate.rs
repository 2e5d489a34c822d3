//! The token lane's context: a run that looks random, judged by what stands beside it.

use std::cell::{Cell, OnceCell};
use std::ops::Range;

use crate::finding::{Confidence, Secret};
use crate::rules::{self, Rule};

use super::behind::Rest;
use super::found::{Match, Rank};
use super::locality::Reach;
use super::name::Names;
use super::random;
use super::value::{self, Form, Stretch};

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
    /// What it is called, once that has been read.
    names: OnceCell<Names>,
    /// Whether the nearest word was read and says that this is no secret.
    is_other: Cell<bool>,
    /// Where the word `ideogram` stands, as far as it matters to the value.
    pub(super) ideogram: Ideogram,
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
}

/// Where the word `ideogram` stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ideogram {
    /// Within sight of the run.
    Near,
    /// Perhaps in a name: out of sight of the run, or in a case in which nobody writes it.
    Somewhere,
    /// In no name of the value.
    Nowhere,
}

impl<'a> Candidate<'a> {
    /// Reads what stands around a run; `None` for a hash that says what it is, of which lock files are full.
    pub(super) fn read(
        text: &'a [u8],
        run: Range<usize>,
        stretch: &mut Stretch,
        reach: Reach,
        look: Look,
        ideogram: Ideogram,
    ) -> Option<Self> {
        stretch.reach(text, &run, reach.longest);
        let value = value::around(text, &run, stretch, reach.longest);
        let form = Form::of(text, &value);
        if form == Form::Digest {
            stretch.is_public_as(text, &value, reach.longest);
            return None;
        }
        Some(Self { text, run, value, form, names: OnceCell::new(), is_other: Cell::new(false), ideogram, look, reach })
    }

    /// What the value is called; read when it is first asked for, as most values are no secret by their looks alone.
    pub(super) fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::of(self.text, &self.value, &self.rest(), self.reach))
    }

    /// What the value is called; `None` when it is clear from the nearest word that this is no secret's name.
    pub(super) fn names_of_secret(&self) -> Option<&Names> {
        if self.is_other.get() {
            return None;
        }
        if self.names.get().is_none() {
            let names = Names::of_secret(self.text, &self.value, &self.rest(), self.reach);
            self.is_other.set(names.is_none());
            let names = names?;
            return Some(self.names.get_or_init(|| names));
        }
        self.names.get()
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

    /// Builds a match of this candidate. All of the value counts as read, also where the secret is a part of it.
    pub(super) fn found(&self, rule: &str, rank: Rank, confidence: Confidence, span: Range<usize>) -> Option<Match> {
        Some(self.found_by(rules::by_id(rule)?, rank, confidence, span))
    }

    /// Builds a match of this candidate, of a rule that is known.
    pub(super) fn found_by(
        &self,
        rule: &'static Rule,
        rank: Rank,
        confidence: Confidence,
        span: Range<usize>,
    ) -> Match {
        let advice = if self.names().words.iter().any(|word| word.bundled) { vec![BUNDLED] } else { Vec::new() };
        Match {
            rule,
            secret: Secret::new(&self.text[span.clone()]),
            extent: self.value.clone(),
            span,
            confidence,
            evidence: Vec::new(),
            advice,
            rank,
        }
    }
}

const BUNDLED: &str = "variables with this prefix are built into the page that every visitor gets: \
                       move the call to your server, and give the new key a name without the prefix";

impl Look {
    /// Tells how random a run looks; `None` when its surroundings are not worth a look.
    ///
    /// Near the word `ideogram` more runs are: each that may be a key, or the first piece of one.
    pub(super) fn of(run: &[u8], reach: Reach, is_near_ideogram: impl FnOnce() -> bool) -> Option<Self> {
        if run.len() > reach.longest {
            None
        } else if random::is_random(run) {
            Some(Self::Random)
        } else {
            (is_near_ideogram() && random::is_likely(run)).then_some(Self::Likely)
        }
    }
}
