//! Stories about where objects come from and how they are reached.

pub(crate) mod graph;
mod oracle;

use ideoguard::history::{Attribution, Origin, Reach};
use ideoguard::oid::ObjectId;
use ideoguard::reference::{RefKind, Reference};

use crate::attribution::graph::{Objects, id};
use crate::common::TestRepo;

/// The text of the file in which all stories keep what matters.
const SECRET: &str = "secret\n";

/// Returns the name of a blob.
fn blob(repo: &TestRepo, text: &str) -> ObjectId {
    repo.write(".git/blob", text);
    id(&repo.git(&["hash-object", "-w", ".git/blob"]))
}

/// Returns the references of a repository, as git lists them.
fn references(repo: &TestRepo) -> Vec<Reference> {
    let lines = repo.git(&["for-each-ref", "--format=%(refname) %(objectname)"]);
    let each = lines.lines().map(|line| {
        let (name, target) = line.split_once(' ').expect("two words");
        let kind = match name.split('/').nth(1) {
            Some("heads") => RefKind::Branch,
            Some("remotes") => RefKind::RemoteBranch,
            Some("tags") => RefKind::Tag,
            Some("notes") => RefKind::Notes,
            Some("stash") => RefKind::Stash,
            _ => RefKind::Other,
        };
        Reference { kind, name: name.into(), target: id(target) }
    });
    each.collect()
}

/// Returns where an object comes from.
fn origin(repo: &TestRepo, object: ObjectId) -> Origin {
    let graph = Objects::of(repo).whole_graph();
    Attribution::of(&graph, &references(repo), &[object]).origin(object).expect("it was wanted")
}

/// Returns the paths of an object in its first commit, and all of them.
fn paths(repo: &TestRepo, object: ObjectId) -> (Vec<String>, Vec<String>) {
    let objects = Objects::of(repo);
    let graph = objects.whole_graph();
    let attribution = Attribution::of(&graph, &references(repo), &[object]);
    let words = |paths: ideoguard::history::Paths| -> Vec<String> {
        assert!(paths.complete);
        paths.found.iter().map(ToString::to_string).collect()
    };
    let first = attribution.origin(object).and_then(|origin| origin.first).expect("a commit");
    let here = attribution.paths(first, object, |tree| objects.tree(tree)).expect("trees");
    let all = attribution.all_paths(object, 1000, |tree| objects.tree(tree)).expect("trees");
    (words(here), words(all))
}

#[test]
fn the_first_commit_is_the_one_whose_parents_do_not_hold_it() {
    let repo = TestRepo::new();
    repo.write("a", "a").stage().commit("before");
    let first = repo.write("deep/er/file", SECRET).stage().commit("bring");
    repo.write("a", "b").stage().commit("after");

    let origin = origin(&repo, blob(&repo, SECRET));

    assert_eq!(origin, Origin { first: Some(id(&first)), commits: 2, reach: Reach::Tip });
}

#[test]
fn what_was_taken_away_is_in_history_only_and_keeps_its_first_commit_when_it_comes_back() {
    let repo = TestRepo::new();
    let first = repo.write("file", SECRET).stage().commit("bring");
    repo.write("file", "harmless").stage().commit("take away");
    let secret = blob(&repo, SECRET);
    assert_eq!(origin(&repo, secret).reach, Reach::History);

    repo.git(&["revert", "--no-edit", "HEAD"]);

    assert_eq!(origin(&repo, secret), Origin { first: Some(id(&first)), commits: 2, reach: Reach::Tip });
    let graph = Objects::of(&repo).whole_graph();
    assert_eq!(Attribution::of(&graph, &[], &[secret]).introductions(secret).len(), 2);
}

#[test]
fn the_last_commit_is_the_newest_that_holds_it() {
    let repo = TestRepo::new();
    repo.write("file", SECRET).stage().commit("bring");
    let last = repo.write("other", "o").stage().commit("after");
    repo.write("file", "harmless").stage().commit("take away");
    let secret = blob(&repo, SECRET);
    let graph = Objects::of(&repo).whole_graph();

    let attribution = Attribution::of(&graph, &references(&repo), &[secret]);

    assert_eq!(attribution.last(secret), Some(id(&last)));
    assert_eq!(attribution.last(id(&last)), None, "it was not wanted");
}

#[test]
fn a_merge_brings_only_what_no_parent_has() {
    let repo = TestRepo::new();
    repo.write("a", "a").stage().commit("base");
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    let first = repo.write("theirs", SECRET).stage().commit("theirs");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("ours", "ours").stage().commit("ours");
    repo.git(&["merge", "--quiet", "--no-commit", "--no-ff", "topic"]);
    let evil = repo.write("evil", "evil\n").stage().commit("merge");

    assert_eq!(origin(&repo, blob(&repo, SECRET)).first, Some(id(&first)));
    assert_eq!(origin(&repo, blob(&repo, "evil\n")).first, Some(id(&evil)));
}

#[test]
fn all_paths_are_told_at_the_first_commit_and_over_history() {
    let repo = TestRepo::new();
    repo.write("x/one", SECRET).write("x/two", SECRET).write("y/one", SECRET).stage().commit("bring");
    repo.git(&["mv", "x", "z"]);
    repo.commit("rename");

    let (first, all) = paths(&repo, blob(&repo, SECRET));

    assert_eq!(first, ["x/one", "x/two", "y/one"]);
    assert_eq!(all, ["x/one", "x/two", "y/one", "z/one", "z/two"]);
}

#[test]
fn a_tree_has_paths_too_and_the_tree_of_a_commit_has_the_empty_one() {
    let repo = TestRepo::new();
    repo.write("x/y/file", SECRET).stage().commit("bring");

    for (tree, path) in [("HEAD:x/y", "x/y"), ("HEAD:", "")] {
        let tree = id(&repo.git(&["rev-parse", tree]));

        assert_eq!(paths(&repo, tree).0, [path]);
        assert_eq!(origin(&repo, tree).reach, Reach::Tip);
    }
}

#[test]
fn a_commit_and_a_tag_are_held_by_themselves() {
    let repo = TestRepo::new();
    let commit = repo.write("a", "a").stage().commit("a message");
    repo.write("a", "b").stage().commit("another");
    repo.git(&["tag", "--annotate", "--message", "words", "v1", &commit]);
    let tag = id(&repo.git(&["rev-parse", "v1"]));

    let of_commit = Origin { first: Some(id(&commit)), commits: 1, reach: Reach::History };
    assert_eq!(origin(&repo, id(&commit)), of_commit);
    assert_eq!(origin(&repo, tag), Origin { first: None, commits: 0, reach: Reach::Tag });
}

#[test]
fn a_submodule_that_names_a_commit_of_this_repository_does_not_hold_it() {
    let repo = TestRepo::new();
    let commit = repo.commit("a message");
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},sub")]);
    repo.git(&["commit", "--quiet", "--message", "submodule"]);

    assert_eq!(origin(&repo, id(&commit)).commits, 1);
}

#[test]
fn each_way_to_reach_an_object_has_its_name() {
    let repo = TestRepo::new();
    let base = repo.commit("base");
    let hidden = |text: &str| {
        repo.write("file", text).stage();
        let tree = repo.git(&["write-tree"]);
        repo.git(&["rm", "--quiet", "--cached", "file"]);
        repo.git(&["commit-tree", "-p", &base, "-m", text, tree.trim()]).trim().to_owned()
    };
    for (name, text) in
        [("refs/tags/light", "1"), ("refs/pull/1/head", "2"), ("refs/notes/x", "3"), ("refs/stash", "4")]
    {
        repo.git(&["update-ref", name, &hidden(text)]);
    }
    let blob_tag = blob(&repo, "5");
    repo.git(&["tag", "--annotate", "--message", "m", "of-blob", &blob_tag.to_string()]);
    let nested = repo.git(&["rev-parse", &format!("{}^{{tree}}", hidden("6"))]);
    repo.git(&["tag", "--annotate", "--message", "m", "of-tree", nested.trim()]);
    repo.git(&["tag", "--annotate", "--message", "m", "of-tag", "of-tree"]);
    repo.git(&["tag", "--delete", "of-tree"]);
    hidden("7");

    let reach = |text: &str| origin(&repo, blob(&repo, text)).reach;

    assert_eq!(["1", "2", "3", "4"].map(reach), [Reach::Tag, Reach::Other, Reach::Notes, Reach::Stash]);
    assert_eq!(["5", "6", "7", "8"].map(reach), [Reach::Tag, Reach::Tag, Reach::Unreachable, Reach::Unreachable]);
}

#[test]
fn the_first_commit_is_one_that_others_can_see_if_there_is_one() {
    let repo = TestRepo::new();
    repo.commit("base");
    let amended = repo.write("file", SECRET).stage().commit("bring");
    repo.git(&["commit", "--quiet", "--amend", "--message", "say it better"]);
    let kept = repo.git(&["rev-parse", "HEAD"]);

    let origin = origin(&repo, blob(&repo, SECRET));

    assert_ne!(amended, kept.trim());
    assert_eq!((origin.first, origin.commits), (Some(id(&kept)), 2));
}

#[test]
fn where_a_shallow_clone_ends_all_counts_as_new() {
    let repo = TestRepo::new();
    repo.write("file", SECRET).stage().commit("bring");
    let last = repo.write("other", "o").stage().commit("last");
    let clone = TestRepo::new();
    let url = format!("file://{}", repo.path().display());
    clone.git(&["fetch", "--quiet", "--depth", "1", &url, "main:refs/heads/got"]);

    assert_eq!(origin(&clone, blob(&clone, SECRET)).first, Some(id(&last)));
}

#[test]
fn a_reference_says_whether_it_holds_an_object_now_or_did_before() {
    let repo = TestRepo::new();
    repo.write("file", SECRET).stage().commit("bring");
    repo.git(&["branch", "old"]);
    repo.write("file", "harmless").stage().commit("take away");
    repo.git(&["checkout", "--quiet", "--orphan", "apart"]);
    repo.commit("apart");
    let secret = blob(&repo, SECRET);
    let graph = Objects::of(&repo).whole_graph();
    let references = references(&repo);

    let attribution = Attribution::of(&graph, &references, &[secret]);

    let held: Vec<String> =
        attribution.holders(secret).map(|(index, held)| format!("{} {held:?}", references[index].name)).collect();
    assert_eq!(held, ["refs/heads/main History", "refs/heads/old Tip"]);
}

#[test]
fn a_tree_that_shares_all_its_parts_takes_no_time() {
    let repo = TestRepo::new();
    let mut below = repo.git(&["hash-object", "-w", "--stdin"]);
    for level in 0..60 {
        let kind = if level == 0 { "100644 blob" } else { "040000 tree" };
        repo.write(".git/rows", format!("{kind} {0}\ta\n{kind} {0}\tb\n", below.trim()));
        let rows = std::fs::File::open(repo.at(".git/rows")).expect("a file");
        let made = crate::common::hermetic("git", repo.path()).arg("mktree").stdin(rows).output().expect("git runs");
        below = String::from_utf8(made.stdout).expect("hex");
    }
    let commit = repo.git(&["commit-tree", "-m", "deep", below.trim()]);
    repo.git(&["update-ref", "refs/heads/deep", commit.trim()]);
    let empty = id(&repo.git(&["hash-object", "--stdin"]));
    let objects = Objects::of(&repo);
    let graph = objects.whole_graph();

    let attribution = Attribution::of(&graph, &[], &[empty]);
    let paths = attribution.paths(id(&commit), empty, |tree| objects.tree(tree)).expect("trees");

    assert_eq!(attribution.origin(empty).unwrap().first, Some(id(&commit)));
    assert!(!paths.complete && paths.found.len() >= 1000);
}
