//! Where one secret still lives, and what takes it out of there.

use std::fmt::Write;

use crate::finding::Fingerprint;
use crate::history::{HeldBy, Reach, Spot};
use crate::path::RepoPath;
use crate::reference::{RefKind, Reference};
use crate::report::fix::shell_word;
use crate::report::summary::counted;
use crate::text::TextKind;

/// How many names or paths are told one by one.
const MOST: usize = 20;

/// All that is known of where one secret lives; never the secret.
#[derive(Debug)]
pub struct Whereabouts<'a> {
    /// What it is, in words.
    pub title: &'a str,
    /// First 4 characters, "…", length.
    pub redacted: &'a str,
    /// Its name across runs.
    pub fingerprint: &'a Fingerprint,
    /// How a secret of this kind is revoked, one sentence each.
    pub advice: &'a [String],
    /// The objects that hold it, each once.
    pub spots: &'a [Spot],
    /// The references that hold any of them, each once, as [`Attribution::holders_of`] tells.
    ///
    /// [`Attribution::holders_of`]: crate::history::Attribution::holders_of
    pub held: &'a [(&'a Reference, HeldBy)],
}

/// Writes down where a secret lives and what to do about it.
#[must_use]
pub fn whereabouts(told: &Whereabouts<'_>) -> String {
    let mut page = format!("{}, {}, {}\n", told.title, told.redacted, told.fingerprint);
    if told.spots.is_empty() {
        page.push_str("\nNo object of this repository holds it.\n");
        return page;
    }
    spots(&mut page, told.spots);
    holders(&mut page, told);
    steps(&mut page, told);
    page
}

/// Lists the objects that hold it.
fn spots(page: &mut String, spots: &[Spot]) {
    let rows = spots.iter().map(|spot| {
        let what = match spot.kind {
            TextKind::Content => format!("blob {}, line {}", spot.object, spot.line),
            TextKind::SymlinkTarget => format!("symbolic link {}", spot.object),
            TextKind::PathName => format!("a name in tree {}", spot.object),
            TextKind::Message => format!("commit or tag {}, in its own text", spot.object),
        };
        let first = spot.first.filter(|first| *first != spot.object);
        let first = first.map(|first| format!(", brought by commit {first}")).unwrap_or_default();
        format!("{what}{first}{}", paths(spot))
    });
    section(page, "It stands in", rows.collect());
}

/// Tells the paths of an object, each on a line.
fn paths(spot: &Spot) -> String {
    let paths: Vec<&RepoPath> = spot.paths.found.iter().filter(|path| !path.as_bytes().is_empty()).collect();
    let lines = paths.iter().take(MOST).map(|path| format!("\n    {path}"));
    let more = paths.len().saturating_sub(MOST);
    let rest = match (more, spot.paths.complete) {
        (0, true) => String::new(),
        (0, false) => "\n    and maybe more".to_owned(),
        (more, true) => format!("\n    and {more} more"),
        (more, false) => format!("\n    and at least {more} more"),
    };
    lines.collect::<String>() + &rest
}

/// Lists the references that hold it, the most public first.
fn holders(page: &mut String, told: &Whereabouts<'_>) {
    let of = |kinds: &[RefKind], how: Option<HeldBy>| -> Vec<String> {
        let wanted = |(reference, held): &&(&Reference, HeldBy)| {
            kinds.contains(&reference.kind) && how.is_none_or(|how| how == *held)
        };
        told.held.iter().filter(wanted).map(|(reference, _)| name(reference)).collect()
    };
    let public = [RefKind::Branch, RefKind::RemoteBranch, RefKind::Head, RefKind::Tag, RefKind::Other, RefKind::Notes];
    section(page, "Held now by", of(&public, Some(HeldBy::Tip)));
    section(page, "Only in the history of", of(&public, Some(HeldBy::History)));
    section(page, "Stashed in", of(&[RefKind::Stash], None));
    section(page, "Staged as", of(&[RefKind::Index], None));
    section(page, "Kept from an operation by", of(&[RefKind::Pseudo], None));
    section(page, "Remembered by the logs of", of(&[RefKind::Reflog], None));
    let lost = told.spots.iter().filter(|spot| spot.reach == Reach::Unreachable);
    section(page, "Reached by nothing, and still there", lost.map(|spot| spot.object.to_string()).collect());
}

/// Says what a reference is called.
fn name(reference: &Reference) -> String {
    let kind = match reference.kind {
        RefKind::Branch => "branch ",
        RefKind::RemoteBranch => "remote branch ",
        RefKind::Tag => "tag ",
        RefKind::Head
        | RefKind::Other
        | RefKind::Notes
        | RefKind::Stash
        | RefKind::Pseudo
        | RefKind::Index
        | RefKind::Reflog => "",
    };
    format!("{kind}{}", short(reference))
}

/// Returns the name without the folder that its kind says already.
fn short(reference: &Reference) -> RepoPath {
    let folder: &[u8] = match reference.kind {
        RefKind::Branch => b"refs/heads/",
        RefKind::RemoteBranch => b"refs/remotes/",
        RefKind::Tag => b"refs/tags/",
        RefKind::Head
        | RefKind::Other
        | RefKind::Notes
        | RefKind::Stash
        | RefKind::Pseudo
        | RefKind::Index
        | RefKind::Reflog => b"",
    };
    RepoPath::new(reference.name.as_bytes().strip_prefix(folder).unwrap_or(reference.name.as_bytes()))
}

/// Writes a heading and rows, if there are rows.
fn section(page: &mut String, heading: &str, rows: Vec<String>) {
    if rows.is_empty() {
        return;
    }
    let more = rows.len().saturating_sub(MOST);
    let _ = write!(page, "\n{heading}\n");
    for row in rows.into_iter().take(MOST) {
        let _ = writeln!(page, "  {row}");
    }
    if more > 0 {
        let _ = writeln!(page, "  and {more} more");
    }
}

/// Says what to do, in an order in which each step helps.
fn steps(page: &mut String, told: &Whereabouts<'_>) {
    let mut steps = vec![revoke(told.advice)];
    steps.extend(in_tips(told));
    steps.extend(rewrite(told));
    steps.extend(stashes(told));
    steps.extend(tags(told));
    steps.extend(others(told));
    steps.push(
        "forget what nothing holds any more, in every clone: `git reflog expire --expire=now --all` (which \
         forgets all stashes, too: apply those that you need first), then `git gc --prune=now`"
            .to_owned(),
    );
    if told.held.iter().any(|(reference, _)| is_shared(reference.kind)) {
        steps.push(
            "ask the host to delete what only it can: pull and merge requests (`refs/pull/…`, `refs/merge-requests/…`), \
             forks, and views that it keeps of commits. Whoever has fetched it keeps it: that is why the first step \
             comes first"
                .to_owned(),
        );
    }
    page.push_str("\nWhat to do\n");
    for (number, step) in (1..).zip(steps) {
        let _ = writeln!(page, "  {number}. {step}");
    }
}

/// Tells whether a reference is such as others see.
fn is_shared(kind: RefKind) -> bool {
    match kind {
        RefKind::Branch | RefKind::RemoteBranch | RefKind::Tag | RefKind::Other | RefKind::Notes => true,
        RefKind::Head | RefKind::Stash | RefKind::Pseudo | RefKind::Index | RefKind::Reflog => false,
    }
}

fn revoke(advice: &[String]) -> String {
    let how: String = advice.iter().fold(String::new(), |how, advice| how + "\n     " + advice);
    format!("revoke it first: nothing below makes a leaked secret safe again{how}")
}

/// How to take it out of what branches hold now.
fn in_tips(told: &Whereabouts<'_>) -> Option<String> {
    let is_file = |spot: &&Spot| spot.reach == Reach::Tip && spot.kind != TextKind::Message;
    let count = told.spots.iter().filter(is_file).count();
    let what = counted(u64::try_from(count).unwrap_or(u64::MAX), "object");
    (count > 0).then(|| format!("take it out of the files that branches hold now ({what}), and commit that"))
}

/// How to take it out of history.
fn rewrite(told: &Whereabouts<'_>) -> Option<String> {
    let is_held = told.held.iter().any(|(reference, _)| is_shared(reference.kind) || reference.kind == RefKind::Head);
    if !is_held {
        return None;
    }
    let has = |kind: TextKind| told.spots.iter().any(|spot| spot.kind == kind && spot.reach < Reach::Notes);
    let mut options = String::new();
    if has(TextKind::Content) || has(TextKind::SymlinkTarget) {
        options.push_str(" --replace-text FILE");
    }
    if has(TextKind::Message) {
        options.push_str(" --replace-message FILE");
    }
    if has(TextKind::PathName) {
        options.push_str(" --path-rename OLD:NEW");
    }
    let mut step = format!(
        "rewrite history, in a fresh clone: `git filter-repo --sensitive-data-removal{options}`, then \
         `git push --force --mirror origin`"
    );
    if options.contains("FILE") {
        step.push_str("; FILE has the secret on a line: keep it outside the repository, and delete it afterwards");
    }
    Some(step)
}

/// How to drop stashes: the oldest first, since each drop renumbers those before it.
fn stashes(told: &Whereabouts<'_>) -> Option<String> {
    let mut numbers: Vec<u32> = told
        .held
        .iter()
        .filter(|(reference, _)| reference.kind == RefKind::Stash)
        .filter_map(|(reference, _)| number(reference.name.as_bytes()))
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let rows = numbers.into_iter().rev().map(|number| format!("git stash drop stash@{{{number}}}"));
    commands("drop the stashes, in this order", rows.collect())
}

/// Reads the number of `stash@{N}`.
fn number(name: &[u8]) -> Option<u32> {
    std::str::from_utf8(name.strip_prefix(b"stash@{")?.strip_suffix(b"}")?).ok()?.parse().ok()
}

/// How to delete tags.
fn tags(told: &Whereabouts<'_>) -> Option<String> {
    let tags = told.held.iter().filter(|(reference, _)| reference.kind == RefKind::Tag);
    let words = tags.filter_map(|(tag, _)| Some((shell_word(&short(tag))?, shell_word(&tag.name)?)));
    let rows = words.flat_map(|(tag, full)| [format!("git tag -d {tag}"), format!("git push REMOTE --delete {full}")]);
    commands("delete the tags that still hold it, here and on each REMOTE", rows.collect())
}

/// How to delete references that no command of its own deletes.
fn others(told: &Whereabouts<'_>) -> Option<String> {
    let kinds = [RefKind::Other, RefKind::Notes];
    let others = told.held.iter().filter(|(reference, _)| kinds.contains(&reference.kind));
    let rows =
        others.filter_map(|(reference, _)| shell_word(&reference.name)).map(|name| format!("git update-ref -d {name}"));
    commands("delete the other references that hold it", rows.collect())
}

/// Joins a heading and commands, one a line; `None` without commands.
fn commands(heading: &str, rows: Vec<String>) -> Option<String> {
    if rows.is_empty() {
        return None;
    }
    let more = rows.len().saturating_sub(MOST);
    let mut step = format!("{heading}:");
    for row in rows.into_iter().take(MOST) {
        let _ = write!(step, "\n     {row}");
    }
    if more > 0 {
        let _ = write!(step, "\n     and so on for {more} more");
    }
    Some(step)
}
