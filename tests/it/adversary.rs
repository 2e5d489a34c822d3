//! Stories of somebody who wants a secret past the gate, or the gate to misbehave.

use std::path::Path;

use crate::common::{Ran, TestRepo, hermetic, ideoguard_in};
use crate::fake;

/// Commits with an editor that leaves `text` as the message, under the hook `commit-msg`.
#[cfg(unix)]
fn commit_with_editor(repo: &TestRepo, text: &str, words: &[&str]) -> Ran {
    repo.hook("commit-msg").write(".git/text", text);
    let editor = format!("cp '{}'", repo.at(".git/text").display());
    let mut command = hermetic("git", repo.path());
    command.env("GIT_EDITOR", editor).args(["commit", "--allow-empty"]).args(words).output().unwrap().into()
}

#[cfg(unix)]
#[test]
fn a_key_in_a_line_that_looks_like_a_comment_is_refused_since_git_may_record_it() {
    let token = fake::github_token(1);
    let text = format!("subject\n\n# {token}\n// {token}\n");
    let set = |repo: &TestRepo, key: &str, value: &str| _ = repo.git(&["config", key, value]);
    let repo = TestRepo::new();

    let by_option = commit_with_editor(&repo, &text, &["--cleanup=verbatim"]);
    set(&repo, "commit.cleanup", "scissors");
    let by_mode = commit_with_editor(&repo, &text, &[]);
    set(&repo, "commit.cleanup", "default");
    set(&repo, "core.commentString", "//");
    set(&repo, "core.commentChar", ";");
    let by_other_comments = commit_with_editor(&repo, &text, &[]);

    for ran in [by_option, by_mode, by_other_comments] {
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stderr.contains("github-token"), "{}", ran.stderr);
    }
}

#[test]
fn a_secret_in_a_file_name_or_an_author_is_not_printed_in_full() {
    let token = fake::github_token(2);
    let repo = TestRepo::new();
    repo.write(&format!("keys/{token}.txt"), format!("api_key = {}\n", fake::ideogram_key(3))).stage();
    let staged: Vec<_> =
        ["text", "json", "jsonl"].map(|format| repo.ideoguard(&["-v", "scan", "--staged", "--format", format])).into();
    repo.git(&["commit", "--quiet", "--message", "x", "--author", &format!("{token} <a@example.org>")]);

    let range = repo.ideoguard(&["-v", "scan", "--range", "HEAD"]);

    for ran in staged.iter().chain([&range]) {
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stdout.contains("ghp_…(40)"), "{}", ran.stdout);
        assert!(!ran.stdout.contains(&token) && !ran.stderr.contains(&token), "{}", ran.stdout);
    }
}

#[test]
fn a_secret_in_the_allow_file_is_not_printed() {
    let token = fake::github_token(4);
    let texts = [
        format!("{token} = 1\n"),
        format!("[[allow]]\nrules = [\"{token}\"]\nreason = \"a sample\"\n"),
        format!("[[allow]]\npaths = [\"a/{{{token}\"]\nreason = \"a sample\"\n"),
        format!("[[allow]]\npaths = [\"k\"]\nreason = \"like {token}\"\n"),
    ];
    for text in texts {
        let repo = TestRepo::new();
        repo.write("k", fake::github_token(5)).stage().write(".ideoguard.toml", &text);

        let ran = repo.ideoguard(&["-v", "scan", "--staged"]);

        assert!(!ran.stdout.contains(&token) && !ran.stderr.contains(&token), "{text}: {}{}", ran.stdout, ran.stderr);
    }
}

/// Puts a program in place that leaves a trace when it is run.
#[cfg(unix)]
fn trap(folder: &Path) -> (String, std::path::PathBuf) {
    use std::os::unix::fs::PermissionsExt;
    let (program, trace) = (folder.join("trap"), folder.join("trace"));
    std::fs::write(&program, format!("#!/bin/sh\ntouch '{}'\nexit 1\n", trace.display())).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    (program.display().to_string(), trace)
}

#[cfg(unix)]
#[test]
fn no_program_that_the_repository_names_is_run() {
    let repo = TestRepo::new();
    let outside = tempfile::tempdir().unwrap();
    let (program, trace) = trap(outside.path());
    repo.write("k", fake::github_token(6)).stage();
    repo.git(&["update-index", "--split-index"]);
    repo.git(&["config", "core.fsmonitor", &program]);

    let staged = repo.ideoguard(&["scan", "--staged"]);
    let files = repo.ideoguard(&["scan", "."]);

    assert_eq!((staged.code, files.code), (1, 1));
    assert!(!trace.exists());
}

#[test]
fn grafts_hide_no_commit_of_a_range() {
    let repo = TestRepo::new();
    let first = repo.commit("first");
    repo.write("k", fake::github_token(7)).stage().commit("leak");
    repo.git(&["rm", "--quiet", "k"]);
    let last = repo.commit("clean");
    repo.write(".git/info/grafts", format!("{last} {first}\n"));

    let ran = repo.ideoguard(&["scan", "--range", &format!("{first}..{last}")]);

    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn against_an_earlier_version_that_is_too_large_to_hold_all_lines_are_new() {
    let repo = TestRepo::new();
    let key = fake::github_token(8);
    let old = [key.as_bytes(), b"\n", &vec![b' '; 65 << 20]].concat();
    repo.write("k", old).stage().commit("large");
    repo.write("k", format!("{key}\nmore\n")).stage();

    let ran = repo.ideoguard(&["scan", "--staged"]);

    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn of_very_many_findings_in_a_text_some_are_counted_and_the_verdict_is_that_of_all() {
    let token = |seed: u64| format!("ghp{}{}", '_', fake::chars(seed, fake::BASE62, 36));
    let many = (0..10_100).map(token).collect::<Vec<_>>().join("\n");
    let last = fake::github_token(9);
    let scan = |text: &str| ideoguard_in(Path::new("."), &["-v", "scan", "--stdin"], text.as_bytes());

    let notes = scan(&many);
    let leak = scan(&format!("{many}\n{last}\n"));

    assert_eq!((notes.code, leak.code), (0, 1));
    assert!(notes.stdout.contains("100 more findings than are listed"));
    assert!(leak.stdout.contains("100 more findings than are listed"));
}

#[cfg(unix)]
#[test]
fn an_allow_file_that_is_a_link_out_of_the_repository_is_not_written() {
    let repo = TestRepo::new();
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("empty");
    std::fs::write(&target, "").unwrap();
    std::os::unix::fs::symlink(&target, repo.at(".ideoguard.toml")).unwrap();

    let ran = repo.ideoguard(&["allow", &format!("ig1:{:032}", 1), "--reason", "a sample"]);

    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert_eq!(std::fs::read_to_string(target).unwrap(), "");
}

#[test]
fn a_key_anywhere_near_the_edges_of_a_stream_is_found_once() {
    const EDGE: usize = 4 << 20;
    let key = fake::github_token(10);
    for at in [EDGE - 8192 - 20, EDGE - 20, EDGE + 8192 - 20, 2 * EDGE - 20, 2 * EDGE + 8192 - 40] {
        let mut text = b"lorem ipsum\n".repeat(3 * EDGE / 12);
        text[at..at + key.len() + 2].copy_from_slice(format!(" {key} ").as_bytes());

        let ran = ideoguard_in(Path::new("."), &["scan", "--stdin", "--format", "jsonl"], &text);

        assert_eq!(ran.stdout.lines().count(), 1, "{at}");
        assert!(ran.stdout.contains(&format!("\"start\":{}", at + 1)), "{at}: {}", ran.stdout);
    }
}

#[test]
fn a_file_of_a_million_empty_lines_and_one_of_unknown_bytes_are_scanned() {
    let key = fake::github_token(11);
    let lines = ["\n".repeat(1_000_000), key.clone()].concat();
    let bytes = [&fake::bytes(12, 1 << 20), b"\n".as_slice(), key.as_bytes()].concat();

    let scans = [lines.as_bytes(), &bytes].map(|text| ideoguard_in(Path::new("."), &["scan", "--stdin"], text));

    assert_eq!(scans.map(|ran| ran.code), [1, 1]);
}

#[test]
fn a_key_that_is_typed_where_something_else_belongs_is_not_repeated() {
    let repo = TestRepo::new();
    repo.commit("one");
    let key = fake::ideogram_key(13);
    let words: [&[&str]; 14] = [
        &[&key],
        &["scan", &key],
        &["scan", "--format", &key],
        &["scan", "--range", &key],
        &["scan", "--config", &key],
        &["-C", &key, "scan"],
        &["allow", &format!("ig1:{:032}", 1), "--reason", &key],
        &["allow", &format!("ig1:{:032}", 1), "--reason", "a sample", "--until", &key],
        &["key", "verify", &key],
        &["webhook", "verify", "--secret-file", &key],
        &["report", &key],
        &["rules", "show", &key],
        &["install", "--server", &key],
        &["doctor", "--server", &key],
    ];
    for words in words {
        let ran = repo.ideoguard(words);

        assert!(ran.code == 2 || ran.code == 3, "{words:?}: {}", ran.code);
        assert!(!ran.stderr.contains(&key[4..]) && !ran.stdout.contains(&key[4..]), "{words:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("error"), "{words:?}: {}", ran.stderr);
    }
    assert!(!repo.at(".ideoguard.toml").exists());
}

#[test]
fn a_branch_whose_name_is_a_secret_is_named_without_it() {
    let (repo, token) = (TestRepo::new(), fake::github_token(14));
    repo.write("k", &token).stage().commit("leak");
    repo.git(&["branch", &format!("try/{token}")]);
    let name = ideoguard::finding::Fingerprint::of(&ideoguard::finding::Secret::new(token.as_str())).to_string();

    let ran = repo.ideoguard(&["where", &name]);

    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("branch try/ghp_…(40)"), "{}", ran.stdout);
    assert!(!ran.stdout.contains(&token), "{}", ran.stdout);
}

/// Stores a tree that holds an object under ten names.
#[track_caller]
fn ten_times(repo: &TestRepo, mode: &str, kind: &str, id: &str) -> String {
    let rows: Vec<String> = (0..10).map(|number| format!("{mode} {kind} {id}\t{number}\n")).collect();
    let name = crate::gate::world::git_with(repo.path(), &["mktree"], rows.concat().as_bytes());
    String::from_utf8(name).unwrap().trim().to_owned()
}

#[test]
fn folders_with_more_paths_than_any_memory_holds_end_the_scan_of_that_commit_and_are_told() {
    let repo = TestRepo::new();
    let first = repo.commit("first");
    let blob = crate::gate::world::store(repo.path(), "blob", fake::github_token(15).as_bytes());
    let mut tree = ten_times(&repo, "100644", "blob", &blob);
    for _ in 0..10 {
        tree = ten_times(&repo, "040000", "tree", &tree);
    }
    let endless = repo.git(&["commit-tree", &tree, "-p", &first, "-m", "endless"]);
    let gone = repo.git(&["commit-tree", &format!("{first}^{{tree}}"), "-p", endless.trim(), "-m", "gone"]);

    let ran = repo.ideoguard(&["scan", "--range", &format!("{first}..{}", gone.trim())]);

    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
    let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = said.matches("the same folders stand at more than 1000000 paths of one commit").count();
    assert_eq!(told, 2, "{said}");
}
