//! Whatever way objects are stored, the same is found in them, and told in the same bytes.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use ideoguard::scan::history::Method;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::compare::{by_git, lines_of, same};
use super::equality::gathered;
use super::packs::PackFile;
use super::scan;
use super::scripts::{apply, scripts, text};
use crate::common::{Ran, TestRepo, hermetic};

/// Puts a made-up history of three files on a branch, as git's importer writes it.
#[track_caller]
fn import(repo: &TestRepo, branch: &str, seed: u8, options: &[&str]) {
    let git_dir = repo.git(&["rev-parse", "--absolute-git-dir"]);
    let stream = Path::new(git_dir.trim()).join("stream");
    std::fs::write(&stream, commits(branch, seed)).unwrap();
    let mut git = hermetic("git", repo.path());
    git.args(options).args(["fast-import", "--quiet", "--force"]).stdin(File::open(&stream).unwrap());
    let ran: Ran = git.output().unwrap().into();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    std::fs::remove_file(stream).unwrap();
}

/// Returns made-up commits as `git fast-import` reads them; the same for the same seed.
fn commits(branch: &str, seed: u8) -> Vec<u8> {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]));
    let mut stream = Vec::new();
    let mut data = |head: &str, bytes: &[u8]| {
        writeln!(stream, "{head}data {}", bytes.len()).unwrap();
        stream.extend_from_slice(bytes);
        stream.push(b'\n');
    };
    let mut mark = 0;
    for file in ["a.py", "deep/er/b.env", "deep/c"] {
        let (base, scripts) = (text(), scripts(16..17)).new_tree(&mut runner).unwrap().current();
        let mut versions = vec![base];
        for (parent, edits) in scripts {
            let (new, _) = apply(&versions[parent.index(versions.len())], &edits);
            versions.push(new);
        }
        for version in versions {
            mark += 1;
            let message = format!("change {mark}\n\n{}", if mark % 9 == 0 { super::leak(mark) } else { String::new() });
            let who =
                format!("commit refs/heads/{branch}\ncommitter C <c@example.org> {} +0000\n", 1_000_000_000 + mark);
            data(&who, message.as_bytes());
            data(&format!("M 100644 inline {file}\n"), &version);
        }
    }
    stream
}

/// Sees to it that all ways to scan a repository find the same, and tell it in the same bytes.
#[track_caller]
fn assert_same(repo: &TestRepo) {
    let by_delta = gathered(repo, Method::ByDelta);
    let whole = gathered(repo, Method::Whole);
    let by_git = by_git(repo.path()).unwrap();
    assert!(by_git.len() > 20, "{}", by_git.len());
    assert_eq!(same(&by_git, &lines_of(&whole)), Ok(()));
    assert_eq!(same(&by_git, &lines_of(&by_delta)), Ok(()));
    let first = scan(repo, &["--format", "json", "--no-store", "--threads", "1"]);
    assert_eq!((first.code, first.stderr.as_str()), (1, ""));
    for words in [&["--no-store", "--threads", "5"][..], &["--threads", "2"], &["--threads", "3"]] {
        let again = scan(repo, &[&["--format", "json"], words].concat());
        assert_eq!((again.code, again.stderr.as_str()), (1, ""));
        if again.stdout != first.stdout {
            let other = first.stdout.lines().zip(again.stdout.lines()).find(|(a, b)| a != b);
            panic!("{words:?} tells something else: {other:?}");
        }
    }
}

/// A repository with a made-up history in one pack.
#[track_caller]
fn packed(seed: u8, repack: &[&str]) -> TestRepo {
    let repo = TestRepo::new();
    import(&repo, "main", seed, &[]);
    repo.git(repack);
    repo
}

#[test]
fn in_long_chains_of_deltas() {
    assert_same(&packed(1, &["repack", "-adfq", "--depth=250", "--window=250"]));
}

#[test]
fn in_deltas_that_name_their_bases() {
    assert_same(&packed(2, &["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"]));
}

#[test]
fn in_a_pack_with_an_index_of_version_1() {
    assert_same(&packed(3, &["-c", "pack.indexVersion=1", "repack", "-adfq"]));
}

#[test]
fn in_a_repository_with_sha256_names() {
    let repo = TestRepo::with_init(&["--object-format=sha256"]);
    import(&repo, "main", 4, &[]);
    repo.git(&["repack", "-adfq"]);

    assert_same(&repo);
}

#[test]
fn in_loose_objects() {
    let repo = TestRepo::new();
    import(&repo, "main", 5, &["-c", "fastimport.unpackLimit=100000"]);

    assert_eq!(repo.git(&["count-objects", "-v"]).matches("packs: 0").count(), 1);
    assert_same(&repo);
}

#[test]
fn in_packs_that_share_objects_beside_loose_ones() {
    let repo = packed(6, &["repack", "-adfq"]);
    for revision in ["main~20", "main~5"] {
        repo.git(&["update-ref", "refs/heads/old", revision]);
        let mut objects = hermetic("git", repo.path());
        let list = objects.args(["rev-list", "--objects", "old"]).output().unwrap().stdout;
        repo.write(".git/list", list);
        let mut pack = hermetic("git", repo.path());
        pack.args(["pack-objects", "-q", ".git/objects/pack/pack"]).stdin(File::open(repo.at(".git/list")).unwrap());
        assert!(pack.output().unwrap().status.success());
    }
    repo.write("new.py", super::leak(77)).stage().commit("new");

    assert!(repo.git(&["count-objects", "-v"]).contains("packs: 3"));
    assert_same(&repo);
}

#[test]
fn in_packs_under_one_index() {
    let repo = packed(7, &["repack", "-adfq"]);
    import(&repo, "other", 8, &["-c", "fastimport.unpackLimit=1"]);
    repo.git(&["multi-pack-index", "write"]);

    assert_same(&repo);
}

#[test]
fn in_objects_that_are_borrowed() {
    let lender = packed(9, &["repack", "-adfq"]);
    let repo = TestRepo::new();
    repo.write(".git/objects/info/alternates", format!("{}\n", lender.at(".git/objects").display()));
    repo.git(&["update-ref", "refs/heads/main", lender.git(&["rev-parse", "main"]).trim()]);
    repo.git(&["reset", "--quiet", "--hard"]);
    repo.write("deep/c", super::leak(78)).stage().commit("mine");

    assert_same(&repo);
}

#[test]
fn a_pack_that_goes_takes_nothing_from_what_another_one_holds_too() {
    let repo = TestRepo::new();
    let (mut first, mut second) = (PackFile::new(), PackFile::new());
    first.whole("blob", super::leak(1).as_bytes());
    second.whole("blob", super::leak(1).as_bytes());
    second.whole("blob", b"pass\n");
    let first = first.install_as(&repo, "pack-0");
    second.install_as(&repo, "pack-1");
    let both = scan(&repo, &["--format", "jsonl"]);

    std::fs::remove_file(repo.at(&format!("{first}.idx"))).unwrap();
    std::fs::remove_file(repo.at(&format!("{first}.pack"))).unwrap();
    let one = scan(&repo, &["--format", "jsonl"]);

    assert_eq!((both.code, both.stdout.lines().count()), (1, 1), "{}", both.stdout);
    assert_eq!((one.code, one.stdout), (1, both.stdout));
}

/// Returns the path of the only pack, without an ending.
#[track_caller]
pub(super) fn the_pack(repo: &TestRepo) -> String {
    let folder = repo.at(".git/objects/pack");
    let mut packs: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    packs.retain(|path| path.extension().is_some_and(|end| end == "pack"));
    assert_eq!(packs.len(), 1);
    packs[0].with_extension("").display().to_string()
}
