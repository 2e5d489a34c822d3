//! The literals of all rules, searched for at once, in each lane.
//!
//! The keyword lane also looks for what other code asks of the whole text, since
//! one more literal costs less than one more search.

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use once_cell::sync::OnceCell;

use crate::rules::{Rule, Shape, url};

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
    automaton: AhoCorasick,
    /// How the literals begin.
    beginnings: Beginnings,
    /// Whose literals they are, in the order of the automaton's patterns.
    owners: Vec<(&'static Rule, &'static Shape)>,
}

/// The literals of the keyword lane.
#[derive(Debug)]
struct KeywordLane {
    /// Searches for each literal from its rarest bytes on.
    automaton: AhoCorasick,
    /// How the rarest bytes of the literals begin.
    beginnings: Beginnings,
    literals: Vec<Literal>,
}

/// In a shorter text it is told faster that no literal stands in it than the vectorised search begins.
const SHORT: usize = 64;

/// A literal of the keyword lane.
#[derive(Debug)]
struct Literal {
    bytes: &'static [u8],
    /// Where its rarest bytes stand.
    rarest: usize,
    means: Keyword,
}

impl Literals {
    /// Keeps the rules; nothing is built before the first text comes.
    pub(super) fn of(rules: &'static [Rule]) -> Self {
        Self { rules, token: OnceCell::new(), keyword: OnceCell::new() }
    }

    /// Calls `visit` with the number and the place of each literal of the token lane in a run.
    pub(super) fn in_token_lane(&self, run: &[u8], mut visit: impl FnMut(u16, usize)) {
        let lane = self.token_lane();
        if lane.beginnings.are_in(run) {
            for found in lane.automaton.find_overlapping_iter(run) {
                visit(narrow(found.pattern().as_usize()), found.start());
            }
        }
    }

    /// Returns whose a literal of the token lane is.
    pub(super) fn token(&self, number: u16) -> (&'static Rule, &'static Shape) {
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
        let (literals, owners): (Vec<_>, _) = shapes(rules)
            .filter(|(literal, _)| !is_keyword(literal))
            .map(|(literal, owner)| (literal.as_bytes(), owner))
            .unzip();
        let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(&literals).expect(SMALL);
        Self { automaton, beginnings: Beginnings::of(literals), owners }
    }
}

impl KeywordLane {
    fn of(rules: &'static [Rule]) -> Self {
        let shapes = shapes(rules).filter(|(literal, _)| is_keyword(literal));
        let shapes = shapes.map(|(literal, (rule, shape))| (literal, Keyword::Shape(rule, shape)));
        let others =
            IDEOGRAM.map(|spelling| (spelling, Keyword::Ideogram)).into_iter().chain([(url::LITERAL, Keyword::Url)]);
        let literals: Vec<_> =
            shapes.chain(others).map(|(literal, means)| Literal::new(literal.as_bytes(), means)).collect();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(literals.iter().map(|literal| &literal.bytes[literal.rarest..]))
            .expect(SMALL);
        let beginnings = Beginnings::of(literals.iter().map(|literal| &literal.bytes[literal.rarest..]).collect());
        Self { automaton, beginnings, literals }
    }

    /// Calls `visit` with the number of each literal in a text and its place.
    ///
    /// The vectorised search returns one literal a place and none that overlap,
    /// so it goes on one byte later, and each place is compared with all literals.
    fn search(&self, text: &[u8], mut visit: impl FnMut(u16, usize)) {
        if text.len() < SHORT && !self.beginnings.are_in(text) {
            return;
        }
        let mut from = 0;
        while let Some(found) = self.automaton.find(Input::new(text).range(from..)) {
            for (number, literal) in (0..).zip(&self.literals) {
                if let Some(at) = literal.around(text, found.start()) {
                    visit(number, at);
                }
            }
            from = found.start() + 1;
        }
    }
}

impl Literal {
    fn new(bytes: &'static [u8], means: Keyword) -> Self {
        Self { bytes, rarest: rarest(bytes), means }
    }

    /// Returns where the literal begins whose rarest bytes are at `at`, if it stands there.
    fn around(&self, text: &[u8], at: usize) -> Option<usize> {
        let start = at.checked_sub(self.rarest)?;
        // Most differ in the first byte, which is no reason for a call.
        (text[start] == self.bytes[0] && text[start..].starts_with(self.bytes)).then_some(start)
    }
}

/// Returns where the three bytes of a literal begin that are rarest in code: there one kind of character follows another.
///
/// The vectorised search looks for three bytes and compares the rest wherever they stand, so `dis` would cost much.
fn rarest(literal: &[u8]) -> usize {
    let kind = |byte: u8| (byte.is_ascii_lowercase(), byte.is_ascii_uppercase(), byte.is_ascii_digit());
    let changes = |three: &[u8]| three.windows(2).filter(|pair| kind(pair[0]) != kind(pair[1])).count();
    let most = literal.windows(3).map(changes).max();
    literal.windows(3).position(|three| Some(changes(three)) == most).unwrap_or(0)
}

const SMALL: &str = "a few hundred literals make an automaton of a few kilobytes";

/// Returns all literals of the rules, each with its rule and shape.
fn shapes(rules: &'static [Rule]) -> impl Iterator<Item = (&'static str, (&'static Rule, &'static Shape))> {
    let shapes = rules.iter().filter_map(|rule| Some((rule, rule.finder.shape()?)));
    shapes.flat_map(|(rule, shape)| shape.literals.iter().map(move |literal| (*literal, (rule, shape))))
}

/// How literals begin: which bytes stand at each of the first three places of each of 32 groups of literals.
///
/// Few runs hold a literal, and this tells so of most in a third of the time that the automaton takes.
#[derive(Debug)]
struct Beginnings([[u32; 256]; 3]);

impl Beginnings {
    /// Groups literals, of at least three bytes each, with those that begin alike.
    fn of(mut literals: Vec<&[u8]>) -> Self {
        literals.sort_unstable();
        let mut places = [[0; 256]; 3];
        for (index, literal) in literals.iter().enumerate() {
            let group = 1 << (index * 32 / literals.len());
            places.iter_mut().zip(*literal).for_each(|(place, byte)| place[usize::from(*byte)] |= group);
        }
        Self(places)
    }

    /// Tells whether a text may hold one of the literals; `false` is certain.
    fn are_in(&self, text: &[u8]) -> bool {
        let [first, second, third] = &self.0;
        let groups =
            |three: &[u8]| first[usize::from(three[0])] & second[usize::from(three[1])] & third[usize::from(three[2])];
        text.windows(3).fold(0, |found, three| found | groups(three)) != 0
    }
}

/// Tells whether a literal must be looked for everywhere, since it need not be part of a run of token characters.
fn is_keyword(literal: &str) -> bool {
    !literal.bytes().all(is_token) || literal.starts_with("-----")
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

            Literals::of(BUILT_IN).in_token_lane(&text, |_, at| places.push(at));

            places.sort_unstable();
            let literals = shapes(BUILT_IN).map(|(literal, _)| literal).filter(|literal| !is_keyword(literal));
            prop_assert_eq!(places, naive(&text, literals.map(str::as_bytes)));
        }
    }

    #[test]
    fn the_rarest_bytes_are_those_where_one_kind_of_character_follows_another() {
        assert_eq!(rarest(b"discord.com/api/"), 6);
        assert_eq!(rarest(b"://"), 0);
        assert_eq!(rarest(b"deogram"), 0);
    }
}
