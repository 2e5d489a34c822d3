//! Files that move, change their kind, or bear names that were chosen to hurt.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use super::{git, guarded, leak, passes, recorded, refused};
use crate::common::TestRepo;
use crate::fake;

#[test]
fn a_file_that_is_renamed_with_its_old_key_does_not_block() {
    let repo = guarded();
    repo.write("old.py", format!("a\n{}b\n", leak(1))).stage().commit("leaked");
    git(&repo, "mv old.py new.py");

    let said = recorded(&repo, "commit --quiet --message rename");

    assert!(said.starts_with("1 secret in git already, on untouched lines, first at "), "{said}");
}

#[test]
fn a_file_that_is_moved_and_gets_a_key_on_the_way_is_refused() {
    let repo = guarded();
    repo.write("src/app.py", "a\nb\nc\n").stage().commit("app");
    std::fs::create_dir(repo.at("lib")).unwrap();
    git(&repo, "mv src/app.py lib/app.py");
    repo.write("lib/app.py", format!("a\nb\nc\n{}", leak(1))).stage();

    let said = refused(&repo, "commit --quiet --message move");

    assert!(said.contains("lib/app.py:4:21"), "{said}");
}

#[test]
fn a_copy_of_a_file_with_an_old_key_is_refused() {
    let repo = guarded();
    repo.write("a.py", leak(1)).stage().commit("leaked");
    repo.write("b.py", leak(1)).stage();

    let said = refused(&repo, "commit --quiet --message copy");

    assert!(said.contains("b.py:1:21") && !said.contains("a.py"), "{said}");
}

#[test]
fn a_file_with_an_old_key_that_becomes_executable_does_not_block() {
    let repo = guarded();
    repo.write("run.sh", leak(1)).stage().commit("leaked");
    git(&repo, "update-index --chmod=+x run.sh");

    passes(&repo, "commit --quiet --message mode");
}

#[test]
fn a_key_in_the_target_of_a_link_is_refused_whatever_the_path_was_before() {
    let repo = guarded();
    repo.write("link", "text\n").stage().commit("file");
    std::fs::remove_file(repo.at("link")).unwrap();
    symlink(format!("/run/IDEOGRAM_API_KEY={}", fake::ideogram_key(1)), repo.at("link")).unwrap();
    repo.stage();

    let said = refused(&repo, "commit --quiet --message link");

    assert!(said.contains("link:1:23 (the link's target)"), "{said}");
    assert!(said.contains("make the link point to a path that does not hold the secret"), "{said}");
}

#[test]
fn a_link_to_a_file_with_a_key_is_not_followed() {
    let repo = guarded();
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("key"), leak(1)).unwrap();
    symlink(outside.path().join("key"), repo.at("link")).unwrap();
    repo.stage();

    passes(&repo, "commit --quiet --message link");
}

#[test]
fn a_link_that_becomes_a_file_with_a_key_is_refused() {
    let repo = guarded();
    symlink("elsewhere", repo.at("link")).unwrap();
    repo.stage().commit("link");
    std::fs::remove_file(repo.at("link")).unwrap();
    repo.write("link", leak(1)).stage();

    refused(&repo, "commit --quiet --message file");
}

#[test]
fn a_submodule_is_committed_without_a_word() {
    let repo = guarded();
    let inner = TestRepo::new();
    inner.write("app.py", leak(1)).stage().commit("inner");
    let url = inner.path().to_str().unwrap();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "vendor"]);

    passes(&repo, "commit --quiet --message vendor");
}

#[test]
fn hostile_names_are_told_escaped_and_one_line_each() {
    let names: [(&[u8], &str); 7] = [
        (b"with space.py", "with space.py:1:21"),
        (b"quo\"te's.py", "quo\"te's.py:1:21"),
        (b"new\nline.py", "new\\nline.py:1:21"),
        (b"esc\x1b[31m\x07.py", "esc\\u{1b}[31m\\u{7}.py:1:21"),
        (b"latin-\xe9.py", "latin-\\xe9.py:1:21"),
        (b"right-to-left-\xe2\x80\xae.py", "right-to-left-\\u{202e}.py:1:21"),
        (b"-rf.py", "-rf.py:1:21"),
    ];
    for (name, shown) in names {
        let repo = guarded();
        std::fs::write(repo.path().join(std::ffi::OsStr::from_bytes(name)), leak(1)).unwrap();
        repo.stage();

        let said = refused(&repo, "commit --quiet --message names");

        assert!(said.lines().any(|line| line.trim() == format!("at       {shown}")), "{shown}:\n{said}");
    }
}

#[test]
fn a_command_to_copy_from_a_refusal_is_safe_in_a_shell() {
    let repo = guarded();
    repo.write("$(touch pwned).py", leak(1)).write("it's.py", leak(2)).stage();

    let said = refused(&repo, "commit --quiet --message names");

    assert!(said.contains("`git add '$(touch pwned).py'`"), "{said}");
    assert!(said.contains(r"`git add 'it'\''s.py'`"), "{said}");
}

#[test]
fn a_key_in_the_name_of_a_file_is_refused_and_the_name_is_not_repeated() {
    let repo = guarded();
    repo.write(&format!("IDEOGRAM_API_KEY={}.txt", fake::ideogram_key(1)), leak(2)).stage();

    let said = refused(&repo, "commit --quiet --message name");

    assert!(said.contains("IDEOGRAM_API_KEY=wWde…(86).txt:1:18 (the file's name)"), "{said}");
    assert!(said.contains("IDEOGRAM_API_KEY=wWde…(86).txt:1:21\n"), "{said}");
    assert!(said.contains("rename the file: its name itself holds the secret"), "{said}");
}

#[test]
fn a_key_in_the_name_of_a_file_that_is_left_out_or_gone_is_not_repeated_either() {
    let repo = guarded();
    let name = format!("IDEOGRAM_API_KEY={}.txt", fake::ideogram_key(1));
    repo.write(&name, "x".repeat(4096)).stage();
    let id = git(&repo, &format!("rev-parse :{name}")).stdout;

    let large = repo.ideoguard(&["scan", "--staged", "--verbose", "--max-blob-size", "1k"]);
    std::fs::remove_file(repo.at(&format!(".git/objects/{}/{}", &id[..2], &id.trim()[2..]))).unwrap();
    let gone = repo.ideoguard(&["scan", "--staged", "--verbose"]);

    assert!(large.stdout.contains("skipped: IDEOGRAM_API_KEY=wWde…(86).txt (too-large)"), "{}", large.stdout);
    assert!(gone.stdout.contains("problem: IDEOGRAM_API_KEY=wWde…(86).txt: "), "{}", gone.stdout);
    super::assert_shows_no_secret(&large);
    super::assert_shows_no_secret(&gone);
}
