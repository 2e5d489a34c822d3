//! Which file becomes a store, and which is left alone.

use std::fs;
use std::path::Path;

use ideoguard::error::Error;
use ideoguard::store::{RulesId, Store};

use super::{Place, assert_empty, assert_filled, fill, open, pack, work};

/// What opening a file is refused with.
#[track_caller]
fn refusal(file: &Path) -> String {
    let error = Store::open(file, Path::new("/somewhere/.git"), RulesId::OURS).expect_err("a refusal");
    assert!(matches!(error, Error::Store { .. }), "{error}");
    assert_eq!(error.exit_code(), 3);
    assert!(error.hint().unwrap().contains("--no-store"));
    error.to_string()
}

#[test]
fn a_repository_has_its_store_in_its_git_directory() {
    assert_eq!(Store::default_path(Path::new("/x/.git")), Path::new("/x/.git/ideoguard/store.sqlite"));
}

#[test]
fn folders_above_a_store_are_made() {
    let place = Place::new();
    let file = Store::default_path(&place.0.path().join("git"));

    fill(&mut open(&file));

    assert_filled(&mut open(&file));
}

#[test]
fn an_empty_file_becomes_a_store() {
    let place = Place::new();
    fs::write(place.file(), b"").unwrap();

    fill(&mut place.store());

    assert_filled(&mut place.store());
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_a_store() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();

    fill(&mut place.store());

    assert_eq!(place.file().metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_run_leaves_nothing_beside_the_file() {
    let place = Place::new();

    fill(&mut place.store());

    assert_eq!(fs::read_dir(place.0.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_the_file_is_not_followed() {
    let place = Place::new();
    let target = place.0.path().join("target");
    for content in [None, Some(b"precious".as_slice()), Some(b"")] {
        let _ = fs::remove_file(&target);
        if let Some(content) = content {
            fs::write(&target, content).unwrap();
        }
        let _ = fs::remove_file(place.file());
        std::os::unix::fs::symlink(&target, place.file()).unwrap();

        assert!(refusal(&place.file()).contains("a link is not followed"));

        assert_eq!(fs::read(&target).ok().as_deref(), content);
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_the_folder_is_followed() {
    let place = Place::new();
    fs::create_dir(place.0.path().join("real")).unwrap();
    std::os::unix::fs::symlink("real", place.0.path().join("link")).unwrap();

    fill(&mut open(&place.0.path().join("link/store.sqlite")));

    assert_filled(&mut open(&place.0.path().join("real/store.sqlite")));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_without_waiting() {
    let place = Place::new();
    fs::create_dir(place.0.path().join("folder")).unwrap();
    let fifo = place.0.path().join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());

    assert!(refusal(&place.0.path().join("folder")).contains("not a regular file"));
    assert!(refusal(&fifo).contains("not a regular file"));
    assert!(refusal(&place.0.path().join("..")).contains("names no file"));
    fs::rename(&fifo, place.0.path().join("store.sqlite-journal")).unwrap();
    assert!(refusal(&place.file()).contains("store.sqlite-journal` is not a regular file"));
}

#[test]
fn a_file_that_is_not_ours_is_left_as_it_is() {
    let place = Place::new();
    let database = rusqlite::Connection::open(place.file()).unwrap();
    database.execute_batch("CREATE TABLE precious (x); INSERT INTO precious VALUES (1)").unwrap();
    drop(database);
    let theirs = fs::read(place.file()).unwrap();
    for content in [theirs.as_slice(), b"precious", &[0; 4096], &[b'x'; 10_000]] {
        fs::write(place.file(), content).unwrap();

        let refusal = refusal(&place.file());
        assert!(refusal.contains("not a store of ideoguard"), "{refusal}");

        assert_eq!(fs::read(place.file()).unwrap(), content);
        assert_eq!(fs::read_dir(place.0.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_store_of_another_version_is_emptied() {
    let place = Place::new();
    fill(&mut place.store());
    let mut bytes = fs::read(place.file()).unwrap();
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(place.file(), bytes).unwrap();

    let mut store = place.store();

    assert_empty(&mut store);
    fill(&mut store);
    assert_filled(&mut place.store());
}

#[test]
fn a_store_whose_tables_were_changed_is_emptied() {
    for change in [
        "ALTER TABLE record RENAME TO other; CREATE VIEW record AS SELECT rowid, * FROM other",
        "CREATE TRIGGER gone AFTER INSERT ON record BEGIN DELETE FROM record; END",
        "PRAGMA journal_mode = WAL",
        "DROP TABLE clean",
    ] {
        let place = Place::new();
        fill(&mut place.store());
        let database = rusqlite::Connection::open(place.file()).unwrap();
        database.execute_batch(change).unwrap();
        drop(database);

        let mut store = place.store();

        assert_empty(&mut store);
        fill(&mut store);
        assert_filled(&mut place.store());
    }
}

#[test]
fn a_journal_that_names_a_file_to_delete_deletes_nothing() {
    let place = Place::new();
    fill(&mut place.store());
    let precious = place.0.path().join("precious");
    fs::write(&precious, b"precious").unwrap();
    let journal = place.0.path().join("store.sqlite-journal");
    let size = fs::metadata(place.file()).unwrap().len();
    fs::write(&journal, hot_journal(size, precious.to_str().unwrap())).unwrap();

    assert_filled(&mut place.store());

    assert!(precious.exists());
    assert!(!journal.exists(), "SQLite took the journal for one of its own");
}

/// A journal that SQLite takes for one of a run that was killed, which changed several files at once.
fn hot_journal(bytes: u64, names: &str) -> Vec<u8> {
    let word = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
    let magic = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    let pages = usize::try_from(bytes).unwrap() / 4096;
    let mut journal = magic.to_vec();
    for number in [0, 7, pages, 512, 4096] {
        journal.extend(word(number));
    }
    journal.resize(512, 0);
    // The number of a page that no file has: from here on there are no pages.
    journal.extend(word(262_145));
    journal.extend(names.as_bytes());
    journal.extend(word(names.len()));
    journal.extend(word(names.bytes().map(usize::from).sum()));
    journal.extend(magic);
    journal
}

#[test]
fn a_store_that_was_cleared_while_it_is_open_goes_on() {
    let place = Place::new();
    let (mut one, mut other) = (place.store(), place.store());
    fill(&mut one);

    other.clear().unwrap();

    assert_empty(&mut one);
    fill(&mut one);
    assert_filled(&mut other);
}

#[cfg(unix)]
#[test]
fn a_store_that_was_deleted_while_it_is_open_saves_no_more() {
    let place = Place::new();
    let mut old = place.store();
    fill(&mut old);

    fs::remove_file(place.file()).unwrap();
    assert!(old.save_pack(&pack(2), &work(0..1)).unwrap_err().to_string().contains("removed or replaced"));
    let mut new = place.store();
    assert!(old.save_pack(&pack(2), &work(0..1)).unwrap_err().to_string().contains("removed or replaced"));

    assert_empty(&mut new);
    assert_filled(&mut old);
}
