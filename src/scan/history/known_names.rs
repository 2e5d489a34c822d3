//! Names in trees in which nothing was found: most trees repeat those of others.

use std::collections::HashSet;

/// How many bytes a short name has at most.
const SHORT: usize = 32;
/// How many short names are kept: those of a large project at any time.
const PLACES: usize = 4096;

/// Names that were scanned and hold no secret. Some are forgotten.
#[derive(Debug, Default)]
pub(super) struct KnownNames {
    /// Short names, filled up with zeros, each at a place that its bytes choose; nothing before the first comes.
    short: Vec<[u8; SHORT]>,
    long: HashSet<Vec<u8>>,
}

impl KnownNames {
    /// Tells whether a name was noted; `false` may be wrong.
    pub(super) fn holds(&self, name: &[u8]) -> bool {
        match filled(name) {
            Some(name) => self.short.get(place(&name)) == Some(&name),
            None => self.long.contains(name),
        }
    }

    /// Notes a name in which nothing was found.
    pub(super) fn note(&mut self, name: &[u8]) {
        let Some(name) = filled(name) else {
            self.long.insert(name.to_vec());
            return;
        };
        if self.short.is_empty() {
            self.short = vec![[0; SHORT]; PLACES];
        }
        self.short[place(&name)] = name;
    }
}

/// Fills a short name up; no name in a tree has a zero, so none becomes another.
fn filled(name: &[u8]) -> Option<[u8; SHORT]> {
    let mut filled = [0; SHORT];
    filled.get_mut(..name.len())?.copy_from_slice(name);
    Some(filled)
}

/// Chooses a place by all bytes of a name.
fn place(name: &[u8; SHORT]) -> usize {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, _) = name.as_chunks();
    let mixed =
        words.iter().fold(0_u64, |sum, word| (sum.rotate_left(23) ^ u64::from_le_bytes(*word)).wrapping_mul(ODD));
    let [high, low, ..] = mixed.to_be_bytes();
    usize::from(u16::from_be_bytes([high, low])) % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_known_and_nothing_else() {
        let mut names = KnownNames::default();
        let all: Vec<_> = (1..80).map(|length| vec![b'n'; length]).collect();

        assert!(all.iter().all(|name| !names.holds(name)));
        for name in &all {
            names.note(name);
            assert!(names.holds(name));
        }

        assert!(!names.holds(b"nnnnnnnnm") && !names.holds(&[b'm'; 80]));
    }

    #[test]
    fn a_place_is_for_the_name_that_came_last() {
        let mut names = KnownNames::default();
        let number = |number: usize| format!("file-{number}.rs").into_bytes();
        let count = 2 * PLACES;

        (0..count).for_each(|one| names.note(&number(one)));

        let known = (0..count).filter(|one| names.holds(&number(*one))).count();
        assert!((PLACES / 2..=PLACES).contains(&known), "{known}");
        assert!(names.holds(&number(count - 1)));
    }
}
