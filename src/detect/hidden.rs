//! What is written so that no run of a text shows it, and how it is scanned once that is undone.

use std::ops::Range;

use super::found::Match;
use super::locality::Reach;
use super::view::View;
use super::{DEPTH, Engine, block, coded, escaped, wide};

/// Tells whether digits of base64 that began before a text may go on in it.
pub(super) fn goes_on(text: &[u8]) -> bool {
    block::goes_on(text)
}

impl Engine {
    /// Finds every match that no run of a text shows, overlapping ones included.
    #[must_use]
    pub fn scan_hidden(&self, text: &[u8]) -> Vec<Match> {
        let mut found = Vec::new();
        self.undo_all(text, &(0..text.len()), Reach::BYTES, DEPTH, &mut found);
        self.settle(text, &mut found);
        found
    }

    /// Scans what is hidden in a text, as far as it lies in `core`.
    pub(super) fn undo_all(
        &self,
        text: &[u8],
        core: &Range<usize>,
        reach: Reach,
        depth: usize,
        found: &mut Vec<Match>,
    ) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let is_inside = |stretch: &Range<usize>| core.start <= stretch.start && stretch.end <= core.end;
        let escaped = escaped::stretches(text).filter(is_inside);
        let escaped = escaped.filter_map(|stretch| escaped::view(text, &stretch, reach));
        let views = wide::views(text, reach).chain(block::views(text, reach)).chain(escaped);
        views.for_each(|view| self.scan_view(&view, depth, found));
    }

    /// Scans what a run of hex digits stands for.
    pub(super) fn undo_hex(&self, text: &[u8], run: &Range<usize>, reach: Reach, depth: usize, found: &mut Vec<Match>) {
        if depth > 0
            && let Some(view) = coded::hex(text, run, reach)
        {
            self.scan_view(&view, depth - 1, found);
        }
    }

    /// Scans a decoded text and brings what counts back to the original bytes.
    pub(super) fn scan_view(&self, view: &View, depth: usize, found: &mut Vec<Match>) {
        let mut inner = Vec::new();
        self.scan_text(&view.text, &view.core, view.reach, depth, &mut inner);
        self.undo_all(&view.text, &view.core, view.reach, depth, &mut inner);
        let counts = |found: &Match| view.core.start <= found.span.start && found.span.end <= view.core.end;
        for mut one in inner.into_iter().filter(counts) {
            one.span = view.original(&one.span);
            one.extent = view.whole.clone().unwrap_or_else(|| view.original(&one.extent));
            one.evidence.push(view.evidence);
            found.push(one);
        }
    }
}
