//! Servers and pushes that are set up in a way of their own.

use std::os::unix::fs::PermissionsExt;

use crate::common::{Ran, TestRepo, hermetic};
use crate::fake;
use crate::gate::bypass::sign;
use crate::gate::roads::Road;
use crate::gate::world::{Form, NEW, World, assert_shows_no_secret, leak};

/// A world whose server is reached over a road.
#[track_caller]
fn world_over(road: &Road) -> World {
    let world = World::new();
    world.server.git(&["config", "http.receivepack", "true"]);
    let url = road.url(world.server.path());
    world.reached_at(&url)
}

#[track_caller]
fn assert_refused(ran: &Ran, place: &str) {
    assert_ne!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("ideoguard: this push is refused"), "{}", ran.stderr);
    assert!(ran.stderr.contains(place), "{}", ran.stderr);
    assert_shows_no_secret(&ran.stderr);
}

/// Sees to it that a secret in the middle of 60 MB is found.
#[track_caller]
fn tell_of_a_large_file(road: &Road) {
    let world = world_over(road);
    let line = "all work and no play makes a dull file\n".repeat(800_000);
    world.desk.write("large.txt", format!("{line}{}{line}", leak(NEW))).stage().commit("add");

    let seen = world.refused(&["origin", "main"]);

    assert!(seen.contains("large.txt:800001:21"), "{seen}");
}

#[test]
fn a_secret_in_a_large_file_is_found_over_the_protocol_of_git() {
    tell_of_a_large_file(&Road::daemon());
}

#[test]
#[ignore = "needs the package lighttpd: cargo test --locked --test it over_http -- --ignored"]
fn a_secret_in_a_large_file_is_found_over_http() {
    tell_of_a_large_file(&Road::web());
}

/// Sees to it that a push from a shallow clone is judged by what it adds.
#[track_caller]
fn tell_of_a_shallow_clone(road: &Road) {
    let world = world_over(road);
    world.server.git(&["config", "receive.shallowUpdate", "true"]);
    let url = road.url(world.server.path());
    let desk = TestRepo::new();
    desk.git(&["fetch", "--quiet", "--depth=1", &url, "main"]);
    desk.git(&["reset", "--quiet", "--hard", "FETCH_HEAD"]);
    desk.write("clean.py", "clean\n").stage().commit("clean");
    desk.git(&["push", "--quiet", &url, "HEAD:refs/heads/clean"]);
    desk.write("app.py", leak(NEW)).stage().commit("add");

    let ran = desk.try_git(&["push", &url, "HEAD:refs/heads/leak"]);

    assert_refused(&ran, "app.py:1");
}

#[test]
fn a_push_from_a_shallow_clone_is_judged_over_the_protocol_of_git() {
    tell_of_a_shallow_clone(&Road::daemon());
}

#[test]
#[ignore = "needs the package lighttpd: cargo test --locked --test it over_http -- --ignored"]
fn a_push_from_a_shallow_clone_is_judged_over_http() {
    tell_of_a_shallow_clone(&Road::web());
}

/// Sees to it that a signature does not make a push pass, nor keep a clean one.
#[track_caller]
fn tell_of_a_signed_push(world: &World) {
    world.server.git(&["config", "receive.certNonceSlop", "600"]);
    sign(world);
    world.desk.write("clean.py", "clean\n").stage().commit("clean");
    world.passes(&["--signed", "origin", "main"]);
    world.desk.write("app.py", leak(NEW)).stage().commit("add");

    let seen = world.refused(&["--signed", "origin", "main"]);

    assert!(seen.contains("app.py:1"), "{seen}");
}

#[test]
fn a_signed_push_is_judged_as_any_other() {
    tell_of_a_signed_push(&World::new());
}

#[test]
fn a_signed_push_is_judged_over_the_protocol_of_git() {
    tell_of_a_signed_push(&world_over(&Road::daemon()));
}

#[test]
#[ignore = "needs the package lighttpd: cargo test --locked --test it over_http -- --ignored"]
fn a_signed_push_is_judged_over_http_and_recorded_with_the_name_that_the_web_server_knows() {
    let road = Road::web();
    let world = world_over(&road);
    world.says("user-sources", "remote-user");

    tell_of_a_signed_push(&world);

    assert_eq!(world.recorded("ideoguard.push.refuse")[0]["userId"], "anna");
}

#[test]
fn the_first_push_of_all_is_judged() {
    let world = World::new();
    let empty = TestRepo::with_init(&["--bare"]);
    let hook = std::fs::read(world.server.at("hooks/pre-receive")).unwrap();
    empty.write("hooks/pre-receive", hook);
    std::fs::set_permissions(empty.at("hooks/pre-receive"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let url = empty.path().to_str().unwrap();
    let desk = TestRepo::new();
    desk.write("app.py", leak(NEW)).stage().commit("root");
    assert_refused(&desk.try_git(&["push", url, "main"]), "app.py:1");
    desk.write("app.py", "clean\n").stage();
    desk.git(&["commit", "--quiet", "--amend", "--message", "root"]);

    desk.git(&["push", "--quiet", url, "main"]);

    assert_refused(&world.desk.try_git(&["push", url, "other"]), "theirs.py:1");
}

#[test]
fn a_server_whose_head_leads_nowhere_is_no_other_server() {
    let world = World::new();
    world.server.git(&["symbolic-ref", "HEAD", "refs/heads/nowhere"]);
    world.desk.write("clean.py", "clean\n").stage().commit("clean");
    world.passes(&["origin", "main"]);
    world.desk.write("app.py", leak(NEW)).stage().commit("add");

    world.refused(&["origin", "main"]);
}

#[test]
fn a_server_with_a_work_tree_is_judged_before_its_files_change() {
    let world = World::new();
    let server = TestRepo::new();
    server.git(&["config", "receive.denyCurrentBranch", "updateInstead"]);
    server.hook("pre-receive");
    let world = world.reached_at(server.path().to_str().unwrap());
    world.desk.git(&["checkout", "--quiet", "--orphan", "fresh"]);
    world.desk.git(&["rm", "--quiet", "-r", "-f", "."]);
    world.desk.write("clean.py", "clean\n").stage().commit("clean");
    world.passes(&["origin", "fresh:main"]);
    world.desk.write("app.py", leak(NEW)).stage().commit("add");

    let ran = world.push(&["origin", "fresh:main"]);

    assert_refused(&ran, "app.py:1");
    assert!(server.at("clean.py").exists() && !server.at("app.py").exists());
}

#[test]
fn a_server_that_checks_objects_itself_leaves_the_rest_to_us() {
    let world = World::new();
    world.server.git(&["config", "transfer.fsckObjects", "true"]);
    world.server.git(&["config", "receive.unpackLimit", "1"]);
    world.desk.write("clean.py", "clean\n").stage().commit("clean");
    world.passes(&["origin", "main"]);
    world.desk.write("app.py", leak(NEW)).stage().commit("add");

    world.refused(&["origin", "main"]);
}

#[test]
fn each_namespace_of_a_server_is_judged() {
    let world = World::new();
    let into = "--receive-pack=git --namespace=one receive-pack";
    let names = world.server.git(&["for-each-ref", "--format=%(refname)"]);
    world.passes(&[into, "origin", "main"]);
    world.desk.write("app.py", leak(NEW)).stage().commit("add");

    world.refused(&[into, "origin", "main"]);

    let now = world.server.git(&["for-each-ref", "--format=%(refname)"]);
    assert_eq!(now, format!("{names}refs/namespaces/one/refs/heads/main\n"));
}

#[test]
fn what_the_one_who_pushes_sets_in_the_environment_changes_nothing() {
    let world = World::new();
    world.desk.write("app.py", leak(NEW)).stage().commit("add");
    let config = world.desk.at("lenient");
    let all = "[ideoguard]\n\tblock-severity = critical\n\tdisable-rules = ideogram-api-key\n\tbypass-users = *\n";
    std::fs::write(&config, all).unwrap();

    let ran: Ran = hermetic("git", world.desk.path())
        .env("GIT_CONFIG_GLOBAL", &config)
        .env("GIT_CONFIG_SYSTEM", &config)
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "ideoguard.policy")
        .env("GIT_CONFIG_VALUE_0", &config)
        .env("XDG_CONFIG_HOME", world.desk.path())
        .args(["push", "origin", "main"])
        .output()
        .unwrap()
        .into();

    assert_refused(&ran, "app.py:1");
}

#[test]
fn the_name_of_a_branch_is_judged_before_it_leaves() {
    let world = World::unguarded(Form::default());
    world.desk.git(&["fetch", "--quiet"]);
    world.desk.hook("pre-push");
    let name = format!("HEAD:refs/heads/for/{}", fake::github_token(NEW));

    world.refused(&["origin", &name]);

    world.passes(&["origin", "HEAD:refs/heads/for/me"]);
}

/// Names of folders that git puts in quotes where it tells a hook of them, or that look as if it did.
const ODD_FOLDERS: [&str; 5] = ["a:b", "\"a\":\\n", "\"a\"", "#a", "a\nb"];

#[test]
fn a_server_in_a_folder_of_any_name_is_guarded_and_lets_clean_pushes_pass() {
    for name in ODD_FOLDERS {
        let world = World::new();
        let (above, server) = (tempfile::tempdir().unwrap(), world.server.path().to_owned());
        let odd = above.path().join(name);
        std::fs::rename(&server, &odd).unwrap();
        let world = world.reached_at(odd.to_str().unwrap());
        world.desk.write("app.py", "clean\n").stage().commit("clean");
        let clean = world.push(&["origin", "main"]);
        world.desk.write("app.py", leak(NEW)).stage().commit("add");
        let ran = world.push(&["origin", "main"]);
        std::fs::rename(&odd, &server).unwrap();

        assert_eq!(clean.code, 0, "{name:?}: {}", clean.stderr);
        assert_refused(&ran, "app.py:1");
    }
}
