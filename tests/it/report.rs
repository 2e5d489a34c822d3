//! How outcomes are told, on outcomes made by hand.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use ideoguard::error::Error;
use ideoguard::finding::{Confidence, Finding, Fingerprint, NoteReason, Place, Reason, Secret, Severity, Verdict};
use ideoguard::oid::ObjectId;
use ideoguard::outcome::Outcome;
use ideoguard::path::RepoPath;
use ideoguard::report::{Colour, Detail, Format, Links, Manner, Occasion, Times, wrap, write_coverage};
use ideoguard::text::{CommitStamp, Problem, Skip, Skipped, TextKind};

use crate::fake;

/// A manner for tests: plain, on an occasion, with a detail.
pub(crate) fn manner(occasion: Occasion, detail: Detail) -> Manner<'static> {
    let times = Times { began: 951_782_400, ended: 951_782_461 };
    Manner { occasion, detail, colour: Colour::Plain, width: wrap::WIDTH, links: Links::None, times }
}

/// The report as text.
pub(crate) fn told(format: Format, outcome: &Outcome, manner: Manner<'_>) -> String {
    let mut out = Vec::new();
    format.write(outcome, manner, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("UTF-8")
}

/// A finding of an Ideogram key, made from a seed, on a line of a file.
pub(crate) fn finding(seed: u64, path: impl Into<Vec<u8>>, line: u64, verdict: Verdict) -> Finding {
    let secret = Secret::new(fake::ideogram_key(seed));
    Finding {
        rule: Cow::Borrowed("ideogram-api-key"),
        provider: Cow::Borrowed("ideogram"),
        title: Cow::Borrowed("Ideogram API key"),
        severity: Severity::Critical,
        confidence: Confidence::Certain,
        path: RepoPath::new(path),
        kind: TextKind::Content,
        place: Place { line, column: 12, end_line: line, end_column: 98 },
        span: 100..186,
        blob: ObjectId::from_bytes(&[0xab; 20]),
        commit: None,
        redacted: secret.redacted(),
        fingerprint: Fingerprint::of(&secret),
        evidence: vec!["86 characters of base64url, as Ideogram issues them".into(), "named IDEOGRAM_API_KEY".into()],
        advice: vec!["revoke it at https://ideogram.ai/manage-api and make a new one".into()],
        verdict,
        trail: None,
    }
}

/// An outcome with these findings, of files that were all read.
pub(crate) fn outcome(findings: Vec<Finding>) -> Outcome {
    let mut outcome = Outcome { planned: 3, scanned: 3, bytes: 4_200, findings, ..Outcome::default() };
    outcome.sort();
    outcome
}

/// A commit by this author, with so many parents.
pub(crate) fn stamp(author: &[u8], parents: usize) -> Arc<CommitStamp> {
    let id = ObjectId::from_bytes(&[0x12; 20]).expect("20 bytes");
    Arc::new(CommitStamp { id, author: author.to_vec(), date: "2000-01-01T00:00:00+00:00".to_owned(), parents })
}

/// An outcome with something of everything.
pub(crate) fn rich() -> Outcome {
    let commit = stamp(b"A U Thor <author@example.org>", 1);
    let mut warning = finding(2, "src/b.rs", 7, Verdict::Warning);
    warning.confidence = Confidence::Medium;
    warning.severity = Severity::Medium;
    warning.commit = Some(commit);
    let mut outcome = Outcome {
        planned: 9,
        scanned: 5,
        failed: 1,
        bytes: 3_249_999,
        findings: vec![
            finding(1, "config/app.py", 3, Verdict::Leak),
            finding(1, "docs/notes.md", 10, Verdict::Leak),
            warning,
            finding(3, "old.py", 1, Verdict::Note(NoteReason::Old)),
            finding(4, "weak.py", 1, Verdict::Note(NoteReason::LowConfidence)),
            finding(5, "t.py", 1, Verdict::Allowed(Reason::Mark("made up for tests".into()))),
            finding(6, "u.py", 1, Verdict::Allowed(Reason::AllowFile("public\x1b[2J sample".into()))),
            finding(8, "v.py", 1, Verdict::Allowed(Reason::Baseline("there\x1b[2J before".into()))),
            finding(7, b"caf\xe9\x1b.txt".as_slice(), 2, Verdict::Leak),
        ],
        skipped: vec![
            Skipped { path: "vendor/lib".into(), why: Skip::Submodule },
            Skipped { path: "node_modules".into(), why: Skip::Ignored },
            Skipped { path: RepoPath::new(b"\xff".as_slice()), why: Skip::Ignored },
        ],
        problems: vec![Problem {
            what: "`locked.txt`".into(),
            error: Error::Io {
                doing: "read",
                path: PathBuf::from("locked.txt"),
                source: std::io::Error::from(std::io::ErrorKind::PermissionDenied),
            },
        }],
        notices: vec!["git itself read the index: libgit2 does not know the extension `link`".into()],
    };
    outcome.sort();
    outcome
}

#[test]
fn the_text_report_tells_what_where_why_and_what_to_do() {
    let report = told(Format::Text, &rich(), manner(Occasion::Commit, Detail::Normal));

    insta::assert_snapshot!(report);
}

#[test]
fn the_verbose_text_report_tells_everything() {
    let report = told(Format::Text, &rich(), manner(Occasion::Files, Detail::Verbose));

    insta::assert_snapshot!(report);
}

#[test]
fn the_quiet_text_report_has_one_line_for_each_leak_and_warning() {
    let report = told(Format::Text, &rich(), manner(Occasion::Files, Detail::Quiet));

    insta::assert_snapshot!(report);
}

#[test]
fn the_coloured_report_says_the_same_as_the_plain_one() {
    let plain = manner(Occasion::Commit, Detail::Verbose);
    let coloured = Manner { colour: Colour::Ansi, ..plain };

    let text = told(Format::Text, &rich(), coloured);

    assert!(text.contains("\x1b[1m\x1b[31mleak\x1b[0m"), "{text:?}");
    assert_eq!(anstream::adapter::strip_str(&text).to_string(), told(Format::Text, &rich(), plain));
}

#[test]
fn the_json_report_has_every_field() {
    let report = told(Format::Json, &rich(), manner(Occasion::Files, Detail::Normal));

    insta::assert_snapshot!(report.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

#[test]
fn the_jsonl_report_has_one_object_a_line() {
    let report = told(Format::Jsonl, &rich(), manner(Occasion::Files, Detail::Normal));

    assert_eq!(report.lines().count(), rich().findings.len());
    for line in report.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(row["rule"], "ideogram-api-key");
    }
}

#[test]
fn a_path_that_is_not_utf8_is_exact_in_json() {
    let report = told(Format::Jsonl, &rich(), manner(Occasion::Files, Detail::Normal));

    let odd: Vec<serde_json::Value> = report
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .filter(|row: &serde_json::Value| row.get("path_base64").is_some())
        .collect();
    assert_eq!(odd.len(), 1);
    assert_eq!(odd[0]["path"], "caf\\xe9\\u{1b}.txt");
    assert_eq!(odd[0]["path_base64"], "Y2Fm6RsudHh0");
}

#[test]
fn a_name_that_could_steer_a_terminal_is_escaped_in_json_and_reads_back_as_itself() {
    let name = "a\u{1b}[2J\u{9b}31m\u{202e}\u{7f}\\.txt";
    let outcome = outcome(vec![finding(1, name, 1, Verdict::Leak)]);

    let report = told(Format::Jsonl, &outcome, manner(Occasion::Files, Detail::Normal));

    assert!(
        report.trim_end().chars().all(|character| !character.is_control() && character != '\u{202e}'),
        "{report:?}"
    );
    let row: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(row["path"], name);
}

#[test]
fn no_report_holds_a_secret() {
    let outcome = rich();

    for format in [Format::Text, Format::Json, Format::Jsonl] {
        let report = told(format, &outcome, manner(Occasion::Files, Detail::Verbose));
        for seed in 1..=7 {
            let secret = fake::ideogram_key(seed);
            assert!(report.contains(&secret[..4]), "{format:?} does not name secret {seed}");
            assert!(!report.contains(&secret[..8]), "{format:?} holds secret {seed}");
        }
    }
}

#[test]
fn many_findings_are_counted_by_file_after_the_first_ten() {
    let findings = (0..40).map(|seed| finding(seed, format!("src/{}.py", seed % 3), seed + 1, Verdict::Leak)).collect();

    let report = told(Format::Text, &outcome(findings), manner(Occasion::Files, Detail::Normal));

    assert_eq!(report.matches("leak: Ideogram API key").count(), 10);
    insta::assert_snapshot!(report.split_once("more findings").map(|(_, rest)| rest).unwrap_or_default());
}

#[test]
fn one_secret_in_many_places_is_told_once() {
    let findings = (1..=9).map(|line| finding(1, format!("{line}.py"), line, Verdict::Leak)).collect();

    let report = told(Format::Text, &outcome(findings), manner(Occasion::Staged, Detail::Normal));

    insta::assert_snapshot!(report);
}

#[test]
fn a_hook_with_nothing_to_say_is_silent() {
    let allowed = finding(1, "a.py", 1, Verdict::Allowed(Reason::Mark("sample".into())));
    let outcome = outcome(vec![allowed]);

    assert_eq!(told(Format::Text, &outcome, manner(Occasion::Commit, Detail::Normal)), "");
    assert_eq!(told(Format::Text, &outcome, manner(Occasion::Message, Detail::Normal)), "");
    assert_ne!(told(Format::Text, &outcome, manner(Occasion::Commit, Detail::Verbose)), "");
    assert_ne!(told(Format::Text, &outcome, manner(Occasion::Staged, Detail::Normal)), "");
}

#[test]
fn a_hook_speaks_of_what_was_too_large_to_look_at() {
    let skipped = vec![Skipped { path: "huge.bin".into(), why: Skip::TooLarge }];
    let outcome = Outcome { planned: 4, scanned: 3, bytes: 10, skipped, ..Outcome::default() };

    let report = told(Format::Text, &outcome, manner(Occasion::Commit, Detail::Normal));

    assert_eq!(report, "scanned 3 of 4 (1 too large), 10 bytes: no leaks\n");
}

#[test]
fn advice_for_any_place_of_a_secret_is_told() {
    let (first, mut second) = (finding(1, "a.py", 1, Verdict::Leak), finding(1, "b.js", 1, Verdict::Leak));
    second.advice.push("a browser bundle shows it to everybody".into());

    let report = told(Format::Text, &outcome(vec![first, second]), manner(Occasion::Files, Detail::Normal));

    insta::assert_snapshot!(report);
}

#[test]
fn an_old_secret_is_mentioned_once_and_refuses_nothing() {
    let findings = (1..=2).map(|seed| finding(seed, "a.py", seed, Verdict::Note(NoteReason::Old))).collect();

    let report = told(Format::Text, &outcome(findings), manner(Occasion::Commit, Detail::Normal));

    insta::assert_snapshot!(report);
}

#[test]
fn a_hook_that_could_not_read_everything_refuses() {
    let incomplete = Outcome { findings: Vec::new(), ..rich() };

    let report = told(Format::Text, &incomplete, manner(Occasion::Commit, Detail::Normal));

    insta::assert_snapshot!(report);
}

#[test]
fn the_fix_fits_the_file_and_the_occasion() {
    let mut env = finding(1, "app/.env", 1, Verdict::Leak);
    let mut message = finding(2, "COMMIT_EDITMSG", 2, Verdict::Leak);
    let mut link = finding(3, "link", 1, Verdict::Leak);
    let mut name = finding(4, "name", 1, Verdict::Leak);
    let mut odd = finding(5, "my file\n.py", 1, Verdict::Leak);
    message.kind = TextKind::Message;
    link.kind = TextKind::SymlinkTarget;
    name.kind = TextKind::PathName;
    for finding in [&mut env, &mut message, &mut link, &mut name, &mut odd] {
        finding.evidence.clear();
        finding.advice.clear();
    }

    let report =
        told(Format::Text, &outcome(vec![env, message, link, name, odd]), manner(Occasion::Commit, Detail::Normal));

    insta::assert_snapshot!(report);
}

#[test]
fn the_first_commit_of_a_history_is_rebased_from_the_root() {
    let mut found = finding(1, "a.py", 1, Verdict::Leak);
    found.commit = Some(stamp(b"A U Thor <author@example.org>", 0));

    let report = told(Format::Text, &outcome(vec![found]), manner(Occasion::Range, Detail::Normal));

    assert!(report.contains("git rebase --interactive --root"), "{report}");
}

#[test]
fn a_finding_of_a_range_names_its_commit() {
    let mut found = finding(1, "a.py", 1, Verdict::Leak);
    found.commit = Some(stamp(b"Eve \x1b[2J <eve@example.org>", 1));

    let report = told(Format::Text, &outcome(vec![found]), manner(Occasion::Range, Detail::Normal));

    insta::assert_snapshot!(report);
}

#[test]
fn the_coverage_alone_has_problems_and_the_sum() {
    let mut out = Vec::new();

    write_coverage(&rich(), manner(Occasion::Files, Detail::Normal), &mut out).expect("memory takes everything");

    insta::assert_snapshot!(String::from_utf8_lossy(&out));
}
