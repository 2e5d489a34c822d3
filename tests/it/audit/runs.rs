//! Runs that meet, that are killed, that have no room: every entry that was acknowledged stays.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ideoguard::audit::{Access, Line, Log, verify};

use super::{Place, entry};

/// The variable that tells a child its log.
const FILE: &str = "IDEOGUARD_TEST_AUDIT";
/// The variable that tells a child the number of its first entry.
const FIRST: &str = "IDEOGUARD_TEST_FIRST";
/// The variable that tells a child how many entries it appends.
const COUNT: &str = "IDEOGUARD_TEST_COUNT";

/// A run by itself; and, where another story names a log and its entries, the other program of that story.
#[test]
fn one_run_appends_one_entry_after_another() {
    let of_story = |name| std::env::var(name).ok();
    if let (Some(file), Some(first), Some(count)) = (of_story(FILE), of_story(FIRST), of_story(COUNT)) {
        append_many(Path::new(&file), first.parse().unwrap(), count.parse().unwrap());
        return;
    }
    let place = Place::new();

    append_many(&place.file(), 0, 20);

    assert_eq!(numbers(&place), (0..20).collect::<Vec<u64>>());
}

/// Appends one entry after another; says which is appended, and ends at one that is not.
#[expect(clippy::print_stdout, reason = "the other story reads it")]
fn append_many(file: &Path, first: u64, count: u64) {
    let log = Log::new(file, Access::Owner).with_patience(Duration::from_secs(120));
    for number in first..first + count {
        match log.append(&[entry(number)]) {
            Ok(_) => println!("appended {number}"),
            Err(error) => {
                println!("refused {number}: {error}");
                return;
            }
        }
    }
}

/// Starts a child that appends, under `limits` of a shell.
fn appending(file: &Path, first: u64, count: u64, limits: &str) -> Child {
    Command::new("sh")
        .args(["-c", &format!("{limits} exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "audit::runs::one_run_appends_one_entry_after_another", "--nocapture", "--test-threads=1"])
        .env(FILE, file)
        .env(FIRST, first.to_string())
        .env(COUNT, count.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for a child; returns what it said.
#[track_caller]
fn said(child: Child) -> String {
    let output = child.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The numbers of the entries that a child said it appended.
fn appended(said: &str) -> Vec<u64> {
    said.lines().filter_map(|line| line.split("appended ").nth(1)?.trim().parse().ok()).collect()
}

/// The numbers of the entries in a log, which must be whole.
#[track_caller]
fn numbers(place: &Place) -> Vec<u64> {
    let verified = verify(&place.file(), None).unwrap();
    assert_eq!(verified.faults, [], "{verified:?}");
    let text = fs::read(place.file()).unwrap();
    let lines = text.split_inclusive(|byte| *byte == b'\n').filter_map(|line| line.strip_suffix(b"\n"));
    lines.filter_map(|line| Line::parse(line).unwrap().metadata.get("number")?.as_u64()).collect()
}

#[test]
fn fifty_runs_that_append_at_once_append_everything_once() {
    let place = Place::new();
    let children: Vec<Child> = (0..50).map(|child| appending(&place.file(), child * 4, 4, "")).collect();
    for child in children {
        let told = said(child);
        assert_eq!(appended(&told).len(), 4, "{told}");
    }

    let numbers = numbers(&place);

    assert_eq!(numbers.len(), 200);
    assert_eq!(numbers.into_iter().collect::<BTreeSet<u64>>(), (0..200).collect());
    assert_eq!(verify(&place.file(), None).unwrap().notes, []);
}

#[test]
fn runs_that_are_killed_lose_nothing_that_was_acknowledged() {
    let place = Place::new();
    let mut acknowledged = Vec::new();
    for round in 0..25_u32 {
        let first = u64::from(round) * 100_000;
        let mut children = [first, first + 50_000].map(|first| appending(&place.file(), first, 50_000, ""));
        std::thread::sleep(Duration::from_millis(30) + Duration::from_micros(1_700) * round);
        for child in &mut children {
            child.kill().unwrap();
        }
        acknowledged.extend(children.map(said).iter().flat_map(|told| appended(told)));
    }

    let numbers = numbers(&place).into_iter().collect::<BTreeSet<u64>>();

    assert!(acknowledged.len() > 25, "{} entries were appended in all", acknowledged.len());
    assert!(acknowledged.iter().all(|number| numbers.contains(number)));
    place.append(7);
    assert_eq!(verify(&place.file(), None).unwrap().faults, []);
}

#[test]
fn without_room_an_append_fails_and_leaves_the_log_as_it_was() {
    let place = Place::with(2);

    // In blocks of 512 or 1,024 bytes, as the shell has it; a write beyond fails instead of ending the run.
    let told = said(appending(&place.file(), 2, 1_000, "trap '' XFSZ; ulimit -f 16;"));

    let count = appended(&told).len() as u64;
    assert!(count > 1, "{told}");
    assert!(told.contains(&format!("refused {}: could not write", count + 2)), "{told}");
    assert_eq!(numbers(&place), (0..count + 2).collect::<Vec<u64>>());
    assert_eq!(verify(&place.file(), None).unwrap().notes, []);
}

#[test]
fn a_torn_line_stays_when_there_is_no_room_to_say_so() {
    let place = Place::with(2);
    let torn = fs::read_to_string(place.file()).unwrap() + "{\"timestamp\":";
    fs::write(place.file(), &torn).unwrap();

    let told = said(appending(&place.file(), 2, 1, "trap '' XFSZ; ulimit -f 2;"));

    assert!(told.contains("refused 2: could not write"), "{told}");
    assert_eq!(fs::read_to_string(place.file()).unwrap(), torn);
}

#[test]
fn when_the_head_cannot_be_written_the_log_is_as_it_was() {
    let place = Place::with(2);
    let before = fs::read(place.file()).unwrap();
    fs::create_dir(place.0.path().join("git/ideoguard/audit.jsonl.head.new")).unwrap();

    place.log().append(&[entry(2)]).unwrap_err();

    assert_eq!(fs::read(place.file()).unwrap(), before);
    assert_eq!(numbers(&place), [0, 1]);
}

#[test]
fn a_run_does_not_wait_for_a_lock_forever() {
    let place = Place::with(1);
    let holder = fs::File::open(place.file()).unwrap();
    holder.lock().unwrap();

    let error = place.log().with_patience(Duration::from_millis(20)).append(&[entry(1)]).unwrap_err();

    assert_eq!(error.exit_code(), 3);
    assert!(error.to_string().starts_with("could not lock the audit log"), "{error}");
    drop(holder);
    place.append(1);
    assert_eq!(numbers(&place), [0, 1]);
}
