//! The numbered units into which the work on a pack is cut.

use std::ops::Range;

/// Some of the units of a pack, as stretches of numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Units(Vec<Range<u32>>);

impl Units {
    /// Returns all units of a pack that has `total` of them.
    #[must_use]
    pub fn all(total: u32) -> Self {
        Self::of(std::iter::once(0..total))
    }

    /// Returns the units of some stretches, which may be in any order.
    pub fn of(stretches: impl IntoIterator<Item = Range<u32>>) -> Self {
        let mut sorted: Vec<_> = stretches.into_iter().filter(|stretch| !stretch.is_empty()).collect();
        sorted.sort_by_key(|stretch| stretch.start);
        let mut merged: Vec<Range<u32>> = Vec::new();
        for next in sorted {
            match merged.last_mut() {
                Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
                Some(_) | None => merged.push(next),
            }
        }
        Self(merged)
    }

    /// Tells whether a unit is among them.
    #[must_use]
    pub fn contains(&self, unit: u32) -> bool {
        let after = self.0.partition_point(|stretch| stretch.start <= unit);
        after.checked_sub(1).is_some_and(|index| self.0[index].contains(&unit))
    }

    /// Returns how many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.iter().map(|stretch| stretch.end - stretch.start).sum()
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns them as stretches that do not touch, in order.
    #[must_use]
    pub fn stretches(&self) -> &[Range<u32>] {
        &self.0
    }

    /// Returns these and those of another set.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        Self::of(self.0.iter().chain(&other.0).cloned())
    }

    /// Tells whether all units of another set are among these.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.with(other) == *self
    }

    /// Tells whether any unit of another set is among these.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        u64::from(self.with(other).count()) < u64::from(self.count()) + u64::from(other.count())
    }
}

impl FromIterator<u32> for Units {
    /// Collects the numbers of units; the last number there is, 4,294,967,295, names none.
    fn from_iter<T: IntoIterator<Item = u32>>(units: T) -> Self {
        Self::of(units.into_iter().map(|unit| unit..unit.saturating_add(1)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn units_are_a_set_of_numbers(one: Vec<u8>, other: Vec<u8>) {
            let numbers = |units: &[u8]| units.iter().copied().map(u32::from).collect::<std::collections::BTreeSet<_>>();
            let (left, right) = (numbers(&one), numbers(&other));
            let (a, b): (Units, Units) = (left.iter().copied().collect(), right.iter().rev().copied().collect());

            prop_assert_eq!(a.count() as usize, left.len());
            prop_assert!((0..300).all(|unit| a.contains(unit) == left.contains(&unit)));
            prop_assert_eq!(a.with(&b), left.union(&right).copied().collect::<Units>());
            prop_assert_eq!(a.covers(&b), right.is_subset(&left));
            prop_assert_eq!(a.overlaps(&b), !left.is_disjoint(&right));
        }
    }

    #[test]
    fn stretches_that_touch_become_one() {
        assert_eq!(Units::of([4..6, 0..2, 2..4, 9..9]), Units::all(6));
        assert_eq!(Units::all(0), Units::default());
    }
}
