//! Stories about the store of what was scanned: nothing is lost, nothing is made up, no secret is kept.

mod command;
mod damage;
mod file;
mod runs;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ideoguard::decide::{Marked, Policy};
use ideoguard::detect::Engine;
use ideoguard::finding::{Finding, Reason, Verdict};
use ideoguard::history::{Found, Occurrence};
use ideoguard::oid::ObjectId;
use ideoguard::scan::{self, Limits};
use ideoguard::store::{LooseWork, PackWork, RulesId, StateKey, Store, Units};
use ideoguard::text::{Body, Entry, Listing, Scope, TextKind};

use crate::fake;

/// A folder with a store in it, gone when dropped.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The store's file.
    fn file(&self) -> PathBuf {
        self.0.path().join("store.sqlite")
    }

    /// Opens the store as one repository does with this build's rules.
    #[track_caller]
    fn store(&self) -> Store {
        open(&self.file())
    }
}

/// Opens a store as one repository does with this build's rules.
#[track_caller]
fn open(file: &Path) -> Store {
    Store::open(file, Path::new("/somewhere/.git"), RulesId::OURS).unwrap()
}

/// The name of an object, made from a number.
fn id(number: u64) -> ObjectId {
    ObjectId::from_bytes(&fake::bytes(number, 20)).unwrap()
}

/// The checksum of a pack, made from a number.
fn pack(number: u64) -> Vec<u8> {
    fake::bytes(1_000_000 + number, 20)
}

/// A text with a made-up key, a mark beside another one, and a word of the mark that is a third.
fn leaky(seed: u64) -> String {
    format!(
        "IDEOGRAM_API_KEY = '{}'\ntoken = '{}' # ideoguard:allow sample like {}\n",
        fake::ideogram_key(seed),
        fake::github_token(seed),
        fake::github_token(seed + 500_000),
    )
}

/// What a scan finds in a text that has the name `object`.
fn found_in(object: ObjectId, text: &str) -> Vec<Occurrence> {
    let entry = Entry {
        path: "app.py".into(),
        kind: TextKind::Content,
        body: Body::Inline(text.into()),
        scope: Scope::All,
        commit: None,
    };
    let listing = Listing { entries: vec![entry], ..Listing::default() };
    let policy = Policy::none(jiff::civil::date(2026, 6, 15));
    let outcome = scan::run(&Engine::built_in(), &policy, None, listing, &Limits::default());
    let findings = outcome.findings.iter();
    findings.map(|finding| occurrence(object, finding)).collect()
}

/// A finding as history keeps it.
fn occurrence(object: ObjectId, finding: &Finding) -> Occurrence {
    let words = |words: &[std::borrow::Cow<'static, str>]| words.iter().map(ToString::to_string).collect();
    Occurrence {
        object,
        kind: finding.kind,
        start: finding.span.start,
        end: finding.span.end,
        place: finding.place,
        mark: match &finding.verdict {
            Verdict::Allowed(Reason::Mark(reason)) => Marked::Allows(reason.clone()),
            _ => Marked::No,
        },
        found: Arc::new(Found {
            rule: finding.rule.to_string(),
            confidence: finding.confidence,
            severity: finding.severity,
            fingerprint: finding.fingerprint.clone(),
            redacted: finding.redacted.clone(),
            evidence: words(&finding.evidence),
            advice: words(&finding.advice),
        }),
    }
}

/// Work on some units of a pack of ten, with two occurrences in each.
fn work(units: impl IntoIterator<Item = u32>) -> PackWork {
    let done: Units = units.into_iter().collect();
    let numbers = || done.stretches().iter().cloned().flatten().map(u64::from);
    PackWork {
        total: 10,
        objects: numbers().map(|unit| unit + 1).sum(),
        bytes: numbers().map(|unit| 1000 * unit).sum(),
        occurrences: numbers().flat_map(|unit| found_in(id(unit), &leaky(unit))).collect(),
        done,
    }
}

#[test]
fn what_one_run_saved_of_a_pack_the_next_run_knows() {
    let place = Place::new();
    place.store().save_pack(&pack(1), &work(2..5)).unwrap();
    place.store().save_pack(&pack(1), &work([0, 7])).unwrap();

    let known = place.store().pack(&pack(1)).unwrap().unwrap();

    let both = [work(2..5), work([0, 7])];
    assert_eq!(known.done, [0, 2, 3, 4, 7].into_iter().collect());
    assert_eq!((known.objects, known.bytes), (both[0].objects + both[1].objects, both[0].bytes + both[1].bytes));
    assert_eq!(known.occurrences, both.map(|work| work.occurrences).concat());
    assert!(!known.is_whole());
    assert_eq!(place.store().pack(&pack(2)).unwrap(), None);
}

#[test]
fn a_pack_of_which_every_unit_is_done_is_whole() {
    let place = Place::new();
    place.store().save_pack(&pack(1), &work(0..4)).unwrap();
    place.store().save_pack(&pack(1), &work(4..10)).unwrap();

    assert!(place.store().pack(&pack(1)).unwrap().unwrap().is_whole());
}

#[test]
fn a_pack_of_which_nothing_is_known_is_not_whole() {
    assert!(!PackWork::default().is_whole());
}

#[test]
fn what_two_runs_did_at_once_counts_once() {
    let place = Place::new();
    let mut store = place.store();
    store.save_pack(&pack(1), &work(2..4)).unwrap();

    store.save_pack(&pack(1), &work(2..4)).unwrap();
    assert_eq!(store.pack(&pack(1)).unwrap(), Some(work(2..4)), "the same units");
    store.save_pack(&pack(1), &work(3..4)).unwrap();
    assert_eq!(store.pack(&pack(1)).unwrap(), Some(work(2..4)), "some of them");
    store.save_pack(&pack(1), &work(3..6)).unwrap();
    assert_eq!(store.pack(&pack(1)).unwrap(), Some(work(2..4)), "some of them and others");
    store.save_pack(&pack(1), &work(1..6)).unwrap();
    assert_eq!(store.pack(&pack(1)).unwrap(), Some(work(1..6)), "all of them and others");
}

#[test]
fn a_pack_that_is_cut_in_another_way_is_scanned_anew() {
    let place = Place::new();
    let mut store = place.store();
    store.save_pack(&pack(1), &work(0..5)).unwrap();
    let other = PackWork { total: 20, ..work(5..6) };

    store.save_pack(&pack(1), &other).unwrap();

    assert_eq!(store.pack(&pack(1)).unwrap(), Some(other));
}

#[test]
fn other_rules_know_nothing_and_take_nothing_away() {
    let place = Place::new();
    let mut ours = place.store();
    let mut theirs = Store::open(&place.file(), Path::new("/somewhere/.git"), RulesId::OURS.with(b"limit")).unwrap();
    fill(&mut ours);

    assert_eq!(theirs.pack(&pack(1)).unwrap(), None);
    assert_eq!(theirs.loose(&[id(1)]).unwrap(), LooseWork::default());
    assert_eq!(theirs.clean_blobs(&[id(2)]).unwrap(), [false]);
    assert_eq!(theirs.result(&StateKey([3; 32])).unwrap(), None);
    theirs.save_pack(&pack(1), &work(0..1)).unwrap();
    assert_filled(&mut ours);
    theirs.forget_other_rules().unwrap();
    assert_eq!(theirs.pack(&pack(1)).unwrap(), Some(work(0..1)));
    assert_empty(&mut ours);
}

#[test]
fn packs_that_are_gone_are_forgotten_and_no_others() {
    let place = Place::new();
    let mut store = place.store();
    for number in 0..4 {
        store.save_pack(&pack(number), &work(0..1)).unwrap();
    }

    store.retain_packs([pack(1), pack(3), pack(9)].iter().map(Vec::as_slice)).unwrap();

    let known: Vec<bool> = (0..4).map(|number| store.pack(&pack(number)).unwrap().is_some()).collect();
    assert_eq!(known, [false, true, false, true]);
}

#[test]
fn loose_objects_are_known_one_by_one() {
    let place = Place::new();
    let both = LooseWork { objects: vec![id(1), id(2)], occurrences: found_in(id(1), &leaky(1)) };
    place.store().save_loose(&both).unwrap();

    let known = place.store().loose(&[id(1), id(3)]).unwrap();

    assert_eq!(known, LooseWork { objects: vec![id(1)], ..both });
    assert_eq!(place.store().loose(&[id(2)]).unwrap(), LooseWork { objects: vec![id(2)], occurrences: vec![] });
}

#[test]
fn loose_objects_of_many_runs_are_all_known_each_once() {
    let place = Place::new();
    let mut store = place.store();
    let one = |number| LooseWork { objects: vec![id(number)], occurrences: found_in(id(number), &leaky(number)) };
    for number in 0..40 {
        store.save_loose(&one(number)).unwrap();
        store.save_loose(&one(number / 2)).unwrap();
    }

    let all: Vec<_> = (0..40).map(id).collect();
    let known = store.loose(&all).unwrap();
    assert_eq!(known.objects.len(), 40);
    assert_eq!(known.occurrences.len(), (0..40).map(|number| one(number).occurrences.len()).sum::<usize>());
    store.retain_loose(&all[10..20]).unwrap();
    assert_eq!(store.loose(&all).unwrap().objects, all[10..20]);
}

#[test]
fn a_repository_knows_nothing_of_the_loose_objects_and_results_of_another() {
    let place = Place::new();
    fill(&mut place.store());

    let mut other = Store::open(&place.file(), Path::new("/elsewhere/.git"), RulesId::OURS).unwrap();

    assert_eq!(other.loose(&[id(1)]).unwrap(), LooseWork::default());
    assert_eq!(other.result(&StateKey([3; 32])).unwrap(), None);
    assert_eq!(other.pack(&pack(1)).unwrap(), Some(work(0..10)), "a pack is the same everywhere");
    assert_eq!(other.clean_blobs(&[id(2)]).unwrap(), [true], "a blob too");
}

#[test]
fn clean_blobs_of_both_lengths_are_known() {
    let place = Place::new();
    let mut store = place.store();
    let long = ObjectId::from_bytes(&fake::bytes(5, 32)).unwrap();
    store.save_clean(&[id(3), long, id(1)]).unwrap();
    store.save_clean(&[id(1), id(4)]).unwrap();

    let known = store.clean_blobs(&[id(1), id(2), id(3), id(4), long, id(5)]).unwrap();

    assert_eq!(known, [true, false, true, true, true, false]);
}

#[test]
fn the_last_results_of_a_repository_are_kept() {
    let place = Place::new();
    let mut store = place.store();
    for number in [1, 2, 3, 4, 1, 5] {
        store.save_result(&StateKey([number; 32]), &[number; 3]).unwrap();
    }

    let kept: Vec<_> = (1..=5).filter_map(|number| store.result(&StateKey([number; 32])).unwrap()).collect();

    assert_eq!(kept, [[1; 3], [3; 3], [4; 3], [5; 3]]);
}

#[test]
fn nothing_in_the_file_is_a_secret() {
    let place = Place::new();
    let mut store = place.store();
    fill(&mut store);

    let bytes = std::fs::read(place.file()).unwrap();

    let secrets = (0..10)
        .flat_map(|seed| [fake::ideogram_key(seed), fake::github_token(seed), fake::github_token(seed + 500_000)]);
    for secret in secrets {
        for part in secret.as_bytes().windows(8) {
            assert!(memchr::memmem::find(&bytes, part).is_none(), "eight characters of a secret are in the file");
        }
    }
    assert!(memchr::memmem::find(&bytes, b"sample like").is_some(), "what is no secret is there as it is");
}

/// Saves something of everything.
#[track_caller]
fn fill(store: &mut Store) {
    store.save_pack(&pack(1), &work(0..10)).unwrap();
    store.save_loose(&loose()).unwrap();
    store.save_clean(&[id(2)]).unwrap();
    store.save_result(&StateKey([3; 32]), b"told").unwrap();
}

/// The loose object that [`fill`] saves.
fn loose() -> LooseWork {
    LooseWork { objects: vec![id(1)], occurrences: found_in(id(1), &leaky(1)) }
}

/// Sees to it that all is there that [`fill`] saved.
#[track_caller]
fn assert_filled(store: &mut Store) {
    assert_eq!(store.pack(&pack(1)).unwrap(), Some(work(0..10)));
    assert_eq!(store.loose(&[id(1)]).unwrap(), loose());
    assert_eq!(store.clean_blobs(&[id(2)]).unwrap(), [true]);
    assert_eq!(store.result(&StateKey([3; 32])).unwrap().as_deref(), Some(b"told".as_slice()));
}

/// Sees to it that nothing is there.
#[track_caller]
fn assert_empty(store: &mut Store) {
    assert_eq!(store.pack(&pack(1)).unwrap(), None);
    assert_eq!(store.loose(&[id(1)]).unwrap(), LooseWork::default());
    assert_eq!(store.clean_blobs(&[id(2)]).unwrap(), [false]);
    assert_eq!(store.result(&StateKey([3; 32])).unwrap(), None);
}
