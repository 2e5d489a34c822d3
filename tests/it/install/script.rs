//! `install.sh` checks what it needs, installs, and its demo tells a gate that works from one that does not.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::common::{Ran, hermetic};

/// A machine: a folder with a stand-in for cargo, which "installs" a stand-in for ideoguard.
struct Machine {
    folder: tempfile::TempDir,
}

/// What the installed stand-in's hook does.
#[derive(Clone, Copy)]
enum Gate {
    /// Refuses a staged line that holds 86 characters of base64url.
    Works,
    /// Refuses nothing.
    Open,
    /// Refuses everything.
    Shut,
}

impl Gate {
    /// The shell commands of the hook.
    fn commands(self) -> &'static str {
        match self {
            Self::Works => r#"! git diff --cached | grep -q "\"[A-Za-z0-9_-]\{86\}\"""#,
            Self::Open => "true",
            Self::Shut => "false",
        }
    }
}

impl Machine {
    /// A machine with Rust `version`, on which ideoguard's hook is `gate`.
    fn new(version: &str, gate: Gate) -> Self {
        let machine = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        fs::write(machine.at("hook"), format!("#!/bin/sh\n{}\n", gate.commands())).expect("a hook");
        machine.program(
            "ideoguard",
            &format!("cp '{0}' .git/hooks/pre-commit\nchmod +x .git/hooks/pre-commit", machine.at("hook").display()),
        );
        let installed = machine.at("bin/ideoguard");
        machine.program(
            "cargo",
            &format!(
                "case $1 in\n--version) echo 'cargo {version} (0000000 2026-01-01)' ;;\n\
                 install) echo \"$*\" >'{}'\nfor root in \"$@\"; do :; done\nmkdir -p \"$root/bin\"\ncp '{}' \"$root/bin/ideoguard\" ;;\nesac",
                machine.at("calls").display(),
                installed.display()
            ),
        );
        machine
    }

    /// A path on it.
    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Puts a program on its `PATH`.
    fn program(&self, name: &str, commands: &str) {
        let path = self.at("bin").join(name);
        fs::create_dir_all(self.at("bin")).expect("a folder");
        fs::write(&path, format!("#!/bin/sh\n{commands}\n")).expect("a program");
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("an executable program");
    }

    /// Runs `install.sh` on it, with the temporary folder of the demo on it too.
    fn install_sh(&self, words: &[&str]) -> Ran {
        let path = format!("{}:{}", self.at("bin").display(), std::env::var("PATH").unwrap_or_default());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("install.sh");
        fs::create_dir_all(self.at("tmp")).expect("a folder");
        let mut command = hermetic("sh", self.folder.path());
        command.arg(script).args(words).env("PATH", path).env("TMPDIR", self.at("tmp")).env("HOME", "");
        command.output().expect("sh runs").into()
    }
}

#[test]
fn the_demo_shows_a_refused_leak_and_a_fixed_commit() {
    let machine = Machine::new("1.95.0", Gate::Works);

    let ran = machine.install_sh(&["--root", "a root", "--demo"]);

    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.ends_with("== demo: the leak was refused, the fixed version passed\n"), "{}", ran.stdout);
    assert!(machine.at("a root/bin/ideoguard").exists());
    assert_eq!(fs::read_dir(machine.at("tmp")).unwrap().count(), 0);
}

#[test]
fn the_demo_fails_when_the_leak_goes_through() {
    let machine = Machine::new("1.95.0", Gate::Open);

    let ran = machine.install_sh(&["--root", "root", "--demo"]);

    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("a commit with a key in it went through"), "{}", ran.stderr);
    assert_eq!(fs::read_dir(machine.at("tmp")).unwrap().count(), 0);
}

#[test]
fn the_demo_fails_when_the_fixed_version_is_refused() {
    let machine = Machine::new("1.95.0", Gate::Shut);

    let ran = machine.install_sh(&["--root", "root", "--demo"]);

    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("a commit without a key was refused"), "{}", ran.stderr);
}

#[test]
fn cargo_builds_exactly_what_is_locked() {
    let machine = Machine::new("1.95.0", Gate::Works);

    let ran = machine.install_sh(&["--root=root"]);

    let call = fs::read_to_string(machine.at("calls")).unwrap();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(call.starts_with("install --path ") && call.contains(" --locked "), "{call}");
}

#[test]
fn a_rust_that_is_too_old_is_refused() {
    let machine = Machine::new("1.70.0", Gate::Works);

    let ran = machine.install_sh(&["--root", "root"]);

    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("Rust 1.70.0 is too old"), "{}", ran.stderr);
}

#[test]
fn a_missing_cargo_is_named() {
    let machine = Machine::new("1.95.0", Gate::Works);
    let tools = machine.at("tools");
    fs::create_dir(&tools).unwrap();
    for name in ["sh", "dirname", "sed", "git", "cc"] {
        std::os::unix::fs::symlink(which(name), tools.join(name)).unwrap();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("install.sh");

    let ran: Ran = hermetic("sh", machine.folder.path()).arg(script).env("PATH", &tools).output().unwrap().into();

    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("cargo is missing"), "{}", ran.stderr);
}

#[test]
fn an_unknown_word_is_refused() {
    let machine = Machine::new("1.95.0", Gate::Works);

    let ran = machine.install_sh(&["--rot", "x"]);

    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("unknown word: --rot"), "{}", ran.stderr);
    assert!(!machine.at("calls").exists());
}

/// Finds a program on `PATH`.
fn which(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|path| path.exists())
        .expect("a tool of this machine")
}
