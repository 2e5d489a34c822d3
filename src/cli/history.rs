//! Scans of histories: one repository, or many with one result.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anstream::ColorChoice;
use ideoguard::decide::Policy;
use ideoguard::detect::Engine;
use ideoguard::error::{Error, Result};
use ideoguard::finding::Finding;
use ideoguard::git::Repository;
use ideoguard::outcome::Outcome;
use ideoguard::path::RepoPath;
use ideoguard::reference::Reference;
use ideoguard::report;
use ideoguard::rules::RuleBook;
use ideoguard::scan::history::{Choice, History, Memory, Scanned, Traced, shown};
use ideoguard::text::Problem;

use super::plan::{HistoryPlan, Keep, ScanPlan, WherePlan};
use super::progress::Follow;
use super::{output, scan};

/// Scans the histories that a plan names, and reports nothing yet.
pub(super) fn look(plan: &ScanPlan, how: &HistoryPlan) -> Result<Outcome> {
    let repositories = repositories(how)?;
    let follow = Follow::new(how.progress)?;
    let scanned = match &repositories[..] {
        [one] => of_one(plan, how, one, &follow)?,
        many => of_many(plan, how, many, &follow),
    };
    follow.finish();
    if scanned.is_cut_off {
        return Err(Error::Interrupted(so_far(how, &scanned.outcome)));
    }
    Ok(scanned.outcome)
}

/// Returns the repositories that are named, or the one here.
fn repositories(how: &HistoryPlan) -> Result<Vec<PathBuf>> {
    let mut repositories = how.repositories.clone();
    if let Some(list) = &how.list {
        let listed = lines(list)?;
        if listed.is_empty() {
            let list = RepoPath::from(list.as_path());
            return Err(Error::NothingScanned(format!("nothing to scan: `{list}` names no repository")));
        }
        repositories.extend(listed);
    }
    if repositories.is_empty() {
        repositories.push(PathBuf::from("."));
    }
    Ok(repositories)
}

/// Reads the paths in a file, one a line.
fn lines(list: &Path) -> Result<Vec<PathBuf>> {
    let mut text = Vec::new();
    let read = if list == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut text)
    } else {
        std::fs::File::open(list).and_then(|mut file| file.read_to_end(&mut text))
    };
    read.map_err(Error::io("read", list))?;
    let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    Ok(lines.filter(|line| !line.is_empty()).map(|line| RepoPath::new(line).to_os_path()).collect())
}

/// Scans one history.
fn of_one(plan: &ScanPlan, how: &HistoryPlan, path: &Path, follow: &Follow) -> Result<Scanned> {
    let repository = Repository::discover(&scan::here()?.join(path))?;
    let config = scan::config(plan, Some(&repository))?;
    // What a limit leaves out must not count as scanned.
    let keep = if plan.limits.max_blob_bytes.is_some() { &Keep::Nothing } else { &how.store };
    let mut memory = memory(keep, &repository, &config.rules);
    let (engine, policy) = (config.engine(), &config.policy);
    let history = History {
        engine: &engine,
        policy,
        repository: &repository,
        limits: &plan.limits,
        choice: &how.choice,
        watch: follow,
    };
    let mut scanned = history.run(&mut memory)?;
    let notices = scan::notices(&plan.what, Some(&repository), policy, &scanned.outcome);
    scanned.outcome.notices.extend(notices.into_iter().chain(config.notice()));
    Ok(scanned)
}

/// Opens what is known of a repository, of what these rules find.
pub(super) fn memory(keep: &Keep, repository: &Repository, rules: &RuleBook) -> Memory {
    match keep {
        Keep::Own => Memory::own(repository.common_dir(), rules),
        Keep::Shared(file) => Memory::shared(file, repository.common_dir(), rules),
        Keep::Nothing => Memory::none(),
    }
}

/// Says where a secret lives; returns 0 if no object holds it, and 1 if one does.
pub(super) fn find(plan: &WherePlan, colour: ColorChoice) -> Result<u8> {
    let repository = Repository::discover(&scan::here()?.join(&plan.repository))?;
    let follow = Follow::new(plan.progress)?;
    let config = scan::local_config(&repository)?;
    let engine = config.engine();
    let history = History {
        engine: &engine,
        policy: &Policy::none(scan::today()),
        repository: &repository,
        limits: &plan.limits,
        choice: &Choice::default(),
        watch: &follow,
    };
    let traced = history.find(&plan.fingerprint, &mut memory(&plan.store, &repository, &config.rules))?;
    follow.finish();
    if traced.is_cut_off {
        return Err(Error::Interrupted("interrupted: not all objects were looked at".to_owned()));
    }
    output::say(&[page(plan, &traced, &engine)])?;
    for problem in &traced.problems {
        output::explain(&problem.error, colour);
    }
    Ok(match (traced.spots.is_empty(), traced.problems.is_empty()) {
        (false, _) => 1,
        (true, true) => 0,
        (true, false) => 3,
    })
}

/// Writes down where a secret lives.
fn page(plan: &WherePlan, traced: &Traced, engine: &Engine) -> String {
    let found = traced.found.as_ref();
    let rule = found.and_then(|found| engine.rule(&found.rule));
    let advice: Vec<String> = rule
        .map(|rule| rule.advice.to_owned())
        .into_iter()
        .chain(found.into_iter().flat_map(|found| found.advice.iter().cloned()))
        .collect();
    let name = |reference: &Reference| Reference { name: shown(engine, &reference.name), ..reference.clone() };
    let named: Vec<_> = traced.held.iter().map(|(reference, how)| (name(reference), *how)).collect();
    let held: Vec<_> = named.iter().map(|(reference, how)| (reference, *how)).collect();
    let told = report::Whereabouts {
        title: rule.map_or("Secret", |rule| rule.title),
        redacted: found.map_or("…", |found| &found.redacted),
        fingerprint: &plan.fingerprint,
        advice: &advice,
        spots: &traced.spots,
        held: &held,
    };
    report::whereabouts(&told).trim_end().to_owned()
}

/// Scans many histories; one that cannot be read is a problem, and does not stop the rest.
fn of_many(plan: &ScanPlan, how: &HistoryPlan, paths: &[PathBuf], follow: &Follow) -> Scanned {
    let mut all = Scanned { outcome: Outcome::default(), is_cut_off: false };
    for path in paths {
        let name = shown(&Engine::built_in(), &RepoPath::from(path.as_path()));
        match of_one(plan, how, path, follow) {
            Ok(mut one) => {
                one.outcome.findings.iter_mut().for_each(|finding| place(finding, &name));
                one.outcome.problems.iter_mut().for_each(|problem| problem.what = format!("{name}: {}", problem.what));
                all.is_cut_off |= one.is_cut_off;
                all.outcome = all.outcome.merge(one.outcome);
            }
            Err(mut error) => {
                if let Error::NoRepository { path } = &mut error {
                    *path = shown(&Engine::built_in(), &RepoPath::from(path.as_path())).to_os_path();
                }
                all.outcome.planned += 1;
                all.outcome.failed += 1;
                all.outcome.problems.push(Problem { what: name.to_string(), error });
            }
        }
        if all.is_cut_off {
            break;
        }
    }
    all.outcome.sort();
    all
}

/// Says in which repository a finding is.
fn place(finding: &mut Finding, repository: &RepoPath) {
    if let Some(trail) = &mut finding.trail {
        Arc::make_mut(trail).repository = Some(repository.clone());
    }
}

/// Says how far an interrupted scan came, and how to go on.
fn so_far(how: &HistoryPlan, outcome: &Outcome) -> String {
    let (done, all) = (outcome.scanned, outcome.planned);
    match how.store {
        Keep::Own | Keep::Shared(_) => {
            format!("interrupted: {done} of {all} objects are scanned and kept; the same command goes on from there")
        }
        Keep::Nothing => format!("interrupted: {done} of {all} objects were scanned, and nothing is kept"),
    }
}
