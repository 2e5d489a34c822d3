//! Clues: what makes a detector look at a place, found once and carried along with the bytes.
//!
//! Of a text that shares most of its bytes with another, only what is new is
//! searched for clues; the others move with their bytes. What a clue comes to is
//! another question: that depends on what stands around it (see `locality`).

use std::ops::Range;

use super::found::Match;
use super::hidden::Signs;
use super::literals::{self, Keyword};
use super::locality::{CONTEXT, MAX_MATCH, Reach};
use super::runs::{self, is_token};
use super::value::Stretch;
use super::{DEPTH, Engine, Look, Mentions, block, escape, match_at, random, try_keyword};

/// A place of a text that a detector must look at.
///
/// Whether it is one depends on its own bytes and the run of token characters in which they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clue {
    /// Where it begins.
    pub start: u32,
    /// Where it ends, if it is a run; where it begins, if it is a literal.
    end: u32,
    kind: Kind,
}

/// What a clue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A literal of the keyword lane, by its number.
    Keyword(u16),
    /// A literal of the token lane, by its number.
    Token(u16),
    /// A word of rules of files, by its number.
    Own(u16),
    /// A run of token characters that may look random.
    Run,
    /// An escape that may stand for a character of a token.
    Escape,
    /// A run around which base64 may stand.
    Block,
}

/// No clue depends on more bytes from its beginning on, beside the run in which it stands: a literal and the least that
/// must follow it.
pub const MARGIN: usize = 48;
/// A longer run is no clue: without what does not belong to the token it is still longer than a match.
const LONGEST_RUN: usize = 2 * MAX_MATCH;
/// How far around a clue its match may reach.
pub const REACH: usize = MAX_MATCH + CONTEXT;
/// How far around a stretch the word `ideogram` is looked for whose clues are followed.
pub const SIGHT: usize = 2 * REACH;

/// Returns the stretch in which every clue begins that depends on a change of a text.
///
/// Before it lie [`MARGIN`] bytes, behind it what may stand in one block of base64 with it. No run is cut in two at
/// its ends, unless that is too long to be a clue.
#[must_use]
pub fn around(text: &[u8], change: &Range<usize>) -> Range<usize> {
    let start = change.start.saturating_sub(MARGIN);
    let end = change.end + block::beginning(&text[change.end..]);
    let floor = start.saturating_sub(LONGEST_RUN);
    let ceiling = text.len().min(end + LONGEST_RUN);
    let first = text[floor..start].iter().rposition(|byte| !is_token(*byte)).map_or(floor, |at| floor + at + 1);
    let last = text[end..ceiling].iter().position(|byte| !is_token(*byte)).map_or(ceiling, |at| end + at);
    first..last
}

impl Clue {
    /// Returns the same clue where the stretch of bytes that begins at `from` was copied to.
    #[must_use]
    pub fn copied(self, from: u32, to: u32) -> Self {
        Self { start: self.start - from + to, end: self.end - from + to, ..self }
    }
}

impl Engine {
    /// Adds all clues that begin in a stretch of a text, in order of their places, those at the same place in a fixed one.
    ///
    /// The stretch is the whole text, or one that [`around`] returned, or some that touch.
    pub fn find_clues(&self, text: &[u8], stretch: &Range<usize>, clues: &mut Vec<Clue>) {
        let known = clues.len();
        let shift = stretch.start;
        let seen = &text[shift..text.len().min(stretch.end + MARGIN)];
        let end = stretch.len();
        let mut add = |start: usize, end: usize, kind| {
            let place = |at: usize| u32::try_from(shift + at).unwrap_or(u32::MAX);
            clues.push(Clue { start: place(start), end: place(end), kind });
        };
        literals::in_keyword_lane(seen, |number, at| {
            if at < end {
                add(at, at, Kind::Keyword(number));
            }
        });
        if let Some(own) = &self.own {
            own.each_word(seen, |number, at| {
                if at < end {
                    add(at, at, Kind::Own(number));
                }
            });
        }
        let mut runs = runs::runs(seen);
        for run in runs.by_ref() {
            literals::in_token_lane(seen, &run, |number, at| {
                if at < end {
                    add(at, at, Kind::Token(number));
                }
            });
            let whole = shift + run.start..shift + run.end;
            let is_cut = text[..whole.start].last().is_some_and(|byte| is_token(*byte));
            if run.start < end && !is_cut && block::is_around(text, &whole) {
                add(run.start, run.start, Kind::Block);
            }
            // Of a run that is cut, as much may be seen as a clue has at most.
            let is_whole = !is_cut && run.end <= end && run.len() <= LONGEST_RUN;
            if is_whole && random::may_be_likely(&seen[run.clone()]) {
                add(run.start, run.end, Kind::Run);
            }
        }
        runs.into_escapes().into_iter().filter(|at| *at < end).for_each(|at| add(at, at, Kind::Escape));
        clues[known..].sort_by_key(|clue| (clue.start, clue.kind));
    }

    /// Finds every match that the clues within a stretch of a text lead to, overlapping ones included.
    ///
    /// Together with [`Engine::follow_signs`], all clues of a text lead to what [`Engine::scan_all`] finds.
    #[must_use]
    pub fn follow_clues(&self, text: &[u8], clues: &[Clue], within: &Range<usize>) -> Vec<Match> {
        let mut found = Vec::new();
        let inside = between(clues, within);
        if inside.is_empty() {
            return found;
        }
        let sight = within.start.saturating_sub(SIGHT)..text.len().min(within.end + SIGHT);
        let says_ideogram = |clue: &&Clue| matches!(clue.kind, Kind::Keyword(number) if matches!(literals::keyword(number), Keyword::Ideogram));
        let mut mentions = Mentions::default();
        between(clues, &sight).iter().filter(says_ideogram).for_each(|clue| mentions.add(text, clue.start as usize));
        let mut stretch = Stretch::default();
        for clue in inside {
            let at = clue.start as usize;
            match clue.kind {
                Kind::Keyword(number) => {
                    try_keyword(literals::keyword(number), text, at, Reach::BYTES, &mut found);
                }
                // They are followed together, as one may lie in what another leads to.
                Kind::Escape | Kind::Block => {}
                Kind::Token(number) => {
                    let (rule, shape) = literals::token(number);
                    found.extend(match_at(rule, shape, text, at, Reach::BYTES));
                }
                Kind::Own(number) => {
                    if let Some(own) = &self.own {
                        own.try_at(text, number, at, Reach::BYTES, &mut found);
                    }
                }
                Kind::Run => {
                    let run = at + escape::lead(text, at)..clue.end as usize;
                    self.undo_hex(text, &run, Reach::BYTES, DEPTH, &mut found);
                    if stretch.is_public(&run) {
                        continue;
                    }
                    let near = || mentions.near(&run, Reach::BYTES);
                    let Some(look) = Look::of(&text[run.clone()], Reach::BYTES, near) else { continue };
                    let ideogram = mentions.beside(&run, Reach::BYTES);
                    self.judge(text, run, &mut stretch, look, ideogram, Reach::BYTES, DEPTH, &mut found);
                }
            }
        }
        self.settle(text, &mut found);
        found
    }

    /// Finds every match in a window of a text that no run shows, overlapping ones included, at its place in the window.
    ///
    /// The clues are those of the whole text. Zeros are looked at only if the text may have one.
    #[must_use]
    pub fn follow_signs(&self, text: &[u8], clues: &[Clue], window: &Range<usize>, has_zero: bool) -> Vec<Match> {
        let mut found = Vec::new();
        let signs = signs_in(text, clues, window, has_zero);
        if !signs.are_none() {
            let seen = &text[window.clone()];
            self.undo_all(seen, &signs, &(0..seen.len()), Reach::BYTES, DEPTH - 1, &mut found);
            self.settle(seen, &mut found);
        }
        found
    }
}

/// Returns the signs among the clues of a text, for those who see no more of it than a window.
fn signs_in(text: &[u8], clues: &[Clue], window: &Range<usize>, has_zero: bool) -> Signs {
    let seen = &text[window.clone()];
    if block::goes_on(seen) {
        return Signs { has_zero, ..Signs::of(seen) };
    }
    let places = |kind| {
        let all = between(clues, window).iter().filter(move |clue| clue.kind == kind);
        all.map(|clue| clue.start as usize - window.start).filter(|at| *at < seen.len()).collect()
    };
    Signs { escapes: places(Kind::Escape), blocks: places(Kind::Block), has_zero }
}

/// Returns the clues that begin within a stretch, both ends included.
fn between<'a>(clues: &'a [Clue], within: &Range<usize>) -> &'a [Clue] {
    let first = clues.partition_point(|clue| (clue.start as usize) < within.start);
    let end = clues.partition_point(|clue| clue.start as usize <= within.end);
    &clues[first..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_found_around_every_place_within_it() {
        let engine = Engine::built_in();
        for literal in literals::all() {
            let text = format!(". . {literal}{} . .", "a".repeat(runs::SHORTEST)).into_bytes();
            for seam in 5..4 + literal.len() + runs::SHORTEST {
                let mut clues = Vec::new();

                engine.find_clues(&text, &around(&text, &(seam..seam)), &mut clues);

                assert!(clues.iter().any(|clue| clue.start == 4 && clue.kind != Kind::Run), "{literal} at {seam}");
            }
        }
    }

    #[test]
    fn a_stretch_ends_where_no_run_is_cut_unless_it_is_too_long() {
        let text = [&[b'.'; 100][..], b"one two_three four", &[b'x'; 3000], b" five"].concat();
        let (run, end) = (114, 3118);

        assert_eq!(around(&text, &(105..109)), 105 - MARGIN..113);
        assert_eq!(around(&text, &(run + MARGIN + 2..run + MARGIN + 2)).start, run);
        assert_eq!(around(&text, &(1600..1601)), 1600 - MARGIN - LONGEST_RUN..1601 + 32 + LONGEST_RUN);
        assert_eq!(around(&text, &(2900..2901)), 2900 - MARGIN - LONGEST_RUN..end);
    }

    #[test]
    fn a_stretch_reaches_as_far_as_a_block_of_base64_depends_on_the_change() {
        let text = b". abc/defg+hij. klm";

        assert_eq!(around(text, &(3..3)), 0..14);
        assert_eq!(around(text, &(14..14)), 0..14);
    }
}
