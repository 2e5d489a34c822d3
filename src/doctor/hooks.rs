//! Do hooks of ours judge what is committed here, and what is pushed?

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::git::{GitEnv, Repository};
use crate::install::{self, HookName};
use crate::path::{Escaped, RepoPath};

use super::check::{Check, Evidence, Topic, Verdict};

/// Answers for this repository.
pub(super) fn here(placed: &[(HookName, bool)]) -> Check {
    let missing: Vec<&str> = placed.iter().filter(|(_, is_placed)| !is_placed).map(|(hook, _)| hook.name()).collect();
    if missing.is_empty() {
        let names: Vec<&str> = placed.iter().map(|(hook, _)| hook.name()).collect();
        return Check::new(Topic::Hooks, Verdict::Pass, format!("{} run ideoguard", names.join(", ")));
    }
    Check::new(Topic::Hooks, Verdict::Fail, format!("nothing runs ideoguard in {}", missing.join(", ")))
        .mended_by(["`ideoguard install` puts the hooks in place (`ideoguard doctor --fix` does, too)"])
}

/// What is known of a remote's gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    /// It judges.
    Stands,
    /// It does not.
    Missing,
    /// It cannot be looked at from here.
    Far,
}

/// Answers for the repositories that are pushed to.
///
/// Only one on this machine can be looked at; another one is not asked.
pub(super) fn on_server(repository: &Repository, env: &GitEnv) -> Result<Check> {
    let top = repository.work_dir().unwrap_or(repository.common_dir());
    let mut gates = Vec::new();
    for (name, url) in repository.remotes()? {
        let gate = match local(&url, top) {
            None => Gate::Far,
            // A repository that is not there, or not ours to read, is as good as far away.
            Some(folder) => match install::serves_pushes(&folder, env) {
                Ok(true) => Gate::Stands,
                Ok(false) => Gate::Missing,
                Err(_) => Gate::Far,
            },
        };
        gates.push((name, gate));
    }
    let evidence = gates.iter().map(|(name, gate)| {
        let says = match gate {
            Gate::Stands => "runs ideoguard for each push",
            Gate::Missing => "has no hook that runs ideoguard for a push",
            Gate::Far => "cannot be asked from here",
        };
        Evidence::says(format!("remote `{}` {says}", Escaped(name.as_bytes())))
    });
    let has = |wanted: Gate| gates.iter().any(|(_, gate)| *gate == wanted);
    Ok(if gates.is_empty() {
        Check::new(Topic::ServerHooks, Verdict::NotApplicable, "there is no remote")
    } else if has(Gate::Missing) {
        Check::new(Topic::ServerHooks, Verdict::Fail, "a push is taken without being judged")
            .resting_on(evidence)
            .mended_by(["`ideoguard install --server REPO`, with the path of that repository, puts the hook in place"])
    } else if has(Gate::Far) {
        Check::new(Topic::ServerHooks, Verdict::Unknown, "the server cannot be asked from here")
            .resting_on(evidence)
            .mended_by(["ask whoever runs the server whether `ideoguard doctor --server REPO` passes there"])
    } else {
        Check::new(Topic::ServerHooks, Verdict::Pass, "every push is judged").resting_on(evidence)
    })
}

/// Returns the folder that a URL means, if it is one on this machine.
fn local(url: &str, top: &Path) -> Option<PathBuf> {
    let path = match url.strip_prefix("file://") {
        Some(path) => path,
        None if url.contains("://") => return None,
        // `host:path`, but not `./a:b`.
        None if url.find(':').is_some_and(|colon| !url[..colon].contains('/')) => return None,
        None => url,
    };
    (!path.is_empty()).then(|| top.join(RepoPath::from(path).to_os_path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_of_a_folder_is_told_from_one_of_a_server() {
        let of = |url: &str| local(url, Path::new("/top"));

        assert_eq!(of("/srv/a.git"), Some(PathBuf::from("/srv/a.git")));
        assert_eq!(of("file:///srv/a.git"), Some(PathBuf::from("/srv/a.git")));
        assert_eq!(of("../a:b.git"), Some(PathBuf::from("/top/../a:b.git")));
        for far in ["https://example.org/a.git", "git@example.org:a.git", "ssh://example.org/a", "host:a"] {
            assert_eq!(of(far), None, "{far}");
        }
    }
}
