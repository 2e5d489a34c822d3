//! What the one who pushes sees.

use crate::common::{hermetic, ideoguard_in};
use crate::fake;
use crate::gate::stories::many_commits;
use crate::gate::world::{NEW, World, leak};

#[test]
fn input_that_makes_no_sense_refuses_the_push() {
    let world = World::new();
    for input in ["", "x\n", "0 0 refs/heads/main\n"] {
        let ran = ideoguard_in(world.server.path(), &["hook", "pre-receive"], input.as_bytes());

        assert_eq!(ran.code, 2, "{input:?}: {}", ran.stderr);
    }
}

#[test]
fn every_line_fits_a_terminal_and_says_what_to_do() {
    let world = World::new();
    world.desk.write("src/config.py", format!("import os\n\n{}", leak(NEW))).stage().commit("add the settings");

    let seen = world.refused(&["origin", "main"]);

    let lines: Vec<&str> = seen.lines().filter(|line| line.starts_with("remote: ")).map(str::trim_end).collect();
    assert!(lines.iter().all(|line| line.chars().count() <= 80), "{seen}");
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn gitlab_is_told_in_its_own_form() {
    let world = World::new();
    let mut push = hermetic("git", world.desk.path());
    world.desk.write("src/config.py", format!("import os\n\n{}", leak(NEW))).stage().commit("add the settings");

    let output = push.env("GL_USERNAME", "alice").args(["push", "origin", "main"]).output().unwrap();

    let seen = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: Vec<&str> = seen.lines().filter_map(|line| line.strip_prefix("remote: ")).map(str::trim_end).collect();
    assert!(lines.iter().all(|line| line.starts_with("GL-HOOK-ERR:")), "{seen}");
    assert!(lines.iter().all(|line| line.chars().count() <= 72), "{seen}");
    assert!(seen.contains("GL-HOOK-ERR:   at       src/config.py:3:21"), "{seen}");
}

#[test]
fn many_findings_are_counted_after_the_first_five() {
    let world = World::new();
    for seed in 3..10 {
        world.desk.write(&format!("app{seed}.py"), leak(seed));
    }
    world.desk.stage().commit("add");

    let seen = world.refused(&["origin", "main"]);

    assert!(seen.contains("it holds 7 secrets in 1 commit"), "{seen}");
    assert_eq!(seen.matches("leak: Ideogram API key").count(), 5, "{seen}");
    assert!(seen.contains("2 more leaks, by file"), "{seen}");
}

#[test]
fn the_way_out_fits_where_the_commit_stands() {
    let world = World::new();
    let commit = world.desk.write("app.py", leak(NEW)).stage().commit("add");
    many_commits(&world, 3);
    let seen = words(&world.refused(&["origin", "main"]));
    assert!(seen.contains(&format!("`git rebase -i {}^`, mark", &commit[..12])), "{seen}");

    many_commits(&world, 30);
    let seen = words(&world.refused(&["origin", "main"]));
    assert!(seen.contains("`git filter-repo --force --replace-text secrets.txt`"), "{seen}");

    world.desk.git(&["checkout", "--quiet", "--orphan", "alone"]);
    world.desk.commit("root");
    world.desk.write("more.py", "more\n").stage().commit("more");
    let seen = words(&world.refused(&["origin", "alone"]));
    assert!(seen.contains("`git rebase -i --root`"), "{seen}");
}

#[test]
fn a_subject_with_a_secret_or_an_escape_is_not_shown_as_it_is() {
    let world = World::new();
    world.desk.write("app.py", leak(NEW)).stage().commit(&format!("use {}", fake::github_token(4)));
    world.refused(&["origin", "main"]);
    world.desk.git(&["commit", "--quiet", "--amend", "--message", "a \u{1b}[31mred\u{1b}[0m one"]);

    let seen = world.refused(&["origin", "main"]);

    assert!(seen.contains("\\u{1b}[31mred"), "{seen}");
}

/// What the server says as one line.
fn words(seen: &str) -> String {
    seen.replace("remote: ", "").split_whitespace().collect::<Vec<_>>().join(" ")
}
