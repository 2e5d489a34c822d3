//! `ideoguard doctor --server`: says what a server's hooks let pass.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;

use ideoguard::error::Result;
use ideoguard::gate::trial::{self, Must, Trial};
use ideoguard::git::{Chain, Repository, Scratch};
use ideoguard::install::{self, Server};
use ideoguard::path::{Escaped, RepoPath};

use super::{output, scan};

/// How many lines are shown of what a hook said to a clean push.
const LINES: usize = 6;

/// Pushes to a scratch copy and says what became of it; returns 1 if something passed that must not, or the reverse.
pub(super) fn run(server: &Path) -> Result<u8> {
    let repository = Repository::discover(&scan::here()?.join(server))?;
    let kind = install::recognise(&repository);
    let chain = if kind == Server::GitLab { Chain::CustomHooks } else { Chain::Git };
    let trials = trial::run(&Scratch::of(&repository, chain)?, &mut random)?;
    let mut lines = vec![format!(
        "{} pushes to a scratch copy of `{}`, through {}:",
        trials.len(),
        RepoPath::from(repository.common_dir()),
        hooks_of(kind)
    )];
    lines.extend(trials.iter().flat_map(told));
    let (right, count) = (counted(&trials, Must::Refuse), counted(&trials, Must::Pass));
    lines.push(format!("leaks refused: {} of {}; clean pushes accepted: {} of {}", right.0, right.1, count.0, count.1));
    if right.0 < right.1 {
        let server = RepoPath::from(server);
        lines.push(format!(
            "to close this: `ideoguard install --server {server}`, and see `ideoguard policy check {server}`"
        ));
    }
    output::say(&lines)?;
    Ok(u8::from(!trials.iter().all(Trial::is_right)))
}

/// Says which hooks ran.
fn hooks_of(kind: Server) -> &'static str {
    match kind {
        Server::GitLab => "the hooks in its `custom_hooks` (those of all repositories lie elsewhere)",
        Server::Gitea => "its hooks, but for the forge's own",
        Server::Plain | Server::GitHub => "its hooks",
    }
}

/// Says what became of one push.
fn told(trial: &Trial) -> Vec<String> {
    let what = match (trial.has_passed, trial.must) {
        (false, Must::Refuse) => "refused ",
        (true, Must::Pass) => "accepted",
        (true, Must::Refuse) => "PASSED  ",
        (false, Must::Pass) => "REFUSED ",
    };
    let mut lines = vec![format!("  {what}  {}", trial.name)];
    if !trial.is_right() && trial.must == Must::Pass {
        let said = trial.said.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        lines.extend(said.take(LINES).map(|line| format!("            {}", Escaped(line.trim_ascii()))));
    }
    lines
}

/// Counts the pushes of a kind: how many went as they must, of how many.
fn counted(trials: &[Trial], must: Must) -> (usize, usize) {
    let of_kind = || trials.iter().filter(|trial| trial.must == must);
    (of_kind().filter(|trial| trial.is_right()).count(), of_kind().count())
}

/// Returns a number that nobody foresees: the standard library seeds each such hasher anew.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
