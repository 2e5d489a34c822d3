//! What is recorded of pushes, and that nothing passes which cannot be.

use crate::common::hermetic;
use crate::fake;
use crate::gate::world::{NEW, World, leak};
use crate::server::{Act, Server};

#[test]
fn a_refusal_is_recorded_with_who_what_and_where() {
    let world = World::new();
    let commit = world.desk.write("app.py", leak(NEW)).stage().commit("add");
    let mut push = hermetic("git", world.desk.path());
    let output = push.env("GITEA_PUSHER_NAME", "alice").args(["push", "origin", "main"]).output().unwrap();
    assert!(!output.status.success());

    let lines = world.recorded("ideoguard.push.refuse");

    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!((line["userId"].as_str(), line["result"].as_str()), (Some("alice"), Some("failure")));
    assert_eq!(line["resource"].as_str(), Some(world.server.path().to_str().unwrap()));
    assert_eq!(line["metadata"]["refs"][0]["ref"], "refs/heads/main");
    assert_eq!(line["metadata"]["refs"][0]["new"].as_str(), Some(commit.as_str()));
    let found = &line["metadata"]["findings"][0];
    assert_eq!((found["path"].as_str(), found["line"].as_u64()), (Some("app.py"), Some(1)));
    assert_eq!(found["commit"].as_str(), Some(commit.as_str()));
}

#[test]
fn a_token_that_takes_the_place_of_a_name_is_not_recorded() {
    let (world, token) = (World::new(), fake::github_token(4));
    world.desk.write("app.py", leak(NEW)).stage().commit("add");
    let mut push = hermetic("git", world.desk.path());
    push.env("REMOTE_USER", &token).env("GITEA_PUSHER_NAME", &token).env("GITEA_REPO_NAME", &token);

    let refused = push.args(["push", "origin", "main"]).output().unwrap();

    assert!(!refused.status.success());
    let lines = world.recorded("ideoguard.push.refuse");
    assert_eq!((lines[0]["userId"].as_str(), lines[0]["resource"].as_str()), (Some("ghp_…(40)"), Some("ghp_…(40)")));
}

#[test]
fn a_clean_push_leaves_no_line() {
    let world = World::new();
    world.desk.write("app.py", "clean\n").stage().commit("add");

    world.passes(&["origin", "main"]);

    assert!(!world.server.at("ideoguard").exists());
}

#[test]
fn what_must_be_recorded_and_cannot_be_is_refused() {
    use ideoguard::finding::{Fingerprint, Secret};
    let world = World::new();
    world.desk.write("app.py", leak(NEW)).stage().commit("add");
    let name = Fingerprint::of(&Secret::new(fake::ideogram_key(NEW))).to_string();
    world.says("allow-fingerprints", &name).says("audit-log", "readme/audit.jsonl");
    world.server.write("readme", "a file where a folder should be\n");

    let seen = world.refused(&["origin", "main"]);

    assert!(seen.contains("cannot be recorded"), "{seen}");
}

#[test]
fn a_refusal_is_delivered_at_once_and_a_webhook_that_fails_lets_nothing_through() {
    let world = World::new();
    let taken = Server::start(|_| Act::Answer(200, Vec::new()));
    world.server.write("secret", "made up, and long enough to sign with");
    let secret = world.server.at("secret");
    std::fs::set_permissions(secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    world.says("auditSecretFile", "secret").says("audit-timeout", "20").says("auditWebhook", &taken.url("/log"));
    world.desk.write("app.py", leak(NEW)).stage().commit("add");
    world.refused(&["origin", "main"]);
    let seen = taken.seen();
    assert_eq!(seen.len(), 1);
    assert!(String::from_utf8_lossy(&seen[0].body).contains("ideoguard.push.refuse"));

    let failing = Server::start(|_| Act::Answer(500, Vec::new()));
    world.server.git(&["config", "--unset-all", "ideoguard.auditWebhook"]);
    world.says("auditWebhook", &failing.url("/log"));
    world.refused(&["origin", "main"]);

    assert_eq!(world.recorded("ideoguard.push.refuse").len(), 2);
}

#[test]
fn a_push_that_cannot_be_judged_is_refused_and_that_is_recorded() {
    let world = World::new();
    world.desk.write("app.py", "clean\n").stage().commit("add");
    world.says("audit-log", "other.jsonl").says("no-such-key", "1");

    let seen = world.refused(&["origin", "main"]);

    assert!(seen.contains("no-such-key"), "{seen}");
    let log = std::fs::read_to_string(world.server.at("other.jsonl")).unwrap();
    assert!(log.contains("ideoguard.push.refuse") && log.contains("there is no such key"), "{log}");
}

#[test]
fn a_policy_file_that_is_not_understood_is_recorded_where_the_log_is_by_default() {
    let world = World::new();
    world.desk.write("app.py", "clean\n").stage().commit("add");
    world.server.write("policy.toml", "deadline = [[");
    world.says("policy", "policy.toml");

    world.refused(&["origin", "main"]);

    world.server.git(&["config", "--unset-all", "ideoguard.policy"]);
    let lines = world.recorded("ideoguard.push.refuse");
    assert_eq!(lines.len(), 1);
    assert!(lines[0]["metadata"]["reasons"][0].as_str().unwrap().contains("policy.toml:1"));
}

#[test]
fn input_that_is_no_list_of_references_is_recorded_without_what_it_holds() {
    let world = World::new();
    let key = fake::ideogram_key(NEW);

    let ran =
        crate::common::ideoguard_in(world.server.path(), &["hook", "pre-receive"], format!("{key} {key}\n").as_bytes());

    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let lines = world.recorded("ideoguard.push.refuse");
    assert_eq!(lines.len(), 1);
    assert!(!lines[0].to_string().contains(&key) && !ran.stderr.contains(&key));
}

#[test]
fn a_webhook_that_the_policy_describes_wrongly_refuses_the_push_and_names_the_key() {
    let world = World::new();
    world.desk.write("app.py", "clean\n").stage().commit("add");
    world.says("audit-webhook", "https://audit.example.org/log");

    let seen = world.refused(&["origin", "main"]);

    assert!(seen.contains("ideoguard.auditSecretFile"), "{seen}");
}
