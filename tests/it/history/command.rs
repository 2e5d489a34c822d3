//! The command line of `scan --history`.
#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Stdio};

use super::packs::PackFile;
use super::{leak, scan};
use crate::common::{Ran, TestRepo, hermetic, ideoguard_in};
use crate::fake;

/// A repository with a leak in `a.py` on `main`, and another one in `b.py` on `topic`.
fn leaky() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("a.py", leak(1)).stage().commit("one");
    repo.git(&["switch", "--quiet", "--create", "topic"]);
    repo.write("b.py", leak(2)).stage().commit("two");
    repo.git(&["switch", "--quiet", "main"]);
    repo
}

/// A repository without leaks.
fn harmless() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("c.py", "pass\n").stage().commit("one");
    repo
}

/// Runs `ideoguard scan --history` in a folder.
#[track_caller]
fn scan_in(folder: &Path, words: &[&str]) -> Ran {
    ideoguard_in(folder, &[&["scan", "--history"], words].concat(), b"")
}

/// Returns where the repository keeps what it scanned.
fn store(repo: &TestRepo) -> std::path::PathBuf {
    repo.at(".git/ideoguard")
}

/// Returns the paths that a report names, one a line.
#[track_caller]
fn paths(ran: &Ran) -> Vec<String> {
    let rows = ran.stdout.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    rows.map(|row| row["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_empty_repository_is_not_taken_for_a_clean_one() {
    let repo = TestRepo::new();

    let ran = scan(&repo, &[]);

    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("there are no objects in it yet"), "{}", ran.stderr);
}

#[test]
fn outside_of_a_repository_there_is_a_hint() {
    let folder = tempfile::tempdir().unwrap();

    let ran = scan_in(folder.path(), &[]);

    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("  hint: "), "{}", ran.stderr);
}

#[test]
fn of_many_repositories_one_that_is_broken_is_named_and_the_rest_is_scanned() {
    let (leaky, harmless, folder) = (leaky(), harmless(), tempfile::tempdir().unwrap());
    let [leaky, harmless] = [&leaky, &harmless].map(|repo| repo.path().to_str().unwrap().to_owned());
    std::fs::create_dir(folder.path().join("broken")).unwrap();

    let with_leaks = scan_in(folder.path(), &["broken", &harmless, &leaky, "--format", "json"]);
    let without = scan_in(folder.path(), &["broken", &harmless]);
    let empty = scan_in(folder.path(), &["broken", "gone"]);

    assert_eq!(with_leaks.code, 1, "{}", with_leaks.stderr);
    let report: serde_json::Value = serde_json::from_str(&with_leaks.stdout).unwrap();
    assert_eq!(report["problems"][0]["what"], "broken");
    assert_eq!(report["findings"].as_array().unwrap().len(), 2);
    assert_eq!(report["findings"][0]["history"]["repository"], leaky.as_str());
    assert_eq!(without.code, 3, "{}", without.stderr);
    assert!(without.stdout.contains("problem: ") && without.stdout.contains("/broken`"), "{}", without.stdout);
    assert_eq!(empty.code, 3, "{}", empty.stderr);
}

#[test]
fn an_empty_repository_among_many_is_no_reason_to_stop() {
    let (empty, leaky) = (TestRepo::new(), leaky());

    let ran = scan_in(leaky.path(), &[".", empty.path().to_str().unwrap()]);

    assert_eq!(ran.code, 1, "{}", ran.stderr);
}

#[test]
fn repositories_can_be_listed_in_a_file_or_on_standard_input() {
    let (leaky, harmless, folder) = (leaky(), harmless(), tempfile::tempdir().unwrap());
    let list = format!("{}\n{}\r\n\n", leaky.path().display(), harmless.path().display());
    std::fs::write(folder.path().join("list"), &list).unwrap();

    let file = scan_in(folder.path(), &["--repos-from", "list", "--format", "jsonl"]);
    let words = ["scan", "--history", "--repos-from", "-", "--format", "jsonl"];
    let stdin = ideoguard_in(folder.path(), &words, list.as_bytes());
    let nothing = ideoguard_in(folder.path(), &words, b"\n");
    let gone = scan_in(folder.path(), &["--repos-from", "gone"]);

    assert_eq!((file.code, paths(&file)), (1, vec!["a.py".to_owned(), "b.py".to_owned()]), "{}", file.stderr);
    assert_eq!((stdin.code, stdin.stdout), (1, file.stdout));
    assert_eq!(nothing.code, 3, "{}", nothing.stderr);
    assert!(gone.code == 3 && gone.stderr.contains("could not read `gone`"), "{}", gone.stderr);
}

#[test]
fn only_what_a_reference_holds_is_told_when_one_is_named() {
    let repo = leaky();

    let of = |name: &str| {
        let ran = scan(&repo, &["--ref", name, "--format", "jsonl"]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        paths(&ran)
    };
    let wrong = scan(&repo, &["--ref", "gone"]);

    assert_eq!(of("main"), ["a.py"]);
    assert_eq!(of("refs/heads/topic"), ["a.py", "b.py"]);
    assert_eq!(wrong.code, 2, "{}", wrong.stderr);
    assert!(wrong.stderr.contains("there is no reference `gone`"), "{}", wrong.stderr);
}

#[test]
fn only_what_is_new_is_told_since_a_day() {
    let repo = TestRepo::new();
    repo.write("a.py", leak(1)).stage().commit("old");
    repo.write("b.py", leak(2)).stage();
    let mut git = hermetic("git", repo.path());
    git.env("GIT_COMMITTER_DATE", "2026-03-01T00:00:00Z").args(["commit", "--quiet", "--message", "new"]);
    assert!(git.status().unwrap().success());

    let late = scan(&repo, &["--since", "2026-03-01", "--format", "jsonl"]);
    let later = scan(&repo, &["--since", "2026-03-02"]);
    let wrong = scan(&repo, &["--since", "yesterday"]);

    assert_eq!((late.code, paths(&late)), (1, vec!["b.py".to_owned()]), "{}", late.stderr);
    assert_eq!(later.code, 0, "{}", later.stderr);
    assert_eq!(wrong.code, 2, "{}", wrong.stderr);
}

#[test]
fn without_a_store_nothing_is_left_behind() {
    let repo = leaky();

    assert_eq!(scan(&repo, &["--no-store"]).code, 1);
    assert!(!store(&repo).exists());
    assert_eq!(scan(&repo, &[]).code, 1);
    assert!(store(&repo).join("store.sqlite").exists());
}

#[test]
fn a_store_that_cannot_be_made_costs_nothing_but_time() {
    let repo = leaky();
    repo.write(".git/ideoguard", "no folder\n");

    let ran = scan(&repo, &[]);

    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("notice: scanned without the store: "), "{}", ran.stdout);
}

#[test]
fn a_store_without_room_costs_nothing_but_time() {
    let repo = leaky();
    let script = "trap '' XFSZ; ulimit -f 4; exec \"$0\" scan --history --verbose";
    let run = || -> Ran {
        hermetic("sh", repo.path()).args(["-c", script, env!("CARGO_BIN_EXE_ideoguard")]).output().unwrap().into()
    };

    let (first, second) = (run(), run());

    for ran in [&first, &second] {
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stdout.contains("notice: scanned without the store: "), "{}", ran.stdout);
        assert!(ran.stdout.contains("2 leaks"), "{}", ran.stdout);
    }
    assert_eq!(scan(&repo, &[]).code, 1);
}

#[test]
fn what_the_baseline_knows_passes() {
    let repo = leaky();
    assert_eq!(repo.ideoguard(&["baseline", "create"]).code, 0);

    let ran = scan(&repo, &[]);
    let named = scan(&repo, &["--baseline", ".ideoguard/baseline"]);
    repo.write("new.py", leak(3)).stage();

    assert_eq!((ran.code, named.code), (0, 0), "{}", ran.stdout);
    assert!(ran.stdout.contains("2 allowed"), "{}", ran.stdout);
    assert_eq!(scan(&repo, &[]).code, 1);
}

#[test]
fn a_repository_is_found_from_everywhere() {
    let repo = leaky();
    std::fs::create_dir(repo.at("folder")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let path = repo.path().to_str().unwrap();
    let tree = elsewhere.path().join("tree");
    repo.git(&["worktree", "add", "--quiet", "--detach", tree.to_str().unwrap()]);
    let bare = elsewhere.path().join("bare.git");
    repo.git(&["clone", "--quiet", "--bare", path, bare.to_str().unwrap()]);

    let seen = |folder: &Path, words: &[&str]| {
        let ran = ideoguard_in(folder, words, b"");
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        paths(&ran)
    };
    let all = ["a.py", "b.py"];
    assert_eq!(seen(&repo.at("folder"), &["scan", "--history", "--format", "jsonl"]), all);
    assert_eq!(seen(elsewhere.path(), &["-C", path, "scan", "--history", "--format", "jsonl"]), all);
    assert_eq!(seen(elsewhere.path(), &["scan", "--history", path, "--format", "jsonl"]), all);
    assert_eq!(seen(&tree, &["scan", "--history", "--format", "jsonl"]), all);
    assert_eq!(seen(&bare, &["scan", "--history", "--format", "jsonl"]), all);
    assert!(store(&repo).exists() && bare.join("ideoguard").exists() && !tree.join(".git/ideoguard").exists());
}

#[test]
fn what_is_too_large_is_counted_and_not_remembered_as_scanned() {
    let repo = TestRepo::new();
    repo.write("large", format!("{}{}", "x\n".repeat(5000), leak(1))).write("small", leak(2)).stage().commit("both");
    for repack in [false, true] {
        if repack {
            repo.git(&["repack", "-adfq"]);
        }

        let some = scan(&repo, &["--max-blob-size", "1k", "--format", "jsonl"]);
        let all = scan(&repo, &["--format", "jsonl"]);

        assert_eq!((some.code, paths(&some)), (1, vec!["small".to_owned()]), "{}", some.stderr);
        assert!(some.stderr.contains("scanned 3 of 4 (1 too large)"), "{}", some.stderr);
        assert_eq!((all.code, paths(&all)), (1, vec!["large".to_owned(), "small".to_owned()]), "{}", all.stderr);
    }
}

#[test]
fn a_scan_that_is_interrupted_goes_on_where_it_was() {
    let repo = TestRepo::new();
    let mut pack = PackFile::new();
    for number in 0..40 {
        pack.whole("blob", &[leak(number).into_bytes(), fake::bytes(number, 1 << 20)].concat());
    }
    pack.install(&repo);
    let mut command = hermetic(env!("CARGO_BIN_EXE_ideoguard"), repo.path());
    command.args(["scan", "--history", "--threads", "1"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    // It opens its store when it has begun to listen, and before it scans.
    while !store(&repo).join("store.sqlite").exists() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let ran: Ran = child.wait_with_output().unwrap().into();

    let rest = scan(&repo, &["--format", "jsonl"]);

    assert_eq!(ran.code, 130, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("the same command goes on from there"), "{}", ran.stderr);
    assert_eq!((rest.code, paths(&rest).len()), (1, 40), "{}", rest.stderr);
}

#[test]
fn packs_that_are_replaced_meanwhile_hide_nothing() {
    let repo = leaky();
    for number in 0..30 {
        repo.write("c.py", format!("{number}\n")).stage().commit("more");
    }
    let expected = scan(&repo, &["--no-store", "--format", "jsonl"]).stdout;
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut window = 10;
            while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                // Another order, another name of the pack.
                repo.write("d.py", format!("{window}\n")).git(&["hash-object", "-w", "d.py"]);
                repo.git(&["repack", "-adfkq", "--window", &window.to_string()]);
                window += 1;
            }
        });
        let runs: Vec<Ran> = (0..40)
            .map(|number| scan(&repo, &[["--no-store", "--no-progress"][number % 2], "--format", "jsonl"]))
            .collect();
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        for ran in runs {
            assert_eq!((ran.code, &ran.stdout), (1, &expected), "{}", ran.stderr);
        }
    });
}
