//! Many pushes at once, many references, and hooks that are killed: every verdict stays right, every record whole.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use ideoguard::finding::{Fingerprint, Secret};

use crate::common::{Ran, TestRepo, hermetic};
use crate::fake;
use crate::gate::roads::Road;
use crate::gate::world::{Form, NEW, World, leak};

/// How many push at the same time.
const PUSHERS: u64 = 50;

/// A desk of its own for each pusher, with one commit on a branch of its own: every other one leaks.
fn desks(world: &World) -> Vec<(bool, TestRepo)> {
    let desk = |number: u64| {
        let desk = TestRepo::new();
        desk.git(&["fetch", "--quiet", world.server.path().to_str().unwrap(), "main"]);
        desk.git(&["reset", "--quiet", "--hard", "FETCH_HEAD"]);
        let is_leak = number % 2 == 1;
        let text = if is_leak { leak(1000 + number) } else { format!("clean {number}\n") };
        desk.write("app.py", text).stage().commit(&format!("push {number}"));
        (is_leak, desk)
    };
    (0..PUSHERS).map(desk).collect()
}

/// Lets all push at the same time, and sees to it that each verdict is right and recorded.
#[track_caller]
fn all_push_at_once(world: &World, url: &str) {
    let desks = desks(world);

    let ran: Vec<(bool, Ran)> = thread::scope(|scope| {
        let mut threads = Vec::new();
        for (number, (is_leak, desk)) in desks.iter().enumerate() {
            threads.push(scope.spawn(move || {
                let mut git = hermetic("git", desk.path());
                git.args(["push", url, &format!("HEAD:refs/heads/push/{number}")]);
                (*is_leak, Ran::from(git.output().unwrap()))
            }));
        }
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });

    for (number, (is_leak, ran)) in ran.iter().enumerate() {
        assert_eq!(ran.code != 0, *is_leak, "{number}: {}", ran.stderr);
        assert_eq!(ran.stderr.contains("it holds 1 secret in 1 commit"), *is_leak, "{number}: {}", ran.stderr);
    }
    let names = world.server.git(&["for-each-ref", "--format=%(refname:short)", "refs/heads/push"]);
    let there: BTreeSet<u64> = names.lines().map(|name| name.strip_prefix("push/").unwrap().parse().unwrap()).collect();
    assert_eq!(there, (0..PUSHERS).filter(|number| number % 2 == 0).collect());
    let recorded = world.recorded("ideoguard.push.refuse");
    let found: BTreeSet<&str> =
        recorded.iter().map(|line| line["metadata"]["findings"][0]["fingerprint"].as_str().unwrap()).collect();
    assert_eq!((recorded.len() as u64, found.len() as u64), (PUSHERS / 2, PUSHERS / 2));
    world.server.git(&["fsck", "--no-dangling", "--strict"]);
}

#[test]
fn fifty_pushes_at_once_are_each_judged_and_recorded() {
    let world = World::new();

    all_push_at_once(&world, world.server.path().to_str().unwrap());
}

#[test]
fn fifty_pushes_at_once_are_each_judged_over_the_protocol_of_git() {
    let (world, road) = (World::new(), Road::daemon());

    all_push_at_once(&world, &road.url(world.server.path()));
}

#[test]
fn one_secret_that_ten_push_at_once_is_refused_ten_times() {
    let world = World::new();
    world.desk.write("app.py", leak(NEW)).stage().commit("add");

    let codes: Vec<i32> = thread::scope(|scope| {
        let desk = world.desk.path();
        let push = |number: usize| {
            scope.spawn(move || {
                let mut git = hermetic("git", desk);
                git.args(["push", "origin", &format!("main:refs/heads/{number}")])
                    .output()
                    .unwrap()
                    .status
                    .code()
                    .unwrap()
            })
        };
        let threads: Vec<_> = (0..10).map(push).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });

    assert!(codes.iter().all(|code| *code != 0), "{codes:?}");
    assert_eq!(world.recorded("ideoguard.push.refuse").len(), 10);
}

#[test]
fn a_server_with_three_hundred_thousand_references_is_pushed_to_as_any_other() {
    use std::fmt::Write;
    let world = World::new();
    let base = world.server.git(&["rev-parse", "main"]);
    let other = world.server.git(&["rev-parse", "other"]);
    let (base, other) = (base.trim(), other.trim());
    let mut packed = "# pack-refs with: peeled fully-peeled sorted \n".to_owned();
    for number in 0..300_000 {
        writeln!(packed, "{base} refs/changes/{number:06}").unwrap();
    }
    writeln!(packed, "{other} refs/zz/last").unwrap();
    world.server.write("packed-refs", packed);
    world.server.git(&["update-ref", "-d", "refs/heads/other"]);
    world.desk.write("clean.py", "clean\n").stage().commit("clean");
    world.passes(&["origin", "main"]);
    // What only the last of them leads to is old.
    world.passes(&["origin", "other"]);
    world.desk.write("app.py", leak(NEW)).stage().commit("add");

    let seen = world.refused(&["origin", "main"]);

    assert!(seen.contains("app.py:1"), "{seen}");
}

/// Puts a hook in place that runs ours, and kills it with all that it started after some milliseconds.
fn guard_and_kill_after(world: &World, millis: u64) {
    let program = env!("CARGO_BIN_EXE_ideoguard");
    world.guard("pre-receive");
    let text = format!(
        "#!/bin/sh\nexec timeout -s KILL {}.{:03} '{program}' hook pre-receive\n",
        millis / 1000,
        millis % 1000
    );
    world.server.write("hooks/pre-receive", text);
}

#[test]
fn a_hook_that_is_killed_at_any_moment_refuses_and_leaves_everything_whole() {
    let world = World::of(Form::default());
    let before = world.refs();
    let mut ended = BTreeSet::new();
    let many = (0..20_000).map(|number| format!("line {number} of a long file\n")).collect::<Vec<_>>().concat();

    for round in 0..40 {
        world.desk.write("app.py", format!("{many}{}", leak(2000 + round))).stage().commit("add");
        guard_and_kill_after(&world, 1 + round * 4);

        let ran = world.push(&["origin", "main"]);

        assert_ne!(ran.code, 0, "{round}: {}", ran.stderr);
        ended.insert(ran.stderr.contains("it holds"));
        world.desk.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    }

    assert_eq!(world.refs(), before);
    world.server.git(&["fsck", "--no-dangling", "--strict"]);
    assert!(ended.contains(&false), "none was killed before its end");
    world.guard("pre-receive");
    world.desk.write("app.py", leak(NEW)).stage().commit("add");
    world.refused(&["origin", "main"]);
    // The chain goes on over whatever the killed ones left.
    assert!(!world.recorded("ideoguard.push.refuse").is_empty());
    world.desk.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    world.desk.write("clean.py", "clean\n").stage().commit("clean");
    world.passes(&["origin", "main"]);
}

#[test]
fn a_bypass_that_is_killed_passes_only_if_it_was_recorded() {
    let world = World::new();
    world.says("bypass-users", "*");
    let name = Fingerprint::of(&Secret::new(fake::ideogram_key(NEW))).to_string();
    let option = format!("ideoguard.bypass={name};reason=made up");
    let mut passed = 0;

    for (number, millis) in [2, 5, 9, 15, 25, 40, 60, 100, 10_000].into_iter().enumerate() {
        world.desk.git(&["checkout", "--quiet", "-B", &format!("b{number}"), "main"]);
        // Another text each time: what a branch has already would pass by itself.
        world.desk.write("app.py", format!("{number}\n{}", leak(NEW))).stage().commit("add");
        guard_and_kill_after(&world, millis);
        passed += usize::from(world.push(&["-o", &option, "origin", &format!("b{number}")]).code == 0);
    }

    assert!(passed > 0);
    assert!(world.recorded("ideoguard.push.bypass").len() >= passed);
}

#[test]
fn a_push_whose_program_is_killed_as_a_whole_leaves_everything_whole() {
    let world = World::new();
    let before = world.refs();
    let noise: Vec<u8> = (0..40).flat_map(|seed| fake::bytes(seed, 100_000)).collect();
    world.desk.write("noise.bin", noise).write("app.py", leak(NEW)).stage().commit("add");

    for round in 0..15 {
        let mut git = hermetic("git", world.desk.path());
        git.args(["push", "origin", "main"]).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let mut child = git.spawn().unwrap();
        thread::sleep(Duration::from_millis(round * 12));
        let group = format!("-{}", child.id());
        // It may be done already.
        let _ = Command::new("kill").args(["-9", "--", &group]).stderr(Stdio::null()).status().unwrap();
        child.wait().unwrap();
    }

    assert_eq!(world.refs(), before);
    world.server.git(&["fsck", "--no-dangling", "--strict"]);
    world.refused(&["origin", "main"]);
    assert!(!world.recorded("ideoguard.push.refuse").is_empty());
    assert!(fs::read_dir(world.server.at("objects")).unwrap().count() > 0);
}
