//! What the one who pushes sees.

use crate::common::ideoguard_in;
use crate::server::world::{NEW, World, leak};

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
