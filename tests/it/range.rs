//! Stories about the commits of a range.

use std::collections::BTreeSet;

use ideoguard::error::Error;
use ideoguard::source;
use ideoguard::text::{Body, Listing, Skip, TextKind};

use crate::common::TestRepo;
use crate::fake;
use crate::library::{new_lines, open, open_at, range, words};

/// Lists a range with everything in it.
#[track_caller]
fn list(repo: &TestRepo, spec: &str) -> Listing {
    source::range(&open(repo), spec).expect("a listing")
}

#[test]
fn each_commit_brings_its_texts_its_names_and_its_message() {
    let repo = TestRepo::new();
    let one = repo.write("a.txt", "a\n").stage().commit("first words");
    let two = repo.write("a.txt", "a\nb\n").stage().commit("second words");

    let listing = list(&repo, "HEAD");

    let expected = [
        format!("message commit {one}"),
        "content a.txt".to_owned(),
        "name a.txt".to_owned(),
        format!("message commit {two}"),
        "content a.txt since 1".to_owned(),
    ];
    assert_eq!(words(&listing), expected);
    assert!(listing.entries.iter().all(|entry| entry.commit.is_some()));
}

#[test]
fn a_message_comes_with_author_and_committer() {
    let repo = TestRepo::new();
    repo.commit("subject\n\nbody");

    let listing = list(&repo, "HEAD");

    let Body::Inline(bytes) = &listing.entries[0].body else { panic!("inline") };
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.starts_with("subject\n\nbody\n"), "{text}");
    assert!(text.contains("author A U Thor <author@example.org>"), "{text}");
    assert!(text.contains("committer C O Mitter <committer@example.org>"), "{text}");
    let stamp = listing.entries[0].commit.as_ref().unwrap();
    assert_eq!(stamp.author, b"A U Thor <author@example.org>");
    assert_eq!(stamp.date, "2000-01-01T00:00:00+00:00");
}

#[test]
fn a_range_leaves_out_what_its_base_follows() {
    let repo = TestRepo::new();
    repo.write("old.txt", "o\n").stage().commit("old");
    repo.git(&["tag", "--annotate", "--message", "v1", "v1"]);
    repo.write("new.txt", "n\n").stage().commit("new");

    assert_eq!(range(&repo, "v1..HEAD"), ["content new.txt", "name new.txt"]);
    assert_eq!(range(&repo, "v1.."), ["content new.txt", "name new.txt"]);
}

#[test]
fn three_dots_mean_what_either_side_has_alone() {
    let repo = TestRepo::new();
    repo.write("base.txt", "b\n").stage().commit("base");
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("theirs.txt", "t\n").stage().commit("theirs");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("ours.txt", "o\n").stage().commit("ours");

    let mut both = range(&repo, "main...topic");

    both.sort();
    assert_eq!(both, ["content ours.txt", "content theirs.txt", "name ours.txt", "name theirs.txt"]);
}

#[test]
fn an_evil_merge_brings_what_no_parent_has() {
    let repo = TestRepo::new();
    repo.write("a.txt", "1\n2\n3\n4\n5\n").stage().commit("base");
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("a.txt", "topic\n2\n3\n4\n5\n").stage().commit("topic");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("a.txt", "1\n2\n3\n4\nmain\n").stage().commit("main");
    repo.git(&["merge", "--quiet", "--no-commit", "--no-ff", "topic"]);
    repo.write("a.txt", "topic\n2\nevil\n4\nmain\n").write("hidden.txt", "h\n").stage().commit("merge");

    let listing = list(&repo, "HEAD^1..HEAD");

    let last: Vec<_> = words(&listing).into_iter().rev().take(3).collect();
    assert_eq!(last, ["name hidden.txt", "content hidden.txt", "content a.txt since 2"]);
    let merge = Listing { entries: listing.entries.into_iter().rev().take(3).collect(), ..Listing::default() };
    assert_eq!(new_lines(&open(&repo), &merge, "a.txt"), ["evil"]);
}

#[test]
fn a_merge_that_only_joins_brings_nothing_but_its_message() {
    let repo = TestRepo::new();
    repo.write("base.txt", "b\n").stage().commit("base");
    for side in ["one", "two"] {
        repo.git(&["checkout", "--quiet", "-b", side, "main"]);
        repo.write(&format!("{side}.txt"), side).stage().commit(side);
    }
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("main.txt", "m\n").stage().commit("main");
    repo.git(&["merge", "--quiet", "--message", "octopus", "one", "two"]);

    let listing = range(&repo, "HEAD");

    let contents: Vec<_> = listing.iter().filter(|line| line.starts_with("content")).collect();
    assert_eq!(contents.len(), 4, "{contents:?}");
}

#[test]
fn an_octopus_merge_is_judged_against_all_its_parents() {
    let repo = TestRepo::new();
    repo.write("base.txt", "b\n").stage().commit("base");
    for side in ["one", "two"] {
        repo.git(&["checkout", "--quiet", "-b", side, "main"]);
        repo.write(&format!("{side}.txt"), side).stage().commit(side);
    }
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("main.txt", "m\n").stage().commit("main");
    repo.git(&["merge", "--quiet", "--message", "octopus", "one", "two"]);
    repo.write("evil.txt", "e\n").write("one.txt", "changed").stage();
    repo.git(&["commit", "--quiet", "--amend", "--no-edit"]);

    let last: Vec<_> = range(&repo, "main").into_iter().rev().take(3).collect();

    assert_eq!(last, ["content one.txt since 1", "name evil.txt", "content evil.txt"]);
}

#[test]
fn a_second_root_is_new_as_a_whole() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.git(&["checkout", "--quiet", "--orphan", "other"]);
    repo.write("b.txt", "b\n").stage().commit("root");

    assert_eq!(range(&repo, "main..other"), ["content a.txt", "name a.txt", "content b.txt", "name b.txt"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_becomes_a_link_and_a_file_again_is_judged_as_what_it_is() {
    let repo = TestRepo::new();
    repo.write("x", "text\n").stage().commit("file");
    std::fs::remove_file(repo.at("x")).unwrap();
    std::os::unix::fs::symlink("target", repo.at("x")).unwrap();
    repo.stage().commit("link");
    std::fs::remove_file(repo.at("x")).unwrap();
    repo.write("x", "again\n").stage().commit("file again");

    assert_eq!(range(&repo, "HEAD"), ["content x", "name x", "link x", "content x"]);
}

#[test]
fn a_rename_brings_its_name_and_no_line() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.git(&["mv", "a.txt", "b.txt"]);
    repo.commit("two");

    assert_eq!(range(&repo, "HEAD^..HEAD"), ["content b.txt since 1", "name b.txt"]);
}

#[test]
fn a_reverted_text_is_listed_once_with_the_commit_that_first_had_it() {
    let repo = TestRepo::new();
    let one = repo.write("a.txt", "a\n").stage().commit("one");
    repo.write("a.txt", "b\n").stage().commit("two");
    repo.git(&["revert", "--no-edit", "HEAD"]);

    let listing = list(&repo, "HEAD");

    let texts: Vec<_> = listing.entries.iter().filter(|entry| entry.kind == TextKind::Content).collect();
    assert_eq!(texts.len(), 2);
    assert_eq!(texts[0].commit.as_ref().unwrap().id.to_string(), one);
}

#[test]
fn a_secret_that_was_there_before_and_comes_back_is_a_leak() {
    let repo = TestRepo::new();
    let token = format!("token = '{}'\n", fake::github_token(1));
    let base = repo.write("a.txt", &token).stage().commit("base");
    repo.write("a.txt", format!("{token}more\n")).stage().commit("an old secret on an old line");
    repo.write("a.txt", "gone\n").stage().commit("removed");
    repo.git(&["revert", "--no-edit", "HEAD"]);

    let ran = repo.ideoguard(&["scan", "--range", &format!("{base}..HEAD")]);

    assert_eq!(ran.code, 1, "{}", ran.stdout);
}

#[test]
fn a_text_that_is_allowed_at_one_path_is_judged_anew_at_another() {
    let repo = TestRepo::new();
    let text = format!("token = '{}'\n", fake::github_token(1));
    repo.write(".ideoguard.toml", "[[allow]]\npaths = ['fixtures/**']\nreason = 'made up for tests'\n");
    repo.write("fixtures/a.txt", &text).stage().commit("fixture");
    repo.write("src/prod.txt", &text).stage().commit("copy");

    let scan = repo.ideoguard(&["scan", "--range", "HEAD"]);

    assert_eq!(scan.code, 1, "{}", scan.stdout);
    assert!(scan.stdout.contains("at       src/prod.txt:1:10\n"), "{}", scan.stdout);
    assert!(scan.stdout.contains("1 leak, 1 allowed"), "{}", scan.stdout);
}

#[test]
fn a_secret_that_a_later_commit_removes_is_still_listed() {
    let repo = TestRepo::new();
    repo.commit("base");
    repo.write("a.txt", "secret\n").stage().commit("add");
    repo.git(&["rm", "--quiet", "a.txt"]);
    repo.commit("remove");

    assert_eq!(range(&repo, "HEAD~2..HEAD"), ["content a.txt", "name a.txt"]);
}

#[test]
fn a_range_without_commits_is_empty_and_says_so() {
    let repo = TestRepo::new();
    repo.commit("one");

    let listing = list(&repo, "HEAD..HEAD");

    assert_eq!(listing.entries.len(), 0);
    assert!(listing.notices[0].contains("no commits"), "{:?}", listing.notices);
}

#[test]
fn what_names_no_commits_is_an_error_and_not_an_empty_listing() {
    let empty = TestRepo::new();
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.git(&["tag", "blob", "HEAD:a.txt"]);

    for spec in
        ["nope", "nope..HEAD", "HEAD..nope", "HEAD...nope", "", "--all", "-n1..HEAD", "blob", "HEAD:a.txt", "\x1b[31m"]
    {
        let error = source::range(&open(&repo), spec).unwrap_err();
        assert!(matches!(error, Error::Usage(_)), "{spec}: {error}");
        assert!(!error.to_string().contains('\x1b'));
    }
    let error = source::range(&open(&empty), "HEAD").unwrap_err();
    assert!(error.to_string().contains("no commit yet"), "{error}");
}

#[test]
fn where_a_shallow_clone_ends_everything_counts_as_added() {
    let origin = TestRepo::new();
    origin.write("a.txt", "a\n").stage().commit("one");
    origin.write("b.txt", "b\n").stage().commit("two");
    origin.write("c.txt", "c\n").stage().commit("three");
    let repo = TestRepo::new();
    let url = format!("file://{}", origin.path().display());
    repo.git(&["clone", "--quiet", "--depth=2", &url, "clone"]);

    let listing = source::range(&open_at(&repo.at("clone")), "HEAD").unwrap();

    let contents: Vec<_> = words(&listing).into_iter().filter(|line| line.starts_with("content")).collect();
    assert_eq!(contents, ["content a.txt", "content b.txt", "content c.txt"]);
    let reasons: Vec<_> = listing.skipped.iter().map(|skipped| skipped.why).collect();
    assert_eq!(reasons, [Skip::CutOff]);
}

#[test]
fn a_commit_whose_tree_is_missing_is_a_problem_and_the_others_are_listed() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.write("b.txt", "b\n").stage().commit("two");
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    std::fs::remove_file(repo.at(&format!(".git/objects/{}/{}", &tree[..2], &tree.trim()[2..]))).unwrap();

    let listing = list(&repo, "HEAD");

    assert_eq!(listing.problems.len(), 1);
    assert!(listing.problems[0].what.starts_with("commit "));
    let contents = listing.entries.iter().filter(|entry| entry.kind == TextKind::Content).count();
    assert_eq!(contents, 1);
}

#[test]
fn in_a_linked_worktree_head_is_that_of_the_worktree() {
    let repo = TestRepo::new();
    repo.commit("one");
    repo.git(&["worktree", "add", "--quiet", "tree", "-b", "other"]);
    repo.write("a.txt", "a\n").stage().commit("two");

    let listing = source::range(&open_at(&repo.at("tree")), "HEAD").unwrap();

    assert_eq!(listing.entries.len(), 1, "one message and nothing else");
}

#[test]
fn a_bare_repository_has_ranges_too() {
    let origin = TestRepo::new();
    origin.write("a.txt", "a\n").stage().commit("one");
    let repo = TestRepo::new();
    repo.git(&["clone", "--quiet", "--bare", origin.path().to_str().unwrap(), "bare"]);

    let listing = source::range(&open_at(&repo.at("bare")), "main").unwrap();

    assert_eq!(words(&listing)[1..], ["content a.txt", "name a.txt"]);
}

/// Makes a history of branches and merges; what is in it depends on the seed.
fn grow(repo: &TestRepo, seed: u64) {
    repo.write("f0", "start\n").stage().commit("start");
    for (step, throw) in fake::bytes(seed, 60).chunks_exact(3).enumerate() {
        let file = format!("d{}/f{}", throw[0] % 3, throw[1] % 4);
        match throw[2] % 6 {
            0 => drop(repo.try_git(&["checkout", "--quiet", "-b", &format!("b{step}"), "HEAD~1"])),
            1 => drop(repo.try_git(&["merge", "--quiet", "--no-edit", "-X", "ours", "--all"])),
            2 => drop(repo.try_git(&["merge", "--quiet", "--no-edit", "-X", "theirs", "main"])),
            3 => drop(std::fs::remove_file(repo.at(&file))),
            _ => drop(repo.write(&file, format!("{}\n{step}\n", throw[0] % 5))),
        }
        repo.try_git(&["merge", "--abort"]);
        repo.stage().commit(&format!("step {step}"));
    }
}

/// Returns the blobs that git reaches from a revision and not from another.
fn reached(repo: &TestRepo, words: &[&str]) -> BTreeSet<String> {
    let listed = repo.git(&[&["rev-list", "--objects", "--no-object-names"], words].concat());
    let ids: Vec<_> = listed.lines().map(str::to_owned).collect();
    ids.into_iter().filter(|id| repo.git(&["cat-file", "-t", id]).trim() == "blob").collect()
}

#[test]
fn the_blobs_of_a_range_are_those_that_git_lists() {
    for seed in 1..4 {
        let repo = TestRepo::new();
        grow(&repo, seed);
        let base = "HEAD~6";

        let listing = list(&repo, &format!("{base}..HEAD"));

        let blobs = listing.entries.iter().filter_map(|entry| match &entry.body {
            Body::Blob(id) => Some(id.to_string()),
            Body::Inline(_) | Body::File(_) | Body::Stdin => None,
        });
        // A commit may bring back or move a text that the base already reaches: git does not
        // list it then, and we do, since that commit adds it.
        let old = reached(&repo, &[base]);
        let ours: BTreeSet<_> = blobs.filter(|id| !old.contains(id)).collect();
        // git's boundary may list what an older commit than the base had.
        let gits: BTreeSet<_> = reached(&repo, &["HEAD", &format!("^{base}")]).difference(&old).cloned().collect();
        assert_eq!(ours, gits, "seed {seed}");
        assert!(!ours.is_empty());
        let all: BTreeSet<_> = list(&repo, "HEAD")
            .entries
            .iter()
            .filter_map(|entry| if let Body::Blob(id) = entry.body { Some(id.to_string()) } else { None })
            .collect();
        assert_eq!(all, reached(&repo, &["HEAD"]), "seed {seed}, the whole history");
    }
}
