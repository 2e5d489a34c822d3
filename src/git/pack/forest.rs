//! Which entries of a pack are stored against which: trees of deltas.

use crate::git::pack::Pack;
use crate::git::pack::entry::{Fault, Form, Header};

/// Stands for "no base": an entry that is stored whole.
const WHOLE: u32 = u32::MAX;
/// Stands for a base that cannot be had.
const LOST: u32 = u32::MAX - 1;

/// What is said of an entry whose chain of bases comes back to where it was.
pub(super) const CIRCULAR: Fault = "it is stored against itself, by way of others";

/// The entries of a pack by what they are stored against.
///
/// An entry is named by its slot: its number in the order of the pack.
#[derive(Debug)]
pub(super) struct Forest {
    /// For each slot, where its children end in `children`; they begin where those of the slot before end.
    ends: Vec<u32>,
    /// The slots stored against each slot, the one with the heaviest family last.
    children: Vec<u32>,
    /// The entries that are stored whole, in order.
    pub(super) roots: Vec<u32>,
    /// The packed bytes of each slot and all that is stored against it, at any remove.
    weights: Vec<u32>,
    /// The entries that cannot be built, and why.
    pub(super) lost: Vec<(u32, Fault)>,
}

impl Forest {
    /// Reads the header of every entry.
    pub(super) fn of(pack: &Pack) -> Self {
        // Sorted before threads ask for them, who would wait for each other.
        pack.slots();
        let read = |slot| base(pack, slot).map_err(|fault| (slot, fault));
        let mut lost = Vec::new();
        let bases = super::each(pack.len(), read);
        let or_lost = |base: Result<u32, (u32, Fault)>| {
            base.unwrap_or_else(|fault| {
                lost.push(fault);
                LOST
            })
        };
        let bases: Vec<u32> = bases.into_iter().map(or_lost).collect();
        let (ends, children) = families(&bases);
        let roots: Vec<u32> = (0..pack.len()).filter(|slot| bases[*slot as usize] == WHOLE).collect();
        let mut forest = Self { ends, children, roots, weights: Vec::new(), lost };
        let order = forest.order();
        forest.weigh(pack, &bases, &order);
        forest.heaviest_last();
        forest.find_unreached(&bases, &order);
        forest
    }

    /// Returns the slots that are stored against a slot.
    pub(super) fn children(&self, slot: u32) -> &[u32] {
        let start = slot.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        &self.children[start as usize..self.ends[slot as usize] as usize]
    }

    /// Returns the packed bytes of a slot and all that is stored against it.
    pub(super) fn weight(&self, slot: u32) -> u32 {
        self.weights[slot as usize]
    }

    /// Returns all slots that lead up to a whole entry, each behind its base.
    fn order(&self) -> Vec<u32> {
        let mut order = self.roots.clone();
        let mut at = 0;
        while let Some(slot) = order.get(at).copied() {
            order.extend_from_slice(self.children(slot));
            at += 1;
        }
        order
    }

    fn weigh(&mut self, pack: &Pack, bases: &[u32], order: &[u32]) {
        let own = |slot| u32::try_from(pack.entry(slot).len()).unwrap_or(u32::MAX);
        self.weights = (0..pack.len()).map(own).collect();
        for slot in order.iter().rev() {
            let base = bases[*slot as usize];
            if base != WHOLE {
                let weight = self.weights[*slot as usize];
                let sum = &mut self.weights[base as usize];
                *sum = sum.saturating_add(weight);
            }
        }
    }

    /// Puts the heaviest child last: when it is built, its base's bytes can go, so few are held at once.
    fn heaviest_last(&mut self) {
        let mut start = 0;
        for end in &self.ends {
            let family = &mut self.children[start..*end as usize];
            start = *end as usize;
            if let Some(heaviest) = (0..family.len()).max_by_key(|at| self.weights[family[*at] as usize]) {
                let last = family.len() - 1;
                family.swap(heaviest, last);
            }
        }
    }

    /// Finds the entries whose chain of bases ends in nothing or in itself.
    fn find_unreached(&mut self, bases: &[u32], order: &[u32]) {
        if order.len() == bases.len() {
            return;
        }
        let mut reached = vec![false; bases.len()];
        for slot in order {
            reached[*slot as usize] = true;
        }
        let mut at = 0;
        while let Some((slot, _)) = self.lost.get(at).copied() {
            at += 1;
            reached[slot as usize] = true;
            let behind: Vec<u32> = self.children(slot).to_vec();
            self.lost.extend(behind.into_iter().map(|slot| (slot, "what it is stored against cannot be had")));
        }
        let unreached = reached.iter().zip(0..).filter(|(reached, _)| !**reached).map(|(_, slot)| slot);
        self.lost.extend(unreached.map(|slot| (slot, CIRCULAR)));
        self.lost.sort_unstable();
    }
}

/// Returns the slot that an entry is stored against.
fn base(pack: &Pack, slot: u32) -> Result<u32, Fault> {
    let header = Header::read(pack.entry(slot), pack.id_len)?;
    match header.form {
        Form::Whole(_) => Ok(WHOLE),
        Form::Before(distance) => {
            let at = pack.offset(slot).checked_sub(distance);
            at.and_then(|at| pack.slot_at(at)).ok_or("what it is stored against is not there")
        }
        Form::Against(id) => pack.slot_of(id).ok_or("what it is stored against is not in the same pack"),
    }
}

/// Sorts slots by their bases: where each slot's children end, and the children.
fn families(bases: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut ends = vec![0_u32; bases.len()];
    let has_base = |base: u32| base != WHOLE && base != LOST;
    bases.iter().filter(|base| has_base(**base)).for_each(|base| ends[*base as usize] += 1);
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    let mut starts = ends.clone();
    let mut children = vec![0; sum as usize];
    for (slot, base) in bases.iter().enumerate().rev().filter(|(_, base)| has_base(**base)) {
        let at: &mut u32 = &mut starts[*base as usize];
        *at -= 1;
        children[*at as usize] = u32::try_from(slot).expect("counted when the pack was opened");
    }
    (ends, children)
}
