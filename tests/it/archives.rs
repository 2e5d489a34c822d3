//! Stories about what is packed in archives.

use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use ideoguard::archive::{self, Bounds, Format, Part};
use ideoguard::path::RepoPath;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::common::{Ran, ideoguard_in};
use crate::fake;

/// A text with a key on its second line, and enough else that packing changes every byte of it.
fn text(seed: u64) -> Vec<u8> {
    let rest = (0..200).map(|number| format!("line {number} of it\n")).collect::<Vec<_>>().concat();
    format!("first\ntoken = {}\n{rest}", fake::github_token(seed)).into_bytes()
}

fn gz(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut packed = tar::Builder::new(Vec::new());
    for (name, text) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        packed.append_data(&mut header, name, *text).unwrap();
    }
    packed.into_inner().unwrap()
}

fn zip_by(method: CompressionMethod, members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in members {
        packed.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        packed.write_all(text).unwrap();
    }
    packed.finish().unwrap().into_inner()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    zip_by(CompressionMethod::Deflated, members)
}

/// A tar file whose one member is a hole.
fn holes(name: &str, length: u64) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_path(name).unwrap();
    header.set_entry_type(tar::EntryType::GNUSparse);
    header.set_size(0);
    let gnu = header.as_gnu_mut().unwrap();
    gnu.set_real_size(length);
    gnu.sparse[0].set_offset(length);
    gnu.sparse[0].set_length(0);
    header.set_cksum();
    [header.as_bytes().to_vec(), vec![0; 1024]].concat()
}

/// Changes the bytes at a place behind each sign of a header: of a member, and of its line in the list.
fn patched(mut zip: Vec<u8>, local: usize, listed: usize, bytes: &[u8]) -> Vec<u8> {
    for (sign, at) in [(b"PK\x03\x04", local), (b"PK\x01\x02", listed)] {
        let found: Vec<usize> = memchr::memmem::find_iter(&zip, sign).collect();
        for start in found {
            zip[start + at..start + at + bytes.len()].copy_from_slice(bytes);
        }
    }
    zip
}

/// Scans one file with what is packed in it.
#[track_caller]
fn scan(name: &str, file: &[u8], words: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), file).unwrap();
    ideoguard_in(folder.path(), &[&["scan", name], words].concat(), b"")
}

/// Scans one file, and returns the exit code and what was found where: `path:line`.
#[track_caller]
fn found(name: &str, file: &[u8]) -> (i32, Vec<String>) {
    let ran = scan(name, file, &["--archives", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
    let place = |one: &Value| format!("{}:{}", one["path"].as_str().unwrap(), one["line"]);
    (ran.code, report["findings"].as_array().unwrap().iter().map(place).collect())
}

/// Says that a file holds one key, and where.
#[track_caller]
fn has(name: &str, file: &[u8], place: &str) {
    assert_eq!(found(name, file), (1, vec![place.to_owned()]));
}

/// Says that a scan of a file is not whole, and that its report says why.
#[track_caller]
fn is_unread(name: &str, file: &[u8], path: &str, why: &str) {
    let ran = scan(name, file, &["--archives"]);
    let said = format!("could not unpack `{path}`: ");
    let line = ran.stdout.lines().find(|line| line.contains(&said) && line.contains(why));
    assert!(line.is_some(), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.code, 3, "{}", ran.stdout);
}

#[test]
fn a_key_is_found_in_archives_of_each_kind() {
    let key = text(1);
    has("a.log.gz", &gz(&key), "a.log.gz!a.log:2");
    has("a.tar", &tar(&[("b/c", &key)]), "a.tar!b/c:2");
    has("a.tar.gz", &gz(&tar(&[("b/c", &key)])), "a.tar.gz!b/c:2");
    has("a.zip", &zip(&[("b/c", &key)]), "a.zip!b/c:2");
    has("a.zip", &zip_by(CompressionMethod::Stored, &[("b/c", &key)]), "a.zip!b/c:2");
}

#[test]
fn the_content_tells_what_an_archive_is_and_its_name_does_not() {
    has("picture.png", &zip(&[("c", &text(1))]), "picture.png!c:2");
    has("plain.zip", &text(1), "plain.zip:2");
}

#[test]
fn archives_in_archives_are_opened() {
    let jar = zip(&[("app.properties", &text(1))]);
    has("a.zip", &zip(&[("lib/b.jar", &jar)]), "a.zip!lib/b.jar!app.properties:2");
    has("a.gz.gz", &gz(&gz(&text(1))), "a.gz.gz!a.gz!a:2");
    has("a.tgz", &gz(&tar(&[("b.jar", &jar)])), "a.tgz!b.jar!app.properties:2");
}

#[test]
fn without_the_option_an_archive_is_a_text_as_any_other() {
    let ran = scan("a.zip", &zip(&[("b", &text(1))]), &[]);

    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("scanned 1 of 1,"), "{}", ran.stdout);
}

#[test]
fn an_archive_on_standard_input_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["scan", "--stdin", "--path", "a.gz", "--archives"];

    let ran = ideoguard_in(folder.path(), &words, &gz(&text(1)));

    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("a.gz!a:2:"), "{}", ran.stdout);
}

#[test]
fn a_large_archive_is_opened_as_a_file_and_not_as_a_stream() {
    let noise = fake::bytes(7, 9 << 20);
    let file = zip_by(CompressionMethod::Stored, &[("noise", &noise), ("b", &gz(&text(1)))]);
    let folder = tempfile::tempdir().unwrap();

    let stream = ideoguard_in(folder.path(), &["scan", "--stdin", "--path", "a.zip", "--archives"], &file);

    has("a.zip", &file, "a.zip!b!b:2");
    assert_eq!(stream.code, 3, "{}", stream.stdout);
    assert!(stream.stdout.contains("comes as a stream"), "{}", stream.stdout);
}

#[test]
fn what_is_wrong_with_an_archive_is_said_and_the_scan_is_not_clean() {
    let file = zip(&[("b", b"harmless")]);
    is_unread("a.zip", &patched(file.clone(), 6, 8, &[1, 0]), "a.zip!b", "encrypted");
    is_unread("a.zip", &patched(file.clone(), 8, 10, &[12, 0]), "a.zip!b", "method");
    is_unread("a.zip", &patched(file.clone(), 22, 24, &[3, 0]), "a.zip!b", "damaged");
    is_unread("a.zip", &patched(file.clone(), 22, 24, &[99, 0]), "a.zip!b", "damaged");
    is_unread("a.zip", &patched(file.clone(), 14, 16, &[1, 2]), "a.zip!b", "damaged");
    is_unread("a.zip", &file[..file.len() - 30], "a.zip", "damaged");
    is_unread("a.gz", &gz(b"harmless")[..12], "a.gz", "damaged");
    is_unread("a.gz", &[gz(b"harmless"), b"more".to_vec()].concat(), "a.gz", "damaged");
    is_unread("a.tar", &tar(&[("b", &[b'x'; 2000])])[..1500], "a.tar!b", "damaged");
    let same = patched(zip(&[("b", b"one"), ("c", b"two")]), 30, 46, b"b");
    is_unread("a.zip", &same, "a.zip", "share a name");
    is_unread("a.zip", &[zip(&[("b", b"one")]), file].concat(), "a.zip", "before its first member");
    is_unread("a.zip", &[zip(&[("b", b"one")]), zip(&[])].concat(), "a.zip", "before its first member");
}

#[test]
fn a_key_before_the_damage_is_found() {
    let noise = fake::bytes(7, 100_000);
    let whole = gz(&[text(1), noise].concat());

    has("a.gz", &whole[..whole.len() / 2], "a.gz!a:2");
}

#[test]
fn a_key_behind_the_end_of_a_tar_file_is_found() {
    let two = [tar(&[("b", b"harmless")]), tar(&[("c", &text(1))])].concat();

    has("a.tgz", &gz(&two), "a.tgz!c:2");
}

#[test]
fn an_empty_archive_is_clean() {
    for (name, file) in [("a.zip", zip(&[])), ("a.tar", tar(&[])), ("a.gz", gz(b"")), ("a.tgz", gz(&tar(&[])))] {
        assert_eq!(found(name, &file), (0, vec![]), "{name}");
    }
}

#[test]
fn what_lies_too_deep_is_named() {
    let mut file = b"harmless".to_vec();
    for name in ["a", "b", "c", "d"] {
        file = zip(&[(name, &file)]);
    }

    is_unread("e.zip", &file, "e.zip!d!c!b", "more than 3 others");
}

#[test]
fn a_bomb_ends_fast() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![0; 1 << 20];
    for _ in 0..1 << 10 {
        packed.write_all(&zeros).unwrap();
    }
    let bomb = packed.finish().unwrap();
    let begin = Instant::now();

    is_unread("a.gz", &bomb, "a.gz", "200 times");
    is_unread("a.zip", &zip_by(CompressionMethod::Stored, &[("b.gz", &bomb)]), "a.zip!b.gz", "200 times");

    assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
}

#[test]
fn a_tar_file_with_endless_headers_or_holes_ends_fast() {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(64 << 20);
    header.set_cksum();
    let long = [header.as_bytes().to_vec(), vec![b'x'; 64 << 20]].concat();

    is_unread("a.tar", &long, "a.tar", "damaged");
    is_unread("a.tar", &holes("b", 10 << 30), "a.tar!b", "200 times");
    is_unread("a.tar", &holes("b", 10 << 30), "a.tar", "what follows a member");
}

#[test]
fn a_zip_file_with_an_endless_list_is_not_opened() {
    let names: Vec<String> = (0..70).map(|number| format!("{number:065000}")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"harmless"[..])).collect();

    is_unread("a.zip", &zip(&members), "a.zip", "the list of its members");
}

#[test]
fn members_that_overlap_cost_no_more_than_others() {
    // Each line of the list names the same member.
    let one = zip(&[("0000", b"harmless")]);
    let list = memchr::memmem::find(&one, b"PK\x01\x02").unwrap();
    let end = memchr::memmem::find(&one, b"PK\x05\x06").unwrap();
    let count = 11_000_u16;
    let mut file = one[..list].to_vec();
    for number in 0..count {
        let start = file.len();
        file.extend_from_slice(&one[list..end]);
        file[start + 46..start + 50].copy_from_slice(format!("{number:04x}").as_bytes());
    }
    let length = u32::try_from(file.len() - list).unwrap();
    let mut tail = one[end..].to_vec();
    tail[8..10].copy_from_slice(&count.to_le_bytes());
    tail[10..12].copy_from_slice(&count.to_le_bytes());
    tail[12..16].copy_from_slice(&length.to_le_bytes());
    file.extend_from_slice(&tail);

    is_unread("a.zip", &file, "a.zip", "more than 10000 members");
}

#[test]
fn names_of_members_are_only_names() {
    let key = text(1);
    has("a.zip", &zip(&[("../../etc/x", &key)]), "a.zip!../../etc/x:2");
    has("a.zip", &zip(&[("/etc/x", &key)]), "a.zip!/etc/x:2");
    let ran = scan("a.zip", &zip(&[("a\nb\0c\x1b[2J", &key)]), &["--archives"]);

    assert!(ran.stdout.contains("a.zip!a\\nb\\u{0}c\\u{1b}[2J:2:"), "{}", ran.stdout);
}

#[test]
fn a_name_that_holds_a_key_is_found_and_not_shown() {
    let key = fake::github_token(3);
    let ran = scan("a.tgz", &gz(&tar(&[(&key, b"harmless")])), &["--archives"]);

    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(!ran.stdout.contains(&key) && ran.stdout.contains("a.tgz!ghp"), "{}", ran.stdout);
    assert!(ran.stdout.contains("scanned 2 of 2,"), "{}", ran.stdout);
}

#[test]
fn sarif_names_the_member() {
    let ran = scan("a.zip", &zip(&[("b c", &text(1))]), &["--archives", "--format", "sarif"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let place = &report["runs"][0]["results"][0]["locations"][0]["physicalLocation"];

    assert_eq!(place["artifactLocation"]["uri"], "a.zip%21b%20c");
    assert_eq!(place["region"]["startLine"], 2);
}

#[test]
fn a_key_that_is_also_seen_from_outside_is_told_once_and_every_other() {
    let stored = zip_by(CompressionMethod::Stored, &[("b", &text(1))]);
    let file = [stored, text(2)].concat();

    let (code, places) = found("a.zip", &file);

    assert_eq!(code, 1);
    assert!(places.contains(&"a.zip!b:2".to_owned()) && places.len() == 2, "{places:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_archive_breaks_the_walk(kind in 0..4_usize, changes in vec((any::<Index>(), any::<u8>()), 0..6), end in any::<Index>()) {
        let members: &[(&str, &[u8])] = &[("b", b"one"), ("c/d", &[b'x'; 700])];
        let mut file = match kind {
            0 => zip(members),
            1 => tar(members),
            2 => gz(&tar(members)),
            _ => holes("b", 1 << 30),
        };
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        file.truncate(file.len() - end.index(file.len()) / 8);
        let Some(format) = Format::of(&file) else { return Ok(()) };
        let bounds = Bounds { bytes: 1 << 20, held: 1 << 16, ..Bounds::default() };
        let mut bytes = 0;

        archive::unpack(format, Cursor::new(&file), &RepoPath::from("a"), bounds, &mut |part| match part {
            Part::Text(_, read) => bytes += std::io::copy(read, &mut std::io::sink()).unwrap(),
            Part::Name(..) | Part::Unread(..) => {}
        });

        prop_assert!(bytes <= 2 << 20, "{bytes}");
    }
}
