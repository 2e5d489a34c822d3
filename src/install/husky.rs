//! husky: git runs a generated script, and that runs the user's own `.husky/NAME` with `sh -e`.
//!
//! The generated folder is made anew at each `npm install`, so our lines go
//! into the user's file, between two marks. That file is part of the work tree
//! and shared, so the lines name no path of this machine.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

use super::HookName;
use super::step::{Step, shown};

/// How the first of our lines begins.
const OPEN: &str = "# >>> ideoguard >>>";
/// The last of our lines.
const CLOSE: &str = "# <<< ideoguard <<<\n";

/// The first line of a file that we make: with husky 5 to 8 it is git that runs it.
const FIRST: &str = "#!/bin/sh\n";

/// What the user's file was before our lines came, so that they can go without a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// It did not exist.
    Absent,
    /// Its last line had no newline.
    Open,
    /// Its last line had a newline, or it was empty.
    Closed,
}

impl Before {
    /// Returns the word by which the first of our lines remembers it.
    fn word(self) -> &'static str {
        match self {
            Self::Absent => "new file",
            Self::Open => "no newline above",
            Self::Closed => "added",
        }
    }

    /// Reads the first of our lines.
    fn of(block: &str) -> Self {
        let line = block.lines().next().unwrap_or_default();
        [Self::Absent, Self::Open].into_iter().find(|before| line.contains(before.word())).unwrap_or(Self::Closed)
    }
}

/// Which husky a hooks folder belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Husky {
    /// The folder of the user's files.
    pub(super) folder: PathBuf,
    /// Who runs them.
    runs: Runs,
}

/// Who runs the user's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Runs {
    /// A generated script, with `sh`: husky 9.
    Generated,
    /// Git itself, which skips those that are not executable: husky 5 to 8.
    Git,
}

impl Husky {
    /// Recognises the hooks folder of husky 5 and later.
    pub(super) fn of(hooks: &Path) -> Option<Self> {
        if hooks.ends_with(".husky/_") {
            return Some(Self { folder: hooks.parent()?.to_owned(), runs: Runs::Generated });
        }
        hooks.ends_with(".husky").then(|| Self { folder: hooks.to_owned(), runs: Runs::Git })
    }

    /// Plans our lines in the user's file of one hook.
    pub(super) fn plan_install(&self, hook: HookName) -> Result<Step> {
        let path = self.file(hook)?;
        let Some(text) = read(&path)? else {
            return Ok(Step::Rewrite(path, [FIRST, &block(hook, Before::Absent)].concat().into()));
        };
        self.refuse_skipped(&path)?;
        if let Some((above, ours, below)) = split(&text) {
            let wanted = block(hook, Before::of(ours));
            return Ok(if wanted == ours {
                already(&path)
            } else {
                Step::Rewrite(path, [above, &wanted, below].concat().into())
            });
        }
        if hook == HookName::PrePush {
            return Ok(Step::Rewrite(path, on_top(hook, &text).into()));
        }
        refuse_early_end(&path, &text)?;
        let before = if text.is_empty() || text.ends_with('\n') { Before::Closed } else { Before::Open };
        let gap = if before == Before::Open { "\n" } else { "" };
        Ok(Step::Rewrite(path, [&text, gap, &block(hook, before)].concat().into()))
    }

    /// Plans to take our lines out of the user's file of one hook; `None` if there are none.
    pub(super) fn plan_uninstall(&self, hook: HookName) -> Result<Option<Step>> {
        let path = self.file(hook)?;
        let Some(text) = read(&path)? else { return Ok(None) };
        let Some((above, ours, below)) = split(&text) else { return Ok(None) };
        let before = Before::of(ours);
        if before == Before::Absent && above == FIRST && below.is_empty() {
            return Ok(Some(Step::Remove(path)));
        }
        // Lines that were added below ours keep the newline that parts them from those above.
        let above =
            if before == Before::Open && below.is_empty() { above.strip_suffix('\n').unwrap_or(above) } else { above };
        Ok(Some(Step::Rewrite(path, [above, below].concat().into())))
    }

    /// Refuses a file that git would not run.
    fn refuse_skipped(&self, path: &Path) -> Result<()> {
        if self.runs == Runs::Generated || super::slot::is_runnable(path) {
            return Ok(());
        }
        let path = shown(path);
        Err(Error::Usage(format!("git skips `{path}`, which is not executable; first run `chmod +x {path}`")))
    }

    /// Returns the user's file of one hook.
    ///
    /// It comes with the repository, so it may be a link that leads to any file of this user: refused.
    fn file(&self, hook: HookName) -> Result<PathBuf> {
        let path = self.folder.join(hook.name());
        if path.is_symlink() {
            return Err(Error::Usage(format!(
                "`{}` is a symbolic link, which may lead out of the repository; \
                 add `ideoguard hook {} \"$@\"` to the file behind it by hand",
                shown(&path),
                hook.name()
            )));
        }
        Ok(path)
    }
}

/// Returns our lines.
fn block(hook: HookName, before: Before) -> String {
    let (name, word) = (hook.name(), before.word());
    format!(
        "{OPEN} ({word}) `ideoguard uninstall` takes these lines away\n\
         command -v ideoguard >/dev/null || {{\n    \
             echo >&2 'ideoguard: the program is not on PATH, so this is refused unchecked; install it, or remove these lines from .husky/{name}'\n    \
             exit 1\n\
         }}\n\
         {}\
         {CLOSE}",
        call(hook)
    )
}

/// Returns the lines that run ideoguard.
///
/// For a push git writes the references to standard input once: they are kept for what stands below.
fn call(hook: HookName) -> String {
    let name = hook.name();
    match hook {
        HookName::PrePush => "ideoguard_lines=$(cat && echo .) || exit\n\
             printf '%s' \"${ideoguard_lines%.}\" | ideoguard hook pre-push \"$@\" || exit\n\
             [ \"$ideoguard_lines\" = . ] || exec <<IDEOGUARD_LINES\n\
             ${ideoguard_lines%?.}\n\
             IDEOGUARD_LINES\n"
            .to_owned(),
        HookName::PreCommit | HookName::PreMergeCommit | HookName::CommitMsg | HookName::PreReceive => {
            format!("ideoguard hook {name} \"$@\" || exit\n")
        }
    }
}

/// Returns a text with our lines above all others but the one that names the shell.
///
/// What stands there may read standard input to its end, and nothing would be left for us.
fn on_top(hook: HookName, text: &str) -> String {
    let first = if text.starts_with("#!") { text.find('\n').map_or(0, |end| end + 1) } else { 0 };
    [&text[..first], &block(hook, Before::Closed), &text[first..]].concat()
}

/// Splits a text into what is above our lines, our lines, and what is below.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find(OPEN)?;
    let end = start + text[start..].find(CLOSE)? + CLOSE.len();
    Some((&text[..start], &text[start..end], &text[end..]))
}

/// Refuses a file that ends before our lines could run.
///
/// Only lines without indentation count: an indented one belongs to a condition.
fn refuse_early_end(path: &Path, text: &str) -> Result<()> {
    let ends =
        |line: &str| matches!(line.split_whitespace().next(), Some("exit" | "exec")) && !line.starts_with([' ', '\t']);
    let Some(line) = text.lines().position(ends) else { return Ok(()) };
    Err(Error::Config {
        path: path.to_owned(),
        line: line + 1,
        column: 0,
        problem: "the script ends here, and lines of ours after it would never run; remove this line first".to_owned(),
    })
}

/// Says that our lines are there.
fn already(path: &Path) -> Step {
    Step::Nothing(format!("`{}` runs ideoguard already", shown(path)))
}

/// Reads a file that may not exist; husky's files are shell scripts, so anything but text is refused.
fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path)(error)),
    }
}
