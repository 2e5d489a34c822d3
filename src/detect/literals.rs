//! The literals of all rules, searched for at once, in each lane.
//!
//! The keyword lane also looks for what other code asks of the whole text, since
//! one more literal costs less than one more search.

use std::collections::BTreeSet;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use once_cell::sync::OnceCell;

use crate::rules::{Place, Rule, Shape, url};

use super::marks::Marks;
use super::runs::is_token;

/// The literals of a set of rules, and whose they are.
#[derive(Debug)]
pub(super) struct Literals {
    rules: &'static [Rule],
    token: OnceCell<TokenLane>,
    keyword: OnceCell<KeywordLane>,
}

/// What the keyword lane finds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Keyword {
    /// A literal of a rule.
    Shape(&'static Rule, &'static Shape),
    /// What stands before the password in a URL.
    Url,
    /// The word `ideogram`, without its first letter.
    Ideogram,
}

/// The ways in which the word `ideogram` is written, without the letter that may be a capital alone.
const IDEOGRAM: [&str; 3] = ["deogram", "DEOGRAM", "deoGram"];

/// The literals of the token lane.
#[derive(Debug)]
struct TokenLane {
    /// What stands in runs.
    marks: Marks,
    /// Whose literals they are, first those of the marks, then the fronts.
    owners: Vec<Owner>,
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
    /// The search for those of at least [`ANCHOR`] bytes, and the one for the few that are shorter: among the others,
    /// they would leave it fewer bytes to go by.
    searches: [Search; 2],
    /// What tells most short texts that hold none.
    marks: Marks,
    literals: Vec<Literal>,
}

/// A search for literals by their rarest bytes.
#[derive(Debug)]
struct Search {
    automaton: AhoCorasick,
    /// The numbers of the literals.
    numbers: Range<u16>,
}

/// How many bytes of a literal are searched for: the vectorised search compares no more at once, and compares what
/// is behind them one by one.
const ANCHOR: usize = 4;

/// In a shorter text it is told faster that no literal stands in it than the vectorised search begins.
const SHORT: usize = 64;

/// A literal of the keyword lane.
#[derive(Debug)]
struct Literal {
    bytes: &'static [u8],
    /// Where its rarest bytes stand, by which it is searched for.
    rarest: Range<usize>,
    means: Keyword,
}

impl Literals {
    /// Keeps the rules; nothing is built before the first text comes.
    pub(super) fn of(rules: &'static [Rule]) -> Self {
        Self { rules, token: OnceCell::new(), keyword: OnceCell::new() }
    }

    /// Calls `visit` with the number and the place of each literal of the token lane in a run or right before it.
    pub(super) fn in_token_lane(&self, text: &[u8], run: &Range<usize>, mut visit: impl FnMut(u16, usize)) {
        let lane = self.token_lane();
        lane.fronts.search(&text[..run.start], &mut visit);
        lane.marks.search(&text[run.clone()], |number, at| visit(number, run.start + at));
    }

    /// Returns whose a literal of the token lane is.
    pub(super) fn token(&self, number: u16) -> Owner {
        self.token_lane().owners[usize::from(number)]
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
        self.token.get_or_init(|| TokenLane::of(self.rules))
    }

    fn keyword_lane(&self) -> &KeywordLane {
        self.keyword.get_or_init(|| KeywordLane::of(self.rules))
    }
}

/// Narrows the number of a literal; of a few hundred, each fits.
fn narrow(number: usize) -> u16 {
    u16::try_from(number).expect(SMALL)
}

impl TokenLane {
    fn of(rules: &'static [Rule]) -> Self {
        let is_front = |owner: &Owner| owner.1.place == Place::BeforeRun;
        let (literals, mut owners): (Vec<_>, Vec<_>) = shapes(rules)
            .filter(|(literal, owner)| !is_front(owner) && !is_keyword(literal, owner.1))
            .map(|(literal, owner)| (literal.as_bytes(), owner))
            .unzip();
        let (fronts, of_fronts): (Vec<_>, Vec<_>) = shapes(rules)
            .filter(|(_, owner)| is_front(owner))
            .map(|(literal, owner)| (literal.as_bytes(), owner))
            .unzip();
        let fronts = Fronts::of(fronts, narrow(owners.len()));
        owners.extend(of_fronts);
        Self { marks: Marks::of(&literals), owners, fronts }
    }
}

impl KeywordLane {
    fn of(rules: &'static [Rule]) -> Self {
        let shapes =
            shapes(rules).filter(|(literal, (_, shape))| shape.place != Place::BeforeRun && is_keyword(literal, shape));
        let shapes = shapes.map(|(literal, (rule, shape))| (literal, Keyword::Shape(rule, shape)));
        let others =
            IDEOGRAM.map(|spelling| (spelling, Keyword::Ideogram)).into_iter().chain([(url::LITERAL, Keyword::Url)]);
        let literals = shapes.chain(others).map(|(literal, means)| Literal::new(literal.as_bytes(), means));
        let (mut literals, short): (Vec<_>, Vec<_>) = literals.partition(|literal| literal.bytes.len() >= ANCHOR);
        let searches = [Search::of(&literals, 0), Search::of(&short, literals.len())];
        literals.extend(short);
        let marks = Marks::of(&literals.iter().map(|literal| literal.bytes).collect::<Vec<_>>());
        Self { searches, marks, literals }
    }

    /// Calls `visit` with the number of each literal in a text and its place; of each spelling of a word in order.
    ///
    /// The vectorised search returns one literal a place and none that overlap,
    /// so it goes on one byte later, and each place is compared with all literals.
    fn search(&self, text: &[u8], mut visit: impl FnMut(u16, usize)) {
        if text.len() < SHORT && !self.marks.are_in(text) {
            return;
        }
        for Search { automaton, numbers } in &self.searches {
            let literals = &self.literals[usize::from(numbers.start)..usize::from(numbers.end)];
            let mut from = 0;
            while let Some(found) = automaton.find(Input::new(text).range(from..)) {
                for (number, literal) in numbers.clone().zip(literals) {
                    if let Some(at) = literal.around(text, found.start()) {
                        visit(number, at);
                    }
                }
                from = found.start() + 1;
            }
        }
    }
}

impl Search {
    /// Prepares the search for literals of which the first has the number `first`.
    fn of(literals: &[Literal], first: usize) -> Self {
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(dealt(literals.iter().map(|literal| &literal.bytes[literal.rarest.clone()]).collect()))
            .expect(SMALL);
        Self { automaton, numbers: narrow(first)..narrow(first + literals.len()) }
    }
}

impl Literal {
    fn new(bytes: &'static [u8], means: Keyword) -> Self {
        Self { bytes, rarest: rarest(bytes), means }
    }

    /// Returns where the literal begins whose rarest bytes are at `at`, if it stands there.
    fn around(&self, text: &[u8], at: usize) -> Option<usize> {
        let start = at.checked_sub(self.rarest.start)?;
        // Most differ in the first byte, which is no reason for a call.
        (text[start] == self.bytes[0] && text[start..].starts_with(self.bytes)).then_some(start)
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

/// Orders anchors so that the vectorised search tells most texts from all of them at once.
///
/// It deals them out to [`BUCKETS`] by turns, and takes for a hit whatever has, at each place, a half of a byte of any
/// anchor of a bucket. So those of a bucket should be alike. With other orders the search takes up to four times as long.
fn dealt(anchors: BTreeSet<&'static [u8]>) -> Vec<&'static [u8]> {
    let kind = |byte: u8| (byte.is_ascii_alphanumeric(), byte & 0xe0);
    let mut alike: Vec<_> = anchors.into_iter().collect();
    alike.sort_by_key(|anchor| anchor.iter().rev().map(|byte| (kind(*byte), *byte)).collect::<Vec<_>>());
    let (share, rest) = (alike.len() / BUCKETS, alike.len() % BUCKETS);
    let start = |bucket: usize| bucket * share + bucket.min(rest);
    let buckets: Vec<_> = (0..BUCKETS).map(|bucket| &alike[start(bucket)..start(bucket + 1)]).collect();
    (0..=share).flat_map(|round| buckets.iter().filter_map(move |bucket| bucket.get(round).copied())).collect()
}

/// How many buckets there are for up to 32 anchors.
const BUCKETS: usize = 8;

const SMALL: &str = "a few hundred literals make an automaton of a few kilobytes";

/// Returns all literals of the rules, each with its rule and shape.
fn shapes(rules: &'static [Rule]) -> impl Iterator<Item = (&'static str, Owner)> {
    let shapes = rules.iter().filter_map(|rule| Some((rule, rule.finder.shape()?)));
    shapes.flat_map(|(rule, shape)| shape.literals.iter().map(move |literal| (*literal, (rule, shape))))
}

/// Tells whether a literal must be looked for everywhere, since it need not be part of a run of token characters.
fn is_keyword(literal: &str, shape: &Shape) -> bool {
    shape.place == Place::Anywhere || !literal.bytes().all(is_token) || literal.starts_with("-----")
}

/// Returns the literals of both lanes.
#[cfg(test)]
pub(super) fn all(rules: &'static [Rule]) -> impl Iterator<Item = &'static str> {
    shapes(rules).map(|(literal, _)| literal).chain(IDEOGRAM).chain([url::LITERAL])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::BUILT_IN;
    use proptest::prelude::*;

    /// Text in which literals stand whole, cut and overlapping.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let all: Vec<_> = shapes(BUILT_IN).map(|(literal, _)| literal).chain(IDEOGRAM).chain([url::LITERAL]).collect();
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
            let lane = KeywordLane::of(BUILT_IN);
            let mut places = Vec::new();

            lane.search(&text, |_, at| places.push(at));

            places.sort_unstable();
            prop_assert_eq!(places, naive(&text, lane.literals.iter().map(|literal| literal.bytes)));
        }

        #[test]
        fn the_token_lane_finds_each_literal_at_each_of_its_places(text in text()) {
            let mut places = Vec::new();

            Literals::of(BUILT_IN).in_token_lane(&text, &(0..text.len()), |_, at| places.push(at));

            places.sort_unstable();
            let literals = shapes(BUILT_IN).filter(|(_, (_, shape))| shape.place != Place::BeforeRun);
            let literals = literals.filter(|(literal, (_, shape))| !is_keyword(literal, shape));
            prop_assert_eq!(places, naive(&text, literals.map(|(literal, _)| literal.as_bytes())));
        }

        #[test]
        fn what_ends_right_before_a_run_is_found_there_alone(before in text(), front in any::<prop::sample::Index>()) {
            let lane = TokenLane::of(BUILT_IN);
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
    fn dealing_out_anchors_loses_none() {
        let anchors: BTreeSet<&[u8]> = all(BUILT_IN)
            .filter_map(|literal| literal.as_bytes().first_chunk::<4>())
            .map(|anchor| &anchor[..])
            .collect();

        let dealt = dealt(anchors.clone());

        assert_eq!(dealt.iter().copied().collect::<BTreeSet<_>>(), anchors);
        assert_eq!(dealt.len(), anchors.len());
    }
}
