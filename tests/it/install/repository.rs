//! The hooks of one repository, beside whatever is there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use ideoguard::Error;
use ideoguard::install::{HookName, Request, Run, install, uninstall};

use super::{StandIn, commit_in, commit_with_path, listing, script};
use crate::common::{TestRepo, hermetic};

#[test]
fn a_commit_goes_through_when_ideoguard_allows_it() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    install(&stand_in.request(repo.path())).unwrap();

    let commit = commit_in(repo.path());

    assert_eq!(commit.code, 0, "{}", commit.stderr);
    assert_eq!(stand_in.all_calls(), "hook pre-commit\nhook commit-msg .git/COMMIT_EDITMSG\n");
}

#[test]
fn a_commit_is_refused_when_ideoguard_refuses_it() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    install(&stand_in.request(repo.path())).unwrap();
    stand_in.ends_with(1);

    let commit = commit_in(repo.path());

    assert_eq!(commit.code, 1);
    assert_eq!(stand_in.all_calls(), "hook pre-commit\n");
    assert_ne!(repo.try_git(&["rev-parse", "--verify", "HEAD"]).code, 0);
}

#[test]
fn a_merge_without_conflicts_is_judged() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    repo.commit("root");
    repo.git(&["checkout", "--quiet", "-b", "side"]);
    repo.write("side", "").stage().commit("side");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("main", "").stage().commit("main");
    install(&stand_in.request(repo.path())).unwrap();
    stand_in.ends_with(1);

    let merge = repo.try_git(&["merge", "--no-edit", "side"]);

    assert_ne!(merge.code, 0);
    assert_eq!(stand_in.all_calls(), "hook pre-merge-commit\n");
}

#[test]
fn only_the_hooks_that_were_asked_for_are_installed() {
    let (repo, stand_in) = (TestRepo::with_init(&["--template="]), StandIn::new());

    install(&Request { hooks: vec![HookName::CommitMsg], ..stand_in.request(repo.path()) }).unwrap();

    let names: Vec<_> = listing(&repo.at(".git/hooks")).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["commit-msg"]);
}

#[test]
fn installing_twice_changes_nothing() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    script(&repo.at(".git/hooks/pre-commit"), "#!/bin/sh\n");
    install(&stand_in.request(repo.path())).unwrap();
    let once = listing(&repo.at(".git/hooks"));

    let lines = install(&stand_in.request(repo.path())).unwrap();

    assert_eq!(listing(&repo.at(".git/hooks")), once);
    assert!(lines.iter().all(|line| line.ends_with("is in place already")), "{lines:?}");
}

#[test]
fn a_hook_of_ours_that_lost_its_mode_is_written_again() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    install(&stand_in.request(repo.path())).unwrap();
    fs::set_permissions(repo.at(".git/hooks/pre-commit"), fs::Permissions::from_mode(0o644)).unwrap();

    install(&stand_in.request(repo.path())).unwrap();

    let mode = fs::metadata(repo.at(".git/hooks/pre-commit")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o755);
}

#[test]
fn a_program_that_moved_is_remembered_anew() {
    let (repo, old, new) = (TestRepo::new(), StandIn::new(), StandIn::new());
    install(&old.request(repo.path())).unwrap();

    install(&new.request(repo.path())).unwrap();

    commit_in(repo.path());
    assert_eq!((old.calls().as_str(), new.calls().as_str()), ("", "hook pre-commit\n"));
}

#[test]
fn a_dry_run_says_what_it_would_do_and_changes_nothing() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    script(&repo.at(".git/hooks/pre-commit"), "#!/bin/sh\n");
    let before = listing(&repo.at(".git/hooks"));

    let lines = install(&Request { run: Run::Dry, ..stand_in.request(repo.path()) }).unwrap();

    assert_eq!(listing(&repo.at(".git/hooks")), before);
    assert_eq!(lines.len(), HookName::ALL.len());
    assert!(lines.iter().all(|line| line.starts_with("would write")), "{lines:?}");
}

#[test]
fn the_hook_that_was_there_runs_first_and_gets_the_arguments() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    script(&repo.at(".git/hooks/commit-msg"), "#!/bin/sh\necho \"old $*\" >>ran\necho changed >\"$1\"\n");
    install(&stand_in.request(repo.path())).unwrap();

    let commit = commit_in(repo.path());

    assert_eq!(commit.code, 0, "{}", commit.stderr);
    assert_eq!(fs::read_to_string(repo.at("ran")).unwrap(), "old .git/COMMIT_EDITMSG\n");
    assert_eq!(repo.git(&["log", "--format=%s"]), "changed\n");
    assert!(stand_in.all_calls().ends_with("hook commit-msg .git/COMMIT_EDITMSG\n"));
}

#[test]
fn the_hook_that_was_there_may_refuse_with_its_own_code() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    script(&repo.at(".git/hooks/pre-commit"), "#!/bin/sh\nexit 7\n");
    install(&stand_in.request(repo.path())).unwrap();

    // Read by a shell: a file that was just written may be busy for another test's child.
    let ran = hermetic("sh", repo.path()).arg(".git/hooks/pre-commit").output().unwrap();

    assert_eq!(ran.status.code(), Some(7));
    assert_eq!(stand_in.all_calls(), "");
}

#[test]
fn a_hook_that_git_skipped_stays_skipped() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    repo.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 7\n");
    install(&stand_in.request(repo.path())).unwrap();

    let commit = commit_in(repo.path());

    assert_eq!(commit.code, 0, "{}", commit.stderr);
}

#[test]
fn uninstall_leaves_every_byte_and_mode_as_it_was() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    script(&repo.at(".git/hooks/pre-commit"), "#!/bin/sh\n# no newline at the end");
    repo.write(".git/hooks/commit-msg", b"\x7fELF\xff\0");
    fs::set_permissions(repo.at(".git/hooks/pre-commit"), fs::Permissions::from_mode(0o750)).unwrap();
    let before = listing(&repo.at(".git/hooks"));
    install(&stand_in.request(repo.path())).unwrap();
    assert_ne!(listing(&repo.at(".git/hooks")), before);

    uninstall(&stand_in.request(repo.path())).unwrap();

    assert_eq!(listing(&repo.at(".git/hooks")), before);
}

#[test]
fn a_hook_that_is_a_symbolic_link_is_one_again_after_uninstall() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    script(&repo.at("tools/check"), "#!/bin/sh\necho check >>ran\n");
    std::os::unix::fs::symlink("../../tools/check", repo.at(".git/hooks/pre-commit")).unwrap();
    install(&stand_in.request(repo.path())).unwrap();
    commit_in(repo.path());

    uninstall(&stand_in.request(repo.path())).unwrap();

    assert_eq!(fs::read_to_string(repo.at("ran")).unwrap(), "check\n");
    assert_eq!(fs::read_link(repo.at(".git/hooks/pre-commit")).unwrap(), Path::new("../../tools/check"));
    assert_eq!(fs::read_to_string(repo.at("tools/check")).unwrap(), "#!/bin/sh\necho check >>ran\n");
}

#[test]
fn uninstall_leaves_a_hook_that_is_not_ours() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    script(&repo.at(".git/hooks/pre-commit"), "#!/bin/sh\n");
    let before = listing(&repo.at(".git/hooks"));

    let lines = uninstall(&stand_in.request(repo.path())).unwrap();

    assert_eq!(listing(&repo.at(".git/hooks")), before);
    assert!(lines.iter().all(|line| line.ends_with("does not run ideoguard")), "{lines:?}");
}

#[test]
fn two_foreign_hooks_for_one_place_are_refused() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    script(&repo.at(".git/hooks/commit-msg"), "#!/bin/sh\n# one\n");
    install(&stand_in.request(repo.path())).unwrap();
    script(&repo.at(".git/hooks/commit-msg"), "#!/bin/sh\n# another, written over ours\n");
    let before = listing(&repo.at(".git/hooks"));

    let error = install(&stand_in.request(repo.path())).unwrap_err();

    assert!(error.to_string().contains("commit-msg.before-ideoguard` is still there"), "{error}");
    assert_eq!(listing(&repo.at(".git/hooks")), before);
}

#[test]
fn a_hook_that_asks_for_its_own_name_is_pointed_out() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    script(&repo.at(".git/hooks/pre-commit"), "#!/bin/sh\nrun-hooks \"$(basename \"$0\")\"\n");

    let lines = install(&stand_in.request(repo.path())).unwrap();

    assert!(lines.iter().any(|line| line.contains("ask for its own name")), "{lines:?}");
}

#[test]
fn a_hooks_folder_in_the_work_tree_gets_hooks_without_paths_of_this_machine() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    repo.git(&["config", "core.hooksPath", "tools/git hooks"]);

    install(&stand_in.request(repo.path())).unwrap();

    let hook = fs::read_to_string(repo.at("tools/git hooks/pre-commit")).unwrap();
    assert!(!hook.contains(stand_in.folder.path().to_str().unwrap()));
    let commit = commit_with_path(repo.path(), stand_in.folder.path());
    assert_eq!((commit.code, stand_in.calls().as_str()), (0, "hook pre-commit\n"), "{}", commit.stderr);
}

#[test]
fn a_hooks_folder_outside_the_repository_is_refused() {
    let (repo, other, stand_in) = (TestRepo::new(), tempfile::tempdir().unwrap(), StandIn::new());
    repo.git(&["config", "core.hooksPath", other.path().to_str().unwrap()]);

    let error = install(&stand_in.request(repo.path())).unwrap_err();

    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("lies outside of it"), "{error}");
    assert!(listing(other.path()).is_empty());
}

#[test]
fn a_hooks_folder_that_is_a_link_to_the_outside_is_refused() {
    let (repo, other, stand_in) = (TestRepo::with_init(&["--template="]), tempfile::tempdir().unwrap(), StandIn::new());
    std::os::unix::fs::symlink(other.path(), repo.at(".git/hooks")).unwrap();

    let error = install(&stand_in.request(repo.path())).unwrap_err();

    assert!(error.to_string().contains("lies outside of it"), "{error}");
    assert!(listing(other.path()).is_empty());
}

#[test]
fn a_hooks_folder_that_is_a_file_is_refused() {
    let (repo, stand_in) = (TestRepo::with_init(&["--template="]), StandIn::new());
    repo.write(".git/hooks", "");

    let error = install(&stand_in.request(repo.path())).unwrap_err();

    assert!(matches!(error, Error::Io { .. }), "{error}");
}

#[test]
fn a_program_that_does_not_exist_is_refused() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    let before = listing(&repo.at(".git/hooks"));

    let error =
        install(&Request { program: "/nowhere/ideoguard".into(), ..stand_in.request(repo.path()) }).unwrap_err();

    assert!(error.to_string().contains("no program at `/nowhere/ideoguard`"), "{error}");
    assert_eq!(listing(&repo.at(".git/hooks")), before);
}

#[test]
fn a_folder_without_a_repository_is_refused() {
    let (folder, stand_in) = (tempfile::tempdir().unwrap(), StandIn::new());

    let error = install(&stand_in.request(folder.path())).unwrap_err();

    assert!(matches!(error, Error::NoRepository { .. }), "{error}");
}

#[test]
fn a_missing_program_refuses_the_commit_and_names_the_way_out() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    script(&repo.at(".git/hooks/pre-commit"), "#!/bin/sh\necho old >>ran\n");
    install(&stand_in.request(repo.path())).unwrap();
    fs::remove_file(&stand_in.program).unwrap();

    let commit = commit_in(repo.path());

    assert_eq!(commit.code, 1);
    assert!(commit.stderr.starts_with("ideoguard: the program was not found"), "{}", commit.stderr);
    let removal = commit.stderr.lines().find_map(|line| line.strip_prefix("  to remove this hook: ")).unwrap();
    let removed = hermetic("sh", repo.path()).args(["-c", removal]).output().unwrap();
    assert!(removed.status.success());
    let hook = fs::read_to_string(repo.at(".git/hooks/pre-commit")).unwrap();
    assert_eq!(hook, "#!/bin/sh\necho old >>ran\n");
}

#[test]
fn a_program_that_moved_is_found_on_the_path() {
    let (repo, old, new) = (TestRepo::new(), StandIn::new(), StandIn::new());
    install(&old.request(repo.path())).unwrap();
    fs::remove_file(&old.program).unwrap();

    let commit = commit_with_path(repo.path(), new.folder.path());

    assert_eq!((commit.code, new.calls().as_str()), (0, "hook pre-commit\n"), "{}", commit.stderr);
}

#[test]
fn any_path_of_the_program_is_safe_in_the_hook() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::named("it's a $HOME `x` \"y\"\n\\ größe/ideo guard"));

    install(&stand_in.request(repo.path())).unwrap();

    let commit = commit_in(repo.path());
    assert_eq!((commit.code, stand_in.calls().as_str()), (0, "hook pre-commit\n"), "{}", commit.stderr);
}

#[test]
fn any_path_of_the_repository_is_safe() {
    let (outer, stand_in) = (TestRepo::new(), StandIn::new());
    let folder = outer.at("it's a $HOME `x` \"y\"\n größe");
    outer.git(&["init", "--quiet", folder.to_str().unwrap()]);
    script(&folder.join(".git/hooks/pre-commit"), "#!/bin/sh\necho old >>ran\n");

    let lines = install(&stand_in.request(&folder)).unwrap();

    assert_eq!(commit_in(&folder).code, 0);
    assert_eq!(stand_in.calls(), "hook pre-commit\n");
    assert_eq!(fs::read_to_string(folder.join("ran")).unwrap(), "old\n");
    assert!(lines.iter().all(|line| !line.contains('\n')), "{lines:?}");
}

#[test]
fn a_work_tree_shares_the_hooks_of_its_repository() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    repo.commit("root");
    repo.git(&["worktree", "add", "--quiet", "linked"]);

    install(&stand_in.request(&repo.at("linked"))).unwrap();

    assert!(repo.at(".git/hooks/pre-commit").exists());
    assert_eq!(commit_in(&repo.at("linked")).code, 0);
    assert_eq!(commit_in(repo.path()).code, 0);
    assert_eq!(stand_in.calls(), "hook pre-commit\nhook pre-commit\n");
}

#[test]
fn a_submodule_has_hooks_of_its_own() {
    let (inner, outer, stand_in) = (TestRepo::new(), TestRepo::new(), StandIn::new());
    inner.commit("root");
    let url = inner.path().to_str().unwrap();
    outer.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "sub"]);

    install(&stand_in.request(&outer.at("sub"))).unwrap();

    assert!(outer.at(".git/modules/sub/hooks/pre-commit").exists());
    assert!(!outer.at(".git/hooks/pre-commit").exists());
    assert_eq!(commit_in(&outer.at("sub")).code, 0);
    assert_eq!(stand_in.calls(), "hook pre-commit\n");
}

#[test]
fn a_bare_repository_is_told_what_its_hooks_are_good_for() {
    let (repo, stand_in) = (TestRepo::with_init(&["--bare"]), StandIn::new());

    let lines = install(&stand_in.request(repo.path())).unwrap();

    assert!(repo.at("hooks/pre-commit").exists());
    assert!(lines.iter().any(|line| line.contains("this repository is bare")), "{lines:?}");
}
