//! Sets of small numbers, each kept once however many things share it.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use crate::history::attribution::mixer::Fast;

/// The number of a set; equal sets have equal numbers.
pub(super) type Set = u32;

/// The empty set.
pub(super) const EMPTY: Set = 0;

/// How many parts a node has.
const PARTS: usize = 16;

/// All sets there are.
///
/// A set is a tree of fixed height: words of 64 members at the bottom, nodes of 16
/// parts above. Words and nodes are kept once each, so sets that differ little share
/// nearly everything, and parts that two sets share are passed over when they are
/// compared.
pub(super) struct Sets {
    words: Pool<u64>,
    /// The nodes of each storey, the lowest first; the highest storey holds whole sets.
    storeys: Vec<Pool<[u32; PARTS]>>,
    /// What two parts of a storey come to; storey 0 is that of the words.
    unions: HashMap<(usize, u32, u32), u32, Fast>,
}

/// Values that are kept once each.
struct Pool<T> {
    values: Vec<T>,
    numbers: HashMap<T, u32, Fast>,
}

impl<T: Copy + Eq + Hash> Pool<T> {
    /// Makes a pool whose number 0 is `empty`.
    fn new(empty: T) -> Self {
        Self { values: vec![empty], numbers: std::iter::once((empty, EMPTY)).collect() }
    }

    /// Returns the number of a value.
    fn number(&mut self, value: T) -> u32 {
        let next = u32::try_from(self.values.len()).expect("fewer than 4,294,967,296 sets");
        let number = *self.numbers.entry(value).or_insert(next);
        if number == next {
            self.values.push(value);
        }
        number
    }

    fn value(&self, number: u32) -> T {
        self.values[number as usize]
    }
}

impl Sets {
    /// Makes room for sets of the numbers below `count`.
    pub(super) fn below(count: usize) -> Self {
        let (mut storeys, mut room) = (Vec::new(), 64);
        while room < count {
            storeys.push(Pool::new([EMPTY; PARTS]));
            room *= PARTS;
        }
        Self { words: Pool::new(0), storeys, unions: HashMap::default() }
    }

    /// Returns the set of one number.
    pub(super) fn only(&mut self, member: usize) -> Set {
        let mut part = self.words.number(1 << (member % 64));
        let mut rest = member / 64;
        for storey in &mut self.storeys {
            let mut node = [EMPTY; PARTS];
            node[rest % PARTS] = part;
            part = storey.number(node);
            rest /= PARTS;
        }
        part
    }

    /// Returns a set with one more number, if there is one.
    pub(super) fn with(&mut self, set: Set, member: Option<usize>) -> Set {
        let Some(member) = member else { return set };
        let only = self.only(member);
        self.union(set, only)
    }

    /// Returns the set of all that is in one or the other.
    pub(super) fn union(&mut self, one: Set, other: Set) -> Set {
        self.union_at(self.storeys.len(), one, other)
    }

    /// Returns the set of all that is in any of some sets, which are used up.
    ///
    /// No set is kept that is only met on the way.
    pub(super) fn union_of(&mut self, sets: &mut Vec<Set>) -> Set {
        self.union_of_at(self.storeys.len(), sets)
    }

    fn union_of_at(&mut self, storey: usize, parts: &mut Vec<u32>) -> u32 {
        parts.retain(|part| *part != EMPTY);
        parts.sort_unstable();
        parts.dedup();
        match (parts.as_slice(), storey) {
            ([], _) => EMPTY,
            ([one], _) => *one,
            ([one, other], _) => self.union_at(storey, *one, *other),
            (parts, 0) => {
                let word = parts.iter().fold(0, |word, part| word | self.words.value(*part));
                self.words.number(word)
            }
            (parts, _) => {
                let nodes: Vec<[u32; PARTS]> = parts.iter().map(|part| self.storeys[storey - 1].value(*part)).collect();
                let mut below = Vec::with_capacity(nodes.len());
                let mut union = [EMPTY; PARTS];
                for (at, part) in union.iter_mut().enumerate() {
                    below.clear();
                    below.extend(nodes.iter().map(|node| node[at]));
                    *part = self.union_of_at(storey - 1, &mut below);
                }
                self.storeys[storey - 1].number(union)
            }
        }
    }

    fn union_at(&mut self, storey: usize, one: u32, other: u32) -> u32 {
        if one == other || other == EMPTY {
            return one;
        }
        if one == EMPTY {
            return other;
        }
        let key = (storey, one.min(other), one.max(other));
        if let Some(known) = self.unions.get(&key) {
            return *known;
        }
        let union = if storey == 0 {
            self.words.number(self.words.value(one) | self.words.value(other))
        } else {
            let mut node = self.storeys[storey - 1].value(one);
            let others = self.storeys[storey - 1].value(other);
            for (part, other) in node.iter_mut().zip(others) {
                *part = self.union_at(storey - 1, *part, other);
            }
            self.storeys[storey - 1].number(node)
        };
        self.unions.insert(key, union);
        union
    }

    /// Tells whether a set has a number.
    pub(super) fn has(&self, set: Set, member: usize) -> bool {
        let (mut part, mut room) = (set, 64 * PARTS.pow(u32::try_from(self.storeys.len()).unwrap_or(u32::MAX)));
        for storey in self.storeys.iter().rev() {
            room /= PARTS;
            part = storey.value(part)[member / room % PARTS];
        }
        self.words.value(part) >> (member % 64) & 1 == 1
    }

    /// Calls `take` with each number that is in `set` and not in `without`, in order.
    pub(super) fn each_new(&self, set: Set, without: Set, take: &mut impl FnMut(usize)) {
        self.each_new_at(self.storeys.len(), set, without, 0, take);
    }

    fn each_new_at(&self, storey: usize, set: u32, without: u32, first: usize, take: &mut impl FnMut(usize)) {
        if set == without || set == EMPTY {
            return;
        }
        if storey == 0 {
            let mut word = self.words.value(set) & !self.words.value(without);
            while word != 0 {
                take(first * 64 + word.trailing_zeros() as usize);
                word &= word - 1;
            }
            return;
        }
        let (node, other) = (self.storeys[storey - 1].value(set), self.storeys[storey - 1].value(without));
        for (at, (part, without)) in node.into_iter().zip(other).enumerate() {
            self.each_new_at(storey - 1, part, without, first * PARTS + at, take);
        }
    }

    /// Returns for each number below `count` in how many of the given sets it is.
    pub(super) fn count(&self, sets: impl IntoIterator<Item = Set>, count: usize) -> Vec<usize> {
        let mut sets: Vec<Set> = sets.into_iter().filter(|set| *set != EMPTY).collect();
        sets.sort_unstable();
        let runs = sets.chunk_by(|one, other| one == other);
        let mut times: BTreeMap<(usize, u32), usize> = runs.map(|run| ((0, run[0]), run.len())).collect();
        for storey in self.storeys.iter().rev() {
            let mut parts: BTreeMap<(usize, u32), usize> = BTreeMap::new();
            for ((first, node), times) in times {
                for (at, part) in storey.value(node).into_iter().enumerate().filter(|(_, part)| *part != EMPTY) {
                    *parts.entry((first * PARTS + at, part)).or_default() += times;
                }
            }
            times = parts;
        }
        let mut counts = vec![0; count];
        for ((first, word), times) in times {
            let word = self.words.value(word);
            (0..64).filter(|bit| word >> bit & 1 == 1).for_each(|bit| counts[first * 64 + bit] += times);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn set_of(sets: &mut Sets, members: &BTreeSet<usize>) -> Set {
        members.iter().fold(EMPTY, |set, member| sets.with(set, Some(*member)))
    }

    fn members(count: usize) -> impl Strategy<Value = BTreeSet<usize>> {
        prop::collection::btree_set(0..count, 0..40)
    }

    proptest! {
        #[test]
        fn sets_do_what_sets_do(
            (count, one, other) in (1..5000_usize).prop_flat_map(|count| (Just(count), members(count), members(count)))
        ) {
            let mut sets = Sets::below(count);
            let (a, b) = (set_of(&mut sets, &one), set_of(&mut sets, &other));

            let union = sets.union(a, b);
            let mut new = Vec::new();
            sets.each_new(a, b, &mut |member| new.push(member));
            let counts = sets.count([a, b, b], count);

            prop_assert_eq!(union, set_of(&mut sets, &(&one | &other)));
            let mut single: Vec<Set> = one.iter().chain(&other).map(|member| sets.only(*member)).collect();
            prop_assert_eq!(union, sets.union_of(&mut single));
            prop_assert_eq!(new, (&one - &other).into_iter().collect::<Vec<_>>());
            for (member, times) in counts.into_iter().enumerate() {
                prop_assert_eq!(sets.has(a, member), one.contains(&member));
                prop_assert_eq!(times, usize::from(one.contains(&member)) + 2 * usize::from(other.contains(&member)));
            }
        }
    }
}
