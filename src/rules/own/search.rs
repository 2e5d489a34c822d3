//! A pattern that is tried around its words.
//!
//! A try sees so few bytes that what it says of a stretch depends on nothing out of
//! sight of it. It looks twice at most: at the bytes in sight of the word, and, for
//! what reaches the end of these, at those in sight of their end.

use std::ops::Range;

use super::super::alphabet::Alphabet;
use super::super::proof::{Cut, Proof};
use super::super::{Miss, Proven, boundary};
use super::expression::Expression;
use crate::entropy;

/// How far beyond a span look-around sees: one character.
const EDGE: usize = 4;
/// As many beginnings of matches before a word as are tried.
const MOST_BEGINNINGS: usize = 64;

/// How far a try may look.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    /// Bytes on either side of a match.
    pub context: usize,
    /// Bytes of a match.
    pub longest: usize,
}

/// A pattern, the words around which it is tried, and what is asked of what it finds.
#[derive(Debug)]
pub struct Search {
    /// Strings around which it is tried, as they are written.
    pub words: Vec<Vec<u8>>,
    /// Whether the words count in any case.
    pub any_case: bool,
    /// Whether a match holds the word; else it may stand near it.
    pub(super) holds_word: bool,
    /// What a match looks like.
    pub(super) expression: Expression,
    /// Which of its groups is the secret.
    pub(super) secret: Secret,
    /// The token's own characters, where it must begin and end as a token does.
    pub(super) alphabet: Option<Alphabet>,
    /// Words that may stand right before the token.
    pub(super) follows: &'static [&'static str],
    /// What is checked beyond the shape.
    pub(super) proof: Proof,
    /// The least entropy of the secret.
    pub(super) floor: Floor,
    /// What must stand near a match.
    pub needs: Vec<Need>,
    /// Whether what it finds is told; else it only serves rules that need it.
    pub is_told: bool,
}

/// A rule that must find something near a match, and how near.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The rule.
    pub rule: &'static str,
    /// Within so many lines.
    pub lines: Option<usize>,
    /// Within so many columns.
    pub columns: Option<usize>,
}

/// Which part of a match is the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Secret {
    /// All of it.
    Whole,
    /// The group of this number.
    Group(usize),
    /// The first group that is not empty.
    FirstGroup,
}

/// How random a secret must be, in bits a character.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Floor {
    /// However.
    None,
    /// What follows its literal has that much at least.
    Rest(f64),
    /// All of it has more.
    Above(f64),
}

/// What a try finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The bytes of the secret.
    pub span: Range<usize>,
    /// The bytes that were read as one: the match and the word beside it.
    pub extent: Range<usize>,
    /// What its proof says.
    pub proof: Proven,
}

impl Search {
    /// Tries it at the word that stands at `word`; calls `take` with each match, or with why there is none.
    pub fn try_at(&self, text: &[u8], word: &Range<usize>, sight: Sight, mut take: impl FnMut(Result<Hit, Miss>)) {
        if self.holds_word {
            take(self.around(text, word, sight));
        } else {
            self.near(text, word, sight, &mut take);
        }
    }

    /// Tells whether it finds something in sight of a match, as near as is needed.
    #[must_use]
    pub fn is_near(&self, text: &[u8], extent: &Range<usize>, need: &Need, sight: Sight) -> bool {
        let margin = sight.context - EDGE;
        let end = text.len().min(extent.end + margin);
        let floor = extent.start.saturating_sub(margin);
        let mut from = floor;
        while from <= end
            && let Some(fit) = self.fit(text, from..end)
        {
            from = fit.whole.end.max(fit.whole.start + 1);
            let is_random = self.floor.holds(&text[fit.secret.clone()], &text[fit.secret.clone()]).is_ok();
            if is_random && need.is_met(text, extent, &fit.whole, floor) {
                return true;
            }
        }
        false
    }

    /// Returns the words that are shown to people.
    pub fn shown_words(&self) -> impl Iterator<Item = String> + '_ {
        self.words.iter().map(|word| String::from_utf8_lossy(word).into_owned())
    }

    /// Returns how large its pattern is, in states.
    pub(super) fn weight(&self) -> u64 {
        self.expression.facts.weight
    }

    /// Tells whether what it finds may be longer than any match, and is not found then.
    #[must_use]
    pub fn may_be_longer_than(&self, longest: usize) -> bool {
        self.expression.facts.most.is_none_or(|most| most > longest)
    }

    /// Finds the match that holds the word.
    fn around(&self, text: &[u8], word: &Range<usize>, sight: Sight) -> Result<Hit, Miss> {
        let margin = sight.context - EDGE;
        let most = self.expression.facts.most.unwrap_or(usize::MAX);
        let first = word.start.saturating_sub(margin.min(most));
        let near = text.len().min(word.end + margin);
        let fits = self.holding(text, word, first..near);
        let is_cut = |fit: &Fit| fit.whole.end == near && near < text.len();
        match fits {
            Ok(fit) if !is_cut(&fit) => return self.judge(text, &fit, word, Cut::Whole, sight),
            Err(miss) if most <= margin || near == text.len() => return Err(miss),
            Ok(_) | Err(_) => {}
        }
        let far = text.len().min(near + margin).min(word.start + sight.longest);
        let fit = self.reaching(text, word, first..far, near)?;
        // With what stands before the word it may be longer than a match, which is its first part then.
        let far = far.min(fit.whole.start + sight.longest);
        let fit = if fit.whole.end > far { self.reaching(text, word, fit.whole.start..far, near)? } else { fit };
        let cut = if fit.whole.end == far && far < text.len() { Cut::Short } else { Cut::Whole };
        self.judge(text, &fit, word, cut, sight)
    }

    /// Finds every match near the word.
    fn near(&self, text: &[u8], word: &Range<usize>, sight: Sight, take: &mut impl FnMut(Result<Hit, Miss>)) {
        let margin = sight.context - EDGE;
        let end = text.len().min(word.end + margin);
        let mut from = word.start.saturating_sub(margin);
        let mut is_none = true;
        while from <= end
            && let Some(fit) = self.fit(text, from..end)
        {
            is_none = false;
            from = fit.whole.end.max(fit.whole.start + 1);
            take(self.judge(text, &fit, word, Cut::Whole, sight));
        }
        if is_none {
            take(Err(Miss::Pattern));
        }
    }

    /// Finds the first match within a span that holds the word and ends at `least` or behind it.
    fn reaching(&self, text: &[u8], word: &Range<usize>, span: Range<usize>, least: usize) -> Result<Fit, Miss> {
        let fit = self.holding(text, word, span)?;
        if fit.whole.end >= least { Ok(fit) } else { Err(Miss::Pattern) }
    }

    /// Finds the first match within a span that holds the word and begins as a token does.
    fn holding(&self, text: &[u8], word: &Range<usize>, span: Range<usize>) -> Result<Fit, Miss> {
        let mut from = span.start;
        let mut miss = Miss::Pattern;
        for _ in 0..MOST_BEGINNINGS {
            let Some(fit) = self.fit(text, from..span.end).filter(|fit| fit.whole.start <= word.start) else { break };
            if fit.whole.end >= word.end && self.begins(text, fit.whole.start) {
                return Ok(fit);
            }
            miss = if fit.whole.end >= word.end { Miss::Begins } else { miss };
            from = fit.whole.start + 1;
        }
        Err(miss)
    }

    /// Finds the first match within a span.
    fn fit(&self, text: &[u8], span: Range<usize>) -> Option<Fit> {
        let groups = self.expression.find(text, span)?;
        let whole = groups.first().cloned().flatten()?;
        let secret = match self.secret {
            Secret::Whole => None,
            Secret::Group(number) => groups.get(number).cloned().flatten(),
            Secret::FirstGroup => groups.iter().skip(1).flatten().find(|group| !group.is_empty()).cloned(),
        };
        let secret = secret.filter(|secret| !secret.is_empty()).unwrap_or_else(|| whole.clone());
        Some(Fit { whole, secret })
    }

    /// Tells whether a token may begin here, if it must begin as one.
    fn begins(&self, text: &[u8], start: usize) -> bool {
        let is_inside =
            || text.get(start).is_some_and(u8::is_ascii_alphanumeric) && !boundary::begins_token(text, start);
        self.alphabet.is_none()
            || self.follows.iter().any(|word| text[..start].ends_with(word.as_bytes()))
            || !is_inside()
    }

    /// Judges what fits.
    fn judge(&self, text: &[u8], fit: &Fit, word: &Range<usize>, cut: Cut, sight: Sight) -> Result<Hit, Miss> {
        let extent = fit.whole.start.min(word.start)..fit.whole.end.max(word.end);
        let follows = |alphabet: Alphabet| text.get(fit.whole.end).is_some_and(|byte| alphabet.contains(*byte));
        if fit.secret.is_empty() || extent.len() > sight.longest {
            return Err(if fit.secret.is_empty() { Miss::Pattern } else { Miss::TooLong });
        }
        if cut == Cut::Whole && self.alphabet.is_some_and(follows) {
            return Err(Miss::Ends);
        }
        let secret = &text[fit.secret.clone()];
        let body = self.words.iter().find_map(|word| without(secret, word)).unwrap_or(secret);
        self.floor.holds(secret, body)?;
        let proof = self.proof.judge_whole(secret, body, cut).ok_or(Miss::Proof)?;
        Ok(Hit { span: fit.secret.clone(), extent, proof })
    }
}

/// Where a pattern fits.
#[derive(Debug)]
struct Fit {
    /// All of it.
    whole: Range<usize>,
    /// The secret.
    secret: Range<usize>,
}

impl Floor {
    /// Tells whether a secret, of which `body` follows its literal, is random enough.
    fn holds(self, secret: &[u8], body: &[u8]) -> Result<(), Miss> {
        let (bits, least, is_enough) = match self {
            Self::None => return Ok(()),
            Self::Rest(least) => {
                let bits = entropy::bits_per_byte(body);
                (bits, least, bits >= least)
            }
            Self::Above(least) => {
                let bits = entropy::bits_per_byte(secret);
                (bits, least, bits > least)
            }
        };
        if is_enough { Ok(()) } else { Err(Miss::Entropy { bits, least }) }
    }
}

/// Returns what follows a word, in whatever case.
fn without<'a>(secret: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let (head, body) = secret.split_at_checked(word.len())?;
    head.eq_ignore_ascii_case(word).then_some(body)
}

impl Need {
    /// Tells whether two stretches are as near to each other as is needed; `floor` is where sight begins.
    fn is_met(&self, text: &[u8], one: &Range<usize>, other: &Range<usize>, floor: usize) -> bool {
        let between = one.end.min(other.end)..one.start.max(other.start);
        let lines = text.get(between).map_or(0, |gap| memchr::memchr_iter(b'\n', gap).count());
        let column =
            |at: usize| at - memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |newline| floor + newline + 1);
        self.lines.is_none_or(|most| lines <= most)
            && self.columns.is_none_or(|most| column(one.start).abs_diff(column(other.start)) <= most)
    }
}
