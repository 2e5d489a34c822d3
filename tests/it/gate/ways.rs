//! Every story over the network, and every trick on every kind of server.

use crate::gate::roads::Road;
use crate::gate::stories::{STORIES, Story, tell};
use crate::gate::tricks::TRICKS;
use crate::gate::world::{Form, World};

/// Tells stories, each of a world of its own that is reached over a road.
#[track_caller]
fn tell_over<'a>(road: &Road, stories: impl IntoIterator<Item = &'a Story>) {
    for story in stories {
        let world = World::new();
        let url = road.url(world.server.path());
        world.server.git(&["config", "http.receivepack", "true"]);
        tell(&world.reached_at(&url), story);
    }
    assert_eq!(road.troubles().lines().filter(|line| !line.contains("server st")).count(), 0, "{}", road.troubles());
}

#[test]
fn every_story_ends_as_it_must_over_the_protocol_of_git() {
    tell_over(&Road::daemon(), STORIES);
}

#[test]
fn every_trick_fails_over_the_protocol_of_git() {
    tell_over(&Road::daemon(), TRICKS.into_iter().flatten());
}

#[test]
#[ignore = "needs the package lighttpd: cargo test --locked --test it over_http -- --ignored"]
fn every_story_ends_as_it_must_over_http() {
    tell_over(&Road::web(), STORIES);
}

#[test]
#[ignore = "needs the package lighttpd: cargo test --locked --test it over_http -- --ignored"]
fn every_trick_fails_over_http() {
    tell_over(&Road::web(), TRICKS.into_iter().flatten());
}

#[test]
fn every_trick_fails_on_a_plain_server() {
    for story in TRICKS.into_iter().flatten() {
        tell(&World::new(), story);
    }
}

#[test]
fn every_trick_fails_with_names_of_64_digits() {
    for story in TRICKS.into_iter().flatten() {
        tell(&World::of(Form { both: &["--object-format=sha256"], server: &[] }), story);
    }
}

#[test]
fn every_trick_fails_on_a_server_with_reftables() {
    for story in TRICKS.into_iter().flatten() {
        tell(&World::of(Form { both: &[], server: &["--ref-format=reftable"] }), story);
    }
}

#[test]
fn every_trick_fails_on_a_server_that_keeps_packs() {
    for story in TRICKS.into_iter().flatten() {
        let world = World::new();
        world.server.git(&["config", "receive.unpackLimit", "1"]);
        world.server.git(&["repack", "--quiet", "-a", "-d", "--write-bitmap-index"]);
        world.server.git(&["commit-graph", "write", "--reachable"]);
        world.server.git(&["multi-pack-index", "write"]);
        tell(&world, story);
    }
}
