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
