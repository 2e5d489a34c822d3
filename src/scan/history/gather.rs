//! Scans every object of a repository, each once: packs by their deltas, loose objects one by one.

use rayon::prelude::*;

use crate::detect::Engine;
use crate::error::{Error, Result};
use crate::git::pack::{Content, Node, Pack, Visit};
use crate::git::{Kind, Objects, Repository};
use crate::oid::ObjectId;
use crate::scan::Limits;
use crate::scan::history::visit::{Method, Sum, Visitor};
use crate::text::Problem;

/// The most unreadable objects that are named; the rest is counted.
const NAMED: usize = 20;
/// Loose objects are read by so many a task.
const LOOSE_AT_ONCE: usize = 256;

/// Follows a scan and may end it.
pub trait Watch: Sync {
    /// Is told how many objects and bytes more were looked at; returns whether to go on.
    fn step(&self, objects: u64, bytes: u64) -> bool;
    /// Is told how many objects there are.
    fn expect(&self, objects: u64);
}

/// Follows nothing.
#[derive(Debug, Clone, Copy)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn step(&self, _: u64, _: u64) -> bool {
        true
    }

    fn expect(&self, _: u64) {}
}

/// Scans all objects that a repository has, reachable or not.
pub fn gather(
    engine: &Engine,
    repository: &Repository,
    limits: &Limits,
    method: Method,
    watch: &dyn Watch,
) -> Result<Sum> {
    match rayon::ThreadPoolBuilder::new().num_threads(limits.threads).build() {
        Ok(pool) => pool.install(|| all(engine, repository, limits, method, watch)),
        // Without threads of its own the scan is slower, not wrong.
        Err(_) => all(engine, repository, limits, method, watch),
    }
}

fn all(engine: &Engine, repository: &Repository, limits: &Limits, method: Method, watch: &dyn Watch) -> Result<Sum> {
    let (packs, problems) = repository.packs()?;
    let loose: Vec<ObjectId> =
        repository.loose()?.into_iter().filter(|id| !packs.iter().any(|pack| pack.holds(*id))).collect();
    let packed: u64 = packs.iter().map(|pack| u64::from(pack.len())).sum();
    let planned = packed + loose.len() as u64;
    watch.expect(planned);
    let mut sum = Sum { planned, problems, ..Sum::default() };
    for (at, pack) in packs.iter().enumerate() {
        let (earlier, _) = packs.split_at(at);
        let visitor =
            Visitor { engine, earlier, id_len: repository.id_len(), max_blob_bytes: limits.max_blob_bytes, method };
        sum = sum.merge(of_pack(&visitor, pack, watch));
    }
    let visitor =
        Visitor { engine, earlier: &[], id_len: repository.id_len(), max_blob_bytes: limits.max_blob_bytes, method };
    let chunks: Vec<Sum> =
        loose.par_chunks(LOOSE_AT_ONCE).map(|ids| of_ids(&visitor, repository, ids, watch)).collect();
    sum = chunks.into_iter().fold(sum, Sum::merge);
    // What the walk could not build, libgit2 or git may still read: from another pack, or by another way.
    let lost = std::mem::take(&mut sum.lost);
    let again = of_lost(&visitor, repository, lost);
    Ok(sum.merge(again))
}

/// Scans a pack.
fn of_pack(visitor: &Visitor<'_>, pack: &Pack, watch: &dyn Watch) -> Sum {
    let units = pack.units();
    let mut sum = Sum::default();
    sum.problems.extend(pack.damage().map(|error| Problem { what: pack.name(), error }));
    sum.lost.extend(units.lost());
    let parts: Vec<Sum> = (0..units.len())
        .into_par_iter()
        .map(|number| {
            if !watch.step(0, 0) {
                return Sum { is_cut_off: true, ..Sum::default() };
            }
            let part = units.walk(units.unit(number), visitor);
            watch.step(part.scanned, part.bytes);
            part
        })
        .collect();
    parts.into_iter().fold(sum, Sum::merge)
}

/// Scans objects one by one.
fn of_ids(visitor: &Visitor<'_>, repository: &Repository, ids: &[ObjectId], watch: &dyn Watch) -> Sum {
    let mut sum = Sum::default();
    if !watch.step(0, 0) {
        return Sum { is_cut_off: true, ..sum };
    }
    match repository.objects() {
        Ok(objects) => ids.iter().for_each(|id| {
            if let Err(error) = one(visitor, &objects, &mut sum, *id) {
                sum.fail(*id, error);
            }
        }),
        Err(error) => {
            sum.failed += ids.len() as u64;
            sum.problems.push(Problem { what: format!("{} objects", ids.len()), error });
        }
    }
    watch.step(sum.scanned, sum.bytes);
    sum
}

/// Reads one object by its name and visits it.
fn one(visitor: &Visitor<'_>, objects: &Objects, sum: &mut Sum, id: ObjectId) -> Result<()> {
    let (kind, _) = objects.kind(id)?;
    if kind == Kind::Blob {
        return visitor.loaded(sum, id, objects.blob(id, visitor.max_blob_bytes)?);
    }
    let bytes = objects.whole(kind, id)?;
    visitor.visit(sum, Node { id, kind, content: Content::Whole(&bytes), base: None });
    Ok(())
}

/// Tries objects again that a walk could not build; those that nothing can read are problems.
fn of_lost(visitor: &Visitor<'_>, repository: &Repository, mut lost: Vec<(ObjectId, Error)>) -> Sum {
    let mut sum = Sum::default();
    lost.sort_by_key(|(id, _)| *id);
    lost.dedup_by_key(|(id, _)| *id);
    if lost.is_empty() {
        return sum;
    }
    let Ok(objects) = repository.objects() else {
        lost.into_iter().for_each(|(id, error)| sum.fail(id, error));
        return sum;
    };
    let mut more = 0;
    for (id, error) in lost {
        if one(visitor, &objects, &mut sum, id).is_ok() {
            continue;
        }
        if sum.problems.len() < NAMED {
            sum.fail(id, error);
        } else {
            more += 1;
        }
    }
    if more > 0 {
        sum.failed += more;
        let because = "they are as unreadable as those named".to_owned();
        let error = Error::Git { doing: "read the pack", what: format!("{more} further objects"), because };
        sum.problems.push(Problem { what: format!("{more} further objects"), error });
    }
    sum
}
