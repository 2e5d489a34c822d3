//! Pushes that somebody makes who wants a secret to pass, and clean ones that look like them.

mod messages;
mod names;
mod references;

use crate::gate::stories::Story;
use crate::gate::world::{World, git_with, store};

/// All tricks.
pub(crate) const TRICKS: [&[Story]; 3] = [messages::STORIES, names::STORIES, references::STORIES];

/// Who makes what git itself would not write.
const WHO: &str = "A <a@example.org> 1000000000 +0000";

/// Stores a commit on top of `main` with lines added to its headers; `main` moves there.
#[track_caller]
fn commit_with(world: &World, headers: &str, message: &[u8]) {
    let tree = world.desk.git(&["rev-parse", "HEAD^{tree}"]);
    let head = world.desk.git(&["rev-parse", "HEAD"]);
    let text = format!("tree {tree}parent {head}author {WHO}\ncommitter {WHO}\n{headers}\n");
    let commit = store(world.desk.path(), "commit", &[text.as_bytes(), message].concat());
    world.desk.git(&["update-ref", "refs/heads/main", &commit]);
}

/// Stores a tag of an object; returns its name.
#[track_caller]
fn tag_of(world: &World, target: &str, kind: &str, name: &str, message: &str) -> String {
    let text = format!("object {target}\ntype {kind}\ntag {name}\ntagger {WHO}\n\n{message}");
    store(world.desk.path(), "tag", text.as_bytes())
}

/// Stores tags, each of the one before; returns the last.
#[track_caller]
fn tower(world: &World, mut target: String, mut kind: &'static str, height: usize) -> String {
    for floor in 0..height {
        target = tag_of(world, &target, kind, &format!("floor-{floor}"), "one more\n");
        kind = "tag";
    }
    target
}

/// Stores a tree of rows: mode, name, object.
#[track_caller]
fn tree_of(world: &World, rows: &[(&str, &[u8], &str)]) -> String {
    let mut bytes = Vec::new();
    for (mode, name, id) in rows {
        bytes.extend_from_slice(mode.as_bytes());
        bytes.push(b' ');
        bytes.extend_from_slice(name);
        bytes.push(0);
        let digits = id.as_bytes().chunks(2);
        bytes.extend(digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()));
    }
    store(world.desk.path(), "tree", &bytes)
}

/// Makes a commit of a tree on top of `main`, which moves there.
#[track_caller]
fn commit_tree(world: &World, tree: &str) {
    let commit = git_with(world.desk.path(), &["commit-tree", tree, "-p", "HEAD", "-m", "its tree"], b"");
    world.desk.git(&["update-ref", "refs/heads/main", String::from_utf8(commit).unwrap().trim()]);
}
