//! Stories about git's configuration: what it says, and what it must not change.

use ideoguard::error::Error;
use ideoguard::git::{GitEnv, Repository};

use crate::common::TestRepo;
use crate::library::{hermetic_env, open, staged};

#[test]
fn what_a_user_configures_changes_no_listing() {
    let repo = TestRepo::new();
    repo.write("a.txt", "a\n").stage().commit("one");
    repo.write(".gitattributes", "* -diff diff=none\n").write("a.txt", "b\n").stage();
    let plain = staged(&repo);
    for (key, value) in [
        ("color.ui", "always"),
        ("core.pager", "false"),
        ("diff.external", "false"),
        ("diff.renames", "copies"),
        ("diff.ignoreSubmodules", "all"),
        ("diff.noprefix", "true"),
        ("core.quotePath", "true"),
        ("status.showUntrackedFiles", "no"),
    ] {
        repo.git(&["config", key, value]);
    }
    let configured = staged(&repo);
    repo.git(&["update-index", "--split-index"]);

    let by_git = staged(&repo);

    assert_eq!(plain, ["content .gitattributes", "name .gitattributes", "content a.txt since 1"]);
    assert_eq!(configured, plain);
    assert_eq!(by_git, plain);
}

#[test]
fn the_folder_of_hooks_is_where_git_looks_for_it() {
    let repo = TestRepo::new();
    let common = open(&repo).hooks_dir().unwrap();
    repo.git(&["config", "core.hooksPath", "my/hooks"]);
    let relative = open(&repo).hooks_dir().unwrap();
    repo.git(&["config", "core.hooksPath", "~/hooks"]);
    let home = open(&repo).hooks_dir().unwrap();

    assert_eq!(common, open(&repo).common_dir().join("hooks"));
    assert_eq!(relative, open(&repo).work_dir().unwrap().join("my/hooks"));
    assert_eq!(home, repo.at("hooks"));
}

#[test]
fn values_of_the_configuration_are_those_that_git_sees() {
    let repo = TestRepo::new();
    let global = repo.at("global");
    std::fs::write(&global, "[core]\n\thooksPath = from/global\n").unwrap();
    let env = GitEnv::default().with("HOME", repo.path());
    let hooks = |env: GitEnv| Repository::open(repo.path(), env).unwrap().hooks_dir().unwrap();

    let by_user = hooks(env.clone().with("GIT_CONFIG_GLOBAL", &global));
    repo.git(&["config", "core.hooksPath", "from/repository"]);
    let by_repository = hooks(env.with("GIT_CONFIG_GLOBAL", &global));

    assert!(by_user.ends_with("from/global"), "{by_user:?}");
    assert!(by_repository.ends_with("from/repository"), "{by_repository:?}");
}

#[test]
fn a_ceiling_ends_the_search_for_a_repository() {
    let repo = TestRepo::new();
    std::fs::create_dir_all(repo.at("deep/er")).unwrap();
    let env = hermetic_env(repo.path()).with("GIT_CEILING_DIRECTORIES", repo.at("deep").canonicalize().unwrap());

    let found = Repository::open(&repo.at("deep/er").canonicalize().unwrap(), env);

    assert!(matches!(found, Err(Error::NoRepository { .. })), "{found:?}");
}
