//! `pre-push`: the same question, asked before anything leaves.

use std::os::unix::fs::PermissionsExt;

use crate::gate::stories::{Must, STORIES};
use crate::gate::world::{Form, NEW, OLD, World, leak};

/// A server without a hook, and a desk with one.
fn guarded() -> World {
    let world = World::unguarded(Form::default());
    world.desk.git(&["fetch", "--quiet"]);
    let program = env!("CARGO_BIN_EXE_ideoguard");
    let path = ".git/hooks/pre-push";
    world.desk.write(path, format!("#!/bin/sh\nexec '{program}' hook pre-push \"$@\"\n"));
    std::fs::set_permissions(world.desk.at(path), std::fs::Permissions::from_mode(0o755)).unwrap();
    world
}

/// Stories that are another matter at the desk: there everybody is trusted with marks and the allow
/// file, and the name of a reference is seen by the server.
const OF_SERVERS: [&str; 3] = ["a mark beside the secret", "an allow file in the same push", "the name of a reference"];

#[test]
fn every_story_ends_at_the_desk_as_at_the_server() {
    for story in STORIES.iter().filter(|story| !OF_SERVERS.contains(&story.name)) {
        let world = guarded();
        let words = [&["origin"], &(story.make)(&world)[..]].concat();
        match story.must {
            Must::Refuse => drop(world.refused_in(story.name, &words)),
            Must::Pass => world.passes_in(story.name, &words),
        }
    }
}

#[test]
fn what_the_remote_has_is_not_judged_again() {
    let world = guarded();
    world.desk.write("app.py", leak(NEW)).stage().commit("add");
    assert_eq!(world.push(&["--no-verify", "--quiet", "origin", "main"]).code, 0);
    world.desk.write("clean.py", "clean\n").stage().commit("clean");

    world.passes(&["origin", "main", "main:refs/heads/topic"]);
}

#[test]
fn a_remote_without_a_name_is_judged_by_what_it_says_it_has() {
    let world = guarded();
    let url = world.server.path().to_str().unwrap().to_owned();
    world.desk.write("clean.py", "clean\n").stage().commit("clean");
    world.passes(&[&url, "main"]);

    // Nothing is known of what it has beside `main`.
    let seen = world.refused(&[&url, "main:refs/heads/topic"]);

    assert!(seen.contains("src/old.py:2"), "{seen}");
}

#[test]
fn marks_and_the_allow_file_count_at_the_desk() {
    let world = guarded();
    let line = format!("{} # ideoguard:allow a sample\n", leak(NEW).trim_end());
    world.desk.write("app.py", line).stage().commit("add");
    world.passes(&["origin", "main"]);

    world.desk.write(".ideoguard.toml", "[[allow]]\npaths = [\"b.py\"]\nreason = \"samples\"\n");
    world.desk.write("b.py", leak(4)).stage().commit("add");
    world.passes(&["origin", "main"]);
}

#[test]
fn a_refusal_at_the_desk_says_how_to_allow() {
    let world = guarded();
    world.desk.write("app.py", leak(NEW)).write("copy.py", leak(OLD)).stage().commit("add");

    let seen = world.refused(&["origin", "main"]);

    assert!(seen.contains("it holds 2 secrets in 1 commit"), "{seen}");
    assert!(seen.contains("ideoguard allow ig1:"), "{seen}");
}
