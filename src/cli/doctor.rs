//! The security checklist: mends what is asked to be mended, examines, reports.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use anstream::ColorChoice;
use ideoguard::audit::{Ended, Metadata};
use ideoguard::doctor::{self, Checklist, Subject};
use ideoguard::error::{Error, Result};
use ideoguard::git::{GitEnv, Repository};
use ideoguard::install::{self, Run};
use ideoguard::keys::{FILE_NAME, Registry};
use ideoguard::path::RepoPath;
use ideoguard::report::Detail;

use super::args::{CheckFormArg, DoctorArgs};
use super::plan::{Before, Keep, Progress, ScanPlan};
use super::planning::everything;
use super::progress::Follow;
use super::record::{self, Deed};
use super::text_file::{self, Purpose};
use super::{history, key, output, replace, request, scan};

/// Which repository to examine, and what to do about it.
pub(super) struct DoctorPlan {
    /// A folder in the repository.
    folder: PathBuf,
    /// What is mended.
    mend: Mend,
    /// The form of the report.
    format: CheckFormArg,
    /// How much a report for people tells.
    detail: Detail,
    /// How many days old a key may be.
    days: i64,
    /// What is kept of the scan of the history.
    keep: Keep,
    /// Whether to show how far it is.
    progress: Progress,
    /// The scan that looks for keys.
    scan: ScanPlan,
}

/// What is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mend {
    /// Nothing.
    Nothing,
    /// What is safe to mend, or only said to be.
    Safe(Run),
}

impl DoctorPlan {
    /// Makes a plan of arguments.
    pub(super) fn of(args: DoctorArgs, detail: Detail) -> Result<Self> {
        let mut scan = everything(args.look, detail);
        scan.before = args.baseline.map_or(Before::Default, Before::File);
        Ok(Self {
            folder: scan::here()?.join(args.path.unwrap_or_default()),
            mend: match (args.fix, args.dry_run) {
                (false, _) => Mend::Nothing,
                (true, false) => Mend::Safe(Run::Real),
                (true, true) => Mend::Safe(Run::Dry),
            },
            format: args.format,
            detail,
            days: args.days.into(),
            keep: if args.no_store { Keep::Nothing } else { Keep::Own },
            progress: if args.no_progress || detail == Detail::Quiet { Progress::Hidden } else { Progress::Shown },
            scan,
        })
    }
}

/// Mends, examines and reports; returns the exit code.
pub(super) fn run(plan: &DoctorPlan, colour: ColorChoice) -> Result<u8> {
    // Files of environment variables are read, and what they hold with them.
    key::keep_out_of_dumps();
    let folder = plan.folder.canonicalize().map_err(Error::io("find", &plan.folder))?;
    let repository = Repository::discover(&folder)?;
    let mut config = scan::config(&plan.scan, Some(&repository))?;
    // The paths of the checklist begin at the top, wherever it was started.
    if let Some(top) = repository.work_dir().map(scan::real) {
        config.policy = config.policy.seen_from(top.clone(), top);
    }
    let engine = config.engine();
    let follow = Follow::new(plan.progress)?;
    let env = GitEnv::from_process();
    let registry = registry(&repository)?;
    let subject = Subject {
        engine: &engine,
        policy: &config.policy,
        repository: &repository,
        limits: &plan.scan.limits,
        watch: &follow,
        env: &env,
        registry: registry.as_ref(),
        today: scan::today(),
        days: plan.days,
    };
    let mut memory = history::memory(&plan.keep, &repository, &config.rules);
    let mut list = subject.examine(&mut memory)?;
    if let Mend::Safe(run) = plan.mend {
        // Asked for a report, a program reads nothing else on standard output.
        mend(&list, &repository, run)?.iter().for_each(|line| output::remark(line));
        if run == Run::Real {
            list = subject.examine(&mut memory)?;
        }
    }
    follow.finish();
    if list.is_cut_off {
        return Err(Error::Interrupted("interrupted: the history was not scanned to its end".to_owned()));
    }
    output::page(colour, |colour, out: &mut dyn Write| match plan.format {
        CheckFormArg::Text => doctor::write_text(&list, plan.detail, colour, out),
        CheckFormArg::Json => doctor::write_json(&list, out),
        CheckFormArg::Sarif => doctor::write_sarif(&list, out),
    })?;
    Ok(list.code())
}

/// Reads the registry of keys, if there is one; a link that leads nowhere is a mistake, not an absence.
fn registry(repository: &Repository) -> Result<Option<Registry>> {
    let path = repository.work_dir().map(|top| top.join(FILE_NAME)).filter(|path| path.symlink_metadata().is_ok());
    path.map(|path| Registry::parse(&path, &text_file::read(&path, Purpose::Registry)?)).transpose()
}

/// Mends what is safe to mend, and returns one line for each thing done.
fn mend(list: &Checklist, repository: &Repository, run: Run) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    if list.needs_patterns
        && let Some(top) = repository.work_dir()
    {
        lines.push(add_patterns(repository, top.join(".gitignore"), run)?);
    }
    if list.lacks_hooks()
        && let Some(top) = repository.work_dir()
    {
        record(repository, "hooks", run)?;
        lines.extend(install::install(&request::all_hooks(top.to_owned(), run)?)?);
    }
    if lines.is_empty() {
        lines.push("nothing here can be mended without asking".to_owned());
    }
    Ok(lines)
}

/// Records what is about to be mended; nothing is if that fails.
fn record(repository: &Repository, what: &str, run: Run) -> Result<()> {
    let action = "doctor.fix".to_owned();
    let deed = Deed { action, resource: what, result: Ended::Success, metadata: Metadata::new() };
    if run == Run::Dry { Ok(()) } else { record::deed(repository, deed) }
}

/// Adds the lines that `.gitignore` lacks.
fn add_patterns(repository: &Repository, path: PathBuf, run: Run) -> Result<String> {
    // It comes with the repository, so a link may lead to any file of this user.
    if path.is_symlink() {
        let shown = RepoPath::from(path.as_path());
        return Err(Error::Usage(format!("`{shown}` is a symbolic link; add the lines to the file behind it by hand")));
    }
    let old = match fs::read(&path) {
        Ok(old) => old,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(Error::io("read", path)(error)),
    };
    let addition = doctor::gitignore(&old);
    let lines = addition.lines.join("`, `");
    let shown = RepoPath::from(path.as_path());
    if run == Run::Dry {
        return Ok(format!("would add `{lines}` to `{shown}`"));
    }
    record(repository, ".gitignore", run)?;
    replace::with(&path, |out| out.write_all(&addition.content)).map_err(Error::io("write", &path))?;
    Ok(format!("added `{lines}` to `{shown}`"))
}
