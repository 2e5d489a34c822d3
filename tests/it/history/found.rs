//! Where secrets may hide in a repository: each place is scanned, and told with its path, commit and reach.

use ideoguard::finding::{Fingerprint, Secret};
use serde_json::Value;

use super::{leak, scan};
use crate::common::TestRepo;
use crate::fake;

/// Returns what a scan tells of the made-up key of a seed: path, commit, reach.
#[track_caller]
fn told(repo: &TestRepo, seed: u64) -> (String, Option<String>, String) {
    told_of(repo, &fake::ideogram_key(seed))
}

/// Returns what a scan tells of a secret, which it must tell once.
#[track_caller]
fn told_of(repo: &TestRepo, secret: &str) -> (String, Option<String>, String) {
    let fingerprint = Fingerprint::of(&Secret::new(secret));
    let ran = scan(repo, &["--format", "jsonl"]);
    assert!(ran.code == 1 && !ran.stderr.contains("problem: "), "{}", ran.stderr);
    let rows = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut rows = rows.filter(|row| row["fingerprint"] == fingerprint.as_str());
    let row = rows.next().expect("a finding");
    assert!(rows.next().is_none(), "{}", ran.stdout);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    (text(&row["path"]).unwrap(), text(&row["commit"]), text(&row["history"]["reach"]).unwrap())
}

/// Returns the path of the only leak.
#[track_caller]
fn told_of_leak(repo: &TestRepo) -> String {
    let ran = scan(repo, &["--format", "jsonl"]);
    let rows = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let leaks: Vec<Value> = rows.filter(|row| row["verdict"] == "leak").collect();
    assert_eq!((ran.code, leaks.len()), (1, 1), "{}{}", ran.stdout, ran.stderr);
    leaks[0]["path"].as_str().unwrap().to_owned()
}

/// Writes a blob that nothing names; returns its name.
#[track_caller]
fn blob(repo: &TestRepo, text: impl AsRef<[u8]>) -> String {
    repo.write(".git/text", text);
    repo.git(&["hash-object", "-w", ".git/text"]).trim().to_owned()
}

/// A repository with one harmless commit.
fn harmless() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("a.py", "pass\n").stage().commit("harmless");
    repo
}

#[test]
fn in_a_file_that_is_there_and_in_one_that_was() {
    let repo = harmless();
    let first = repo.write("now.py", leak(1)).write("gone.py", leak(2)).stage().commit("leaks");
    repo.git(&["rm", "--quiet", "gone.py"]);
    repo.commit("remove");

    assert_eq!(told(&repo, 1), ("now.py".to_owned(), Some(first.clone()), "tip".to_owned()));
    assert_eq!(told(&repo, 2), ("gone.py".to_owned(), Some(first), "history".to_owned()));
}

#[test]
fn in_a_message() {
    let repo = harmless();
    let commit = repo.commit(&leak(1));

    assert_eq!(told(&repo, 1), (format!("commit {commit}"), Some(commit), "tip".to_owned()));
}

#[test]
fn in_the_names_of_author_and_committer() {
    let repo = harmless();
    let author = format!("IDEOGRAM_API_KEY={} <a@example.org>", fake::ideogram_key(1));
    repo.git(&["commit", "--quiet", "--allow-empty", "--message", "x", "--author", &author]);
    let one = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let mut git = crate::common::hermetic("git", repo.path());
    git.env("GIT_COMMITTER_NAME", format!("IDEOGRAM_API_KEY={}", fake::ideogram_key(2)));
    assert!(git.args(["commit", "--quiet", "--allow-empty", "--message", "y"]).status().unwrap().success());
    let two = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();

    assert_eq!(told(&repo, 1), (format!("commit {one}"), Some(one), "history".to_owned()));
    assert_eq!(told(&repo, 2), (format!("commit {two}"), Some(two), "tip".to_owned()));
}

#[test]
fn in_the_message_of_a_tag() {
    let repo = harmless();
    repo.git(&["tag", "--annotate", "--message", &leak(1), "v1"]);
    let tag = repo.git(&["rev-parse", "v1"]).trim().to_owned();

    assert_eq!(told(&repo, 1), (format!("object {tag}"), None, "tag".to_owned()));
}

#[test]
fn in_a_blob_and_a_tree_that_only_a_tag_names() {
    let repo = harmless();
    let lone = blob(&repo, leak(1));
    repo.git(&["tag", "of-blob", &lone]);
    repo.write("b.py", leak(2)).stage();
    let tree = repo.git(&["write-tree"]).trim().to_owned();
    repo.git(&["tag", "of-tree", &tree]);
    repo.git(&["reset", "--quiet", "--hard"]);

    let (path, commit, reach) = told(&repo, 1);
    assert_eq!((path, commit, reach), (format!("blob {lone}"), None, "tag".to_owned()));
    let (_, commit, reach) = told(&repo, 2);
    assert_eq!((commit, reach), (None, "tag".to_owned()));
}

#[test]
fn in_a_note() {
    let repo = harmless();
    repo.git(&["notes", "add", "--message", &leak(1)]);
    let notes = repo.git(&["rev-parse", "refs/notes/commits"]).trim().to_owned();
    let head = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();

    assert_eq!(told(&repo, 1), (head, Some(notes), "notes".to_owned()));
}

#[test]
fn in_a_stash() {
    let repo = harmless();
    repo.write("a.py", leak(1)).git(&["stash", "--quiet"]);

    let (path, commit, reach) = told(&repo, 1);

    assert_eq!((path.as_str(), reach.as_str()), ("a.py", "stash"));
    assert_eq!(commit.unwrap(), repo.git(&["rev-parse", "stash@{0}"]).trim());
}

#[test]
fn in_what_only_a_reflog_keeps_and_in_what_nothing_does() {
    let repo = harmless();
    let amended = repo.write("b.py", leak(1)).stage().commit("leak");
    repo.git(&["rm", "--quiet", "b.py"]);
    repo.git(&["commit", "--quiet", "--amend", "--allow-empty", "--message", "no leak"]);
    let lone = blob(&repo, leak(2));

    assert_eq!(told(&repo, 1), ("b.py".to_owned(), Some(amended.clone()), "reflog".to_owned()));
    assert_eq!(told(&repo, 2), (format!("blob {lone}"), None, "unreachable".to_owned()));
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    assert_eq!(told(&repo, 1), ("b.py".to_owned(), Some(amended), "unreachable".to_owned()));
}

#[test]
fn in_what_is_staged_only() {
    let repo = harmless();
    repo.write("b.py", leak(1)).stage();

    let (_, commit, reach) = told(&repo, 1);

    assert_eq!((commit, reach.as_str()), (None, "index"));
}

/// A repository in whose second commit a file is named like a secret; returns that commit, too.
fn named() -> (TestRepo, String) {
    let repo = harmless();
    let name = format!("folder/{}.txt", fake::github_token(1));
    let first = repo.write(&name, "harmless\n").stage().commit("a name");
    for number in 0..20 {
        repo.write(&format!("folder/{number}"), format!("{number}\n")).stage().commit("more");
    }
    (repo, first)
}

#[test]
fn in_the_name_of_a_file() {
    let (repo, _) = named();
    let loose = told_of(&repo, &fake::github_token(1)).0;
    repo.git(&["repack", "-adfq"]);

    // The name is a secret, and is not shown.
    assert_eq!(loose, "folder/ghp_…(40).txt");
    assert_eq!(told_of(&repo, &fake::github_token(1)).0, loose);
}

#[test]
fn in_the_same_name_in_two_folders_of_which_one_is_allowed() {
    for (allowed, other) in [("a", "b"), ("b", "a")] {
        let repo = harmless();
        let name = format!("{}.txt", fake::github_token(1));
        for folder in ["a", "b"] {
            // So much alike that git stores one folder as a delta against the other.
            for number in 0..50 {
                repo.write(&format!("{folder}/{number}"), format!("{number}\n"));
            }
            repo.write(&format!("{folder}/{name}"), "same\n").write(&format!("{folder}/z"), folder);
        }
        repo.stage().commit("names");
        repo.write(".ideoguard.toml", format!("[[allow]]\npaths = ['{allowed}/']\nreason = 'made up'\n"));

        assert_eq!(told_of_leak(&repo), format!("{other}/ghp_…(40).txt"));
        repo.git(&["repack", "-adfq"]);
        assert_eq!(told_of_leak(&repo), format!("{other}/ghp_…(40).txt"));
    }
}

#[test]
fn in_a_file_that_is_copied_from_an_allowed_folder_to_another() {
    let repo = harmless();
    repo.write("a/b.py", leak(1)).stage().commit("allowed");
    repo.write("b/b.py", leak(1)).stage().commit("not allowed");
    repo.write(".ideoguard.toml", "[[allow]]\npaths = ['a/']\nreason = 'made up'\n");

    assert_eq!(told_of_leak(&repo), "b/b.py");
}

#[test]
fn in_the_name_of_a_file_with_the_commit_that_brings_it() {
    let (repo, first) = named();
    let loose = told_of(&repo, &fake::github_token(1));
    repo.git(&["repack", "-adfq"]);

    assert_eq!((loose.1.as_ref(), loose.2.as_str()), (Some(&first), "tip"));
    assert_eq!(told_of(&repo, &fake::github_token(1)), loose);
}

#[cfg(unix)]
#[test]
fn in_the_target_of_a_link() {
    let repo = harmless();
    let target = format!("https://u:x@h/?IDEOGRAM_API_KEY={}", fake::ideogram_key(1));
    std::os::unix::fs::symlink(target, repo.at("link")).unwrap();
    let commit = repo.stage().commit("link");

    assert_eq!(told(&repo, 1), ("link".to_owned(), Some(commit), "tip".to_owned()));
}

#[test]
fn in_texts_of_other_encodings() {
    let repo = harmless();
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    repo.write("utf16.txt", [b"\xff\xfe".to_vec(), utf16(&leak(1))].concat());
    repo.write("binary", [b"\x7fELF\0\0\x01\0".as_slice(), leak(2).as_bytes(), b"\0\0\xff\xfe\0"].concat());
    let commit = repo.stage().commit("odd");

    assert_eq!(told(&repo, 1), ("utf16.txt".to_owned(), Some(commit.clone()), "tip".to_owned()));
    assert_eq!(told(&repo, 2), ("binary".to_owned(), Some(commit), "tip".to_owned()));
}

#[test]
fn a_submodule_is_not_followed_and_what_it_names_is_not_missed() {
    let repo = harmless();
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},sub", "1".repeat(40))]);
    repo.git(&["commit", "--quiet", "--message", "submodule"]);

    let ran = scan(&repo, &[]);

    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert!(ran.stdout.contains("scanned 5 of 5"), "{}", ran.stdout);
}

#[test]
fn across_the_windows_of_a_large_file() {
    let repo = harmless();
    let mut text: Vec<u8> = b"harmless words of no interest\n".repeat((33 << 20) / 30);
    let place = 4 * 1024 * 1024 - 30;
    text.splice(place..place, format!("\n{}", leak(1)).into_bytes());
    let commit = repo.write("large", &text).stage().commit("large");
    let loose = told(&repo, 1);
    repo.git(&["repack", "-adfq"]);

    assert_eq!(loose, ("large".to_owned(), Some(commit), "tip".to_owned()));
    assert_eq!(told(&repo, 1), loose);
}

#[test]
fn in_a_file_that_moved_from_where_it_is_allowed_to_where_it_is_not() {
    let repo = TestRepo::new();
    repo.write("tests/a.py", leak(1)).stage().commit("one");
    repo.git(&["mv", "tests", "src"]);
    repo.git(&["commit", "--quiet", "--message", "move"]);
    repo.write(".ideoguard.toml", "[[allow]]\npaths = [\"tests/**\"]\nreason = \"made up\"\n");

    assert_eq!(told(&repo, 1).0, "src/a.py");
    assert_eq!(scan(&repo, &[]).code, 1);
}

#[test]
fn in_a_name_on_each_branch_that_has_it() {
    let repo = harmless();
    repo.write(&format!("{}.txt", fake::github_token(1)), "one\n").stage().commit("a name");
    repo.git(&["branch", "first"]);
    repo.git(&["checkout", "--quiet", "--orphan", "other"]);
    repo.write("x", "y\n").stage().commit("another tree");

    for branch in ["first", "other"] {
        assert_eq!(scan(&repo, &["--no-store", "--ref", branch]).code, 1, "{branch}");
    }
}

#[test]
fn in_a_name_in_a_folder_without_being_shown() {
    let repo = harmless();
    let key = fake::ideogram_key(1);
    repo.write(&format!("keys/IDEOGRAM_API_KEY={key}"), "1\n").write(&format!("IDEOGRAM_API_KEY/{key}"), leak(2));
    repo.stage().commit("names");

    let ran = scan(&repo, &["-v"]);

    assert_eq!(ran.code, 1);
    assert!(!ran.stdout.contains(&key), "a name shows a secret");
}

#[test]
fn in_a_tag_whatever_the_day_that_is_asked_for() {
    let repo = harmless();
    repo.git(&["tag", "--annotate", "v1", "--message", &leak(1)]);

    assert_eq!(scan(&repo, &["--since", "2020-01-01"]).code, 1);
}

#[test]
fn in_the_encoding_that_a_commit_says_it_has() {
    let repo = harmless();
    repo.git(&["-c", &format!("i18n.commitEncoding={}", leak(1).trim()), "commit", "--quiet", "--allow-empty", "-mx"]);

    assert_eq!(scan(&repo, &[]).code, 1);
}
