//! Secrets behind what is done to references.

use crate::fake;
use crate::gate::stories::{Story, many_commits, pass, refuse, side};
use crate::gate::world::{NEW, World, leak, store};

/// The stories.
pub(super) const STORIES: &[Story] = &[
    refuse("a mirror", |world| {
        side(world, "one");
        world.desk.git(&["checkout", "--quiet", "one"]);
        leaking(world);
        world.desk.git(&["checkout", "--quiet", "main"]);
        vec!["--mirror"]
    }),
    refuse("a deletion and a new branch in one push", |world| {
        leaking(world);
        vec![":other", "main:refs/heads/new"]
    }),
    refuse("all or nothing", |world| {
        side(world, "one");
        leaking(world);
        vec!["--atomic", "one", "main", ":other"]
    }),
    refuse("a branch that was deleted and comes back", |world| {
        world.desk.git(&["push", "--quiet", "origin", ":other"]);
        vec!["other"]
    }),
    refuse("a commit whose secret only a deleted branch held", |world| {
        world.desk.git(&["push", "--quiet", "origin", ":other"]);
        world.desk.git(&["cherry-pick", "--allow-empty", "other"]);
        vec!["main"]
    }),
    refuse("a reference that no branch or tag is", |world| {
        leaking(world);
        vec!["main:refs/pull/1/head"]
    }),
    refuse("the stash", |world| {
        world.desk.write("readme", leak(NEW));
        world.desk.git(&["stash", "--quiet"]);
        vec!["refs/stash"]
    }),
    refuse("what was staged when it was stashed", |world| {
        world.desk.write("readme", leak(NEW)).stage();
        world.desk.write("readme", "clean\n");
        world.desk.git(&["stash", "--quiet"]);
        vec!["refs/stash:refs/heads/wip"]
    }),
    refuse("a replacement in the same push", |world| {
        let clean = world.desk.git(&["rev-parse", "HEAD"]);
        let leaking = leaking(world);
        // Under its own name it would hide the commit from the one who pushes, too.
        world.desk.git(&["update-ref", &format!("refs/hidden/{leaking}"), clean.trim()]);
        vec!["main", "refs/hidden/*:refs/replace/*"]
    }),
    refuse("a replacement of a blob", |world| {
        leaking(world);
        let blob = world.desk.git(&["rev-parse", "HEAD:app.py"]);
        let clean = store(world.desk.path(), "blob", b"clean\n");
        world.desk.git(&["update-ref", &format!("refs/replace/{}", blob.trim()), &clean]);
        world.desk.git(&["push", "--quiet", "origin", "refs/replace/*"]);
        vec!["main"]
    }),
    refuse("two branches that meet in a secret", |world| {
        leaking(world);
        world.desk.git(&["branch", "one"]);
        world.desk.git(&["branch", "two"]);
        vec!["one", "two"]
    }),
    refuse("the first of a hundred tags", |world| {
        let commit = leaking(world);
        world.desk.git(&["reset", "--quiet", "--hard", "HEAD^"]);
        many_commits(world, 100);
        for number in 1..100 {
            world.desk.git(&["tag", &format!("clean-{number}"), &format!("HEAD~{number}")]);
        }
        world.desk.git(&["tag", "a-first", &commit]);
        vec!["--tags"]
    }),
    refuse("a history of its own, merged", |world| {
        world.desk.git(&["checkout", "--quiet", "--orphan", "alone"]);
        leaking(world);
        world.desk.git(&["rm", "--quiet", "-r", "."]);
        world.desk.commit("nothing left");
        world.desk.git(&["checkout", "--quiet", "main"]);
        world.desk.git(&["merge", "--quiet", "--no-edit", "--allow-unrelated-histories", "alone"]);
        vec!["main"]
    }),
    refuse("a merge that keeps the other side's history and none of its files", |world| {
        side(world, "one");
        world.desk.git(&["checkout", "--quiet", "one"]);
        leaking(world);
        world.desk.git(&["checkout", "--quiet", "main"]);
        world.desk.git(&["merge", "--quiet", "--no-edit", "--strategy=ours", "one"]);
        vec!["main"]
    }),
    refuse("the name of a branch", |world| {
        let name = format!("refs/heads/{}", fake::github_token(NEW));
        world.desk.git(&["update-ref", &name, "HEAD"]);
        vec!["refs/heads/*"]
    }),
    refuse("the name of a tag of what is there", |world| {
        let name = format!("refs/tags/{}", fake::github_token(NEW));
        world.desk.git(&["update-ref", &name, "HEAD"]);
        vec!["--tags"]
    }),
    refuse("without deltas", |world| {
        world.desk.git(&["config", "pack.window", "0"]);
        leaking(world);
        vec!["--no-thin", "main"]
    }),
    refuse("an option that asks for a way round", |world| {
        leaking(world);
        vec!["--push-option=breakglass", "main"]
    }),
    pass("a mirror of what is clean", |world| {
        side(world, "one");
        vec!["--mirror"]
    }),
    pass("all or nothing, clean", |world| {
        side(world, "one");
        vec!["--atomic", "one", ":other"]
    }),
    pass("a deletion of everything", |_| vec![":other", "main:refs/heads/kept"]),
    pass("a deletion of what is not there, beside a clean commit", |world| {
        world.desk.write("clean.txt", "clean\n").stage().commit("clean");
        vec!["main"]
    }),
    pass("an option that nobody asked for", |world| {
        world.desk.write("clean.txt", "clean\n").stage().commit("clean");
        vec!["--push-option=ci.skip", "main"]
    }),
    pass("nothing at all", |_| vec!["main"]),
    pass("a clean history of its own", |world| {
        world.desk.git(&["checkout", "--quiet", "--orphan", "alone"]);
        world.desk.git(&["rm", "--quiet", "-r", "-f", "."]);
        world.desk.write("clean.txt", "clean\n").stage().commit("root");
        vec!["alone"]
    }),
];

/// Commits a secret; returns the commit.
#[track_caller]
fn leaking(world: &World) -> String {
    world.desk.write("app.py", leak(NEW)).stage().commit("add")
}
