//! Every story over a path, on every kind of server.

use crate::gate::stories::{STORIES, many_commits, tell};
use crate::gate::world::{Form, NEW, World, leak};

#[test]
fn every_story_ends_as_it_must_on_a_plain_server() {
    for story in STORIES {
        tell(&World::new(), story);
    }
}

#[test]
fn every_story_ends_as_it_must_with_names_of_64_digits() {
    for story in STORIES {
        tell(&World::of(Form { both: &["--object-format=sha256"], server: &[] }), story);
    }
}

#[test]
fn every_story_ends_as_it_must_on_a_server_with_reftables() {
    for story in STORIES {
        tell(&World::of(Form { both: &[], server: &["--ref-format=reftable"] }), story);
    }
}

#[test]
fn every_story_ends_as_it_must_on_a_server_with_a_hostile_configuration() {
    for story in STORIES {
        let world = World::new();
        for (key, value) in [
            ("color.ui", "always"),
            ("core.attributesFile", "/nowhere"),
            ("diff.external", "/bin/false"),
            ("diff.noprefix", "true"),
            ("core.quotePath", "false"),
            ("log.showSignature", "true"),
            ("core.pager", "/bin/false"),
            ("receive.unpackLimit", "1"),
            ("core.bigFileThreshold", "10"),
        ] {
            world.server.git(&["config", key, value]);
        }
        tell(&world, story);
    }
}

#[test]
fn every_story_ends_as_it_must_with_packed_references_and_packs() {
    for story in STORIES {
        let world = World::new();
        world.server.git(&["gc", "--quiet"]);
        tell(&world, story);
    }
}

#[test]
fn a_secret_in_a_large_file_is_found() {
    let world = World::new();
    let line = "all work and no play makes a dull file\n".repeat(800_000);
    world.desk.write("large.txt", format!("{line}{}{line}", leak(NEW))).stage().commit("add");

    let seen = world.refused(&["origin", "main"]);

    assert!(seen.contains("large.txt:800001:21"), "{seen}");
}

#[test]
fn a_push_from_a_shallow_clone_is_judged_by_what_it_adds() {
    let world = World::new();
    world.server.git(&["config", "receive.shallowUpdate", "true"]);
    let desk = crate::common::TestRepo::new();
    let url = format!("file://{}", world.server.path().display());
    desk.git(&["fetch", "--quiet", "--depth=1", &url, "main"]);
    desk.git(&["reset", "--quiet", "--hard", "FETCH_HEAD"]);
    desk.write("clean.py", "clean\n").stage().commit("clean");
    desk.git(&["push", "--quiet", &url, "HEAD:refs/heads/clean"]);
    desk.write("app.py", leak(NEW)).stage().commit("add");

    let ran = desk.try_git(&["push", &url, "HEAD:refs/heads/leak"]);

    assert_ne!(ran.code, 0);
    assert!(ran.stderr.contains("app.py:1"), "{}", ran.stderr);
}

#[test]
fn a_shallow_history_that_the_server_does_not_have_is_judged_as_a_whole() {
    let world = World::new();
    world.server.git(&["config", "receive.shallowUpdate", "true"]);
    let elsewhere = World::unguarded(Form::default());
    elsewhere.desk.write("app.py", leak(NEW)).stage().commit("add");
    elsewhere.desk.write("more.py", "more\n").stage().commit("more");
    let desk = crate::common::TestRepo::new();
    desk.git(&["fetch", "--quiet", "--depth=1", &format!("file://{}", elsewhere.desk.path().display()), "main"]);
    desk.git(&["update-ref", "refs/heads/main", "FETCH_HEAD"]);

    let ran = desk.try_git(&["push", world.server.path().to_str().unwrap(), "main:refs/heads/shallow"]);

    assert_ne!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("app.py:1"), "{}", ran.stderr);
}

#[test]
fn update_judges_each_reference_by_itself() {
    let world = World::unguarded(Form::default());
    world.guard("update");
    world.desk.git(&["branch", "clean"]);
    many_commits(&world, 3);
    world.passes(&["origin", "main", "clean"]);
    world.desk.write("app.py", leak(NEW)).stage().commit("add");

    let seen = world.refused(&["origin", "main"]);

    assert!(seen.contains("app.py:1"), "{seen}");
    world.passes(&["origin", "main^:refs/heads/before", ":other"]);
}
