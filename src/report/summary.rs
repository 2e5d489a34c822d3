//! What a scan comes to in numbers, and the line that says it.

use std::collections::BTreeMap;

use crate::finding::Verdict;
use crate::outcome::Outcome;
use crate::text::Skip;

/// What a scan comes to in numbers; `planned` is the sum of `scanned`, `failed` and all of `skipped`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Summary {
    /// How many things were to be scanned.
    pub(super) planned: u64,
    /// How many were.
    pub(super) scanned: u64,
    /// How many could not be.
    pub(super) failed: u64,
    /// How many were left out, by reason.
    pub(super) skipped: BTreeMap<Skip, u64>,
    /// How many bytes were scanned.
    pub(super) bytes: u64,
    /// Findings that block.
    pub(super) leaks: u64,
    /// Findings that warn.
    pub(super) warnings: u64,
    /// Findings with weak evidence, or on old lines.
    pub(super) notes: u64,
    /// Findings that somebody allowed.
    pub(super) allowed: u64,
}

impl Summary {
    /// Counts what is in an outcome.
    pub(super) fn of(outcome: &Outcome) -> Self {
        let mut summary = Self {
            planned: outcome.planned,
            scanned: outcome.scanned,
            failed: outcome.failed,
            skipped: outcome.skipped_by_reason(),
            bytes: outcome.bytes,
            leaks: 0,
            warnings: 0,
            notes: 0,
            allowed: 0,
        };
        for finding in &outcome.findings {
            match finding.verdict {
                Verdict::Leak => summary.leaks += 1,
                Verdict::Warning => summary.warnings += 1,
                Verdict::Note(_) => summary.notes += 1,
                Verdict::Allowed(_) => summary.allowed += 1,
            }
        }
        summary
    }

    /// Says it in one line: `scanned 12 of 14 (1 submodule, 1 ignored), 3.2 MB: 1 leak, 2 warnings`.
    pub(super) fn line(&self) -> String {
        format!("scanned {}, {}: {}", self.coverage(), size(self.bytes), self.found())
    }

    /// Says how much was scanned, with the reasons for the rest.
    fn coverage(&self) -> String {
        let mut rest: Vec<String> = self.skipped.iter().map(|(why, count)| skipped(*why, *count)).collect();
        if self.failed > 0 {
            rest.push(format!("{} failed", self.failed));
        }
        if rest.is_empty() {
            return format!("{} of {}", self.scanned, self.planned);
        }
        format!("{} of {} ({})", self.scanned, self.planned, rest.join(", "))
    }

    /// Says what was found; leaks always, the rest if there is any.
    fn found(&self) -> String {
        let leaks = if self.leaks == 0 { "no leaks".to_owned() } else { counted(self.leaks, "leak") };
        let allowed = (self.allowed > 0).then(|| format!("{} allowed", self.allowed));
        let warnings = (self.warnings > 0).then(|| counted(self.warnings, "warning"));
        let notes = (self.notes > 0).then(|| counted(self.notes, "note"));
        let parts: Vec<String> = [Some(leaks), warnings, notes, allowed].into_iter().flatten().collect();
        parts.join(", ")
    }
}

/// Says how many of something there are, in the plural where it belongs.
#[must_use]
pub fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Says how many things were left out for one reason.
fn skipped(why: Skip, count: u64) -> String {
    match why {
        Skip::Ignored => format!("{count} ignored"),
        Skip::Submodule => counted(count, "submodule"),
        Skip::TooLarge => format!("{count} too large"),
        Skip::SpecialFile => counted(count, "special file"),
        Skip::GitFolder => counted(count, "git folder"),
        Skip::CutOff => "history cut off by a shallow clone".to_owned(),
    }
}

/// Says a number of bytes with a decimal unit and at most one digit after the point.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| bytes >= *unit) else {
        return counted(bytes, "byte");
    };
    let tenths = bytes / (unit / 10);
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_with_a_unit_that_fits() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_000), "1.0 kB");
        assert_eq!(size(3_249_999), "3.2 MB");
        assert_eq!(size(u64::MAX), "18446744.0 TB");
    }

    #[test]
    fn the_line_shows_the_sum() {
        let summary = Summary {
            planned: 15,
            scanned: 12,
            failed: 1,
            skipped: BTreeMap::from([(Skip::Submodule, 1), (Skip::Ignored, 1)]),
            bytes: 3_200_000,
            leaks: 1,
            warnings: 2,
            notes: 0,
            allowed: 1,
        };

        assert_eq!(
            summary.line(),
            "scanned 12 of 15 (1 ignored, 1 submodule, 1 failed), 3.2 MB: 1 leak, 2 warnings, 1 allowed"
        );
    }

    #[test]
    fn a_clean_scan_says_that_there_are_no_leaks() {
        assert_eq!(Summary::of(&Outcome::default()).line(), "scanned 0 of 0, 0 bytes: no leaks");
    }
}
