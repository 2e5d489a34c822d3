//! A gate that has found enough to refuse looks no further, and decides as one that looks at everything.

use ideoguard::decide::{Gate, Policy};
use ideoguard::detect::Engine;
use ideoguard::finding::{Fingerprint, Secret};
use ideoguard::outcome::{Outcome, Status};
use ideoguard::scan::{self, Limits, Telling};
use ideoguard::text::{Body, Entry, Listing, Scope, TextKind};

use crate::fake;
use crate::gate::world::World;

/// How many findings in a push are more than enough, and in one text more than are kept.
const MANY: u64 = 600;
const VERY_MANY: u64 = 10_050;

/// A line with a made-up password of so many characters.
fn url(seed: u64, length: usize) -> String {
    format!("postgres://svc:{}@db.internal:5432/app\n", fake::chars(seed, fake::BASE62, length))
}

/// Scans texts of made-up tokens, of which some are allowed by their names.
fn scan(texts: &[Vec<u64>], allowed: impl Iterator<Item = u64>, telling: Telling) -> Outcome {
    let entry = |seeds: &Vec<u64>| Entry {
        path: "app.py".into(),
        kind: TextKind::Content,
        body: Body::Inline(seeds.iter().map(|seed| fake::github_token(*seed) + "\n").collect::<String>().into()),
        scope: Scope::All,
        commit: None,
    };
    let listing = Listing { entries: texts.iter().map(entry).collect(), ..Listing::default() };
    let name = |seed| Fingerprint::of(&Secret::new(fake::github_token(seed)));
    let gate = Gate { allowed: allowed.map(|seed| (name(seed), "made up".to_owned())).collect(), ..Gate::default() };
    let policy = Policy::none(jiff::civil::date(2026, 6, 15)).with_gate(gate);
    scan::run(&Engine::built_in(), &policy, None, listing, &Limits { telling, ..Limits::default() })
}

#[test]
fn whatever_is_allowed_enough_and_everything_come_to_the_same() {
    let apart: Vec<Vec<u64>> = (0..MANY).map(|seed| vec![seed]).collect();
    let together = vec![(0..MANY).collect::<Vec<u64>>()];
    for texts in [apart, together] {
        for allowed in [0, 1, MANY / 2, MANY - 1, MANY] {
            for is_first in [true, false] {
                let names = || if is_first { 0..allowed } else { MANY - allowed..MANY };

                let all = scan(&texts, names(), Telling::All);
                let enough = scan(&texts, names(), Telling::Enough);

                let expected = if allowed == MANY { Status::Clean } else { Status::Leaks };
                assert_eq!((all.status(), enough.status()), (expected, expected), "{allowed} {is_first}");
                let told = [&all, &enough].map(|outcome| (outcome.findings.len() as u64, outcome.problems.is_empty()));
                assert_eq!(told[0], (MANY, true), "{allowed} {is_first}");
                assert_eq!(told[1].1, told[1].0 == MANY, "{allowed} {is_first}");
            }
        }
    }
}

#[test]
fn of_more_than_are_kept_the_one_that_nobody_allows_decides() {
    for telling in [Telling::All, Telling::Enough] {
        for (last, expected) in [(VERY_MANY, Status::Clean), (VERY_MANY - 1, Status::Leaks)] {
            let outcome = scan(&[(0..VERY_MANY).collect()], 0..last, telling);

            assert_eq!(outcome.status(), expected, "{telling:?} {last}");
            assert_eq!(outcome.problems.is_empty(), expected == Status::Clean, "{telling:?} {last}");
        }
    }
}

#[test]
fn what_only_warns_is_named_up_to_enough_and_the_push_passes() {
    let world = World::new();
    world.desk.write("urls.txt", (0..MANY).map(|seed| url(seed, 24)).collect::<String>()).stage().commit("urls");
    world.says("block-severity", "critical");

    world.passes(&["origin", "main"]);

    let recorded = &world.recorded("ideoguard.push.accept")[0]["metadata"];
    assert_eq!((&recorded["findingCount"], &recorded["findingCountIsLeast"]), (&200.into(), &true.into()));
}

#[test]
fn a_push_of_very_many_short_passwords_is_refused_with_what_is_enough() {
    let world = World::new();
    for file in 0..3 {
        let text: String = (file * 200..(file + 1) * 200).map(|seed| url(seed, 12)).collect();
        world.desk.write(&format!("{file}.env"), text);
    }
    world.desk.stage().commit("many");

    let seen = world.refused(&["origin", "main"]);

    assert!(seen.contains("at least"), "{seen}");
    let recorded = &world.recorded("ideoguard.push.refuse")[0]["metadata"];
    let told = recorded["findingCount"].as_u64().unwrap();
    assert!((200..600).contains(&told), "{told}");
    assert_eq!(recorded["findingCountIsLeast"], true);
    assert!(seen.contains(&format!("it holds {} more findings than are listed", 600 - told)), "{seen}");
}
