//! Texts made from a text by undoing an encoding, and the way back to the original bytes.
//!
//! An encoding is undone where it stands, with some text around it, so that names
//! beside the value are seen as usual. Each has its own file: `coded.rs` (a value in
//! base64 or hex digits), `block.rs` (base64 of any length, over lines), `wide.rs`
//! (UTF-16, UTF-32), `escaped.rs` (escapes), `pieces.rs` (joined literals).

use std::ops::Range;

use super::locality::Reach;

/// A decoded text.
#[derive(Debug)]
pub(super) struct View {
    /// The decoded bytes.
    pub(super) text: Vec<u8>,
    /// The stretches it was made of, in order of both texts.
    pieces: Vec<Piece>,
    /// The part of `text` in which findings count; the rest is context.
    pub(super) core: Range<usize>,
    /// The original bytes that the core was made of, where they belong together; otherwise each match stands for itself.
    pub(super) whole: Option<Range<usize>>,
    /// How far detectors look in it.
    pub(super) reach: Reach,
    /// What was undone.
    pub(super) evidence: &'static str,
}

/// A stretch of a view and where it came from.
#[derive(Debug)]
struct Piece {
    /// Where it begins in the view.
    at: usize,
    /// Where it begins in the original.
    from: usize,
    /// How it was encoded.
    code: Code,
}

/// How a stretch was encoded.
#[derive(Debug, Clone, Copy)]
pub(super) enum Code {
    /// Not at all.
    Plain,
    /// So many bytes a character.
    Wide(usize),
    /// Four characters for three bytes.
    Base64,
    /// Two digits a byte.
    Hex,
    /// So many bytes for one.
    Escaped(usize),
}

impl View {
    /// An empty view.
    pub(super) fn new(reach: Reach, evidence: &'static str) -> Self {
        Self { text: Vec::new(), pieces: Vec::new(), core: 0..0, whole: None, reach, evidence }
    }

    /// A view of what `whole` stands for, with the text around it as it is; `fill` adds what it stands for.
    pub(super) fn around(
        text: &[u8],
        whole: Range<usize>,
        reach: Reach,
        evidence: &'static str,
        fill: impl FnOnce(&mut Self),
    ) -> Self {
        let before = whole.start.saturating_sub(reach.context);
        let mut view = Self::new(reach, evidence);
        view.push(Code::Plain, before, &text[before..whole.start]);
        let core = view.text.len();
        fill(&mut view);
        view.core = core..view.text.len();
        view.push(Code::Plain, whole.end, &text[whole.end..text.len().min(whole.end + reach.context)]);
        view.whole = Some(whole);
        view
    }

    /// Adds a stretch.
    pub(super) fn push(&mut self, code: Code, from: usize, bytes: &[u8]) {
        self.pieces.push(Piece { at: self.text.len(), from, code });
        self.text.extend_from_slice(bytes);
    }

    /// Returns the original bytes that a non-empty stretch of the view was made of, with the padding behind the last.
    pub(super) fn original(&self, span: &Range<usize>) -> Range<usize> {
        let padded = self.whole.as_ref().filter(|_| span.end == self.core.end).map(|whole| whole.end);
        self.first_byte_of(span.start)..padded.unwrap_or_else(|| self.end_of(span.end - 1))
    }

    fn piece_of(&self, at: usize) -> &Piece {
        &self.pieces[self.pieces.partition_point(|piece| piece.at <= at) - 1]
    }

    fn first_byte_of(&self, at: usize) -> usize {
        let piece = self.piece_of(at);
        let offset = at - piece.at;
        piece.from
            + match piece.code {
                Code::Plain | Code::Escaped(_) => offset,
                Code::Wide(width) => offset * width,
                Code::Base64 => offset / 3 * 4 + offset % 3,
                Code::Hex => offset * 2,
            }
    }

    fn end_of(&self, at: usize) -> usize {
        let length = match self.piece_of(at).code {
            Code::Plain | Code::Wide(_) => 1,
            Code::Base64 | Code::Hex => 2,
            Code::Escaped(length) => length,
        };
        self.first_byte_of(at) + length
    }
}

/// Tells whether a byte stands in texts that people read.
pub(super) const fn is_readable(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}
