//! What the configuration says about hooks, ignored files and the user.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::{Repository, Road, failed};
use crate::path::RepoPath;

/// One value of git's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigValue {
    /// Its key below the section, in lower case.
    pub key: String,
    /// What it says.
    pub value: String,
    /// The file that was read.
    pub file: PathBuf,
}

impl Repository {
    /// Returns the folder that git looks for hooks in, which need not exist.
    ///
    /// `core.hooksPath` counts; a relative one starts where hooks run: at the top of
    /// the work tree, or in a bare repository's own folder.
    pub fn hooks_dir(&self) -> Result<PathBuf> {
        let named = self.setting_path("core.hooksPath");
        let top = self.work_dir.as_deref().unwrap_or(&self.git_dir);
        Ok(named.map_or_else(|| self.common_dir.join("hooks"), |named| top.join(named)))
    }

    /// Returns the file of patterns that the user wants ignored everywhere, which need not exist.
    #[must_use]
    pub fn excludes_file(&self) -> Option<PathBuf> {
        if let Some(named) = self.setting_path("core.excludesFile") {
            let top = self.work_dir.as_deref().unwrap_or(&self.git_dir);
            return Some(top.join(named));
        }
        let home = || self.env.path("HOME").map(|home| home.join(".config"));
        self.env.path("XDG_CONFIG_HOME").or_else(home).map(|folder| folder.join("git/ignore"))
    }

    /// Returns the name under which this user commits, if git knows one.
    #[must_use]
    pub fn user_name(&self) -> Option<String> {
        let set = self.env.get("GIT_AUTHOR_NAME").map(|name| name.to_string_lossy().into_owned());
        let name = set.or_else(|| self.setting("user.name"));
        name.filter(|name| !name.trim().is_empty())
    }

    /// Returns the value of `core.sharedRepository`, if it is set: who may read and write what is in the git directory.
    #[must_use]
    pub fn shared(&self) -> Option<String> {
        self.setting("core.sharedRepository")
    }

    /// Returns the value of a key of the configuration, if it is set and UTF-8.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<String> {
        match self.settings() {
            Some(config) => config.get_string(key).ok(),
            None => self.asked(&["config", "--null", "--get", key]).and_then(|value| String::from_utf8(value).ok()),
        }
    }

    /// Returns the names of the remotes, each with where it is pushed to, in order of the configuration.
    pub fn remotes(&self) -> Result<Vec<(String, String)>> {
        let doing = "list the remotes";
        let answer = self.plumbing.ask(doing, &["config", "--null", "--get-regexp", r"^remote\..*\.(push)?url$"])?;
        // 1 means that there is none.
        if !matches!(answer.code, Some(0 | 1)) {
            return Err(Error::Git { doing, what: String::new(), because: answer.because });
        }
        let mut remotes: Vec<(String, String)> = Vec::new();
        for entry in answer.bytes.split(|byte| *byte == 0) {
            let entry = String::from_utf8_lossy(entry);
            let Some((key, url)) = entry.split_once('\n') else { continue };
            let Some((name, kind)) = key.strip_prefix("remote.").and_then(|key| key.rsplit_once('.')) else { continue };
            match remotes.iter_mut().find(|(known, _)| known == name) {
                // What is pushed to is what has the gate.
                Some((_, known)) if kind == "pushurl" => url.clone_into(known),
                Some(_) => {}
                None => remotes.push((name.to_owned(), url.to_owned())),
            }
        }
        Ok(remotes)
    }

    /// Returns what the server says in a section of git's configuration, given in lower case, in order: the system's
    /// file, then the repository's own with what it includes.
    ///
    /// Neither the environment nor the configuration of a user counts: a push may come
    /// with either.
    pub fn server_config(&self, section: &str) -> Result<Vec<ConfigValue>> {
        let own = self.common_dir.join("config");
        let mut values = Vec::new();
        let may_speak = |file: &PathBuf| match &self.sections {
            Some(sections) if *file == own => sections.iter().any(|one| one == section),
            _ => may_speak_of(file, section),
        };
        for file in system_config().into_iter().chain([own.clone()]).filter(may_speak) {
            let what = RepoPath::from(file.as_path()).to_string();
            let failed = || failed("read the configuration", what.clone());
            let mut config = git2::Config::new().map_err(failed())?;
            config.add_file(&file, git2::ConfigLevel::Local, false).map_err(failed())?;
            let mut entries = config.entries(Some(&format!("^{section}\\."))).map_err(failed())?;
            while let Some(entry) = entries.next() {
                let entry = entry.map_err(failed())?;
                let name = entry.name().map_err(failed())?;
                let key = name[section.len() + 1..].to_owned();
                // A key without a value is true.
                let value = if entry.has_value() { entry.value().map_err(failed())? } else { "true" }.to_owned();
                values.push(ConfigValue { key, value, file: file.clone() });
            }
        }
        Ok(values)
    }

    /// Returns the folder in which git was asked to work.
    pub(super) fn folder(&self) -> &Path {
        self.plumbing.folder()
    }

    /// Returns a value that names a file or folder, with `~` filled in.
    #[must_use]
    pub fn setting_path(&self, key: &str) -> Option<PathBuf> {
        if let Some(config) = self.settings() {
            return config.get_path(key).ok();
        }
        let value = self.asked(&["config", "--null", "--type=path", "--get", key])?;
        Some(RepoPath::new(value).to_os_path())
    }

    /// Opens the configuration with libgit2, unless the environment changes it, which libgit2 does not see.
    fn settings(&self) -> Option<git2::Config> {
        if self.env.configures() || self.road == Road::Git {
            return None;
        }
        self.handle()?.config().ok()?.snapshot().ok()
    }

    /// Asks git for one value, which ends in a NUL.
    fn asked(&self, words: &[&str]) -> Option<Vec<u8>> {
        let answer = self.plumbing.ask("read the configuration", words).ok()?;
        let value = answer.bytes.strip_suffix(b"\0")?;
        (answer.code == Some(0)).then(|| value.to_vec())
    }
}

/// Returns the file of the system's configuration, which need not exist.
///
/// It is the one that libgit2 would name, whose start for this alone would be no small part of what a small push takes.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere git may not be installed")]
fn system_config() -> Option<PathBuf> {
    Some(PathBuf::from("/etc/gitconfig"))
}

/// Returns the file of the system's configuration, if git is installed.
#[cfg(not(unix))]
fn system_config() -> Option<PathBuf> {
    git2::Config::find_system().ok()
}

/// Tells whether a file of configuration may say something in a section, given in lower case, or include one that does.
///
/// Most need not be read by libgit2. What cannot be read, or is no text, may say anything; what is not there says nothing.
fn may_speak_of(file: &Path, section: &str) -> bool {
    match std::fs::read(file) {
        Ok(text) => ["\0", section, "include"].iter().any(|word| {
            let mut places = text.windows(word.len());
            places.any(|here| here.eq_ignore_ascii_case(word.as_bytes()))
        }),
        Err(error) => error.kind() != ErrorKind::NotFound,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    #[expect(unsafe_code, reason = "git2 marks this getter unsafe, since others may set what it gets")]
    fn the_systems_configuration_is_where_libgit2_looks_for_it() {
        // SAFETY: nothing in this program sets it.
        let folder = unsafe { git2::opts::get_search_path(git2::ConfigLevel::System) }.unwrap();

        assert_eq!(system_config(), Some(Path::new(folder.to_str().unwrap()).join("gitconfig")));
    }
}
