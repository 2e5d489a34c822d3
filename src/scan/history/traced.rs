//! Where one secret lives: the objects that hold it, and what keeps those.

use std::collections::BTreeMap;

use crate::detect::Engine;
use crate::error::Result;
use crate::git::{Kind, Objects};
use crate::history::{Attribution, Found, HeldBy, Occurrence, Paths, Reach, Spot};
use crate::oid::ObjectId;
use crate::reference::Reference;
use crate::scan::hide;
use crate::scan::history::visit::Sum;
use crate::text::{Problem, TextKind};

/// How many trees are read for the paths of one object.
const MOST_TREES: usize = 10_000;

/// Where one secret lives.
#[derive(Debug, Default)]
pub struct Traced {
    /// What it is, unless no object holds it.
    pub found: Option<Found>,
    /// The objects that hold it, each once, in the order of their names.
    pub spots: Vec<Spot>,
    /// The references that hold any of them.
    pub held: Vec<(Reference, HeldBy)>,
    /// What should have been read and could not be.
    pub problems: Vec<Problem>,
    /// Whether the search was ended before its end.
    pub is_cut_off: bool,
}

/// Finds what keeps the objects with occurrences of one secret.
pub(super) fn traced(engine: &Engine, references: &[Reference], sum: &Sum, objects: &Objects) -> Result<Traced> {
    let mut first_places: BTreeMap<ObjectId, &Occurrence> = BTreeMap::new();
    for one in &sum.occurrences {
        let known = first_places.entry(one.object).or_insert(one);
        if one.start < known.start {
            *known = one;
        }
    }
    let wanted: Vec<ObjectId> = first_places.keys().copied().collect();
    let attribution = Attribution::of(&sum.graph, references, &wanted);
    let mut folders = attribution.folders(|tree| objects.whole(Kind::Tree, tree));
    let mut spots = Vec::new();
    for (object, one) in &first_places {
        let mut paths = match one.kind {
            TextKind::Message => Paths { found: Vec::new(), complete: true },
            TextKind::Content | TextKind::SymlinkTarget | TextKind::PathName => {
                folders.all_paths(*object, MOST_TREES)?
            }
        };
        paths.found.iter_mut().for_each(|path| hide::path(engine, path));
        let origin = attribution.origin(*object);
        spots.push(Spot {
            object: *object,
            kind: one.kind,
            line: one.place.line,
            paths,
            first: origin.and_then(|origin| origin.first),
            reach: origin.map_or(Reach::Unreachable, |origin| origin.reach),
        });
    }
    let held = attribution.holders_of(&wanted).into_iter().map(|(at, how)| (references[at].clone(), how)).collect();
    let found = sum.occurrences.first().map(|one| Found::clone(&one.found));
    Ok(Traced { found, spots, held, ..Traced::default() })
}
