//! Secrets in what commits and tags say of themselves.

use super::{WHO, commit_with, tag_of, tower};
use crate::fake;
use crate::gate::stories::{Story, pass, refuse};
use crate::gate::world::{NEW, World, leak, store};

/// The stories.
pub(super) const STORIES: &[Story] = &[
    refuse("the message at the bottom of forty tags", |world| {
        let head = world.desk.git(&["rev-parse", "HEAD"]);
        let bottom = tag_of(world, head.trim(), "commit", "bottom", &leak(NEW));
        named(world, &tower(world, bottom, "tag", 40))
    }),
    refuse("a blob below a tag of a tag", |world| {
        let blob = store(world.desk.path(), "blob", leak(NEW).as_bytes());
        named(world, &tower(world, blob, "blob", 2))
    }),
    refuse("a tree below forty tags", |world| {
        world.desk.write("deep/app.py", leak(NEW)).stage();
        let tree = world.desk.git(&["write-tree"]);
        named(world, &tower(world, tree.trim().to_owned(), "tree", 40))
    }),
    refuse("what stands in a tag after its signature", |world| {
        let head = world.desk.git(&["rev-parse", "HEAD"]);
        let message = format!("fine\n-----BEGIN PGP SIGNATURE-----\n\n{}-----END PGP SIGNATURE-----\n", leak(NEW));
        named(world, &tag_of(world, head.trim(), "commit", "signed", &message))
    }),
    refuse("the name that a tag gives itself", |world| {
        let head = world.desk.git(&["rev-parse", "HEAD"]);
        named(world, &tag_of(world, head.trim(), "commit", &fake::github_token(NEW), "fine\n"))
    }),
    refuse("who made a tag", |world| {
        let head = world.desk.git(&["rev-parse", "HEAD"]);
        let who = format!("{} <a@example.org> 0 +0000", fake::github_token(NEW));
        let text = format!("object {head}type commit\ntag t\ntagger {who}\n\nfine\n");
        named(world, &store(world.desk.path(), "tag", text.as_bytes()))
    }),
    refuse("a tag without a message, and a header that no program writes", |world| {
        let head = world.desk.git(&["rev-parse", "HEAD"]);
        let text = format!("object {head}type commit\ntag t\nnote {}\n", fake::github_token(NEW));
        named(world, &store(world.desk.path(), "tag", text.as_bytes()))
    }),
    refuse("the signature of a commit", |world| {
        let key = leak(NEW);
        let header = format!("gpgsig -----BEGIN PGP SIGNATURE-----\n \n {key} -----END PGP SIGNATURE-----\n");
        commit_with(world, &header, b"fine\n");
        vec!["main"]
    }),
    refuse("a tag that was merged and is kept in the commit", |world| {
        let head = world.desk.git(&["rev-parse", "HEAD"]);
        let key = leak(NEW);
        let header = format!("mergetag object {head} type commit\n tag t\n tagger {WHO}\n \n {key}");
        commit_with(world, &header, b"fine\n");
        vec!["main"]
    }),
    refuse("the encoding of a message", |world| {
        commit_with(world, &format!("encoding {}\n", fake::github_token(NEW)), b"fine\n");
        vec!["main"]
    }),
    refuse("a message in UTF-16", |world| {
        let message: Vec<u8> = leak(NEW).encode_utf16().flat_map(u16::to_le_bytes).collect();
        commit_with(world, "encoding UTF-16LE\n", &message);
        vec!["main"]
    }),
    refuse("what stands in a message after a zero byte", |world| {
        commit_with(world, "", &[b"fine\n\0".as_slice(), leak(NEW).as_bytes()].concat());
        vec!["main"]
    }),
    refuse("the address of a committer", |world| {
        let head = world.desk.git(&["rev-parse", "HEAD"]);
        let tree = world.desk.git(&["rev-parse", "HEAD^{tree}"]);
        let who = format!("C <{}@example.org> 0 +0000", fake::github_token(NEW));
        let text = format!("tree {tree}parent {head}author {WHO}\ncommitter {who}\n\nfine\n");
        named(world, &store(world.desk.path(), "commit", text.as_bytes()))
    }),
    refuse("a commit whose people make no sense", |world| {
        let tree = world.desk.git(&["rev-parse", "HEAD^{tree}"]);
        let text = format!("tree {tree}author\ncommitter nobody 99999999999999999999 x\n\n{}", leak(NEW));
        named(world, &store(world.desk.path(), "commit", text.as_bytes()))
    }),
    refuse("a commit with two trees, of which git takes the first", |world| {
        let tree = world.desk.git(&["rev-parse", "HEAD^{tree}"]);
        world.desk.write("app.py", leak(NEW)).stage();
        let other = world.desk.git(&["write-tree"]);
        let text = format!("tree {other}tree {tree}author {WHO}\ncommitter {WHO}\n\nfine\n");
        named(world, &store(world.desk.path(), "commit", text.as_bytes()))
    }),
    pass("a tag of forty tags", |world| {
        let head = world.desk.git(&["rev-parse", "HEAD"]);
        named(world, &tower(world, head.trim().to_owned(), "commit", 40))
    }),
    pass("tags of a clean blob and of a clean tree", |world| {
        let blob = store(world.desk.path(), "blob", b"clean\n");
        let tree = world.desk.write("deep/clean.txt", "clean\n").stage().git(&["write-tree"]);
        world.desk.git(&["update-ref", "refs/tags/blob", &tower(world, blob, "blob", 3)]);
        world.desk.git(&["update-ref", "refs/tags/tree", &tower(world, tree.trim().to_owned(), "tree", 3)]);
        vec!["--tags"]
    }),
    pass("a signed commit", |world| {
        commit_with(world, &format!("gpgsig {}\n", armour("PGP SIGNATURE").replace('\n', "\n ").trim_end()), b"fine\n");
        vec!["main"]
    }),
    pass("a signed tag, and a commit that merged one", |world| {
        let head = world.desk.git(&["rev-parse", "HEAD"]);
        let signed = format!("fine\n{}", armour("SSH SIGNATURE"));
        let tag = tag_of(world, head.trim(), "commit", "signed", &signed);
        world.desk.git(&["update-ref", "refs/tags/signed", &tag]);
        let kept = world.desk.git(&["cat-file", "tag", &tag]);
        commit_with(world, &format!("mergetag {}\n", kept.trim_end().replace('\n', "\n ")), b"fine\n");
        vec!["main", "signed"]
    }),
];

/// Gives an object a reference, and returns the words that push it.
fn named(world: &World, id: &str) -> Vec<&'static str> {
    world.desk.git(&["update-ref", "refs/tags/named", id]);
    vec!["refs/tags/named"]
}

/// A signature that nobody made: random bytes in the form that people's programs write.
fn armour(kind: &str) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(fake::bytes(77, 430));
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {kind}-----\n\n{}\n-----END {kind}-----\n", lines.join("\n"))
}
