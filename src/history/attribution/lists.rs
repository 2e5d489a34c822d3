//! Lists of numbers, each kept once, and those that differ little mostly shared.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::ops::Range;

use crate::history::attribution::mixer::Fast;

/// How many members a list has at most before it is cut into parts.
const LONGEST: usize = 64;
/// One member of so many ends a part.
const CUT: u32 = 16;

/// All lists there are.
///
/// A long list is a list of parts, cut behind members whose bits say so: a change
/// leaves all parts as they are but the one in which it lies. The numbers of lists
/// begin where those of their members end, so a part is told from a member.
pub(super) struct Lists {
    /// The number of the first list.
    first: u32,
    members: Vec<u32>,
    /// Where each list's members end; they begin where those of the list before end.
    ends: Vec<usize>,
    /// The lists by a hash of their members.
    by_hash: HashMap<u64, Vec<u32>, Fast>,
}

impl Lists {
    /// Makes lists of numbers below `first`.
    pub(super) fn of_numbers_below(first: u32) -> Self {
        let (members, ends) = (Vec::new(), Vec::new());
        Self { first, members, ends, by_hash: HashMap::default() }
    }

    /// Returns the number of a list.
    pub(super) fn number(&mut self, list: &[u32]) -> u32 {
        if list.len() <= LONGEST {
            return self.part(list);
        }
        let parts: Vec<u32> = cuts(list).map(|part| self.part(&list[part])).collect();
        self.number(&parts)
    }

    /// Tells whether a number is that of a list.
    pub(super) fn has(&self, number: u32) -> bool {
        number >= self.first
    }

    /// Returns how many lists there are, parts too.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns what a list is made of: members, or parts that are lists themselves.
    pub(super) fn members(&self, number: u32) -> &[u32] {
        let index = (number - self.first) as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.members[start..self.ends[index]]
    }

    /// Returns the number of a list that is not cut.
    fn part(&mut self, list: &[u32]) -> u32 {
        let hash = Fast::default().hash_one(list);
        let known = self.by_hash.get(&hash).into_iter().flatten().find(|number| self.members(**number) == list);
        if let Some(number) = known {
            return *number;
        }
        let number = u32::try_from(self.ends.len()).ok().and_then(|index| self.first.checked_add(index));
        let number = number.expect("fewer than 4,294,967,296 lists");
        self.members.extend_from_slice(list);
        self.ends.push(self.members.len());
        self.by_hash.entry(hash).or_default().push(number);
        number
    }
}

/// Cuts a list into parts of at least 2 and at most [`LONGEST`] members, but for the last.
fn cuts(list: &[u32]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = &list[start..];
        let ends = |(at, member): (usize, &u32)| at > 0 && (at + 1 == LONGEST || mixed(*member).is_multiple_of(CUT));
        let len = rest.iter().enumerate().position(ends).map_or(rest.len(), |last| last + 1);
        let part = start..start + len;
        start += len;
        (len > 0).then_some(part)
    })
}

/// Mixes the bits of a number, so that neighbours do not cut alike.
fn mixed(number: u32) -> u32 {
    number.wrapping_mul(0x9e37_79b9) >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a list back.
    fn flat(lists: &Lists, number: u32) -> Vec<u32> {
        if !lists.has(number) {
            return vec![number];
        }
        lists.members(number).to_vec().into_iter().flat_map(|member| flat(lists, member)).collect()
    }

    #[test]
    fn a_list_is_kept_once_and_reads_back_the_same() {
        let mut lists = Lists::of_numbers_below(10_000);
        for len in [0, 1, 64, 65, 1000, 9000] {
            let list: Vec<u32> = (0..len).collect();

            let number = lists.number(&list);

            assert_eq!(flat(&lists, number), list);
            assert_eq!(lists.number(&list), number);
        }
    }

    #[test]
    fn a_long_list_shares_nearly_everything_with_one_that_differs_little() {
        let mut lists = Lists::of_numbers_below(10_000);
        let mut list: Vec<u32> = (0..9000).collect();
        lists.number(&list);
        let before = lists.members.len();

        list.remove(4000);
        lists.number(&list);

        assert!(lists.members.len() - before < 200, "{} members more", lists.members.len() - before);
    }
}
