//! Runs that are killed, that meet, that have no room: the store stays whole.
#![cfg(unix)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Place, assert_filled, fill, open, pack, work};

/// The variable that tells a child its store.
const FILE: &str = "IDEOGUARD_TEST_STORE";
/// The variable that tells a child the pack it begins with.
const FIRST: &str = "IDEOGUARD_TEST_FIRST";
/// How many packs a child saves, unless it is stopped.
const MANY: u64 = 150;

/// A run by itself; and, where another story names a store and a first pack, the other program of that story.
#[test]
fn one_run_saves_one_pack_after_another() {
    let of_story = |name| std::env::var(name).ok();
    if let (Some(file), Some(first)) = (of_story(FILE), of_story(FIRST)) {
        save_many(Path::new(&file), first.parse().unwrap());
        return;
    }
    let place = Place::new();

    save_many(&place.file(), 0);

    assert_eq!(assert_sound(&place.file(), MANY).len() as u64, MANY);
}

/// Saves one pack after another; says which is saved, and ends at one that is not.
#[expect(clippy::print_stdout, reason = "the other story reads it")]
fn save_many(file: &Path, first: u64) {
    let mut store = open(file);
    let done = work(0..10);
    for number in first..first + MANY {
        match store.save_pack(&pack(number), &done) {
            Ok(()) => {
                println!("saved {number}");
                // A run scans between its saves; one that only ever saves would leave no turn to another.
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(error) => {
                println!("refused {number}: {error}");
                return;
            }
        }
    }
}

/// The command of a child that saves, under `limits` of a shell.
fn saving(file: &Path, first: u64, limits: &str) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{limits} exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "store::runs::one_run_saves_one_pack_after_another", "--nocapture", "--test-threads=1"])
        .env(FILE, file)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Waits for a child; returns what it said.
#[track_caller]
fn said(child: Child) -> String {
    let output = child.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The numbers of the packs that a child said it saved.
fn saved(said: &str) -> Vec<u64> {
    said.lines().filter_map(|line| line.split("saved ").nth(1)?.trim().parse().ok()).collect()
}

/// Sees to it that SQLite finds nothing wrong, and that every pack is there whole or not at all.
#[track_caller]
fn assert_sound(file: &Path, packs: u64) -> Vec<u64> {
    let mut store = open(file);
    let whole = work(0..10);
    let known = (0..packs).filter(|number| {
        store.pack(&pack(*number)).unwrap().is_some_and(|known| {
            assert_eq!(known, whole);
            true
        })
    });
    let known = known.collect();
    let database = rusqlite::Connection::open(file).unwrap();
    let check: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    known
}

#[test]
fn a_run_that_is_killed_loses_what_it_was_saving_and_no_more() {
    let place = Place::new();
    drop(place.store());
    for round in 0..12 {
        let mut child = saving(&place.file(), round * MANY, "").spawn().unwrap();
        let wait = Instant::now();
        while !place.0.path().join("store.sqlite-journal").exists() && wait.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_millis(round * 3));
        child.kill().unwrap();
        let told = saved(&said(child));

        let known = assert_sound(&place.file(), (round + 1) * MANY);

        assert!(told.iter().all(|number| known.contains(number)), "{told:?} were saved, {known:?} are known");
    }
}

#[test]
fn runs_that_save_at_once_save_everything() {
    let place = Place::new();
    // Both make the store, too.
    let children: Vec<Child> =
        [0, MANY].map(|first| saving(&place.file(), first, "").spawn().unwrap()).into_iter().collect();
    for child in children {
        let told = said(child);
        assert_eq!(saved(&told).len() as u64, MANY, "{told}");
    }

    assert_eq!(assert_sound(&place.file(), 2 * MANY).len() as u64, 2 * MANY);
}

#[test]
fn without_room_a_save_fails_and_what_was_saved_stays() {
    let place = Place::new();
    drop(place.store());

    // In blocks of 512 or 1,024 bytes, as the shell has it; a write beyond fails instead of ending the run.
    let told = said(saving(&place.file(), 0, "trap '' XFSZ; ulimit -f 300;").spawn().unwrap());

    let count = saved(&told).len() as u64;
    assert!(count > 1 && count < MANY, "{told}");
    assert!(told.contains(&format!("refused {count}: could not write to the store")), "{told}");
    assert_eq!(assert_sound(&place.file(), MANY), (0..count).collect::<Vec<u64>>());
}

#[test]
fn where_nothing_can_be_written_what_is_there_is_read() {
    let place = Place::new();
    fill(&mut place.store());
    let before = std::fs::read(place.file()).unwrap();

    let told = said(saving(&place.file(), 0, "trap '' XFSZ; ulimit -f 0;").spawn().unwrap());

    assert!(told.contains("refused 0: could not write to the store"), "{told}");
    assert_eq!(std::fs::read(place.file()).unwrap(), before);
    assert_filled(&mut place.store());
}
