//! Secrets whose pieces are joined: literals with an operator between them, a continued line, a list made one.

use std::ops::Range;

use super::joint::{self, Joint};
use super::locality::Reach;
use super::runs::SHORTEST;
use super::view::{Code, View};

/// Undoes string concatenation and line continuation around the run `run`.
///
/// `None` when nothing is joined to it, or when an earlier run of the same
/// chain stands for it.
pub(super) fn joined(text: &[u8], run: &Range<usize>, reach: Reach) -> Option<View> {
    let listed = || {
        let pieces = chain(text, run, reach, Joint::Comma)?;
        joint::is_concatenated(text, &(pieces[0].start..pieces[pieces.len() - 1].end)).then_some(pieces)
    };
    let pieces = chain(text, run, reach, Joint::Sign).or_else(listed)?;
    Some(view_of(text, &pieces, reach))
}

/// Follows the pieces that are joined to a run, in both directions.
fn chain(text: &[u8], run: &Range<usize>, reach: Reach, joint: Joint) -> Option<Vec<Range<usize>>> {
    let is_alone = || joint::piece_after(text, run.end, joint).is_none();
    let mut next = joint::piece_before(text, run.start, joint);
    if next.is_none() && is_alone() {
        return None;
    }
    let mut pieces = vec![run.clone()];
    while let Some(before) = next {
        if before.len() >= SHORTEST {
            return None;
        }
        next = joint::piece_before(text, before.start, joint);
        pieces.insert(0, before);
        within(&pieces, reach)?;
    }
    while let Some(after) = pieces.last().and_then(|piece| joint::piece_after(text, piece.end, joint)) {
        pieces.push(after);
        within(&pieces, reach)?;
    }
    (pieces.len() > 1).then_some(pieces)
}

/// Gives up on a chain that is longer than any match.
fn within(pieces: &[Range<usize>], reach: Reach) -> Option<()> {
    (pieces[pieces.len() - 1].end - pieces[0].start <= reach.longest).then_some(())
}

fn view_of(text: &[u8], pieces: &[Range<usize>], reach: Reach) -> View {
    let extent = pieces[0].start..pieces[pieces.len() - 1].end;
    View::around(text, extent, reach, "joined from several pieces", |view| {
        for piece in pieces {
            view.push(Code::Plain, piece.start, &text[piece.clone()]);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(text: &str, piece: &str) -> Option<String> {
        let at = text.find(piece).unwrap();
        let view = joined(text.as_bytes(), &(at..at + piece.len()), Reach::BYTES)?;
        Some(String::from_utf8(view.text[view.core].to_vec()).unwrap())
    }

    #[test]
    fn concatenated_literals_become_one() {
        let whole = Some("abcdefghijklmnop0123".to_owned());

        assert_eq!(join("k = \"abcdefghijklmnop\" + \"0123\"", "abcdefghijklmnop"), whole);
        assert_eq!(join("k = 'abcdefghijklmnop' .\n  '0123'", "abcdefghijklmnop"), whole);
        assert_eq!(join("k = \"abcdefghijklmnop\"\n    \"0123\"", "abcdefghijklmnop"), whole);
        assert_eq!(join("k = \"abcdefghijklmnop\" & _\r\n \"0123\"", "abcdefghijklmnop"), whole);
        assert_eq!(join("K=abcdefghijklmnop\\\n0123", "abcdefghijklmnop"), whole);
        assert_eq!(join("k = \"a\" + \"bcdefghijklmnopqr\"", "bcdefghijklmnopqr"), Some("abcdefghijklmnopqr".into()));
    }

    #[test]
    fn elements_of_a_list_stay_apart() {
        assert_eq!(join("['abcdefghijklmnop', '0123']", "abcdefghijklmnop"), None);
        assert_eq!(join("'abcdefghijklmnop''0123'", "abcdefghijklmnop"), None);
        assert_eq!(join("abcdefghijklmnop", "abcdefghijklmnop"), None);
    }

    #[test]
    fn a_place_in_joined_text_points_at_the_original_bytes() {
        let text = b"k = \"abcdefghijklmnop\" + \"0123\"";

        let view = joined(text, &(5..21), Reach::BYTES).unwrap();

        assert_eq!(view.original(&view.core), 5..30);
        assert_eq!(&text[view.whole.unwrap()], b"abcdefghijklmnop\" + \"0123");
    }
}
