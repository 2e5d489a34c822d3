//! The scripts of `hooks/`, copied by hand into a server and a desk.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::common::{Ran, TestRepo, hermetic, path_without_ideoguard};
use crate::gate::world::{Form, NEW, World, leak};

/// Copies a script of ours into a repository, with the path of our program filled in.
fn copy(repo: &TestRepo, name: &str, to: &str) {
    let script = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks").join(name)).unwrap();
    let program = format!("program='{}'", env!("CARGO_BIN_EXE_ideoguard"));
    put(repo, to, &script.replacen("program=''", &program, 1));
}

/// Writes an executable file.
fn put(repo: &TestRepo, to: &str, script: &str) {
    repo.write(to, script);
    std::fs::set_permissions(repo.at(to), std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_scripts_judge_pushes_and_run_what_was_there_before_with_the_same_input() {
    for (name, is_server) in [("pre-receive", true), ("update", true), ("pre-push", false)] {
        let world = World::unguarded(Form::default());
        world.desk.git(&["fetch", "--quiet"]);
        let (repo, folder) = if is_server { (&world.server, "hooks") } else { (&world.desk, ".git/hooks") };
        copy(repo, name, &format!("{folder}/{name}"));
        world.desk.write("app.py", "clean\n").stage().commit("clean");
        world.passes(&["origin", "main"]);
        let seen = repo.at("seen").display().to_string();
        put(
            repo,
            &format!("{folder}/{name}.before-ideoguard"),
            &format!("#!/bin/sh\n{{ echo \"$@\"; cat; }} >'{seen}'\n"),
        );
        world.desk.write("app.py", "cleaner\n").stage().commit("cleaner");
        world.passes(&["origin", "main"]);
        assert!(std::fs::read_to_string(&seen).unwrap().contains("refs/heads/main"), "{name}");

        world.desk.write("app.py", leak(NEW)).stage().commit("add");
        world.refused(&["origin", "main"]);

        put(repo, &format!("{folder}/{name}.before-ideoguard"), "#!/bin/sh\nexit 1\n");
        world.desk.git(&["reset", "--quiet", "--hard", "HEAD^"]);
        world.desk.write("app.py", "cleanest\n").stage().commit("cleanest");
        assert_ne!(world.push(&["origin", "main"]).code, 0, "{name}");
    }
}

#[test]
fn without_the_program_a_server_refuses() {
    let world = World::unguarded(Form::default());
    let script = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks/pre-receive")).unwrap();
    put(&world.server, "hooks/pre-receive", &script);
    world.desk.write("app.py", "clean\n").stage().commit("clean");

    let mut push = hermetic("git", world.desk.path());
    let ran: Ran = push.env("PATH", path_without_ideoguard()).args(["push", "origin", "main"]).output().unwrap().into();

    assert_ne!(ran.code, 0);
    assert!(ran.stderr.contains("the program was not found"), "{}", ran.stderr);
}
