//! The baseline: made, kept up, merged, and taken over from other tools.

mod import;

use crate::cli::scrubbed;
use crate::common::{Ran, TestRepo};
use crate::fake;

/// Where the baseline lies.
const FILE: &str = ".ideoguard/baseline";

/// A line of code that holds the made-up key of a seed.
fn leak(seed: u64) -> String {
    format!("IDEOGRAM_API_KEY = \"{}\"\n", fake::ideogram_key(seed))
}

/// A repository with the made-up keys 1 and 2 in one file, and a baseline of them.
#[track_caller]
fn known() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("old.py", leak(1) + &leak(2)).stage().commit("old");
    baseline(&repo, &["create"]);
    repo
}

/// Runs `ideoguard baseline`, which must succeed and show no key; returns what it said.
#[track_caller]
fn baseline(repo: &TestRepo, words: &[&str]) -> String {
    let ran = repo.ideoguard(&[&["baseline"], words].concat());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_hidden(repo, &ran);
    ran.stdout
}

/// Sees to it that neither what a user reads nor the baseline holds a stretch of a key.
#[track_caller]
fn assert_hidden(repo: &TestRepo, ran: &Ran) {
    let text = format!("{}{}{}", ran.stdout, ran.stderr, std::fs::read_to_string(repo.at(FILE)).unwrap_or_default());
    for key in (1..10).flat_map(|seed| [fake::ideogram_key(seed), fake::github_token(seed)]) {
        assert!(!key.as_bytes()[4..].windows(6).any(|part| text.contains(str::from_utf8(part).unwrap())), "{text}");
    }
}

/// The text of the baseline.
#[track_caller]
fn text(repo: &TestRepo) -> String {
    std::fs::read_to_string(repo.at(FILE)).expect("a baseline")
}

/// The lines of the baseline that name secrets.
#[track_caller]
fn lines(repo: &TestRepo) -> Vec<String> {
    text(repo).lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

/// Runs a command and shows how it ended, without the folder.
#[track_caller]
fn told(repo: &TestRepo, words: &[&str]) -> String {
    let ran = repo.ideoguard(words);
    assert_hidden(repo, &ran);
    format!("$ ideoguard {}\n{}", words.join(" "), scrubbed(repo, &ran))
}

#[test]
fn what_was_there_before_no_longer_blocks_and_what_is_new_does() {
    let repo = known();

    let before = repo.ideoguard(&["scan"]);
    repo.write("new.py", leak(3));
    let after = repo.ideoguard(&["scan"]);

    assert_eq!(before.code, 0, "{}", before.stdout);
    assert!(before.stdout.contains("no leaks, 2 allowed"), "{}", before.stdout);
    assert_eq!(after.code, 1);
    assert!(after.stdout.contains("new.py") && !after.stdout.contains("old.py"), "{}", after.stdout);
}

#[test]
fn a_baseline_is_one_sorted_line_a_secret() {
    let repo = TestRepo::new();
    repo.write("old.py", leak(1) + &leak(2)).write("again.py", leak(1)).stage().commit("old");

    let created = told(&repo, &["baseline", "create", "--reason", "to be revoked", "--until", "2999-12-31"]);

    insta::assert_snapshot!("create", created);
    insta::assert_snapshot!("file", text(&repo));
}

#[test]
fn every_report_names_the_baseline() {
    let repo = known();

    for format in ["text", "json", "jsonl"] {
        let ran = repo.ideoguard(&["scan", "--verbose", "--format", format]);
        assert!(ran.stdout.contains("baseline: there when the baseline was created"), "{}", ran.stdout);
    }
}

#[test]
fn a_known_secret_passes_the_hook_wherever_it_goes_and_a_new_one_on_its_line_does_not() {
    let repo = known();
    repo.hook("pre-commit");

    repo.write("moved.py", format!("\n\n{}", leak(1))).stage();
    let moved = repo.try_git(&["commit", "--quiet", "--message", "move"]);
    repo.write("moved.py", leak(1).replace('\n', &format!(" ; {}", leak(3)))).stage();
    let joined = repo.try_git(&["commit", "--quiet", "--message", "join"]);

    assert_eq!((moved.code, moved.stderr.as_str()), (0, ""));
    assert_eq!(joined.code, 1);
    assert_eq!(
        joined.stderr.matches("leak: ").count() + joined.stderr.matches("leaks: ").count(),
        1,
        "{}",
        joined.stderr
    );
}

#[test]
fn a_baseline_that_is_there_is_never_overwritten() {
    let repo = known();
    let before = text(&repo);

    insta::assert_snapshot!(told(&repo, &["baseline", "create"]));

    assert_eq!(text(&repo), before);
}

#[test]
fn update_adds_what_is_new_and_keeps_the_words_of_the_rest() {
    let repo = known();
    let before = lines(&repo);
    repo.write("new.py", leak(3)).write("old.py", leak(1)).stage().commit("new");

    let said = baseline(&repo, &["update", "--reason", "came with the old service", "--who", "Somebody Else"]);

    let (kept, added): (Vec<String>, Vec<String>) = lines(&repo).into_iter().partition(|line| before.contains(line));
    assert_eq!(kept, before);
    assert_eq!(added.len(), 1);
    assert!(added[0].ends_with("who=\"Somebody Else\" reason=\"came with the old service\""), "{}", added[0]);
    assert!(said.starts_with("1 secret added to ") && said.ends_with(", 3 in all\n"), "{said}");
}

#[test]
fn prune_takes_out_what_no_object_holds_any_more() {
    let repo = known();
    repo.write("old.py", leak(2)).git(&["commit", "--quiet", "--all", "--amend", "--no-edit"]);
    let kept = baseline(&repo, &["prune"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "--quiet", "--prune=now"]);

    let said = baseline(&repo, &["prune"]);

    assert!(kept.starts_with("0 secrets taken out of ") && kept.ends_with(", 2 left\n"), "{kept}");
    assert_eq!(lines(&repo).len(), 1);
    assert!(said.starts_with("1 secret taken out of ") && said.ends_with(", 1 left\n"), "{said}");
    repo.write("old.py", leak(1));
    assert_eq!(repo.ideoguard(&["scan"]).code, 1);
}

#[test]
fn a_second_run_changes_nothing() {
    let repo = known();
    let first = text(&repo);
    let changed = || repo.at(FILE).metadata().expect("a file").modified().expect("a time");
    let time = changed();

    baseline(&repo, &["update"]);
    baseline(&repo, &["prune"]);

    assert_eq!((text(&repo), changed()), (first, time));
}

#[test]
fn two_branches_that_each_add_a_secret_merge_by_themselves() {
    let repo = known();
    repo.write(".gitattributes", ".ideoguard/baseline merge=union\n").stage().commit("baseline");
    for (branch, seed) in [("one", 3), ("two", 4), ("three", 5)] {
        repo.git(&["switch", "--quiet", "--create", branch, "main"]);
        repo.write(&format!("{branch}.py"), leak(seed) + &leak(6)).stage();
        baseline(&repo, &["update", "--reason", &format!("of branch {branch}")]);
        repo.stage().commit(branch);
    }

    repo.git(&["merge", "--quiet", "--no-edit", "one"]);
    repo.git(&["merge", "--quiet", "--no-edit", "two"]);

    assert_eq!(repo.ideoguard(&["scan"]).code, 0);
    let merged = lines(&repo);
    baseline(&repo, &["update"]);
    let tidy = lines(&repo);
    assert!(merged.len() > tidy.len(), "the same secret came from each branch: {merged:?}");
    assert_eq!(tidy.len(), 6);
    assert!(tidy.is_sorted() && tidy.iter().all(|line| merged.contains(line)), "{tidy:?}");
    assert_eq!(text(&repo).lines().filter(|line| line.starts_with('#')).count(), 1);
}

#[test]
fn a_line_that_has_expired_does_not_count_and_says_so() {
    let repo = known();
    let expired = text(&repo).replace(" reason=", " until=2020-01-31 reason=");
    repo.write(FILE, &expired);

    let scan = repo.ideoguard(&["scan"]);
    let update = baseline(&repo, &["update"]);
    baseline(&repo, &["prune"]);

    assert_eq!(scan.code, 1);
    let words = scan.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("/.ideoguard/baseline:3 allows nothing since 2020-01-31 has passed"), "{words}");
    assert!(update.contains("2 entries of ") && update.contains("their last day has passed"), "{update}");
    assert_eq!(text(&repo), expired);
}

#[test]
fn a_wrong_baseline_stops_every_scan_and_names_the_place() {
    let repo = known();
    let line = lines(&repo).remove(0);
    let name = line.split(' ').next().expect("a fingerprint");
    let wrong = [
        format!("<<<<<<< HEAD\n{line}\n=======\n{line}\n>>>>>>> topic\n"),
        format!("{}\n", fake::ideogram_key(1)),
        format!("{line} and more\n"),
        format!("{name}\n"),
        format!("{name} some_rule who=\"x\" reason=\"y\"\n"),
        format!("{name} some-rule reason=\"y\"\n"),
        format!("{name} some-rule who=\"x\" reason=\" \"\n"),
        format!("{name} some-rule who=\"x\" reason=\"y\n"),
        format!("{name} some-rule who=\"x\" reason=\"\\n\"\n"),
        format!("{name} some-rule who=\"x\" until=2027-02-30 reason=\"y\"\n"),
        format!("{name} some-rule who=\"x\" until=2027-02-03T01:02 reason=\"y\"\n"),
        format!("# fine\n\n{}\n", line.replace("ig1:", "ig2:")),
    ];

    let refusals: Vec<String> = wrong
        .iter()
        .map(|text| {
            repo.write(FILE, text);
            let ran = repo.ideoguard(&["scan"]);
            assert_hidden(&known(), &ran);
            assert_eq!(ran.code, 2, "{}", ran.stdout);
            scrubbed(&repo, &ran)
        })
        .collect();

    insta::assert_snapshot!(refusals.join("\n"));
    let hook = repo.hook("pre-commit").try_git(&["commit", "--allow-empty", "--message", "any"]);
    assert_eq!(hook.code, 1);
}

#[test]
fn a_baseline_that_was_named_takes_the_place_of_the_other_and_must_be_there() {
    let repo = known();
    repo.git(&["mv", "old.py", "x.py"]);
    repo.write("none", "").write("not-utf8", b"\n\xff".as_slice());

    assert_eq!(repo.ideoguard(&["scan", "x.py"]).code, 0);
    assert_eq!(repo.ideoguard(&["scan", "x.py", "--baseline", "none"]).code, 1);
    assert_eq!(repo.ideoguard(&["scan", "x.py", "--baseline", FILE]).code, 0);
    let missing = told(&repo, &["scan", "--baseline", "gone"]);
    let folder = told(&repo, &["hook", "pre-commit", "--baseline", ".ideoguard"]);
    let odd = told(&repo, &["scan", "--baseline", "not-utf8"]);
    let update = told(&repo, &["baseline", "update", "--baseline", "gone"]);
    insta::assert_snapshot!([missing, folder, odd, update].join("\n"));
}

#[test]
fn a_baseline_can_be_written_anywhere() {
    let repo = TestRepo::new();
    repo.write("old.py", leak(1)).stage().commit("old");

    baseline(&repo, &["create", "--output", "known.txt"]);

    assert!(!repo.at(FILE).exists());
    assert_eq!(repo.ideoguard(&["scan"]).code, 1);
    assert_eq!(repo.ideoguard(&["scan", "--baseline", "known.txt"]).code, 0);
}

#[test]
fn words_that_hold_a_secret_or_say_nothing_are_refused() {
    let repo = TestRepo::new();
    repo.write("old.py", leak(1));
    let secret = format!("as in IDEOGRAM_API_KEY={}", fake::ideogram_key(2));

    let refusals = [
        told(&repo, &["baseline", "create", "--reason", " "]),
        told(&repo, &["baseline", "create", "--reason", "two\nlines"]),
        told(&repo, &["baseline", "create", "--until", "2020-01-01"]),
        told(&repo, &["baseline", "create", "--until", "tomorrow"]),
    ];
    let hidden = repo.ideoguard(&["baseline", "create", "--reason", &secret]);

    insta::assert_snapshot!(refusals.join("\n"));
    assert_hidden(&repo, &hidden);
    assert_eq!(hidden.code, 2);
    assert!(!repo.at(".ideoguard").exists());
}

#[test]
fn a_reason_with_a_secret_in_it_is_not_shown() {
    let repo = known();
    let words = format!("there when IDEOGRAM_API_KEY={} was", fake::ideogram_key(7));
    repo.write(FILE, text(&repo).replace("there when the baseline was created", &words));

    let ran = repo.ideoguard(&["scan", "old.py", "--verbose"]);

    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("baseline: (not shown: there is a secret in it)"), "{}", ran.stdout);
    assert!(!ran.stdout.contains(&fake::ideogram_key(7)[..8]));
}

#[test]
fn somebody_must_answer_for_a_line() {
    let repo = TestRepo::new();
    repo.write("old.py", leak(1)).stage().commit("old");
    let nobody = |words: &[&str]| -> Ran {
        let mut command = crate::common::hermetic(env!("CARGO_BIN_EXE_ideoguard"), repo.path());
        command.env_remove("GIT_AUTHOR_NAME").args(words).output().expect("ideoguard runs").into()
    };

    let unnamed = nobody(&["baseline", "create"]);
    repo.git(&["config", "user.name", "C O Figured"]);
    let configured = nobody(&["baseline", "create"]);

    assert_eq!(unnamed.code, 2);
    assert!(unnamed.stderr.contains("`--who NAME`"), "{}", unnamed.stderr);
    assert_eq!(configured.code, 0, "{}", configured.stderr);
    assert!(lines(&repo)[0].contains(" who=\"C O Figured\" "), "{:?}", lines(&repo));
}

#[test]
fn warnings_are_taken_when_asked_for() {
    let repo = TestRepo::new();
    repo.write("old.py", format!("key = 'sk_{}_{}'\n", "test", fake::chars(1, fake::BASE62, 24)));
    repo.write("b.py", leak(2)).stage().commit("old");
    let report = repo.ideoguard(&["scan", "--format", "json"]).stdout;
    let warnings = report.matches("\"verdict\": \"warning\"").count();

    baseline(&repo, &["create"]);
    let leaks = lines(&repo).len();
    baseline(&repo, &["update", "--warnings"]);

    assert!(warnings > 0, "{report}");
    assert_eq!((leaks, lines(&repo).len()), (1, 1 + warnings));
}

#[test]
fn nothing_is_written_or_taken_out_when_something_could_not_be_read() {
    let repo = known();
    let before = text(&repo);
    // Of one file, 10,000 findings are kept: the rest is as good as not read.
    repo.write("old.py", (10..10_020).map(leak).collect::<String>()).stage();

    let prune = told(&repo, &["baseline", "prune"]);
    let update = told(&repo, &["baseline", "update"]);
    let create = told(&repo, &["baseline", "create", "--output", "other"]);
    let unchanged = text(&repo);
    let asked = repo.ideoguard(&["baseline", "update", "--allow-incomplete"]);

    insta::assert_snapshot!([prune, update, create].join("\n"));
    assert_eq!(unchanged, before);
    assert_eq!(asked.code, 3, "{}", asked.stderr);
    assert!(asked.stderr.contains("10 more findings than are listed"), "{}", asked.stderr);
    assert_eq!(lines(&repo).len(), 10_002);
    assert!(!repo.at("other").exists());
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_out_of_the_work_tree() {
    let elsewhere = tempfile::tempdir().expect("a folder");
    let repo = TestRepo::new();
    repo.write("old.py", leak(1));
    std::os::unix::fs::symlink(elsewhere.path(), repo.at(".ideoguard")).expect("a link");

    let ran = repo.ideoguard(&["baseline", "create"]);

    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("leads out of the work tree"), "{}", ran.stderr);
    assert_eq!(std::fs::read_dir(elsewhere.path()).expect("a folder").count(), 0);
}

#[test]
fn a_baseline_itself_holds_nothing_that_is_found() {
    let repo = TestRepo::new();
    repo.write("old.py", (1..40).map(leak).collect::<String>()).stage();
    baseline(&repo, &["create"]);

    let ran = repo.ideoguard(&["scan", FILE, "--verbose", "--format", "json"]);

    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("\"findings\": []"), "{}", ran.stdout);
}
