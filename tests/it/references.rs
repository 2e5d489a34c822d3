//! Stories about the names by which a repository keeps objects.

use std::path::Path;

use ideoguard::reference::Reference;
use ideoguard::text::Problem;

use crate::common::TestRepo;
use crate::library::open_at;

/// What the library lists.
#[derive(Debug)]
struct Found {
    list: Vec<Reference>,
    problems: Vec<Problem>,
}

/// Lists all names in the repository of a folder.
#[track_caller]
fn all_references(folder: impl AsRef<Path>) -> Found {
    let (list, problems) = open_at(folder.as_ref()).all_references().expect("a list");
    Found { list, problems }
}

/// Returns all names that keep one object, and checks that nothing went wrong.
#[track_caller]
fn names(found: &Found, id: &str) -> Vec<String> {
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    let same = found.list.iter().filter(|reference| reference.target.to_string() == id.trim());
    same.map(|reference| format!("{:?} {}", reference.kind, reference.name)).collect()
}

#[test]
fn branches_tags_notes_and_others_are_listed_loose_or_packed() {
    let repo = TestRepo::new();
    let id = repo.commit("one");
    for name in ["tags/v1", "remotes/origin/main", "notes/x", "pull/1/head", "heads/dir/topic"] {
        repo.git(&["update-ref", &format!("refs/{name}"), &id]);
    }
    let expected = [
        "Branch refs/heads/dir/topic",
        "Branch refs/heads/main",
        "RemoteBranch refs/remotes/origin/main",
        "Head HEAD",
        "Tag refs/tags/v1",
        "Other refs/pull/1/head",
        "Notes refs/notes/x",
    ];

    let loose = names(&all_references(&repo), &id);
    repo.git(&["pack-refs", "--all"]);
    let packed = names(&all_references(&repo), &id);

    assert_eq!(loose[..7], expected);
    assert_eq!(packed, loose);
}

#[test]
fn a_loose_reference_counts_before_a_packed_one() {
    let repo = TestRepo::new();
    let old = repo.commit("old");
    repo.git(&["pack-refs", "--all"]);
    let new = repo.commit("new");

    let found = all_references(&repo);

    assert!(!names(&found, &old).contains(&"Branch refs/heads/main".to_owned()));
    assert!(names(&found, &new).contains(&"Branch refs/heads/main".to_owned()));
}

#[test]
fn what_a_log_remembers_is_listed_with_the_number_that_git_understands() {
    let repo = TestRepo::new();
    let ids = [repo.commit("one"), repo.commit("two")];
    repo.git(&["reset", "--quiet", "--hard", &ids[0]]);

    let found = all_references(&repo);

    assert_eq!(names(&found, &ids[1]), ["Pseudo ORIG_HEAD", "Reflog HEAD@{1}", "Reflog refs/heads/main@{1}"]);
    assert_eq!(repo.git(&["rev-parse", "HEAD@{1}"]).trim(), ids[1]);
}

#[test]
fn what_a_shortened_log_says_of_before_counts() {
    let repo = TestRepo::new();
    let lost = repo.commit("lost");
    repo.git(&["commit", "--quiet", "--allow-empty", "--amend", "--message", "kept"]);
    let log = std::fs::read_to_string(repo.at(".git/logs/HEAD")).unwrap();
    repo.write(".git/logs/HEAD", log.lines().last().unwrap()).write(".git/logs/refs/heads/main", "");

    assert_eq!(names(&all_references(&repo), &lost), ["Reflog HEAD@{0 and before}"]);
}

#[test]
fn every_stash_is_listed() {
    let repo = TestRepo::new();
    repo.write("a", "a").stage().commit("one");
    for text in ["b", "c"] {
        repo.write("a", text);
        repo.git(&["stash", "--quiet"]);
    }

    let found = all_references(&repo);

    for name in ["stash@{0}", "stash@{1}"] {
        assert_eq!(names(&found, &repo.git(&["rev-parse", name])), [format!("Stash {name}")]);
    }
}

#[test]
fn the_heads_of_all_worktrees_and_what_git_is_doing_are_listed() {
    let repo = TestRepo::new();
    let one = repo.commit("one");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("linked");
    repo.git(&["worktree", "add", "--quiet", "--detach", path.to_str().unwrap()]);
    let two = repo.commit("two");
    repo.write(".git/FETCH_HEAD", format!("{one}\t\tbranch 'x' of y\n{two}\tnot-for-merge\tbranch 'z' of y\n"));

    for found in [all_references(&repo), all_references(&path)] {
        assert!(names(&found, &one).contains(&"Head worktrees/linked/HEAD".to_owned()));
        assert!(names(&found, &two).contains(&"Head HEAD".to_owned()));
        for id in [&one, &two] {
            assert!(names(&found, id).contains(&"Pseudo FETCH_HEAD".to_owned()));
        }
    }
}

#[test]
fn a_broken_reference_is_a_problem_with_its_name() {
    let repo = TestRepo::new();
    repo.commit("one");
    repo.write(".git/refs/heads/bad", "junk\n")
        .write(".git/logs/refs/heads/odd", "junk\n")
        .write(".git/X_HEAD", "junk");

    let found = all_references(&repo);

    let mut named: Vec<&str> = found.problems.iter().map(|problem| problem.what.as_str()).collect();
    named.sort_unstable();
    assert_eq!(named, ["X_HEAD", "log of refs/heads/odd", "refs/heads/bad"]);
}

#[test]
fn a_new_repository_has_no_references_and_no_problems() {
    let found = all_references(TestRepo::new());

    assert!(found.list.is_empty() && found.problems.is_empty(), "{found:?}");
}

#[test]
fn references_that_name_each_other_end() {
    let repo = TestRepo::new();
    repo.write(".git/refs/heads/a", "ref: refs/heads/b\n").write(".git/refs/heads/b", "ref: refs/heads/a\n");

    assert!(all_references(&repo).list.is_empty());
}

#[test]
fn a_reftable_repository_is_asked_of_git() {
    let repo = TestRepo::with_init(&["--ref-format=reftable"]);
    let one = repo.commit("one");
    let two = repo.commit("two");
    repo.git(&["tag", "v1", &one]);
    repo.git(&["reset", "--quiet", "--hard", &one]);

    let found = all_references(&repo);

    for name in ["Branch refs/heads/main", "Head HEAD", "Tag refs/tags/v1", "Reflog HEAD@{2}"] {
        assert!(names(&found, &one).contains(&name.to_owned()), "{name}: {found:?}");
    }
    assert_eq!(names(&found, &two), ["Pseudo ORIG_HEAD", "Reflog HEAD@{1}", "Reflog refs/heads/main@{1}"]);
}
