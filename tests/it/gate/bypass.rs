//! Push options by which somebody answers for a finding.

use std::path::PathBuf;

use crate::common::{Ran, hermetic};
use crate::fake;
use crate::gate::world::{NEW, World, leak};

/// The name of a made-up key's finding.
fn name(seed: u64) -> String {
    use ideoguard::finding::{Fingerprint, Secret};
    Fingerprint::of(&Secret::new(fake::ideogram_key(seed))).to_string()
}

/// A world whose desk is about to push a secret on `main`.
fn leaking() -> World {
    let world = World::new();
    world.desk.write("app.py", leak(NEW)).stage().commit("add");
    world
}

/// Pushes `main` with an option, as a user whom the server names.
fn push(world: &World, user: &str, option: &str) -> Ran {
    let mut git = hermetic("git", world.desk.path());
    git.env("REMOTE_USER", user).args(["push", "-o", option, "origin", "main"]).output().unwrap().into()
}

#[test]
fn whom_the_policy_names_may_answer_for_a_finding_and_it_is_recorded() {
    let world = leaking();
    world.says("bypass-users", "alice");
    let option = format!("ideoguard.bypass={};reason=made up for the tutorial;ticket=SEC-7", name(NEW));
    let ran = push(&world, "bob", &option);
    assert_ne!(ran.code, 0);
    assert!(ran.stderr.contains("does not name bob"), "{}", ran.stderr);

    let ran = push(&world, "alice", &option);

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("alice answers for"), "{}", ran.stderr);
    let lines = world.recorded("ideoguard.push.bypass");
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["userId"], "alice");
    assert_eq!(lines[0]["metadata"]["tickets"][0], "SEC-7");
    let found = &lines[0]["metadata"]["findings"][0];
    assert_eq!(found["fingerprint"].as_str(), Some(name(NEW).as_str()));
    assert_eq!(found["reason"], "bypass: made up for the tutorial (ticket SEC-7)");
    assert_eq!(world.recorded("ideoguard.push.refuse").len(), 1);
}

#[test]
fn nobody_may_unless_the_policy_says_so() {
    let world = leaking();

    let ran = push(&world, "alice", &format!("ideoguard.bypass={};reason=made up", name(NEW)));

    assert_ne!(ran.code, 0);
    assert!(ran.stderr.contains("lets nobody bypass"), "{}", ran.stderr);
}

#[test]
fn a_bypass_is_for_the_secrets_that_it_names_and_no_other() {
    let world = leaking();
    world.says("bypass-users", "*");
    world.desk.write("b.py", leak(4)).stage().commit("another");

    let ran = push(&world, "alice", &format!("ideoguard.bypass={};reason=made up", name(NEW)));

    assert_ne!(ran.code, 0);
    assert!(ran.stderr.contains("b.py:1") && !ran.stderr.contains("app.py"), "{}", ran.stderr);
    let both = format!("ideoguard.bypass={},{};reason=made up", name(NEW), name(4));
    assert_eq!(push(&world, "alice", &both).code, 0);
}

#[test]
fn a_bypass_without_a_reason_is_refused_with_the_right_syntax() {
    let world = leaking();
    world.says("bypass-users", "*");
    for option in ["ideoguard.bypass", "ideoguard.skip", &format!("ideoguard.bypass={};reason=", name(NEW))] {
        let ran = push(&world, "alice", option);

        assert_ne!(ran.code, 0, "{option}");
        assert!(ran.stderr.contains("ideoguard.bypass=FINGERPRINT[,…];reason=WHY"), "{option}: {}", ran.stderr);
    }
}

#[test]
fn options_of_other_tools_are_answered_with_ours() {
    let world = leaking();
    for option in ["breakglass", "secret_push_protection.skip_all"] {
        let ran = push(&world, "alice", option);

        assert_ne!(ran.code, 0, "{option}");
        assert!(ran.stderr.contains(&format!("`{option}`")), "{}", ran.stderr);
        assert!(ran.stderr.contains("ideoguard.bypass=FINGERPRINT"), "{}", ran.stderr);
    }
}

#[test]
fn a_secret_in_a_reason_is_not_recorded() {
    let world = leaking();
    world.says("bypass-users", "*");

    let reason = format!("it is {}", fake::github_token(5));
    let ran = push(
        &world,
        "alice",
        &format!("ideoguard.bypass={};reason={reason};ticket={}", name(NEW), fake::github_token(6)),
    );

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(world.recorded("ideoguard.push.bypass").len(), 1);
}

/// Makes a key for signing at the desk, and lets the server know it.
pub(crate) fn sign(world: &World) -> PathBuf {
    let key = world.desk.at(".git/key");
    let path = key.to_str().unwrap();
    let words = ["-q", "-t", "ed25519", "-N", "", "-C", "alice", "-f", path];
    assert!(hermetic("ssh-keygen", world.desk.path()).args(words).status().unwrap().success());
    let public = std::fs::read_to_string(world.desk.at(".git/key.pub")).unwrap();
    world.server.write("signers", format!("alice@example.org {public}"));
    let signers = world.server.at("signers");
    for (key, value) in [
        ("receive.certNonceSeed", "some words"),
        ("gpg.format", "ssh"),
        ("gpg.ssh.allowedSignersFile", signers.to_str().unwrap()),
    ] {
        world.server.git(&["config", key, value]);
    }
    world.desk.git(&["config", "gpg.format", "ssh"]);
    world.desk.git(&["config", "user.signingKey", path]);
    key
}

#[test]
fn where_the_policy_wants_a_signed_push_only_a_signed_push_bypasses() {
    let world = leaking();
    sign(&world);
    world.says("bypass-users", "alice@example.org").says("bypass-signed", "true").says("user-sources", "certificate");
    let option = format!("ideoguard.bypass={};reason=made up", name(NEW));
    let ran = push(&world, "alice@example.org", &option);
    assert_ne!(ran.code, 0);

    let words = ["push", "--signed", "-o", &option, "origin", "main"];
    let ran: Ran = hermetic("git", world.desk.path()).args(words).output().unwrap().into();

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(world.recorded("ideoguard.push.bypass")[0]["userId"], "alice@example.org");
}

#[test]
fn a_push_signed_by_somebody_whom_the_server_does_not_know_bypasses_nothing() {
    let world = leaking();
    sign(&world);
    world.server.write("signers", "");
    world.says("bypass-users", "*").says("bypass-signed", "true");

    let option = format!("ideoguard.bypass={};reason=made up", name(NEW));
    let words = ["push", "--signed", "-o", &option, "origin", "main"];
    let ran: Ran = hermetic("git", world.desk.path()).args(words).output().unwrap().into();

    assert_ne!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("takes a signed push"), "{}", ran.stderr);
}

#[test]
fn an_unsigned_push_of_a_named_user_is_told_to_sign() {
    let world = leaking();
    world.says("bypass-users", "alice").says("bypass-signed", "true");

    let ran = push(&world, "alice", &format!("ideoguard.bypass={};reason=made up", name(NEW)));

    assert_ne!(ran.code, 0);
    assert!(ran.stderr.contains("git push --signed"), "{}", ran.stderr);
}
