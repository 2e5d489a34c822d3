//! How much is found: samples of each issuer, made from what is documented and put where secrets stand.
//!
//! The formats are written by hand in `formats.txt` and `settings.txt`, so that a pattern that is too narrow shows.

mod encode;
mod sample;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ideoguard::detect::{Engine, Match, resolve};
use ideoguard::finding::Confidence;
use ideoguard::rules::{Rule, built_in};

use sample::{Format, formats};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::built_in);

/// Samples of each format in each place.
const SAMPLES: u64 = 12;

#[test]
fn of_the_samples_of_every_issuer_98_in_100_are_found_by_the_right_rule_at_the_exact_place() {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missed = BTreeMap::new();
    for format in formats() {
        for sample in format.samples(SAMPLES) {
            let found = ENGINE.scan(sample.text.as_bytes());
            let hit = format.is_found(&sample, &found);
            let (hits, all) = counts.entry(format.rule).or_default();
            *hits += usize::from(hit);
            *all += 1;
            if !hit {
                let others: Vec<_> = found.iter().map(|one| (one.rule.id, one.confidence, one.span.clone())).collect();
                missed.entry(format.rule).or_insert((sample.span, sample.text, others));
            }
        }
    }
    let (hits, all) = counts.values().fold((0, 0), |(hits, all), (more, of)| (hits + more, all + of));
    let weak: Vec<_> = counts.iter().filter(|(_, (hits, all))| hits * 100 < all * 90).collect();

    assert!(hits * 1_000 >= all * 980, "{hits} of {all}; {missed:#?}");
    assert!(weak.is_empty(), "{weak:?}: {missed:#?}");
}

#[test]
fn what_clues_lead_to_is_what_a_scan_of_the_text_finds() {
    for sample in formats().iter().flat_map(|format| format.samples(1)) {
        let (text, mut clues) = (sample.text.as_bytes(), Vec::new());
        let all = 0..text.len();
        ENGINE.find_clues(text, &all, &mut clues);

        let mut found = ENGINE.follow_clues(text, &clues, &all);
        found.extend(ENGINE.follow_signs(text, &clues, &all, text.contains(&0)));

        let said = |found: Vec<Match>| -> Vec<_> {
            found.into_iter().map(|one| (one.rule.id, one.span, one.confidence, one.evidence)).collect()
        };
        assert_eq!(said(resolve(found)), said(ENGINE.scan(text)), "{}", sample.text);
    }
}

#[test]
fn a_sample_with_a_wrong_checksum_stops_nobody() {
    for format in formats().into_iter().filter(Format::has_checksum) {
        for sample in format.with_wrong_checksums().samples(SAMPLES) {
            let blocking =
                ENGINE.scan(sample.text.as_bytes()).into_iter().filter(|one| one.confidence >= Confidence::High);
            let blocking: Vec<_> = blocking.map(|one| one.rule.id).collect();
            assert!(blocking.is_empty(), "{}: {blocking:?}", format.rule);
        }
    }
}

#[test]
fn every_rule_has_samples() {
    let formats = formats();
    let has_samples = |rule: &&Rule| formats.iter().any(|format| format.rule == rule.id);

    let without: Vec<_> = built_in().filter(|rule| !has_samples(rule)).map(|rule| rule.id).collect();

    assert!(without.is_empty(), "{without:?}");
    assert!(formats.iter().all(|format| ideoguard::rules::by_id(format.rule).is_some()));
}
