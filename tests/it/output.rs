//! Where reports go: standard output, a file, a full disk, a reader who leaves.

use std::fs;
use std::process::Stdio;

use crate::cli::{clean, leaking, scrubbed};
use crate::common::{Ran, hermetic};

#[test]
fn a_report_in_a_file_is_whole_and_the_sum_is_told_beside_it() {
    let repo = leaking();

    let ran = repo.ideoguard(&["scan", "--staged", "--format", "json", "--output", "report.json"]);

    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains(": 1 leak"), "{}", ran.stderr);
    let text = fs::read_to_string(repo.at("report.json")).expect("the report");
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(report["summary"]["leaks"], 1);
}

#[test]
fn a_report_that_cannot_be_written_is_no_clean_run() {
    let (clean, leaking) = (clean(), leaking());
    let scan = ["scan", "--staged", "--output", "gone/report.txt"];

    let without = clean.ideoguard(&scan);
    let with = leaking.ideoguard(&scan);

    assert_eq!((without.code, with.code), (3, 1));
    insta::assert_snapshot!(scrubbed(&clean, &without));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_old_report_as_it_was() {
    let repo = clean();
    repo.write("report.txt", "the old report\n");
    // A limit on file size stands for a disk that is full: the write fails half-way.
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" scan --staged --output report.txt";

    let ran: Ran = hermetic("sh", repo.path())
        .args(["-c", script, env!("CARGO_BIN_EXE_ideoguard")])
        .output()
        .expect("sh runs")
        .into();

    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("error: could not write `report.txt`"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(repo.at("report.txt")).expect("the old report"), "the old report\n");
    let names = fs::read_dir(repo.path()).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    assert_eq!(names.filter(|name| name.to_string_lossy().starts_with(".ideoguard-")).count(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_as_output_stays_a_device() {
    let repo = clean();

    let nowhere = repo.ideoguard(&["scan", "--staged", "--output", "/dev/null"]);
    let full = repo.ideoguard(&["scan", "--staged", "--output", "/dev/full"]);

    assert_eq!((nowhere.code, full.code), (0, 3));
    assert!(!fs::metadata("/dev/null").expect("the device").is_file());
}

#[cfg(unix)]
#[test]
fn a_new_report_has_the_permissions_of_any_file_and_an_old_one_keeps_its_own() {
    use std::os::unix::fs::PermissionsExt;
    let repo = clean();
    repo.write("any.txt", "").write("old.txt", "");
    fs::set_permissions(repo.at("old.txt"), fs::Permissions::from_mode(0o600)).expect("permissions");
    let mode = |name: &str| repo.at(name).metadata().expect("the file").permissions().mode() & 0o777;

    repo.ideoguard(&["scan", "--staged", "--output", "new.txt"]);
    repo.ideoguard(&["scan", "--staged", "--output", "old.txt"]);

    assert_eq!((mode("new.txt"), mode("old.txt")), (mode("any.txt"), 0o600));
}

#[test]
fn a_reader_who_leaves_early_does_not_change_the_verdict() {
    for (repo, expected) in [(clean(), 0), (leaking(), 1)] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);

        let status = hermetic(env!("CARGO_BIN_EXE_ideoguard"), repo.path())
            .args(["scan", "--staged"])
            .stdout(writer)
            .stderr(Stdio::null())
            .status()
            .expect("ideoguard runs");

        assert_eq!(status.code(), Some(expected));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_standard_output_that_takes_nothing_makes_a_clean_run_incomplete() {
    for (repo, expected) in [(clean(), 3), (leaking(), 1)] {
        let full = fs::File::options().write(true).open("/dev/full").expect("the device");

        let output = hermetic(env!("CARGO_BIN_EXE_ideoguard"), repo.path())
            .args(["scan", "--staged"])
            .stdout(full)
            .output()
            .expect("ideoguard runs");

        let ran = Ran::from(output);
        assert_eq!(ran.code, expected);
        assert!(ran.stderr.starts_with("error: could not write `standard output`: "), "{}", ran.stderr);
    }
}

#[test]
fn colour_is_shown_where_it_is_wanted() {
    let repo = leaking();
    let scan = |variables: &[(&str, &str)], when: &str| {
        let mut command = hermetic(env!("CARGO_BIN_EXE_ideoguard"), repo.path());
        command.args(["scan", "--staged", "--color", when]).envs(variables.iter().copied());
        Ran::from(command.output().expect("ideoguard runs")).stdout
    };

    assert!(scan(&[], "always").contains("\x1b["));
    assert!(!scan(&[], "never").contains("\x1b["));
    assert!(!scan(&[], "auto").contains("\x1b["));
    assert!(scan(&[("CLICOLOR_FORCE", "1")], "auto").contains("\x1b["));
    assert!(!scan(&[("NO_COLOR", "1")], "auto").contains("\x1b["));
    assert!(!scan(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], "auto").contains("\x1b["));
}

#[cfg(unix)]
#[test]
fn a_report_goes_to_the_file_behind_links_even_if_it_is_not_there_yet() {
    let repo = clean();
    std::os::unix::fs::symlink("second", repo.at("first")).unwrap();
    std::os::unix::fs::symlink("report.txt", repo.at("second")).unwrap();

    let ran = repo.ideoguard(&["scan", "--staged", "--output", "first"]);

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(repo.at("first").is_symlink() && repo.at("second").is_symlink());
    assert!(fs::read_to_string(repo.at("report.txt")).unwrap().contains("no leaks"));
}

#[cfg(unix)]
#[test]
fn a_report_for_links_that_lead_in_a_circle_is_not_written_and_the_run_not_clean() {
    let repo = clean();
    std::os::unix::fs::symlink("second", repo.at("first")).unwrap();
    std::os::unix::fs::symlink("first", repo.at("second")).unwrap();

    let ran = repo.ideoguard(&["scan", "--staged", "--output", "first"]);

    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(repo.at("first").is_symlink() && repo.at("second").is_symlink());
}
