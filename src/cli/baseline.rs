//! Makes and changes the baseline.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anstream::ColorChoice;
use ideoguard::decide::{BASELINE, Baseline, Known};
use ideoguard::detect::Engine;
use ideoguard::error::{Error, Result};
use ideoguard::finding::{Finding, Verdict};
use ideoguard::git::Repository;
use ideoguard::outcome::{Outcome, Status};
use ideoguard::path::RepoPath;
use ideoguard::text::Skip;

use super::plan::{Act, Adding, BaselinePlan, Gaps, Take};
use super::scan::{found, here, is_inside, today};
use super::text_file::{self, Purpose};
use super::{import, output, replace};

/// A baseline on disk.
struct Kept {
    /// The file.
    path: PathBuf,
    /// What it says; nothing when it is not there.
    text: Option<String>,
    /// What that means.
    baseline: Baseline,
}

/// Does what was asked for, and says so; returns the exit code.
pub(super) fn run(plan: &BaselinePlan, colour: ColorChoice) -> Result<u8> {
    let path = file(plan)?;
    match &plan.act {
        Act::Create(adding) => create(plan, adding, path, colour),
        Act::Update(adding) => update(plan, adding, Kept::read(path)?, colour),
        Act::Prune => prune(plan, Kept::read(path)?, colour),
        Act::Import(from, adding) => take_over(plan, from, adding, Kept::read_if_there(path)?, colour),
    }
}

/// Writes a new baseline.
fn create(plan: &BaselinePlan, adding: &Adding, path: PathBuf, colour: ColorChoice) -> Result<u8> {
    if path.symlink_metadata().is_ok() {
        let path = RepoPath::from(path.as_path());
        let way = "`ideoguard baseline update` adds what is new";
        return Err(Error::Usage(format!("{path} is there already; {way}")));
    }
    check(adding)?;
    let outcome = found(&plan.scan, colour)?;
    let code = covered(&outcome, plan, Some(adding), colour)?;
    let mut kept = Kept { baseline: Baseline::empty(&path), path, text: None };
    let new = wanted(&outcome, adding.take);
    let count = kept.add(adding, &new, "there when the baseline was created")?;
    kept.write()?;
    output::say(&[format!("{} in {}", secrets(count), kept.name()), NEXT.into()])?;
    Ok(code)
}

/// Adds what has no line yet.
fn update(plan: &BaselinePlan, adding: &Adding, mut kept: Kept, colour: ColorChoice) -> Result<u8> {
    check(adding)?;
    let outcome = found(&plan.scan, colour)?;
    let code = covered(&outcome, plan, Some(adding), colour)?;
    let new = wanted(&outcome, adding.take);
    let count = kept.add(adding, &new, "there when the baseline was updated")?;
    kept.write()?;
    output::say(&[format!("{} added to {}, {} in all", secrets(count), kept.name(), kept.baseline.len())])?;
    output::say(&kept.baseline.notice(today()).into_iter().collect::<Vec<_>>())?;
    Ok(code)
}

/// Takes out what is found no more.
fn prune(plan: &BaselinePlan, mut kept: Kept, colour: ColorChoice) -> Result<u8> {
    let outcome = found(&plan.scan, colour)?;
    let code = covered(&outcome, plan, None, colour)?;
    let is_there: HashSet<_> = outcome.findings.iter().map(|finding| &finding.fingerprint).collect();
    let count = kept.baseline.prune(|fingerprint| is_there.contains(fingerprint));
    kept.write()?;
    output::say(&[format!("{} taken out of {}, {} left", secrets(count), kept.name(), kept.baseline.len())])?;
    Ok(code)
}

/// Adds what the file of another tool allows.
fn take_over(plan: &BaselinePlan, from: &Path, adding: &Adding, mut kept: Kept, colour: ColorChoice) -> Result<u8> {
    check(adding)?;
    let taken = import::look_up(from, &plan.scan)?;
    let code = covered(&taken.outcome, plan, Some(adding), colour)?;
    let new: Vec<&Finding> = taken.found.iter().collect();
    let count = kept.add(adding, &new, &format!("imported from {}", taken.form.name()))?;
    kept.write()?;
    let entries = if taken.entries == 1 { "entry" } else { "entries" };
    let mut lines = vec![format!(
        "{} of {} {entries} of {} taken over, {} added to {}",
        taken.entries - taken.left.len(),
        taken.entries,
        taken.form.name(),
        secrets(count),
        kept.name()
    )];
    lines.extend(taken.left);
    output::say(&lines)?;
    Ok(code)
}

/// The folder that is made for a baseline if need be; a folder that somebody named must be there.
const FOLDER: &str = ".ideoguard";

/// What is left to do once a baseline is written.
const NEXT: &str = "they no longer block, and have leaked all the same: revoke those that work\n\
                    commit that file; `.ideoguard/baseline merge=union` in .gitattributes merges it without conflicts";

/// Sees to it that everything was read, or says what was not; returns the exit code of what was.
///
/// Without `adding`, nothing may be missing, not even on purpose: the secret could be there.
fn covered(outcome: &Outcome, plan: &BaselinePlan, adding: Option<&Adding>, colour: ColorChoice) -> Result<u8> {
    let has_gaps = !outcome.problems.is_empty() || outcome.failed > 0;
    let is_cut = outcome.skipped.iter().any(|skipped| matches!(skipped.why, Skip::CutOff | Skip::TooLarge));
    output::problems(outcome, plan.scan.what.occasion(), colour);
    match adding {
        None if is_cut && !has_gaps => Err(Error::Incomplete(
            "nothing was taken out: a part of the history is not here, and the secrets could be there".into(),
        )),
        None if has_gaps => {
            Err(Error::Incomplete("nothing was taken out: what could not be read may hold the secrets".into()))
        }
        Some(adding) if has_gaps && adding.gaps == Gaps::Refuse => Err(Error::Incomplete(
            "nothing was written: something could not be read; `--allow-incomplete` writes what was found".into(),
        )),
        Some(_) if has_gaps => Ok(Status::Incomplete.code()),
        None | Some(_) => Ok(Status::Clean.code()),
    }
}

/// Returns the findings that a baseline takes.
fn wanted(outcome: &Outcome, take: Take) -> Vec<&Finding> {
    let is_wanted = |finding: &&Finding| match finding.verdict {
        Verdict::Leak => true,
        Verdict::Warning => take == Take::Warnings,
        Verdict::Note(_) | Verdict::Allowed(_) => false,
    };
    outcome.findings.iter().filter(is_wanted).collect()
}

/// Refuses words that would say nothing, hold never, or hold a secret themselves.
fn check(adding: &Adding) -> Result<()> {
    for (flag, words) in [("--reason", &adding.reason), ("--who", &adding.who)] {
        let Some(words) = words else { continue };
        if words.trim().is_empty() {
            return Err(Error::Usage(format!("`{flag}` is empty; leave it out or say it in words")));
        }
        if words.chars().any(char::is_control) {
            return Err(Error::Usage(format!("write `{flag}` on one line, without control characters")));
        }
        if !Engine::built_in().scan(words.as_bytes()).is_empty() {
            return Err(Error::Usage(format!("`{flag}` holds what looks like a secret; everybody will read it")));
        }
    }
    match adding.until {
        Some(last) if last < today() => Err(Error::Usage(format!("{last} has passed; give a day from today on"))),
        Some(_) | None => Ok(()),
    }
}

/// Returns the baseline that is meant: the one that was named, or the one at the top of the work tree.
fn file(plan: &BaselinePlan) -> Result<PathBuf> {
    if let Some(file) = &plan.file {
        return Ok(file.clone());
    }
    let repository = Repository::discover(&here()?)?;
    let Some(top) = repository.work_dir() else {
        let way = "name a file with `--baseline`";
        return Err(Error::Usage(format!("this repository is bare: it has no place for `{BASELINE}`; {way}")));
    };
    let path = top.join(BASELINE);
    if is_inside(top, &path) {
        return Ok(path);
    }
    let path = RepoPath::from(path.as_path());
    Err(Error::Usage(format!(
        "{path} lies behind a link that leads out of the work tree; name a file with `--baseline`"
    )))
}

/// Returns who answers for new lines: who was named, or git's user.
fn who(adding: &Adding) -> Result<String> {
    if let Some(who) = &adding.who {
        return Ok(who.trim().to_owned());
    }
    let user = Repository::discover(&here()?).ok().and_then(|repository| repository.user_name());
    let user = user.filter(|name| Engine::built_in().scan(name.as_bytes()).is_empty());
    user.map(|name| name.trim().to_owned()).ok_or_else(|| {
        Error::Usage("git knows no name of yours; say who answers for these secrets with `--who NAME`".into())
    })
}

/// Says how many secrets there are.
fn secrets(count: usize) -> String {
    if count == 1 { "1 secret".to_owned() } else { format!("{count} secrets") }
}

impl Kept {
    /// Reads a baseline, which must be there.
    fn read(path: PathBuf) -> Result<Self> {
        let text = text_file::read(&path, Purpose::Baseline)?;
        Ok(Self { baseline: Baseline::parse(&path, &text)?, text: Some(text), path })
    }

    /// Reads a baseline, or begins one.
    fn read_if_there(path: PathBuf) -> Result<Self> {
        if path.symlink_metadata().is_ok() {
            return Self::read(path);
        }
        Ok(Self { baseline: Baseline::empty(&path), text: None, path })
    }

    /// Adds a line for each secret that has none, and returns how many that were.
    fn add(&mut self, adding: &Adding, findings: &[&Finding], reason: &str) -> Result<usize> {
        let mut new = findings.iter().filter(|finding| !self.baseline.has(&finding.fingerprint)).peekable();
        if new.peek().is_none() {
            return Ok(0);
        }
        let who = who(adding)?;
        let reason = adding.reason.as_deref().unwrap_or(reason).trim();
        let known = |finding: &&Finding| Known {
            fingerprint: finding.fingerprint.clone(),
            rule: finding.rule.clone().into_owned(),
            who: who.clone(),
            until: adding.until,
            reason: reason.to_owned(),
        };
        let lines: Vec<Known> = new.map(known).collect();
        Ok(lines.into_iter().filter(|line| self.baseline.add(line.clone())).count())
    }

    /// Writes the baseline, unless the file says just that already.
    fn write(&self) -> Result<()> {
        let text = self.baseline.to_string();
        if self.text.as_ref() == Some(&text) {
            return Ok(());
        }
        if let Some(folder) = self.path.parent().filter(|folder| folder.ends_with(FOLDER) && !folder.exists()) {
            fs::create_dir(folder).map_err(Error::io("make", folder))?;
        }
        replace::with(&self.path, |out| out.write_all(text.as_bytes())).map_err(Error::io("write", &self.path))
    }

    /// Returns the file, safe to print.
    fn name(&self) -> RepoPath {
        RepoPath::from(self.path.as_path())
    }
}
