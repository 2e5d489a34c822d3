//! Stories about what is damaged, missing, foreign or not there.

use std::path::Path;

use ideoguard::error::Error;
use ideoguard::git::Repository;
use ideoguard::source::{self, Reader};
use ideoguard::text::Loaded;

use crate::common::TestRepo;
use crate::fake;
use crate::library::{bytes, hermetic_env, new_lines, open, staged, words};

#[test]
fn outside_of_a_repository_nothing_is_found() {
    let folder = tempfile::tempdir().unwrap();

    let error = Repository::open(folder.path(), hermetic_env(folder.path())).unwrap_err();

    assert!(matches!(error, Error::NoRepository { .. }), "{error}");
}

#[test]
fn an_index_that_is_cut_short_is_an_error() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").write("b.txt", "b\n").stage();
    let index = std::fs::read(repo.at(".git/index")).unwrap();
    std::fs::write(repo.at(".git/index"), &index[..100]).unwrap();

    let error = source::staged(&open(&repo)).unwrap_err();

    assert!(error.to_string().starts_with("could not read the index"), "{error}");
    assert!(error.hint().is_some());
}

#[test]
fn an_index_cut_at_any_place_gives_an_error_or_the_whole_truth() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").write("b/c.txt", "b\n").stage().commit("one");
    repo.write("b/c.txt", "c\n").stage();
    let truth = staged(&repo);
    let index = std::fs::read(repo.at(".git/index")).unwrap();
    for end in 0..index.len() {
        std::fs::write(repo.at(".git/index"), &index[..end]).unwrap();

        let listing = source::staged(&open(&repo));

        assert!(listing.is_err() || words(&listing.unwrap()) == truth, "cut at {end}");
    }
}

#[test]
fn a_head_that_makes_no_sense_is_an_error() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.write(".git/HEAD", "nonsense\n");

    let error = source::staged(&open(&repo)).unwrap_err();

    assert!(error.to_string().starts_with("could not read HEAD"), "{error}");
    assert!(error.hint().is_some());
}

#[test]
fn a_repository_that_only_claims_to_be_one_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".git"), "gitdir: nowhere\n").unwrap();

    let error = Repository::open(folder.path(), hermetic_env(folder.path())).unwrap_err();

    assert!(error.to_string().starts_with("could not open the repository"), "{error}");
    assert!(error.hint().is_some());
}

#[test]
fn a_branch_that_makes_no_sense_is_not_taken_for_a_new_one() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.write(".git/refs/heads/main", "nonsense\n");

    let error = source::staged(&open(&repo)).unwrap_err();

    assert!(error.to_string().starts_with("could not read HEAD"), "{error}");
}

#[test]
fn an_object_that_is_missing_or_damaged_is_an_error_for_that_object_alone() {
    let repo = TestRepo::new();
    repo.write("good.txt", "good\n").write("gone.txt", "gone\n").write("bad.txt", "bad\n").stage();
    let object = |path: &str| {
        let id = repo.git(&["hash-object", path]);
        repo.at(&format!(".git/objects/{}/{}", &id[..2], &id.trim()[2..]))
    };
    std::fs::remove_file(object("gone.txt")).unwrap();
    std::fs::remove_file(object("bad.txt")).unwrap();
    std::fs::write(object("bad.txt"), b"x\x01\x02no zlib").unwrap();

    let repository = open(&repo);
    let listing = source::staged(&repository).unwrap();
    let reader = Reader::new(Some(&repository), None).unwrap();

    let read = |path: &str| {
        let entry = listing.entries.iter().find(|entry| entry.path.as_bytes() == path.as_bytes()).unwrap();
        reader.read(&entry.body)
    };
    assert_eq!(bytes(read("good.txt").unwrap()), b"good\n");
    assert!(read("gone.txt").unwrap_err().to_string().starts_with("could not read the blob"));
    assert!(read("bad.txt").unwrap_err().to_string().starts_with("could not read the blob"));
}

#[test]
fn a_large_blob_that_is_damaged_ends_as_an_error() {
    let repo = TestRepo::new();
    repo.write("large.bin", fake::bytes(7, 9 << 20)).stage();
    let id = repo.git(&["rev-parse", ":large.bin"]);
    let object = repo.at(&format!(".git/objects/{}/{}", &id[..2], &id.trim()[2..]));
    let mut packed = std::fs::read(&object).unwrap();
    let middle = packed.len() / 2;
    packed[middle..middle + 1000].fill(0);
    std::fs::remove_file(&object).unwrap();
    std::fs::write(&object, packed).unwrap();
    let repository = open(&repo);
    let listing = source::staged(&repository).unwrap();

    let loaded = Reader::new(Some(&repository), None).unwrap().read(&listing.entries[0].body);

    let Loaded::Stream { mut read, .. } = loaded.unwrap() else { panic!("a stream") };
    assert!(std::io::copy(&mut read, &mut std::io::sink()).is_err());
}

#[test]
fn a_commit_hook_needs_no_git_on_the_path() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.write("a.txt", "b\n").stage();
    let env = hermetic_env(repo.path()).with("PATH", "/nowhere");

    let repository = Repository::open(repo.path(), env).unwrap();
    let listing = source::staged(&repository).unwrap();

    assert_eq!(new_lines(&repository, &listing, "a.txt"), ["b"]);
}

#[test]
fn without_git_a_large_blob_comes_whole() {
    let repo = TestRepo::new();
    let large = fake::bytes(7, 9 << 20);
    repo.write("large.bin", &large).stage();
    let env = hermetic_env(repo.path()).with("PATH", "/nowhere");
    let repository = Repository::open(repo.path(), env).unwrap();
    let listing = source::staged(&repository).unwrap();

    let loaded = Reader::new(Some(&repository), None).unwrap().read(&listing.entries[0].body).unwrap();

    assert!(bytes(loaded) == large);
}

#[test]
fn without_git_what_libgit2_refuses_is_a_clear_error() {
    let reftable = TestRepo::with_init(&["--ref-format=reftable"]);
    let split = TestRepo::new();
    split.write("a.txt", "a\n").stage();
    split.git(&["update-index", "--split-index"]);

    for repo in [&reftable, &split] {
        let env = hermetic_env(repo.path()).with("PATH", "/nowhere");
        let error = source::staged(&Repository::open(repo.path(), env).unwrap()).unwrap_err();
        assert!(error.to_string().contains("no `git` is on the PATH"), "{error}");
    }
}

/// Gives a repository to somebody else; `false` if we may not.
#[cfg(unix)]
fn give_away(repo: &TestRepo) -> bool {
    let given = |path: &Path| std::os::unix::fs::chown(path, Some(12345), Some(12345)).is_ok();
    given(repo.path()) && given(&repo.at(".git"))
}

#[cfg(unix)]
#[test]
fn a_repository_of_somebody_else_is_opened_only_where_git_would_open_it() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage();
    if !give_away(&repo) {
        // Only root can tell this story.
        return;
    }
    let env = hermetic_env(repo.path());
    let trusted = env.clone().with("GIT_CONFIG_COUNT", "1");
    let trusted = trusted.with("GIT_CONFIG_KEY_0", "safe.directory").with("GIT_CONFIG_VALUE_0", "*");

    let found = Repository::open(repo.path(), env.clone());
    let named = Repository::open(repo.path(), env.with("GIT_DIR", repo.at(".git"))).unwrap();
    let trusted = Repository::open(repo.path(), trusted).unwrap();

    let error = found.unwrap_err();
    assert!(error.hint().unwrap().contains("safe.directory"), "{error}");
    for repository in [named, trusted] {
        assert_eq!(words(&source::staged(&repository).unwrap()), ["content a.txt", "name a.txt"]);
        assert_eq!(repository.notices().len(), 1);
    }
}

#[test]
fn an_extension_that_nobody_knows_is_an_error() {
    let repo = TestRepo::new();
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    std::fs::write(repo.at("more"), "").unwrap();
    let config = std::fs::read_to_string(repo.at(".git/config")).unwrap();
    repo.write(".git/config", config + "[extensions]\n\tfromTheFuture = true\n");

    let error = Repository::open(Path::new(repo.path()), hermetic_env(repo.path())).unwrap_err();

    assert!(error.to_string().starts_with("could not open the repository"), "{error}");
}
