//! The hooks of all repositories of a user, and the repositories' own.

use std::fs;

use ideoguard::install::{HookName, Request, Run, install, uninstall};

use super::{StandIn, listing, script};
use crate::common::TestRepo;

#[test]
fn global_hooks_judge_in_every_repository() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    install(&stand_in.global_request()).unwrap();
    stand_in.ends_with(1);

    let commit = stand_in.git(repo.path(), &["commit", "--allow-empty", "--message", "x"]);

    assert_eq!(commit.code, 1);
    assert_eq!(stand_in.all_calls(), "hook pre-commit\n");
}

#[test]
fn global_hooks_run_the_hooks_that_a_repository_has() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    script(&repo.at(".git/hooks/pre-commit"), "#!/bin/sh\necho pre-commit >>ran\n");
    script(&repo.at(".git/hooks/post-commit"), "#!/bin/sh\necho post-commit >>ran\n");
    script(&repo.at(".git/hooks/prepare-commit-msg"), "#!/bin/sh\necho prepared >\"$1\"\n");
    install(&stand_in.global_request()).unwrap();

    let commit = stand_in.git(repo.path(), &["commit", "--allow-empty", "--message", "x"]);

    assert_eq!(commit.code, 0, "{}", commit.stderr);
    assert_eq!(fs::read_to_string(repo.at("ran")).unwrap(), "pre-commit\npost-commit\n");
    assert_eq!(repo.git(&["log", "--format=%s"]), "prepared\n");
    assert_eq!(stand_in.calls(), "hook pre-commit\n");
}

#[test]
fn global_hooks_pass_standard_input_and_refusals_on() {
    let (repo, server, stand_in) = (TestRepo::new(), TestRepo::with_init(&["--bare"]), StandIn::new());
    repo.commit("root");
    script(&repo.at(".git/hooks/pre-push"), "#!/bin/sh\ncat >pushed\nexit 1\n");
    install(&stand_in.global_request()).unwrap();

    let push = stand_in.git(repo.path(), &["push", server.path().to_str().unwrap(), "main"]);

    assert_ne!(push.code, 0);
    assert!(fs::read_to_string(repo.at("pushed")).unwrap().starts_with("refs/heads/main "));
}

#[test]
fn global_hooks_find_the_hooks_of_a_repository_from_its_work_trees() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    repo.commit("root");
    repo.git(&["worktree", "add", "--quiet", "linked"]);
    script(&repo.at(".git/hooks/pre-commit"), "#!/bin/sh\necho own >>ran\n");
    install(&stand_in.global_request()).unwrap();

    let commit = stand_in.git(&repo.at("linked"), &["commit", "--allow-empty", "--message", "x"]);

    assert_eq!(commit.code, 0, "{}", commit.stderr);
    assert_eq!(fs::read_to_string(repo.at("linked/ran")).unwrap(), "own\n");
}

#[test]
fn global_hooks_and_a_repositorys_own_judge_once() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    script(&repo.at(".git/hooks/pre-commit"), "#!/bin/sh\necho old >>ran\n");
    install(&stand_in.request(repo.path())).unwrap();
    install(&stand_in.global_request()).unwrap();

    let commit = stand_in.git(repo.path(), &["commit", "--allow-empty", "--message", "x"]);

    assert_eq!(commit.code, 0, "{}", commit.stderr);
    assert_eq!(stand_in.calls(), "hook pre-commit\n");
    assert_eq!(fs::read_to_string(repo.at("ran")).unwrap(), "old\n");
}

#[test]
fn global_hooks_do_not_run_in_a_circle() {
    let (repo, stand_in) = (TestRepo::with_init(&["--template="]), StandIn::new());
    install(&stand_in.global_request()).unwrap();
    std::os::unix::fs::symlink(stand_in.folder.path().join("config/ideoguard/hooks"), repo.at(".git/hooks")).unwrap();

    let commit = stand_in.git(repo.path(), &["commit", "--allow-empty", "--message", "x"]);

    assert_eq!(commit.code, 0, "{}", commit.stderr);
    assert_eq!(stand_in.calls(), "hook pre-commit\n");
}

#[test]
fn global_hooks_leave_a_push_into_a_checked_out_branch_as_it_is() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    repo.write("file", "one\n").stage().commit("one");
    repo.git(&["clone", "--quiet", ".", "clone"]);
    repo.git(&["config", "receive.denyCurrentBranch", "updateInstead"]);
    fs::write(repo.at("clone/file"), "two\n").unwrap();
    install(&stand_in.global_request()).unwrap();
    stand_in.git(&repo.at("clone"), &["commit", "--all", "--message", "two"]);

    let push = stand_in.git(&repo.at("clone"), &["push", "--quiet"]);

    assert_eq!(push.code, 0, "{}", push.stderr);
    assert_eq!(fs::read_to_string(repo.at("file")).unwrap(), "two\n");
}

#[test]
fn global_hooks_leave_a_push_into_a_dirty_work_tree_refused() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    repo.write("file", "one\n").stage().commit("one");
    repo.git(&["clone", "--quiet", ".", "clone"]);
    repo.git(&["config", "receive.denyCurrentBranch", "updateInstead"]);
    repo.write("file", "not committed\n");
    fs::write(repo.at("clone/file"), "two\n").unwrap();
    install(&stand_in.global_request()).unwrap();
    stand_in.git(&repo.at("clone"), &["commit", "--all", "--message", "two"]);

    let push = stand_in.git(&repo.at("clone"), &["push", "--quiet"]);

    assert_ne!(push.code, 0);
    assert_eq!(fs::read_to_string(repo.at("file")).unwrap(), "not committed\n");
}

#[test]
fn global_hooks_are_installed_once() {
    let stand_in = StandIn::new();
    install(&stand_in.global_request()).unwrap();
    let hooks = stand_in.folder.path().join("config/ideoguard/hooks");
    let once = listing(&hooks);

    let lines = install(&stand_in.global_request()).unwrap();

    assert_eq!(listing(&hooks), once);
    assert_eq!(once.len(), 27);
    assert!(lines.iter().all(|line| line.ends_with("already")), "{lines:?}");
}

#[test]
fn a_global_hooks_path_of_someone_else_is_refused() {
    let stand_in = StandIn::new();
    let request = stand_in.global_request();
    fs::create_dir_all(request.global.config.parent().unwrap()).unwrap();
    fs::write(&request.global.config, "[core]\n\thooksPath = /srv/hooks\n").unwrap();

    let error = install(&request).unwrap_err();

    assert!(error.to_string().contains("core.hooksPath is set to `/srv/hooks`"), "{error}");
    assert!(!request.global.hooks.exists());
}

#[test]
fn global_uninstall_leaves_the_config_as_it_was() {
    let stand_in = StandIn::new();
    let request = stand_in.global_request();
    fs::create_dir_all(request.global.config.parent().unwrap()).unwrap();
    fs::write(&request.global.config, "# mine\n[user]\n\tname = A U Thor\n").unwrap();
    install(&request).unwrap();

    uninstall(&request).unwrap();

    assert_eq!(fs::read_to_string(&request.global.config).unwrap(), "# mine\n[user]\n\tname = A U Thor\n");
    assert!(!request.global.hooks.exists());
}

#[test]
fn global_uninstall_of_one_hook_keeps_the_others() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    install(&stand_in.global_request()).unwrap();

    uninstall(&Request { hooks: vec![HookName::PreCommit], ..stand_in.global_request() }).unwrap();

    stand_in.git(repo.path(), &["commit", "--allow-empty", "--message", "x"]);
    assert_eq!(stand_in.all_calls(), "hook commit-msg .git/COMMIT_EDITMSG\n");
}

#[test]
fn a_global_dry_run_changes_nothing() {
    let stand_in = StandIn::new();
    let request = Request { run: Run::Dry, ..stand_in.global_request() };

    let lines = install(&request).unwrap();

    assert!(lines.iter().all(|line| line.starts_with("would")), "{lines:?}");
    assert!(!request.global.hooks.exists() && !request.global.config.exists());
}

#[test]
fn a_repository_with_the_global_hooks_needs_no_others() {
    let (repo, stand_in) = (TestRepo::new(), StandIn::new());
    install(&stand_in.global_request()).unwrap();
    repo.git(&["config", "core.hooksPath", stand_in.global_request().global.hooks.to_str().unwrap()]);

    let lines = install(&stand_in.request(repo.path())).unwrap();

    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains("serve this repository already"), "{lines:?}");
}
