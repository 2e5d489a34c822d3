//! Joins the stages over all cores: reads each entry, finds, places and judges.
//!
//! Each entry yields an [`Outcome`] of its own, and outcomes merge: threads
//! share nothing that changes. The order of the result depends on the input alone.

mod archives;
mod hide;
pub mod history;
mod judged;
mod kept;
mod place;
pub mod push;
mod twice;
mod window;

use std::io::Read;
use std::ops::Range;

use rayon::prelude::*;
use zeroize::Zeroize;

use crate::decide::{self, Policy};
use crate::detect::{Engine, Match};
use crate::error::{Error, Result};
use crate::finding::Place;
use crate::git::{self, Repository};
use crate::oid::ObjectId;
use crate::outcome::Outcome;
use crate::source::Reader;
use crate::text::{Entry, Listing, Loaded, Problem, Scope, Skipped};

pub use hide::text as hide_in;
use judged::{Judged, Part, without_secrets};
use kept::{Candidate, Kept};
use window::Window;

/// How much a scan may use.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// How many threads; 0 for one a core.
    pub threads: usize,
    /// The size in bytes above which a text is left out, and named as such.
    pub max_blob_bytes: Option<u64>,
    /// What happens to archives.
    pub archives: Archives,
    /// How much is told of what blocks.
    pub telling: Telling,
}

/// How much is told of what blocks; the verdict is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Telling {
    /// All of it.
    #[default]
    All,
    /// Enough to refuse: further findings are counted, and work on them is bounded.
    Enough,
}

/// What happens to archives: gzip, tar and zip files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Archives {
    /// They are texts as all others.
    #[default]
    Closed,
    /// What is packed in them is scanned, too.
    Opened,
}

/// Scans everything a source lists; the outcome is judged and sorted.
#[must_use]
pub fn run(
    engine: &Engine,
    policy: &Policy,
    repository: Option<&Repository>,
    listing: Listing,
    limits: &Limits,
) -> Outcome {
    counted(engine, policy, repository, listing, limits).outcome
}

/// Does the same, and also returns how many findings there are beside those that are told.
fn counted(
    engine: &Engine,
    policy: &Policy,
    repository: Option<&Repository>,
    listing: Listing,
    limits: &Limits,
) -> Judged {
    let Listing { entries, skipped, problems, notices } = listing;
    let planned = (entries.len() + skipped.len()) as u64;
    let listed = Outcome { planned, skipped, problems, notices, ..Outcome::default() };
    let scan = Scan { engine, policy, repository, limits };
    let Judged { outcome, more } = scan.all(&entries);
    let mut outcome = listed.merge(outcome);
    hide::hide(engine, &mut outcome);
    twice::once(engine, &mut outcome);
    outcome.sort();
    Judged { outcome, more }
}

/// What every thread of a scan sees.
#[derive(Clone, Copy)]
struct Scan<'a> {
    engine: &'a Engine,
    policy: &'a Policy,
    repository: Option<&'a Repository>,
    limits: &'a Limits,
}

/// On how many cores something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cores {
    /// On this one.
    One,
    /// On all of the pool of threads that this runs in.
    All,
}

impl Cores {
    /// Does the same with each of some things; the results are in their order.
    fn each<T: Sync, R: Send>(self, things: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
        match self {
            Self::One => things.iter().map(work).collect(),
            Self::All => things.par_iter().map(work).collect(),
        }
    }
}

/// Below this many entries, starting threads costs more than they save.
const FEW: usize = 8;

impl Scan<'_> {
    fn all(self, entries: &[Entry]) -> Judged {
        let scan = |cores| if cores == Cores::One { self.some(entries) } else { self.in_parallel(entries) };
        let part = self.over_cores(entries.len(), scan);
        self.over_cores(part.count(), |cores| self.judged(part, cores))
    }

    /// Does something on as many cores as may be used, if there is enough to do for more than one.
    fn over_cores<T: Send>(self, things: usize, work: impl FnOnce(Cores) -> T + Send) -> T {
        if things < FEW || self.limits.threads == 1 {
            return work(Cores::One);
        }
        match rayon::ThreadPoolBuilder::new().num_threads(self.limits.threads).build() {
            Ok(pool) => pool.install(|| work(Cores::All)),
            // Without threads the scan is slower, not wrong.
            Err(_) => work(Cores::One),
        }
    }

    /// Scans chunks of entries, each with a reader of its own: git's handles cannot be shared.
    fn in_parallel(self, entries: &[Entry]) -> Part {
        let chunk = entries.len().div_ceil(rayon::current_num_threads() * 8);
        entries.par_chunks(chunk).map(|chunk| self.some(chunk)).reduce(Part::default, Part::merge)
    }

    fn some(self, entries: &[Entry]) -> Part {
        match Reader::new(self.repository, self.limits.max_blob_bytes) {
            Ok(reader) => entries.iter().map(|entry| self.one(&reader, entry)).fold(Part::default(), Part::merge),
            Err(error) => {
                let failed = entries.len() as u64;
                let problem = Problem { what: format!("{failed} texts"), error };
                Outcome { failed, problems: vec![problem], ..Outcome::default() }.into()
            }
        }
    }

    fn one(self, reader: &Reader, entry: &Entry) -> Part {
        let loaded = reader.read(&entry.body);
        match self.limits.archives {
            Archives::Closed => self.loaded(reader, entry, loaded),
            Archives::Opened => self.opened(reader, entry, loaded).into(),
        }
    }

    fn loaded(self, reader: &Reader, entry: &Entry, loaded: Result<Loaded>) -> Part {
        let scanned = match loaded {
            Ok(Loaded::Whole(mut text)) => {
                let scanned = self.whole(reader, entry, &text);
                // What was found is gone from memory with the text; wiping every text would cost more than it is worth.
                if !scanned.1.is_empty() {
                    text.zeroize();
                }
                Ok(scanned)
            }
            Ok(Loaded::Stream { read, .. }) => self.stream(entry, read),
            Ok(Loaded::Skipped(why)) => {
                let skipped = vec![Skipped { path: entry.path.clone(), why }];
                return Outcome { skipped, ..Outcome::default() }.into();
            }
            Err(error) => Err(Box::new((error, Kept::of(entry)))),
        };
        told(entry, scanned)
    }

    fn whole(self, reader: &Reader, entry: &Entry, text: &[u8]) -> (u64, Kept) {
        let window = Window::whole(text);
        let matches = self.engine.scan(text);
        let mut kept = Kept::of(entry);
        let mut added = None;
        for (found, place) in window.places(matches) {
            let is_new = match &entry.scope {
                Scope::All => true,
                Scope::Since(old) => {
                    let added = added.get_or_insert_with(|| Added::of(reader, old, text));
                    added.touches(place)
                }
            };
            kept.add(candidate(&window, found, place, is_new), &self);
        }
        (text.len() as u64, kept)
    }

    /// Scans a text that is too large to hold, window by window.
    ///
    /// Every line counts as new: comparing two such texts would take both in
    /// memory, and a gate had rather ask twice than not at all.
    fn stream(self, entry: &Entry, read: impl Read) -> Scanned {
        let mut kept = Kept::of(entry);
        let bytes = window::each(read, |window, accepts| {
            let matches = self.engine.scan(window.text);
            let accepted = matches.into_iter().filter(|found| accepts.contains(&found.span.start)).collect();
            for (found, place) in window.places(accepted) {
                kept.add(candidate(window, found, place, true), &self);
            }
        });
        match bytes {
            Ok(bytes) => Ok((bytes, kept)),
            Err(source) => {
                let error = Error::Io { doing: "read", path: entry.path.to_os_path(), source };
                Err(Box::new((error, kept)))
            }
        }
    }
}

/// Notes a match with what was near it.
fn candidate(window: &Window<'_>, found: Match, place: Place, is_new: bool) -> Candidate {
    let span = window.offset + found.span.start as u64..window.offset + found.span.end as u64;
    let mark = decide::read_marks(&window.near(&found.span), found.rule.id);
    Candidate { found, place, span, mark, is_new }
}

/// Bytes read and what was found; what was found before it broke off, otherwise.
type Scanned = std::result::Result<(u64, Kept), Box<(Error, Kept)>>;

/// Returns what one text came to that was scanned, or partly.
fn told(entry: &Entry, scanned: Scanned) -> Part {
    match scanned {
        Ok((bytes, kept)) => Part::new(Outcome { scanned: 1, bytes, ..Outcome::default() }, kept),
        Err(broken) => {
            let (error, kept) = *broken;
            let problem = Problem { what: entry.path.to_string(), error };
            Part::new(Outcome { failed: 1, problems: vec![problem], ..Outcome::default() }, kept)
        }
    }
}

/// The lines of a text that are new against every earlier version.
enum Added {
    /// These, for each earlier version.
    Lines(Vec<Vec<Range<u64>>>),
    /// An earlier version cannot be read or is too large to be compared with: all lines count.
    Unknown,
}

impl Added {
    fn of(reader: &Reader, old: &[ObjectId], text: &[u8]) -> Self {
        let lines = |id: &ObjectId| git::added_lines(&reader.old_blob(*id).ok()??, text).ok();
        old.iter().map(lines).collect::<Option<_>>().map_or(Self::Unknown, Self::Lines)
    }

    fn touches(&self, place: Place) -> bool {
        match self {
            Self::Unknown => true,
            Self::Lines(versions) => versions.iter().all(|lines| touches(lines, place)),
        }
    }
}

/// Tells whether a place lies at least partly in one of these ranges, which are in order.
fn touches(lines: &[Range<u64>], place: Place) -> bool {
    let first = lines.partition_point(|added| added.end <= place.line);
    lines.get(first).is_some_and(|added| added.start <= place.end_line)
}
