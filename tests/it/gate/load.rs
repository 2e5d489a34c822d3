//! Many pushes at once, and hooks that are killed: every verdict stays right, and the record whole.

use std::os::unix::fs::PermissionsExt;

use crate::common::hermetic;
use crate::fake;
use crate::gate::world::{NEW, World, leak};

#[test]
fn fifty_pushes_at_once_are_each_judged_right_and_recorded() {
    let world = World::new();
    for number in 0..50 {
        world.desk.git(&["checkout", "--quiet", "-b", &format!("b{number}"), "main"]);
        let content = if number % 2 == 0 { leak(NEW) } else { format!("clean {number}\n") };
        world.desk.write(&format!("app{number}.py"), content).stage().commit("add");
    }

    let pushes: Vec<_> = (0..50)
        .map(|number| {
            let mut push = hermetic("git", world.desk.path());
            push.args(["push", "--quiet", "origin", &format!("b{number}")]);
            push.stderr(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();

    for (number, push) in pushes.into_iter().enumerate() {
        let output = push.wait_with_output().unwrap();
        assert_eq!(output.status.success(), number % 2 == 1, "{number}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(world.recorded("ideoguard.push.refuse").len(), 25);
    let refs = world.refs();
    assert!((0..50).all(|number| refs.contains(&format!("refs/heads/b{number} ")) == (number % 2 == 1)), "{refs}");
}

/// Replaces the hook by one that is killed after so many milliseconds, if it is not done.
fn killed_after(world: &World, millis: u32) {
    let program = env!("CARGO_BIN_EXE_ideoguard");
    let seconds = f64::from(millis) / 1000.0;
    let script = format!("#!/bin/sh\nexec timeout -s KILL {seconds} '{program}' hook pre-receive\n");
    world.server.write("hooks/pre-receive", script);
    std::fs::set_permissions(world.server.at("hooks/pre-receive"), std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_hook_that_is_killed_at_any_moment_refuses_and_leaves_everything_whole() {
    let world = World::new();
    world.desk.write("app.py", leak(NEW)).stage().commit("add");
    let before = world.refs();

    for millis in [1, 2, 3, 5, 8, 12, 18, 25, 35, 50, 70, 100] {
        killed_after(&world, millis);
        let ran = world.push(&["origin", "main"]);
        assert_ne!(ran.code, 0, "after {millis} ms: {}", ran.stderr);
    }

    assert_eq!(world.refs(), before);
    world.server.git(&["fsck", "--strict", "--no-dangling"]);
    world.guard("pre-receive");
    world.refused(&["origin", "main"]);
    assert!(!world.recorded("ideoguard.push.refuse").is_empty());
}

#[test]
fn a_bypass_that_is_killed_passes_only_if_it_was_recorded() {
    use ideoguard::finding::{Fingerprint, Secret};
    let world = World::new();
    world.says("bypass-users", "*");
    let name = Fingerprint::of(&Secret::new(fake::ideogram_key(NEW))).to_string();
    let option = format!("ideoguard.bypass={name};reason=made up");
    let mut passed = 0;
    for (number, millis) in [2, 5, 9, 15, 25, 40, 60, 100, 10_000].into_iter().enumerate() {
        world.desk.git(&["checkout", "--quiet", "-B", &format!("b{number}"), "main"]);
        // Another text each time: what a branch has already would pass by itself.
        world.desk.write("app.py", format!("{number}\n{}", leak(NEW))).stage().commit("add");
        killed_after(&world, millis);
        passed += usize::from(world.push(&["-o", &option, "origin", &format!("b{number}")]).code == 0);
    }

    assert!(passed > 0);
    assert!(world.recorded("ideoguard.push.bypass").len() >= passed);
}
