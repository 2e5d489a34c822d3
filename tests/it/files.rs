//! Stories about files on disk, messages and added lines.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ideoguard::git::{GitEnv, added_lines};
use ideoguard::source::{self, Editor, FileOptions, Ignored, Reader};
use ideoguard::text::{Body, Listing, Loaded};
use proptest::prelude::*;

use crate::common::{TestRepo, hermetic};
use crate::library::{bytes, hermetic_env, words};

/// Lists a folder, with paths as if we stood in it.
#[track_caller]
fn list(folder: &Path, ignored: Ignored) -> Vec<String> {
    let listing = listing(&[folder.to_owned()], ignored);
    let below = format!(" {}/", folder.display());
    words(&listing).iter().map(|line| line.replacen(&below, " ", 1)).collect()
}

/// Lists paths.
#[track_caller]
fn listing(paths: &[PathBuf], ignored: Ignored) -> Listing {
    let env = hermetic_env(Path::new("/nowhere"));
    source::files_in(paths, &FileOptions { ignored }, &env).expect("a listing")
}

#[test]
fn files_are_listed_in_order_and_hidden_ones_with_them() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["b", "a", ".hidden", "c/d", "c.d"] {
        std::fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(path), "x").unwrap();
    }
    std::fs::write(folder.path().join(".gitignore"), "a\n").unwrap();

    let listed = list(folder.path(), Ignored::Skip);

    let expected = ["content .gitignore", "content .hidden", "content a", "content b", "content c.d", "content c/d"];
    assert_eq!(listed, expected, "without a repository nothing is ignored");
}

#[test]
fn what_gitignore_leaves_out_is_skipped_by_name() {
    let repo = TestRepo::new();
    repo.write(".gitignore", "*.log\n/build/\n!keep.log\n")
        .write("a.log", "x")
        .write("keep.log", "x")
        .write("build/out/x", "x")
        .write("sub/.gitignore", "local\n")
        .write("sub/local", "x")
        .write("sub/build/x", "x")
        .write(".git/info/exclude", "excluded\n")
        .write("excluded", "x");

    let skipped = list(repo.path(), Ignored::Skip);
    let scanned = list(repo.path(), Ignored::Scan);

    let expected = [
        "content .gitignore",
        "content keep.log",
        "content sub/.gitignore",
        "content sub/build/x",
        "git-folder .git",
        "ignored a.log",
        "ignored build",
        "ignored excluded",
        "ignored sub/local",
    ];
    assert_eq!(skipped, expected);
    assert_eq!(scanned.iter().filter(|line| line.starts_with("content")).count(), 8);
}

#[test]
fn what_the_user_ignores_everywhere_is_ignored_here_too() {
    let repo = TestRepo::new();
    repo.write("a.swp", "x").write("b.txt", "x").write(".git/home/.config/git/ignore", "*.swp\n");
    repo.write(".git/elsewhere", "*.txt\n");
    let env = GitEnv::default().with("HOME", repo.at(".git/home"));
    let options = FileOptions { ignored: Ignored::Skip };
    let folder = [repo.path().to_owned()];

    let usual = source::files_in(&folder, &options, &env).unwrap();
    repo.git(&["config", "core.excludesFile", repo.at(".git/elsewhere").to_str().unwrap()]);
    let named = source::files_in(&folder, &options, &env).unwrap();

    assert!(usual.entries[0].path.as_bytes().ends_with(b"b.txt"));
    assert!(named.entries[0].path.as_bytes().ends_with(b"a.swp"));
    assert_eq!((usual.entries.len(), named.entries.len()), (1, 1));
}

#[test]
fn a_tracked_file_is_scanned_even_if_it_is_ignored() {
    let repo = TestRepo::new();
    repo.write(".gitignore", ".env\nbuild/\n").write(".env", "x").write("build/deep/kept", "x").write("build/not", "x");
    repo.git(&["add", "--force", ".gitignore", ".env", "build/deep/kept"]);

    let listed = list(repo.path(), Ignored::Skip);

    let expected =
        ["content .env", "content .gitignore", "content build/deep/kept", "git-folder .git", "ignored build"];
    assert_eq!(listed, expected);
}

#[test]
fn what_is_not_tracked_is_left_out_when_it_is_to_be() {
    let repo = TestRepo::new();
    repo.write("sub/kept", "x")
        .write("sub/not", "x")
        .write("not/a", "x")
        .write(".gitignore", ".env\n")
        .write(".env", "x");
    repo.git(&["add", "--force", "sub/kept", ".env"]);
    repo.git(&["init", "--quiet", "module"]);
    repo.git(&["-C", "module", "commit", "--quiet", "--allow-empty", "--message", "x"]);
    repo.git(&["-c", "advice.addEmbeddedRepo=false", "add", "module"]);
    repo.write("module/a", "x");

    let listed = list(repo.path(), Ignored::SkipUntracked);

    assert_eq!(listed, ["content .env", "content sub/kept", "git-folder .git", "submodule module"]);
}

#[test]
fn a_path_that_is_given_is_scanned_even_if_it_is_ignored() {
    let repo = TestRepo::new();
    repo.write(".gitignore", "secret\nfolder/\n").write("secret", "x").write("folder/a", "x");

    let listed = words(&listing(&[repo.at("secret"), repo.at("folder")], Ignored::Skip));

    assert_eq!(listed.len(), 2, "{listed:?}");
    assert!(listed.iter().all(|line| line.starts_with("content")), "{listed:?}");
}

#[test]
fn rules_above_a_folder_that_is_given_hold_in_it() {
    let repo = TestRepo::new();
    repo.write(".gitignore", "*.log\n").write("sub/a.log", "x").write("sub/a.txt", "x");

    let listed = list(&repo.at("sub"), Ignored::Skip);

    assert_eq!(listed, ["content a.txt", "ignored a.log"]);
}

#[test]
fn a_path_that_does_not_exist_is_an_error() {
    let folder = tempfile::tempdir().unwrap();

    let error = source::files(&[folder.path().join("no")], &FileOptions { ignored: Ignored::Skip }).unwrap_err();

    assert!(error.to_string().contains("could not read"), "{error}");
}

#[test]
fn a_path_given_twice_is_listed_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), "x").unwrap();

    let listing = listing(&[folder.path().to_owned(), folder.path().join("./a")], Ignored::Skip);

    assert_eq!(listing.entries.len(), 1);
}

#[cfg(unix)]
#[test]
fn links_are_listed_by_their_target_and_never_followed() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret"), "x").unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("folder")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("broken")).unwrap();
    std::os::unix::fs::symlink(".", folder.path().join("loop")).unwrap();

    let listed = list(folder.path(), Ignored::Skip);
    let given = listing(&[folder.path().join("folder")], Ignored::Skip);

    assert_eq!(listed, ["link broken", "link folder", "link loop"]);
    let Body::Inline(target) = &given.entries[0].body else { panic!("inline") };
    assert_eq!(target, outside.path().as_os_str().as_encoded_bytes());
    assert!(given.notices[0].contains("is a link"), "{:?}", given.notices);
}

#[cfg(unix)]
#[test]
fn a_fifo_and_a_socket_are_skipped_without_waiting() {
    let folder = tempfile::tempdir().unwrap();
    assert!(std::process::Command::new("mkfifo").arg(folder.path().join("fifo")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();

    let listed = list(folder.path(), Ignored::Skip);
    let given = words(&listing(&[folder.path().join("fifo")], Ignored::Skip));
    let swapped = Reader::new(None, None).unwrap().read(&Body::File(folder.path().join("fifo"))).unwrap();

    assert_eq!(listed, ["special-file fifo", "special-file socket"]);
    assert_eq!(given.len(), 1);
    assert_eq!(format!("{swapped:?}"), "Skipped(SpecialFile)");
}

#[cfg(unix)]
#[test]
fn a_file_that_became_a_link_after_it_was_listed_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("a")).unwrap();

    let read = Reader::new(None, None).unwrap().read(&Body::File(folder.path().join("a")));

    assert!(read.is_err());
}

#[test]
fn small_files_come_whole_large_ones_as_a_stream_and_larger_ones_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large");
    std::fs::File::create(&path).unwrap().set_len(2 << 30).unwrap();
    std::fs::write(folder.path().join("small"), "x").unwrap();
    let read = |name: &str, max| Reader::new(None, max).unwrap().read(&Body::File(folder.path().join(name))).unwrap();

    assert!(matches!(read("large", None), Loaded::Stream { bytes: Some(n), .. } if n == 2 << 30));
    assert_eq!(format!("{:?}", read("large", Some(1 << 30))), "Skipped(TooLarge)");
    assert_eq!(bytes(read("small", Some(1))), b"x");
}

#[test]
fn a_repository_in_a_repository_has_rules_of_its_own() {
    let repo = TestRepo::new();
    repo.write(".gitignore", "*.log\n").write("in/kept.log", "x").write("in/own.txt", "x");
    repo.git(&["init", "--quiet", "in"]);
    repo.write("in/.gitignore", "own.txt\n");

    let listed = list(repo.path(), Ignored::Skip);

    let expected = [
        "content .gitignore",
        "content in/.gitignore",
        "content in/kept.log",
        "git-folder .git",
        "git-folder in/.git",
        "ignored in/own.txt",
    ];
    assert_eq!(listed, expected);
}

#[test]
fn what_is_listed_is_what_git_tracks_or_does_not_ignore() {
    let repo = TestRepo::new();
    repo.write(
        ".gitignore",
        "# note\n*.o\n!b.o\n/top\n**/deep/*.x\nsp\\ ace\ntrail \n[ab].c\nfoo/*\n!foo/bar\n\\#hash\ndir/\n",
    )
    .write("sub/.gitignore", "!a.o\n*.y\r\n");
    for path in [
        "a.o", "b.o", "top", "sub/top", "x/deep/a.x", "deep/a.x", "sp ace", "trail", "a.c", "c.c", "foo/bar/x",
        "foo/baz", "#hash", "dir", "sub/dir/x", "sub/a.o", "sub/c.o", "sub/a.y", "sub/deep/er/a.y", "dirx/dir/y",
    ] {
        repo.write(path, "x");
    }
    let git =
        hermetic("git", repo.path()).args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"]).output();

    let listing = listing(&[repo.path().to_owned()], Ignored::Skip);

    let top = repo.path().to_owned();
    let ours: BTreeSet<_> = listing
        .entries
        .iter()
        .map(|entry| entry.path.to_os_path().strip_prefix(&top).unwrap().to_str().unwrap().to_owned())
        .collect();
    let gits: BTreeSet<_> =
        String::from_utf8(git.unwrap().stdout).unwrap().split_terminator('\0').map(str::to_owned).collect();
    assert_eq!(ours, gits);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_is_a_problem() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let closed = folder.path().join("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    // Whoever may read everything cannot see this story.
    let may_read_everything = std::fs::read_dir(&closed).is_ok();

    let listing = listing(&[folder.path().to_owned()], Ignored::Skip);

    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(listing.problems.len(), usize::from(!may_read_everything));
}

#[test]
fn a_message_is_listed_without_the_diff_that_git_shows_below_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("COMMIT_EDITMSG");
    let scissors = "# ------------------------ >8 ------------------------\n";
    let message = format!("subject\n# comment\n{scissors}");
    std::fs::write(&path, format!("{message}diff --git a/x b/x\n")).unwrap();
    let text = |editor| {
        let listing = source::message_file(&path, editor).unwrap();
        bytes(Reader::new(None, None).unwrap().read(&listing.entries[0].body).unwrap())
    };

    assert_eq!(text(Editor::Used), message.as_bytes());
    assert_eq!(text(Editor::NotUsed), format!("{message}diff --git a/x b/x\n").as_bytes());
}

/// Returns the lines that git says are added.
fn by_git(old: &[u8], new: &[u8]) -> usize {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("old"), old).expect("a file");
    std::fs::write(folder.path().join("new"), new).expect("a file");
    let words = [
        "diff",
        "--no-index",
        "--unified=0",
        "--text",
        "--no-indent-heuristic",
        "--diff-algorithm=myers",
        "old",
        "new",
    ];
    let output = hermetic("git", folder.path()).args(words).output().expect("git runs");
    let lines = output.stdout.split(|byte| *byte == b'\n').skip_while(|line| !line.starts_with(b"@@"));
    lines.filter(|line| line.starts_with(b"+")).count()
}

/// Generates texts of few distinct lines, so that many of them meet again.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::sample::select(vec!["a\n", "b\n", "b\r\n", "\n", "{\n", "}\n", "x\0y\n", "long line\n"]);
    let end = prop::sample::select(vec!["", "end", "a", "\r"]);
    (prop::collection::vec(line, 0..30), end).prop_map(|(lines, end)| (lines.concat() + end).into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn as_many_lines_are_added_as_git_says(old in text(), new in text()) {
        let ours: u64 = added_lines(&old, &new).unwrap().iter().map(|range| range.end - range.start).sum();

        prop_assert_eq!(usize::try_from(ours).unwrap(), by_git(&old, &new));
    }
}
