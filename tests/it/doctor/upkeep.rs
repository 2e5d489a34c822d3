//! Hooks here and on the server, and records of calls.

use std::os::unix::fs::PermissionsExt;

use super::item;
use crate::common::TestRepo;

#[test]
fn hooks_that_are_not_there_fail_and_installed_ones_pass() {
    let repo = TestRepo::new();
    assert_eq!(item(&repo, "hooks-here").verdict(), "fail");

    repo.install();

    assert_eq!(item(&repo, "hooks-here").verdict(), "pass");
}

#[test]
fn a_hook_that_is_not_executable_is_none() {
    let repo = TestRepo::new();
    repo.install();
    let hook = repo.at(".git/hooks/commit-msg");
    std::fs::set_permissions(hook, std::fs::Permissions::from_mode(0o644)).unwrap();

    let item = item(&repo, "hooks-here");

    assert_eq!(item.verdict(), "fail");
    assert!(item.text().contains("nothing runs ideoguard in commit-msg"), "{}", item.text());
}

#[test]
fn a_hook_of_somebody_that_calls_ours_counts() {
    let repo = TestRepo::new();
    for name in ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"] {
        repo.hook(name);
    }

    assert_eq!(item(&repo, "hooks-here").verdict(), "pass");
}

#[test]
fn without_a_remote_the_server_does_not_arise() {
    assert_eq!(item(&TestRepo::new(), "hooks-on-server").verdict(), "not-applicable");
}

#[test]
fn a_server_far_away_cannot_be_told_and_its_address_is_not_repeated() {
    let repo = TestRepo::new();
    repo.git(&["remote", "add", "origin", "https://ann:hunter2@example.org/a.git"]);

    let item = item(&repo, "hooks-on-server");

    assert_eq!(item.evidence(), ["remote `origin` cannot be asked from here"]);
    assert_eq!(item.verdict(), "unknown");
    assert!(!item.text().contains("hunter2"));
}

#[test]
fn a_bare_repository_on_this_machine_is_looked_at() {
    let (repo, server) = (TestRepo::new(), TestRepo::with_init(&["--bare"]));
    repo.git(&["remote", "add", "origin", &server.path().to_string_lossy()]);
    assert_eq!(item(&repo, "hooks-on-server").verdict(), "fail");

    server.write("hooks/pre-receive", "#!/bin/sh\n# ideoguard hook pre-receive\nexit 0\n");
    let hook = server.at("hooks/pre-receive");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(item(&repo, "hooks-on-server").verdict(), "fail", "a comment runs nothing");

    server.write("hooks/pre-receive", "#!/bin/sh\nexec ideoguard hook pre-receive\n");
    assert_eq!(item(&repo, "hooks-on-server").verdict(), "pass");
}

#[test]
fn calls_without_records_fail_and_with_them_pass() {
    let repo = TestRepo::new();
    repo.write("a.py", "r = requests.post('https://api.ideogram.ai/v1/x', headers=h)\n");
    assert_eq!(item(&repo, "audit-logging").verdict(), "fail");

    repo.write(
        "audit.py",
        "def record(user, resource, ok):\n    entry = {'timestamp': now(), 'action': 'ideogram.api.call', 'userId': user, 'resource': resource, 'result': 'success' if ok else 'failure'}\n    log.info('[AUDIT] %s', json.dumps(entry))\n",
    );

    let item = item(&repo, "audit-logging");
    assert_eq!(
        (item.verdict(), item.evidence()),
        ("pass", vec!["audit.py:3: an audit line with all members is written".to_owned()])
    );
}

#[test]
fn a_record_without_its_user_fails_with_what_is_missing() {
    let repo = TestRepo::new();
    repo.write("a.go", "package a\n\nvar e = map[string]any{\"timestamp\": now(), \"action\": \"ideogram.api.call\", \"resource\": r, \"result\": \"success\"}\n");

    let item = item(&repo, "audit-logging");

    assert_eq!(
        (item.verdict(), item.evidence()),
        ("fail", vec!["a.go:3: an audit line is written without userId".to_owned()])
    );
}

#[test]
fn lines_of_a_log_in_the_work_tree_are_read() {
    let repo = TestRepo::new();
    repo.write(".gitignore", "*.log\n").write("app.log", "1 [AUDIT] {\"timestamp\": 1}\n");

    let item = item(&repo, "audit-logging");

    assert_eq!(item.verdict(), "fail");
    assert_eq!(item.evidence(), ["app.log:1: the audit line lacks action, userId, resource, result"]);
}

#[test]
fn an_audit_log_of_ours_that_was_altered_fails() {
    let repo = TestRepo::new();
    let add = ["key", "add", "--environment", "staging", "--role", "reader", "--owner", "ann", "--key-stdin"];
    let key = crate::fake::ideogram_key(1);
    assert_eq!(crate::common::ideoguard_in(repo.path(), &add, key.as_bytes()).code, 0);
    let log = std::fs::read_dir(repo.at(".git/ideoguard")).unwrap().map(|entry| entry.unwrap().path());
    let log = log.into_iter().find(|path| path.extension().is_some_and(|end| end == "jsonl")).unwrap();
    assert_eq!(item(&repo, "audit-logging").verdict(), "not-applicable");

    let text = std::fs::read_to_string(&log).unwrap().replace("staging", "nowhere");
    std::fs::write(&log, text).unwrap();

    let item = item(&repo, "audit-logging");
    assert_eq!(
        (item.verdict(), item.evidence()),
        ("fail", vec!["the audit log of ideoguard: line 1 was altered".to_owned()])
    );
}
