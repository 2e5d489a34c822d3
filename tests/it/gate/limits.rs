//! Limits: beyond them a push is refused, or accepted and owed; it never just passes.

use crate::gate::world::{NEW, World, leak};

/// A world whose desk is about to push a secret on `main`.
fn leaking() -> World {
    let world = World::new();
    world.desk.write("app.py", leak(NEW)).write("large.txt", large()).stage().commit("add");
    world
}

/// Text enough that nothing is done with it before a clock is looked at.
fn large() -> String {
    "all work and no play makes a dull file\n".repeat(100_000)
}

#[test]
fn beyond_the_deadline_or_the_memory_a_push_is_refused_with_the_reason() {
    for (key, value, reason) in [("deadline", "1ms", "deadline"), ("memory", "1", "memory")] {
        let world = leaking();
        world.says(key, value);

        let seen = world.refused(&["origin", "main"]);

        assert!(seen.contains(reason), "{seen}");
        assert_eq!(world.recorded("ideoguard.push.refuse").len(), 1, "{key}");
    }
}

#[test]
fn what_is_owed_blocks_the_reference_until_it_is_paid() {
    let world = leaking();
    world.says("deadline", "1ms").says("over-limit", "owe");

    let ran = world.push(&["origin", "main"]);

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("scanned later"), "{}", ran.stderr);
    assert_eq!(world.recorded("ideoguard.push.owe").len(), 1);
    world.server.git(&["config", "--unset-all", "ideoguard.deadline"]);
    world.desk.write("clean.py", "clean\n").stage().commit("clean");
    let seen = world.refused(&["origin", "main"]);
    assert!(seen.contains("ideoguard audit settle"), "{seen}");
    world.passes(&["origin", "other:refs/heads/elsewhere"]);

    let settled = world.server.ideoguard(&["audit", "settle"]);

    assert_eq!(settled.code, 1, "{}{}", settled.stdout, settled.stderr);
    assert!(settled.stdout.contains("app.py:1"), "{}", settled.stdout);
    assert!(!settled.stdout.contains("old.py"), "{}", settled.stdout);
    assert_eq!(world.recorded("ideoguard.debt.leak").len(), 1);
    world.passes(&["origin", "main"]);
    let again = world.server.ideoguard(&["audit", "settle"]);
    assert_eq!(
        (again.code, again.stdout.as_str()),
        (0, "nothing to deliver to: `ideoguard.auditWebhook` is not set\n")
    );
}

#[test]
fn a_clean_debt_is_paid_without_a_finding_and_a_deletion_needs_no_payment() {
    let world = World::new();
    world.says("deadline", "1ms").says("over-limit", "owe");
    world.desk.write("large.txt", large()).stage().commit("clean");
    assert_eq!(world.push(&["origin", "main:refs/heads/x", "main:refs/heads/y"]).code, 0);
    world.server.git(&["config", "--unset-all", "ideoguard.deadline"]);
    world.passes(&["origin", ":refs/heads/y"]);

    let settled = world.server.ideoguard(&["audit", "settle"]);

    assert_eq!(settled.code, 0, "{}{}", settled.stdout, settled.stderr);
    assert_eq!(world.recorded("ideoguard.debt.settle").len(), 2);
}

#[test]
fn a_debt_that_cannot_be_scanned_stays_owed() {
    let world = leaking();
    world.says("deadline", "1ms").says("over-limit", "owe");
    assert_eq!(world.push(&["origin", "main"]).code, 0);
    let blob = world.server.git(&["rev-parse", "main:app.py"]);
    let blob = blob.trim();
    std::fs::remove_file(world.server.at(&format!("objects/{}/{}", &blob[..2], &blob[2..]))).unwrap();

    let settled = world.server.ideoguard(&["audit", "settle"]);

    assert_eq!(settled.code, 3, "{}{}", settled.stdout, settled.stderr);
    assert!(settled.stdout.contains("still owed"), "{}", settled.stdout);
}

#[test]
fn a_debt_that_cannot_be_read_is_said_and_the_others_are_paid() {
    let world = World::new();
    world.says("deadline", "1ms").says("over-limit", "owe");
    world.desk.write("large.txt", large()).stage().commit("clean");
    assert_eq!(world.push(&["origin", "main:refs/heads/x"]).code, 0);
    let damaged = world.server.at("ideoguard/debts").read_dir().unwrap();
    let damaged =
        damaged.map(|file| file.unwrap().path()).find(|path| path.extension().is_some_and(|end| end == "json"));
    let damaged = damaged.unwrap();
    assert_eq!(world.push(&["origin", "main:refs/heads/y"]).code, 0);
    std::fs::write(&damaged, "{").unwrap();
    world.server.git(&["config", "--unset-all", "ideoguard.deadline"]);

    let settled = world.server.ideoguard(&["audit", "settle"]);

    assert_eq!(settled.code, 3, "{}{}", settled.stdout, settled.stderr);
    assert!(settled.stdout.contains("refs/heads/y: paid"), "{}", settled.stdout);
    let name = damaged.file_name().unwrap().to_str().unwrap();
    assert!(settled.stdout.contains(name) && settled.stdout.contains("still owed"), "{}", settled.stdout);
    assert_eq!(debts(&world), 1);
}

#[test]
fn what_cannot_be_recorded_as_owed_is_refused_and_leaves_no_debt() {
    let world = leaking();
    world.says("deadline", "1ms").says("over-limit", "owe").says("audit-log", "objects");

    let seen = world.push(&["origin", "main"]);

    assert_ne!(seen.code, 0, "{}", seen.stderr);
    assert!(seen.stderr.contains("cannot be recorded"), "{}", seen.stderr);
    assert_eq!(debts(&world), 0);
}

#[test]
fn a_debt_whose_push_is_gone_is_said_and_recorded_and_blocks_no_longer() {
    let world = leaking();
    world.says("deadline", "1ms").says("over-limit", "owe");
    assert_eq!(world.push(&["origin", "main:refs/heads/x"]).code, 0);
    world.server.git(&["config", "--unset-all", "ideoguard.deadline"]);
    world.passes(&["origin", ":refs/heads/x"]);
    world.server.git(&["prune", "--expire=now"]);

    let settled = world.server.ideoguard(&["audit", "settle"]);

    assert_eq!(settled.code, 3, "{}{}", settled.stdout, settled.stderr);
    assert!(settled.stdout.contains("refs/heads/x: nothing is owed any more"), "{}", settled.stdout);
    assert_eq!(world.recorded("ideoguard.debt.lost").len(), 1);
    assert_eq!(debts(&world), 0);
    world.passes(&["origin", "other:refs/heads/x"]);
}

#[test]
fn of_several_that_settle_at_once_one_pays() {
    let world = leaking();
    world.says("deadline", "1ms").says("over-limit", "owe");
    assert_eq!(world.push(&["origin", "main"]).code, 0);

    let settle = || world.server.ideoguard(&["audit", "settle"]).code;
    let mut codes = std::thread::scope(|scope| {
        let all: Vec<_> = (0..3).map(|_| scope.spawn(settle)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });

    codes.sort_unstable();
    assert_eq!(codes, [0, 0, 1]);
    assert_eq!(world.recorded("ideoguard.debt.leak").len(), 1);
}

#[test]
fn a_receiver_that_hangs_takes_no_longer_than_the_deadline_leaves() {
    let world = leaking();
    let receiver = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    world.server.write("secret", "a secret for tests, long enough to sign with");
    world.says("audit-webhook", &format!("http://{}/log", receiver.local_addr().unwrap()));
    world.says("audit-secret-file", world.server.at("secret").to_str().unwrap());
    world.says("audit-timeout", "60").says("deadline", "5s");

    let start = std::time::Instant::now();
    world.refused(&["origin", "main"]);

    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

/// How many debts a server keeps.
fn debts(world: &World) -> usize {
    let files = std::fs::read_dir(world.server.at("ideoguard/debts")).unwrap();
    files.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|end| end == "json")).count()
}
