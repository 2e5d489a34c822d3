//! Every kind of repository that git opens, and configurations that would bend another tool.

use std::path::Path;

use super::{git, guarded, leak, passes, refused};
use crate::common::{TestRepo, hermetic, ideoguard_in};

/// Tells the same story in a folder of any repository: a key is refused, and what replaces it passes.
#[track_caller]
fn tell(folder: &Path, file: &str) {
    std::fs::write(folder.join(file), leak(1)).unwrap();
    assert_eq!(git(folder, &format!("add {file}")).code, 0);
    let said = refused(folder, "commit --quiet --message leak");
    assert!(said.contains(&format!("{file}:1:21")), "{said}");
    assert!(!said.contains("libgit2"), "nobody asked for notices: {said}");
    std::fs::write(folder.join(file), "pass\n").unwrap();
    assert_eq!(git(folder, &format!("add {file}")).code, 0);
    passes(folder, "commit --quiet --message clean");
}

/// Puts our hooks in place in a folder of any repository.
#[track_caller]
fn install(folder: &Path) {
    let ran = ideoguard_in(folder, &["install"], b"");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[test]
fn every_format_of_names_and_references_is_guarded() {
    let formats: [&[&str]; 4] = [
        &[],
        &["--object-format=sha256"],
        &["--ref-format=reftable"],
        &["--object-format=sha256", "--ref-format=reftable"],
    ];
    for words in formats {
        let repo = TestRepo::with_init(words);
        repo.install();

        tell(repo.path(), "first.py");
        tell(repo.path(), "second.py");
    }
}

#[test]
fn a_split_index_is_guarded() {
    let repo = guarded();
    repo.git(&["config", "core.splitIndex", "true"]);
    repo.git(&["update-index", "--split-index"]);

    tell(repo.path(), "app.py");
}

#[test]
fn a_sparse_checkout_with_a_sparse_index_is_guarded() {
    let repo = guarded();
    repo.write("in/a.py", "a\n").write("out/b.py", "b\n").stage().commit("folders");
    repo.git(&["sparse-checkout", "set", "--sparse-index", "in"]);

    tell(repo.path(), "in/a.py");
    tell(&repo.at("in"), "c.py");
}

#[test]
fn a_linked_worktree_is_guarded_by_the_hooks_of_its_repository() {
    let repo = guarded();
    repo.git(&["worktree", "add", "--quiet", "tree", "-b", "other"]);

    tell(&repo.at("tree"), "app.py");
}

#[test]
fn a_submodule_is_guarded_by_hooks_of_its_own() {
    let inner = TestRepo::new();
    inner.write("in.txt", "i\n").stage().commit("inner");
    let repo = guarded();
    let url = inner.path().to_str().unwrap();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "sub"]);
    let sub = repo.at("sub");
    install(&sub);

    tell(&sub, "app.py");
}

#[test]
fn a_partial_clone_is_guarded_without_asking_its_origin() {
    let origin = TestRepo::new();
    origin.write("a.py", "a\n").write("b.py", "b\n").stage().commit("one");
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let repo = TestRepo::new();
    let url = format!("file://{}", origin.path().display());
    repo.git(&["clone", "--quiet", "--filter=blob:none", "--sparse", &url, "clone"]);
    let clone = repo.at("clone");
    install(&clone);
    drop(origin);

    tell(&clone, "a.py");
    tell(&clone, "new.py");
}

#[test]
fn a_shallow_clone_is_guarded() {
    let origin = TestRepo::new();
    origin.write("a.py", "a\n").stage().commit("one");
    origin.write("a.py", "b\n").stage().commit("two");
    let repo = TestRepo::new();
    let url = format!("file://{}", origin.path().display());
    repo.git(&["clone", "--quiet", "--depth=1", &url, "clone"]);
    let clone = repo.at("clone");
    install(&clone);

    tell(&clone, "a.py");
}

#[test]
fn a_repository_whose_folder_lies_elsewhere_is_guarded() {
    let repo = TestRepo::new();
    std::fs::create_dir(repo.at("tree")).unwrap();
    repo.git(&["init", "--quiet", "--separate-git-dir", "store", "tree"]);
    let tree = repo.at("tree");
    install(&tree);

    tell(&tree, "app.py");
}

#[test]
fn an_index_that_a_variable_names_is_the_one_that_is_judged() {
    let repo = guarded();
    repo.write("app.py", leak(1));
    let run = |words: &[&str]| {
        let mut command = hermetic("git", repo.path());
        command.args(words).env("GIT_INDEX_FILE", ".git/other").output().unwrap()
    };
    run(&["read-tree", "HEAD"]);
    run(&["add", "app.py"]);

    let other = run(&["commit", "--quiet", "--message", "other"]);

    assert_eq!(other.status.code(), Some(1));
    passes(&repo, "commit --quiet --allow-empty --message everyday");
}

#[test]
fn git_may_be_told_from_outside_where_the_repository_is() {
    let repo = guarded();
    repo.write("app.py", leak(1)).stage();
    let outside = tempfile::tempdir().unwrap();
    let (store, tree) = (repo.at(".git"), repo.path().to_owned());
    let words = format!("--git-dir {} --work-tree {} commit --quiet --message x", store.display(), tree.display());

    let ran = git(outside.path(), &words);

    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("app.py:1:21"), "{}", ran.stderr);
}

#[test]
fn no_configuration_changes_a_verdict_or_the_report() {
    let repo = guarded();
    repo.write(".gitattributes", "* -diff\n").write("app.py", leak(1)).stage();
    let plain = refused(&repo, "commit --quiet --message leak");
    for (key, value) in [
        ("color.ui", "always"),
        ("color.diff", "always"),
        ("core.pager", "false"),
        ("pager.diff", "false"),
        ("diff.external", "false"),
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.renames", "copies"),
        ("diff.algorithm", "histogram"),
        ("diff.ignoreSubmodules", "all"),
        ("core.quotePath", "false"),
        ("core.attributesFile", "/dev/null"),
        ("status.short", "true"),
        ("status.showUntrackedFiles", "all"),
        ("status.relativePaths", "false"),
        ("core.untrackedCache", "true"),
        ("index.version", "4"),
        ("commit.status", "false"),
        ("log.showSignature", "true"),
        ("alias.commit", "!false"),
    ] {
        repo.git(&["config", key, value]);
    }

    let bent = refused(&repo, "commit --quiet --message leak");

    assert_eq!(bent, plain);
    repo.git(&["update-index", "--split-index"]);
    assert_eq!(refused(&repo, "commit --quiet --message leak"), plain);
}
