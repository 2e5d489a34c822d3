//! The files that any tree names in some way, reachable or not.

use std::collections::{BTreeMap, BTreeSet};

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
    /// Bytes of an object name.
    id_len: usize,
}

/// The files that trees name, and how.
pub type NamedFiles = BTreeMap<ObjectId, BTreeSet<Vec<u8>>>;

/// What was found in some trees; `None` once one of them could not be read.
type Sum = Option<NamedFiles>;

impl Repository {
    /// Returns the files whose names in some tree begin with `start` and are meant; `None` if some tree cannot be read.
    ///
    /// Packs are walked by their deltas, and of a tree only what was not copied is looked at, so this costs little more
    /// than to inflate the trees. One that no tree names may be among them, where an object's name looks like a file's.
    pub fn named_files(&self, start: &str, is_meant: &(dyn Fn(&[u8]) -> bool + Sync)) -> Result<Option<NamedFiles>> {
        let names = Names { start: start.as_bytes(), is_meant, id_len: self.id_len() };
        let (packs, problems) = self.packs()?;
        let mut found = problems.is_empty().then(NamedFiles::new);
        for pack in &packs {
            let units = pack.units();
            let is_sound = pack.damage().is_none() && units.lost().next().is_none();
            let numbers = (0..if is_sound { units.len() } else { 0 }).into_par_iter();
            let in_pack = numbers.map(|number| units.walk(units.unit(number), &names));
            let in_pack = in_pack.reduce(|| names.start(), |one, other| names.merge(one, other));
            found = names.merge(found, in_pack.filter(|_| is_sound));
        }
        let objects = self.objects()?;
        for id in self.loose()? {
            names.in_loose(&objects, id, &mut found);
        }
        Ok(found)
    }
}

impl Names<'_> {
    /// Looks into a loose object, if it is a tree.
    fn in_loose(&self, objects: &Objects, id: ObjectId, found: &mut Sum) {
        match objects.kind(id) {
            Ok((Kind::Tree, _)) => match objects.whole(Kind::Tree, id) {
                Ok(bytes) => self.look(&bytes, 0, bytes.len(), found),
                Err(_) => *found = None,
            },
            Ok((Kind::Blob | Kind::Commit | Kind::Tag, _)) => {}
            Err(_) => *found = None,
        }
    }

    /// Takes in the names that begin in a part of a tree: behind a mode and a space, before a NUL and an object's name.
    fn look(&self, tree: &[u8], from: usize, to: usize, found: &mut Sum) {
        let Some(found) = found else { return };
        for at in memchr::memmem::find_iter(&tree[from..to], self.start).map(|at| from + at) {
            let rest = &tree[at..];
            let Some(end) = memchr::memchr(0, rest) else { continue };
            // The bytes of an object's name may look like anything; then one file too many is named.
            let Some(mode) = tree[..at].strip_suffix(b" ") else { continue };
            let is_file = !mode.ends_with(b"40000") && !mode.ends_with(b"160000");
            let id = rest.get(end + 1..end + 1 + self.id_len).and_then(ObjectId::from_bytes);
            if let Some(id) = id.filter(|_| is_file && (self.is_meant)(&rest[..end])) {
                found.entry(id).or_default().insert(rest[..end].to_vec());
            }
        }
    }
}

/// The longest row that is looked at around what was not copied: a longer name is no file system's.
const LONGEST: usize = 350;

impl Visit for Names<'_> {
    type State = ();
    type Sum = Sum;

    fn start(&self) -> Sum {
        Some(NamedFiles::new())
    }

    fn visit(&self, sum: &mut Sum, node: Node<'_, ()>) {
        if node.kind != Kind::Tree {
            return;
        }
        let Content::Whole(tree) = node.content else {
            *sum = None;
            return;
        };
        let Some(base) = node.base else {
            return self.look(tree, 0, tree.len(), sum);
        };
        // A name that lies in one copy, with what is beside it, was met in the base.
        let mut from = 0;
        for copied in base.copies {
            self.around(tree, from, copied.to, sum);
            from = copied.to + copied.len;
        }
        self.around(tree, from, tree.len(), sum);
    }

    fn lose(&self, sum: &mut Sum, _: ObjectId, _: Error) {
        *sum = None;
    }

    fn merge(&self, one: Sum, other: Sum) -> Sum {
        let (mut one, other) = (one?, other?);
        for (id, names) in other {
            one.entry(id).or_default().extend(names);
        }
        Some(one)
    }

    fn wants(&self, kind: Kind) -> bool {
        kind == Kind::Tree
    }
}

impl Names<'_> {
    /// Looks at the rows that touch a stretch that was not copied; an empty one is the seam of two copies.
    fn around(&self, tree: &[u8], from: usize, to: usize, sum: &mut Sum) {
        self.look(tree, from.saturating_sub(LONGEST), (to + self.start.len()).min(tree.len()), sum);
    }
}
