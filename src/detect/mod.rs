//! Finds secrets in bytes: no path, no git, no input or output.
//!
//! Two lanes read a text. The *token lane* finds runs of token characters and
//! judges each once, by its shape and by what stands beside it. The *keyword
//! lane* looks for the few literals of secrets that hold no such run. Decoded
//! views of a text (base64, escapes, joined literals, and more) go through the same lanes.
//! How far a detector may look is written down in [`locality`].

mod anchors;
#[cfg(target_arch = "x86_64")]
mod avx2;
mod before;
mod behind;
mod bits;
mod block;
mod candidate;
pub mod clues;
mod coded;
mod doubt;
mod escape;
mod escaped;
mod found;
mod generic;
mod hidden;
mod ideogram;
mod issuer;
mod joint;
mod literals;
pub mod locality;
mod marks;
mod name;
mod nearly;
mod own;
mod pieces;
#[cfg(target_arch = "x86_64")]
mod processor;
mod random;
mod runs;
mod sense;
mod value;
mod view;
mod wide;
mod words;

use std::ops::Range;

pub use found::{Match, resolve};
pub use nearly::Nearly;

use crate::finding::Secret;
use crate::rules::{self, Finder, Proven, Rule, RuleBook, Shape, ShapeMatch, login, placeholder, url};
use candidate::{Candidate, Ideogram, Look};
use found::Rank;
use hidden::Signs;
use literals::Keyword;
use locality::Reach;
use own::Own;
use value::Stretch;

/// How many encodings may lie around each other: base64 in joined literals in UTF-16.
const DEPTH: usize = 3;

/// The rules, ready to be run. Building one costs little: what is expensive waits until it is needed.
#[derive(Debug)]
pub struct Engine {
    /// What rule files add and change, if there are any.
    own: Option<Own>,
}

impl Engine {
    /// The engine with the rules that are built in.
    #[must_use]
    pub fn built_in() -> Self {
        Self { own: None }
    }

    /// The engine with the rules that are built in, and with what rule files say.
    #[must_use]
    pub fn with(book: &RuleBook) -> Self {
        Self { own: Own::of(book) }
    }

    /// Tells whether rule files say anything of what is found.
    #[must_use]
    pub fn has_rules_of_files(&self) -> bool {
        self.own.is_some()
    }

    /// Returns the rule of this id, as rule files change it.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&'static Rule> {
        self.own.as_ref().and_then(|own| own.rule(id)).or_else(|| rules::by_id(id))
    }

    /// Finds every secret in a text; of matches that overlap, the one that knows best.
    #[must_use]
    pub fn scan(&self, text: &[u8]) -> Vec<Match> {
        resolve(self.scan_all(text))
    }

    /// Finds every match, overlapping ones included.
    ///
    /// This is what the locality contract speaks of: windows are scanned with
    /// it, their matches put together, and [`resolve`] comes last.
    #[must_use]
    pub fn scan_all(&self, text: &[u8]) -> Vec<Match> {
        let mut found = Vec::new();
        self.scan_deep(text, &(0..text.len()), Reach::BYTES, DEPTH, &mut found);
        self.settle(text, &mut found);
        found
    }

    /// Makes of matches what rule files say of them.
    fn settle(&self, text: &[u8], found: &mut [Match]) {
        if let Some(own) = &self.own {
            for one in found {
                own.settle(text, one);
            }
        }
    }

    /// Finds what stands in a text, and what is hidden in it; `core` is the part of it in which a run must lie to be judged.
    fn scan_deep(&self, text: &[u8], core: &Range<usize>, reach: Reach, depth: usize, found: &mut Vec<Match>) {
        let signs = self.scan_text(text, core, reach, depth, found);
        if depth > 0 && !signs.are_none() {
            self.undo_all(text, &signs, core, reach, depth - 1, found);
        }
    }

    /// Finds what stands in a text as it is; returns the signs of what else may.
    fn scan_text(&self, text: &[u8], core: &Range<usize>, reach: Reach, depth: usize, found: &mut Vec<Match>) -> Signs {
        let mut blocks = Vec::new();
        let mut mentions = Mentions::default();
        if let Some(own) = &self.own {
            own.each_word(text, |word, at| own.try_at(text, word, at, reach, found));
        }
        literals::in_keyword_lane(text, |number, at| match literals::keyword(number) {
            Keyword::Ideogram => mentions.add(text, at),
            keyword => try_keyword(keyword, text, at, reach, found),
        });
        let mut stretch = Stretch::default();
        let mut runs = runs::runs(text);
        for run in runs.by_ref() {
            literals::in_token_lane(text, &run, |number, at| {
                let (rule, shape) = literals::token(number);
                found.extend(match_at(rule, shape, text, at, reach));
            });
            if block::is_around(text, &run) {
                blocks.push(run.start);
            }
            // Asked first, as it rules out most runs at once; beside the word `ideogram` a key may have no digit.
            if mentions.places.is_empty() && !random::may_be_random(&text[run.clone()]) {
                continue;
            }
            let run = run.start + escape::lead(text, run.start)..run.end;
            // Beside a view's core stand its neighbours, judged where they are met themselves. To judge
            // them again in each other's views costs eight times as much with every level of encoding.
            let counts = core.start <= run.start && run.end <= core.end;
            if counts {
                self.undo_hex(text, &run, reach, depth, found);
            }
            let near = || mentions.near(&run, reach);
            if counts
                && !stretch.is_public(&run)
                && let Some(look) = Look::of(&text[run.clone()], reach, near)
            {
                let ideogram = mentions.beside(&run, reach);
                self.judge(text, run, &mut stretch, look, ideogram, reach, depth, found);
            }
        }
        Signs::beside(text, runs, blocks)
    }

    /// Judges a run that looks random, and what it hides.
    #[expect(clippy::too_many_arguments, reason = "what is known of a run, and where it lies")]
    fn judge(
        &self,
        text: &[u8],
        run: Range<usize>,
        stretch: &mut Stretch,
        look: Look,
        ideogram: Ideogram,
        reach: Reach,
        depth: usize,
        found: &mut Vec<Match>,
    ) {
        let Some(candidate) = Candidate::read(text, run, stretch, reach, look, ideogram) else { return };
        found.extend(judge(&candidate, self.own.as_ref()));
        if depth == 0 {
            return;
        }
        let views = [coded::base64(text, &candidate.value, reach), pieces::joined(text, &candidate.run, reach)];
        views.iter().flatten().for_each(|view| self.scan_view(view, depth - 1, found));
    }
}

/// Judges a candidate: as an Ideogram key first, then as the secret of whoever its name says, then as a generic one.
///
/// A placeholder is none of them.
fn judge(candidate: &Candidate<'_>, own: Option<&Own>) -> Option<Match> {
    let named = own.map_or(&[][..], Own::named);
    let found =
        ideogram::judge(candidate).or_else(|| issuer::judge(candidate, named)).or_else(|| generic::judge(candidate))?;
    (!placeholder::is_placeholder(&candidate.text[candidate.value.clone()])).then_some(found)
}

fn match_at(rule: &'static Rule, shape: &Shape, text: &[u8], at: usize, reach: Reach) -> Option<Match> {
    let rank = if shape.is_anybodys() { Rank::Nearby } else { Rank::Shape };
    shaped(rule, text, at, shape.matches_at(text, at)?, rank, reach)
}

/// Adds what a literal of the keyword lane leads to.
fn try_keyword(keyword: Keyword, text: &[u8], at: usize, reach: Reach, found: &mut Vec<Match>) {
    match keyword {
        Keyword::Shape(rule) => {
            let (rule, shape) = literals::owner(rule);
            found.extend(match_at(rule, shape, text, at, reach));
        }
        Keyword::Url => {
            found.extend(password_at(text, at, reach));
            found.extend(password_behind(text, at, reach));
        }
        Keyword::Ideogram => {}
    }
}

fn password_at(text: &[u8], at: usize, reach: Reach) -> Option<Match> {
    let found = url::password_at(text, at)?;
    shaped(rules::by_id("url-password")?, text, at, found, Rank::Nearby, reach)
}

fn password_behind(text: &[u8], at: usize, reach: Reach) -> Option<Match> {
    let found = login::password_behind(text, at)?;
    shaped(rules::by_id("command-password")?, text, at, found, Rank::Nearby, reach)
}

fn shaped(rule: &'static Rule, text: &[u8], at: usize, found: ShapeMatch, rank: Rank, reach: Reach) -> Option<Match> {
    let ShapeMatch { span, proof } = found;
    let extent = at.min(span.start)..at.max(span.end);
    let evidence = match proof {
        Proven::Holds(evidence) | Proven::Fails(evidence) => evidence,
        Proven::Unproven => "it has the shape its issuer gives it",
    };
    (extent.len() <= reach.longest).then(|| Match {
        rule,
        secret: Secret::new(&text[span.clone()]),
        extent,
        span,
        confidence: rule.confidence_with(proof),
        evidence: vec![evidence],
        advice: Vec::new(),
        rank,
    })
}

/// Where the word `ideogram` stands in a text.
#[derive(Debug, Default)]
struct Mentions {
    /// The places of its second letter, in order, where it is written as usual.
    places: Vec<usize>,
    /// Whether it stands anywhere, in whatever case.
    anywhere: bool,
}

impl Mentions {
    /// Adds the word whose second letter is at a place.
    fn add(&mut self, text: &[u8], at: usize) {
        self.anywhere = true;
        if [literals::IDEOGRAM, "DEOGRAM", "deoGram"].iter().any(|usual| text[at..].starts_with(usual.as_bytes())) {
            self.places.push(at);
        }
    }

    /// Tells where it stands, seen from a run.
    fn beside(&self, run: &Range<usize>, reach: Reach) -> Ideogram {
        if self.near(run, reach) {
            Ideogram::Near
        } else if self.anywhere {
            Ideogram::Somewhere
        } else {
            Ideogram::Nowhere
        }
    }

    /// Tells whether one lies within sight of a run.
    fn near(&self, run: &Range<usize>, reach: Reach) -> bool {
        let first = self.places.partition_point(|at| *at < run.start.saturating_sub(reach.context));
        self.places.get(first).is_some_and(|at| at + literals::IDEOGRAM.len() <= run.end + reach.context)
    }
}

impl Finder {
    /// The shape, for rules that have one.
    fn shape(&self) -> Option<&Shape> {
        match self {
            Self::Shape(shape) => Some(shape),
            Self::Search(_) | Self::Name | Self::Code => None,
        }
    }
}
