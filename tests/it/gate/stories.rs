//! What is pushed, and whether it may pass: one list, for every way to reach a server.

use std::fmt::Write;

use crate::fake;
use crate::gate::world::{NEW, World, leak, store};

/// What the gate must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Must {
    /// Refuse the push as a whole.
    Refuse,
    /// Accept it, without a word.
    Pass,
}

/// A push.
pub(crate) struct Story {
    /// What is pushed.
    pub(crate) name: &'static str,
    /// What the gate must do.
    pub(crate) must: Must,
    /// Makes it at the desk, and returns what to push: words that follow `git push origin`.
    pub(crate) make: fn(&World) -> Vec<&'static str>,
}

/// All stories that need nothing of a server but that it can be pushed to.
pub(crate) const STORIES: &[Story] = &[
    refuse("a secret on a branch that is there", |world| {
        world.desk.write("app.py", leak(NEW)).stage().commit("add");
        vec!["main"]
    }),
    refuse("a secret on a new branch", |world| {
        world.desk.git(&["checkout", "--quiet", "-b", "topic"]);
        world.desk.write("app.py", leak(NEW)).stage().commit("add");
        vec!["topic"]
    }),
    refuse("a secret that the next commit takes away", |world| {
        world.desk.write("app.py", leak(NEW)).stage().commit("add");
        world.desk.write("app.py", "nothing\n").stage().commit("remove");
        vec!["main"]
    }),
    refuse("a merge that adds what neither side has", |world| {
        side(world, "one");
        world.desk.write("two.txt", "two\n").stage().commit("two");
        world.desk.git(&["merge", "--quiet", "--no-commit", "--no-ff", "one"]);
        world.desk.write("app.py", leak(NEW)).stage().commit("merge");
        vec!["main"]
    }),
    refuse("a merge of three that adds what no side has", |world| {
        side(world, "one");
        side(world, "two");
        world.desk.git(&["merge", "--quiet", "--message", "octopus", "one", "two"]);
        world.desk.write("app.py", leak(NEW)).stage();
        world.desk.git(&["commit", "--quiet", "--amend", "--no-edit"]);
        vec!["main"]
    }),
    refuse("the message of a tag", |world| {
        world.desk.git(&["tag", "--annotate", "--message", &leak(NEW), "v1"]);
        vec!["v1"]
    }),
    refuse("the message of a tag of a tag", |world| {
        world.desk.git(&["tag", "--annotate", "--message", &leak(NEW), "inner"]);
        world.desk.git(&["tag", "--annotate", "--message", "outer", "outer", "inner"]);
        vec!["outer"]
    }),
    refuse("the message of a commit", |world| {
        world.desk.commit(&format!("add\n\n{}", leak(NEW)));
        vec!["main"]
    }),
    refuse("the name of an author", |world| {
        let author = format!("{} <a@example.org>", fake::github_token(NEW));
        world.desk.git(&["commit", "--quiet", "--allow-empty", "--author", &author, "--message", "m"]);
        vec!["main"]
    }),
    refuse("a header that no program writes", |world| {
        let tree = world.desk.git(&["rev-parse", "HEAD^{tree}"]);
        let head = world.desk.git(&["rev-parse", "HEAD"]);
        let who = "A <a@example.org> 0 +0000";
        let text =
            format!("tree {tree}parent {head}author {who}\ncommitter {who}\nnote {}\n\nm\n", fake::github_token(NEW));
        let commit = store(world.desk.path(), "commit", text.as_bytes());
        world.desk.git(&["update-ref", "refs/heads/main", &commit]);
        vec!["main"]
    }),
    refuse("a note", |world| {
        world.desk.git(&["notes", "add", "--message", &leak(NEW), "HEAD"]);
        vec!["refs/notes/commits"]
    }),
    refuse("a tag of a blob", |world| {
        let blob = store(world.desk.path(), "blob", leak(NEW).as_bytes());
        world.desk.git(&["tag", "blob", &blob]);
        vec!["blob"]
    }),
    refuse("an annotated tag of a blob", |world| {
        let blob = store(world.desk.path(), "blob", leak(NEW).as_bytes());
        world.desk.git(&["tag", "--annotate", "--message", "m", "blob", &blob]);
        vec!["blob"]
    }),
    refuse("a tag of a tree", |world| {
        world.desk.write("deep/er/app.py", leak(NEW)).stage();
        let tree = world.desk.git(&["write-tree"]);
        world.desk.git(&["tag", "tree", tree.trim()]);
        vec!["tree"]
    }),
    refuse("a branch without a past", |world| {
        world.desk.git(&["checkout", "--quiet", "--orphan", "alone"]);
        world.desk.write("app.py", leak(NEW)).stage().commit("root");
        vec!["alone"]
    }),
    refuse("a reference for review", |world| {
        world.desk.write("app.py", leak(NEW)).stage().commit("add");
        vec!["HEAD:refs/for/main"]
    }),
    refuse("a file that becomes a link", |world| {
        std::fs::remove_file(world.desk.at("readme")).unwrap();
        std::os::unix::fs::symlink(fake::github_token(NEW), world.desk.at("readme")).unwrap();
        world.desk.stage().commit("link");
        vec!["main"]
    }),
    refuse("a link that becomes a file", |world| {
        std::os::unix::fs::symlink("readme", world.desk.at("link")).unwrap();
        world.desk.stage().commit("link");
        std::fs::remove_file(world.desk.at("link")).unwrap();
        world.desk.write("link", leak(NEW)).stage().commit("file");
        vec!["main"]
    }),
    refuse("a file that attributes keep out of diffs", |world| {
        world.desk.write(".gitattributes", "* -diff -text\n").write("app.py", leak(NEW)).stage().commit("add");
        vec!["main"]
    }),
    refuse("the second of two references", |world| {
        side(world, "one");
        world.desk.write("app.py", leak(NEW)).stage().commit("add");
        vec!["one", "main"]
    }),
    refuse("a commit three hundred back", |world| {
        world.desk.write("app.py", leak(NEW)).stage().commit("add");
        world.desk.write("app.py", "nothing\n").stage().commit("remove");
        many_commits(world, 300);
        vec!["main"]
    }),
    refuse("UTF-16", |world| {
        let text: Vec<u8> = leak(NEW).encode_utf16().flat_map(u16::to_le_bytes).collect();
        world.desk.write("app.txt", [b"\xff\xfe".as_slice(), &text].concat()).stage().commit("add");
        vec!["main"]
    }),
    refuse("a file with zero bytes in it", |world| {
        let text = [b"\0\x01\x02\0".as_slice(), leak(NEW).as_bytes(), b"\0\0"].concat();
        world.desk.write("app.bin", text).stage().commit("add");
        vec!["main"]
    }),
    refuse("the name of a file", |world| {
        world.desk.write(&format!("src/{}.txt", fake::github_token(NEW)), "x\n").stage().commit("add");
        vec!["main"]
    }),
    refuse("the name of a folder", |world| {
        world.desk.write(&format!("src/{}/x.txt", fake::github_token(NEW)), "x\n").stage().commit("add");
        vec!["main"]
    }),
    refuse("the name of a reference", |world| {
        let name = format!("refs/heads/{}", fake::github_token(NEW));
        world.desk.git(&["update-ref", &name, "HEAD"]);
        vec!["refs/heads/ghp_*"]
    }),
    refuse("a mark beside the secret", |world| {
        let line = format!("{} # ideoguard:allow a sample\n", leak(NEW).trim_end());
        world.desk.write("app.py", line).stage().commit("add");
        vec!["main"]
    }),
    refuse("an allow file in the same push", |world| {
        let allow = "[[allow]]\npaths = [\"app.py\"]\nreason = \"mine\"\n";
        world.desk.write(".ideoguard.toml", allow).write("app.py", leak(NEW)).stage().commit("add");
        vec!["main"]
    }),
    refuse("a replacement that hides the commit", |world| {
        let clean = world.desk.git(&["rev-parse", "HEAD"]);
        world.desk.write("app.py", leak(NEW)).stage().commit("add");
        let leaking = world.desk.git(&["rev-parse", "HEAD"]);
        world.desk.git(&["update-ref", &format!("refs/replace/{}", leaking.trim()), clean.trim()]);
        world.desk.git(&["push", "--quiet", "origin", "refs/replace/*"]);
        world.desk.git(&["update-ref", "-d", &format!("refs/replace/{}", leaking.trim())]);
        vec!["main"]
    }),
    refuse("an old secret copied to a new file", |world| {
        world.desk.write("copy.py", format!("x = 1\n{}", leak(crate::gate::world::OLD))).stage().commit("copy");
        vec!["main"]
    }),
    refuse("a force push", |world| {
        world.desk.git(&["reset", "--quiet", "--hard", "HEAD^"]);
        world.desk.write("app.py", leak(NEW)).stage().commit("instead");
        vec!["--force", "main"]
    }),
    refuse("hundreds of references, one with a secret", |world| {
        let base = world.desk.git(&["rev-parse", "HEAD"]);
        many_references(world, base.trim());
        let commit = world.desk.write("app.py", leak(NEW)).stage().commit("add");
        world.desk.git(&["update-ref", "refs/heads/many/137", &commit]);
        vec!["refs/heads/many/*"]
    }),
    pass("a clean commit", |world| {
        world.desk.write("app.py", "clean\n").stage().commit("add");
        vec!["main"]
    }),
    pass("a clean new branch", |world| {
        world.desk.git(&["checkout", "--quiet", "-b", "topic"]);
        world.desk.write("app.py", "clean\n").stage().commit("add");
        vec!["topic"]
    }),
    pass("a branch that brings nothing new", |_| vec!["main:refs/heads/again"]),
    pass("a branch at an older commit", |_| vec!["main^:refs/heads/before"]),
    pass("a deletion", |_| vec!["--delete", "other"]),
    pass("a deletion beside a clean commit", |world| {
        world.desk.write("app.py", "clean\n").stage().commit("add");
        vec!["main", ":other"]
    }),
    pass("an edit of a file with an old secret", |world| {
        let old = std::fs::read_to_string(world.desk.at("src/old.py")).unwrap();
        world.desk.write("src/old.py", format!("{old}one more line\n")).stage().commit("edit");
        vec!["main"]
    }),
    pass("a file with an old secret that is renamed", |world| {
        world.desk.git(&["mv", "src/old.py", "src/new.py"]);
        world.desk.commit("rename");
        vec!["main"]
    }),
    pass("a secret that another branch has", |world| {
        world.desk.git(&["cherry-pick", "--allow-empty", "other"]);
        vec!["main"]
    }),
    pass("a merge of a branch with an old secret", |world| {
        world.desk.write("app.py", "clean\n").stage().commit("add");
        world.desk.git(&["merge", "--quiet", "--no-edit", "other"]);
        vec!["main"]
    }),
    pass("a return to an older tree", |world| {
        world.desk.git(&["rm", "--quiet", "-r", "src"]);
        world.desk.commit("away");
        world.desk.git(&["push", "--quiet", "origin", "main"]);
        world.desk.git(&["revert", "--no-edit", "HEAD"]);
        vec!["main"]
    }),
    pass("a tag of an old blob with a secret", |world| {
        world.desk.git(&["tag", "blob", "HEAD:src/old.py"]);
        vec!["blob"]
    }),
    pass("a tag of a tag", |world| {
        world.desk.git(&["tag", "--annotate", "--message", "inner", "inner"]);
        world.desk.git(&["tag", "--annotate", "--message", "outer", "outer", "inner"]);
        vec!["outer", "inner"]
    }),
    pass("a force push back", |_| vec!["--force", "main^:main"]),
    pass("a clean note", |world| {
        world.desk.git(&["notes", "add", "--message", "fine", "HEAD"]);
        vec!["refs/notes/commits"]
    }),
    pass("three hundred clean commits", |world| {
        many_commits(world, 300);
        vec!["main"]
    }),
    pass("two hundred clean references", |world| {
        let base = world.desk.git(&["rev-parse", "HEAD"]);
        many_references(world, base.trim());
        vec!["refs/heads/many/*"]
    }),
];

/// A push that must be refused.
const fn refuse(name: &'static str, make: fn(&World) -> Vec<&'static str>) -> Story {
    Story { name, must: Must::Refuse, make }
}

/// A push that must pass.
const fn pass(name: &'static str, make: fn(&World) -> Vec<&'static str>) -> Story {
    Story { name, must: Must::Pass, make }
}

/// Tells one story.
#[track_caller]
pub(crate) fn tell(world: &World, story: &Story) {
    let words = [&["origin"], &(story.make)(world)[..]].concat();
    match story.must {
        Must::Refuse => drop(world.refused_in(story.name, &words)),
        Must::Pass => world.passes_in(story.name, &words),
    }
}

/// Makes a branch with a clean commit beside `main`.
fn side(world: &World, name: &str) {
    world.desk.git(&["checkout", "--quiet", "-b", name, "main"]);
    world.desk.write(&format!("{name}.txt"), name).stage().commit(name);
    world.desk.git(&["checkout", "--quiet", "main"]);
}

/// Makes two hundred branches that name a commit.
fn many_references(world: &World, commit: &str) {
    let lines: Vec<String> = (0..200).map(|number| format!("create refs/heads/many/{number} {commit}\n")).collect();
    let lines = lines.concat();
    crate::gate::world::git_with(world.desk.path(), &["update-ref", "--stdin"], lines.as_bytes());
}

/// Makes clean commits on `main`, each with a file of its own, by one run of git.
pub(crate) fn many_commits(world: &World, count: usize) {
    let mut input = String::new();
    for number in 1..=count {
        let from = if number == 1 { "from refs/heads/main^0\n" } else { "" };
        write!(
            input,
            "commit refs/heads/main\ncommitter C <c@example.org> {number} +0000\ndata 1\nm\n{from}M 100644 inline \
             many/{number}.txt\ndata <<E\ntext {number}\nE\n"
        )
        .unwrap();
    }
    crate::gate::world::git_with(world.desk.path(), &["fast-import", "--quiet", "--force"], input.as_bytes());
    world.desk.git(&["reset", "--quiet", "--hard"]);
}
