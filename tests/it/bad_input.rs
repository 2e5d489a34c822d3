//! Bad input: what cannot be read is named, nothing is lost, and nothing passes for clean.
#![cfg(unix)]

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{Ran, TestRepo, hermetic, ideoguard_in};
use crate::fake;

/// A line of code that holds a made-up key.
fn leak(seed: u64) -> String {
    format!("IDEOGRAM_API_KEY = \"{}\"\n", fake::ideogram_key(seed))
}

/// Sees to it that a run ended as it should, with words for people and no trace of a panic.
#[track_caller]
fn assert_told(ran: &Ran, code: i32, words: &[&str]) {
    let text = format!("{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.code, code, "{text}");
    for word in words {
        assert!(text.contains(word), "`{word}` is missing:\n{text}");
    }
    assert!(!text.contains("panicked") && !text.contains("RUST_BACKTRACE"), "{text}");
    assert!(!text.contains("Os {") && !text.contains("kind:"), "an error as programmers see it:\n{text}");
}

/// Returns where git keeps a loose object.
fn loose(repo: &TestRepo, revision: &str) -> PathBuf {
    let id = repo.git(&["rev-parse", revision]);
    repo.at(&format!(".git/objects/{}/{}", &id[..2], &id.trim()[2..]))
}

/// Starts our program with nobody to answer it.
fn start(folder: &Path, words: &[&str]) -> Command {
    let mut command = hermetic(env!("CARGO_BIN_EXE_ideoguard"), folder);
    command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Waits for a program that must not wait for anybody; ends it if it does.
#[track_caller]
fn ends_by_itself(mut child: Child) -> Ran {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("it still waits after a minute");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap().into()
}

/// Makes a FIFO.
fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn in_a_bare_repository_nothing_can_be_staged_and_nothing_passes_for_clean() {
    let repo = TestRepo::with_init(&["--bare"]);

    for words in [&["scan", "--staged"] as &[&str], &["hook", "pre-commit"], &["scan"]] {
        assert_told(&repo.ideoguard(words), 2, &["error: ", "bare", "`--range A..B`"]);
    }
}

#[test]
fn a_folder_or_a_ring_of_links_where_a_file_is_expected_is_an_error() {
    let repo = TestRepo::new();
    fs::create_dir(repo.at("folder")).unwrap();
    symlink("ring", repo.at("ring")).unwrap();

    assert_told(&repo.ideoguard(&["hook", "commit-msg", "folder"]), 3, &["could not read `folder`"]);
    assert_told(&repo.ideoguard(&["hook", "commit-msg", "ring"]), 3, &["could not read `ring`"]);
    assert_told(&repo.ideoguard(&["hook", "commit-msg", "gone"]), 3, &["could not read `gone`"]);
    assert_told(&repo.ideoguard(&["scan", "--config", "folder"]), 2, &["folder", "no regular file"]);
    assert_told(&repo.ideoguard(&["scan", "--config", "ring"]), 3, &["could not read `ring`"]);
    assert_told(&repo.ideoguard(&["scan", "ring/file"]), 3, &["could not read `ring/file`"]);
}

#[test]
fn an_index_that_is_cut_short_stops_the_scan_and_the_hook() {
    let repo = TestRepo::new();
    repo.write("a.py", leak(1)).stage();
    let index = fs::read(repo.at(".git/index")).unwrap();
    for end in [0, 3, 11, 40, index.len() - 21] {
        fs::write(repo.at(".git/index"), &index[..end]).unwrap();

        for words in [["scan", "--staged"], ["hook", "pre-commit"]] {
            assert_told(&repo.ideoguard(&words), 3, &["error: could not read the index: ", "  hint: "]);
        }
    }
    fs::remove_file(repo.at(".git/index")).unwrap();
    fs::create_dir(repo.at(".git/index")).unwrap();
    assert_told(&repo.ideoguard(&["scan", "--staged"]), 3, &["error: could not read `"]);
}

#[test]
fn an_object_that_is_gone_or_damaged_makes_the_run_incomplete_and_refuses_the_commit() {
    for (damage, word) in [("gone", "not found"), ("empty", "could not read"), ("noise", "could not read")] {
        let repo = TestRepo::new();
        repo.write("bad.py", "pass\n").write("good.py", "run()\n").stage().install();
        let object = loose(&repo, ":bad.py");
        fs::remove_file(&object).unwrap();
        match damage {
            "empty" => fs::write(&object, b"").unwrap(),
            "noise" => fs::write(&object, b"\x78\x01 no zlib at all").unwrap(),
            _ => {}
        }

        let scan = repo.ideoguard(&["scan", "--staged"]);
        let hook = repo.ideoguard(&["hook", "pre-commit"]);

        let told = ["problem: ", "bad.py", word, "scanned 3 of 4 (1 failed)", "incomplete: "];
        assert_told(&scan, 3, &told);
        assert_told(&hook, 3, &[&told[..], &["The commit is refused."]].concat());
    }
}

#[test]
fn a_leak_beside_something_unreadable_is_still_a_leak() {
    let repo = TestRepo::new();
    repo.write("bad.py", "pass\n").write("leak.py", leak(1)).stage();
    fs::remove_file(loose(&repo, ":bad.py")).unwrap();

    let ran = repo.ideoguard(&["scan", "--staged"]);

    assert_told(&ran, 1, &["leak.py:1:21", "problem: ", "bad.py", "incomplete: "]);
}

#[test]
fn an_old_version_that_is_gone_makes_every_line_count() {
    let repo = TestRepo::new();
    repo.write("a.py", leak(1)).stage().commit("leaked");
    repo.write("a.py", format!("{}more\n", leak(1))).stage();
    fs::remove_file(loose(&repo, "HEAD:a.py")).unwrap();

    assert_told(&repo.ideoguard(&["scan", "--staged"]), 1, &["a.py:1:21"]);
}

#[test]
fn a_commit_or_a_tree_that_is_gone_is_an_error_for_what_is_staged() {
    for revision in ["HEAD", "HEAD^{tree}"] {
        let repo = TestRepo::new();
        repo.write("a.py", "pass\n").stage().commit("one");
        repo.write("a.py", leak(1)).stage();
        fs::remove_file(loose(&repo, revision)).unwrap();

        let ran = repo.ideoguard(&["hook", "pre-commit"]);

        assert_told(&ran, 3, &["error: could not read "]);
    }
}

#[test]
fn a_pack_that_is_damaged_is_no_clean_run() {
    let repo = TestRepo::new();
    repo.write("a.bin", fake::bytes(1, 5000)).stage().commit("one");
    repo.git(&["repack", "-a", "-d", "--quiet"]);
    let pack = fs::read_dir(repo.at(".git/objects/pack")).unwrap().map(|entry| entry.unwrap().path());
    let pack = pack.into_iter().find(|path| path.extension().is_some_and(|end| end == "pack")).unwrap();
    let mut bytes = fs::read(&pack).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0);
    fs::remove_file(&pack).unwrap();
    fs::write(&pack, bytes).unwrap();

    assert_told(&repo.ideoguard(&["scan", "--range", "HEAD"]), 3, &["problem: ", "a.bin"]);
}

/// Returns the most memory that a running program has held so far, in kilobytes.
#[cfg(target_os = "linux")]
fn peak_kilobytes(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_file_is_read_to_its_end_in_bounded_memory() {
    const BYTES: u64 = 192 << 20;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large");
    File::create(&path).unwrap().set_len(BYTES).unwrap();
    let mut file = File::options().append(true).open(&path).unwrap();
    std::io::Write::write_all(&mut file, format!("\n{}", leak(1)).as_bytes()).unwrap();
    let mut child = start(folder.path(), &["scan", "large"]).spawn().unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        peak = peak_kilobytes(&child).max(peak);
        std::thread::sleep(Duration::from_millis(2));
    }

    let ran: Ran = child.wait_with_output().unwrap().into();

    assert_told(&ran, 1, &["large:2:21", "scanned 1 of 1, 201."]);
    assert!(0 < peak && peak < 64 << 10, "{peak} kB");
}

#[test]
fn a_file_over_the_limit_is_skipped_by_name_and_counted() {
    let repo = TestRepo::new();
    File::create(repo.at("large")).unwrap().set_len(2 << 30).unwrap();
    repo.write("small", "pass\n");

    let ran = repo.ideoguard(&["scan", "--max-blob-size", "1M"]);

    assert_told(&ran, 0, &["scanned 1 of 3 (1 too large, 1 git folder), 5 bytes"]);
}

#[test]
fn a_staged_file_over_the_limit_is_named_by_the_hook() {
    let repo = TestRepo::new();
    repo.write("large", vec![b'x'; 4096]).write("small", "pass\n").stage();

    let ran = repo.ideoguard(&["hook", "pre-commit", "--max-blob-size", "1k"]);

    assert_told(&ran, 0, &["1 too large"]);
}

#[test]
fn nobody_waits_for_a_fifo() {
    let repo = TestRepo::new();
    repo.write("a.py", "pass\n");
    fifo(&repo.at("fifo"));

    let tree = ends_by_itself(start(repo.path(), &["scan"]).spawn().unwrap());
    let alone = ends_by_itself(start(repo.path(), &["scan", "fifo"]).spawn().unwrap());
    let config = ends_by_itself(start(repo.path(), &["scan", "--config", "fifo"]).spawn().unwrap());

    assert_told(&tree, 0, &["scanned 1 of 3 (1 special file, 1 git folder)"]);
    assert_told(&alone, 3, &["nothing to scan in `fifo` (1 special-file)"]);
    assert_told(&config, 2, &["fifo", "no regular file"]);
}

#[test]
fn a_fifo_in_the_place_of_the_allow_file_stops_the_run() {
    let repo = TestRepo::new();
    repo.write("a.py", "pass\n").stage();
    fifo(&repo.at(".ideoguard.toml"));

    let ran = ends_by_itself(start(repo.path(), &["hook", "pre-commit"]).spawn().unwrap());

    assert_told(&ran, 2, &[".ideoguard.toml", "no regular file"]);
}

#[test]
fn a_wrong_configuration_is_refused_with_line_and_column_by_scan_and_hook() {
    let repo = TestRepo::new();
    repo.write("a.py", "pass\n").stage();
    repo.write(".ideoguard.toml", "# ours\n[[allow]]\npath = ['x']\nreason = 'typo above'\n");

    for words in [["scan", "--staged"], ["hook", "pre-commit"], ["scan", "a.py"]] {
        assert_told(&repo.ideoguard(&words), 2, &["error: ", ".ideoguard.toml:3:1: ", "path"]);
    }
}

#[test]
fn a_closed_output_changes_no_verdict() {
    let run = |script: &str, repo: &TestRepo| -> Ran {
        let words = ["-c", script, env!("CARGO_BIN_EXE_ideoguard")];
        hermetic("sh", repo.path()).args(words).output().unwrap().into()
    };
    for (text, code) in [("pass\n".to_owned(), 0), (leak(1), 1)] {
        let repo = TestRepo::new();
        repo.write("a.py", text).stage();

        for script in [
            "\"$0\" scan --staged >&-",
            "\"$0\" scan --staged --format json >&-",
            "\"$0\" hook pre-commit 2>&-",
            "\"$0\" hook pre-commit <&- >&- 2>&-",
        ] {
            assert_told(&run(script, &repo), code, &[]);
        }
    }
}

#[test]
fn a_report_that_has_no_place_is_told_and_is_no_clean_run() {
    let repo = TestRepo::new();
    repo.write("a.py", "pass\n").stage();
    fs::create_dir(repo.at("folder")).unwrap();
    symlink("ring", repo.at("ring")).unwrap();

    for (output, code) in [("folder", 3), ("ring", 3), ("a.py/report", 3), ("/proc/report", 3), ("/dev/full", 3)] {
        if output.starts_with("/proc") && !cfg!(target_os = "linux") {
            continue;
        }
        let ran = repo.ideoguard(&["scan", "--staged", "--output", output]);
        assert_told(&ran, code, &[&format!("could not write `{output}`")]);
    }
    assert_eq!(fs::read(repo.at("a.py")).unwrap(), b"pass\n");
}

#[test]
fn a_run_that_is_interrupted_leaves_the_old_report_and_no_litter() {
    for signal in ["INT", "TERM"] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("report"), "the old report\n").unwrap();
        let mut command = start(folder.path(), &["scan", "--stdin", "--output", "report"]);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        // What it has taken of this much it has begun to read.
        std::io::Write::write_all(&mut pipe, &vec![b'x'; 1 << 20]).unwrap();
        assert!(Command::new("kill").arg(format!("-{signal}")).arg(child.id().to_string()).status().unwrap().success());

        let ran = ends_by_itself(child);

        assert_told(&ran, 128, &[]);
        assert_eq!(fs::read_to_string(folder.path().join("report")).unwrap(), "the old report\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        drop(pipe);
    }
}

#[test]
fn a_repository_with_a_broken_configuration_is_not_taken_for_none() {
    let repo = TestRepo::new();
    repo.write("a.py", leak(1)).stage();
    repo.write(".git/config", "[core\n");

    for words in [["scan", "--staged"], ["hook", "pre-commit"]] {
        assert_told(&repo.ideoguard(&words), 3, &["error: could not open the repository", "  hint: "]);
    }
}

#[test]
fn standard_input_that_is_a_folder_is_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let input = File::open(folder.path()).unwrap();

    let ran: Ran = start(folder.path(), &["scan", "--stdin"]).stdin(input).output().unwrap().into();

    assert_told(&ran, 3, &["could not read `standard input`"]);
}

#[test]
fn an_empty_standard_input_is_scanned_as_one_empty_text() {
    let folder = tempfile::tempdir().unwrap();

    let ran = ideoguard_in(folder.path(), &["scan", "--stdin"], b"");

    assert_told(&ran, 0, &["scanned 1 of 1, 0 bytes"]);
}
