//! A log that is not whole: where it breaks, and what was done to it there.

use std::collections::{HashMap, HashSet};
use std::fs::File;

use crate::audit::chain::{Hash, Line, Links};
use crate::audit::lines::Lines;
use crate::audit::shape::{Shape, Sought};
use crate::audit::verify::Fault;

/// Reads a log, and says what was done to its lines.
pub(super) fn shape(file: &File, sought: Sought) -> std::io::Result<Shape> {
    let log = Log::read(file)?;
    let place = |hash: Option<Hash>| Some(*log.places.get(&hash?)? as u64 + 1);
    Ok(Shape {
        lines: log.links.len() as u64,
        last: log.last(),
        end: log.end,
        torn: log.torn,
        head_at: place(sought.head),
        has_noted: place(sought.noted).is_some(),
        faults: log.faults(),
    })
}

/// A log as it was read: of each line its links, if it has any.
struct Log {
    /// The links of each line.
    links: Vec<Option<Links>>,
    /// Where each hash is, the first time that a line says it has it.
    places: HashMap<Hash, usize>,
    /// Which hashes a line was written after.
    parents: HashSet<Hash>,
    /// The offset behind the last line that has an end.
    end: u64,
    /// How many bytes stand behind that.
    torn: u64,
}

impl Log {
    /// Reads a log.
    fn read(file: &File) -> std::io::Result<Self> {
        let (mut places, mut parents) = (HashMap::new(), HashSet::new());
        let mut log = Self { links: Vec::new(), places: HashMap::new(), parents: HashSet::new(), end: 0, torn: 0 };
        for line in Lines::from(file, 0)? {
            let line = line?;
            if !line.is_ended {
                log.torn = line.after - log.end;
                break;
            }
            log.end = line.after;
            let links = Line::links(&line.bytes);
            if let Some(links) = links {
                places.entry(links.hash).or_insert(log.links.len());
                parents.insert(links.prev);
            }
            log.links.push(links);
        }
        Ok(Self { places, parents, ..log })
    }

    /// Returns the hash of the last line.
    fn last(&self) -> Hash {
        self.links.last().copied().flatten().map_or(Hash::START, |links| links.hash)
    }

    /// Returns what the chain shows.
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        // The line that the next one should be chained to; `None` where its hash cannot be read.
        let mut before = Some(Hash::START);
        for (at, links) in self.links.iter().enumerate() {
            let number = at as u64 + 1;
            let Some(links) = links else {
                faults.push(Fault::Altered(number));
                before = None;
                continue;
            };
            let first = self.places.get(&links.hash).copied().unwrap_or(at);
            if first < at {
                faults.push(Fault::Repeated(number, first as u64 + 1));
                continue;
            }
            if !links.is_true {
                faults.push(Fault::Altered(number));
            }
            if before != Some(links.prev) {
                faults.extend(self.misplaced(at, links.prev, before));
            }
            before = Some(links.hash);
        }
        faults
    }

    /// Says why a line is not chained to the one before it.
    fn misplaced(&self, at: usize, prev: Hash, before: Option<Hash>) -> Vec<Fault> {
        let number = at as u64 + 1;
        let parent = if prev == Hash::START { Some(None) } else { self.places.get(&prev).map(|parent| Some(*parent)) };
        match parent {
            // The line before cannot be read, and may well be the one.
            None if before.is_none() => Vec::new(),
            None => vec![Fault::Gap(number)],
            Some(parent) => {
                let next = parent.map_or(0, |parent| parent + 1);
                match (next..at).map(|between| self.is_put_in(between)).collect::<Option<Vec<Fault>>>() {
                    Some(added) if next < at => added,
                    _ => {
                        vec![parent.map_or(Fault::BeginsAnew(number), |parent| Fault::Moved(number, parent as u64 + 1))]
                    }
                }
            }
        }
    }

    /// Tells whether nothing was written after a line, so that it was put in.
    fn is_put_in(&self, at: usize) -> Option<Fault> {
        let number = at as u64 + 1;
        match self.links.get(at).copied().flatten() {
            None => Some(Fault::Altered(number)),
            Some(links) if self.places.get(&links.hash) != Some(&at) => {
                Some(Fault::Repeated(number, self.places.get(&links.hash).map_or(0, |first| *first as u64 + 1)))
            }
            Some(links) => (!self.parents.contains(&links.hash)).then_some(Fault::Added(number)),
        }
    }
}
