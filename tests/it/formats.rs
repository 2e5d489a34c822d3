//! Stories about every kind of repository that git opens.

use ideoguard::git::Repository;
use ideoguard::source::{self, Reader};

use crate::common::{TestRepo, hermetic};
use crate::library::{bytes, hermetic_env, new_lines, open, open_at, range, staged, words};

/// Tells one story in a repository made with further words for `git init`, and how many notices it brings.
#[track_caller]
fn tell(init: &[&str], notices: usize) {
    let repo = TestRepo::with_init(init);
    repo.write("new.txt", "n\n").stage();
    assert_eq!(staged(&repo), ["content new.txt", "name new.txt"], "on a new branch");
    repo.commit("one");
    repo.write("new.txt", "n\nm\n").stage();

    let repository = open(&repo);
    let listing = source::staged(&repository).expect("a listing");

    assert_eq!(words(&listing), ["content new.txt since 1"]);
    assert_eq!(new_lines(&repository, &listing, "new.txt"), ["m"]);
    assert_eq!(listing.notices.len(), notices, "{:?}", listing.notices);
    repo.commit("two");
    assert_eq!(range(&repo, "HEAD~1..HEAD"), ["content new.txt since 1"]);
    assert_eq!(range(&repo, "main"), ["content new.txt", "name new.txt", "content new.txt since 1"]);
}

#[test]
fn a_common_repository_needs_no_help() {
    tell(&[], 0);
}

#[test]
fn a_repository_with_sha256_names_needs_no_help() {
    tell(&["--object-format=sha256"], 0);
}

#[test]
fn of_a_repository_with_reftable_git_reads_the_references() {
    tell(&["--ref-format=reftable"], 1);
}

#[test]
fn sha256_and_reftable_work_together() {
    tell(&["--object-format=sha256", "--ref-format=reftable"], 1);
}

#[test]
fn a_split_index_is_read_by_git() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.git(&["update-index", "--split-index"]);
    repo.write("a.txt", "a\nb\n").write("b.txt", "b\n").stage();

    let repository = open(&repo);
    let listing = source::staged(&repository).unwrap();

    assert_eq!(words(&listing), ["content a.txt since 1", "content b.txt", "name b.txt"]);
    assert_eq!(new_lines(&repository, &listing, "a.txt"), ["b"]);
    assert!(listing.notices[0].contains("split"), "{:?}", listing.notices);
    assert_eq!(repository.tracked().unwrap().len(), 2);
}

#[test]
fn a_split_index_on_a_new_branch_is_read_by_git() {
    let repo = TestRepo::new();
    repo.git(&["config", "core.splitIndex", "true"]);
    repo.write("a.txt", "a\n").stage();
    repo.git(&["update-index", "--split-index"]);

    assert_eq!(staged(&repo), ["content a.txt", "name a.txt"]);
}

#[test]
fn in_a_split_index_merges_conflicts_and_promises_are_judged_alike() {
    let repo = TestRepo::new();
    repo.write("a.txt", "1\n2\n3\n").write("c.txt", "c\n").stage().commit("base");
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("a.txt", "topic\n2\n3\n").write("c.txt", "theirs\n").write("t.txt", "t\n").stage().commit("topic");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("a.txt", "1\n2\nmain\n").write("c.txt", "ours\n").stage().commit("main");
    repo.try_git(&["merge", "--quiet", "topic"]);
    repo.write("a.txt", "topic\nevil\nmain\n").write("later.txt", "l\n");
    repo.git(&["add", "a.txt"]);
    repo.git(&["add", "--intent-to-add", "later.txt"]);
    let whole = staged(&repo);
    repo.git(&["update-index", "--split-index"]);

    let split = staged(&repo);

    assert_eq!(whole, ["content a.txt since 2"], "both sides of c.txt are what a parent has");
    assert_eq!(split, whole);
}

#[test]
fn a_sparse_index_is_read_by_git() {
    let repo = TestRepo::new();
    repo.write("in/a.txt", "a\n").write("out/b.txt", "b\n").stage().commit("one");
    repo.git(&["sparse-checkout", "set", "--sparse-index", "in"]);
    repo.write("in/a.txt", "a\nb\n");
    repo.git(&["add", "in/a.txt"]);

    let listing = source::staged(&open(&repo)).unwrap();

    assert_eq!(words(&listing), ["content in/a.txt since 1"]);
    assert!(listing.notices[0].contains("sparse"), "{:?}", listing.notices);
}

#[test]
fn an_index_without_checksum_is_read() {
    let repo = TestRepo::new();
    repo.git(&["config", "index.skipHash", "true"]);
    repo.write("a.txt", "a\n").stage();

    assert_eq!(staged(&repo), ["content a.txt", "name a.txt"]);
}

#[test]
fn a_partial_clone_is_opened_and_a_blob_that_was_left_out_is_an_error() {
    let origin = TestRepo::new();
    origin.write("a.txt", "a\n").stage().commit("one");
    origin.write("a.txt", "b\n").stage().commit("two");
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let clone = TestRepo::new();
    let url = format!("file://{}", origin.path().display());
    clone.git(&["clone", "--quiet", "--filter=blob:none", "--no-checkout", &url, "clone"]);
    let folder = clone.at("clone");
    let repository = open_at(&folder);

    let listing = source::range(&repository, "HEAD~1..HEAD").unwrap();

    let reader = Reader::new(Some(&repository), None).unwrap();
    let entry = &listing.entries[1];
    assert_eq!(words(&listing)[1..], ["content a.txt since 1"]);
    let error = reader.read(&entry.body).unwrap_err();
    assert!(error.to_string().starts_with("could not read the blob"), "{error}");
    assert_eq!(source::staged(&repository).unwrap().entries.len(), 0);
}

#[test]
fn a_linked_worktree_has_its_own_index_and_head() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.git(&["worktree", "add", "--quiet", "tree", "-b", "other"]);
    repo.write("tree/b.txt", "b\n");
    let tree = repo.at("tree");
    assert!(hermetic("git", &tree).args(["add", "b.txt"]).status().expect("git runs").success());

    let repository = open_at(&tree);

    assert_eq!(words(&source::staged(&repository).unwrap()), ["content b.txt", "name b.txt"]);
    assert_eq!(repository.work_dir().unwrap().canonicalize().unwrap(), tree.canonicalize().unwrap());
    assert_eq!(repository.common_dir().canonicalize().unwrap(), repo.at(".git").canonicalize().unwrap());
    assert_eq!(staged(&repo), Vec::<String>::new());
}

#[test]
fn in_a_hook_of_a_linked_worktree_the_variables_name_it() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.git(&["worktree", "add", "--quiet", "tree", "-b", "other"]);
    let tree = repo.at("tree");
    repo.write("tree/b.txt", "b\n");
    assert!(hermetic("git", &tree).args(["add", "b.txt"]).status().expect("git runs").success());
    let own = repo.at(".git/worktrees/tree");
    let env = hermetic_env(&tree).with("GIT_DIR", &own).with("GIT_INDEX_FILE", own.join("index"));

    let repository = Repository::open(&tree, env).unwrap();

    assert_eq!(words(&source::staged(&repository).unwrap()), ["content b.txt", "name b.txt"]);
    assert_eq!(repository.work_dir().unwrap(), tree);
}

#[test]
fn a_submodule_is_a_repository_of_its_own() {
    let inner = TestRepo::new();
    inner.write("in.txt", "i\n").stage().commit("inner");
    let repo = TestRepo::new();
    let url = inner.path().to_str().unwrap();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "sub"]);
    repo.write("sub/in.txt", "i\nj\n");
    let sub = repo.at("sub");
    assert!(hermetic("git", &sub).args(["add", "in.txt"]).status().expect("git runs").success());

    let repository = open_at(&sub);

    assert_eq!(words(&source::staged(&repository).unwrap()), ["content in.txt since 1"]);
    assert_eq!(repository.work_dir().unwrap().canonicalize().unwrap(), sub.canonicalize().unwrap());
    let outer = staged(&repo);
    assert_eq!(outer, ["content .gitmodules", "name .gitmodules", "name sub", "submodule sub"]);
}

#[test]
fn the_index_that_a_variable_names_is_the_one_that_counts() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage();
    std::fs::copy(repo.at(".git/index"), repo.at(".git/other")).unwrap();
    repo.git(&["rm", "--quiet", "--cached", "a.txt"]);
    let env = hermetic_env(repo.path()).with("GIT_INDEX_FILE", ".git/other");

    let repository = Repository::open(repo.path(), env).unwrap();

    assert_eq!(words(&source::staged(&repository).unwrap()), ["content a.txt", "name a.txt"]);
    assert_eq!(staged(&repo), Vec::<String>::new());
}

#[test]
fn a_common_folder_that_a_variable_names_is_followed() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.git(&["worktree", "add", "--quiet", "tree", "-b", "other"]);
    let tree = repo.at("tree");
    repo.write("tree/a.txt", "a\nb\n");
    assert!(hermetic("git", &tree).args(["add", "a.txt"]).status().expect("git runs").success());
    let own = repo.at(".git/worktrees/tree");
    std::fs::remove_file(own.join("commondir")).unwrap();
    let common = repo.at(".git");
    let env = hermetic_env(&tree).with("GIT_DIR", &own).with("GIT_COMMON_DIR", &common).with("GIT_WORK_TREE", &tree);

    let repository = Repository::open(&tree, env).unwrap();
    let listing = source::staged(&repository).unwrap();

    // Git looks for objects there, and for branches only where the worktree's own file points.
    assert_eq!(new_lines(&repository, &listing, "a.txt"), ["a", "b"]);
    assert_eq!(repository.notices().len(), 1);
}

#[test]
fn objects_in_a_quarantine_are_found() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    let quarantine = repo.at("quarantine");
    std::fs::create_dir(&quarantine).unwrap();
    repo.write("a.txt", "a\nb\n");
    let git = hermetic("git", repo.path())
        .args(["add", "a.txt"])
        .env("GIT_OBJECT_DIRECTORY", &quarantine)
        .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", repo.at(".git/objects"))
        .status();
    assert!(git.unwrap().success());
    let env = hermetic_env(repo.path())
        .with("GIT_OBJECT_DIRECTORY", "quarantine")
        .with("GIT_ALTERNATE_OBJECT_DIRECTORIES", ".git/objects");

    let repository = Repository::open(repo.path(), env).unwrap();
    let listing = source::staged(&repository).unwrap();

    assert_eq!(new_lines(&repository, &listing, "a.txt"), ["b"]);
    let outside = Reader::new(Some(&open(&repo)), None).unwrap().read(&listing.entries[0].body);
    assert!(outside.is_err());
}

#[test]
fn objects_of_another_repository_are_found_through_its_alternates() {
    let origin = TestRepo::new();
    origin.write("a.txt", "a\n").stage().commit("one");
    let repo = TestRepo::new();
    repo.git(&["clone", "--quiet", "--shared", origin.path().to_str().unwrap(), "clone"]);

    let listing = source::range(&open_at(&repo.at("clone")), "HEAD").unwrap();

    let repository = open_at(&repo.at("clone"));
    let text = Reader::new(Some(&repository), None).unwrap().read(&listing.entries[1].body).unwrap();
    assert_eq!(bytes(text), b"a\n");
}

#[test]
fn packed_objects_and_references_are_read() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.write("a.txt", "a\nb\n").stage().commit("two");
    repo.git(&["gc", "--quiet"]);
    repo.git(&["pack-refs", "--all"]);
    repo.git(&["multi-pack-index", "write"]);

    assert_eq!(range(&repo, "HEAD"), ["content a.txt", "name a.txt", "content a.txt since 1"]);
}

#[test]
fn replaced_objects_do_not_hide_what_is_stored() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    let id = repo.git(&["rev-parse", "HEAD:a.txt"]);
    repo.write("b.txt", "harmless\n");
    let other = repo.git(&["hash-object", "-w", "b.txt"]);
    repo.git(&["replace", id.trim(), other.trim()]);

    let repository = open(&repo);
    let listing = source::range(&repository, "HEAD").unwrap();

    assert_eq!(new_lines(&repository, &listing, "a.txt"), ["a"]);
}

#[test]
fn compatible_object_names_do_not_close_a_repository() {
    let repo = TestRepo::with_init(&["--object-format=sha256"]);
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    repo.git(&["config", "extensions.compatObjectFormat", "sha1"]);
    repo.write("a.txt", "a\n").stage();

    assert_eq!(staged(&repo), ["content a.txt", "name a.txt"]);
}
