//! What an append leaves behind.

use std::fs;
use std::process::{Command, Stdio};

use super::Place;

/// Checks a whole log as an outsider would, with Python's own JSON and SHA-256.
const OUTSIDER: &str = r#"
import hashlib, json, sys
before = "0" * 64
for line in open(sys.argv[1], "rb").read().split(b"\n")[:-1]:
    entry = json.loads(line)
    hash = entry.pop("hash")
    assert entry["prev"] == before, "not chained"
    assert hashlib.sha256(json.dumps(entry, separators=(",", ":")).encode()).hexdigest() == hash, "altered"
    assert list(entry) == ["timestamp", "action", "userId", "resource", "result", "metadata", "prev"]
    before = hash
print(before)
"#;

#[test]
fn an_outsider_gets_the_same_hashes() {
    let place = Place::with(5);

    let python = Command::new("python3").args(["-c", OUTSIDER]).arg(place.file()).stderr(Stdio::inherit()).output();

    let last = String::from_utf8(python.unwrap().stdout).unwrap();
    assert_eq!(last.trim().len(), 64);
    assert!(place.lines()[4].contains(last.trim()));
}

#[test]
fn a_line_that_was_not_finished_is_kept_in_an_entry_that_says_so() {
    let whole = Place::with(3).lines();
    for cut in [1, 50, whole[2].len() - 1] {
        let place = Place::with(2);
        let torn = &whole[2][..cut];
        fs::write(place.file(), whole[..2].concat() + torn).unwrap();

        place.append(3);

        assert_eq!(place.lines()[..2], whole[..2]);
        let entries = place.entries();
        assert_eq!(entries[2].action, "audit.repaired");
        assert_eq!(entries[2].metadata["tornBytes"], cut);
        assert_eq!(entries[3].action, "ideoguard.push.refuse.3");
    }
}

#[test]
fn a_line_that_was_written_but_not_noted_is_gone_on_from() {
    let place = Place::with(2);
    let head = fs::read(place.head()).unwrap();
    place.append(2);
    fs::write(place.head(), head).unwrap();

    place.append(3);

    assert_eq!(place.actions(), [0, 1, 2, 3].map(|number| format!("ideoguard.push.refuse.{number}")));
}
