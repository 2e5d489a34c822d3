//! What people allow, and how a wrong allow file is refused.

use std::path::{Path, PathBuf};

use ideoguard::decide::{Allowance, Case, Evidence, Marked, Policy, append, judge, remarks};
use ideoguard::finding::{Confidence, Fingerprint, Reason, Secret, Severity, Verdict};
use ideoguard::path::RepoPath;
use ideoguard::rules::built_in;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::common::TestRepo;
use crate::fake;

/// The day on which these stories happen.
const TODAY: Date = date(2026, 6, 15);

/// The policy of an allow file's text.
#[track_caller]
fn policy(text: &str) -> Policy {
    Policy::parse(Path::new(".ideoguard.toml"), text, TODAY).expect("a valid allow file")
}

/// What an allow file's text is refused with.
#[track_caller]
fn refusal(text: &str) -> String {
    Policy::parse(Path::new(".ideoguard.toml"), text, TODAY).expect_err("a refusal").to_string()
}

/// The fingerprint of the made-up key of a seed.
fn fingerprint(seed: u64) -> Fingerprint {
    Fingerprint::of(&Secret::new(fake::ideogram_key(seed)))
}

/// Whether a policy allows a sure, new finding of the first rule; and if so, why.
fn allowed(policy: &Policy, path: &str, fingerprint: &Fingerprint) -> Option<String> {
    match judge(policy, &case(&path.into(), fingerprint)) {
        Verdict::Allowed(Reason::AllowFile(reason)) => Some(reason),
        Verdict::Leak => None,
        other => panic!("{other:?}"),
    }
}

/// The name of the first rule.
fn first_rule() -> &'static str {
    built_in().next().expect("there are rules").id
}

/// A sure, new finding of the first rule.
fn case<'a>(path: &'a RepoPath, fingerprint: &'a Fingerprint) -> Case<'a> {
    Case {
        rule: first_rule(),
        confidence: Confidence::High,
        severity: Severity::High,
        evidence: Evidence::New(&[]),
        path,
        fingerprint,
        mark: &Marked::No,
        is_new: true,
    }
}

#[test]
fn an_entry_for_paths_allows_what_lies_below_them() {
    let policy = policy("[[allow]]\npaths = ['tests/data/', '*.snap', '!real.snap']\nreason = 'made up'\n");

    assert_eq!(allowed(&policy, "tests/data/a/b.txt", &fingerprint(1)).as_deref(), Some("made up"));
    assert_eq!(allowed(&policy, "x/y/z.snap", &fingerprint(1)).as_deref(), Some("made up"));
    assert_eq!(allowed(&policy, "x/real.snap", &fingerprint(1)), None);
    assert_eq!(allowed(&policy, "src/a.py", &fingerprint(1)), None);
}

#[test]
fn all_conditions_of_an_entry_must_hold() {
    let text = format!("[[allow]]\npaths = ['docs/']\nfingerprints = ['{}']\nreason = 'sample'\n", fingerprint(1));
    let policy = policy(&text);

    assert!(allowed(&policy, "docs/a.md", &fingerprint(1)).is_some());
    assert!(allowed(&policy, "docs/a.md", &fingerprint(2)).is_none());
    assert!(allowed(&policy, "src/a.md", &fingerprint(1)).is_none());
}

#[test]
fn a_path_that_is_not_utf8_can_be_allowed_by_its_folder() {
    let policy = policy("[[allow]]\npaths = ['docs/']\nreason = 'sample'\n");
    let path = RepoPath::new(b"docs/caf\xe9.txt".as_slice());

    let verdict = judge(&policy, &case(&path, &fingerprint(1)));

    assert_eq!(verdict, Verdict::Allowed(Reason::AllowFile("sample".into())));
}

#[test]
fn globs_hold_wherever_the_user_stands() {
    let text = "[[allow]]\npaths = ['/docs/*.md']\nreason = 'sample'\n";
    let seen = |base: &str| policy(text).seen_from(PathBuf::from("/repo"), PathBuf::from(base));

    assert!(allowed(&seen("/repo"), "docs/a.md", &fingerprint(1)).is_some());
    assert!(allowed(&seen("/repo"), "./docs/a.md", &fingerprint(1)).is_some());
    assert!(allowed(&seen("/repo/src"), "../docs/a.md", &fingerprint(1)).is_some());
    assert!(allowed(&seen("/elsewhere"), "/repo/docs/a.md", &fingerprint(1)).is_some());
    assert!(allowed(&seen("/repo/src"), "docs/a.md", &fingerprint(1)).is_none());
    assert!(allowed(&seen("/repo"), "../other/docs/a.md", &fingerprint(1)).is_none());
}

#[test]
fn an_entry_allows_on_its_last_day_and_no_longer() {
    let entry = |until: &str| format!("[[allow]]\npaths = ['a.py']\nreason = 'sample'\nuntil = {until}\n");
    let (running, over) = (policy(&entry("2026-06-15")), policy(&entry("2026-06-14")));

    assert!(allowed(&running, "a.py", &fingerprint(1)).is_some());
    assert!(allowed(&over, "a.py", &fingerprint(1)).is_none());
    assert_eq!(running.notices(), Vec::<String>::new());
    insta::assert_snapshot!(over.notices().join("\n"));
}

#[test]
fn a_finding_that_an_expired_entry_allowed_says_so() {
    let over = policy("[[allow]]\npaths = ['a.py']\nreason = 'sample'\nuntil = 2026-06-14\n");

    let remarks = remarks(&over, &case(&"a.py".into(), &fingerprint(1)));

    assert_eq!(remarks, over.notices());
}

#[test]
fn a_disabled_rule_allows_what_it_finds() {
    let policy = policy(&format!("[rules]\ndisable = ['{}']\n", first_rule()));

    let reason = allowed(&policy, "a.py", &fingerprint(1));

    assert_eq!(reason, Some(format!("the rule `{}` is disabled", first_rule())));
}

#[test]
fn an_entry_that_matches_nothing_is_named() {
    let policy = policy("# one\n\n[[allow]]\npaths = ['gone.py']\nreason = 'sample'\n");

    assert_eq!(policy.unused(&[]), ["the entry at .ideoguard.toml:3 matches nothing"]);
}

#[test]
fn a_wrong_allow_file_is_refused_with_its_place() {
    let every_rule = built_in().map(|rule| format!("'{}'", rule.id)).collect::<Vec<_>>().join(", ");
    let entry = |rest: &str| format!("[[allow]]\nreason = 'sample'\n{rest}\n");
    let texts = [
        "allow = 3".to_owned(),
        "[[alow]]\n".to_owned(),
        "[[allow]\n".to_owned(),
        "[[allow]]\nreason = 'unfinished\n".to_owned(),
        "[rules]\nenable = ['x']\n".to_owned(),
        "[rules]\ndisable = ['no-such-rule']\n".to_owned(),
        format!("[rules]\ndisable = [{every_rule}]\n"),
        "[[allow]]\npaths = ['a']\n".to_owned(),
        "[[allow]]\npaths = ['a']\nreason = ' '\n".to_owned(),
        entry(""),
        entry("path = ['a']"),
        entry("paths = []"),
        entry("paths = ['a', '']"),
        entry("paths = ['# a']"),
        entry("paths = ['a{b']"),
        entry("paths = ['**']"),
        entry("paths = ['*', '!a']"),
        entry(&format!("rules = [{every_rule}]")),
        entry("rules = ['no-such-rule\\u001b']").replace('\'', "\""),
        entry("fingerprints = ['ig1:abc']"),
        entry("fingerprints = 'ig1:abc'"),
        entry("paths = ['a']\nuntil = '2026-01-01'"),
        entry("paths = ['a']\nuntil = 2026-01-01T00:00:00Z"),
        entry("paths = ['a']\nuntil = 2026-02-30"),
    ];

    let refusals: Vec<String> = texts.iter().map(|text| refusal(text)).collect();

    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn an_added_entry_leaves_the_rest_as_it_is() {
    let text = "# why we allow\r\n[[allow]] # first\r\npaths = [ 'a' ]\r\nreason = 'x'";
    let allowance = Allowance { fingerprint: fingerprint(1), reason: "a \"quoted\" \\ one".into(), until: None };

    let result = append(Path::new("x.toml"), text, &allowance, TODAY).expect("a valid file");

    assert!(result.starts_with(&format!("{text}\r\n\r\n[[allow]]\r\n")), "{result:?}");
    assert_eq!(allowed(&policy(&result), "b.py", &fingerprint(1)).as_deref(), Some("a \"quoted\" \\ one"));
}

#[test]
fn an_entry_is_not_added_twice_or_to_a_wrong_file_or_without_sense() {
    let allowance = Allowance { fingerprint: fingerprint(1), reason: "sample".into(), until: None };
    let refusal = |text: &str, allowance: &Allowance| {
        append(Path::new("x.toml"), text, allowance, TODAY).expect_err("a refusal").to_string()
    };
    let once = append(Path::new("x.toml"), "", &allowance, TODAY).expect("a valid file");

    let refusals = [
        refusal(&once, &allowance),
        refusal("[[alow]]\n", &allowance),
        refusal("allow = [{ paths = ['a'], reason = 'x' }]\n", &allowance),
        refusal("", &Allowance { reason: " ".into(), ..allowance.clone() }),
        refusal("", &Allowance { reason: "two\nlines".into(), ..allowance.clone() }),
        refusal("", &Allowance { until: Some(date(2026, 6, 14)), ..allowance.clone() }),
    ];

    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn an_expired_entry_can_be_renewed() {
    let old = format!("[[allow]]\nfingerprints = ['{}']\nreason = 'x'\nuntil = 2026-01-01\n", fingerprint(1));
    let allowance = Allowance { fingerprint: fingerprint(1), reason: "again".into(), until: Some(TODAY) };

    let text = append(Path::new("x.toml"), &old, &allowance, TODAY).expect("a valid file");

    assert_eq!(allowed(&policy(&text), "a.py", &fingerprint(1)).as_deref(), Some("again"));
}

proptest! {
    #[test]
    fn an_entry_that_was_added_is_read_back_as_it_was(reason in "\\PC*[a-z]\\PC*", seed: u64, day in 15..31_i8) {
        let until = Some(date(2026, 7, day));
        let allowance = Allowance { fingerprint: fingerprint(seed), reason: reason.clone(), until };
        prop_assume!(!reason.chars().any(char::is_control));

        let text = append(Path::new("x.toml"), "", &allowance, TODAY).expect("a valid file");

        prop_assert_eq!(allowed(&policy(&text), "a.py", &fingerprint(seed)), Some(reason.trim().to_owned()));
    }
}

/// A repository with one made-up Ideogram key in one staged file.
fn leaking() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("app.py", format!("IDEOGRAM_API_KEY = \"{}\"\n", fake::ideogram_key(1))).stage();
    repo
}

#[test]
fn the_command_allow_lets_the_secret_through_from_then_on() {
    let repo = leaking();
    assert_eq!(repo.ideoguard(&["scan", "--staged"]).code, 1);

    let allow = repo.ideoguard(&["allow", fingerprint(1).as_str(), "--reason", "made up for tests"]);
    let scan = repo.ideoguard(&["scan", "--staged", "--format", "json"]);

    assert_eq!(allow.code, 0, "{}", allow.stderr);
    assert_eq!(scan.code, 0);
    let report: serde_json::Value = serde_json::from_str(&scan.stdout).expect("JSON");
    assert_eq!(report["findings"][0]["verdict"], "allowed");
    assert_eq!(report["findings"][0]["reason"], "allow file: made up for tests");
    insta::assert_snapshot!(allow.stdout.replace(&*repo.path().to_string_lossy(), "REPO"));
}

#[cfg(unix)]
#[test]
fn the_command_allow_keeps_permissions_and_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let repo = TestRepo::new();
    repo.write("shared/allow.toml", "# ours\n");
    let target = repo.at("shared/allow.toml");
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o640)).expect("permissions");
    symlink("shared/allow.toml", repo.at(".ideoguard.toml")).expect("a link");

    let ran = repo.ideoguard(&["allow", fingerprint(1).as_str(), "--reason", "sample"]);

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(repo.at(".ideoguard.toml").symlink_metadata().expect("the link").is_symlink());
    let text = std::fs::read_to_string(&target).expect("the file");
    assert!(text.starts_with("# ours\n\n[[allow]]\n"), "{text}");
    assert_eq!(target.metadata().expect("the file").permissions().mode() & 0o777, 0o640);
}

#[test]
fn what_is_no_fingerprint_is_refused_and_not_repeated() {
    let repo = TestRepo::new();
    let key = fake::ideogram_key(1);

    // A key that begins with `-` would be taken for an option.
    let ran = repo.ideoguard(&["allow", &format!("x{key}"), "--reason", "sample"]);

    assert_eq!(ran.code, 2);
    assert!(!ran.stderr.contains(&key[..8]));
    insta::assert_snapshot!(ran.stderr);
    assert!(!repo.at(".ideoguard.toml").exists());
}

#[test]
fn a_wrong_allow_file_stops_every_scan_and_every_commit() {
    let repo = leaking();
    repo.write(".ideoguard.toml", "[[allow]]\npaths = ['**']\nreason = 'all of it'\n");

    let scan = repo.ideoguard(&["scan", "--staged"]);
    let hook = repo.hook("pre-commit").try_git(&["commit", "--message", "add"]);

    assert_eq!(scan.code, 2);
    assert_eq!(hook.code, 1);
    assert!(hook.stderr.contains("this entry would allow everything"), "{}", hook.stderr);
    insta::assert_snapshot!(scan.stderr.replace(&*repo.path().to_string_lossy(), "REPO"));
}

#[test]
fn a_mark_with_a_reason_allows_and_one_without_does_not() {
    let repo = TestRepo::new();
    let line = |seed, mark: &str| format!("IDEOGRAM_API_KEY = \"{}\" # {mark}\n", fake::ideogram_key(seed));
    repo.write("good.py", line(1, "ideoguard:allow made up for tests"));
    repo.write("bad.py", line(2, "ideoguard:allow"));

    let good = repo.ideoguard(&["scan", "good.py"]);
    let bad = repo.ideoguard(&["scan", "bad.py"]);

    assert_eq!(good.code, 0, "{}", good.stdout);
    assert_eq!(bad.code, 1);
    assert!(bad.stdout.contains("the mark beside it does not count"), "{}", bad.stdout);
}
