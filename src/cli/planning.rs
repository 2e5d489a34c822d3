//! Arguments become a plan: what is mistyped is refused here, before anything is done.

use std::path::{Path, PathBuf};

use anstream::ColorChoice;
use ideoguard::decide::Allowance;
use ideoguard::error::{Error, Result};
use ideoguard::finding::Fingerprint;
use ideoguard::gate::RefUpdate;
use ideoguard::path::RepoPath;
use ideoguard::report::Detail;
use ideoguard::scan::history::Choice;
use ideoguard::scan::{Archives, Limits};
use ideoguard::source::Ignored;
use jiff::civil::Date;

use super::args::{
    AddArgs, Args, BaselineWhat, Command, DoctorArgs, ExplainArgs, FormatArg, HistoryArgs, HookArg, HowArgs, LookArgs,
    PolicyWhat, ReportArgs, RulesWhat, ScanArgs, StorePlace, StoreWhat, When, WordsArgs,
};
use super::audit::AuditPlan;
use super::doctor::DoctorPlan;
use super::framework::{self, Asked};
use super::key::KeyPlan;
use super::lsp::LspPlan;
use super::plan::{
    Act, Adding, AllowPlan, BaselinePlan, Before, ExplainPlan, Gaps, GatePlan, HistoryPlan, Keep, NoCommits, Plan,
    PolicyPlan, Progress, ReportPlan, RulesPlan, ScanPlan, Shown, StoreAt, Take, What, WherePlan,
};
use super::request;
use super::telling::{self, Linking, Look, Target};
use super::webhook::WebhookPlan;

impl Args {
    /// Returns when to use colour.
    pub(super) fn colour(&self) -> ColorChoice {
        match self.color {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        }
    }

    /// Goes to the folder that was asked for, and decides what is to be done.
    pub(super) fn into_plan(self) -> Result<Plan> {
        self.directory.iter().try_for_each(|folder| enter(Path::new(folder)))?;
        let look = self.look();
        let detail = look.detail;
        Ok(match self.command {
            Command::Scan(args) => Plan::Scan(scan(args, look)?),
            Command::Hook(args) => hook(args.hook, look)?,
            Command::Install(args) => Plan::Install(request::of(args)?),
            Command::Uninstall(args) => Plan::Uninstall(request::of(args)?),
            Command::Allow(args) => Plan::Allow(AllowPlan {
                allowance: Allowance {
                    fingerprint: fingerprint(&args.fingerprint)?,
                    reason: args.reason,
                    until: args.until.as_deref().map(|text| date(text, "--until")).transpose()?,
                },
                config: args.config,
            }),
            Command::Baseline(args) => Plan::Baseline(baseline(args.what, detail)?),
            Command::Explain(args) => Plan::Explain(explain(&args, look)?),
            Command::Report(args) => Plan::Report(report(args, look)?),
            Command::Lsp(args) => Plan::Lsp(LspPlan::of(args, detail)),
            Command::Completions(args) => Plan::Completions(args.shell),
            Command::Man(args) => Plan::Man(args.dir),
            Command::Where(args) => Plan::Where(WherePlan {
                fingerprint: fingerprint(&args.fingerprint)?,
                repository: args.repo.unwrap_or_else(|| PathBuf::from(".")),
                limits: Limits { threads: args.threads.into(), ..Limits::default() },
                store: if args.no_store { Keep::Nothing } else { Keep::Own },
                progress: if args.no_progress || detail == Detail::Quiet { Progress::Hidden } else { Progress::Shown },
            }),
            Command::Doctor(DoctorArgs { server: Some(server), .. }) => Plan::Trial(server),
            Command::Doctor(args) => Plan::Doctor(DoctorPlan::of(args, detail)?),
            Command::Rules(args) => Plan::Rules(rules(args.what)),
            Command::Policy(args) => match args.what {
                PolicyWhat::Check { repo, format } => {
                    Plan::Policy(PolicyPlan { repository: repo.unwrap_or_else(|| PathBuf::from(".")), format })
                }
            },
            Command::Audit(args) => Plan::Audit(AuditPlan::of(args.what)?),
            Command::Key(args) => Plan::Key(KeyPlan::of(args.what)?),
            Command::Webhook(args) => Plan::Webhook(WebhookPlan::of(args.what)?),
            Command::Store(args) => match args.what {
                StoreWhat::Info(place) => Plan::StoreInfo(store_at(place)),
                StoreWhat::Clear(place) => Plan::StoreClear(store_at(place)),
            },
        })
    }

    /// Returns how reports for people look.
    fn look(&self) -> Look {
        let links = match self.links {
            When::Auto => Linking::Auto,
            When::Always => Linking::Always,
            When::Never => Linking::Never,
        };
        Look { detail: self.detail(), links }
    }

    /// Returns how much a report for people tells.
    fn detail(&self) -> Detail {
        if self.quiet {
            Detail::Quiet
        } else if self.verbose {
            Detail::Verbose
        } else {
            Detail::Normal
        }
    }
}

/// Goes to a folder; like git, not at all when it is empty.
fn enter(folder: &Path) -> Result<()> {
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    std::env::set_current_dir(folder)
        .map_err(|error| Error::Usage(format!("could not change to `{}`: {error}", RepoPath::from(folder))))
}

/// Plans a scan.
fn scan(args: ScanArgs, look: Look) -> Result<ScanPlan> {
    let ignored = if args.no_ignore { Ignored::Scan } else { Ignored::Skip };
    let what = if args.history.history {
        What::History(history(args.history, args.what.paths, look.detail)?)
    } else if args.what.staged {
        What::Staged
    } else if let Some(range) = args.what.range {
        What::Range(range, NoCommits::Mistake)
    } else if args.what.stdin {
        What::Stdin(args.path.as_deref().map_or_else(|| RepoPath::from("standard input"), RepoPath::from))
    } else if args.what.paths.is_empty() {
        What::WorkTree(ignored)
    } else {
        What::Paths(args.what.paths, ignored)
    };
    let mut plan = planned(what, args.how, look, Target::Stdout)?;
    plan.limits.archives = if args.archives { Archives::Opened } else { Archives::Closed };
    Ok(plan)
}

/// Plans the scan of histories.
fn history(args: HistoryArgs, repositories: Vec<PathBuf>, detail: Detail) -> Result<HistoryPlan> {
    let since = args.since.as_deref().map(|text| date(text, "--since")).transpose()?;
    let store = match (args.store, args.no_store) {
        (Some(file), _) => Keep::Shared(file),
        (None, true) => Keep::Nothing,
        (None, false) => Keep::Own,
    };
    Ok(HistoryPlan {
        repositories,
        list: args.repos_from,
        choice: Choice { since: since.map(midnight).transpose()?, refs: args.refs },
        store,
        progress: if args.no_progress || detail == Detail::Quiet { Progress::Hidden } else { Progress::Shown },
    })
}

/// Returns the moment at which a day begins in UTC, in seconds since the epoch.
fn midnight(day: Date) -> Result<i64> {
    let start = day.to_zoned(jiff::tz::TimeZone::UTC).map_err(|error| Error::Usage(error.to_string()))?;
    Ok(start.timestamp().as_second())
}

/// Plans what a hook does.
fn hook(hook: HookArg, look: Look) -> Result<Plan> {
    let (what, how) = match hook {
        HookArg::PreCommit { how } | HookArg::PreMergeCommit { how } => (What::Commit, how),
        HookArg::CommitMsg { file, how } => (What::Message(file), how),
        HookArg::PrePush { remote, url: _ } => return Ok(Plan::Gate(GatePlan::PrePush { remote })),
        HookArg::Framework { how } => match framework::asked(|name| std::env::var_os(name))? {
            Asked::Push(outgoing) => return Ok(Plan::Gate(GatePlan::Framework(outgoing))),
            Asked::Scan(what) => (what, how),
        },
        HookArg::PreReceive => return Ok(Plan::Gate(GatePlan::PreReceive)),
        HookArg::Update { reference, old, new } => {
            let [reference, old, new] = [&reference, &old, &new].map(|word| word.as_encoded_bytes());
            return Ok(Plan::Gate(GatePlan::Update(RefUpdate::of(reference, old, new)?)));
        }
    };
    Ok(Plan::Scan(planned(what, how, look, Target::Stderr)?))
}

/// Joins what to scan with how; an output file takes the place of `stream`.
fn planned(what: What, how: HowArgs, look: Look, stream: Target) -> Result<ScanPlan> {
    Ok(ScanPlan {
        what,
        limits: Limits { threads: how.threads.into(), max_blob_bytes: how.max_blob_size, ..Limits::default() },
        config: how.config,
        before: how.baseline.map_or(Before::Default, Before::File),
        telling: telling::of(how.form, look, stream)?,
    })
}

/// Plans how a saved report is told.
fn report(args: ReportArgs, look: Look) -> Result<ReportPlan> {
    let mut form = args.form;
    if args.html {
        form.format = FormatArg::Html;
    }
    Ok(ReportPlan { results: args.results, telling: telling::of(form, look, Target::Stdout)? })
}

/// Plans where a finding is looked for: where it is mended, and then everywhere.
fn explain(args: &ExplainArgs, look: Look) -> Result<ExplainPlan> {
    let fingerprint = fingerprint(&args.fingerprint)?;
    args.repo.iter().try_for_each(|folder| enter(folder))?;
    let progress = if args.no_progress || look.detail == Detail::Quiet { Progress::Hidden } else { Progress::Shown };
    let history =
        HistoryPlan { repositories: Vec::new(), list: None, choice: Choice::default(), store: Keep::Own, progress };
    let scans = [What::Staged, What::WorkTree(Ignored::Skip), What::History(history)].map(|what| ScanPlan {
        what,
        limits: Limits { threads: args.threads.into(), ..Limits::default() },
        config: args.config.clone(),
        before: args.baseline.clone().map_or(Before::Default, Before::File),
        telling: telling::plain(look.detail),
    });
    Ok(ExplainPlan { fingerprint, scans: scans.into() })
}

/// Plans what is done with a baseline.
fn baseline(what: BaselineWhat, detail: Detail) -> Result<BaselinePlan> {
    let (act, file, look) = match what {
        BaselineWhat::Create { output, add, look } => (Act::Create(adding(add)?), output, look),
        BaselineWhat::Update { baseline, add, look } => (Act::Update(adding(add)?), baseline, look),
        BaselineWhat::Prune { baseline, look } => (Act::Prune, baseline, look),
        BaselineWhat::Import { file, baseline, words, allow_incomplete, look } => {
            (Act::Import(file, adding(AddArgs { words, warnings: true, allow_incomplete })?), baseline, look)
        }
    };
    Ok(BaselinePlan { act, file, scan: everything(look, detail) })
}

/// Plans the scan that tells what is there: of everything that can be scanned, and whatever a baseline says.
pub(super) fn everything(look: LookArgs, detail: Detail) -> ScanPlan {
    ScanPlan {
        what: What::History(HistoryPlan {
            repositories: Vec::new(),
            list: None,
            choice: Choice::default(),
            store: Keep::Own,
            progress: if detail == Detail::Quiet { Progress::Hidden } else { Progress::Shown },
        }),
        limits: Limits { threads: look.threads.into(), ..Limits::default() },
        config: look.config,
        before: Before::Nothing,
        telling: telling::plain(detail),
    }
}

/// Decides what is added to a baseline.
fn adding(args: AddArgs) -> Result<Adding> {
    let WordsArgs { reason, who, until } = args.words;
    Ok(Adding {
        reason,
        who,
        until: until.as_deref().map(|text| date(text, "--until")).transpose()?,
        take: if args.warnings { Take::Warnings } else { Take::Leaks },
        gaps: if args.allow_incomplete { Gaps::Accept } else { Gaps::Refuse },
    })
}

/// Plans what is shown of the rules.
fn rules(what: RulesWhat) -> RulesPlan {
    match what {
        RulesWhat::List { config } => RulesPlan { what: Shown::List, config },
        RulesWhat::Show { id, config } => RulesPlan { what: Shown::One(id), config },
        RulesWhat::Test { file, rule, config } => RulesPlan { what: Shown::Test(file, rule), config },
        RulesWhat::Check { file } => RulesPlan { what: Shown::Check, config: file },
    }
}

/// Plans which store to look at.
fn store_at(place: StorePlace) -> StoreAt {
    match place.store {
        Some(file) => StoreAt::File(file),
        None => StoreAt::Repository(place.repo.unwrap_or_else(|| PathBuf::from("."))),
    }
}

/// Reads a fingerprint; what was typed is not repeated, for it could be the secret.
fn fingerprint(text: &str) -> Result<Fingerprint> {
    Fingerprint::parse(text).ok_or_else(|| {
        let form = "a fingerprint is `ig1:` and 32 lower-case hex digits, as reports show it after `allow`";
        Error::Usage(format!("this is no fingerprint; {form}"))
    })
}

/// Reads a date.
fn date(text: &str, option: &str) -> Result<Date> {
    text.parse().map_err(|_| Error::Usage(format!("`{option}` takes a date such as 2027-01-31")))
}
