//! Which lines of a text are new against an earlier one.

use std::ops::Range;

use git2::{DiffOptions, Patch};

use crate::error::Result;
use crate::git::failed;

/// Texts larger than this are not compared: all their lines count as new.
///
/// libgit2 takes one of them for binary at about 1 GB; well before that, the
/// comparison costs more than it saves.
const MAX_COMPARED_BYTES: usize = 256 << 20;

/// Returns the lines of `new` that are not in `old`: one-based, half-open, in order.
///
/// Lines end at a line feed, and what follows the last one is a line too. Every
/// text is compared as text, also one with NUL bytes.
pub fn added_lines(old: &[u8], new: &[u8]) -> Result<Vec<Range<u64>>> {
    if old.len().max(new.len()) > MAX_COMPARED_BYTES && old != new {
        return Ok(std::iter::once(1..count_lines(new) + 1).collect());
    }
    let added = changed_lines(old, new)?.into_iter().map(|(_, added)| added);
    Ok(added.filter(|added| !added.is_empty()).collect())
}

/// Returns which lines of `old` became which lines of `new`; either may be none.
fn changed_lines(old: &[u8], new: &[u8]) -> Result<Vec<(Range<u64>, Range<u64>)>> {
    if old == new {
        return Ok(Vec::new());
    }
    let doing = "compare two texts";
    let mut options = DiffOptions::new();
    options.force_text(true).context_lines(0).interhunk_lines(0).indent_heuristic(false);
    let patch = Patch::from_buffers(old, None, new, None, Some(&mut options)).map_err(failed(doing, ""))?;
    let lines = |first: u32, count: u32| u64::from(first)..u64::from(first) + u64::from(count);
    (0..patch.num_hunks())
        .map(|index| {
            let (hunk, _) = patch.hunk(index).map_err(failed(doing, ""))?;
            Ok((lines(hunk.old_start(), hunk.old_lines()), lines(hunk.new_start(), hunk.new_lines())))
        })
        .collect()
}

/// Counts the lines of a text that is not empty.
fn count_lines(text: &[u8]) -> u64 {
    text.strip_suffix(b"\n").unwrap_or(text).split(|byte| *byte == b'\n').count() as u64
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "one range is what is meant")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_lines_that_are_new_are_added() {
        assert_eq!(added_lines(b"a\nb\nc\n", b"a\nx\nc\ny\n").unwrap(), [2..3, 4..5]);
    }

    #[test]
    fn against_nothing_all_lines_are_new() {
        assert_eq!(added_lines(b"", b"a\nb").unwrap(), [1..3]);
        assert_eq!(added_lines(b"", b"").unwrap(), []);
    }

    #[test]
    fn a_last_line_counts_with_and_without_its_line_feed() {
        assert_eq!(count_lines(b"a\nb"), 2);
        assert_eq!(count_lines(b"a\nb\n"), 2);
        assert_eq!(count_lines(b"\n\n"), 2);
    }

    #[test]
    fn a_removed_line_adds_nothing() {
        assert_eq!(added_lines(b"a\nb\nc\n", b"a\nc\n").unwrap(), []);
    }

    #[test]
    fn texts_with_nul_bytes_are_compared_as_text() {
        assert_eq!(added_lines(b"a\0\nb\n", b"a\0\nb\nc\0\n").unwrap(), [3..4]);
    }

    #[test]
    fn a_line_feed_at_the_end_makes_the_last_line_another_one() {
        assert_eq!(added_lines(b"a\nb", b"a\nb\n").unwrap(), [2..3]);
        assert_eq!(added_lines(b"a\r\nb\r\n", b"a\nb\r\n").unwrap(), [1..2]);
    }

    /// Takes lines out of a text.
    fn without(text: &[u8], ranges: &[Range<u64>]) -> Vec<u8> {
        let lines = text.split_inclusive(|byte| *byte == b'\n').zip(1_u64..);
        let kept = lines.filter(|(_, line)| !ranges.iter().any(|range| range.contains(line)));
        kept.flat_map(|(line, _)| line.to_vec()).collect()
    }

    /// Generates texts of few distinct lines, so that many of them meet again.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let line = prop::sample::select(vec!["a\n", "b\n", "b\r\n", "\n", "{\n", "}\n", "x\0y\n", "\r", "long line\n"]);
        let end = prop::sample::select(vec!["", "end", "a", "\r", "\0"]);
        (prop::collection::vec(line, 0..40), end).prop_map(|(lines, end)| (lines.concat() + end).into_bytes())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn without_added_lines_the_new_text_is_the_old_one_without_removed_lines(old in text(), new in text()) {
            let (removed, added): (Vec<_>, Vec<_>) = changed_lines(&old, &new).unwrap().into_iter().unzip();

            prop_assert_eq!(without(&new, &added), without(&old, &removed));
            let listed = added_lines(&old, &new).unwrap();
            prop_assert_eq!(without(&new, &listed), without(&new, &added));
        }
    }
}
