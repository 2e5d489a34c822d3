//! What gitleaks and detect-secrets were told to allow, taken over.

use super::{FILE, assert_hidden, baseline, leak, lines, told};
use crate::common::TestRepo;
use crate::fake;

/// A repository whose first commit holds the made-up keys 1 and 2 on two lines; its second has none.
fn cleaned() -> (TestRepo, String) {
    let repo = TestRepo::new();
    repo.write("src/app.py", format!("import os\n{}{}", leak(1), leak(2)));
    let commit = repo.stage().commit("leak");
    repo.write("src/app.py", "import os\n").stage().commit("clean");
    (repo, commit)
}

/// The fingerprint that a scan reports for the made-up key of a seed.
fn fingerprint(seed: u64) -> String {
    use ideoguard::finding::{Fingerprint, Secret};
    Fingerprint::of(&Secret::new(fake::ideogram_key(seed))).to_string()
}

/// A report of gitleaks with one finding.
fn report(file: &str, line: u64, commit: &str, secret: &str) -> String {
    let finding = serde_json::json!([{
        "RuleID": "generic-api-key", "Description": "", "StartLine": line, "EndLine": line,
        "StartColumn": 1, "EndColumn": 9, "Match": secret, "Secret": secret, "File": file, "SymlinkFile": "",
        "Commit": commit, "Entropy": 5.1, "Author": "", "Email": "", "Date": "", "Message": "", "Tags": [],
        "Fingerprint": format!("{commit}:{file}:generic-api-key:{line}"),
    }]);
    finding.to_string()
}

/// A baseline of detect-secrets with one result.
fn secrets_baseline(file: &str, kind: &str, hash: &str, line: u64) -> String {
    let result = serde_json::json!({
        "type": kind, "filename": file, "hashed_secret": hash, "is_verified": false, "line_number": line,
    });
    serde_json::json!({"version": "1.5.0", "plugins_used": [], "results": {file: [result]}}).to_string()
}

/// The SHA-1 of a text, as git computes it of nothing else.
fn sha1(repo: &TestRepo, text: &str) -> String {
    repo.write("hashed", text);
    let ran: crate::common::Ran =
        crate::common::hermetic("sha1sum", repo.path()).arg("hashed").output().expect("sha1sum runs").into();
    std::fs::remove_file(repo.at("hashed")).expect("the file goes");
    ran.stdout[..40].to_owned()
}

#[test]
fn a_fingerprint_of_gitleaks_is_looked_up_in_its_commit() {
    let (repo, commit) = cleaned();
    let short = &commit[..7];
    repo.write(".gitleaksignore", format!("# ours\n{commit}:src/app.py:generic-api-key:2\n{short}:src/app.py:x:3\n"));

    let said = baseline(&repo, &["import", ".gitleaksignore"]);

    let mut expected = [fingerprint(1), fingerprint(2)];
    expected.sort();
    let names: Vec<String> = lines(&repo).iter().map(|line| line[..36].to_owned()).collect();
    assert_eq!(names, expected);
    assert!(lines(&repo)[0].ends_with("reason=\"imported from .gitleaksignore\""), "{:?}", lines(&repo));
    assert!(said.starts_with("2 of 2 entries of .gitleaksignore taken over, 2 secrets added to "), "{said}");
}

#[test]
fn what_cannot_be_taken_over_is_listed_with_the_reason() {
    let (repo, commit) = cleaned();
    let gone = "0123456789abcdef0123456789abcdef01234567";
    repo.write("two.py", leak(3).replace('\n', &format!(" ; {}", leak(4))));
    repo.write(
        ".gitleaksignore",
        format!(
            "{gone}:src/app.py:r:2\n{commit}:src/gone.py:r:2\n{commit}:src/app.py:r:1\n{commit}:src:r:1\n\
             src/gone.py:r:2\n../../etc/passwd:r:1\ntwo.py:r:1\nsrc/app.py:r:2\n"
        ),
    );

    insta::assert_snapshot!(told(&repo, &["baseline", "import", ".gitleaksignore"]));

    assert_eq!(lines(&repo).len(), 0);
}

#[test]
fn a_report_is_taken_over_whether_or_not_it_shows_the_secret() {
    for secret in [fake::ideogram_key(1), "REDACTED".to_owned()] {
        let (repo, commit) = cleaned();
        repo.write("report.json", report("src/app.py", 2, &commit, &secret));

        baseline(&repo, &["import", "report.json"]);

        assert_eq!(lines(&repo).len(), 1);
        assert!(lines(&repo)[0].starts_with(&fingerprint(1)), "{:?}", lines(&repo));
    }
}

#[test]
fn a_secret_in_clear_is_found_again_when_its_place_is_gone() {
    let (repo, _) = cleaned();
    repo.write("moved.py", format!("\n\n{}", leak(5))).stage();
    let gone = "0123456789abcdef0123456789abcdef01234567";
    repo.write(".gitignore", "report.json\n").write("report.json", report("src/a.py", 2, gone, &fake::ideogram_key(5)));

    baseline(&repo, &["import", "report.json"]);

    assert!(lines(&repo)[0].starts_with(&fingerprint(5)), "{:?}", lines(&repo));
}

#[test]
fn another_secret_on_the_line_of_a_file_is_not_taken_for_the_one_in_the_report() {
    let repo = TestRepo::new();
    repo.write("app.py", leak(1));
    repo.write(".gitignore", "report.json\n").write("report.json", report("./app.py", 1, "", &fake::ideogram_key(2)));

    let said = baseline(&repo, &["import", "report.json"]);

    assert!(said.contains("finding 1 (./app.py:1): ideoguard finds only other secrets"), "{said}");
    assert_eq!(lines(&repo).len(), 0);
}

#[test]
fn a_result_of_detect_secrets_is_known_by_its_hash() {
    let repo = TestRepo::new();
    let (first, second) = (sha1(&repo, &fake::ideogram_key(1)), sha1(&repo, &fake::ideogram_key(2)));
    repo.write("app.py", format!("{}{}", leak(3), leak(1))).write("moved.py", leak(2)).stage();

    // Its line has moved since.
    repo.write(".secrets.baseline", secrets_baseline("app.py", "Secret Keyword", &first, 1));
    baseline(&repo, &["import", ".secrets.baseline", "--who", "Security"]);
    assert_eq!(lines(&repo).len(), 1);
    assert!(lines(&repo)[0].starts_with(&fingerprint(1)), "{:?}", lines(&repo));

    // Its file has been renamed since.
    repo.write(".secrets.baseline", secrets_baseline("old.py", "Secret Keyword", &second, 1));
    baseline(&repo, &["import", ".secrets.baseline"]);
    assert!(lines(&repo).iter().any(|line| line.starts_with(&fingerprint(2))), "{:?}", lines(&repo));

    repo.write(".secrets.baseline", secrets_baseline("app.py", "Secret Keyword", &"0".repeat(40), 1));
    let said = baseline(&repo, &["import", ".secrets.baseline"]);
    assert!(said.contains("ideoguard finds only other secrets"), "{said}");
    assert_eq!(lines(&repo).len(), 2);
}

#[test]
fn an_import_keeps_the_lines_that_are_there_and_changes_nothing_the_second_time() {
    let repo = TestRepo::new();
    repo.write("new.py", leak(3)).stage().commit("new");
    baseline(&repo, &["create", "--reason", "ours"]);
    let commit = repo.write("src/app.py", format!("import os\n{}", leak(1))).stage().commit("leak");
    repo.write(".gitleaksignore", format!("{commit}:src/app.py:x:2\nnew.py:x:1\n"));

    baseline(&repo, &["import", ".gitleaksignore"]);
    let first = super::text(&repo);
    let said = baseline(&repo, &["import", ".gitleaksignore"]);

    assert_eq!(lines(&repo).iter().filter(|line| line.ends_with("reason=\"ours\"")).count(), 1);
    assert_eq!((lines(&repo).len(), super::text(&repo)), (2, first));
    assert!(said.contains("2 of 2 entries of .gitleaksignore taken over, 0 secrets added"), "{said}");
}

#[test]
fn another_file_is_refused_and_not_repeated() {
    let repo = TestRepo::new();
    repo.write("app.py", leak(1)).write("odd.json", format!("{{\"results\": \"{}\"}}", fake::ideogram_key(1)));

    let refusals = ["app.py", "odd.json", "gone"].map(|file| told(&repo, &["baseline", "import", file]));

    insta::assert_snapshot!(refusals.join("\n"));
    assert!(!repo.at(FILE).exists());
}

#[test]
fn no_import_shows_the_secret_of_a_report() {
    let repo = TestRepo::new();
    repo.write("app.py", "\n").write("report.json", report(&fake::github_token(1), 2, "", &fake::ideogram_key(1)));
    repo.write(".gitignore", "report.json\n");

    let ran = repo.ideoguard(&["baseline", "import", "report.json"]);

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_hidden(&repo, &ran);
    assert!(ran.stdout.contains("(not shown: there is a secret in it)"), "{}", ran.stdout);
}
