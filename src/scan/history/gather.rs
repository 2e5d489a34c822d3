//! Scans every object of a repository, each once: packs by their deltas, loose objects one by one.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use crate::detect::Engine;
use crate::error::{Error, Result};
use crate::git::pack::{Content, Lost, Node, Pack, Units as PackUnits, Visit};
use crate::git::{Kind, Objects, Repository};
use crate::oid::ObjectId;
use crate::scan::Limits;
use crate::scan::history::memory::Memory;
use crate::scan::history::visit::{Method, Naming, Sum, Visitor};
use crate::store::{LooseWork, PackWork, Units};
use crate::text::{Loaded, Problem};

/// The most unreadable objects that are named; the rest is counted.
const NAMED: usize = 20;
/// So many objects that a walk could not build are tried again, each by a git of its own.
const TRIES: usize = 1000;
/// Loose objects are read by so many a task.
const LOOSE_AT_ONCE: usize = 256;

/// So many bytes of packs are scanned in the time that it takes to start threads.
const SMALL_BYTES: usize = 64 << 10;
/// So many objects are sorted and listed by one thread.
const SMALL_COUNT: u64 = 2000;
/// As many bytes of a pack take as long as an object that is read by its name.
const LOOSE_BYTES: usize = 8 << 10;

/// Follows a scan and may end it.
pub trait Watch: Sync {
    /// Is told how many objects there are.
    fn expect(&self, objects: u64);
    /// Is told how many objects and bytes more were looked at, and how many secrets found in them;
    /// returns whether to go on.
    fn step(&self, objects: u64, bytes: u64, found: u64) -> bool;
}

/// Follows nothing.
#[derive(Debug, Clone, Copy)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn expect(&self, _: u64) {}

    fn step(&self, _: u64, _: u64, _: u64) -> bool {
        true
    }
}

/// The objects of a repository that are to be scanned, listed.
pub(in crate::scan) struct Listed {
    /// The packs.
    pub(super) packs: Vec<Pack>,
    /// The objects that lie in no pack, or that are wanted by their names, in order.
    pub(super) loose: Vec<ObjectId>,
    /// The packs that cannot be opened.
    problems: Vec<Problem>,
}

impl Listed {
    /// Lists all objects of a repository.
    pub(super) fn of(repository: &Repository) -> Result<Self> {
        // Packs last: what moves from a file of its own to a pack meanwhile is then in one of the two.
        let mut loose = repository.loose()?;
        let (packs, problems) = repository.packs()?;
        loose.retain(|id| !packs.iter().any(|pack| pack.holds(*id)));
        Ok(Self { packs, loose, problems })
    }

    /// Lists what lies in one folder of objects and nowhere else.
    pub(in crate::scan) fn in_folder(repository: &Repository, folder: &Path) -> Result<Self> {
        let mut loose = repository.loose_in(folder)?;
        let (packs, problems) = repository.packs_in(folder)?;
        loose.retain(|id| !packs.iter().any(|pack| pack.holds(*id)));
        Ok(Self { packs, loose, problems })
    }

    /// Lists objects by their names, wherever they lie.
    pub(in crate::scan) fn named(ids: Vec<ObjectId>) -> Self {
        Self { packs: Vec::new(), loose: ids, problems: Vec::new() }
    }

    /// Returns how many objects there are; one that lies in two packs counts twice.
    pub(super) fn count(&self) -> u64 {
        self.packs.iter().map(|pack| u64::from(pack.len())).sum::<u64>() + self.loose.len() as u64
    }

    /// Returns the names of all objects.
    pub(in crate::scan) fn ids(&self) -> impl Iterator<Item = ObjectId> {
        self.packs.iter().flat_map(Pack::ids).chain(self.loose.iter().copied())
    }

    /// Tells whether there is so little that starting threads costs more than they save.
    fn is_small(&self) -> bool {
        let bytes = self.packs.iter().map(Pack::bytes).sum::<usize>() + self.loose.len() * LOOSE_BYTES;
        bytes <= SMALL_BYTES && self.count() <= SMALL_COUNT
    }

    /// Tells whether every pack could be opened and is what its index says.
    pub(super) fn is_sound(&self) -> bool {
        self.problems.is_empty() && self.packs.iter().all(|pack| pack.damage().is_none())
    }
}

/// Scans all objects that a repository has, reachable or not.
pub fn gather(
    engine: &Engine,
    repository: &Repository,
    limits: &Limits,
    method: Method,
    watch: &dyn Watch,
) -> Result<Sum> {
    let mut listed = Listed::of(repository)?;
    let scan = Gathering { engine, repository, limits, method, inside: None, watch, naming: Naming::Fingerprints };
    Ok(scan.all(&mut listed, &mut Memory::none()))
}

/// How all objects are scanned.
#[derive(Clone, Copy)]
pub(in crate::scan) struct Gathering<'a> {
    pub(in crate::scan) engine: &'a Engine,
    pub(in crate::scan) repository: &'a Repository,
    pub(in crate::scan) limits: &'a Limits,
    pub(in crate::scan) method: Method,
    /// All objects that are scanned, where it matters to which others they lead.
    pub(in crate::scan) inside: Option<&'a HashSet<ObjectId>>,
    pub(in crate::scan) watch: &'a dyn Watch,
    pub(in crate::scan) naming: Naming,
}

impl Gathering<'_> {
    /// Scans what is listed, but for what the memory knows; of that, only the graph is read.
    pub(in crate::scan) fn all(self, listed: &mut Listed, memory: &mut Memory) -> Sum {
        // The start of threads is no small part of what a push of a few objects costs.
        if listed.is_small() {
            self.each(listed, memory)
        } else {
            in_pool(self.limits.threads, || self.each(listed, memory))
        }
    }

    fn each(self, listed: &mut Listed, memory: &mut Memory) -> Sum {
        let planned = listed.count();
        self.watch.expect(planned);
        let Listed { packs, loose, problems } = listed;
        let mut sum = Sum { planned, problems: std::mem::take(problems), ..Sum::default() };
        for pack in packs.iter_mut() {
            sum = sum.merge(self.pack(pack, memory));
            pack.forget_order();
        }
        sum = sum.merge(self.loose(loose, memory));
        // What the walk could not build, git may still read: as a stream, or from a file of its own.
        let lost = std::mem::take(&mut sum.lost);
        sum = sum.merge(self.lost(lost, packs));
        sum.once_each();
        sum
    }

    fn visitor<'a>(&self, clean: &'a HashSet<ObjectId>, is_shared: bool) -> Visitor<'a>
    where
        Self: 'a,
    {
        Visitor {
            engine: self.engine,
            clean,
            inside: self.inside,
            collects_clean: is_shared,
            id_len: self.repository.id_len(),
            max_blob_bytes: self.limits.max_blob_bytes,
            method: self.method,
            naming: self.naming,
        }
    }

    /// Scans the units of a pack that are not known, and keeps what is learned of them.
    ///
    /// What other packs hold is kept all the same: they may be gone the next time.
    fn pack(self, pack: &Pack, memory: &mut Memory) -> Sum {
        let units = pack.units();
        let total = u32::try_from(units.len()).unwrap_or(u32::MAX);
        let known = memory.pack(pack.checksum()).filter(|known| known.total == total).unwrap_or_default();
        let clean: HashSet<ObjectId> =
            if known.is_whole() { HashSet::new() } else { memory.clean(&pack.ids().collect::<Vec<_>>()) };
        let visitor = self.visitor(&clean, memory.is_shared());
        let mut sum = Sum { scanned: known.objects, bytes: known.bytes, ..Sum::default() };
        sum.problems.extend(pack.damage().map(|error| Problem { what: pack.name(), error }));
        sum.lost.extend(units.lost());
        let mut work = PackWork { total, ..PackWork::default() };
        let mut done = Vec::new();
        for (number, part) in (0..total).zip(self.units(&units, &visitor, &known.done)) {
            if !known.done.contains(number) && part.is_sound() {
                done.push(number..number + 1);
                work.objects += part.scanned;
                work.bytes += part.bytes;
                work.occurrences.extend_from_slice(&part.occurrences);
            }
            sum = sum.merge(part);
        }
        sum.occurrences.extend(known.occurrences);
        if !done.is_empty() {
            work.done = Units::of(done);
            memory.save_pack(pack.checksum(), &work);
        }
        memory.save_clean(&std::mem::take(&mut sum.clean));
        sum
    }

    /// Walks all units of a pack; of those that are known, only the graph is read.
    fn units(self, units: &PackUnits<'_>, visitor: &Visitor<'_>, known: &Units) -> Vec<Sum> {
        let walk = |number: u32| {
            if !self.watch.step(0, 0, 0) {
                return Sum { is_cut_off: true, ..Sum::default() };
            }
            let is_known = known.contains(number);
            let visitor = if is_known { Visitor { method: Method::GraphOnly, ..*visitor } } else { *visitor };
            let part = units.walk(units.unit(number as usize), &visitor);
            self.watch.step(part.scanned, part.bytes, part.occurrences.len() as u64);
            part.without_helps()
        };
        let numbers = 0..u32::try_from(units.len()).unwrap_or(u32::MAX);
        if numbers.len() <= 1 {
            return numbers.map(walk).collect();
        }
        // One by one: units differ, and a thread must not sit on several while another has none.
        numbers.into_par_iter().with_max_len(1).map(walk).collect()
    }

    /// Scans loose objects, but for those that are known.
    fn loose(self, loose: &[ObjectId], memory: &mut Memory) -> Sum {
        let known = memory.loose(loose);
        let is_known: HashSet<ObjectId> = known.objects.iter().copied().collect();
        let none = HashSet::new();
        let visitor = self.visitor(&none, false);
        let of_chunk = |ids: &[ObjectId]| {
            let (old, new): (Vec<ObjectId>, Vec<ObjectId>) = ids.iter().partition(|id| is_known.contains(id));
            let graph = Visitor { method: Method::GraphOnly, ..visitor };
            let part = self.by_name(&visitor, &new);
            let work = part.is_sound().then_some((new, part.occurrences.clone()));
            (self.by_name(&graph, &old).merge(part), work)
        };
        let parts: Vec<_> = if loose.len() <= LOOSE_AT_ONCE {
            loose.chunks(LOOSE_AT_ONCE).map(of_chunk).collect()
        } else {
            loose.par_chunks(LOOSE_AT_ONCE).map(of_chunk).collect()
        };
        let mut sum = Sum { scanned: known.objects.len() as u64, occurrences: known.occurrences, ..Sum::default() };
        let mut learned = LooseWork::default();
        for (part, work) in parts {
            if let Some((objects, occurrences)) = work {
                learned.objects.extend(objects);
                learned.occurrences.extend(occurrences);
            }
            sum = sum.merge(part);
        }
        memory.save_loose(&learned);
        sum
    }

    /// Scans objects one by one.
    fn by_name(self, visitor: &Visitor<'_>, ids: &[ObjectId]) -> Sum {
        let mut sum = Sum::default();
        if ids.is_empty() || !self.watch.step(0, 0, 0) {
            return Sum { is_cut_off: !ids.is_empty(), ..sum };
        }
        match self.repository.objects() {
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
        self.watch.step(sum.scanned, sum.bytes, sum.occurrences.len() as u64);
        sum
    }

    /// Tries objects again that a walk could not build; those that nothing can read are problems.
    fn lost(self, lost: Vec<Lost>, packs: &[Pack]) -> Sum {
        let mut sum = Sum::default();
        let mut times: BTreeMap<ObjectId, (u64, Lost)> = BTreeMap::new();
        for one in lost {
            times.entry(one.id).and_modify(|(times, _)| *times += 1).or_insert((1, one));
        }
        let Ok(objects) = self.repository.objects() else {
            for (_, one) in times.into_values() {
                sum.fail(one.id, one.why);
            }
            return sum;
        };
        let none = HashSet::new();
        let visitor = self.visitor(&none, false);
        let (mut tries, mut more) = (0, 0);
        for (times, one) in times.into_values() {
            if times < packs.iter().filter(|pack| pack.holds(one.id)).count() as u64 {
                // Another pack has it, too, and was read.
                sum.scanned += times;
                continue;
            }
            tries += 1;
            if !one.is_circular
                && tries <= TRIES
                && let Ok(read) = again(&visitor, &objects, one.id)
            {
                sum = sum.merge(read);
                sum.scanned += times - 1;
            } else if sum.problems.len() < NAMED {
                sum.fail(one.id, one.why);
                sum.failed += times - 1;
            } else {
                more += times;
            }
        }
        if more > 0 {
            sum.failed += more;
            let what = format!("{more} further objects");
            let because = "they are as unreadable as those named".to_owned();
            sum.problems.push(Problem { error: Error::Git { doing: "read", what: what.clone(), because }, what });
        }
        sum
    }
}

/// Does something with so many threads, or with one for each core if that is 0; one is that of whoever calls.
pub(super) fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    let builder = ThreadPoolBuilder::new().num_threads(threads);
    match if threads == 1 { builder.use_current_thread() } else { builder }.build() {
        Ok(pool) => pool.install(work),
        // The thread of whoever calls has such a pool already, or there are no more threads: the scan is slower, not wrong.
        Err(_) => work(),
    }
}

/// Reads an object by git and visits it.
fn again(visitor: &Visitor<'_>, objects: &Objects, id: ObjectId) -> Result<Sum> {
    let mut sum = Sum::default();
    match objects.apart(id, visitor.max_blob_bytes)? {
        (Kind::Blob, blob) => visitor.loaded(&mut sum, id, blob),
        (kind, Loaded::Whole(bytes)) => {
            visitor.visit(&mut sum, Node { id, kind, content: Content::Whole(&bytes), base: None });
        }
        (_, Loaded::Stream { .. } | Loaded::Skipped(_)) => {}
    }
    // A stream may break off in its middle.
    sum.lost.pop().map_or(Ok(sum), |lost| Err(lost.why))
}

/// Reads one object by its name and visits it.
fn one(visitor: &Visitor<'_>, objects: &Objects, sum: &mut Sum, id: ObjectId) -> Result<()> {
    let (kind, bytes) = objects.kind(id)?;
    if visitor.method == Method::GraphOnly {
        // It was scanned before, and counts as it did then.
        sum.bytes += bytes;
    }
    if !visitor.wants(kind) {
        return Ok(());
    }
    if kind == Kind::Blob {
        visitor.loaded(sum, id, objects.blob(id, visitor.max_blob_bytes)?);
        return Ok(());
    }
    let bytes = objects.whole(kind, id)?;
    visitor.visit(sum, Node { id, kind, content: Content::Whole(&bytes), base: None });
    Ok(())
}
