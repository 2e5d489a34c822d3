//! What is done with blobs: clues and matches move with the bytes that were copied, the rest is searched.

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use crate::detect::clues::Clue;
use crate::detect::{Match, resolve};
use crate::error::Error;
use crate::git::Kind;
use crate::git::pack::{Base, Build, Copied, Lost};
use crate::oid::ObjectId;
use crate::scan::history::dirty::{Change, Delta, SIGHT, sees};
use crate::scan::history::visit::{Method, State, Sum, Visitor, blob_name};
use crate::scan::window::{self, Window};
use crate::text::{Skip, Skipped, TextKind};

/// What a blob leaves for those that are stored against it.
#[derive(Default)]
pub(super) struct BlobState {
    /// Its matches, overlapping ones included, in order of their extents.
    held: Vec<Held>,
    /// Its clues, in order of their places; of a blob that nothing is stored against, those within [`SIGHT`] of what is new.
    clues: Vec<Clue>,
    /// Whether it may have a zero: only then is UTF-16 looked for.
    has_zero: bool,
}

/// The bytes of a blob.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    /// All of them, or, if something builds the whole, as many, of which those within [`SIGHT`] of what is new are right.
    pub(super) bytes: &'a [u8],
    /// Builds the whole of a blob that nothing is stored against.
    pub(super) whole: Option<Build<'a>>,
}

/// A match of a blob, at the place to which it was copied.
#[derive(Debug, Clone)]
struct Held {
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

impl Visitor<'_> {
    /// Finds what a blob holds: what was copied, and what is new.
    pub(super) fn blob(
        &self,
        sum: &mut Sum,
        id: ObjectId,
        text @ Text { bytes, whole }: Text<'_>,
        base: Option<&Base<'_, State>>,
    ) -> BlobState {
        let is_clean = self.clean.contains(&id);
        let state = match (self.method, base) {
            (Method::ByDelta, Some(Base { len, copies, state: State::Blob(old), .. })) => {
                self.by_delta(sum, text, Delta { base_len: *len, len: bytes.len(), copies }, old, is_clean)
            }
            (Method::ByDelta, _) => self.by_clues(sum, bytes, is_clean),
            (Method::Whole | Method::GraphOnly, _) => self.at_once(sum, bytes, is_clean),
        };
        if is_clean {
            return state;
        }
        if self.max_blob_bytes.is_some_and(|max| bytes.len() as u64 > max) {
            sum.scanned -= 1;
            sum.skipped.push(Skipped { path: blob_name(id), why: Skip::TooLarge });
        } else if state.held.is_empty() {
            sum.clean.extend(self.collects_clean.then_some(id));
        } else {
            let matches = resolve(state.held.iter().map(Held::to_match).collect());
            match whole.map_or(Some(Cow::Borrowed(bytes)), |build| build().map(Cow::Owned)) {
                Some(bytes) => self.report(sum, id, TextKind::Content, &Window::whole(&bytes), matches),
                None => sum.damaged(id),
            }
        }
        state
    }

    /// Scans all of a blob, and leaves nothing to go by.
    fn at_once(&self, sum: &mut Sum, bytes: &[u8], is_clean: bool) -> BlobState {
        if is_clean {
            return BlobState::default();
        }
        sum.looked_at += bytes.len() as u64;
        BlobState { held: held(self.engine.scan_all(bytes), 0).collect(), ..BlobState::default() }
    }

    /// Finds all clues of a blob, and follows them.
    fn by_clues(&self, sum: &mut Sum, bytes: &[u8], is_clean: bool) -> BlobState {
        sum.looked_at += bytes.len() as u64;
        let mut state = BlobState { has_zero: has_zero(bytes), ..BlobState::default() };
        let all = 0..bytes.len();
        self.engine.find_clues(bytes, &all, &mut state.clues);
        if !is_clean {
            state.held.extend(held(self.engine.follow_clues(bytes, &state.clues, &all), 0));
            state.held.extend(held(self.engine.follow_signs(bytes, &state.clues, &all, state.has_zero), 0));
            state.held.sort_by_key(|one| one.extent.start);
        }
        state
    }

    /// Takes over the clues and matches that were copied, and looks at what is new.
    ///
    /// Of a blob that nothing is stored against, only the clues within sight of what is new are taken over.
    fn by_delta(
        &self,
        sum: &mut Sum,
        Text { bytes, whole }: Text<'_>,
        delta: Delta<'_>,
        old: &BlobState,
        is_clean: bool,
    ) -> BlobState {
        let (sight, room) = if whole.is_some() { (SIGHT, 0) } else { (usize::MAX, old.clues.len() / 8 * 9 + 8) };
        let mut state = BlobState { clues: Vec::with_capacity(room), has_zero: old.has_zero, ..BlobState::default() };
        let changes = delta.changes();
        let mut from = 0;
        for Change { range: stretch, before } in changes.stretches(bytes) {
            take_clues(&mut state.clues, &old.clues, before, from..stretch.start, sight);
            sum.looked_at += stretch.len() as u64;
            state.has_zero |= has_zero(&bytes[stretch.clone()]);
            self.engine.find_clues(bytes, &stretch, &mut state.clues);
            from = stretch.end;
        }
        if let Some(last) = delta.copies.last() {
            take_clues(&mut state.clues, &old.clues, *last, from..bytes.len(), sight);
        }
        if is_clean {
            return state;
        }
        let taken = delta.copied(&old.held, |one| one.extent.clone());
        state.held = taken.map(|(one, copied)| one.copied(copied.from, copied.to)).collect();
        for window in changes.windows_of_clues() {
            let found = held(self.engine.follow_clues(bytes, &state.clues, &window), 0);
            state.held.extend(found.filter(|one| !delta.is_copied(&one.extent)));
        }
        for window in changes.windows() {
            let found = self.engine.follow_signs(bytes, &state.clues, &window, state.has_zero);
            let is_new = |one: &Held| sees(&window, bytes.len(), &one.extent) && !delta.is_copied(&one.extent);
            state.held.extend(held(found, window.start).filter(is_new));
        }
        state.held.sort_by_key(|one| one.extent.start);
        state
    }

    /// Scans a blob that is too large to hold, window by window.
    pub(super) fn stream(&self, sum: &mut Sum, id: ObjectId, kind: Kind, size: u64, read: Box<dyn Read + '_>) {
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
}

/// Tells whether a text has a zero.
fn has_zero(text: &[u8]) -> bool {
    text.contains(&0)
}

/// Places matches that were found in a window which begins at `shift`.
fn held(found: Vec<Match>, shift: usize) -> impl Iterator<Item = Held> {
    found.into_iter().map(move |found| Held::new(found, shift))
}

/// Adds of the clues of the base those that begin in a stretch which lies in a copy, no further than so many bytes from its ends.
fn take_clues(clues: &mut Vec<Clue>, old: &[Clue], whole: Copied, stretch: Range<usize>, sight: usize) {
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let (from, to) = (place(whole.from), place(whole.to));
    let mut take = |stretch: Range<usize>| {
        let start = place(stretch.start) - to + from;
        let end = place(stretch.end) - to + from;
        let first = old.partition_point(|clue| clue.start < start);
        let count = old[first..].partition_point(|clue| clue.start < end);
        clues.extend(old[first..first + count].iter().map(|clue| clue.copied(from, to)));
    };
    if stretch.len() / 2 > sight {
        take(stretch.start..stretch.start + sight);
        take(stretch.end - sight..stretch.end);
    } else if !stretch.is_empty() {
        take(stretch);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;
    use crate::detect::Engine;
    use crate::scan::history::visit::Naming;

    /// Text in which there is something to find, and text in which there is not.
    fn piece() -> impl Strategy<Value = Vec<u8>> {
        let token = |len: usize| {
            (0..9_u64).prop_map(move |seed| {
                let mut state = seed;
                let mut next = || {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"[(state >> 58) as usize]
                };
                (0..len).map(|_| next()).collect::<Vec<u8>>()
            })
        };
        let words = [
            "IDEOGRAM_API_KEY=",
            "ideogram",
            " api_key: \"",
            "\"",
            "\n",
            " secret = '",
            "' + '",
            "\\n",
            "://",
            "@host/",
            ":/",
            "/user:pw@",
            "curl https://api.corp.io/ -u user:",
            "curl https:/",
            "/api.corp.io/ -u user:",
            "-----BE",
            "GIN PRIVATE KEY-----",
            "-----BEGIN PRIVATE",
            " KEY-----\n",
            "postgres",
            "user:",
            "\x1b[0;1m",
            "${KEY:-",
            "deo",
            "gram",
            "hooks.",
            "slack.com/",
            "\0",
            ";",
            "a",
            "_",
            "/",
            "a+b/c",
        ];
        prop_oneof![
            token(40),
            token(86),
            token(86),
            token(20),
            token(600),
            token(1500),
            prop::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
            prop::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
            prop::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
            "[a-z ]{0,300}".prop_map(String::into_bytes),
            "[A-Za-z.]{0,60}".prop_map(String::into_bytes),
            token(40).prop_map(|token| [b"secret=", &token[..]].concat().iter().flat_map(|byte| [*byte, 0]).collect()),
        ]
    }

    /// A stretch of the base, or something new.
    #[derive(Debug, Clone)]
    enum Edit {
        Copy(Index, Index),
        Insert(Vec<u8>),
    }

    fn edits() -> impl Strategy<Value = Vec<Edit>> {
        let copy = || (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Edit::Copy(from, to));
        prop::collection::vec(prop_oneof![copy(), copy(), piece().prop_map(Edit::Insert)], 1..8)
    }

    fn visitor<'a>(engine: &'a Engine, clean: &'a HashSet<ObjectId>) -> Visitor<'a> {
        let (collects_clean, naming) = (false, Naming::Fingerprints);
        Visitor {
            engine,
            clean,
            inside: None,
            collects_clean,
            id_len: 20,
            max_blob_bytes: None,
            method: Method::ByDelta,
            naming,
        }
    }

    /// Makes a text of a base; notes what was copied, as a delta does.
    fn edited(base: &[u8], edits: &[Edit]) -> (Vec<u8>, Vec<Copied>) {
        let (mut text, mut copies) = (Vec::new(), Vec::<Copied>::new());
        for edit in edits {
            match edit {
                Edit::Insert(bytes) => text.extend_from_slice(bytes),
                Edit::Copy(one, other) => {
                    let (one, other) = (one.index(base.len() + 1), other.index(base.len() + 1));
                    let (from, len) = (one.min(other), one.abs_diff(other));
                    match copies.last_mut() {
                        _ if len == 0 => {}
                        Some(last) if last.from + last.len == from && last.to + last.len == text.len() => {
                            last.len += len;
                        }
                        Some(_) | None => copies.push(Copied { from, to: text.len(), len }),
                    }
                    text.extend_from_slice(&base[from..from + len]);
                }
            }
        }
        (text, copies)
    }

    /// What is said of the matches of a blob, in a fixed order.
    fn said(state: &BlobState) -> Vec<String> {
        let words = |one: &Held| {
            let Match { rule, confidence, evidence, .. } = &*one.found;
            format!("{:?} {:?} {} {confidence:?} {evidence:?}", one.extent, one.span, rule.id)
        };
        let mut said: Vec<String> = state.held.iter().map(words).collect();
        said.sort();
        said
    }

    /// Text of many lines.
    fn filler() -> impl Strategy<Value = Vec<u8>> {
        (1..900_usize).prop_map(|lines| b"let total = sum(of, the, parts);\n".repeat(lines))
    }

    /// What a buffer holds that was used before: as much as possible that would be found.
    fn garbage(len: usize) -> Vec<u8> {
        let key = piece_of("IDEOGRAM_API_KEY=\"", 86);
        key.into_iter().cycle().take(len).collect()
    }

    fn piece_of(before: &str, len: usize) -> Vec<u8> {
        let token = (0..len).map(|at| b"0Zf8_kQ2w-Lr5Tn9"[(at * 7 % 16) ^ (at / 16)]);
        before.bytes().chain(token).chain(*b"\"\n").collect()
    }

    /// Returns a text as a walk builds it that nothing is stored against.
    fn built_near(text: &[u8], copies: &[Copied]) -> Vec<u8> {
        let mut near = text.to_vec();
        for one in copies.iter().filter(|one| one.len > 2 * SIGHT) {
            let far = one.to + SIGHT..one.to + one.len - SIGHT;
            near[far.clone()].copy_from_slice(&garbage(far.len()));
        }
        near
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn what_lies_out_of_sight_changes_nothing(
            pieces in prop::collection::vec(prop_oneof![piece(), filler()], 1..12), edits in edits()
        ) {
            let (engine, clean) = (Engine::built_in(), HashSet::new());
            let visitor = visitor(&engine, &clean);
            let mut sum = Sum::default();
            let base = pieces.concat();
            let state = visitor.by_clues(&mut sum, &base, false);
            let (text, copies) = edited(&base, &edits);
            let delta = Delta { base_len: base.len(), len: text.len(), copies: &copies };
            let near = built_near(&text, &copies);

            let (all, some) = (
                visitor.by_delta(&mut sum, Text { bytes: &text, whole: None }, delta, &state, false),
                visitor.by_delta(&mut sum, Text { bytes: &near, whole: Some(&|| None) }, delta, &state, false),
            );

            prop_assert_eq!(said(&all), said(&some));
        }

        #[test]
        fn clues_that_move_with_their_bytes_are_those_that_a_search_finds(
            pieces in prop::collection::vec(piece(), 1..16), versions in prop::collection::vec(edits(), 1..4)
        ) {
            let (engine, clean) = (Engine::built_in(), HashSet::new());
            let visitor = visitor(&engine, &clean);
            let mut sum = Sum::default();
            let mut base = pieces.concat();
            let mut state = visitor.by_clues(&mut sum, &base, false);
            for edits in versions {
                let (text, copies) = edited(&base, &edits);
                let delta = Delta { base_len: base.len(), len: text.len(), copies: &copies };

                let carried = visitor.by_delta(&mut sum, Text { bytes: &text, whole: None }, delta, &state, false);

                let searched = visitor.by_clues(&mut sum, &text, false);
                prop_assert_eq!(&carried.clues, &searched.clues);
                prop_assert_eq!(said(&carried), said(&searched));
                prop_assert_eq!(said(&searched), said(&visitor.at_once(&mut sum, &text, false)));
                prop_assert!(carried.has_zero || !has_zero(&text));
                (base, state) = (text, carried);
            }
        }
    }
}
