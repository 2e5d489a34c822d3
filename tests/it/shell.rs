//! What a shell, a terminal and a reader of manuals get.

use std::path::Path;

use ideoguard::finding::Verdict;
use ideoguard::report::{Colour, Detail, Format, Links, Manner, Occasion};

use crate::cli::{clean, leaking, scrubbed};
use crate::common::{Ran, TestRepo, hermetic};
use crate::report::{finding, manner, outcome, told};

/// The fingerprint of the one finding of a repository.
fn fingerprint(repo: &TestRepo) -> String {
    let ran = repo.ideoguard(&["scan", "--staged", "--format", "jsonl"]);
    let row: serde_json::Value = serde_json::from_str(ran.stdout.lines().next().unwrap()).unwrap();
    row["fingerprint"].as_str().unwrap().to_owned()
}

#[test]
fn a_finding_is_explained_with_its_evidence_and_what_would_allow_it() {
    let repo = leaking();

    let ran = repo.ideoguard(&["explain", &fingerprint(&repo)]);

    insta::assert_snapshot!(scrubbed(&repo, &ran));
}

#[test]
fn what_is_allowed_is_explained_with_the_reason() {
    let repo = leaking();
    let fingerprint = fingerprint(&repo);
    repo.ideoguard(&["allow", &fingerprint, "--reason", "made up"]);

    let ran = repo.ideoguard(&["explain", &fingerprint]);

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("allowed, allow file: made up"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("If it is no secret"), "{}", ran.stdout);
}

#[test]
fn what_is_in_history_only_is_explained_with_its_commit() {
    let repo = leaking();
    let fingerprint = fingerprint(&repo);
    let commit = repo.commit("bring");
    repo.write("app.py", "pass\n").stage().commit("take away");

    let ran = repo.ideoguard(&["explain", &fingerprint]);

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains(&format!("app.py:1:21, commit {commit}")), "{}", ran.stdout);
    assert!(ran.stdout.contains("no branch has it in its newest commit"), "{}", ran.stdout);
}

#[test]
fn what_only_the_work_tree_has_is_explained() {
    let repo = leaking();
    let fingerprint = fingerprint(&repo);
    repo.git(&["rm", "--quiet", "--cached", "app.py"]);
    repo.write("ok.py", "pass\n");
    repo.git(&["add", "ok.py"]);

    let ran = repo.ideoguard(&["explain", &fingerprint]);

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("Where\n  app.py:1:21\n"), "{}", ran.stdout);
}

#[test]
fn a_fingerprint_that_nothing_has_is_refused_with_what_was_looked_at() {
    let repo = clean();
    repo.commit("one");

    let ran = repo.ideoguard(&["explain", &format!("ig1:{}", "0".repeat(32))]);
    let wrong = repo.ideoguard(&["explain", "hunter2"]);

    assert_eq!((ran.code, wrong.code), (2, 2));
    assert!(ran.stderr.contains("no finding in what is staged, in the work tree, in history has"), "{}", ran.stderr);
    assert!(!wrong.stderr.contains("hunter2"), "{}", wrong.stderr);
}

#[test]
fn a_finding_of_a_bare_repository_is_explained() {
    let repo = leaking();
    let fingerprint = fingerprint(&repo);
    repo.commit("bring");
    repo.git(&["clone", "--quiet", "--bare", ".", "bare.git"]);

    let ran = repo.ideoguard(&["explain", &fingerprint, "bare.git"]);

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("the newest commit of a branch has it"), "{}", ran.stdout);
}

#[test]
fn a_mistyped_name_is_answered_with_what_may_be_meant() {
    let repo = clean();

    let rule = repo.ideoguard(&["rules", "show", "ideogram-key"]);
    let option = repo.ideoguard(&["scan", "--stagd"]);
    let format = repo.ideoguard(&["scan", "--format", "sarf"]);

    assert!(rule.stderr.contains("did you mean `ideogram-api-key`?"), "{}", rule.stderr);
    assert!(option.stderr.contains("a similar argument exists: '--staged'"), "{}", option.stderr);
    assert!(format.stderr.contains("'sarif'"), "{}", format.stderr);
}

#[test]
fn bash_completes_commands_options_and_values() {
    let repo = clean();
    let script = repo.ideoguard(&["completions", "bash"]);
    repo.write("complete.sh", script.stdout);
    let complete = |words: &str, last: &str| {
        let line = format!(
            "source ./complete.sh; COMP_WORDS=(ideoguard {words} '{last}'); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _ideoguard ideoguard '{last}' \"${{COMP_WORDS[COMP_CWORD - 1]}}\"; echo \"${{COMPREPLY[@]}}\""
        );
        let output = hermetic("bash", repo.path()).args(["-c", &line]).output().expect("bash runs");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };

    assert_eq!(complete("", "sca"), "scan");
    assert_eq!(complete("scan", "--hist"), "--history");
    assert_eq!(complete("scan --format", "sar"), "sarif");
}

#[test]
fn completions_are_written_for_each_shell() {
    let repo = clean();

    for (shell, start) in [("zsh", "#compdef ideoguard"), ("fish", "# Print"), ("powershell", "\nusing namespace")] {
        let ran = repo.ideoguard(&["completions", shell]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stdout.starts_with(start) && ran.stdout.contains("history"), "{shell}: {}", &ran.stdout[..60]);
    }
}

#[test]
fn each_command_has_a_manual_page() {
    let repo = clean();

    let first = repo.ideoguard(&["man"]);
    let all = repo.ideoguard(&["man", "--dir", "man/man1"]);

    assert!(first.stdout.contains(".SH NAME\nideoguard"), "{}", first.stdout);
    assert_eq!((all.code, all.stdout.as_str()), (0, ""), "{}", all.stderr);
    let page = std::fs::read_to_string(repo.at("man/man1/ideoguard-scan.1")).unwrap();
    assert!(page.contains("\\-\\-history") && page.contains("Examples:"), "{page}");
    assert!(repo.at("man/man1/ideoguard-baseline-create.1").is_file());
}

#[test]
fn places_and_rules_are_links_where_the_terminal_knows_them() {
    let odd = outcome(vec![finding(1, "a b\x1b.py", 1, Verdict::Leak)]);
    let plain = manner(Occasion::Files, Detail::Normal);
    let linked = Manner { links: Links::From(Path::new("/work tree")), colour: Colour::Ansi, ..plain };

    let report = told(Format::Text, &odd, linked);

    assert!(
        report.contains("\x1b]8;;file:///work%20tree/a%20b%1B.py\x1b\\a b\\u{1b}.py:1:12\x1b]8;;\x1b\\"),
        "{report:?}"
    );
    assert!(report.contains("\x1b]8;;https://developer.ideogram.ai/"), "{report:?}");
    assert_eq!(anstream::adapter::strip_str(&report).to_string(), told(Format::Text, &odd, plain));
}

#[test]
fn a_place_in_history_is_no_link_since_the_file_may_be_gone() {
    let links = Links::From(Path::new("/top"));
    let manner = Manner { links, colour: Colour::Ansi, ..manner(Occasion::History, Detail::Normal) };

    let report = told(Format::Text, &outcome(vec![finding(1, "a.py", 1, Verdict::Leak)]), manner);

    assert!(!report.contains("file://"), "{report:?}");
}

#[test]
fn links_are_made_only_when_they_are_wanted() {
    let repo = leaking();
    let scan = |words: &[&str], variables: &[(&str, &str)]| {
        let mut command = hermetic(env!("CARGO_BIN_EXE_ideoguard"), repo.path());
        command.args([&["scan", "--staged", "--color", "always"], words].concat()).envs(variables.iter().copied());
        Ran::from(command.output().expect("ideoguard runs")).stdout
    };

    assert!(!scan(&[], &[]).contains("\x1b]8;;"));
    assert!(scan(&["--links", "always"], &[]).contains("/app.py\x1b\\"));
    assert!(scan(&[], &[("FORCE_HYPERLINK", "1")]).contains("\x1b]8;;file://"));
    assert!(!scan(&["--links", "never"], &[("FORCE_HYPERLINK", "1")]).contains("\x1b]8;;"));
}

#[test]
fn lines_are_as_wide_as_the_terminal() {
    let one = outcome(vec![finding(1, "a.py", 1, Verdict::Leak)]);
    let lines = |width: usize| {
        let manner = Manner { width, ..manner(Occasion::Files, Detail::Normal) };
        told(Format::Text, &one, manner)
            .lines()
            .filter(|line| line.starts_with("  "))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };

    let (narrow, wide) = (lines(40), lines(100));

    assert!(narrow.len() > wide.len());
    let because: Vec<&String> = narrow.iter().skip_while(|line| !line.contains("because")).take(3).collect();
    assert!(because.iter().all(|line| line.chars().count() <= 40), "{because:?}");
}
