//! Stories about what is staged.

use std::path::Path;

use ideoguard::error::Error;
use ideoguard::git::Repository;
use ideoguard::oid::ObjectId;
use ideoguard::source::{self, Reader};
use ideoguard::text::{Body, Loaded, Scope};

use crate::common::{TestRepo, hermetic};
use crate::fake;
use crate::library::{bytes, hermetic_env, new_lines, open, staged, words};

#[test]
fn before_the_first_commit_every_staged_file_is_new() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").write("sub/b.txt", "b\n").stage();

    assert_eq!(staged(&repo), ["content a.txt", "name a.txt", "content sub/b.txt", "name sub/b.txt"]);
}

#[test]
fn nothing_staged_is_an_empty_listing() {
    let fresh = TestRepo::new();
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.write("a.txt", "b\n").write("new.txt", "n\n");

    assert_eq!(staged(&fresh), Vec::<String>::new());
    assert_eq!(staged(&repo), Vec::<String>::new());
}

#[test]
fn of_a_changed_file_only_the_added_lines_are_new() {
    let repo = TestRepo::new();
    repo.write("a.txt", "one\ntwo\nthree\n").stage().commit("one");
    repo.write("a.txt", "one\n2\nthree\nfour").stage();

    let listing = source::staged(&open(&repo)).unwrap();

    assert_eq!(words(&listing), ["content a.txt since 1"]);
    assert_eq!(new_lines(&open(&repo), &listing, "a.txt"), ["2", "four"]);
}

#[test]
fn what_is_judged_is_the_index_and_not_the_work_tree() {
    let repo = TestRepo::new();
    repo.write("a.txt", "staged\n").stage();
    repo.write("a.txt", "later\n");

    let listing = source::staged(&open(&repo)).unwrap();

    assert_eq!(new_lines(&open(&repo), &listing, "a.txt"), ["staged"]);
}

#[test]
fn deleted_files_and_changed_modes_bring_nothing() {
    let repo = TestRepo::new();
    repo.write("gone.txt", "a\n").write("mode.sh", "b\n").stage().commit("one");
    repo.git(&["rm", "--quiet", "gone.txt"]);
    repo.git(&["update-index", "--chmod=+x", "mode.sh"]);

    assert_eq!(staged(&repo), Vec::<String>::new());
}

#[test]
fn a_renamed_file_brings_its_name_and_no_line() {
    let repo = TestRepo::new();
    repo.write("old.txt", "a\nb\n").stage().commit("one");
    repo.git(&["mv", "old.txt", "new.txt"]);

    let listing = source::staged(&open(&repo)).unwrap();

    assert_eq!(words(&listing), ["content new.txt since 1", "name new.txt"]);
    assert_eq!(new_lines(&open(&repo), &listing, "new.txt"), Vec::<String>::new());
}

#[test]
fn a_file_that_is_moved_and_edited_brings_the_edited_lines() {
    let repo = TestRepo::new();
    repo.write("src/key.py", "a\nb\n").stage().commit("one");
    repo.git(&["rm", "--quiet", "src/key.py"]);
    repo.write("lib/key.py", "a\nb\nc\n").stage();

    let listing = source::staged(&open(&repo)).unwrap();

    assert_eq!(new_lines(&open(&repo), &listing, "lib/key.py"), ["c"]);
}

#[test]
fn a_copied_file_is_new_as_a_whole() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.write("b.txt", "a\n").stage();

    assert_eq!(staged(&repo), ["content b.txt", "name b.txt"]);
}

#[cfg(unix)]
#[test]
fn a_link_is_listed_by_its_target_and_a_file_that_becomes_one_is_new() {
    let repo = TestRepo::new();
    repo.write("file", "text\n").stage().commit("one");
    std::fs::remove_file(repo.at("file")).unwrap();
    std::os::unix::fs::symlink("target of file", repo.at("file")).unwrap();
    std::os::unix::fs::symlink("elsewhere", repo.at("link")).unwrap();
    repo.stage();

    let listing = source::staged(&open(&repo)).unwrap();

    assert_eq!(words(&listing), ["link file", "link link", "name link"]);
    assert_eq!(new_lines(&open(&repo), &listing, "file"), ["target of file"]);
}

#[test]
fn a_file_that_becomes_a_folder_is_gone_and_the_files_in_it_are_new() {
    let repo = TestRepo::new();
    repo.write("a", "text\n").write("a.c", "c\n").stage().commit("one");
    std::fs::remove_file(repo.at("a")).unwrap();
    repo.write("a/b", "other\n").stage();

    assert_eq!(staged(&repo), ["content a/b", "name a/b"]);
}

#[test]
fn a_submodule_is_skipped_by_name() {
    let repo = TestRepo::new();
    let id = repo.commit("one");
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},vendor")]);

    assert_eq!(staged(&repo), ["name vendor", "submodule vendor"]);
}

#[test]
fn a_file_that_is_only_promised_is_not_listed() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.write("later.txt", "later\n");
    repo.git(&["add", "--intent-to-add", "later.txt"]);

    assert_eq!(staged(&repo), Vec::<String>::new());
}

#[test]
fn names_of_every_kind_come_through_as_bytes() {
    let names: [&[u8]; 6] = [b"a b", b"q\"uote", b"new\nline", b"esc\x1b[31m", b"latin-\xe9", b"-dash"];
    let repo = TestRepo::new();
    for name in names {
        std::fs::write(repo.path().join(ideoguard::path::RepoPath::new(name).to_os_path()), "x\n").unwrap();
    }
    repo.stage();

    let listing = source::staged(&open(&repo)).unwrap();

    let mut expected = names.to_vec();
    expected.sort_unstable();
    let listed = listing.entries.iter().filter(|entry| matches!(entry.body, Body::Blob(_)));
    assert_eq!(listed.map(|entry| entry.path.as_bytes()).collect::<Vec<_>>(), expected);
}

#[test]
fn in_a_merge_only_lines_that_no_parent_has_are_new() {
    let repo = TestRepo::new();
    repo.write("a.txt", "1\n2\n3\n4\n5\n").write("same.txt", "s\n").stage().commit("base");
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("a.txt", "topic\n2\n3\n4\n5\n").write("theirs.txt", "t\n").stage().commit("topic");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("a.txt", "1\n2\n3\n4\nmain\n").stage().commit("main");
    repo.git(&["merge", "--quiet", "--no-commit", "--no-ff", "topic"]);
    repo.write("a.txt", "topic\n2\nevil\n4\nmain\n").stage();

    let listing = source::staged(&open(&repo)).unwrap();

    assert_eq!(words(&listing), ["content a.txt since 2"]);
    assert_eq!(new_lines(&open(&repo), &listing, "a.txt"), ["evil"]);
}

#[test]
fn both_sides_of_a_conflict_are_listed() {
    let repo = TestRepo::new();
    repo.write("a.txt", "base\n").stage().commit("base");
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("a.txt", "theirs\n").stage().commit("topic");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("a.txt", "ours\n").stage().commit("main");
    repo.try_git(&["cherry-pick", "topic"]);

    let listing = source::staged(&open(&repo)).unwrap();

    assert_eq!(words(&listing), ["content a.txt since 1"], "our side is what HEAD has");
    assert_eq!(new_lines(&open(&repo), &listing, "a.txt"), ["theirs"]);
}

/// Puts a hook in place that writes git's variables to the file `env`, one after a NUL.
#[cfg(unix)]
fn record_env(repo: &TestRepo, hook: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = format!(".git/hooks/{hook}");
    let copy = "test -z \"$GIT_INDEX_FILE\" || cp \"$GIT_INDEX_FILE\" \"$(dirname \"$0\")/../seen-index\"";
    repo.write(&path, format!("#!/bin/sh\nenv -0 >\"$(dirname \"$0\")/../env\"\n{copy}\nexit 1\n"));
    std::fs::set_permissions(repo.at(&path), std::fs::Permissions::from_mode(0o755)).expect("it works");
}

/// Opens the repository as a hook would that ran with the recorded variables.
///
/// The index that git showed to the hook is gone with git; the hook kept a copy.
#[cfg(unix)]
fn as_the_hook_saw(repo: &TestRepo) -> Repository {
    let text = String::from_utf8(std::fs::read(repo.at(".git/env")).expect("it works")).expect("it works");
    let pairs = text.split('\0').filter_map(|pair| pair.split_once('='));
    let git = pairs.filter(|(name, _)| name.starts_with("GIT") && *name != "GIT_INDEX_FILE");
    let env = git.fold(hermetic_env(repo.path()), |env, (name, value)| env.with(name, value));
    Repository::open(repo.path(), env.with("GIT_INDEX_FILE", ".git/seen-index")).expect("it works")
}

#[cfg(unix)]
#[test]
fn commit_all_is_judged_by_the_index_that_git_hands_over() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.write("a.txt", "a\nb\n");
    record_env(&repo, "pre-commit");
    repo.try_git(&["commit", "--all", "--message", "two"]);

    let repository = as_the_hook_saw(&repo);

    assert_eq!(words(&source::staged(&repository).unwrap()), ["content a.txt since 1"]);
    assert_eq!(staged(&repo), Vec::<String>::new(), "the everyday index knows nothing of it");
}

#[cfg(unix)]
#[test]
fn commit_of_one_path_leaves_out_what_else_is_staged() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").write("b.txt", "b\n").stage().commit("one");
    repo.write("a.txt", "a\nsecond\n").write("b.txt", "b\nsecond\n").stage();
    record_env(&repo, "pre-commit");
    repo.try_git(&["commit", "--message", "two", "b.txt"]);

    let repository = as_the_hook_saw(&repo);

    assert_eq!(words(&source::staged(&repository).unwrap()), ["content b.txt since 1"]);
}

#[cfg(unix)]
#[test]
fn before_a_merge_commit_the_other_parent_is_known_from_the_environment() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("base");
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("theirs.txt", "t\n").stage().commit("topic");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("ours.txt", "o\n").stage().commit("main");
    record_env(&repo, "pre-merge-commit");
    repo.try_git(&["merge", "--no-ff", "--message", "merge", "topic"]);

    let listing = source::staged(&as_the_hook_saw(&repo)).unwrap();

    assert_eq!(words(&listing), Vec::<String>::new());
    assert_eq!(listing.notices, Vec::<String>::new());
}

#[test]
fn a_merge_variable_that_names_nothing_here_is_no_parent() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage();
    let env = hermetic_env(repo.path()).with(&format!("GITHEAD_{}", "1".repeat(40)), "gone");

    let listing = source::staged(&Repository::open(repo.path(), env).unwrap()).unwrap();

    assert_eq!(words(&listing), ["content a.txt", "name a.txt"]);
    assert_eq!(listing.notices.len(), 1);
}

#[test]
fn amending_is_judged_against_the_commit_that_it_replaces() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.write("a.txt", "a\nb\n").stage();

    assert_eq!(staged(&repo), ["content a.txt since 1"]);
}

#[test]
fn a_bare_repository_has_nothing_to_stage() {
    let repo = TestRepo::with_init(&["--bare"]);

    let error = source::staged(&open(&repo)).unwrap_err();

    assert!(matches!(error, Error::Usage(_)), "{error}");
    assert!(error.to_string().contains("bare"), "{error}");
}

#[test]
fn a_large_blob_comes_as_a_stream_and_one_over_the_limit_is_skipped() {
    let repo = TestRepo::new();
    let large = fake::bytes(7, 9 << 20);
    repo.write("large.bin", &large).stage();
    let repository = open(&repo);
    let listing = source::staged(&repository).unwrap();
    let body = &listing.entries[0].body;

    let stream = Reader::new(Some(&repository), None).unwrap().read(body).unwrap();
    let limited = Reader::new(Some(&repository), Some(1 << 20)).unwrap().read(body).unwrap();

    assert!(matches!(stream, Loaded::Stream { bytes: Some(n), .. } if n == large.len() as u64));
    assert!(bytes(stream) == large);
    assert_eq!(format!("{limited:?}"), "Skipped(TooLarge)");
}

/// Returns what git says is staged: path, and the ids of both sides.
fn oracle(repo: &TestRepo) -> Vec<(Vec<u8>, Option<ObjectId>, ObjectId)> {
    let words = ["diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "HEAD"];
    let output = hermetic("git", repo.path()).args(words).output().expect("it works");
    let parts: Vec<_> = output.stdout.split(|byte| *byte == 0).collect();
    let mut rows = Vec::new();
    for pair in parts.chunks_exact(2) {
        let columns: Vec<_> = pair[0].split(|byte| *byte == b' ').collect();
        let id = |at: usize| ObjectId::from_hex(columns[at]).filter(|id| id.as_bytes().iter().any(|byte| *byte != 0));
        if let Some(new) = id(3).filter(|new| Some(*new) != id(2)) {
            rows.push((pair[1].to_vec(), id(2), new));
        }
    }
    rows
}

/// Returns the same as we see it.
fn ours(repo: &TestRepo) -> Vec<(Vec<u8>, Option<ObjectId>, ObjectId)> {
    let staging = open(repo).staged().expect("it works");
    assert_eq!(staging.notices, Vec::<String>::new());
    let mut rows = Vec::new();
    for change in staging.changes {
        if let ideoguard::git::After::Is(new) = change.after {
            rows.push((change.path.as_bytes().to_vec(), change.old.first().map(|old| old.id), new.id));
        }
    }
    rows
}

/// Changes some files of a tree of folders; which ones depends on the seed.
fn scramble(repo: &TestRepo, seed: u64, count: usize) {
    let dice = fake::bytes(seed, count * 4);
    for throw in dice.chunks_exact(4) {
        let names = ["a", "a.b", "a-c", "b", "lib", "z"];
        let name = |at: usize| names[usize::from(throw[at]) % names.len()];
        let path = format!("{}.d/{}.e/{}", name(0), name(1), name(2));
        let shallow = format!("{}.d/{}", name(0), name(2));
        let path = if throw[3] & 1 == 0 { path } else { shallow };
        if throw[3] & 6 == 0 {
            let _ = std::fs::remove_file(repo.at(&path));
        } else {
            repo.write(&path, format!("{} {}\n", throw[0], throw[3]));
        }
    }
}

#[test]
fn what_we_see_staged_is_what_git_sees_staged() {
    for seed in 0_u8..12 {
        let repo = TestRepo::new();
        let version = ["2", "3", "4"][usize::from(seed % 3)];
        repo.git(&["config", "index.version", version]);
        scramble(&repo, seed.into(), 60);
        repo.stage().commit("one");
        // Without this, git writes no tree cache that is valid.
        repo.git(&["read-tree", "HEAD"]);
        scramble(&repo, u64::from(seed) + 100, usize::from(seed) * 3);
        repo.stage();

        let (ours, git) = (ours(&repo), oracle(&repo));

        assert_eq!(ours, git, "seed {seed}, index version {version}");
    }
}

#[test]
fn scopes_name_the_blob_of_the_commit_that_is_followed() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    let old = ObjectId::from_hex(repo.git(&["rev-parse", "HEAD:a.txt"]).trim().as_bytes()).unwrap();
    repo.write("a.txt", "b\n").stage();

    let listing = source::staged(&open(&repo)).unwrap();

    assert_eq!(listing.entries[0].scope, Scope::Since(vec![old]));
}

#[test]
fn the_repository_is_found_from_a_folder_deep_inside() {
    let repo = TestRepo::new();
    repo.write("deep/er/a.txt", "a\n").stage();

    let repository = Repository::open(&repo.at("deep/er"), hermetic_env(repo.path())).unwrap();

    assert_eq!(words(&source::staged(&repository).unwrap()), ["content deep/er/a.txt", "name deep/er/a.txt"]);
    let top = repository.work_dir().unwrap().canonicalize().unwrap();
    assert_eq!(top, Path::new(repo.path()).canonicalize().unwrap());
}

#[test]
fn threads_share_a_repository() {
    fn is_shared<T: Send + Sync>() {}

    is_shared::<Repository>();
}
