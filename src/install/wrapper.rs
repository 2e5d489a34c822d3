//! The hook scripts that git runs: the files of `hooks/` with their settings filled in.

use std::path::Path;

use super::{HookName, Reach};

/// What is put before the gate: `NAME.before-ideoguard` is the hook that was there and runs first.
pub(super) const ASIDE: &str = "before-ideoguard";

/// The second line of each of our scripts in a repository; the scripts know each other by it.
const IN_REPOSITORY: &str = "reach='repository' # ideoguard-hook";

/// The second line of each of our scripts in the global folder.
const IN_GLOBAL: &str = "reach='global' # ideoguard-hook";

/// The setting that holds the path of our program.
const PROGRAM: &str = "program=''";

/// The hooks of githooks(5) and git-p4(1) that git looks for in the hooks folder.
///
/// `fsmonitor-watchman` is missing: git finds it through `core.fsmonitor` alone.
const ALL_NAMES: [&str; 27] = [
    "applypatch-msg",
    "commit-msg",
    "p4-changelist",
    "p4-post-changelist",
    "p4-pre-submit",
    "p4-prepare-changelist",
    "post-applypatch",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-receive",
    "post-rewrite",
    "post-update",
    "pre-applypatch",
    "pre-auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "pre-receive",
    "prepare-commit-msg",
    "proc-receive",
    "push-to-checkout",
    "reference-transaction",
    "sendemail-validate",
    "update",
];

/// Returns the names of all hooks that git runs, sorted.
pub(super) fn all_names() -> &'static [&'static str] {
    &ALL_NAMES
}

/// Returns the script that judges in `hook`; without a program it looks for one on `PATH`.
pub(super) fn gate(hook: HookName, reach: Reach, program: Option<&Path>) -> Vec<u8> {
    let template = match hook {
        HookName::PreCommit => include_str!("../../hooks/pre-commit"),
        HookName::PreMergeCommit => include_str!("../../hooks/pre-merge-commit"),
        HookName::CommitMsg => include_str!("../../hooks/commit-msg"),
        HookName::PrePush => include_str!("../../hooks/pre-push"),
        HookName::PreReceive => include_str!("../../hooks/pre-receive"),
    };
    let template = match reach {
        Reach::Repository | Reach::Server(_) => template.to_owned(),
        Reach::Global => template.replacen(IN_REPOSITORY, IN_GLOBAL, 1),
    };
    let Some(program) = program else { return template.into_bytes() };
    let setting = [b"program=".as_slice(), &quote(program.as_os_str().as_encoded_bytes())].concat();
    replace_once(template.as_bytes(), PROGRAM.as_bytes(), &setting)
}

/// Returns the script that runs a repository's own hook `name` from the global folder.
pub(super) fn pass_on(name: &str) -> Vec<u8> {
    include_str!("../../hooks/pass-on").replacen("hook=''", &format!("hook='{name}'"), 1).into_bytes()
}

/// Tells whether a script is one of ours, of any version.
pub(super) fn is_ours(script: &[u8]) -> bool {
    let second = script.split(|byte| *byte == b'\n').nth(1);
    second == Some(IN_REPOSITORY.as_bytes()) || second == Some(IN_GLOBAL.as_bytes())
}

/// Tells whether a script of ours judges, rather than only passing on.
pub(super) fn is_gate(script: &[u8]) -> bool {
    is_ours(script) && script.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"program="))
}

/// Quotes any bytes for a POSIX shell: inside single quotes nothing has a meaning but the quote itself.
fn quote(bytes: &[u8]) -> Vec<u8> {
    let parts: Vec<&[u8]> = bytes.split(|byte| *byte == b'\'').collect();
    [b"'".as_slice(), &parts.join(br"'\''".as_slice()), b"'"].concat()
}

/// Replaces the first `old` by `new`; both may be any bytes.
fn replace_once(text: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let Some(at) = text.windows(old.len()).position(|window| window == old) else { return text.to_vec() };
    [&text[..at], new, &text[at + old.len()..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gates_of_a_commit_differ_in_their_name_alone() {
        let pre_commit = String::from_utf8(gate(HookName::PreCommit, Reach::Repository, None)).unwrap();

        for hook in [HookName::PreMergeCommit, HookName::CommitMsg] {
            let expected = pre_commit.replace("hook='pre-commit'", &format!("hook='{}'", hook.name()));
            assert_eq!(String::from_utf8(gate(hook, Reach::Repository, None)).unwrap(), expected);
        }
    }

    #[test]
    fn the_path_of_the_program_is_quoted() {
        let script = gate(HookName::PreCommit, Reach::Repository, Some(Path::new("/a b/it's $(x)\n`y`")));

        let setting = b"\nprogram='/a b/it'\\''s $(x)\n`y`'\n";
        assert!(script.windows(setting.len()).any(|window| window == setting));
    }

    #[test]
    fn a_global_gate_says_that_it_is_global() {
        let script = gate(HookName::CommitMsg, Reach::Global, None);

        assert_eq!(script.split(|byte| *byte == b'\n').nth(1), Some(IN_GLOBAL.as_bytes()));
    }

    #[test]
    fn all_our_scripts_are_known_as_ours() {
        assert!(is_ours(&gate(HookName::PreCommit, Reach::Repository, Some(Path::new("/x\ny")))));
        assert!(is_ours(&gate(HookName::PreCommit, Reach::Global, None)));
        assert!(is_ours(&pass_on("post-checkout")));
        assert!(!is_ours(b"#!/bin/sh\nexec ideoguard hook pre-commit\n"));
        assert!(!is_ours(b""));
    }

    #[test]
    fn a_script_that_passes_on_is_no_gate() {
        assert!(is_gate(&gate(HookName::PreCommit, Reach::Global, None)));
        assert!(!is_gate(&pass_on("pre-commit")));
    }

    #[test]
    fn a_script_that_passes_on_knows_its_name() {
        let script = String::from_utf8(pass_on("post-checkout")).unwrap();

        assert!(script.contains("\nhook='post-checkout'\n"));
    }
}
