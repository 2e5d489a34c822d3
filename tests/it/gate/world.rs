//! A server with our hook, and a desk that pushes to it.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::common::{Ran, TestRepo, hermetic};
use crate::fake;

/// How the repositories of a world are made.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Form {
    /// Further words for `git init` on both sides.
    pub(crate) both: &'static [&'static str],
    /// Further words for `git init` on the server alone.
    pub(crate) server: &'static [&'static str],
}

/// A server that was pushed to before it was guarded, and a clone of it.
pub(crate) struct World {
    /// The bare repository.
    pub(crate) server: TestRepo,
    /// The clone, with the remote `origin`.
    pub(crate) desk: TestRepo,
}

impl World {
    /// A server reached over its path, guarded by `pre-receive`.
    #[track_caller]
    pub(crate) fn new() -> Self {
        Self::of(Form::default())
    }

    /// The same, with repositories of a form.
    ///
    /// `main` has a file with an old secret on its second line, and `other` one more; both
    /// are made before the hook is there.
    #[track_caller]
    pub(crate) fn of(form: Form) -> Self {
        let world = Self::unguarded(form);
        world.guard("pre-receive");
        world
    }

    /// The same without a hook.
    #[track_caller]
    pub(crate) fn unguarded(form: Form) -> Self {
        let server = TestRepo::with_init(&[&["--bare"], form.both, form.server].concat());
        let desk = TestRepo::with_init(form.both);
        server.git(&["config", "receive.advertisePushOptions", "true"]);
        desk.git(&["remote", "add", "origin", server.path().to_str().unwrap()]);
        let many = (0..200).map(|number| format!("line {number}\n")).collect::<Vec<_>>().concat();
        desk.write("readme", "hello\n").write("src/app.py", "print('hello')\n").stage().commit("base");
        desk.write("src/old.py", format!("first\n{}{many}", leak(OLD))).stage().commit("with an old secret");
        desk.git(&["checkout", "--quiet", "-b", "other"]);
        desk.write("theirs.py", leak(THEIRS)).stage().commit("another old secret");
        desk.git(&["checkout", "--quiet", "main"]);
        desk.git(&["push", "--quiet", "origin", "main", "other"]);
        Self { server, desk }
    }

    /// Puts one of our hooks in place on the server.
    #[track_caller]
    pub(crate) fn guard(&self, hook: &str) {
        let program = env!("CARGO_BIN_EXE_ideoguard");
        let path = format!("hooks/{hook}");
        self.server.write(&path, format!("#!/bin/sh\nexec '{program}' hook {hook} \"$@\"\n"));
        std::fs::set_permissions(self.server.at(&path), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Pushes; words follow `git push`.
    #[track_caller]
    pub(crate) fn push(&self, words: &[&str]) -> Ran {
        self.desk.try_git(&[&["push"], words].concat())
    }

    /// Says something in the server's own git configuration.
    #[track_caller]
    pub(crate) fn says(&self, key: &str, value: &str) -> &Self {
        self.server.git(&["config", "--add", &format!("ideoguard.{key}"), value]);
        self
    }

    /// The lines of the audit log that tell of an action, which must be whole.
    #[track_caller]
    pub(crate) fn recorded(&self, action: &str) -> Vec<serde_json::Value> {
        let log = self.server.at("ideoguard/audit.jsonl");
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        assert_shows_no_secret(&text);
        if !text.is_empty() {
            let ran = self.server.ideoguard(&["audit", "verify"]);
            assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        }
        let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines.filter(|line| line["action"] == action).collect()
    }

    /// All references of the server, with what they name.
    pub(crate) fn refs(&self) -> String {
        self.server.git(&["for-each-ref", "--format=%(refname) %(objectname)"])
    }

    /// Pushes what the gate must refuse; returns what the pusher sees.
    #[track_caller]
    pub(crate) fn refused(&self, words: &[&str]) -> String {
        self.refused_in("a push", words)
    }

    /// The same in a story.
    #[track_caller]
    pub(crate) fn refused_in(&self, story: &str, words: &[&str]) -> String {
        let before = self.refs();
        let ran = self.push(words);
        assert_ne!(ran.code, 0, "{story}: git push {words:?} passed: {}", ran.stderr);
        assert!(ran.stderr.contains("ideoguard: this push is refused"), "{story}: git push {words:?}: {}", ran.stderr);
        assert_eq!(self.refs(), before, "{story}: git push {words:?}");
        assert_shows_no_secret(&ran.stderr);
        ran.stderr
    }

    /// Pushes what the gate must accept, without a word.
    #[track_caller]
    pub(crate) fn passes(&self, words: &[&str]) {
        self.passes_in("a push", words);
    }

    /// The same in a story.
    #[track_caller]
    pub(crate) fn passes_in(&self, story: &str, words: &[&str]) {
        let ran = self.push(words);
        assert_eq!(ran.code, 0, "{story}: git push {words:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("ideoguard"), "{story}: git push {words:?}: {}", ran.stderr);
    }
}

/// The seed of the secret that `main` had before.
pub(crate) const OLD: u64 = 1;
/// The seed of the secret that `other` had before.
pub(crate) const THEIRS: u64 = 2;
/// The seed of a secret that no server has.
pub(crate) const NEW: u64 = 3;

/// A line of code that holds a made-up key.
pub(crate) fn leak(seed: u64) -> String {
    format!("IDEOGRAM_API_KEY = \"{}\"\n", fake::ideogram_key(seed))
}

/// Sees to it that what a pusher reads holds no stretch of a key.
#[track_caller]
pub(crate) fn assert_shows_no_secret(text: &str) {
    // Git itself names the references of the one who pushes.
    let text: String =
        text.lines().filter(|line| !line.starts_with(" ! ")).map(|line| line.to_owned() + "\n").collect();
    for key in (1..10).map(fake::ideogram_key).chain((1..10).map(fake::github_token)) {
        let shown = key.as_bytes().windows(6).skip(1).find(|part| text.contains(str::from_utf8(part).unwrap()));
        assert_eq!(shown, None, "a key is shown:\n{text}");
    }
}

/// Runs git in a folder with text on standard input; returns what it wrote on standard output.
#[track_caller]
pub(crate) fn git_with(folder: &Path, words: &[&str], input: &[u8]) -> Vec<u8> {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = hermetic("git", folder)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("git starts");
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("git ends");
    writer.join().unwrap();
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Stores an object; returns its name.
#[track_caller]
pub(crate) fn store(folder: &Path, kind: &str, bytes: &[u8]) -> String {
    let name = git_with(folder, &["hash-object", "-w", "--literally", "-t", kind, "--stdin"], bytes);
    String::from_utf8(name).unwrap().trim().to_owned()
}
