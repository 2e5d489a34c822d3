//! What is found by the deltas of a pack is what is found in each object by itself.

use ideoguard::detect::Engine;
use ideoguard::history::Occurrence;
use ideoguard::scan::Limits;
use ideoguard::scan::history::{Method, Unwatched, gather};
use proptest::prelude::*;

use super::compare::{by_git, lines_of, same};
use super::packs::{Id, PackFile, id_of};
use super::scripts::{Script, apply, scripts, text};
use crate::common::TestRepo;
use crate::library::open;
use crate::own_rules::exact;

/// Scans a repository with our own walk; everything must be readable.
#[track_caller]
pub(super) fn gathered(repo: &TestRepo, method: Method) -> Vec<Occurrence> {
    gathered_by(&Engine::built_in(), repo, method)
}

/// Scans a repository with these rules.
#[track_caller]
fn gathered_by(engine: &Engine, repo: &TestRepo, method: Method) -> Vec<Occurrence> {
    let sum = gather(engine, &open(repo), &Limits::default(), method, &Unwatched).unwrap();
    assert!(sum.problems.is_empty(), "{:?}", sum.problems);
    assert_eq!(sum.scanned, sum.planned);
    let mut occurrences = sum.occurrences;
    occurrences.sort_by_key(|one| (one.object, one.start, one.end, one.found.rule.clone()));
    occurrences
}

/// Writes versions of a text into a pack, each as a delta against the one that it was made of.
fn family(base: &[u8], scripts: &[Script]) -> PackFile {
    let mut pack = PackFile::new();
    let mut versions: Vec<(Id, Vec<u8>)> = vec![(pack.whole("blob", base), base.to_vec())];
    for (parent, edits) in scripts {
        let parent = parent.index(versions.len());
        let (parent_id, old) = &versions[parent];
        let (new, delta) = apply(old, edits);
        let id = id_of("blob", &new);
        // Git makes no delta of nothing, and reads none.
        if new.is_empty() || versions.iter().any(|(known, _)| *known == id) {
            continue;
        }
        match versions.len() - parent {
            near @ 1..4 => pack.before(id, near, &delta),
            _ => pack.against(id, *parent_id, &delta),
        }
        versions.push((id, new));
    }
    pack
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_deltas_show_is_what_each_blob_holds(base in text(), scripts in scripts(1..12)) {
        let repo = TestRepo::new();
        family(&base, &scripts).install(&repo);

        let by_delta = gathered(&repo, Method::ByDelta);

        let whole = gathered(&repo, Method::Whole);
        prop_assert_eq!(same(&by_git(repo.path()).unwrap(), &lines_of(&whole)), Ok(()));
        prop_assert_eq!(same(&lines_of(&whole), &lines_of(&by_delta)), Ok(()));
        prop_assert_eq!(whole, by_delta);
    }

    #[test]
    fn what_deltas_show_to_rules_of_files_is_what_each_blob_holds(base in exact::pieces(), scripts in scripts(1..12)) {
        let repo = TestRepo::new();
        family(&base, &scripts).install(&repo);
        let engine = Engine::with(&exact::book());

        let by_delta = gathered_by(&engine, &repo, Method::ByDelta);

        prop_assert_eq!(gathered_by(&engine, &repo, Method::Whole), by_delta);
    }
}
