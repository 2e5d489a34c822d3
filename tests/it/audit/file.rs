//! Which file becomes a log, and who may read it.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use ideoguard::audit::{Access, Log};

use super::{Place, entry};

/// The mode of a file or folder.
fn mode(path: &std::path::Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn only_its_owner_may_read_a_log() {
    let place = Place::with(1);

    assert_eq!((mode(&place.file()), mode(&place.head())), (0o600, 0o600));
}

#[test]
fn the_group_of_a_shared_repository_may_read_and_write_its_log() {
    let place = Place::new();

    Log::new(place.file(), Access::Group).append(&[entry(0)]).unwrap();

    assert_eq!((mode(&place.file()), mode(&place.head())), (0o660, 0o660));
    assert_eq!(mode(place.file().parent().unwrap()) & 0o770, 0o770);
}

#[test]
fn what_git_says_of_sharing_decides_who_may_read() {
    for (value, access) in [
        (None, Access::Owner),
        (Some("umask"), Access::Owner),
        (Some("false"), Access::Owner),
        (Some("0"), Access::Owner),
        (Some("0644"), Access::Owner),
        (Some("group"), Access::Group),
        (Some("TRUE"), Access::Group),
        (Some("1"), Access::Group),
        (Some("all"), Access::Group),
        (Some("2"), Access::Group),
        (Some("0660"), Access::Group),
    ] {
        assert_eq!(Access::of_shared_repository(value), access, "{value:?}");
    }
}

#[test]
fn a_link_in_place_of_a_file_is_not_followed() {
    let place = Place::with(1);
    let target = place.0.path().join("target");
    for file in [place.file(), place.head()] {
        let kept = fs::read(&file).unwrap();
        for content in [None, Some(b"precious".as_slice())] {
            let _ = fs::remove_file(&target);
            if let Some(content) = content {
                fs::write(&target, content).unwrap();
            }
            fs::remove_file(&file).unwrap();
            symlink(&target, &file).unwrap();

            let error = place.log().append(&[entry(1)]).unwrap_err().to_string();

            assert!(error.contains("a link is not followed"), "{error}");
            assert_eq!(fs::read(&target).ok().as_deref(), content);
        }
        fs::remove_file(&file).unwrap();
        fs::write(&file, kept).unwrap();
    }
}

#[test]
fn what_is_no_file_is_refused_without_waiting() {
    let place = Place::with(1);
    fs::remove_file(place.file()).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(place.file()).status().unwrap().success());

    let error = place.log().append(&[entry(1)]).unwrap_err().to_string();

    assert!(error.contains("not a regular file"), "{error}");
}

#[test]
fn what_a_killed_run_left_beside_the_head_is_in_nobodys_way() {
    let place = Place::with(1);
    let target = place.0.path().join("target");
    fs::write(&target, "precious").unwrap();
    symlink(&target, place.0.path().join("git/ideoguard/audit.jsonl.head.new")).unwrap();

    place.append(1);

    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
    assert_eq!(place.entries().len(), 2);
}

#[test]
fn an_entry_that_is_too_long_is_refused() {
    let place = Place::with(1);
    let mut long = entry(1);
    long.resource = "x".repeat(2 << 20);

    let error = place.log().append(&[entry(2), long]).unwrap_err().to_string();

    assert!(error.contains("too long"), "{error}");
    assert_eq!(place.entries().len(), 1);
}
