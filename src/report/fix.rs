//! What to do about a finding: words that fit how it was found and where it stands.

use crate::finding::Finding;
use crate::path::RepoPath;
use crate::report::Occasion;
use crate::text::{CommitStamp, TextKind};

/// How many files a command names.
const FILES: usize = 5;

/// Says how to take one secret out of all its places, each way once.
pub(super) fn steps(findings: &[&Finding], occasion: Occasion) -> Vec<String> {
    let staged = findings.iter().filter(|finding| is_staged_file(finding, occasion)).map(|finding| &finding.path);
    let elsewhere = findings.iter().filter(|finding| !is_staged_file(finding, occasion));
    let mut steps = in_index(staged);
    for finding in elsewhere {
        let step = step(finding, occasion);
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    steps
}

/// Tells whether a finding stands in a file that is staged.
fn is_staged_file(finding: &Finding, occasion: Occasion) -> bool {
    finding.kind == TextKind::Content && matches!(occasion, Occasion::Commit | Occasion::Staged)
}

/// Says how to take a secret out of one place that is no staged file.
fn step(finding: &Finding, occasion: Occasion) -> String {
    if occasion == Occasion::History {
        return format!(
            "revoke it first: whoever has fetched it keeps it; then `ideoguard where {}` says what still holds it, \
             and how to take it out",
            finding.fingerprint
        );
    }
    if let (Occasion::Range, Some(stamp)) = (occasion, finding.commit.as_deref()) {
        return in_history(finding.kind, stamp);
    }
    match finding.kind {
        TextKind::Message => in_message(&finding.path),
        TextKind::PathName => "rename the file: its name itself holds the secret".to_owned(),
        TextKind::SymlinkTarget => "make the link point to a path that does not hold the secret".to_owned(),
        TextKind::Content => match occasion {
            Occasion::Message => in_message(&finding.path),
            Occasion::Commit | Occasion::Staged | Occasion::Range | Occasion::History | Occasion::Files => {
                in_file(&finding.path)
            }
        },
    }
}

/// How to take a secret out of a commit that exists.
fn in_history(kind: TextKind, stamp: &CommitStamp) -> String {
    let commit = stamp.id.to_string();
    let from = if stamp.parents == 0 { "--root".to_owned() } else { format!("{}^", &commit[..commit.len().min(12)]) };
    let what = match kind {
        TextKind::Message => "reword the message",
        TextKind::Content | TextKind::SymlinkTarget | TextKind::PathName => "take it out of that commit",
    };
    format!(
        "{what} with `git rebase --interactive {from}`; a later commit that removes it leaves it in the history, \
         and whoever has fetched it keeps it: revoke it first"
    )
}

/// How to take a secret out of a message that is being written; git keeps it in a file.
fn in_message(file: &RepoPath) -> String {
    match shell_word(file) {
        Some(word) => format!("reword it: `git commit --edit --file={word}` brings your message back"),
        None => "reword it".to_owned(),
    }
}

/// How to take a secret out of staged files; files of one kind share a step.
fn in_index<'a>(paths: impl Iterator<Item = &'a RepoPath>) -> Vec<String> {
    let (mut real, mut sample, mut other) = (Vec::new(), Vec::new(), Vec::new());
    for path in paths {
        let kind = match env_file(path) {
            EnvFile::Real => &mut real,
            EnvFile::Sample => &mut sample,
            EnvFile::No => &mut other,
        };
        if !kind.contains(&path) {
            kind.push(path);
        }
    }
    let steps = [
        in_files(
            &real,
            |command| format!("keep it out of git: add it to .gitignore, then {command}"),
            "git rm --cached",
        ),
        in_files(&sample, |command| format!("leave the value empty in a sample file, then {command}"), "git add"),
        in_files(
            &other,
            |command| format!("move the value to the environment or a secret store, then {command}"),
            "git add",
        ),
    ];
    steps.into_iter().flatten().collect()
}

/// Says a step that ends with a command on some files; `None` without files.
fn in_files(paths: &[&RepoPath], say: impl Fn(&str) -> String, command: &str) -> Option<String> {
    if paths.is_empty() {
        return None;
    }
    let words: Option<Vec<String>> = paths.iter().map(|path| shell_word(path)).collect();
    let files = words.filter(|words| words.len() <= FILES).map(|words| words.join(" "));
    Some(say(&files.map_or_else(|| format!("`{command}` on each file"), |files| format!("`{command} {files}`"))))
}

/// How to take a secret out of a file.
fn in_file(path: &RepoPath) -> String {
    match env_file(path) {
        EnvFile::Real => "keep the file out of git: add it to .gitignore".to_owned(),
        EnvFile::Sample => "leave the value empty in a sample file".to_owned(),
        EnvFile::No => "move the value to the environment or a secret store".to_owned(),
    }
}

/// Whether a file is there to set environment variables.
pub(crate) enum EnvFile {
    /// It is, and holds real values.
    Real,
    /// It shows which variables there are.
    Sample,
    /// It is not.
    No,
}

/// Tells an environment file by its name: `.env`, `.env.local`, `prod.env`, `.env.example`.
pub(crate) fn env_file(path: &RepoPath) -> EnvFile {
    let name = path.as_bytes().rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let is_env = name == b".env" || name == b".envrc" || name.starts_with(b".env.") || name.ends_with(b".env");
    if !is_env {
        return EnvFile::No;
    }
    let samples: [&[u8]; 5] = [b"example", b"sample", b"template", b"dist", b"defaults"];
    let is_sample = name.split(|byte| matches!(byte, b'.' | b'-' | b'_')).any(|part| samples.contains(&part));
    if is_sample { EnvFile::Sample } else { EnvFile::Real }
}

/// Returns a path as one word for a shell; `None` when it holds what is better not typed.
pub(crate) fn shell_word(path: &RepoPath) -> Option<String> {
    let text = std::str::from_utf8(path.as_bytes()).ok()?;
    if text.is_empty() || text != path.to_string() || text.contains('`') {
        return None;
    }
    let text = if text.starts_with('-') { format!("./{text}") } else { text.to_owned() };
    let is_plain = |character: char| character.is_alphanumeric() || "_-./+@%,:=".contains(character);
    if text.chars().all(is_plain) { Some(text) } else { Some(format!("'{}'", text.replace('\'', "'\\''"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_for_the_shell() {
        assert_eq!(shell_word(&"src/a.py".into()).as_deref(), Some("src/a.py"));
        assert_eq!(shell_word(&"my file.py".into()).as_deref(), Some("'my file.py'"));
        assert_eq!(shell_word(&"it's".into()).as_deref(), Some("'it'\\''s'"));
        assert_eq!(shell_word(&"-f".into()).as_deref(), Some("./-f"));
        assert_eq!(shell_word(&"a$(id)".into()).as_deref(), Some("'a$(id)'"));
        assert_eq!(shell_word(&"a\x1b[2J".into()), None);
        assert_eq!(shell_word(&RepoPath::new(b"caf\xe9".as_slice())), None);
    }

    #[test]
    fn staged_files_of_one_kind_share_a_step() {
        let paths: [RepoPath; 5] =
            ["app/.env".into(), ".env.example".into(), "a.py".into(), "b.py".into(), "a.py".into()];

        assert_eq!(
            in_index(paths.iter()),
            [
                "keep it out of git: add it to .gitignore, then `git rm --cached app/.env`",
                "leave the value empty in a sample file, then `git add .env.example`",
                "move the value to the environment or a secret store, then `git add a.py b.py`",
            ]
        );
    }
}
