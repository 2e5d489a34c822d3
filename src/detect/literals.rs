//! The literals of all rules, searched for at once, in each lane.
//!
//! The keyword lane also looks for what other code asks of the whole text, since
//! one more literal costs less than one more search.

use std::ops::Range;

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

/// What the keyword lane finds beside literals of rules.
const OTHERS: [Keyword; 2] = [Keyword::Ideogram, Keyword::Url];

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
/// What stands anywhere, and what other code asks.
static KEYWORDS: KeywordLane<{ count(Lane::Keyword) + OTHERS.len() }> = KeywordLane::of(sought());

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
struct KeywordLane<const COUNT: usize> {
    anchors: Anchors<COUNT>,
    literals: [Sought; COUNT],
}

/// A literal of the keyword lane.
#[derive(Debug, Clone, Copy)]
struct Sought {
    /// The number of a rule's literal.
    number: u16,
    /// Where its rarest bytes begin, by which it is searched for.
    rarest: u16,
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
    KEYWORDS.search(text, visit);
}

/// Returns what a literal of the keyword lane means.
pub(super) fn keyword(number: u16) -> Keyword {
    KEYWORDS.literals[usize::from(number)].means
}

impl<const COUNT: usize> KeywordLane<COUNT> {
    const fn of(literals: [Sought; COUNT]) -> Self {
        let (anchors, starts) = dealt(&literals);
        Self { anchors: Anchors::of(anchors, starts), literals }
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
    #[expect(clippy::cast_possible_truncation, reason = "a literal is a few words at most")]
    const fn new(number: u16, means: Keyword) -> Self {
        let mut new = Self { number, rarest: 0, means };
        new.rarest = rarest(new.bytes()) as u16;
        new
    }

    const fn bytes(self) -> &'static [u8] {
        match self.means {
            Keyword::Shape(_) => rules::literal(self.number as usize).text.as_bytes(),
            Keyword::Url => url::LITERAL.as_bytes(),
            Keyword::Ideogram => IDEOGRAM.as_bytes(),
        }
    }

    /// Tells whether capitals are as good as small letters; all of its bytes are letters then.
    const fn folds(self) -> bool {
        matches!(self.means, Keyword::Ideogram)
    }

    /// Returns the bytes by which it is searched for.
    const fn anchor(self) -> &'static [u8] {
        let rest = self.bytes().split_at(self.rarest as usize).1;
        if rest.len() < ANCHOR { rest } else { rest.split_at(ANCHOR).0 }
    }

    /// Returns where the literal begins whose rarest bytes are at `at`, if it stands there.
    fn around(self, text: &[u8], at: usize) -> Option<usize> {
        let (bytes, start) = (self.bytes(), at.checked_sub(self.rarest.into())?);
        let here = text.get(start..start + bytes.len())?;
        let is_it = if self.folds() { here.eq_ignore_ascii_case(bytes) } else { here == bytes };
        is_it.then_some(start)
    }
}

/// Returns all literals of the keyword lane.
const fn sought<const COUNT: usize>() -> [Sought; COUNT] {
    let numbers: [u16; count(Lane::Keyword)] = numbers(Lane::Keyword);
    let mut all = [Sought::new(0, OTHERS[0]); COUNT];
    let mut at = 0;
    while at < COUNT {
        all[at] = if at < numbers.len() {
            Sought::new(numbers[at], Keyword::Shape(rules::literal(numbers[at] as usize).rule))
        } else {
            Sought::new(0, OTHERS[at - numbers.len()])
        };
        at += 1;
    }
    all
}

/// Returns where the bytes of a literal begin that are rarest in code: there one kind of character follows another.
///
/// Where they stand in a text, more must be compared, so `http` would cost much.
const fn rarest(literal: &[u8]) -> usize {
    let (mut first, mut most, mut at) = (0, 0, 0);
    while at + ANCHOR <= literal.len() {
        let changes = changes(literal.split_at(at).1.split_at(ANCHOR).0);
        if changes > most {
            (first, most) = (at, changes);
        }
        at += 1;
    }
    first
}

/// Counts where one kind of character follows another.
const fn changes(bytes: &[u8]) -> usize {
    const fn kind(byte: u8) -> u8 {
        match byte {
            b'a'..=b'z' => 0,
            b'A'..=b'Z' => 1,
            b'0'..=b'9' => 2,
            b' ' => 3,
            _ => 4,
        }
    }
    let (mut changes, mut at) = (0, 1);
    while at < bytes.len() {
        changes += (kind(bytes[at - 1]) != kind(bytes[at])) as usize;
        at += 1;
    }
    changes
}

/// Deals the anchors of literals out to buckets: returns them bucket by bucket, and where each begins.
///
/// The search takes for a hit whatever has, at each place, halves of bytes that anchors of one bucket have there. So
/// those of a bucket should be alike: with other orders it takes up to four times as long. Shorter ones, which would
/// let more pass, have a bucket for themselves.
#[expect(clippy::cast_possible_truncation, reason = "there are a few hundred literals")]
const fn dealt<const COUNT: usize>(literals: &[Sought; COUNT]) -> ([Anchor; COUNT], [u16; BUCKETS + 1]) {
    let mut order = [0_u16; COUNT];
    let (mut number, mut long) = (0, 0);
    // Each goes before those that it belongs before.
    while number < COUNT {
        let rank = rank(literals[number]);
        let mut at = number;
        while at > 0 && rank < self::rank(literals[order[at - 1] as usize]) {
            order[at] = order[at - 1];
            at -= 1;
        }
        order[at] = number as u16;
        long += (literals[number].anchor().len() == ANCHOR) as usize;
        number += 1;
    }
    let mut anchors = [Anchor::new(b"", false, 0); COUNT];
    let mut at = 0;
    while at < COUNT {
        let literal = &literals[order[at] as usize];
        anchors[at] = Anchor::new(literal.anchor(), literal.folds(), order[at]);
        at += 1;
    }
    let share = long.div_ceil(BUCKETS - 1);
    let mut starts = [COUNT as u16; BUCKETS + 1];
    at = 0;
    while at < BUCKETS {
        let start = at * share;
        starts[at] = (if start < long { start } else { long }) as u16;
        at += 1;
    }
    (anchors, starts)
}

/// Returns a number by which literals are in order whose anchors are alike from the end on, those of three bytes last.
const fn rank(literal: Sought) -> u128 {
    let anchor = literal.anchor();
    let (mut rank, mut at) = (0, anchor.len());
    while at > 0 {
        at -= 1;
        let byte = anchor[at];
        // What kind of a byte it is comes before which.
        let parts = [byte.is_ascii_alphanumeric() as u8, byte & 0xe0, byte];
        rank = rank << 24 | u32::from_be_bytes([0, parts[0], parts[1], parts[2]]) as u128;
    }
    ((anchor.len() < ANCHOR) as u128) << (24 * ANCHOR) | rank
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
            let lane = &KEYWORDS;
            let mut places = Vec::new();

            lane.search(&text, |_, at| places.push(at));

            places.sort_unstable();
            let (folded, exact): (Vec<&Sought>, Vec<&Sought>) = lane.literals.iter().partition(|literal| literal.folds());
            let mut all = naive(&text, exact.iter().map(|literal| literal.bytes()));
            all.extend(naive(&text.to_ascii_lowercase(), folded.iter().map(|literal| literal.bytes())));
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
    fn those_of_one_bucket_end_alike_and_shorter_ones_have_one_for_themselves() {
        let (order, starts) = dealt(&KEYWORDS.literals);
        let anchor = |at: u16| KEYWORDS.literals[usize::from(order[usize::from(at)].number())].anchor();
        let last = starts[BUCKETS - 1];

        assert!((0..last).map(anchor).all(|anchor| anchor.len() == ANCHOR));
        assert!((last..starts[BUCKETS]).map(anchor).all(|anchor| anchor.len() < ANCHOR));
        let ends: Vec<u8> = (0..last).map(|at| anchor(at)[ANCHOR - 1]).collect();
        assert!(
            ends.chunk_by(|one, other| one == other)
                .map(|alike| alike[0])
                .is_sorted_by_key(|end| { (end.is_ascii_alphanumeric(), end & 0xe0, end) })
        );
    }

    #[test]
    fn the_rarest_bytes_are_those_where_one_kind_of_character_follows_another() {
        assert_eq!(rarest(b"discord.com/api/"), 5);
        assert_eq!(rarest(b"://"), 0);
        assert_eq!(rarest(b"deogram"), 0);
        assert_eq!(rarest(b"login -"), 3);
    }

    #[test]
    fn the_word_ideogram_is_found_in_any_case() {
        let lane = &KEYWORDS;
        for word in ["ideogram", "Ideogram", "IDEOGRAM", "ideoGram", "iDeOgRaM"] {
            let mut places = Vec::new();

            lane.search(format!("an {word}").as_bytes(), |number, at| {
                places.extend(matches!(lane.literals[usize::from(number)].means, Keyword::Ideogram).then_some(at));
            });

            assert_eq!(places, [4], "{word}");
        }
    }
}
