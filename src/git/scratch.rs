//! A copy of a server's repository that can be pushed to, so that its hooks are put to the test.
//!
//! The copy has the server's references, configuration and hooks, and borrows its objects. What
//! is pushed to it stays in it. Hooks that run after a push are left out: they would deploy or
//! tell others what was made up for the test.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::error::{Error, Result};
use crate::git::env::{GitEnv, LOCAL};
use crate::git::objects::Kind;
use crate::git::plumbing::Plumbing;
use crate::git::{Format, Repository};
use crate::oid::ObjectId;

/// The verb of the errors in this file.
const DOING: &str = "make a scratch copy";
/// The verb of what is read through the desk.
const READ: &str = "read the tree";
/// What of a repository is not copied: objects are borrowed, hooks come from where git looks, the rest is large or ours.
const LEFT_OUT: &[&str] = &["objects", "hooks", "logs", "worktrees", "modules", "lfs", "index", "ideoguard"];
/// The hooks that act on what was accepted, and those of a forge that ask it about a push which it does not know.
const SILENT: &[&str] = &[
    "post-receive",
    "post-receive.d",
    "post-update",
    "post-update.d",
    "proc-receive",
    "proc-receive.d",
    "push-to-checkout",
    "reference-transaction",
    "gitea",
    "forgejo",
];
/// Folders nested deeper are no part of a git directory.
const MAX_DEPTH: usize = 64;

/// Who runs the hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// Git, in its folder of hooks.
    Git,
    /// GitLab, in the folder `custom_hooks` of the repository.
    CustomHooks,
}

/// What stands in for GitLab: it runs these, one after the other, until one refuses.
const CUSTOM_HOOKS: &str = r#"#!/bin/sh
lines=$(cat)
for hook in custom_hooks/pre-receive custom_hooks/pre-receive.d/*; do
    case $hook in *'~') continue ;; esac
    if [ -f "$hook" ] && [ -x "$hook" ]; then
        printf '%s\n' "$lines" | "$hook" || exit 1
    fi
done
"#;

/// A scratch copy of a server, and a desk from which it is pushed to; both are gone when dropped.
pub struct Scratch {
    folder: TempDir,
    desk: Plumbing,
    env: GitEnv,
    /// The commit that HEAD names at the server.
    pub head: Option<ObjectId>,
    /// How many bytes an object name has.
    pub id_len: usize,
}

/// What came of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether the last reference is as the push wanted it.
    pub has_landed: bool,
    /// What whoever pushes read.
    pub said: Vec<u8>,
}

impl Scratch {
    /// Copies a repository.
    pub fn of(repository: &Repository, chain: Chain) -> Result<Self> {
        let folder = tempfile::tempdir().map_err(Error::io("create", std::env::temp_dir().as_path()))?;
        let server = folder.path().join("server.git");
        copy(repository.common_dir(), &server, LEFT_OUT, 0)?;
        let hooks = server.join("hooks");
        let objects = repository.common_dir().join("objects");
        borrow(&objects, &server.join("objects"))?;
        match chain {
            Chain::Git => copy(&repository.hooks_dir()?, &hooks, SILENT, 0)?,
            Chain::CustomHooks => write_script(&hooks.join("pre-receive"), CUSTOM_HOOKS)?,
        }
        let env = repository.env.clone().without_repository();
        let plain = Plumbing::new(folder.path(), env.clone());
        let config = server.join("config");
        for (key, value) in [
            ("core.bare", "true".as_ref()),
            ("core.hooksPath", hooks.as_os_str()),
            // What is made up here must not stand in the server's own log, nor be sent anywhere.
            ("ideoguard.audit-log", "ideoguard/audit.jsonl".as_ref()),
            ("ideoguard.audit-webhook", "".as_ref()),
        ] {
            let words = [
                "config".as_ref(),
                "--file".as_ref(),
                config.as_os_str(),
                "--replace-all".as_ref(),
                key.as_ref(),
                value,
            ];
            plain.run(DOING, key, &words)?;
        }
        // Fails where there is none.
        let _ = plain.ask(
            DOING,
            &[
                "config".as_ref(),
                "--file".as_ref(),
                config.as_os_str(),
                "--unset-all".as_ref(),
                "core.worktree".as_ref(),
            ],
        );
        let format = match repository.format {
            Format::Sha1 => "--object-format=sha1",
            Format::Sha256 => "--object-format=sha256",
        };
        plain.run(DOING, "", &["init", "--quiet", "--bare", "--template=", format, "desk.git"])?;
        let desk = folder.path().join("desk.git");
        borrow(&objects, &desk.join("objects"))?;
        let desk = Plumbing::new(&desk, env.clone()).with_git_dir(desk);
        Ok(Self { desk, env, head: repository.head()?, id_len: repository.id_len(), folder })
    }

    /// Returns a tree, or that of a commit, as git stores it.
    pub fn tree_of(&self, id: ObjectId) -> Result<Vec<u8>> {
        self.desk.run(READ, &id.to_string(), &["cat-file", "tree", &id.to_string()])
    }

    /// Stores an object at the desk.
    pub fn store(&self, kind: Kind, bytes: &[u8]) -> Result<ObjectId> {
        let words = ["hash-object", "-w", "--literally", "-t", kind.name(), "--stdin"];
        let name = self.desk.run_with("store an object", &words, bytes)?;
        ObjectId::from_hex(name.trim_ascii()).ok_or_else(|| odd("git's answer is not understood"))
    }

    /// Pushes objects to references, and nothing to those that are to be deleted.
    pub fn push(&self, updates: &[(Option<ObjectId>, String)]) -> Result<Answer> {
        let server = self.folder.path().join("server.git");
        let mut command = Command::new("git");
        command.current_dir(self.desk.folder());
        for name in LOCAL {
            command.env_remove(name);
        }
        command.envs(self.env.variables()).env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
        // What the one who runs this is used to must not decide what is pushed.
        for setting in ["push.followTags=false", "push.gpgSign=false", "push.pushOption=", "protocol.file.allow=always"]
        {
            command.args(["-c", setting]);
        }
        command.args(["push", "--no-verify", "--force"]).arg(&server);
        for (id, reference) in updates {
            command.arg(format!("{}:{reference}", id.map(|id| id.to_string()).unwrap_or_default()));
        }
        let output = command.output().map_err(Error::io("run", Path::new("git")))?;
        let has_landed = match updates.last() {
            Some((Some(id), reference)) => self.value_of(&server, reference)? == Some(*id),
            // A reference that never was there is gone, too.
            Some((None, reference)) => output.status.success() && self.value_of(&server, reference)?.is_none(),
            None => false,
        };
        Ok(Answer { has_landed, said: output.stderr })
    }

    /// Returns what a reference of the server names.
    fn value_of(&self, server: &Path, reference: &str) -> Result<Option<ObjectId>> {
        let server = Plumbing::new(server, self.env.clone()).with_git_dir(server);
        let answer =
            server.ask("read a reference", &["rev-parse", "--quiet", "--verify", "--end-of-options", reference])?;
        Ok(ObjectId::from_hex(answer.bytes.trim_ascii()))
    }
}

/// Lets a folder of objects borrow those of another.
fn borrow(objects: &Path, borrower: &Path) -> Result<()> {
    let objects = objects.canonicalize().map_err(Error::io("find", objects))?;
    let info = borrower.join("info");
    fs::create_dir_all(&info).map_err(Error::io("create", &info))?;
    let file = info.join("alternates");
    let mut line = objects.into_os_string().into_encoded_bytes();
    if line.contains(&b'\n') {
        return Err(odd("git cannot borrow objects from a folder with a line break in its name"));
    }
    line.push(b'\n');
    fs::write(&file, line).map_err(Error::io("write", &file))
}

/// Copies files and folders, but for some names; links are followed, since relative ones would break.
fn copy(from: &Path, to: &Path, but: &[&str], depth: usize) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(Error::io("copy", from)(std::io::Error::other("its folders are nested too deep")));
    }
    fs::create_dir_all(to).map_err(Error::io("create", to))?;
    let entries = match fs::read_dir(from) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::io("list", from)(error)),
    };
    for entry in entries {
        let name = entry.map_err(Error::io("list", from))?.file_name();
        if but.iter().any(|left_out| name == *left_out) {
            continue;
        }
        let (path, target): (PathBuf, PathBuf) = (from.join(&name), to.join(&name));
        // A link that leads nowhere is nothing to git either.
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if metadata.is_dir() {
            copy(&path, &target, SILENT, depth + 1)?;
        } else if metadata.is_file() {
            fs::copy(&path, &target).map_err(Error::io("copy", &path))?;
        }
    }
    Ok(())
}

/// Writes a script that git can run.
fn write_script(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    }
    let mut file = fs::File::create(path).map_err(Error::io("create", path))?;
    file.write_all(text.as_bytes()).map_err(Error::io("write", path))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o755)).map_err(Error::io("set the mode of", path))?;
    }
    Ok(())
}

/// Says that something about the copy makes no sense.
fn odd(because: &str) -> Error {
    Error::Git { doing: DOING, what: String::new(), because: because.to_owned() }
}
