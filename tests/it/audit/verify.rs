//! What verifying tells of a log to which something was done.

use std::fs;

use ideoguard::audit::{Fault, Hash, Note, Verified, verify};
use proptest::prelude::*;

use super::Place;

/// How many lines the logs of these stories have.
const LINES: usize = 6;

/// Writes lines in place of a log, and verifies it.
#[track_caller]
fn verified(place: &Place, lines: &[String]) -> Verified {
    fs::write(place.file(), lines.concat()).unwrap();
    verify(&place.file(), None).unwrap()
}

/// What is wrong with these lines.
#[track_caller]
fn faults(place: &Place, lines: &[String]) -> Vec<Fault> {
    verified(place, lines).faults
}

#[test]
fn a_log_as_it_was_written_is_whole() {
    let place = Place::with(LINES as u64);

    let verified = verify(&place.file(), None).unwrap();

    assert_eq!((verified.lines, verified.faults, verified.notes), (6, vec![], vec![]));
    assert!(place.lines()[5].contains(&verified.last.to_string()));
}

#[test]
fn each_line_that_is_altered_is_named() {
    let place = Place::with(LINES as u64);
    let whole = place.lines();
    for at in 0..LINES {
        let mut lines = whole.clone();
        lines[at] = lines[at].replacen("failure", "success", 1);

        assert_eq!(faults(&place, &lines), [Fault::Altered(at as u64 + 1)]);
    }
}

#[test]
fn each_line_that_is_no_entry_any_more_is_named() {
    let place = Place::with(LINES as u64);
    let whole = place.lines();
    for at in 0..LINES {
        let mut lines = whole.clone();
        lines[at] = "\0\0\0\0\n".to_owned();

        let expected = [Fault::Altered(at as u64 + 1)];
        let found = faults(&place, &lines);
        assert_eq!(found[..1], expected);
        assert!(found[1..].iter().all(|fault| *fault == Fault::EndReplaced && at == LINES - 1), "{found:?}");
    }
}

#[test]
fn each_line_that_is_removed_leaves_a_gap() {
    let place = Place::with(LINES as u64);
    let whole = place.lines();
    for at in 0..LINES - 1 {
        let mut lines = whole.clone();
        lines.remove(at);

        assert_eq!(faults(&place, &lines), [Fault::Gap(at as u64 + 1)]);
    }
}

#[test]
fn lines_removed_from_the_end_are_counted_by_the_head() {
    let place = Place::with(LINES as u64);
    let whole = place.lines();
    for kept in 0..LINES {
        assert_eq!(faults(&place, &whole[..kept]), [Fault::EndRemoved((LINES - kept) as u64)]);
    }
}

#[test]
fn each_line_that_is_repeated_is_named() {
    let place = Place::with(LINES as u64);
    let whole = place.lines();
    for at in 0..LINES {
        for to in at + 1..=LINES {
            let mut lines = whole.clone();
            lines.insert(to, whole[at].clone());

            assert_eq!(faults(&place, &lines), [Fault::Repeated(to as u64 + 1, at as u64 + 1)]);
        }
    }
}

#[test]
fn each_line_that_is_put_in_with_a_right_hash_is_named() {
    let place = Place::with(LINES as u64);
    let whole = place.lines();
    for at in 1..LINES {
        let other = Place::with(at as u64);
        other.append(77);
        let forged = other.lines().pop().unwrap();
        let mut lines = whole.clone();
        lines.insert(at, forged);

        assert_eq!(faults(&place, &lines), [Fault::Added(at as u64 + 1)]);
    }
}

#[test]
fn lines_that_change_places_are_named() {
    let place = Place::with(LINES as u64);
    let mut lines = place.lines();
    lines.swap(2, 3);

    assert_eq!(faults(&place, &lines), [Fault::Moved(3, 4), Fault::Moved(4, 2), Fault::Moved(5, 3)]);
}

#[test]
fn an_altered_line_with_a_right_hash_leaves_a_gap_behind_it() {
    let place = Place::with(LINES as u64);
    let mut lines = place.lines();
    let forger = Place::with(2);
    forger.append(99);
    lines[2] = forger.lines().pop().unwrap();

    assert_eq!(faults(&place, &lines), [Fault::Gap(4)]);
}

#[test]
fn an_altered_last_line_with_a_right_hash_is_told_by_the_head() {
    let place = Place::with(3);
    let forger = Place::with(2);
    forger.append(99);

    assert_eq!(faults(&place, &forger.lines()), [Fault::EndReplaced]);
}

#[test]
fn a_log_that_was_written_anew_shows_only_against_a_hash_from_elsewhere() {
    let place = Place::with(3);
    let noted = verify(&place.file(), None).unwrap().last;
    place.append(3);
    assert_eq!(verify(&place.file(), Some(noted)).unwrap().faults, []);

    fs::remove_dir_all(place.file().parent().unwrap()).unwrap();
    (10..14).for_each(|number| place.append(number));

    assert_eq!(verify(&place.file(), None).unwrap().faults, []);
    assert_eq!(verify(&place.file(), Some(noted)).unwrap().faults, [Fault::NotThere(noted)]);
    assert_eq!(verify(&place.file(), Some(Hash::START)).unwrap().faults, []);
}

#[test]
fn a_torn_line_is_told_from_a_line_that_was_cut() {
    let place = Place::with(2);
    let text = fs::read_to_string(place.file()).unwrap();

    let torn = verified(&place, &[text.clone(), "{\"timest".to_owned()]);
    let cut = verified(&place, &[text[..text.len() - 9].to_owned()]);

    assert_eq!((torn.faults, torn.notes), (vec![], vec![Note::Torn(8)]));
    assert_eq!((cut.faults, cut.notes), (vec![Fault::EndRemoved(1)], vec![]));
}

#[test]
fn an_entry_after_lines_were_removed_keeps_it_visible() {
    let place = Place::with(4);
    let lines = place.lines();
    fs::write(place.file(), lines[..2].concat()).unwrap();

    place.append(9);

    assert_eq!(place.actions()[2], "audit.repaired");
    assert_eq!(place.entries()[2].metadata["expectedLines"], 4);
    assert_eq!(verify(&place.file(), None).unwrap().faults[..1], [Fault::Gap(3)]);
}

#[test]
fn a_log_without_its_head_goes_on_and_says_so() {
    let place = Place::with(3);
    fs::remove_file(place.head()).unwrap();

    assert_eq!(verify(&place.file(), None).unwrap().notes, [Note::NoHead]);
    place.append(3);

    assert_eq!(place.actions()[3], "audit.repaired");
    assert_eq!(verify(&place.file(), None).unwrap().faults, []);
}

#[test]
fn a_log_that_was_deleted_shows() {
    let place = Place::with(3);
    fs::remove_file(place.file()).unwrap();
    assert_eq!(verify(&place.file(), None).unwrap().faults, [Fault::EndRemoved(3)]);

    place.append(3);

    let faults = verify(&place.file(), None).unwrap().faults;
    assert_eq!(faults[..1], [Fault::Gap(1)]);
}

/// What somebody may do to a log.
#[derive(Debug, Clone)]
enum Deed {
    /// Put another byte in place of one.
    Byte(usize, u8),
    /// Take out some lines.
    Remove(usize, usize),
    /// Put one line in again somewhere.
    Repeat(usize, usize),
    /// Exchange two lines.
    Swap(usize, usize),
    /// Cut the end off.
    Cut(usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Deed::Byte(at, byte)),
        (0..LINES, 1..LINES).prop_map(|(at, count)| Deed::Remove(at, count)),
        (0..LINES, 0..=LINES).prop_map(|(at, to)| Deed::Repeat(at, to)),
        (0..LINES, 0..LINES).prop_map(|(at, to)| Deed::Swap(at, to)),
        any::<usize>().prop_map(Deed::Cut),
    ]
}

/// Does it.
fn done(deed: &Deed, whole: &str) -> Vec<u8> {
    let mut lines: Vec<&str> = whole.split_inclusive('\n').collect();
    match *deed {
        Deed::Byte(at, byte) => {
            let mut bytes = whole.as_bytes().to_vec();
            let at = at % bytes.len();
            bytes[at] = byte;
            return bytes;
        }
        Deed::Remove(at, count) => drop(lines.drain(at..(at + count).min(LINES))),
        Deed::Repeat(at, to) => lines.insert(to, lines[at]),
        Deed::Swap(at, to) => lines.swap(at, to),
        Deed::Cut(at) => return whole.as_bytes()[..at % whole.len()].to_vec(),
    }
    lines.concat().into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_to_a_log_shows(deed in deed()) {
        let place = Place::with(LINES as u64);
        let whole = fs::read_to_string(place.file()).unwrap();
        let altered = done(&deed, &whole);
        fs::write(place.file(), &altered).unwrap();

        let verified = verify(&place.file(), None).unwrap();

        prop_assert_eq!(verified.faults.is_empty(), altered == whole.as_bytes(), "{:?}: {:?}", deed, verified);
    }
}

/// Runs a program, and prints how much memory it took at most, in kB.
#[cfg(target_os = "linux")]
const PEAK: &str = "
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
";

/// Verifies a log of so many lines; returns how much memory that took at most, in kB.
#[cfg(target_os = "linux")]
fn peak(lines: u64) -> u64 {
    let place = Place::new();
    let entries: Vec<_> = (0..lines).map(super::entry).collect();
    place.log().append(&entries).unwrap();
    let ran = crate::common::Ran::from(
        crate::common::hermetic("python3", place.file().parent().unwrap())
            .args(["-c", PEAK, env!("CARGO_BIN_EXE_ideoguard"), "audit", "verify", "audit.jsonl"])
            .output()
            .unwrap(),
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stdout.trim().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_a_log_that_is_whole() {
    let (few, many) = (peak(6), peak(60_000));

    assert!(many < few + 4096, "{few} kB for few lines, {many} kB for many");
}
