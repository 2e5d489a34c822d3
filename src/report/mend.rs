//! How to take a secret out of commits that are not yet on the server.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Standing};
use crate::oid::ObjectId;
use crate::path::RepoPath;
use crate::report::fix::shell_word;
use crate::text::{CommitStamp, TextKind};

/// Beyond so many commits, editing them one by one is no help.
const BY_HAND: usize = 20;
/// A secret that more commits bring than this is taken out of all at once.
const COMMITS: usize = 2;

/// Returns an object's name as people type it.
pub(super) fn short(id: ObjectId) -> String {
    let mut hex = id.to_string();
    hex.truncate(12);
    hex
}

/// Says how to take one secret out of all its places, each way once.
pub(super) fn steps(findings: &[&Finding], places: &BTreeMap<ObjectId, Standing>) -> Vec<String> {
    let commits: BTreeSet<ObjectId> =
        findings.iter().filter_map(|finding| finding.commit.as_ref().map(|stamp| stamp.id)).collect();
    let deepest = commits.iter().filter_map(|id| places.get(id)).map(|standing| standing.depth).max().unwrap_or(0);
    let mut steps = Vec::new();
    for finding in findings {
        let step = match finding.commit.as_deref() {
            Some(_) if commits.len() > COMMITS || deepest > BY_HAND => everywhere(finding),
            Some(stamp) => in_commit(finding, stamp, places.get(&stamp.id)),
            None => without_commit(finding),
        };
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    steps.truncate(COMMITS + 1);
    steps
}

/// Says how to take a secret out of one commit.
fn in_commit(finding: &Finding, stamp: &CommitStamp, standing: Option<&Standing>) -> String {
    if let Some(standing) = standing.filter(|standing| standing.reference.as_bytes().starts_with(b"refs/notes/")) {
        let name = shell_word(&standing.reference).unwrap_or_else(|| "REF".to_owned());
        return format!("notes keep their history: `git update-ref -d {name}`, then add them again without it");
    }
    let what = match finding.kind {
        TextKind::Content => match shell_word(&finding.path) {
            Some(path) => format!("take it out of the file, `git add {path}`"),
            None => "take it out of the file, stage that".to_owned(),
        },
        TextKind::SymlinkTarget => "make the link point elsewhere, stage that".to_owned(),
        TextKind::PathName => "rename the file with `git mv`".to_owned(),
        TextKind::Message => return in_message(stamp, standing),
    };
    if standing.is_some_and(|standing| standing.depth == 0) && stamp.parents < 2 {
        return format!("{what}, then `git commit --amend`, and push again");
    }
    format!(
        "{}, mark {} as `edit`; there {what}, `git commit --amend`, `git rebase --continue`, and push again; \
             a later commit that removes it does not help",
        rebase(stamp),
        short(stamp.id)
    )
}

/// Says how to take a secret out of a message, or a name in it.
fn in_message(stamp: &CommitStamp, standing: Option<&Standing>) -> String {
    let amend = "`git commit --amend`, with `--reset-author` if it stands in the author's name";
    if standing.is_some_and(|standing| standing.depth == 0) {
        return format!("reword it: {amend}; then push again");
    }
    format!(
        "{}, mark {} as `edit`; there {amend}, `git rebase --continue`, and push again",
        rebase(stamp),
        short(stamp.id)
    )
}

/// Returns the command that goes back to a commit.
fn rebase(stamp: &CommitStamp) -> String {
    match stamp.parents {
        0 => "`git rebase -i --root`".to_owned(),
        1 => format!("`git rebase -i {}^`", short(stamp.id)),
        _ => format!("`git rebase -i --rebase-merges {}^`", short(stamp.id)),
    }
}

/// Says how to take a secret out of many commits, or out of one that lies far back.
fn everywhere(finding: &Finding) -> String {
    let file = "write `THE-SECRET==>REMOVED` into a file outside the repository, `secrets.txt`";
    let again = "and push again (git-filter-repo rewrites only what holds it, and all that follows)";
    match finding.kind {
        TextKind::Message => format!("{file}; `git filter-repo --force --replace-message secrets.txt`, {again}"),
        TextKind::PathName => match shell_word(&finding.path) {
            Some(path) => format!("`git filter-repo --force --invert-paths --path {path}`, {again}"),
            None => format!("`git filter-repo --force --invert-paths --path FILE`, {again}"),
        },
        TextKind::Content | TextKind::SymlinkTarget => {
            format!("{file}; `git filter-repo --force --replace-text secrets.txt`, {again}")
        }
    }
}

/// Says how to take a secret out of what no commit brings.
fn without_commit(finding: &Finding) -> String {
    let is_tag = finding.path.as_bytes().starts_with(b"tag ");
    if finding.kind == TextKind::Message && is_tag {
        return "make the tag again without it: `git tag --force --annotate NAME COMMIT`, and push again".to_owned();
    }
    if finding.kind == TextKind::PathName {
        return "give it a name without the secret, such as `git branch --move`, and push again".to_owned();
    }
    match reference(&finding.path) {
        Some(name) => format!("delete the reference, `git update-ref -d {name}`, or make it name something else"),
        None => "push again from a fresh clone: it was sent although no reference leads to it".to_owned(),
    }
}

/// Returns the reference that a path is, as one word for a shell.
fn reference(path: &RepoPath) -> Option<String> {
    path.as_bytes().starts_with(b"refs/").then(|| shell_word(path))?
}
