//! What is done with each object: blobs (`blobs.rs`), trees (`trees.rs`), texts of commits and tags.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use crate::decide::{self, Marked};
use crate::detect::{Engine, Match};
use crate::error::Error;
use crate::finding::{Fingerprint, Secret};
use crate::git::pack::{Content, Lost, Node, Visit};
use crate::git::{Headers, Kind};
use crate::history::{CommitNode, Found, Graph, Occurrence, TagNode};
use crate::oid::ObjectId;
use crate::path::RepoPath;
use crate::scan::history::blobs::{BlobState, Text};
use crate::scan::history::dirty;
use crate::scan::history::known_names::KnownNames;
use crate::scan::history::trees::TreeState;
use crate::scan::window::Window;
use crate::text::{Loaded, Problem, Skipped, TextKind};

/// The most occurrences of one text that are kept.
const MOST: usize = 10_000;
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

/// What secrets are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scan) enum Naming {
    /// By their fingerprints, which reports show and a store keeps.
    Fingerprints,
    /// By what tells them apart in this run alone, and costs nothing.
    ForNow,
}

impl Naming {
    /// Returns what a secret is called.
    pub(in crate::scan) fn of(self, secret: &Secret) -> Fingerprint {
        match self {
            Self::Fingerprints => Fingerprint::of(secret),
            Self::ForNow => Fingerprint::for_now(secret),
        }
    }
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
    /// The names in trees that hold no secret.
    pub(super) names: KnownNames,
}

impl Sum {
    /// Frees what only helps while objects are visited.
    pub(super) fn without_helps(self) -> Self {
        Self { found: HashMap::new(), names: KnownNames::default(), ..self }
    }

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
        let key = |one: &'_ Occurrence| (one.object, one.kind, one.start, one.end);
        let is_first =
            are_first(self.occurrences.iter().map(|one| (key(one), &one.found.rule, &one.found.fingerprint)));
        let mut is_first = is_first.into_iter();
        self.occurrences.retain(|_| is_first.next().unwrap_or(true));
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
    /// A blob.
    Blob(BlobState),
    /// A tree.
    Tree(TreeState),
    /// Nothing.
    Other,
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
    pub(super) naming: Naming,
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
        let (bytes, whole) = match node.content {
            Content::Whole(bytes) => (bytes, None),
            Content::Near(bytes, whole) => (bytes, Some(whole)),
            Content::Stream(size, read) => {
                self.stream(sum, node.id, node.kind, size, read);
                return State::Other;
            }
        };
        sum.bytes += if counts { bytes.len() as u64 } else { 0 };
        match node.kind {
            Kind::Blob => State::Blob(self.blob(sum, node.id, Text { bytes, whole }, node.base.as_ref())),
            Kind::Tree => self.tree(sum, node.id, bytes, node.base.as_ref()),
            Kind::Commit | Kind::Tag => {
                self.text(sum, node.id, node.kind, bytes);
                State::Other
            }
        }
    }

    fn sight(&self, kind: Kind, base: &State) -> Option<usize> {
        let moves = self.method == Method::ByDelta && kind == Kind::Blob && matches!(base, State::Blob(_));
        moves.then_some(dirty::SIGHT)
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

    /// Scans what people wrote into a commit or a tag, and notes what it names.
    fn text(&self, sum: &mut Sum, id: ObjectId, kind: Kind, bytes: &[u8]) {
        let Some(headers) = Headers::parse(bytes) else {
            return sum.damaged(id);
        };
        match (kind, headers.tree, headers.target) {
            (Kind::Commit, Some(tree), _) => {
                let seconds = headers.seconds();
                sum.graph.commits.push(CommitNode { id, tree, parents: headers.parents.as_slice().into(), seconds });
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

    /// Notes matches, in order of their places.
    pub(super) fn report(
        &self,
        sum: &mut Sum,
        object: ObjectId,
        kind: TextKind,
        window: &Window<'_>,
        matches: Vec<Match>,
    ) {
        if matches.len() > MOST {
            let error = Error::TooMany { more: (matches.len() - MOST) as u64 };
            sum.problems.push(Problem { what: format!("object {object}"), error });
        }
        for (found, place) in window.places(matches).take(MOST) {
            let mark = self.without_secrets(decide::read_marks(&window.near(&found.span), found.rule.id));
            let (start, end) = (window.offset + found.span.start as u64, window.offset + found.span.end as u64);
            let found = sum.known(&found, self.naming);
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
    pub(super) fn damaged(&mut self, id: ObjectId) {
        self.scanned = self.scanned.saturating_sub(1);
        let error = Error::Git { doing: "read the object", what: id.to_string(), because: "it is damaged".to_owned() };
        self.fail(id, error);
    }

    /// Returns what is to be kept of a match, made once for each secret, rule and reason.
    fn known(&mut self, found: &Match, naming: Naming) -> Arc<Found> {
        let known = self.found.entry((found.secret.clone(), found.rule.id)).or_default();
        let is_same = |one: &&Arc<Found>| {
            one.confidence == found.confidence && one.evidence == found.evidence && one.advice == found.advice
        };
        if let Some(one) = known.iter().find(is_same) {
            return Arc::clone(one);
        }
        let fingerprint = known.first().map_or_else(|| naming.of(&found.secret), |one| one.fingerprint.clone());
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

/// Tells of each key whether it is the first of its kind.
pub(super) fn are_first<K: Eq + Hash>(keys: impl ExactSizeIterator<Item = K>) -> Vec<bool> {
    let mut seen = HashSet::with_capacity(keys.len());
    keys.map(|key| seen.insert(key)).collect()
}

/// Returns how messages call a blob of which no path is known.
pub(super) fn blob_name(id: ObjectId) -> RepoPath {
    RepoPath::new(format!("blob {id}"))
}
