//! Secrets in files, their names and their modes.

use super::{commit_tree, tree_of};
use crate::fake;
use crate::gate::stories::{Story, pass, refuse};
use crate::gate::world::{NEW, OLD, leak, store};

/// The stories.
pub(super) const STORIES: &[Story] = &[
    refuse("the address of a submodule", |world| {
        let token = fake::github_token(NEW);
        let text = format!("[submodule \"x\"]\n\tpath = x\n\turl = https://me:{token}@example.org/x\n");
        world.desk.write(".gitmodules", text).stage().commit("add");
        vec!["main"]
    }),
    refuse("the name of a submodule", |world| {
        let head = world.desk.git(&["rev-parse", "HEAD"]);
        let entry = format!("160000,{},vendor/{}", head.trim(), fake::github_token(NEW));
        world.desk.git(&["update-index", "--add", "--cacheinfo", &entry]);
        world.desk.commit("add");
        vec!["main"]
    }),
    refuse("a file that may be run", |world| {
        world.desk.write("run.sh", leak(NEW)).stage();
        world.desk.git(&["update-index", "--chmod=+x", "run.sh"]);
        world.desk.commit("add");
        vec!["main"]
    }),
    refuse("a mode that git no longer writes", |world| {
        let blob = store(world.desk.path(), "blob", leak(NEW).as_bytes());
        commit_tree(world, &tree_of(world, &[("100664", b"app.py", &blob)]));
        vec!["main"]
    }),
    refuse("a folder whose mode begins with a zero", |world| {
        let blob = store(world.desk.path(), "blob", leak(NEW).as_bytes());
        let folder = tree_of(world, &[("100644", b"app.py", &blob)]);
        commit_tree(world, &tree_of(world, &[("040000", b"folder", &folder)]));
        vec!["main"]
    }),
    refuse("the second of two files with one name", |world| {
        let clean = store(world.desk.path(), "blob", b"clean\n");
        let blob = store(world.desk.path(), "blob", leak(NEW).as_bytes());
        commit_tree(world, &tree_of(world, &[("100644", b"app.py", &clean), ("100644", b"app.py", &blob)]));
        vec!["main"]
    }),
    refuse("a folder that is out of order", |world| {
        let blob = store(world.desk.path(), "blob", leak(NEW).as_bytes());
        let clean = store(world.desk.path(), "blob", b"clean\n");
        let folder = tree_of(world, &[("100644", b"z.py", &clean), ("100644", b"a.py", &blob)]);
        commit_tree(world, &tree_of(world, &[("40000", b"src", &folder), ("100644", b"readme", &clean)]));
        vec!["main"]
    }),
    refuse("a file that calls itself a folder above", |world| {
        let blob = store(world.desk.path(), "blob", leak(NEW).as_bytes());
        let folder = tree_of(world, &[("100644", b"..", &blob), ("100644", b".git", &blob)]);
        commit_tree(world, &tree_of(world, &[("40000", b".", &folder)]));
        vec!["main"]
    }),
    refuse("a name with a line break, and half of an escape sequence", |world| {
        let name = format!("x\x1b]0;\n{}\x07.txt", fake::github_token(NEW));
        world.desk.write(&name, "x\n").stage().commit("add");
        vec!["main"]
    }),
    refuse("two hundred folders deep, at the end of a very long path", |world| {
        let folder = vec!["a-rather-long-name"; 200].join("/");
        let blob = store(world.desk.path(), "blob", leak(NEW).as_bytes());
        let entry = format!("100644,{blob},{folder}/app.py");
        world.desk.git(&["update-index", "--add", "--cacheinfo", &entry]);
        world.desk.git(&["commit", "--quiet", "--message", "deep"]);
        vec!["main"]
    }),
    refuse("halves that a new version brings together", |world| {
        let key = leak(NEW);
        let (one, two) = key.split_at(30);
        let many = (0..300).map(|number| format!("line {number}\n")).collect::<Vec<_>>().concat();
        world.desk.write("halves.txt", format!("{many}{one}#\nbetween\n#{two}{many}")).stage().commit("halves");
        world.desk.git(&["push", "--quiet", "origin", "main"]);
        world.desk.write("halves.txt", format!("{many}{one}{two}{many}")).stage().commit("whole");
        vec!["main"]
    }),
    refuse("a name for what was a random text until now", |world| {
        let value = fake::chars(NEW, "0123456789abcdef", 40);
        let many = (0..300).map(|number| format!("line {number}\n")).collect::<Vec<_>>().concat();
        world.desk.write("value.txt", format!("{many}{value}\n{many}")).stage().commit("value");
        world.desk.git(&["push", "--quiet", "origin", "main"]);
        let named = format!("{many}IDEOGRAM_API_KEY = \"{value}\"\n{many}");
        world.desk.write("value.txt", named).stage().commit("named");
        vec!["main"]
    }),
    refuse("an old secret in a message", |world| {
        world.desk.commit(&leak(OLD));
        vec!["main"]
    }),
    refuse("UTF-16 the other way round, without a mark", |world| {
        let text: Vec<u8> = leak(NEW).encode_utf16().flat_map(u16::to_be_bytes).collect();
        world.desk.write("app.txt", text).stage().commit("add");
        vec!["main"]
    }),
    refuse("what only attributes read as text", |world| {
        let attributes = "app.txt working-tree-encoding=UTF-16LE filter=lfs export-ignore linguist-generated\n";
        world.desk.write(".gitattributes", attributes).stage();
        let blob = store(world.desk.path(), "blob", leak(NEW).as_bytes());
        world.desk.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},app.txt")]);
        world.desk.commit("add");
        vec!["main"]
    }),
    refuse("allow files and baselines of every kind in the same push", |world| {
        world
            .desk
            .write(".ideoguard.toml", "[[allow]]\npaths = [\"**\"]\nreason = \"mine\"\n")
            .write(".gitleaks.toml", "[allowlist]\npaths = ['''.*''']\n")
            .write(".gitleaksignore", "app.py:generic-api-key:1\n")
            .write(".ideoguard/baseline", "")
            .write("app.py", format!("{} # gitleaks:allow pragma: allowlist secret\n", leak(NEW).trim_end()))
            .stage()
            .commit("add");
        vec!["main"]
    }),
    pass("a submodule", |world| {
        let head = world.desk.git(&["rev-parse", "HEAD"]);
        let text = "[submodule \"x\"]\n\tpath = x\n\turl = https://example.org/x\n";
        world.desk.write(".gitmodules", text).stage();
        world.desk.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},x", head.trim())]);
        world.desk.commit("add");
        vec!["main"]
    }),
    pass("a submodule whose commit is nowhere here", |world| {
        let id = "1".repeat(world.desk.git(&["rev-parse", "HEAD"]).trim().len());
        world.desk.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},x")]);
        world.desk.commit("add");
        vec!["main"]
    }),
    pass("a link, a program, and a very long path", |world| {
        std::os::unix::fs::symlink("readme", world.desk.at("link")).unwrap();
        let folder = vec!["a-rather-long-name"; 100].join("/");
        let blob = store(world.desk.path(), "blob", b"clean\n");
        world.desk.write("run.sh", "#!/bin/sh\n").stage();
        world.desk.git(&["update-index", "--chmod=+x", "run.sh"]);
        world.desk.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{folder}/x")]);
        world.desk.git(&["commit", "--quiet", "--message", "odds and ends"]);
        vec!["main"]
    }),
    pass("a megabyte of random bytes", |world| {
        world.desk.write("picture.jpg", fake::bytes(99, 1 << 20)).stage().commit("add");
        vec!["main"]
    }),
    pass("a lock file with its checksums", |world| {
        use base64::Engine;
        let sum = |seed| base64::engine::general_purpose::STANDARD.encode(fake::bytes(seed, 64));
        let rows: Vec<String> = (0..50).map(|seed| format!("    integrity sha512-{}\n", sum(seed))).collect();
        world.desk.write("yarn.lock", rows.concat()).stage().commit("add");
        vec!["main"]
    }),
    pass("an empty tree", |world| {
        commit_tree(world, &tree_of(world, &[]));
        vec!["main"]
    }),
];
