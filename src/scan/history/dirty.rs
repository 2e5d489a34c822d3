//! Which stretches of an object are new against the object it is stored against.
//!
//! Whether a match stands depends on the bytes within [`CONTEXT`] of its extent
//! (`detect::locality`). So a match whose extent and context were copied in one
//! piece is there again, and any other match touches what was not.

use std::ops::Range;

use crate::detect::clues;
use crate::detect::locality::{CONTEXT, MAX_MATCH};
use crate::git::pack::Copied;

/// How far around a dirty stretch a match, with its context, may reach.
const REACH: usize = MAX_MATCH + 2 * CONTEXT;

/// How far around a dirty stretch anything is looked at: a clue that is followed lies up to the reach of clues away,
/// `Engine::follow_clues` looks for others from there, and each has bytes of its own.
pub(super) const SIGHT: usize = clues::REACH + clues::SIGHT + clues::MARGIN;

/// Stretches of clues that lie no further apart are searched as one: to begin a search costs as much as to go on so far.
const GAP: usize = 256;

/// Changes no further apart are one.
const NEAR: usize = clues::MARGIN + GAP;
const _: () = assert!(NEAR <= 2 * REACH && NEAR <= 2 * clues::REACH, "windows around them would meet in any case");

/// How an object comes from another one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delta<'a> {
    /// How many bytes the other one has.
    pub(super) base_len: usize,
    /// How many bytes the object has.
    pub(super) len: usize,
    /// What was copied, in order, never two that continue each other.
    pub(super) copies: &'a [Copied],
}

/// What was not copied, in order; what lies near each other is one change.
#[derive(Debug)]
pub(super) struct Changes {
    list: Vec<Change>,
    /// How many bytes the object has.
    len: usize,
}

/// A stretch with something in it that was not copied, or with a seam of two copies.
#[derive(Debug, Clone)]
pub(super) struct Change {
    /// Where it stands in the object.
    pub(super) range: Range<usize>,
    /// What was copied before the first of what was not: between it and the change before, all lies in this copy.
    pub(super) before: Copied,
}

impl Changes {
    /// Returns the windows in which every match that was not copied lies, with its context.
    pub(super) fn windows(&self) -> impl Iterator<Item = Range<usize>> {
        self.around(REACH)
    }

    /// Returns the windows in which every clue begins that may lead to a match that was not copied.
    pub(super) fn windows_of_clues(&self) -> impl Iterator<Item = Range<usize>> {
        self.around(clues::REACH)
    }

    /// Returns the stretches of the object, given its bytes, in which every clue begins that was not copied.
    pub(super) fn stretches(&self, bytes: &[u8]) -> impl Iterator<Item = Change> {
        self.widened(|change| clues::around(bytes, change))
    }

    /// Returns windows that reach so far around each change.
    fn around(&self, reach: usize) -> impl Iterator<Item = Range<usize>> {
        let widen = move |change: &Range<usize>| change.start.saturating_sub(reach)..self.len.min(change.end + reach);
        self.widened(widen).map(|change| change.range)
    }

    /// Returns the changes made wider, those that then touch as one.
    fn widened(&self, widen: impl Fn(&Range<usize>) -> Range<usize>) -> impl Iterator<Item = Change> {
        let widen = move |change: &Change| Change { range: widen(&change.range), ..change.clone() };
        let mut changes = self.list.iter().map(widen).peekable();
        std::iter::from_fn(move || {
            let mut change = changes.next()?;
            while let Some(next) = changes.next_if(|next| next.range.start <= change.range.end) {
                change.range.end = change.range.end.max(next.range.end);
            }
            Some(change)
        })
    }
}

impl Delta<'_> {
    /// Returns each stretch that was not copied, and each seam.
    pub(super) fn changes(&self) -> Changes {
        // Most have few copies; one that was made to have millions, all near each other, is few changes.
        let mut changes: Vec<Change> = Vec::with_capacity(self.copies.len().min(64) + 1);
        let mut before = Copied { from: 0, to: 0, len: 0 };
        let mut add = |range: Range<usize>, before| match changes.last_mut() {
            Some(last) if range.start <= last.range.end + NEAR => last.range.end = range.end,
            Some(_) | None => changes.push(Change { range, before }),
        };
        for (index, copied) in self.copies.iter().enumerate() {
            let dirty = before.to + before.len..copied.to;
            // An insert, a seam of two copies, or a beginning that was none.
            if !dirty.is_empty() || index > 0 || copied.from > 0 {
                add(dirty, before);
            }
            before = *copied;
        }
        // What lies behind the last copy, if there is anything, or was.
        let end = before.to + before.len;
        if end < self.len || before.from + before.len != self.base_len || self.copies.is_empty() {
            add(end..self.len, before);
        }
        Changes { list: changes, len: self.len }
    }

    /// Tells whether a match with this extent was copied with its context, in one piece.
    pub(super) fn is_copied(&self, extent: &Range<usize>) -> bool {
        let at = self.copies.partition_point(|copied| copied.to <= extent.start);
        let Some(copied) = at.checked_sub(1).map(|at| self.copies[at]) else { return false };
        let (start, end) = (copied.to, copied.to + copied.len);
        let begins = start + CONTEXT <= extent.start || (start == 0 && copied.from == 0);
        let ends = extent.end + CONTEXT <= end || (end == self.len && copied.from + copied.len == self.base_len);
        begins && extent.end <= end && ends
    }

    /// Returns where the extents of the base, in order of their beginnings, are copied to with their
    /// context: each with its index and the copy.
    pub(super) fn copied<'a, T>(
        &'a self,
        held: &'a [T],
        extent: impl Fn(&T) -> Range<usize> + Copy + 'a,
    ) -> impl Iterator<Item = (&'a T, Copied)> + 'a {
        // Only what ends where both texts do can be as short and take anything along with its context.
        let is_edge = |copied: &Copied| copied.to == 0 || copied.to + copied.len == self.len;
        let copies = if held.is_empty() { &[] } else { self.copies };
        let copies = copies.iter().filter(move |copied| copied.len >= CONTEXT || is_edge(copied));
        copies.flat_map(move |copied| {
            let first = held.partition_point(|one| extent(one).start < copied.from);
            let inside = held[first..].iter().take_while(move |one| extent(one).start < copied.from + copied.len);
            let keeps = move |one: &&T| self.keeps(*copied, &extent(one));
            inside.filter(keeps).map(|one| (one, *copied))
        })
    }

    /// Tells whether a copy takes an extent of the base with its context.
    fn keeps(&self, copied: Copied, extent: &Range<usize>) -> bool {
        let (start, end) = (copied.from, copied.from + copied.len);
        let begins = start + CONTEXT <= extent.start || (start == 0 && copied.to == 0);
        let ends = extent.end + CONTEXT <= end || (end == self.base_len && copied.to + copied.len == self.len);
        begins && extent.end <= end && ends
    }
}

/// Tells whether a window on a text of `len` bytes holds an extent with its context.
pub(super) fn sees(window: &Range<usize>, len: usize, extent: &Range<usize>) -> bool {
    (window.start == 0 || window.start + CONTEXT <= extent.start)
        && (window.end == len || extent.end + CONTEXT <= window.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_that_is_copied_whole_has_no_windows() {
        let copies = [Copied { from: 0, to: 0, len: 5000 }];

        assert_eq!(Delta { base_len: 5000, len: 5000, copies: &copies }.changes().windows().count(), 0);
    }

    #[test]
    fn an_insert_a_seam_and_a_changed_end_each_have_a_window() {
        let copies = [
            Copied { from: 0, to: 0, len: 10_000 },
            Copied { from: 10_000, to: 10_001, len: 10_000 },
            Copied { from: 30_000, to: 20_001, len: 10_000 },
        ];
        let delta = Delta { base_len: 50_000, len: 30_001, copies: &copies };

        let around = |start: usize, end: usize| start - REACH..(end + REACH).min(30_001);
        assert_eq!(
            delta.changes().windows().collect::<Vec<_>>(),
            [around(10_000, 10_001), around(20_001, 20_001), around(30_001, 30_001)]
        );
    }

    #[test]
    fn a_beginning_that_was_none_has_a_window() {
        let copies = [Copied { from: 10, to: 0, len: 5000 }];

        let delta = Delta { base_len: 5010, len: 5000, copies: &copies };

        assert_eq!(delta.changes().windows().collect::<Vec<_>>(), vec![0..REACH]);
    }

    #[test]
    fn what_counts_as_copied_is_what_the_base_hands_on() {
        let copies = [Copied { from: 0, to: 0, len: 3000 }, Copied { from: 4000, to: 3001, len: 2000 }];
        let delta = Delta { base_len: 6000, len: 5001, copies: &copies };
        for start in 0..4970 {
            let extent = start..start + 30;
            let copy = copies.iter().find(|copied| copied.to <= start && start < copied.to + copied.len);
            let handed_on = copy.is_some_and(|copied| {
                let from = start - copied.to + copied.from;
                delta.keeps(*copied, &(from..from + 30))
            });

            assert_eq!(delta.is_copied(&extent), handed_on, "{start}");
        }
    }
}
