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

/// How far around a dirty stretch anything is looked at: a clue lies up to once the reach of clues away, and from there
/// `Engine::follow_clues` looks twice that far.
pub(super) const SIGHT: usize = 3 * clues::REACH;

/// Stretches that lie no further apart are searched as one: a search costs more to begin than to go on.
const GAP: usize = 64;

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

impl Delta<'_> {
    /// Returns the windows in which every match that was not copied lies, with its context.
    pub(super) fn windows(&self) -> impl Iterator<Item = Range<usize>> {
        joined(self.around(REACH), 0)
    }

    /// Returns the windows in which every clue begins that may lead to a match that was not copied.
    pub(super) fn windows_of_clues(&self) -> impl Iterator<Item = Range<usize>> {
        joined(self.around(clues::REACH), 0)
    }

    /// Returns the stretches of the object, given its bytes, in which every clue begins that was not copied.
    ///
    /// What lies between two of them was copied in one piece.
    pub(super) fn stretches(&self, bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
        joined(joined(self.around(clues::MARGIN), GAP).map(|window| clues::uncut(bytes, &window)), 0)
    }

    /// Returns windows that reach so far around each dirty stretch.
    fn around(&self, reach: usize) -> impl Iterator<Item = Range<usize>> {
        self.dirty().map(move |dirty| dirty.start.saturating_sub(reach)..self.len.min(dirty.end + reach))
    }

    /// Returns each stretch that was not copied, and each seam, in order.
    fn dirty(&self) -> impl Iterator<Item = Range<usize>> {
        let mut at = 0;
        let before = self.copies.iter().enumerate().filter_map(move |(index, copied)| {
            let dirty = at..copied.to;
            at = copied.to + copied.len;
            // An insert, a seam of two copies, or a beginning that was none.
            (!dirty.is_empty() || index > 0 || copied.from > 0).then_some(dirty)
        });
        before.chain(self.dirty_end())
    }

    /// Returns what lies behind the last copy, if there is anything, or was.
    fn dirty_end(&self) -> Option<Range<usize>> {
        let (to, from) = self.copies.last().map_or((0, 0), |last| (last.to + last.len, last.from + last.len));
        (to < self.len || from != self.base_len || self.copies.is_empty()).then_some(to..self.len)
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
        self.copies.iter().flat_map(move |copied| {
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

/// Makes one of windows, in order, between which no more than a gap lies.
fn joined(windows: impl Iterator<Item = Range<usize>>, gap: usize) -> impl Iterator<Item = Range<usize>> {
    let mut windows = windows.peekable();
    std::iter::from_fn(move || {
        let mut window = windows.next()?;
        while let Some(next) = windows.next_if(|next| next.start <= window.end + gap) {
            window.end = window.end.max(next.end);
        }
        Some(window)
    })
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

        assert_eq!(Delta { base_len: 5000, len: 5000, copies: &copies }.windows().count(), 0);
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
            delta.windows().collect::<Vec<_>>(),
            [around(10_000, 10_001), around(20_001, 20_001), around(30_001, 30_001)]
        );
    }

    #[test]
    fn a_beginning_that_was_none_has_a_window() {
        let copies = [Copied { from: 10, to: 0, len: 5000 }];

        let delta = Delta { base_len: 5010, len: 5000, copies: &copies };

        assert_eq!(delta.windows().collect::<Vec<_>>(), vec![0..REACH]);
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
