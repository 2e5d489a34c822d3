//! How it is told where a secret lives.

use std::path::Path;

use ideoguard::finding::{Fingerprint, Secret};
use ideoguard::history::{Attribution, HeldBy, Paths, Reach, Spot};
use ideoguard::oid::ObjectId;
use ideoguard::path::RepoPath;
use ideoguard::reference::{RefKind, Reference};
use ideoguard::report::{Whereabouts, whereabouts};
use ideoguard::text::TextKind;

use crate::attribution::graph::{Objects, id};
use crate::common::TestRepo;
use crate::fake;
use crate::library::open_at;

/// Tells where the made-up key of seed 1 lives.
fn told(spots: &[Spot], held: &[(&Reference, HeldBy)]) -> String {
    let secret = Secret::new(fake::ideogram_key(1));
    whereabouts(&Whereabouts {
        title: "Ideogram API key",
        redacted: &secret.redacted(),
        fingerprint: &Fingerprint::of(&secret),
        advice: &["delete it at ideogram.ai, under API keys".to_owned()],
        spots,
        held,
    })
}

/// A spot in the object of a number.
fn spot(number: u8, kind: TextKind, paths: &[&str], reach: Reach) -> Spot {
    Spot {
        object: oid(number),
        kind,
        line: 3,
        paths: Paths { found: paths.iter().map(|path| RepoPath::from(*path)).collect(), complete: true },
        first: (reach != Reach::Unreachable).then(|| oid(200)),
        reach,
    }
}

fn oid(number: u8) -> ObjectId {
    ObjectId::from_bytes(&[number; 20]).unwrap()
}

/// A reference of a kind.
fn reference(kind: RefKind, name: &str) -> Reference {
    Reference { kind, name: name.into(), target: oid(200) }
}

#[test]
fn a_secret_that_lives_everywhere_is_told_with_all_that_removes_it() {
    let references = [
        (reference(RefKind::Branch, "refs/heads/main"), HeldBy::Tip),
        (reference(RefKind::Branch, "refs/heads/old"), HeldBy::History),
        (reference(RefKind::RemoteBranch, "refs/remotes/origin/main"), HeldBy::Tip),
        (reference(RefKind::Head, "HEAD"), HeldBy::Tip),
        (reference(RefKind::Tag, "refs/tags/v1"), HeldBy::History),
        (reference(RefKind::Tag, "refs/tags/it's \u{1b}[2J"), HeldBy::Tip),
        (reference(RefKind::Other, "refs/pull/1/head"), HeldBy::Tip),
        (reference(RefKind::Notes, "refs/notes/commits"), HeldBy::Tip),
        (reference(RefKind::Stash, "stash@{0}"), HeldBy::Tip),
        (reference(RefKind::Stash, "stash@{12}"), HeldBy::Tip),
        (reference(RefKind::Pseudo, "ORIG_HEAD"), HeldBy::History),
        (reference(RefKind::Index, "config/prod.env"), HeldBy::Tip),
        (reference(RefKind::Reflog, "HEAD@{4}"), HeldBy::Tip),
    ];
    let held: Vec<(&Reference, HeldBy)> = references.iter().map(|(reference, held)| (reference, *held)).collect();
    let spots = [
        spot(1, TextKind::Content, &["config/prod.env", "old\u{1b}[2J/prod.env"], Reach::Tip),
        spot(2, TextKind::SymlinkTarget, &["link"], Reach::History),
        spot(3, TextKind::PathName, &["names"], Reach::Tip),
        spot(4, TextKind::Message, &[], Reach::History),
        spot(5, TextKind::Content, &[], Reach::Unreachable),
    ];

    insta::assert_snapshot!(told(&spots, &held));
}

#[test]
fn a_secret_in_a_stash_only_needs_no_new_history() {
    let stash = reference(RefKind::Stash, "stash@{1}");

    insta::assert_snapshot!(told(&[spot(1, TextKind::Content, &["a.py"], Reach::Stash)], &[(&stash, HeldBy::Tip)]));
}

#[test]
fn a_secret_that_nothing_reaches_is_told_as_such() {
    insta::assert_snapshot!(told(&[spot(1, TextKind::Content, &[], Reach::Unreachable)], &[]));
}

#[test]
fn a_secret_that_no_object_holds_is_nowhere() {
    insta::assert_snapshot!(told(&[], &[]));
}

#[test]
fn long_lists_are_cut_with_a_count() {
    let references: Vec<Reference> =
        (0..50).map(|number| reference(RefKind::Tag, &format!("refs/tags/v{number}"))).collect();
    let held: Vec<(&Reference, HeldBy)> = references.iter().map(|tag| (tag, HeldBy::Tip)).collect();
    let paths: Vec<String> = (0..30).map(|number| format!("f{number}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();

    let page = told(&[spot(1, TextKind::Content, &paths, Reach::Tag)], &held);

    assert!(page.contains("    and 10 more\n") && page.contains("  and 30 more\n"), "{page}");
    assert!(page.contains("     and so on for 80 more\n"), "{page}");
}

#[test]
fn what_is_told_to_be_done_leaves_no_object_behind() {
    let repo = TestRepo::new();
    repo.write("a.py", "harmless").stage().commit("one");
    repo.write("a.py", "secret");
    repo.git(&["stash", "--quiet"]);
    let blob = id(&repo.git(&["rev-parse", "stash@{0}:a.py"]));
    let page = page_of(repo.path(), &Objects::of(&repo), blob);

    let commands: Vec<&str> =
        page.lines().flat_map(|line| line.split('`')).map(str::trim).filter(|word| word.starts_with("git ")).collect();
    for command in &commands {
        repo.git(&command.split(' ').skip(1).collect::<Vec<_>>());
    }

    assert_eq!(commands, ["git stash drop stash@{0}", "git reflog expire --expire=now --all", "git gc --prune=now"]);
    assert_ne!(repo.try_git(&["cat-file", "-e", &blob.to_string()]).code, 0);
}

/// Tells where a blob lives in a repository.
fn page_of(folder: &Path, objects: &Objects, blob: ObjectId) -> String {
    let (references, _) = open_at(folder).all_references().expect("a list");
    let graph = objects.whole_graph();
    let attribution = Attribution::of(&graph, &references, &[blob]);
    let origin = attribution.origin(blob).expect("it was wanted");
    let held: Vec<_> =
        attribution.holders_of(&[blob]).into_iter().map(|(index, held)| (&references[index], held)).collect();
    let paths = attribution.all_paths(blob, 100, |tree| objects.tree(tree)).expect("trees");
    let spot = Spot { object: blob, kind: TextKind::Content, line: 1, paths, first: origin.first, reach: origin.reach };
    told(&[spot], &held)
}
