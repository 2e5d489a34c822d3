//! Damaged stores: what is damaged is scanned again, and nothing else is believed.

use std::fs;
use std::path::Path;

use ideoguard::store::{LooseWork, PackWork, RulesId, StateKey, Store};

use super::{Place, assert_filled, fill, id, loose, pack, work};
use crate::fake;

/// What [`fill`] saves, worked out once.
struct Truth {
    pack: PackWork,
    loose: LooseWork,
}

impl Truth {
    fn new() -> Self {
        Self { pack: work(0..10), loose: loose() }
    }
}

/// Opens a damaged store and sees to it that it tells the truth, or nothing; returns how much it knows.
fn truths(truth: &Truth, file: &Path, damage: &str) -> usize {
    let Ok(mut store) = Store::open(file, Path::new("/somewhere/.git"), RulesId::OURS) else { return 0 };
    let mut truths = 0;
    if let Ok(Some(known)) = store.pack(&pack(1)) {
        assert_eq!(known, truth.pack, "{damage}");
        truths += 1;
    }
    if let Ok(known) = store.loose(&[id(1)]) {
        assert!(known == truth.loose || known == LooseWork::default(), "{damage}: {known:?}");
        truths += usize::from(known == truth.loose);
    }
    if let Ok(known) = store.clean_blobs(&[id(2), id(7)]) {
        assert!(!known[1], "{damage}: a blob that was never scanned");
        truths += usize::from(known[0]);
    }
    if let Ok(Some(known)) = store.result(&StateKey([3; 32])) {
        assert_eq!(known, b"told", "{damage}");
        truths += 1;
    }
    let _ = store.info();
    truths
}

#[test]
fn a_flipped_byte_anywhere_costs_a_scan_and_no_more() {
    let (place, truth, more) = (Place::new(), Truth::new(), work(0..1));
    fill(&mut place.store());
    let whole = fs::read(place.file()).unwrap();
    let mut known = 0;
    let mut tried = 0;
    // Headers, tables and the ends of pages at each byte; the rest at some.
    let places = (0..whole.len()).filter(|at| at % 4096 < 64 || *at < 200 || at % 41 == 0);
    for at in places {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(place.file(), &bytes).unwrap();

        known += truths(&truth, &place.file(), &format!("byte {at} of {}", whole.len()));

        tried += 1;
        let again = Store::open(&place.file(), Path::new("/somewhere/.git"), RulesId::OURS);
        let is_usable = again.is_ok_and(|mut store| store.save_pack(&pack(2), &more).is_ok());
        // What marks the file as ours, or as one that this SQLite writes, must not be guessed.
        let is_mark = at < 16 || at == 18 || at == 47 || (68..72).contains(&at);
        assert!(is_usable || is_mark, "byte {at} makes the store useless");
    }
    assert!(known > tried * 2, "most of it survives: {known} of {}", tried * 4);
}

#[test]
fn a_store_that_is_cut_or_overwritten_is_no_danger() {
    let (place, truth) = (Place::new(), Truth::new());
    fill(&mut place.store());
    let whole = fs::read(place.file()).unwrap();
    for end in (0..whole.len()).step_by(1000) {
        let mut noise = whole[..end].to_vec();
        fs::write(place.file(), &noise).unwrap();
        truths(&truth, &place.file(), &format!("cut at {end}"));

        noise.extend(fake::bytes(end as u64, whole.len() - end));
        fs::write(place.file(), &noise).unwrap();
        truths(&truth, &place.file(), &format!("noise from {end}"));
    }
}

#[test]
fn what_was_damaged_can_be_saved_again() {
    let place = Place::new();
    fill(&mut place.store());
    let mut bytes = fs::read(place.file()).unwrap();
    // A word in the middle of a record.
    let at = memchr::memmem::find(&bytes, b"sample like").unwrap();
    bytes[at] ^= 1;
    fs::write(place.file(), bytes).unwrap();
    let mut store = place.store();
    assert_eq!(store.info().unwrap().holds.damaged, 1);

    fill(&mut store);

    assert_filled(&mut store);
}
