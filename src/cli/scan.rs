//! Scans: find the repository and the policy, list, scan, report.

use std::path::{Path, PathBuf};

use anstream::ColorChoice;
use ideoguard::decide::{BASELINE, Baseline, FILE_NAME, Policy};
use ideoguard::error::{Error, Result};
use ideoguard::git::Repository;
use ideoguard::outcome::Outcome;
use ideoguard::path::RepoPath;
use ideoguard::report::{Detail, Form, Format};
use ideoguard::source::{self, Editor, FileOptions};
use ideoguard::text::{Listing, Skip};

use super::config::Config;
use super::plan::{Before, NoCommits, ScanPlan, What};
use super::telling::Target;
use super::text_file::{self, Purpose};
use super::{history, output};

/// Scans and reports; returns the exit code.
pub(super) fn run(plan: &ScanPlan, colour: ColorChoice) -> Result<u8> {
    let outcome = look(plan)?;
    if is_empty(&outcome) {
        return nothing(plan, &outcome, colour);
    }
    Ok(output::report(&plan.telling, plan.what.occasion(), &outcome, colour))
}

/// Scans, and reports nothing yet.
pub(super) fn look(plan: &ScanPlan) -> Result<Outcome> {
    if let What::History(how) = &plan.what {
        return history::look(plan, how);
    }
    let repository = repository(&plan.what)?;
    let config = config(plan, repository.as_ref())?;
    let listing = list(&plan.what, repository.as_ref())?;
    let policy = &config.policy;
    let mut outcome = ideoguard::scan::run(&config.engine(), policy, repository.as_ref(), listing, &plan.limits);
    outcome.notices.extend(notices(&plan.what, repository.as_ref(), policy, &outcome));
    if let Some(notice) = config.notice() {
        if tells_no_notices(plan) {
            output::remark(&format!("notice: {notice}"));
        }
        outcome.notices.push(notice);
    }
    Ok(outcome)
}

/// Tells whether somebody asked for a report that leaves notices out: a hook runs unasked, and says no more than it must.
fn tells_no_notices(plan: &ScanPlan) -> bool {
    let is_hook = matches!(plan.what, What::Commit | What::Message(_));
    !is_hook && plan.telling.form == Form::Format(Format::Text) && plan.telling.detail == Detail::Normal
}

/// Scans, and reports nothing yet; that there was nothing to scan is an error.
pub(super) fn found(plan: &ScanPlan, colour: ColorChoice) -> Result<Outcome> {
    let outcome = look(plan)?;
    if is_empty(&outcome) {
        nothing(plan, &outcome, colour)?;
    }
    Ok(outcome)
}

/// Finds the repository; a scan of files can do without.
fn repository(what: &What) -> Result<Option<Repository>> {
    let here = here()?;
    match what {
        // Inside a hook, git's variables say which index is meant.
        What::Staged | What::Commit | What::Message(_) | What::Range(..) => Repository::from_hook_env(&here).map(Some),
        What::WorkTree(_) | What::History(_) => Repository::discover(&here).map(Some),
        What::Stdin(_) => if_any(Repository::discover(&here)),
        What::Paths(paths, _) => common(&here, paths),
    }
}

/// Returns the repository that all paths lie in, if they lie in one.
fn common(here: &Path, paths: &[PathBuf]) -> Result<Option<Repository>> {
    let mut found: Option<Repository> = None;
    for path in paths {
        let path = here.join(path);
        let folder = if path.is_dir() { &path } else { path.parent().unwrap_or(here) };
        // What cannot be reached is reported by the scan, as a problem of its own.
        let Ok(folder) = folder.canonicalize() else { continue };
        let Some(next) = if_any(Repository::discover(&folder))? else {
            return Ok(None);
        };
        if found.as_ref().is_some_and(|known| known.work_dir() != next.work_dir()) {
            return Ok(None);
        }
        found = Some(next);
    }
    Ok(found)
}

/// Takes the absence of a repository as an answer.
pub(super) fn if_any(found: Result<Repository>) -> Result<Option<Repository>> {
    match found {
        Ok(repository) => Ok(Some(repository)),
        Err(Error::NoRepository { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Loads the allow file and the baseline: those that were named, or those at the top of the work tree if they are there.
pub(super) fn config(plan: &ScanPlan, repository: Option<&Repository>) -> Result<Config> {
    let top = repository.and_then(Repository::work_dir);
    let mut config = loaded(plan.config.as_deref(), &plan.before, top)?;
    match plan.what {
        // Git's paths begin at the top, those of files where the user stands.
        What::Staged | What::Commit | What::Message(_) | What::Range(..) | What::History(_) => {}
        What::WorkTree(_) | What::Paths(..) | What::Stdin(_) => {
            let here = here()?;
            config.policy = config.policy.seen_from(top.map_or_else(|| here.clone(), real), here);
        }
    }
    Ok(config)
}

/// Loads the allow file and the baseline at the top of the work tree, for paths as git writes them.
pub(super) fn local_config(repository: &Repository) -> Result<Config> {
    loaded(None, &Before::Default, repository.work_dir())
}

/// Loads an allow file and a baseline: those that were named, or those at the top of the work tree if they are there.
pub(super) fn loaded(named: Option<&Path>, before: &Before, top: Option<&Path>) -> Result<Config> {
    let file = named.map(Path::to_owned).or_else(|| there(top?, FILE_NAME));
    let mut config = Config::read(file.as_deref())?;
    if let Some(file) = baseline(before, top) {
        let baseline = Baseline::parse(&file, &text_file::read(&file, Purpose::Baseline)?)?;
        config.policy = config.policy.with_baseline(baseline);
    }
    Ok(config)
}

/// Loads the allow file that was named, or the one at the top of the work tree that we stand in.
pub(super) fn rules_here(named: Option<&Path>) -> Result<Config> {
    let repository = if_any(Repository::discover(&here()?))?;
    loaded(named, &Before::Nothing, repository.as_ref().and_then(Repository::work_dir))
}

/// Returns the baseline that counts, if one does.
fn baseline(before: &Before, top: Option<&Path>) -> Option<PathBuf> {
    match before {
        Before::Default => there(top?, BASELINE),
        Before::File(file) => Some(file.clone()),
        Before::Nothing => None,
    }
}

/// Returns a file below the top of the work tree if it is there; a link that leads nowhere is a mistake, not an absence.
fn there(top: &Path, name: &str) -> Option<PathBuf> {
    Some(top.join(name)).filter(|file| file.symlink_metadata().is_ok())
}

/// Lists what is to be scanned.
fn list(what: &What, repository: Option<&Repository>) -> Result<Listing> {
    match what {
        What::WorkTree(ignored) => source::files(&[work_tree(repository)?], &FileOptions { ignored: *ignored }),
        What::Paths(paths, ignored) => source::files(paths, &FileOptions { ignored: *ignored }),
        What::Staged | What::Commit => source::staged(needed(repository)?),
        What::Range(range, _) => source::range(needed(repository)?, range),
        // Its objects are walked, not listed.
        What::History(_) => Ok(Listing::default()),
        What::Message(file) => source::message_file(file, editor()),
        What::Stdin(name) => Ok(source::stdin(name.clone())),
    }
}

/// Tells whether git opened an editor for the message: it tells its hooks `:` if not.
fn editor() -> Editor {
    if std::env::var_os("GIT_EDITOR").is_some_and(|editor| editor == ":") { Editor::NotUsed } else { Editor::Used }
}

/// Returns the top of the work tree, as short as it can be said from here.
fn work_tree(repository: Option<&Repository>) -> Result<PathBuf> {
    let Some(top) = needed(repository)?.work_dir() else {
        return Err(Error::Usage("this repository is bare: it has no work tree; say `--range A..B` or a PATH".into()));
    };
    Ok(match here()?.strip_prefix(real(top)) {
        Ok(below) if below.as_os_str().is_empty() => PathBuf::from("."),
        Ok(below) => below.components().map(|_| "..").collect(),
        Err(_) => top.to_owned(),
    })
}

/// Returns the repository, which [`repository`] has found when the plan needs one.
fn needed(repository: Option<&Repository>) -> Result<&Repository> {
    match repository {
        Some(repository) => Ok(repository),
        None => Err(Error::NoRepository { path: here()? }),
    }
}

/// Returns what a reader should know beyond the findings.
pub(super) fn notices(what: &What, repository: Option<&Repository>, policy: &Policy, outcome: &Outcome) -> Vec<String> {
    let mut notices = policy.notices();
    notices.extend(repository.map(Repository::notices).unwrap_or_default());
    match what {
        What::WorkTree(_) => notices.extend(policy.unused(&outcome.findings)),
        What::Paths(..)
        | What::Staged
        | What::Commit
        | What::Message(_)
        | What::Range(..)
        | What::History(_)
        | What::Stdin(_) => {}
    }
    notices.retain(|notice| !outcome.notices.contains(notice));
    notices.sort();
    notices.dedup();
    notices
}

/// Tells whether a scan looked at nothing, and not for want of trying.
fn is_empty(outcome: &Outcome) -> bool {
    outcome.scanned == 0 && outcome.failed == 0 && outcome.problems.is_empty()
}

/// Answers for a scan that looked at nothing: fine when nothing is staged, else an error.
fn nothing(plan: &ScanPlan, outcome: &Outcome, colour: ColorChoice) -> Result<u8> {
    let nothing = |text: String| Err(Error::NothingScanned(text));
    match &plan.what {
        What::Staged if outcome.planned == 0 && speaks(plan) => output::say(&["nothing staged".to_owned()]).map(|()| 0),
        // A staged submodule, or a file over the limit, is skipped by name: the summary says so.
        What::Staged | What::Commit | What::Message(_) | What::Range(_, NoCommits::Fine) => {
            Ok(output::report(&plan.telling, plan.what.occasion(), outcome, colour))
        }
        What::Range(range, NoCommits::Mistake) => nothing(format!(
            "nothing to scan: the range `{}` brings nothing{}",
            RepoPath::from(range.as_str()),
            left_out(outcome)
        )),
        What::WorkTree(_) => nothing(format!("nothing to scan: the work tree has no files{}", left_out(outcome))),
        What::Paths(paths, _) => {
            let names: Vec<String> = paths.iter().map(|path| format!("`{}`", RepoPath::from(path.as_path()))).collect();
            nothing(format!("nothing to scan in {}{}", names.join(", "), left_out(outcome)))
        }
        What::History(_) => nothing("nothing to scan: there are no objects in it yet".to_owned()),
        What::Stdin(_) => nothing(format!("nothing to scan on standard input{}", left_out(outcome))),
    }
}

/// Tells whether the answer is for people, on standard output.
fn speaks(plan: &ScanPlan) -> bool {
    let telling = &plan.telling;
    telling.form == Form::Format(Format::Text)
        && telling.detail != Detail::Quiet
        && matches!(telling.target, Target::Stdout)
}

/// Says what was left out of a scan that looked at nothing, and how to have it.
fn left_out(outcome: &Outcome) -> String {
    let mut counts = outcome.skipped_by_reason();
    // That a repository has one goes without saying.
    counts.remove(&Skip::GitFolder);
    let parts: Vec<String> = counts.iter().map(|(why, count)| format!("{count} {}", why.name())).collect();
    let way = if counts.contains_key(&Skip::Ignored) { "; `--no-ignore` scans what is ignored" } else { "" };
    if parts.is_empty() { String::new() } else { format!(" ({}){way}", parts.join(", ")) }
}

/// Returns the folder we stand in, without symbolic links.
pub(super) fn here() -> Result<PathBuf> {
    let here = std::env::current_dir().map_err(Error::io("find", Path::new(".")))?;
    // The system's own answer has no links; elsewhere it has another form than what is compared with it.
    Ok(if cfg!(unix) { here } else { real(&here) })
}

/// Returns a folder without symbolic links, or as it is when it cannot be followed.
pub(super) fn real(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}

/// Tells whether a file that is there or is about to be made lies below a folder, behind all links.
pub(super) fn is_inside(top: &Path, path: &Path) -> bool {
    let target = path.ancestors().find_map(|part| part.canonicalize().ok());
    target.is_none_or(|target| target.starts_with(real(top)))
}

/// Returns today's date, in UTC: the same for everyone who shares an allow file.
pub(super) fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}
