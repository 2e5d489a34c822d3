//! What is written so that no run of a text shows it, and how it is scanned once that is undone.

use std::ops::Range;

use super::found::Match;
use super::locality::Reach;
use super::runs::{self, Runs};
use super::view::View;
use super::{Engine, block, coded, escaped, wide};

/// Signs that something may stand in a text that no run of it shows.
#[derive(Debug)]
pub(super) struct Signs {
    /// Where escapes begin that may stand for a character of a token, in order.
    pub(super) escapes: Vec<usize>,
    /// Where runs begin around which base64 may stand, in order.
    pub(super) blocks: Vec<usize>,
    /// Whether there may be a zero.
    pub(super) has_zero: bool,
}

impl Signs {
    /// Looks for them.
    pub(super) fn of(text: &[u8]) -> Self {
        let mut runs = runs::runs(text);
        let blocks = runs.by_ref().filter(|run| block::is_around(text, run)).map(|run| run.start).collect();
        Self::beside(text, runs, blocks)
    }

    /// Looks for those that are not known after a search for runs.
    pub(super) fn beside(text: &[u8], runs: Runs<'_>, blocks: Vec<usize>) -> Self {
        Self { escapes: runs.into_escapes(), blocks, has_zero: text.contains(&0) }
    }

    /// Tells whether there is none.
    pub(super) fn are_none(&self) -> bool {
        self.escapes.is_empty() && self.blocks.is_empty() && !self.has_zero
    }
}

impl Engine {
    /// Scans what signs say may be hidden in a text, as far as it lies in `core`; `depth` is what encodings may lie in it.
    pub(super) fn undo_all(
        &self,
        text: &[u8],
        signs: &Signs,
        core: &Range<usize>,
        reach: Reach,
        depth: usize,
        found: &mut Vec<Match>,
    ) {
        let is_inside = |stretch: &Range<usize>| core.start <= stretch.start && stretch.end <= core.end;
        let escaped = escaped::stretches(text, signs.escapes.iter().copied()).filter(is_inside);
        let escaped = escaped.filter_map(|stretch| escaped::view(text, &stretch, reach));
        let blocks = block::views(text, signs.blocks.iter().copied(), reach);
        let wide = signs.has_zero.then(|| wide::views(text, reach));
        let views = wide.into_iter().flatten().chain(blocks).chain(escaped);
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
        self.scan_deep(&view.text, &view.core, view.reach, depth, &mut inner);
        let counts = |found: &Match| view.core.start <= found.span.start && found.span.end <= view.core.end;
        for mut one in inner.into_iter().filter(counts) {
            one.span = view.original(&one.span);
            one.extent = view.whole.clone().unwrap_or_else(|| view.original(&one.extent));
            one.evidence.push(view.evidence);
            found.push(one);
        }
    }
}
