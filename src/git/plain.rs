//! Bare repositories that are so plain that nothing about them need be asked.
//!
//! To open a repository, libgit2 reads the configuration of the system, of the user and of the repository, each with
//! several looks at whether it is still the same; that takes longer than to judge a small push. What a server keeps
//! mostly has a few lines of configuration of which none says anything that concerns us, and then the folder is known
//! from the variables that git gives its hooks, and the rest from these lines.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::git::env::GitEnv;

/// The sections that say where else to read, or what in a repository is not as usual.
const TELLING: &[&str] = &["extensions", "include", "includeif"];

/// A plain bare repository.
pub(super) struct Plain {
    /// Its folder.
    pub(super) folder: PathBuf,
    /// The sections of its configuration, in lower case.
    pub(super) sections: Vec<String>,
}

/// Returns the bare repository that git names in `GIT_DIR` for what runs in `dir`, if it is certain that libgit2
/// and git would find nothing else there: no other folder for anything, SHA-1, references in files.
pub(super) fn bare(dir: &Path, env: &GitEnv) -> Option<Plain> {
    let is_elsewhere = ["GIT_COMMON_DIR", "GIT_WORK_TREE"].iter().any(|name| env.get(name).is_some())
        || env.reference_backend().is_some();
    // Elsewhere libgit2 has its own form of a path.
    if is_elsewhere || cfg!(not(unix)) {
        return None;
    }
    let named = env.path("GIT_DIR")?;
    // So git says it to the hooks of a push, with nothing to follow.
    let is_here = named == Path::new(".") && dir.is_absolute();
    let folder = if is_here { dir.to_owned() } else { dir.join(named).canonicalize().ok()? };
    let has_folder = |name: &str| folder.join(name).metadata().is_ok_and(|found| found.is_dir());
    let lacks =
        |name: &str| folder.join(name).symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound);
    let is_whole = folder.join("HEAD").metadata().is_ok_and(|found| found.is_file())
        && ["objects", "refs"].into_iter().all(has_folder)
        // What a work tree of another repository has.
        && ["commondir", "gitdir"].into_iter().all(lacks);
    let config = is_whole.then(|| fs::read(folder.join("config")).ok())??;
    Some(Plain { sections: plain_sections(&config)?, folder })
}

/// Returns the sections of a configuration, in lower case, if it says that the repository is bare and nothing else that
/// concerns us.
///
/// Only the simplest form is understood, as git writes it: a section, a key or a remark on each line, without quotes
/// and what they escape but in the name of a section.
fn plain_sections(config: &[u8]) -> Option<Vec<String>> {
    let is_text = |byte: u8| matches!(byte, b'\t' | b'\n' | b' '..=b'~') && byte != b'\\';
    let text = std::str::from_utf8(config).ok().filter(|text| text.bytes().all(is_text))?;
    let (mut sections, mut is_core, mut is_bare) = (Vec::new(), false, false);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';'])) {
        if let Some(header) = line.strip_prefix('[') {
            let (section, part) = header.strip_suffix(']').and_then(section_of)?;
            // A part of `core` has keys of its own.
            is_core = section == "core" && part.is_none();
            sections.push(section);
            continue;
        }
        let (key, value) = line.split_once('=').map_or((line, None), |(key, value)| (key.trim_end(), Some(value)));
        let is_key = key.starts_with(|first: char| first.is_ascii_alphabetic())
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !is_key || sections.is_empty() || value.is_some_and(|value| value.contains('"')) {
            return None;
        }
        match (&key.to_ascii_lowercase()[..], value.map(str::trim)) {
            _ if !is_core => {}
            ("worktree", _) => return None,
            ("bare", value) => is_bare = value == Some("true"),
            ("repositoryformatversion", value) if value != Some("0") => return None,
            _ => {}
        }
    }
    is_bare.then_some(sections)
}

/// Returns the section that the inside of `[…]` names, in lower case, and its part; `None` if that is not certain, or if
/// it is one of those that tell more.
fn section_of(inside: &str) -> Option<(String, Option<&str>)> {
    let (name, part) = inside.split_once(' ').map_or((inside, None), |(name, part)| (name, Some(part)));
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_part = part.is_none_or(|part| {
        let quoted = part.strip_prefix('"').and_then(|part| part.strip_suffix('"'));
        quoted.is_some_and(|part| !part.is_empty() && !part.contains(['"', '[', ']']))
    });
    let name = name.to_ascii_lowercase();
    (is_name && is_part && !TELLING.contains(&&name[..])).then_some((name, part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As `git init --bare` leaves it.
    const BARE: &str = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n";

    /// A folder that git and libgit2 take for a repository, with this configuration.
    fn folder(config: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["objects", "refs"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("HEAD"), "ref: refs/heads/main\n").unwrap();
        fs::write(folder.path().join("config"), config).unwrap();
        folder
    }

    /// The folder that is found to be plain.
    fn found(folder: &Path, env: &GitEnv) -> Option<PathBuf> {
        let named = bare(folder, &env.clone().with("GIT_DIR", folder)).map(|plain| plain.folder);
        let here = bare(folder, &env.clone().with("GIT_DIR", ".")).map(|plain| plain.folder);
        assert_eq!(named, here.and_then(|here| here.canonicalize().ok()));
        named
    }

    /// Lines that say something, say it in another way, or are no configuration.
    fn line() -> impl Strategy<Value = String> {
        let header = prop::sample::select(vec![
            "[core]",
            "[CORE]",
            "[core",
            "[core \"x\"]",
            "[core \"\"]",
            "[core.x]",
            "[core.]",
            "[core ]",
            "[ core]",
            "[]",
            "[core] bare = false",
            "[core]]",
            "[[core]",
            "[core \"]\"]",
            "[core \"\\\"]\"]",
            "[remote \"origin\"]",
            "[remote \"a b\"]",
            "[receive]",
            "[extensions]",
            "[Extensions]",
            "[include]",
            "[includeIf \"gitdir:/\"]",
            "[x]bare = false",
            "[core]#x",
            "; [core]",
            "#[core]",
        ]);
        let key = prop::sample::select(vec![
            "bare",
            "Bare",
            "bare ",
            "BARE\t",
            "repositoryformatversion",
            "worktree",
            "filemode",
            "objectformat",
            "refstorage",
            "url",
            "b\u{e4}re",
            "b_re",
            "1bare",
            "-bare",
            "",
            "bare x",
            "core.bare",
        ]);
        let value = prop::sample::select(vec![
            "",
            "=",
            "= true",
            "=true ",
            "= false",
            "= 1",
            "= 0",
            "= \"true\"",
            "= tr\"ue\"",
            "= true # no",
            "= true;x",
            "= true\\",
            "= \\",
            "= sha256",
            "= /elsewhere",
            "= x = y",
            "=\u{a0}true",
            "= true\r",
            "= yes",
            "= TRUE",
            "= \"a\nbare = false\"",
        ]);
        let indent = prop::sample::select(vec!["", "\t", " ", "\u{feff}"]);
        let entry = (indent.clone(), key, value).prop_map(|(indent, key, value)| format!("{indent}{key} {value}"));
        prop_oneof![
            2 => (indent, header).prop_map(|(indent, header)| format!("{indent}{header}")),
            4 => entry,
            1 => Just("\tbare = true".to_owned()),
            1 => "[ -~]{0,12}",
        ]
    }

    proptest! {
        #[test]
        fn what_seems_plain_is_what_libgit2_takes_for_it(
            before in prop::collection::vec(line(), 0..3),
            after in prop::collection::vec(line(), 0..4),
            begins_as_git_does in prop::bool::weighted(0.8),
        ) {
            let start = if begins_as_git_does { BARE } else { "" };
            let config = format!("{}\n{start}{}\n", before.join("\n"), after.join("\n"));
            let folder = folder(&config);
            let Some(found) = found(folder.path(), &GitEnv::default()) else { return Ok(()) };

            let handle = crate::git::open::at(folder.path()).map_err(|error| TestCaseError::fail(error.to_string()))?;

            prop_assert!(handle.is_bare() && !handle.is_worktree());
            prop_assert_eq!(&handle.path().canonicalize().unwrap(), &found);
            prop_assert_eq!(&handle.commondir().canonicalize().unwrap(), &found);
            prop_assert!(handle.object_format() == git2::ObjectFormat::Sha1);
            let config = handle.config().unwrap();
            for key in ["core.worktree", "extensions.objectformat", "extensions.refstorage", "include.path"] {
                prop_assert!(config.get_entry(key).is_err(), "{} is set", key);
            }
            let sections = bare(folder.path(), &GitEnv::default().with("GIT_DIR", ".")).unwrap().sections;
            let mut entries = config.entries(None).unwrap();
            while let Some(Ok(entry)) = entries.next() {
                let section = entry.name().unwrap().split('.').next().unwrap().to_owned();
                prop_assert!(entry.level() != git2::ConfigLevel::Local || sections.contains(&section), "{}", section);
            }
        }
    }

    #[test]
    fn what_git_writes_is_plain() {
        for more in [
            "",
            "\tlogallrefupdates = true\n\tsharedrepository = 1\n",
            "[receive]\n\tadvertisePushOptions = true\n\tdenyNonFastforwards\n",
            "[remote \"origin\"]\n\turl = https://example.org/x\n\tfetch = +refs/*:refs/*\n\tmirror = true\n",
            "# a remark\n; another\n\n[ideoguard]\n\tblock-severity = high\n",
        ] {
            let folder = folder(&format!("{BARE}{more}"));
            assert_eq!(found(folder.path(), &GitEnv::default()), folder.path().canonicalize().ok(), "{more}");
        }
    }

    #[test]
    fn what_is_not_as_usual_is_left_to_libgit2() {
        for more in [
            "\tbare = false\n",
            "\tworktree = /elsewhere\n",
            "\trepositoryformatversion = 1\n",
            "[extensions]\n\tobjectformat = sha256\n",
            "[include]\n\tpath = other\n",
            "[includeIf \"gitdir:/\"]\n\tpath = other\n",
            "[x]\n\ta = \"b\n",
            "[x]\n\ta = b\\\n",
            "[x]\n\ta = \0\n",
            "[x\n",
        ] {
            let folder = folder(&format!("{BARE}{more}"));
            assert_eq!(found(folder.path(), &GitEnv::default()), None, "{more}");
        }
        let variables = [("GIT_COMMON_DIR", "."), ("GIT_WORK_TREE", "/"), ("GIT_REFERENCE_BACKEND", "reftable:///x")];
        for (variable, value) in variables {
            let folder = folder(BARE);
            assert_eq!(found(folder.path(), &GitEnv::default().with(variable, value)), None, "{variable}");
        }
        for file in ["commondir", "gitdir"] {
            let folder = folder(BARE);
            fs::write(folder.path().join(file), "..\n").unwrap();
            assert_eq!(found(folder.path(), &GitEnv::default()), None, "{file}");
        }
        for gone in ["HEAD", "objects", "refs", "config"] {
            let folder = folder(BARE);
            let path = folder.path().join(gone);
            if path.is_dir() {
                fs::remove_dir(path).unwrap();
            } else {
                fs::remove_file(path).unwrap();
            }
            assert_eq!(found(folder.path(), &GitEnv::default()), None, "{gone}");
        }
    }
}
