//! Whether any tree that a repository keeps has an entry of some name, reachable or not.

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::git::pack::{Content, Node, Visit};
use crate::git::{Kind, Objects, Repository};
use crate::oid::ObjectId;

/// Looks for names in trees.
struct Names<'a> {
    /// How such names begin.
    start: &'a [u8],
    /// Which of them are meant.
    is_meant: &'a (dyn Fn(&[u8]) -> bool + Sync),
}

impl Repository {
    /// Tells whether some tree may have an entry whose name begins with `start` and `is_meant`; `false` is certain.
    ///
    /// Packs are walked by their deltas, and of a tree only what was not copied is looked at, so this costs little more
    /// than to inflate the trees. What cannot be read may have anything.
    pub fn may_name(&self, start: &str, is_meant: &(dyn Fn(&[u8]) -> bool + Sync)) -> Result<bool> {
        let names = Names { start: start.as_bytes(), is_meant };
        let (packs, problems) = self.packs()?;
        if !problems.is_empty() {
            return Ok(true);
        }
        for pack in &packs {
            let units = pack.units();
            let is_damaged = pack.damage().is_some() || units.lost().next().is_some();
            if is_damaged || (0..units.len()).into_par_iter().any(|number| units.walk(units.unit(number), &names)) {
                return Ok(true);
            }
        }
        let loose = self.loose()?;
        let objects = self.objects()?;
        Ok(loose.iter().any(|id| names.in_loose(&objects, *id)))
    }
}

impl Names<'_> {
    /// Tells whether a loose object is a tree with such a name; one that cannot be read may be.
    fn in_loose(&self, objects: &Objects, id: ObjectId) -> bool {
        match objects.kind(id) {
            Ok((Kind::Tree, _)) => {
                objects.whole(Kind::Tree, id).map_or(true, |bytes| self.are_in(&bytes, 0, bytes.len()))
            }
            Ok((Kind::Blob | Kind::Commit | Kind::Tag, _)) => false,
            Err(_) => true,
        }
    }

    /// Tells whether such a name begins in a part of a tree: behind a space, before a NUL.
    fn are_in(&self, tree: &[u8], from: usize, to: usize) -> bool {
        memchr::memmem::find_iter(&tree[from..to], self.start).any(|at| {
            let at = from + at;
            let rest = &tree[at..];
            let name = &rest[..memchr::memchr(0, rest).unwrap_or(rest.len())];
            // The bytes of an object's name may look like anything; then one tree too many is looked at.
            at.checked_sub(1).is_some_and(|before| tree[before] == b' ') && (self.is_meant)(name)
        })
    }
}

/// The longest name that is looked at around what was not copied; a longer one is no file system's.
const LONGEST: usize = 300;

impl Visit for Names<'_> {
    type State = ();
    type Sum = bool;

    fn start(&self) -> bool {
        false
    }

    fn visit(&self, sum: &mut bool, node: Node<'_, ()>) {
        let Content::Whole(tree) = node.content else {
            *sum = true;
            return;
        };
        if *sum || node.kind != Kind::Tree {
            return;
        }
        let Some(base) = node.base else {
            *sum = self.are_in(tree, 0, tree.len());
            return;
        };
        // A name that lies in one copy, with what is beside it, was met in the base.
        let mut from = 0;
        for copied in base.copies {
            *sum |= self.around(tree, from, copied.to);
            from = copied.to + copied.len;
        }
        *sum |= self.around(tree, from, tree.len());
    }

    fn lose(&self, sum: &mut bool, _: ObjectId, _: Error) {
        *sum = true;
    }

    fn merge(&self, one: bool, other: bool) -> bool {
        one || other
    }

    fn wants(&self, kind: Kind) -> bool {
        kind == Kind::Tree
    }
}

impl Names<'_> {
    /// Tells whether such a name touches a stretch that was not copied; an empty one is the seam of two copies.
    fn around(&self, tree: &[u8], from: usize, to: usize) -> bool {
        self.are_in(tree, from.saturating_sub(LONGEST), (to + self.start.len()).min(tree.len()))
    }
}
