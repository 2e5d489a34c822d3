//! What the reader of a page has before its first command.

use std::fs;
use std::path::Path;
use std::process::Command;

use sha1::Digest;

use ideoguard::finding::{Fingerprint, Secret};

use crate::common::hermetic;
use crate::fake;

/// A folder with a project and its server, in which a page is followed.
///
/// The project once had a key in `app.py`, of which its server knows; the last commit is for the next push.
pub(super) struct Scene {
    /// The home of whoever reads the page.
    home: tempfile::TempDir,
    /// What the page calls `ig1:…`.
    pub(super) fingerprint: String,
}

/// Where a scene is, from the home on.
pub(super) fn start(scene: &str) -> &'static str {
    match scene {
        "project" | "gitleaks" | "detect-secrets" => "project",
        "server" => "",
        "fresh" => "fresh",
        other => panic!("there is no scene {other}"),
    }
}

impl Scene {
    /// Sets all scenes; `gitleaks` and `detect-secrets` bring what those tools leave in a project.
    pub(super) fn set(scenes: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (project, key) = (home.path().join("project"), fake::ideogram_key(1));
        make_project(home.path(), &key);
        fs::create_dir(home.path().join("fresh")).unwrap();
        if scenes.contains(&"gitleaks") {
            ignore_as_gitleaks(&project);
        }
        if scenes.contains(&"detect-secrets") {
            know_as_detect_secrets(&project, &key);
        }
        Self { home, fingerprint: Fingerprint::of(&Secret::new(key)).to_string() }
    }

    /// A command there, as a user has it: our program comes first on the path, and the home is the folder.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = with_program(program, &self.home.path().join(start("project")));
        command.env_remove("GIT_CONFIG_GLOBAL").env("HOME", self.home.path());
        command.env("BASE", "HEAD~1").env("HEAD", "HEAD");
        command
    }
}

/// Builds a command that finds our program first.
fn with_program(program: &str, folder: &Path) -> Command {
    let ours = Path::new(env!("CARGO_BIN_EXE_ideoguard")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::env::join_paths([ours].into_iter().chain(std::env::split_paths(&path))).unwrap();
    let mut command = hermetic(program, folder);
    command.env("PATH", all);
    command
}

/// Makes the project and the repository of its server.
fn make_project(folder: &Path, key: &str) {
    let project = folder.join("project");
    fs::create_dir(&project).unwrap();
    git(&project, "init --quiet --initial-branch=main");
    let fixed = "import os\n\nIDEOGRAM_API_KEY = os.environ[\"IDEOGRAM_API_KEY\"]\n".to_owned();
    for (text, subject) in [(format!("IDEOGRAM_API_KEY = \"{key}\"\n"), "draw"), (fixed, "ask-the-environment")] {
        fs::write(project.join("app.py"), text).unwrap();
        fs::write(project.join(".gitignore"), ".env\n").unwrap();
        git(&project, "add --all");
        git(&project, &format!("commit --quiet --message {subject}"));
    }
    git(folder, "clone --quiet --bare project project.git");
    git(&project, "remote add origin ../project.git");
    git(&project, "fetch --quiet");
    fs::write(project.join("notes.txt"), "cats\n").unwrap();
    git(&project, "add notes.txt");
    git(&project, "commit --quiet --message note");
}

/// Ignores the key of the first commit, as gitleaks names it.
fn ignore_as_gitleaks(project: &Path) {
    let output = hermetic("git", project).args(["rev-parse", "HEAD~2"]).output().unwrap();
    let commit = String::from_utf8(output.stdout).unwrap();
    fs::write(project.join(".gitleaksignore"), format!("{}:app.py:generic-api-key:1\n", commit.trim())).unwrap();
}

/// Puts the key into a file, and its hash into a baseline of detect-secrets.
fn know_as_detect_secrets(project: &Path, key: &str) {
    fs::write(project.join("old.py"), format!("IDEOGRAM_API_KEY = \"{key}\"\n")).unwrap();
    git(project, "add old.py");
    git(project, "commit --quiet --message old");
    let hash = sha1::Sha1::digest(key).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let entry = serde_json::json!({
        "type": "Base64 High Entropy String", "filename": "old.py", "hashed_secret": hash, "line_number": 1
    });
    let baseline = serde_json::json!({"version": "1.5.0", "plugins_used": [], "results": {"old.py": [entry]}});
    fs::write(project.join(".secrets.baseline"), baseline.to_string()).unwrap();
}

fn git(folder: &Path, words: &str) {
    let ran = hermetic("git", folder).args(words.split(' ')).status().unwrap();
    assert!(ran.success(), "git {words}");
}
