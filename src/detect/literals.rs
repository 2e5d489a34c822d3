//! The literals of all rules, searched for at once, in each lane.
//!
//! The keyword lane also looks for what other code asks of the whole text, since
//! one more literal costs less than one more search.

use std::ops::Range;

use once_cell::sync::OnceCell;

use crate::rules::{self, LITERAL_COUNT, Literal, Place, Rule, Shape, url};

use super::anchors::{ANCHOR, Anchor, Anchors, BUCKETS};
use super::marks::Marks;
use super::runs::is_token;

/// What the keyword lane finds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Keyword {
    /// A literal of the rule of this number.
    Shape(u16),
    /// What stands before the password in a URL.
    Url,
    /// The word `ideogram` in any case, without its first letter.
    Ideogram,
}

/// The word `ideogram` without its first letter, which may be a capital alone.
pub(super) const IDEOGRAM: &str = "deogram";

/// A rule and its shape.
pub(super) type Owner = (&'static Rule, &'static Shape);

/// Where a literal is looked for: the first two are the token lane's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    /// In runs of token characters.
    Run,
    /// Right before these.
    Front,
    /// Everywhere, since it need not be part of a run.
    Keyword,
}

/// What stands in runs.
static MARKS: Marks<{ count(Lane::Run) }> = Marks::of(numbers(Lane::Run));
/// What stands right before runs.
static FRONTS: Fronts<{ count(Lane::Front) }> = Fronts::of(numbers(Lane::Front));
/// What stands anywhere.
static KEYWORDS: OnceCell<KeywordLane> = OnceCell::new();

/// The literals that end right before a run of token characters, such as the dot of `hvs.`.
struct Fronts<const COUNT: usize> {
    /// The last two bytes that any of them has, as the bits of 256 × 256 pairs: few runs have such a pair before them.
    pairs: [u64; 256 * 256 / 64],
    /// Their last three bytes, which tell nearly all of those apart from them.
    threes: [[u8; 3]; COUNT],
    numbers: [u16; COUNT],
}

impl<const COUNT: usize> Fronts<COUNT> {
    /// Keeps the literals of rules that have these numbers, of at least three bytes each.
    const fn of(numbers: [u16; COUNT]) -> Self {
        let mut pairs = [0; 256 * 256 / 64];
        let mut threes = [[0; 3]; COUNT];
        let mut at = 0;
        while at < COUNT {
            let literal = rules::literal(numbers[at] as usize).text.as_bytes();
            threes[at] = *literal.last_chunk().expect("a literal before a run has three bytes");
            let pair = pair(threes[at]);
            pairs[pair / 64] |= 1 << (pair % 64);
            at += 1;
        }
        Self { pairs, threes, numbers }
    }

    /// Calls `visit` with the number of each literal that ends a text, and its place.
    fn search(&self, before: &[u8], visit: &mut impl FnMut(u16, usize)) {
        let Some(three) = before.last_chunk() else { return };
        let pair = pair(*three);
        if self.pairs[pair / 64] >> (pair % 64) & 1 == 0 {
            return;
        }
        for (number, _) in self.numbers.iter().zip(&self.threes).filter(|(_, end)| *end == three) {
            let literal = rules::literal((*number).into()).text.as_bytes();
            if before.ends_with(literal) {
                visit(*number, before.len() - literal.len());
            }
        }
    }
}

/// Returns the last two of three bytes as a number.
const fn pair([_, one, other]: [u8; 3]) -> usize {
    u16::from_le_bytes([one, other]) as usize
}

/// The literals of the keyword lane.
#[derive(Debug)]
struct KeywordLane {
    anchors: Anchors,
    literals: Vec<Sought>,
}

/// A literal of the keyword lane.
#[derive(Debug)]
struct Sought {
    bytes: &'static [u8],
    /// Whether capitals are as good as small letters; all of its bytes are letters then.
    folds: bool,
    /// Where its rarest bytes stand, by which it is searched for.
    rarest: Range<usize>,
    means: Keyword,
}

/// Calls `visit` with the number and the place of each literal of the token lane in a run or right before it.
pub(super) fn in_token_lane(text: &[u8], run: &Range<usize>, mut visit: impl FnMut(u16, usize)) {
    FRONTS.search(&text[..run.start], &mut visit);
    MARKS.search(&text[run.clone()], |number, at| visit(number, run.start + at));
}

/// Returns whose a literal of the token lane is.
pub(super) fn token(number: u16) -> Owner {
    owner(rules::literal(number.into()).rule)
}

/// Calls `visit` with the number and the place of each literal of the keyword lane in a text.
pub(super) fn in_keyword_lane(text: &[u8], visit: impl FnMut(u16, usize)) {
    KeywordLane::built().search(text, visit);
}

/// Returns what a literal of the keyword lane means.
pub(super) fn keyword(number: u16) -> Keyword {
    KeywordLane::built().literals[usize::from(number)].means
}

/// Narrows the number of a literal.
fn narrow(number: usize) -> u16 {
    u16::try_from(number).expect("there are a few hundred literals")
}

impl KeywordLane {
    /// Returns the lane, built when the first text comes.
    fn built() -> &'static Self {
        KEYWORDS.get_or_init(Self::build)
    }

    fn build() -> Self {
        let literals = (0..LITERAL_COUNT).map(rules::literal).filter(|literal| lane(literal) == Lane::Keyword);
        let shapes = literals.map(|literal| (literal.text, Keyword::Shape(literal.rule)));
        let others = [(IDEOGRAM, Keyword::Ideogram), (url::LITERAL, Keyword::Url)];
        let literals: Vec<_> = shapes.chain(others).map(|(literal, means)| Sought::new(literal, means)).collect();
        Self { anchors: Anchors::of(dealt(&literals)), literals }
    }

    /// Calls `visit` with the number of each literal in a text and its place; those of each literal come in order.
    fn search(&self, text: &[u8], mut visit: impl FnMut(u16, usize)) {
        self.anchors.search(text, |number, at| {
            if let Some(start) = self.literals[usize::from(number)].around(text, at) {
                visit(number, start);
            }
        });
    }
}

impl Sought {
    fn new(literal: &'static str, means: Keyword) -> Self {
        let bytes = literal.as_bytes();
        Self { bytes, folds: matches!(means, Keyword::Ideogram), rarest: rarest(bytes), means }
    }

    /// Returns the bytes by which it is searched for.
    fn anchor(&self) -> &'static [u8] {
        &self.bytes[self.rarest.clone()]
    }

    /// Returns where the literal begins whose rarest bytes are at `at`, if it stands there.
    fn around(&self, text: &[u8], at: usize) -> Option<usize> {
        let start = at.checked_sub(self.rarest.start)?;
        let here = text.get(start..start + self.bytes.len())?;
        let is_it = if self.folds { here.eq_ignore_ascii_case(self.bytes) } else { here == self.bytes };
        is_it.then_some(start)
    }
}

/// Returns where the bytes of a literal stand that are rarest in code: there one kind of character follows another.
///
/// Where they stand in a text, more must be compared, so `http` would cost much.
fn rarest(literal: &[u8]) -> Range<usize> {
    let length = ANCHOR.min(literal.len());
    let most = literal.windows(length).map(changes).max();
    let first = literal.windows(length).position(|bytes| Some(changes(bytes)) == most).unwrap_or(0);
    first..first + length
}

/// Counts where one kind of character follows another.
fn changes(bytes: &[u8]) -> usize {
    let kind = |byte: u8| (byte.is_ascii_lowercase(), byte.is_ascii_uppercase(), byte.is_ascii_digit(), byte == b' ');
    bytes.windows(2).filter(|pair| kind(pair[0]) != kind(pair[1])).count()
}

/// Deals the anchors of literals out to buckets.
///
/// The search takes for a hit whatever has, at each place, halves of bytes that anchors of one bucket have there. So
/// those of a bucket should be alike: with other orders it takes up to four times as long. Shorter ones, which would
/// let more pass, have a bucket for themselves.
fn dealt(literals: &[Sought]) -> [Vec<Anchor>; BUCKETS] {
    let kind = |byte: u8| (byte.is_ascii_alphanumeric(), byte & 0xe0);
    let likeness = |(_, literal): &(u16, &Sought)| -> Vec<_> {
        literal.anchor().iter().rev().map(|byte| (kind(*byte), *byte)).collect()
    };
    let numbered = (0..literals.len()).map(narrow).zip(literals);
    let (mut long, short): (Vec<_>, Vec<_>) = numbered.partition(|(_, literal)| literal.rarest.len() == ANCHOR);
    long.sort_by_key(likeness);
    let mut buckets: [Vec<Anchor>; BUCKETS] = Default::default();
    let (last, others) = buckets.split_last_mut().expect("there are eight");
    let anchor = |(number, literal): &(u16, &Sought)| Anchor::new(literal.anchor(), literal.folds, *number);
    last.extend(short.iter().map(anchor));
    let share = long.len().div_ceil(others.len()).max(1);
    for (bucket, alike) in others.iter_mut().zip(long.chunks(share)) {
        bucket.extend(alike.iter().map(anchor));
    }
    buckets
}

/// Returns a rule that has literals, by the rule's number.
pub(super) fn owner(rule: u16) -> Owner {
    let rule = rules::rule(rule.into());
    (rule, rule.finder.shape().expect("what has literals has a shape"))
}

/// Returns where a literal is looked for.
const fn lane(literal: &Literal) -> Lane {
    match (literal.place, literal.text.as_bytes()) {
        (Place::BeforeRun, _) => Lane::Front,
        (Place::Anywhere, _) | (Place::Usual, [b'-', b'-', b'-', b'-', b'-', ..]) => Lane::Keyword,
        (Place::Usual, text) if are_tokens(text) => Lane::Run,
        (Place::Usual, _) => Lane::Keyword,
    }
}

/// Tells whether all bytes may stand in runs.
const fn are_tokens(mut text: &[u8]) -> bool {
    while let [first, rest @ ..] = text {
        if !is_token(*first) {
            return false;
        }
        text = rest;
    }
    true
}

/// Counts the literals of a lane.
const fn count(wanted: Lane) -> usize {
    let (mut number, mut count) = (0, 0);
    while number < LITERAL_COUNT {
        count += (lane(&rules::literal(number)) as u8 == wanted as u8) as usize;
        number += 1;
    }
    count
}

/// Returns the numbers of the literals of a lane, which are so many.
#[expect(clippy::cast_possible_truncation, reason = "there are a few hundred literals")]
const fn numbers<const COUNT: usize>(wanted: Lane) -> [u16; COUNT] {
    let mut numbers = [0; COUNT];
    let (mut number, mut next) = (0, 0);
    while number < LITERAL_COUNT {
        if lane(&rules::literal(number)) as u8 == wanted as u8 {
            numbers[next] = number as u16;
            next += 1;
        }
        number += 1;
    }
    numbers
}

/// Returns all literals, those that belong to no rule as well.
#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    (0..LITERAL_COUNT).map(|number| rules::literal(number).text).chain([IDEOGRAM]).chain([url::LITERAL])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Text in which literals stand whole, cut and overlapping.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let all: Vec<_> = all().collect();
        let cut = (prop::sample::select(all), 0..24_usize, 0..24_usize)
            .prop_map(|(literal, from, to)| literal.get(from..).and_then(|rest| rest.get(..to)).unwrap_or(literal));
        let piece = prop_oneof![cut.prop_map(str::to_owned), "[a-z.:/-]{0,9}"];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat().into_bytes())
    }

    /// Returns the literals of a lane.
    fn of_lane(wanted: Lane) -> impl Iterator<Item = &'static [u8]> {
        let literals = (0..LITERAL_COUNT).map(rules::literal).filter(move |literal| lane(literal) == wanted);
        literals.map(|literal| literal.text.as_bytes())
    }

    /// Returns where each of some literals stands, by looking for one after the other.
    fn naive<'a>(text: &[u8], literals: impl Iterator<Item = &'a [u8]>) -> Vec<usize> {
        let mut places: Vec<_> = literals
            .flat_map(|literal| (0..text.len()).filter(|at| text[*at..].starts_with(literal)).collect::<Vec<_>>())
            .collect();
        places.sort_unstable();
        places
    }

    proptest! {
        #[test]
        fn the_keyword_lane_finds_each_literal_at_each_of_its_places(text in text()) {
            let lane = KeywordLane::build();
            let mut places = Vec::new();

            lane.search(&text, |_, at| places.push(at));

            places.sort_unstable();
            let (folded, exact): (Vec<_>, Vec<_>) = lane.literals.iter().partition(|literal| literal.folds);
            let mut all = naive(&text, exact.iter().map(|literal| literal.bytes));
            all.extend(naive(&text.to_ascii_lowercase(), folded.iter().map(|literal| literal.bytes)));
            all.sort_unstable();
            prop_assert_eq!(places, all);
        }

        #[test]
        fn the_token_lane_finds_each_literal_at_each_of_its_places(text in text()) {
            let mut places = Vec::new();

            in_token_lane(&text, &(0..text.len()), |_, at| places.push(at));

            places.sort_unstable();
            prop_assert_eq!(places, naive(&text, of_lane(Lane::Run)));
        }

        #[test]
        fn what_ends_right_before_a_run_is_found_there_alone(before in text(), front in any::<prop::sample::Index>()) {
            let literals: Vec<_> = of_lane(Lane::Front).collect();
            let text = [&before, literals[front.index(literals.len())]].concat();
            let mut places = Vec::new();

            FRONTS.search(&text, &mut |_, at| places.push(at));

            let mut all = naive(&text, literals.iter().copied().filter(|one| text.ends_with(one)));
            all.retain(|at| literals.contains(&&text[*at..]));
            places.sort_unstable();
            prop_assert_eq!(places, all);
        }
    }

    #[test]
    fn the_rarest_bytes_are_those_where_one_kind_of_character_follows_another() {
        assert_eq!(rarest(b"discord.com/api/"), 5..9);
        assert_eq!(rarest(b"://"), 0..3);
        assert_eq!(rarest(b"deogram"), 0..4);
        assert_eq!(rarest(b"login -"), 3..7);
    }

    #[test]
    fn the_word_ideogram_is_found_in_any_case() {
        let lane = KeywordLane::build();
        for word in ["ideogram", "Ideogram", "IDEOGRAM", "ideoGram", "iDeOgRaM"] {
            let mut places = Vec::new();

            lane.search(format!("an {word}").as_bytes(), |number, at| {
                places.extend(matches!(lane.literals[usize::from(number)].means, Keyword::Ideogram).then_some(at));
            });

            assert_eq!(places, [4], "{word}");
        }
    }
}
