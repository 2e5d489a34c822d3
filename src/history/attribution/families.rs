//! Numbers sorted by what they belong to.

/// Numbers sorted by an owner: for each owner, those that belong to it.
pub(super) struct Families {
    ends: Vec<u32>,
    members: Vec<u32>,
}

impl Families {
    /// Sorts pairs of owner and member; members of one owner keep their order.
    pub(super) fn of(owners: usize, pairs: impl Iterator<Item = (usize, u32)> + Clone) -> Self {
        let mut ends = vec![0_u32; owners + 1];
        pairs.clone().for_each(|(owner, _)| ends[owner + 1] += 1);
        for owner in 0..owners {
            ends[owner + 1] += ends[owner];
        }
        // While members are put in, `ends[owner]` is where the next one goes: at last, where they end.
        let mut members = vec![0; ends[owners] as usize];
        for (owner, member) in pairs {
            members[ends[owner] as usize] = member;
            ends[owner] += 1;
        }
        Self { ends, members }
    }

    /// Returns what belongs to an owner.
    pub(super) fn of_owner(&self, owner: usize) -> &[u32] {
        let start = owner.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.members[start as usize..self.ends[owner] as usize]
    }
}
