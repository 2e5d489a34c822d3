//! The security checklist for whoever calls Ideogram, answered for one repository.
//!
//! Each item is a file of its own: a function from what was read to a
//! [`Check`]. What is read, is read once: the work tree and the history by the
//! scans that `ideoguard scan` runs, the project's code and configuration by
//! `project`, git's own knowledge through [`crate::git`]. Nothing is changed,
//! nothing is run, no network is asked, and no key is shown: a value is told by
//! its fingerprint and its first four characters, a variable by a name that is
//! made of words.

mod assignments;
mod audit_lines;
mod blocks;
mod bundle;
mod check;
mod code;
mod env_files;
mod environments;
mod fix;
mod hooks;
mod json;
mod literals;
mod names;
mod project;
mod registered;
mod roles;
mod sarif;
mod text;
mod webhooks;

pub use check::{Check, Evidence, Topic, Verdict};
pub use fix::{Addition, gitignore};
pub use json::write as write_json;
pub use sarif::write as write_sarif;
pub use text::write as write_text;

use jiff::civil::Date;

use crate::audit::{self, Log, Verified};
use crate::decide::Policy;
use crate::detect::Engine;
use crate::error::{Error, Result};
use crate::git::{GitEnv, Repository};
use crate::install;
use crate::keys::Registry;
use crate::path::RepoPath;
use crate::scan::history::shown;
use crate::scan::history::{Choice, History, Memory, Watch};
use crate::scan::{self, Limits};
use crate::text::Problem;
use crate::usage::MARK;

use assignments::Assignment;
use audit_lines::Records;
use code::{Kind, Language, Token, tokens};
use names::Role;
use project::{Listed, Project, SourceText, is_bundle, is_log, is_test};
use roles::Asked;
use webhooks::Webhooks;

/// Everything that the checklist leans on.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The rules.
    pub engine: &'a Engine,
    /// What is allowed.
    pub policy: &'a Policy,
    /// The repository.
    pub repository: &'a Repository,
    /// How much may be used.
    pub limits: &'a Limits,
    /// Who follows, and may end it.
    pub watch: &'a dyn Watch,
    /// The part of the environment that git looks at.
    pub env: &'a GitEnv,
    /// Which keys there are, if somebody keeps track of them.
    pub registry: Option<&'a Registry>,
    /// Today.
    pub today: Date,
    /// How many days old a key may be.
    pub days: i64,
}

/// The checklist, answered.
#[derive(Debug, Default)]
pub struct Checklist {
    /// The items, in the order in which they are asked.
    pub checks: Vec<Check>,
    /// What should have been read and could not be.
    pub problems: Vec<Problem>,
    /// Whether `.gitignore` lacks lines for environment files.
    pub needs_patterns: bool,
    /// Whether it was ended before its end.
    pub is_cut_off: bool,
}

impl Checklist {
    /// Tells whether hooks are not in place that `install` would put there.
    #[must_use]
    pub fn lacks_hooks(&self) -> bool {
        self.checks.iter().any(|check| check.topic == Topic::Hooks && check.verdict == Verdict::Fail)
    }

    /// The exit code: 1 if an item fails, 3 if something could not be read, 0 otherwise.
    #[must_use]
    pub fn code(&self) -> u8 {
        if self.checks.iter().any(|check| check.verdict == Verdict::Fail) {
            1
        } else if self.problems.is_empty() {
            0
        } else {
            3
        }
    }
}

/// What the project's files say.
#[derive(Default)]
struct Read {
    assignments: Vec<Assignment>,
    asked: Vec<Asked>,
    for_browsers: Vec<Evidence>,
    records: Records,
    webhooks: Webhooks,
}

impl<'a> Subject<'a> {
    /// Returns the history, of which what is chosen counts.
    fn history<'b>(self, choice: &'b Choice) -> History<'b>
    where
        'a: 'b,
    {
        let Subject { engine, policy, repository, limits, watch, .. } = self;
        History { engine, policy, repository, limits, choice, watch }
    }
}

impl Subject<'_> {
    /// Answers the checklist.
    ///
    /// A bare repository has no files to ask about, and is an error.
    pub fn examine(self, memory: &mut Memory) -> Result<Checklist> {
        let top = self.repository.work_dir().ok_or_else(project::no_work_tree)?;
        let top = &top.canonicalize().map_err(Error::io("find", top))?;
        let Listed { tree, bundles, project } = project::list(top)?;
        let tree = scan::run(self.engine, self.policy, Some(self.repository), tree, self.limits);
        let built = scan::run(self.engine, self.policy, Some(self.repository), bundles, self.limits);
        let choice = Choice::default();
        let history = self.scanned_history(&choice, memory)?;
        let read_nothing = tree.scanned + history.outcome.scanned == 0;
        let mut checklist = Checklist { is_cut_off: history.is_cut_off, ..Checklist::default() };
        let (read, mut problems) = self.read(&project);
        let tracked = self.repository.tracked()?;
        let is_tracked = |path: &RepoPath| tracked.binary_search(path).is_ok();
        let literals = literals::check(&tree, &history.outcome, |finding| is_tracked(&finding.path));
        let env_files = env_files::look(self.repository, self.history(&choice), &project)?;
        checklist.needs_patterns = env_files.needs_patterns();
        let audit_log = self.audit_log(&mut problems);
        checklist.checks = vec![
            literals,
            env_files::check(&env_files),
            environments::check(&read.assignments, &registered::environments(self.registry)),
            registered::scopes(self.registry),
            roles::check(&read.assignments, &read.asked, registered::has_both_roles(self.registry)),
            bundle::check(read.for_browsers, &tree, &built, project.has_client),
            read.webhooks.check(),
            audit_lines::check(read.records, audit_log.as_ref()),
            hooks::here(&install::placed(self.repository)?),
            hooks::on_server(self.repository, self.env)?,
            registered::age(self.registry, &read.assignments, self.today, self.days),
        ];
        problems.extend(project.problems);
        for outcome in [tree, built, history.outcome] {
            problems.extend(outcome.problems);
        }
        problems.extend(self.cut_off_history()?);
        if read_nothing {
            let error = Error::NothingScanned("there are no files and no commits here yet".to_owned());
            problems.push(Problem { what: "the repository".to_owned(), error });
        }
        checklist.problems = problems;
        self.tidy(&mut checklist);
        Ok(checklist)
    }

    /// Scans the history, all of it.
    fn scanned_history(self, choice: &Choice, memory: &mut Memory) -> Result<scan::history::Scanned> {
        match self.history(choice).run(memory) {
            // A repository without a commit has a history that holds nothing.
            Err(Error::NothingScanned(_)) => {
                Ok(scan::history::Scanned { outcome: crate::outcome::Outcome::default(), is_cut_off: false })
            }
            scanned => scanned,
        }
    }

    /// Verifies our own audit log, if there is one.
    fn audit_log(self, problems: &mut Vec<Problem>) -> Option<Verified> {
        let path = Log::default_path(self.repository.common_dir());
        match audit::verify(&path, None) {
            Ok(verified) => Some(verified),
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                problems.push(Problem { what: "the audit log".to_owned(), error });
                None
            }
        }
    }

    /// Names the history that a shallow clone lacks: whether a key ever stood in it, nobody can tell from here.
    fn cut_off_history(self) -> Result<Option<Problem>> {
        let is_shallow = !self.repository.shallow()?.is_empty();
        let error = || {
            Error::Incomplete(
                "this clone is shallow, so what was committed earlier is not here; `git fetch --unshallow` brings it \
                 (in GitHub Actions, `fetch-depth: 0`)"
                    .to_owned(),
            )
        };
        Ok(is_shallow.then(|| Problem { what: "the history".to_owned(), error: error() }))
    }

    /// Reads the project's files.
    fn read(self, project: &Project) -> (Read, Vec<Problem>) {
        let mut read = Read::default();
        let problems = project.each(|source| {
            if is_log(source.path) {
                read.records.look_at_log(source.path, &source.text);
            } else if let Some(language) = source.language {
                read.code(&source, language);
            } else if names_ideogram(&source.text) {
                read.for_browsers.extend(bundle::in_config(source.path, &source.text));
                read.assignments.extend(assignments::read(self.engine, source.path, &source.text));
            }
        });
        (read, problems)
    }

    /// Puts everything in order, and takes secrets out of the names of files.
    fn tidy(self, checklist: &mut Checklist) {
        let hide = |path: &mut RepoPath| *path = shown(self.engine, path);
        for check in &mut checklist.checks {
            check.evidence.iter_mut().filter_map(|evidence| evidence.path.as_mut()).for_each(hide);
            check.evidence.iter_mut().for_each(|evidence| scan::hide_in(self.engine, &mut evidence.says));
            check.fix.iter_mut().for_each(|step| scan::hide_in(self.engine, step));
        }
        for problem in &mut checklist.problems {
            scan::hide_in(self.engine, &mut problem.what);
        }
        checklist.problems.sort_by(|one, other| one.what.cmp(&other.what));
        checklist.problems.dedup_by(|one, other| one.what == other.what);
    }
}

impl Read {
    /// Takes in a file of code. Of one that does not name Ideogram, only functions count that a handler may lean on.
    fn code(&mut self, source: &SourceText<'_>, language: Language) {
        let path = source.path;
        if is_test(path) {
            return;
        }
        let found = tokens(&source.text, language);
        self.webhooks.look(path, &found, language);
        let names_it = names_ideogram(&source.text);
        if names_it {
            self.for_browsers.extend(bundle::in_code(path, &found));
            self.asked.extend(asked(path, &found));
        }
        // What was built is told by its source, and settings name hosts to allow them.
        let is_made = is_bundle(path) || bundle::is_setting(path);
        if !is_made && (names_it || source.text.contains(MARK)) {
            self.records.look(path, &found);
        }
    }
}

/// Tells whether a text names Ideogram, in whatever case.
fn names_ideogram(text: &str) -> bool {
    // Without a copy of a text that may hold keys.
    let name = b"ideogram";
    let starts = memchr::memchr2_iter(b'i', b'I', text.as_bytes());
    starts
        .into_iter()
        .any(|at| text.as_bytes()[at..].get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)))
}

/// Returns the variables with a role that code asks for.
fn asked(path: &RepoPath, found: &[Token<'_>]) -> Vec<Asked> {
    let mut asked = Vec::new();
    for token in found.iter().filter(|token| token.kind != Kind::Sign && token.text.len() <= 64) {
        // What code calls its own variables says nothing; the names of the environment are in capitals.
        let is_env = token.text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        if let Some(role) = Role::of_name(token.text).filter(|_| is_env && names::is_key_name(token.text)) {
            let says = format!("{} is asked for", names::told(token.text));
            asked.push(Asked { role, at: Evidence::at(path, token.line, says) });
        }
    }
    asked
}
