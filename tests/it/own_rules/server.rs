//! At a server rules come from the server: those of what is pushed neither add, nor hide, nor stop anything.

use super::{ACME, token};
use crate::fake;
use crate::gate::world::{NEW, World, leak};

#[test]
fn the_rule_file_of_the_server_refuses_a_push() {
    let world = World::new();
    world.desk.write("app.env", format!("T={}\n", token(1))).stage().commit("add");
    world.server.write("rules.toml", ACME);

    world.says("rules", "rules.toml");

    let seen = world.refused(&["origin", "main"]);
    assert!(seen.contains("Acme token"), "{seen}");
    assert!(!seen.contains(&token(1)[5..]), "{seen}");
}

#[test]
fn a_rule_file_that_is_broken_or_gone_refuses_every_push_and_is_named() {
    let world = World::new();
    world.desk.write("clean.py", "clean\n").stage().commit("clean");
    world.says("rules", "rules.toml");
    let gone = world.refused(&["origin", "main"]);
    world.server.write("rules.toml", "[[rule]]\nid = 'a'\ntitle = 'A'\npattern = '(a'\n");
    let broken = world.refused(&["origin", "main"]);
    world.server.write("rules.toml", ACME);

    world.passes(&["origin", "main"]);

    let flat = |seen: String| seen.replace("remote:", "").split_whitespace().collect::<String>();
    assert!(flat(gone).contains("rules.toml"));
    assert!(flat(broken).contains("rules.toml:4:11:"));
}

#[test]
fn rules_of_the_repository_do_not_count_even_where_its_allow_file_does() {
    let world = World::new();
    world.server.write("rules.toml", ACME);
    world.says("rules", "rules.toml").says("repository-allow-file", "true");
    let rules = format!("{ACME}not_paths = ['**']\n[rules.override.ideogram-api-key]\nconfidence = 'low'\n");
    world.desk.write(".ideoguard.toml", rules).stage().commit("rules");
    world.passes(&["origin", "main"]);

    world.desk.write("app.env", format!("T={}\n", token(1))).stage().commit("add");
    world.refused(&["origin", "main"]);
    world.desk.write("app.env", leak(NEW)).stage();
    world.desk.git(&["commit", "--quiet", "--amend", "--message", "add"]);
    world.refused(&["origin", "main"]);
}

#[test]
fn a_rule_file_that_is_pushed_broken_stops_nobody() {
    let world = World::new();
    world.desk.write(".ideoguard.toml", "[[rule]]\npattern = '('\n").stage().commit("broken");

    world.passes(&["origin", "main"]);
}

#[test]
fn the_policy_shows_where_its_rules_come_from() {
    let world = World::new();
    world.server.write("rules.toml", ACME);
    world.says("rules", "rules.toml");

    let check = world.server.ideoguard(&["policy", "check"]);
    world.server.write("rules.toml", "x = 1\n");
    let broken = world.server.ideoguard(&["policy", "check"]);

    assert_eq!((check.code, broken.code), (0, 2));
    assert!(check.stdout.contains("rules = rules.toml\n"), "{}", check.stdout);
    assert!(broken.stderr.contains("rules.toml:1:1: there is no key `x`"), "{}", broken.stderr);
}

#[test]
fn built_in_rules_that_the_servers_file_switches_off_let_pass_what_they_find() {
    let world = World::new();
    world.desk.write("app.env", format!("T={}\n", fake::github_token(5))).stage().commit("add");
    world.server.write("rules.toml", "[rules]\ndisable = ['github-token']\n");
    world.refused(&["origin", "main"]);

    world.says("rules", "rules.toml").passes(&["origin", "main"]);
}
