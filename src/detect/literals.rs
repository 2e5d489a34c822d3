//! The literals of all rules, searched for at once, in each lane.
//!
//! The keyword lane also looks for what other code asks of the whole text, since
//! one more literal costs less than one more search.

use std::ops::Range;

use once_cell::sync::OnceCell;

use crate::rules::{self, Literal, Place, Rule, Shape, url};

use super::anchors::{ANCHOR, Anchor, Anchors, BUCKETS};
use super::marks::Marks;
use super::runs::is_token;

/// The literals of the built-in rules, and whose they are; nothing is built before the first text comes.
#[derive(Debug, Default)]
pub(super) struct Literals {
    token: OnceCell<TokenLane>,
    keyword: OnceCell<KeywordLane>,
}

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

/// The literals of the token lane.
#[derive(Debug)]
struct TokenLane {
    /// What stands in runs.
    marks: Marks,
    /// The numbers of the rules whose literals they are, first those of the marks, then the fronts.
    owners: Vec<u16>,
    /// What stands right before runs.
    fronts: Fronts,
}

/// A rule and its shape.
pub(super) type Owner = (&'static Rule, &'static Shape);

/// The literals that end right before a run of token characters, such as the dot of `hvs.`.
#[derive(Debug)]
struct Fronts {
    /// The last two bytes that any of them has, as the bits of 256 × 256 pairs: few runs have such a pair before them.
    pairs: Vec<u64>,
    /// Their last three bytes, which tell nearly all of those apart from them.
    threes: Vec<[u8; 3]>,
    literals: Vec<&'static [u8]>,
    /// The number of the first.
    first: u16,
}

impl Fronts {
    /// Keeps literals of at least three bytes each.
    fn of(literals: Vec<&'static [u8]>, first: u16) -> Self {
        let mut pairs = vec![0; 256 * 256 / 64];
        let threes: Vec<[u8; 3]> = literals.iter().filter_map(|literal| literal.last_chunk().copied()).collect();
        assert_eq!(threes.len(), literals.len(), "a literal before a run has three bytes");
        for [_, one, other] in &threes {
            let pair = usize::from(u16::from_le_bytes([*one, *other]));
            pairs[pair / 64] |= 1 << (pair % 64);
        }
        Self { pairs, threes, literals, first }
    }

    /// Calls `visit` with the number of each literal that ends a text, and its place.
    fn search(&self, before: &[u8], visit: &mut impl FnMut(u16, usize)) {
        let Some(three @ [_, one, other]) = before.last_chunk() else { return };
        let pair = usize::from(u16::from_le_bytes([*one, *other]));
        if self.pairs[pair / 64] >> (pair % 64) & 1 == 0 {
            return;
        }
        for ((number, literal), end) in (self.first..).zip(&self.literals).zip(&self.threes) {
            if end == three && before.ends_with(literal) {
                visit(number, before.len() - literal.len());
            }
        }
    }
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

impl Literals {
    /// Calls `visit` with the number and the place of each literal of the token lane in a run or right before it.
    pub(super) fn in_token_lane(&self, text: &[u8], run: &Range<usize>, mut visit: impl FnMut(u16, usize)) {
        let lane = self.token_lane();
        lane.fronts.search(&text[..run.start], &mut visit);
        lane.marks.search(&text[run.clone()], |number, at| visit(number, run.start + at));
    }

    /// Returns whose a literal of the token lane is.
    pub(super) fn token(&self, number: u16) -> Owner {
        owner(self.token_lane().owners[usize::from(number)])
    }

    /// Calls `visit` with the number and the place of each literal of the keyword lane in a text.
    pub(super) fn in_keyword_lane(&self, text: &[u8], visit: impl FnMut(u16, usize)) {
        self.keyword_lane().search(text, visit);
    }

    /// Returns what a literal of the keyword lane means.
    pub(super) fn keyword(&self, number: u16) -> Keyword {
        self.keyword_lane().literals[usize::from(number)].means
    }

    fn token_lane(&self) -> &TokenLane {
        self.token.get_or_init(TokenLane::build)
    }

    fn keyword_lane(&self) -> &KeywordLane {
        self.keyword.get_or_init(KeywordLane::build)
    }
}

/// Narrows the number of a literal; of a few hundred, each fits.
fn narrow(number: usize) -> u16 {
    u16::try_from(number).expect(SMALL)
}

impl TokenLane {
    fn build() -> Self {
        let is_front = |literal: &Literal| literal.place == Place::BeforeRun;
        let and_rule = |literal: Literal| (literal.text.as_bytes(), literal.rule);
        let (literals, mut owners): (Vec<_>, Vec<_>) =
            rules::literals().filter(|literal| !is_front(literal) && !is_keyword(literal)).map(and_rule).unzip();
        let (fronts, of_fronts): (Vec<_>, Vec<_>) = rules::literals().filter(is_front).map(and_rule).unzip();
        let fronts = Fronts::of(fronts, narrow(owners.len()));
        owners.extend(of_fronts);
        Self { marks: Marks::of(&literals), owners, fronts }
    }
}

impl KeywordLane {
    fn build() -> Self {
        let shapes = rules::literals().filter(|literal| literal.place != Place::BeforeRun && is_keyword(literal));
        let shapes = shapes.map(|literal| (literal.text, Keyword::Shape(literal.rule)));
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

const SMALL: &str = "there are a few hundred literals";

/// Returns a rule that has literals, by its number.
pub(super) fn owner(number: u16) -> Owner {
    let rule = rules::rule(number.into());
    (rule, rule.finder.shape().expect("what has literals has a shape"))
}

/// Tells whether a literal must be looked for everywhere, since it need not be part of a run of token characters.
fn is_keyword(literal: &Literal) -> bool {
    literal.place == Place::Anywhere || !literal.text.bytes().all(is_token) || literal.text.starts_with("-----")
}

/// Returns the literals of both lanes.
#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    rules::literals().map(|literal| literal.text).chain([IDEOGRAM]).chain([url::LITERAL])
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

            Literals::default().in_token_lane(&text, &(0..text.len()), |_, at| places.push(at));

            places.sort_unstable();
            let literals = rules::literals().filter(|one| one.place != Place::BeforeRun && !is_keyword(one));
            prop_assert_eq!(places, naive(&text, literals.map(|literal| literal.text.as_bytes())));
        }

        #[test]
        fn what_ends_right_before_a_run_is_found_there_alone(before in text(), front in any::<prop::sample::Index>()) {
            let lane = TokenLane::build();
            let literal = lane.fronts.literals[front.index(lane.fronts.literals.len())];
            let text = [&before, literal].concat();
            let mut places = Vec::new();

            lane.fronts.search(&text, &mut |_, at| places.push(at));

            let mut all = naive(&text, lane.fronts.literals.iter().copied().filter(|one| text.ends_with(one)));
            all.retain(|at| lane.fronts.literals.iter().any(|one| *one == &text[*at..]));
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
