//! Objects that a server stores and to which nothing leads: they are as new as what is sent.

use crate::common::TestRepo;
use crate::gate::world::{Form, NEW, World, git_with, leak, store};

/// A server that borrows the objects of a pool, which has one secret more than the server leads to.
fn pooled() -> (World, TestRepo) {
    let world = World::of(Form::default());
    let pool = TestRepo::with_init(&["--bare"]);
    world.server.write("objects/info/alternates", format!("{}\n", pool.at("objects").display()));
    world.desk.write("app.py", leak(NEW)).write("clean.py", "clean\n").stage().commit("in the pool");
    world.desk.git(&["push", "--quiet", pool.path().to_str().unwrap(), "main"]);
    (world, pool)
}

#[test]
fn a_commit_of_the_pool_is_judged_when_a_reference_comes_to_lead_to_it() {
    let (world, _pool) = pooled();

    let seen = world.refused(&["origin", "main:refs/heads/topic"]);

    assert!(seen.contains("app.py:1"), "{seen}");
}

#[test]
fn a_commit_on_top_of_one_of_the_pool_brings_that_along() {
    let (world, _pool) = pooled();
    world.desk.git(&["rm", "--quiet", "app.py"]);
    world.desk.commit("without it");

    world.refused(&["origin", "main"]);
}

#[test]
fn a_file_of_the_pool_in_a_new_commit_is_judged() {
    let (world, _pool) = pooled();
    let tree = world.desk.git(&["rev-parse", "HEAD^{tree}"]);
    world.desk.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    let commit = world.desk.git(&["commit-tree", tree.trim(), "-p", "HEAD", "-m", "its tree"]);

    world.refused(&["origin", &format!("{}:refs/heads/main", commit.trim())]);
}

#[test]
fn what_the_pool_holds_and_is_clean_passes() {
    let (world, pool) = pooled();
    world.desk.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    world.desk.write("fine.py", "fine\n").stage().commit("fine");
    world.desk.git(&["push", "--quiet", "--force", pool.path().to_str().unwrap(), "main:refs/heads/fine"]);
    world.desk.write("finer.py", "finer\n").stage().commit("finer");

    world.passes(&["origin", "main"]);
}

/// Sends commands and a pack to a server as a client does that says what it likes.
fn send(world: &World, commands: &[String], pack: &[u8]) -> String {
    let mut input = Vec::new();
    for (number, command) in commands.iter().enumerate() {
        let end = if number == 0 { "\0report-status side-band-64k" } else { "" };
        let line = format!("{command}{end}");
        input.extend_from_slice(format!("{:04x}{line}", line.len() + 4).as_bytes());
    }
    input.extend_from_slice(b"0000");
    input.extend_from_slice(pack);
    let answer = git_with(world.server.path(), &["receive-pack", "."], &input);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A commit with a secret in the server's store, to which nothing leads.
fn dangling(world: &World) -> String {
    let folder = world.server.path();
    let blob = store(folder, "blob", leak(NEW).as_bytes());
    let tree = git_with(folder, &["mktree"], format!("100644 blob {blob}\tapp.py\n").as_bytes());
    let tree = String::from_utf8(tree).unwrap();
    let who = "A <a@example.org> 0 +0000";
    store(folder, "commit", format!("tree {tree}author {who}\ncommitter {who}\n\nm\n").as_bytes())
}

/// A pack of some objects that the server has.
fn pack_of(world: &World, ids: &[&str]) -> Vec<u8> {
    git_with(world.server.path(), &["pack-objects", "--stdout", "--quiet"], ids.join("\n").as_bytes())
}

#[test]
fn an_empty_pack_does_not_bring_a_forgotten_commit_back() {
    let world = World::new();
    let commit = dangling(&world);
    let before = world.refs();

    let answer = send(&world, &[format!("{} {commit} refs/heads/x", "0".repeat(40))], &pack_of(&world, &[]));

    assert!(answer.contains("pre-receive hook declined"), "{answer}");
    assert_eq!(world.refs(), before);
}

#[test]
fn an_old_value_that_is_made_up_is_not_believed() {
    let world = World::new();
    let forgotten = dangling(&world);
    let clean = world.server.git(&["rev-parse", "main^{tree}"]);
    let child = world.server.git(&["commit-tree", clean.trim(), "-p", &forgotten, "-m", "on top"]);
    let child = child.trim();
    let pack = pack_of(&world, &[child]);
    std::fs::remove_file(world.server.at(&format!("objects/{}/{}", &child[..2], &child[2..]))).unwrap();
    let zero = "0".repeat(40);
    let before = world.refs();

    // `a` is said to be at the forgotten commit; git finds out only after the hook.
    let commands = [format!("{forgotten} {child} refs/heads/a"), format!("{zero} {child} refs/heads/b")];
    let answer = send(&world, &commands, &pack);

    assert!(answer.contains("pre-receive hook declined"), "{answer}");
    assert_eq!(world.refs(), before);
}

#[test]
fn a_mode_that_git_reads_as_a_file_does_not_hide_what_it_leads_to() {
    let world = World::new();
    let blob = store(world.server.path(), "blob", leak(NEW).as_bytes());
    let raw: Vec<u8> =
        blob.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
    let tree = store(world.server.path(), "tree", &[b"16 app.py\0".as_slice(), &raw].concat());
    let who = "A <a@example.org> 0 +0000";
    let commit =
        store(world.server.path(), "commit", format!("tree {tree}\nauthor {who}\ncommitter {who}\n\nm\n").as_bytes());
    let pack = pack_of(&world, &[&tree, &commit]);
    for id in [&tree, &commit] {
        std::fs::remove_file(world.server.at(&format!("objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    }
    let before = world.refs();

    let answer = send(&world, &[format!("{} {commit} refs/heads/x", "0".repeat(40))], &pack);

    assert!(answer.contains("pre-receive hook declined"), "{answer}");
    assert_eq!(world.refs(), before);
}

#[test]
fn what_is_sent_and_nothing_leads_to_is_refused_too() {
    let world = World::new();
    let blob = store(world.desk.path(), "blob", leak(NEW).as_bytes());
    let commit = world.desk.write("clean.py", "clean\n").stage().commit("clean");
    let ids = world.desk.git(&["rev-list", "--objects", "--no-object-names", "main", "^origin/main"]);
    let pack =
        git_with(world.desk.path(), &["pack-objects", "--stdout", "--quiet"], format!("{ids}{blob}\n").as_bytes());
    let old = world.server.git(&["rev-parse", "main"]);

    let answer = send(&world, &[format!("{} {commit} refs/heads/main", old.trim())], &pack);

    assert!(answer.contains(&blob[..20]), "{answer}");
    assert_eq!(world.server.git(&["rev-parse", "main"]), old);
}
