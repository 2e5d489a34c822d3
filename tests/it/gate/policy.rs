//! The policy of a server: only the server's word counts, and what makes no sense refuses everything.

use crate::common::{hermetic, ideoguard_in};
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

#[test]
fn a_secret_that_the_policy_names_passes() {
    let world = leaking();
    world.says("allow-fingerprints", &name(NEW));

    world.passes(&["origin", "main"]);

    assert_eq!(world.recorded("ideoguard.push.accept").len(), 1);
}

#[test]
fn what_the_policy_file_says_counts_and_git_config_counts_more() {
    let world = leaking();
    world.server.write("policy.toml", format!("allow-fingerprints = [\"{}\"]\n", name(NEW)));
    world.says("policy", "policy.toml").says("allow-fingerprints", &name(9));
    world.refused(&["origin", "main"]);
    world.server.git(&["config", "--unset-all", "ideoguard.allow-fingerprints"]);

    world.passes(&["origin", "main"]);
}

#[test]
fn what_the_configuration_includes_counts_however_the_section_is_written() {
    let world = leaking();
    world.server.write("more", format!("[IdeoGuard]\n\tAllow-Fingerprints = {}\n", name(NEW)));
    world.refused(&["origin", "main"]);
    world.server.git(&["config", "include.path", "more"]);

    world.passes(&["origin", "main"]);
}

#[test]
fn what_makes_no_sense_refuses_every_push_and_names_the_key() {
    let world = World::new();
    world.desk.write("clean.py", "clean\n").stage().commit("clean");
    for (key, value) in [
        ("block-everything", "true"),
        ("block-confidence", "quite"),
        ("deadline", "soon"),
        ("memory", "0"),
        ("allow-fingerprints", "all"),
        ("disable-rules", "no-such-rule"),
        ("repository-marks", "perhaps"),
        ("over-limit", "accept"),
        ("user-sources", "guess"),
        ("protected-branch", "main"),
        ("preset", "gitlab"),
        ("policy", "no-such-file.toml"),
        ("allow-file", "no-such-file.toml"),
    ] {
        world.says(key, value);

        let seen = world.refused(&["origin", "main"]);

        let named = if value.contains("no-such-file") { value } else { key };
        assert!(seen.contains(named), "{key}: {seen}");
        world.server.git(&["config", "--unset-all", &format!("ideoguard.{key}")]);
    }
    for (text, named) in
        [("deadline = 4\n", "`deadline`"), ("\n\nnope = 1\n", "policy.toml:3: `nope`"), ("x\n", "policy.toml:1")]
    {
        world.server.write("policy.toml", text);
        world.server.git(&["config", "ideoguard.policy", "policy.toml"]);

        let seen = world.refused(&["origin", "main"]);

        let words: String = seen.replace("remote: ", "").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(named), "{words}");
    }
    world.server.write("policy.toml", "");
    world.passes(&["origin", "main"]);
}

#[test]
fn the_environment_and_the_config_of_the_one_who_pushes_change_nothing() {
    let world = leaking();
    world.desk.git(&["config", "ideoguard.allow-fingerprints", &name(NEW)]);
    world.desk.write(".gitconfig", format!("[ideoguard]\n\tallow-fingerprints = {}\n", name(NEW)));

    let mut push = hermetic("git", world.desk.path());
    push.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", "ideoguard.allow-fingerprints");
    push.env("GIT_CONFIG_VALUE_0", name(NEW)).env("GIT_CONFIG_GLOBAL", world.desk.at(".gitconfig"));
    push.env("IDEOGUARD_CONFIG", "x").env("IDEOGUARD_POLICY", "x");
    let output = push.args(["push", "origin", "main"]).output().unwrap();

    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("this push is refused"));
}

#[test]
fn marks_count_where_the_policy_says_so() {
    let world = World::new();
    let line = format!("{} # ideoguard:allow a sample\n", leak(NEW).trim_end());
    world.desk.write("app.py", line).stage().commit("add");
    let seen = world.refused(&["origin", "main"]);
    assert!(seen.contains("mark"), "{seen}");

    world.says("repository-marks", "true").passes(&["origin", "main"]);
}

#[test]
fn the_allow_file_of_the_branch_counts_as_it_was_before_the_push() {
    let world = World::new();
    world.says("repository-allow-file", "true");
    let allow = "[[allow]]\npaths = [\"app.py\"]\nreason = \"samples\"\n";
    world.desk.write(".ideoguard.toml", allow).write("app.py", leak(NEW)).stage().commit("both at once");
    world.refused(&["origin", "main"]);
    world.desk.git(&["reset", "--quiet", "--soft", "HEAD^"]);
    world.desk.git(&["reset", "--quiet", "app.py"]);
    world.desk.commit("the allow file");
    world.passes(&["origin", "main"]);

    world.desk.stage().commit("what it allows");
    world.passes(&["origin", "main"]);
}

#[test]
fn an_allow_file_of_the_branch_that_is_wrong_allows_nothing_and_can_be_mended() {
    let world = World::new();
    world.desk.write(".ideoguard.toml", "[[allow]]\n").stage().commit("wrong");
    world.passes(&["origin", "main"]);
    world.says("repository-allow-file", "true");
    world.desk.write("app.py", leak(NEW)).stage().commit("add");
    let seen = world.refused(&["origin", "main"]);
    assert!(seen.contains("does not count"), "{seen}");

    world.desk.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    world.desk.write(".ideoguard.toml", "").stage().commit("mended");
    world.passes(&["origin", "main"]);
}

#[test]
fn the_baseline_of_the_branch_and_files_on_the_server_count_where_the_policy_says_so() {
    let world = leaking();
    let line = format!("{} ideogram-api-key who=\"A\" reason=\"old\"\n", name(NEW));
    world.server.write("known", &line);
    world.says("baseline", "known").passes(&["origin", "main"]);

    world.desk.write("b.py", leak(4)).stage().commit("another");
    world.refused(&["origin", "main"]);
    world.server.write("allow.toml", "[[allow]]\npaths = [\"b.py\"]\nreason = \"samples\"\n");
    world.says("allow-file", "allow.toml").passes(&["origin", "main"]);

    world.desk.write(".ideoguard/baseline", line.replace(&name(NEW), &name(5))).stage().commit("the baseline");
    world.passes(&["origin", "main"]);
    world.desk.write("c.py", leak(5)).stage().commit("what it knows");
    world.refused(&["origin", "main"]);
    world.says("repository-baseline", "true").passes(&["origin", "main"]);
}

#[test]
fn rules_and_grades_are_the_servers_to_choose() {
    let world = leaking();
    world.says("disable-rules", "ideogram-api-key");
    world.passes(&["origin", "main"]);
    world.desk.write("b.py", format!("token = '{}'\n", fake::github_token(4))).stage().commit("another");
    world.says("block-severity", "critical").says("block-confidence", "certain");
    world.says("disable-rules", "");

    let seen = world.refused(&["origin", "main"]);

    assert!(seen.contains("b.py:1"), "{seen}");
}

#[test]
fn the_policy_in_force_is_shown_with_where_it_comes_from() {
    let world = World::new();
    world.server.write("policy.toml", "# ours\nblock-severity = \"high\"\nbypass-users = [\"alice\", \"bob\"]\n");
    world.says("policy", "policy.toml").says("preset", "github-enterprise").says("bypass-users", "carol");
    let folder = world.server.path().display().to_string();

    let text = world.server.ideoguard(&["policy", "check"]);
    let json = ideoguard_in(world.desk.path(), &["policy", "check", "--format", "json", &folder], b"");

    assert_eq!((text.code, json.code), (0, 0), "{}{}", text.stderr, json.stderr);
    let parsed: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let of = |key: &str| parsed["settings"].as_array().unwrap().iter().find(|row| row["key"] == key).unwrap().clone();
    assert_eq!(
        (of("block-severity")["value"].as_str(), of("block-severity")["line"].as_u64()),
        (Some("high"), Some(2))
    );
    assert_eq!(of("bypass-users")["value"][0], "carol");
    assert_eq!((of("deadline")["value"].as_str(), of("deadline")["source"].as_str()), (Some("4s"), Some("preset")));
    insta::assert_snapshot!(text.stdout.replace(&folder, "[server]"));
}

#[test]
fn a_policy_that_makes_no_sense_is_told_with_its_place() {
    let world = World::new();
    world.server.write("policy.toml", "\ndeadline = \"soon\"\n");
    world.says("policy", "policy.toml");

    let ran = world.server.ideoguard(&["policy", "check"]);

    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("policy.toml:2: `deadline`"), "{}", ran.stderr);
}
