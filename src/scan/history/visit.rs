//! What is done with each object: blobs by their dirty stretches, texts of commits and tags, names in trees.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use crate::decide::{self, Marked};
use crate::detect::{Engine, Match, resolve};
use crate::error::Error;
use crate::finding::{Fingerprint, Secret};
use crate::git::pack::{self, Base, Content, Lost, Node, Visit};
use crate::git::{Headers, Kind};
use crate::history::{CommitNode, Copied, Found, Fresh, Graph, Occurrence, TagNode};
use crate::oid::ObjectId;
use crate::path::RepoPath;
use crate::scan::history::dirty::{Delta, sees};
use crate::scan::window::{self, Window};
use crate::text::{Loaded, Problem, Skip, Skipped, TextKind};

/// The most occurrences of one text that are kept.
const MOST: usize = 10_000;
/// A shorter name holds no secret: no rule finds one in fewer bytes.
const SHORTEST_NAME: usize = 8;

/// A shorter name is scanned anew in less time than it takes to remember it.
const REMEMBERED_NAME: usize = 32;

/// How blobs of packs are scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// What was copied from a blob that was scanned is not scanned again.
    ByDelta,
    /// Each blob whole: slower, and the same.
    Whole,
    /// Nothing is scanned: commits, tags and trees are read for the graph alone, and not counted.
    GraphOnly,
}

/// What a thread learns from the objects it visits.
#[derive(Debug, Default)]
pub struct Sum {
    /// How many objects there are.
    pub planned: u64,
    /// How many were read and scanned.
    pub scanned: u64,
    /// How many could not be.
    pub failed: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// Of those, how many bytes were looked at: the rest was copied from what was.
    pub looked_at: u64,
    /// What was found.
    pub occurrences: Vec<Occurrence>,
    /// Commits, tags and trees.
    pub graph: Graph,
    /// What was left out on purpose.
    pub skipped: Vec<Skipped>,
    /// What should have been read and could not be.
    pub problems: Vec<Problem>,
    /// The blobs that hold nothing, where a store wants to know.
    pub(super) clean: Vec<ObjectId>,
    /// The objects that trees lead to beyond those that are scanned, where that was asked.
    pub(in crate::scan) outside: HashSet<ObjectId>,
    /// Whether the scan was ended before its end.
    pub is_cut_off: bool,
    /// What the walk could not build.
    pub(super) lost: Vec<Lost>,
    /// What is known of the secrets so far: the fingerprint of a short one takes milliseconds.
    pub(super) found: HashMap<(Secret, &'static str), Vec<Arc<Found>>>,
    /// The long names in trees that hold no secret.
    pub(super) names: HashSet<Vec<u8>>,
}

impl Sum {
    /// Joins what two threads learned.
    pub(in crate::scan) fn merge(mut self, mut other: Self) -> Self {
        self.planned += other.planned;
        self.scanned += other.scanned;
        self.failed += other.failed;
        self.bytes += other.bytes;
        self.looked_at += other.looked_at;
        self.occurrences.append(&mut other.occurrences);
        self.graph = self.graph.merge(other.graph);
        self.skipped.append(&mut other.skipped);
        self.clean.append(&mut other.clean);
        self.problems.append(&mut other.problems);
        self.outside.extend(other.outside);
        self.is_cut_off |= other.is_cut_off;
        self.lost.append(&mut other.lost);
        // What each knew of secrets and names served its own objects.
        self
    }

    /// Drops what was told twice: an object may lie in several packs.
    pub(in crate::scan) fn once_each(&mut self) {
        let mut seen = HashSet::new();
        self.occurrences.retain(|one| {
            seen.insert((
                one.object,
                one.kind,
                one.start,
                one.end,
                one.found.rule.clone(),
                one.found.fingerprint.clone(),
            ))
        });
    }

    /// Tells whether all objects were read to their end.
    pub(super) fn is_sound(&self) -> bool {
        self.failed == 0 && self.problems.is_empty() && self.lost.is_empty() && !self.is_cut_off
    }

    /// Notes an object that cannot be read.
    pub(super) fn fail(&mut self, id: ObjectId, error: Error) {
        self.failed += 1;
        self.problems.push(Problem { what: format!("object {id}"), error });
    }
}

/// What an object leaves for those that are stored against it.
pub(super) enum State {
    /// The matches of a blob, overlapping ones included, in order of their extents.
    Blob(Vec<Held>),
    /// A tree.
    Tree(TreeState),
    /// Nothing.
    Other,
}

/// What a tree leaves for those that are stored against it.
pub(super) struct TreeState {
    /// Its number in the graph of its sum.
    number: u32,
    /// Where its entries begin, and where the last one ends.
    starts: Vec<u32>,
    /// Where the entries begin whose names hold secrets.
    named: Vec<u32>,
}

impl TreeState {
    /// Takes over the entries that lie wholly in a copied stretch from `at` on, which must be where one begins.
    ///
    /// Adds where they begin now, and returns where the last one ends; `None` if there is none.
    fn copied(&self, stretch: pack::Copied, at: usize, starts: &mut Vec<u32>) -> Option<usize> {
        let first = self.starts.binary_search(&narrow(at - stretch.to + stretch.from)).ok()?;
        let end = self.starts.partition_point(|start| *start as usize <= stretch.from + stretch.len);
        let taken = self.starts.get(first..end.checked_sub(1)?).filter(|taken| !taken.is_empty())?;
        starts.extend(taken.iter().map(|start| moved(*start, stretch)));
        Some(moved(self.starts[end - 1], stretch) as usize)
    }
}

/// Returns where a place of the base is copied to; nonsense for one outside the stretch.
fn moved(start: u32, stretch: pack::Copied) -> u32 {
    start.wrapping_sub(narrow(stretch.from)).wrapping_add(narrow(stretch.to))
}

/// A match of a blob, at the place to which it was copied.
#[derive(Debug, Clone)]
pub(super) struct Held {
    found: Arc<Match>,
    span: Range<usize>,
    extent: Range<usize>,
}

impl Held {
    /// Places a match that was found in a window which begins at `shift`.
    fn new(found: Match, shift: usize) -> Self {
        let moved = |range: &Range<usize>| range.start + shift..range.end + shift;
        Self { span: moved(&found.span), extent: moved(&found.extent), found: Arc::new(found) }
    }

    /// Returns the same match where a stretch of its text was copied to.
    fn copied(&self, from: usize, to: usize) -> Self {
        let moved = |range: &Range<usize>| range.start - from + to..range.end - from + to;
        Self { found: Arc::clone(&self.found), span: moved(&self.span), extent: moved(&self.extent) }
    }

    /// Returns the match as if it had been found here.
    fn to_match(&self) -> Match {
        let mut found = Match::clone(&self.found);
        found.span.clone_from(&self.span);
        found.extent.clone_from(&self.extent);
        found
    }
}

/// Scans the objects that a walk hands over.
#[derive(Clone, Copy)]
pub(super) struct Visitor<'a> {
    pub(super) engine: &'a Engine,
    /// Blobs that are known to hold nothing.
    pub(super) clean: &'a HashSet<ObjectId>,
    /// The objects that are scanned, where it matters to which others their trees lead.
    pub(super) inside: Option<&'a HashSet<ObjectId>>,
    /// Whether blobs that hold nothing are to be named.
    pub(super) collects_clean: bool,
    /// Bytes of an object name.
    pub(super) id_len: usize,
    /// The size in bytes above which a blob is left out.
    pub(super) max_blob_bytes: Option<u64>,
    pub(super) method: Method,
}

impl Visit for Visitor<'_> {
    type State = State;
    type Sum = Sum;

    fn start(&self) -> Sum {
        Sum::default()
    }

    fn wants(&self, kind: Kind) -> bool {
        self.method != Method::GraphOnly || kind != Kind::Blob
    }

    fn visit(&self, sum: &mut Sum, node: Node<'_, State>) -> State {
        let counts = self.method != Method::GraphOnly;
        sum.scanned += u64::from(counts);
        let bytes = match node.content {
            Content::Whole(bytes) => bytes,
            Content::Stream(size, read) => {
                self.stream(sum, node.id, node.kind, size, read);
                return State::Other;
            }
        };
        sum.bytes += if counts { bytes.len() as u64 } else { 0 };
        match node.kind {
            Kind::Blob => State::Blob(self.blob(sum, node.id, bytes, node.base.as_ref())),
            Kind::Tree => self.tree(sum, node.id, bytes, node.base.as_ref()),
            Kind::Commit | Kind::Tag => {
                self.text(sum, node.id, node.kind, bytes);
                State::Other
            }
        }
    }

    fn lose(&self, sum: &mut Sum, id: ObjectId, why: Error) {
        sum.lost.push(Lost { id, why, is_circular: false });
    }

    fn merge(&self, one: Sum, other: Sum) -> Sum {
        one.merge(other)
    }
}

impl Visitor<'_> {
    /// Takes a blob that was read by its name.
    pub(super) fn loaded(&self, sum: &mut Sum, id: ObjectId, blob: Loaded) {
        match blob {
            Loaded::Whole(bytes) => {
                self.visit(sum, Node { id, kind: Kind::Blob, content: Content::Whole(&bytes), base: None });
            }
            Loaded::Stream { bytes, read } => {
                let content = Content::Stream(bytes.unwrap_or_default(), read);
                self.visit(sum, Node { id, kind: Kind::Blob, content, base: None });
            }
            Loaded::Skipped(why) => sum.skipped.push(Skipped { path: blob_name(id), why }),
        }
    }

    /// Finds what a blob holds: what was copied, and what its windows show.
    fn blob(&self, sum: &mut Sum, id: ObjectId, bytes: &[u8], base: Option<&Base<'_, State>>) -> Vec<Held> {
        if self.clean.contains(&id) {
            return Vec::new();
        }
        let held = match base {
            Some(Base { len, copies, state: State::Blob(old), .. }) if self.method == Method::ByDelta => {
                self.by_delta(sum, bytes, Delta { base_len: *len, len: bytes.len(), copies }, old)
            }
            Some(_) | None => {
                sum.looked_at += bytes.len() as u64;
                let mut held: Vec<Held> =
                    self.engine.scan_all(bytes).into_iter().map(|found| Held::new(found, 0)).collect();
                held.sort_by_key(|one| one.extent.start);
                held
            }
        };
        if self.max_blob_bytes.is_some_and(|max| bytes.len() as u64 > max) {
            sum.scanned -= 1;
            sum.skipped.push(Skipped { path: blob_name(id), why: Skip::TooLarge });
        } else if held.is_empty() {
            sum.clean.extend(self.collects_clean.then_some(id));
        } else {
            let matches = resolve(held.iter().map(Held::to_match).collect());
            self.report(sum, id, TextKind::Content, &Window::whole(bytes), matches);
        }
        held
    }

    fn by_delta(&self, sum: &mut Sum, bytes: &[u8], delta: Delta<'_>, old: &[Held]) -> Vec<Held> {
        let mut held: Vec<Held> = delta
            .copied(old, |one| one.extent.clone())
            .map(|(one, copied)| one.copied(copied.from, copied.to))
            .collect();
        for window in delta.windows() {
            sum.looked_at += window.len() as u64;
            let found = self.engine.scan_all(&bytes[window.clone()]);
            let found = found.into_iter().map(|found| Held::new(found, window.start));
            held.extend(found.filter(|one| sees(&window, bytes.len(), &one.extent) && !delta.is_copied(&one.extent)));
        }
        held.sort_by_key(|one| one.extent.start);
        held
    }

    /// Scans a blob that is too large to hold, window by window.
    fn stream(&self, sum: &mut Sum, id: ObjectId, kind: Kind, size: u64, read: Box<dyn Read + '_>) {
        if self.max_blob_bytes.is_some_and(|max| size > max) {
            sum.scanned -= 1;
            sum.skipped.push(Skipped { path: blob_name(id), why: Skip::TooLarge });
            return;
        }
        let read = window::each(read, |window, accepts| {
            let matches = self.engine.scan(window.text);
            let accepted = matches.into_iter().filter(|found| accepts.contains(&found.span.start)).collect();
            self.report(sum, id, TextKind::Content, window, accepted);
        });
        let error = match read {
            Ok(got) if got == size && kind == Kind::Blob => {
                sum.bytes += got;
                sum.looked_at += got;
                return;
            }
            Ok(_) if kind != Kind::Blob => "it is too large for what it is".to_owned(),
            Ok(_) => "its data is shorter than it says".to_owned(),
            Err(error) => error.to_string(),
        };
        sum.scanned -= 1;
        let why = Error::Git { doing: "read the object", what: id.to_string(), because: error };
        sum.lost.push(Lost { id, why, is_circular: false });
    }

    /// Scans what people wrote into a commit or a tag, and notes what it names.
    fn text(&self, sum: &mut Sum, id: ObjectId, kind: Kind, bytes: &[u8]) {
        let Some(headers) = Headers::parse(bytes) else {
            return sum.damaged(id);
        };
        match (kind, headers.tree, headers.target) {
            (Kind::Commit, Some(tree), _) => {
                let seconds = headers.seconds();
                sum.graph.commits.push(CommitNode { id, tree, parents: headers.parents, seconds });
            }
            (Kind::Tag, _, Some(target)) => sum.graph.tags.push(TagNode { id, target }),
            _ => return sum.damaged(id),
        }
        if self.method == Method::GraphOnly {
            return;
        }
        sum.looked_at += headers.text.len() as u64;
        let matches = self.engine.scan(&headers.text);
        if !matches.is_empty() {
            self.report(sum, id, TextKind::Message, &Window::whole(&headers.text), matches);
        }
    }

    /// Notes what a tree holds beyond its base, and scans the names of that.
    fn tree(&self, sum: &mut Sum, id: ObjectId, bytes: &[u8], base: Option<&Base<'_, State>>) -> State {
        let (copies, of_base) = match base {
            Some(Base { copies, state: State::Tree(tree), is_far: false, .. }) => (*copies, Some(tree)),
            Some(_) | None => (&[][..], None),
        };
        let mut fresh = Vec::new();
        let (mut starts, mut named) = (Vec::new(), Vec::new());
        let mut stretches = copies.iter();
        let mut next = stretches.next();
        let mut at = 0;
        while at < bytes.len() {
            while next.is_some_and(|copied| copied.to + copied.len <= at) {
                next = stretches.next();
            }
            if let Some(copied) = next.filter(|copied| copied.to <= at)
                && let Some(base) = of_base
                && let Some(end) = base.copied(*copied, at, &mut starts)
            {
                let moved = base.named.iter().map(|start| moved(*start, *copied));
                for start in moved.filter(|start| (at..end).contains(&(*start as usize))) {
                    let entry = TreeEntry::read(&bytes[start as usize..], self.id_len);
                    named.extend(entry.and_then(|entry| self.name(sum, id, entry.name).then_some(start)));
                }
                at = end;
                continue;
            }
            let Some(entry) = TreeEntry::read(&bytes[at..], self.id_len) else {
                sum.damaged(id);
                return State::Other;
            };
            starts.push(narrow(at));
            at += entry.len;
            if self.name(sum, id, entry.name) {
                named.extend(starts.last());
            }
            if !entry.is_submodule {
                let place = at - self.id_len;
                self.link(sum, &bytes[place..at]);
                let prefix = bytes[place..place + 8].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
                fresh.push(Fresh { prefix, at: narrow(place) });
            }
        }
        starts.push(narrow(at));
        let trees = &mut sum.graph.trees;
        let number = match of_base {
            Some(base) => trees.add_delta(id, base.number, fresh, copies.iter().map(copied)),
            None => trees.add_whole(id, fresh),
        };
        State::Tree(TreeState { number, starts, named })
    }

    /// Notes an object that an entry names and that is not among those that are scanned.
    fn link(&self, sum: &mut Sum, name: &[u8]) {
        let Some(inside) = self.inside else { return };
        sum.outside.extend(ObjectId::from_bytes(name).filter(|id| !inside.contains(id)));
    }

    /// Scans a name in a tree, one without a secret once; tells whether it holds one.
    fn name(&self, sum: &mut Sum, tree: ObjectId, name: &[u8]) -> bool {
        if self.method == Method::GraphOnly || name.len() < SHORTEST_NAME {
            return false;
        }
        if name.len() >= REMEMBERED_NAME && sum.names.contains(name) {
            return false;
        }
        sum.looked_at += name.len() as u64;
        let matches = self.engine.scan(name);
        let matches_none = matches.is_empty();
        if !matches_none {
            // Each tree that has it counts: one may be in a tip, and another not.
            self.report(sum, tree, TextKind::PathName, &Window::whole(name), matches);
        } else if name.len() >= REMEMBERED_NAME {
            sum.names.insert(name.to_vec());
        }
        !matches_none
    }

    /// Notes matches, in order of their places.
    fn report(&self, sum: &mut Sum, object: ObjectId, kind: TextKind, window: &Window<'_>, matches: Vec<Match>) {
        if matches.len() > MOST {
            let error = Error::TooMany { more: (matches.len() - MOST) as u64 };
            sum.problems.push(Problem { what: format!("object {object}"), error });
        }
        for (found, place) in window.places(matches).take(MOST) {
            let mark = self.without_secrets(decide::read_marks(&window.near(&found.span), found.rule.id));
            let (start, end) = (window.offset + found.span.start as u64, window.offset + found.span.end as u64);
            let found = sum.known(&found);
            sum.occurrences.push(Occurrence { object, kind, start, end, place, mark, found });
        }
    }

    /// Keeps the words of a mark from carrying a secret that somebody put among them.
    fn without_secrets(&self, mark: Marked) -> Marked {
        match mark {
            Marked::Allows(words) if !self.engine.scan(words.as_bytes()).is_empty() => {
                Marked::Allows("(not shown: there is a secret in it)".to_owned())
            }
            Marked::Allows(_) | Marked::No | Marked::WithoutReason | Marked::OtherRule => mark,
        }
    }
}

impl Sum {
    /// Notes an object whose bytes are not what its kind asks for.
    fn damaged(&mut self, id: ObjectId) {
        self.scanned = self.scanned.saturating_sub(1);
        let error = Error::Git { doing: "read the object", what: id.to_string(), because: "it is damaged".to_owned() };
        self.fail(id, error);
    }

    /// Returns what is to be kept of a match, made once for each secret, rule and reason.
    fn known(&mut self, found: &Match) -> Arc<Found> {
        let known = self.found.entry((found.secret.clone(), found.rule.id)).or_default();
        let is_same = |one: &&Arc<Found>| {
            one.confidence == found.confidence && one.evidence == found.evidence && one.advice == found.advice
        };
        if let Some(one) = known.iter().find(is_same) {
            return Arc::clone(one);
        }
        let fingerprint = known.first().map_or_else(|| Fingerprint::of(&found.secret), |one| one.fingerprint.clone());
        let strings = |words: &[&'static str]| words.iter().map(|word| (*word).to_owned()).collect();
        let one = Arc::new(Found {
            rule: found.rule.id.to_owned(),
            confidence: found.confidence,
            severity: found.rule.severity,
            fingerprint,
            redacted: found.secret.redacted(),
            evidence: strings(&found.evidence),
            advice: strings(&found.advice),
        });
        known.push(Arc::clone(&one));
        one
    }
}

/// An entry of a tree: `mode SP name NUL id`.
struct TreeEntry<'a> {
    name: &'a [u8],
    is_submodule: bool,
    /// How many bytes it takes.
    len: usize,
}

impl<'a> TreeEntry<'a> {
    fn read(bytes: &'a [u8], id_len: usize) -> Option<Self> {
        let space = memchr::memchr(b' ', bytes.get(..8).unwrap_or(bytes))?;
        let end = space + memchr::memchr(0, &bytes[space..])?;
        let len = end + 1 + id_len;
        let is_submodule = is_submodule(&bytes[..space]);
        (len <= bytes.len()).then(|| Self { name: &bytes[space + 1..end], is_submodule, len })
    }
}

/// Tells whether a mode, in octal digits, is a submodule's for git, which looks at four of its bits.
fn is_submodule(mode: &[u8]) -> bool {
    mode.iter().fold(0_u32, |bits, digit| bits << 3 | u32::from(digit & 7)) & 0o170_000 == 0o160_000
}

/// Returns the names in a tree, up to where it makes no sense.
pub(in crate::scan) fn names(tree: &[u8], id_len: usize) -> impl Iterator<Item = &[u8]> {
    let mut rest = tree;
    std::iter::from_fn(move || {
        let entry = TreeEntry::read(rest, id_len)?;
        rest = &rest[entry.len..];
        Some(entry.name)
    })
}

/// Returns a copy as the graph keeps it.
fn copied(copied: &pack::Copied) -> Copied {
    Copied { from: narrow(copied.from), to: narrow(copied.to), len: narrow(copied.len) }
}

/// Narrows a place in a tree; larger ones than fit are streamed and refused before.
fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Returns how messages call a blob of which no path is known.
fn blob_name(id: ObjectId) -> RepoPath {
    RepoPath::new(format!("blob {id}"))
}
