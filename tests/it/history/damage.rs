//! Damage: what can be read is scanned, what cannot is told, and nothing passes for clean.
#![cfg(unix)]

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::layouts::the_pack;
use super::leak;
use super::packs::{Id, PackFile, deflated, hex, id_of};
use super::scripts::size;
use crate::common::{Ran, TestRepo, hermetic};
use crate::fake;

/// The most memory that a scan of a damaged repository may take, in kilobytes of address space.
const MOST_KILOBYTES: u64 = 2 << 20;

/// Scans a repository with little memory; a scan that does not end is ended.
#[track_caller]
fn confined(repo: &TestRepo, words: &[&str]) -> Ran {
    let script = format!("ulimit -v {MOST_KILOBYTES}; exec \"$0\" \"$@\"");
    let mut command = hermetic("sh", repo.path());
    command.args(["-c", &script, env!("CARGO_BIN_EXE_ideoguard"), "scan", "--history", "--threads", "2"]).args(words);
    ends(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

/// Waits for a program; ends it if it goes on for a minute.
#[track_caller]
fn ends(mut child: Child) -> Ran {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("it still runs after a minute");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap().into()
}

/// Sees to it that a scan found the leak in `a.py` or not, and told of a problem in these words.
#[track_caller]
fn assert_told(ran: &Ran, code: i32, words: &[&str]) {
    let text = format!("{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.code, code, "{text}");
    for word in words {
        assert!(text.contains(word), "`{word}` is missing:\n{text}");
    }
    assert!(text.contains("problem: ") && !text.contains("panicked"), "{text}");
}

/// Returns a delta that makes `new` of `old` by inserting all of it.
fn typed(old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut delta = [size(old.len()), size(new.len())].concat();
    for part in new.chunks(100) {
        delta.push(u8::try_from(part.len()).unwrap());
        delta.extend_from_slice(part);
    }
    delta
}

/// Adds the made-up key of seed 1 as a blob of a pack.
fn add_leak(pack: &mut PackFile) {
    pack.whole("blob", leak(1).as_bytes());
}

/// A repository with a leak and four large files of noise in one pack.
fn noisy() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("a.py", leak(1)).stage().commit("leak");
    for number in 0..4 {
        repo.write(&format!("{number}.bin"), fake::bytes(number, 40_000));
    }
    repo.stage().commit("noise");
    repo.git(&["repack", "-adfq"]);
    repo
}

/// Changes a file that git has made unwritable.
#[track_caller]
fn change(path: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_pack_that_is_cut_short_is_told_and_its_beginning_is_scanned() {
    let repo = TestRepo::new();
    let mut pack = PackFile::new();
    add_leak(&mut pack);
    pack.whole("blob", &fake::bytes(1, 50_000));
    pack.whole("blob", &fake::bytes(2, 50_000));
    let path = pack.install(&repo);
    change(&repo.at(&format!("{path}.pack")).display().to_string(), |bytes| bytes.truncate(60_000));

    assert_told(&confined(&repo, &[]), 1, &["damaged or cut off", "1 leak", "incomplete"]);
}

#[test]
fn a_pack_with_the_index_of_another_is_told() {
    let (repo, other) = (noisy(), TestRepo::new());
    other.write("b.py", "pass\n").stage().commit("other");
    other.git(&["repack", "-adq"]);
    let index = std::fs::read(format!("{}.idx", the_pack(&other))).unwrap();
    change(&format!("{}.idx", the_pack(&repo)), |bytes| *bytes = index);

    assert_told(&confined(&repo, &[]), 3, &["its end is not what its index says", "could not read"]);
}

#[test]
fn an_index_that_is_cut_short_or_gone_wild_is_told() {
    let repo = noisy();
    let index = format!("{}.idx", the_pack(&repo));
    let whole = std::fs::read(&index).unwrap();

    change(&index, |bytes| bytes.truncate(700));
    assert_told(&confined(&repo, &[]), 3, &["could not read the pack index", "cut off"]);
    change(&index, |bytes| *bytes = [&whole[..8], &fake::bytes(1, whole.len() - 8)].concat());
    assert_told(&confined(&repo, &[]), 3, &["could not read the pack index", "makes no sense"]);
    // Only the places of the objects.
    let end = whole.len() - 40;
    change(&index, |bytes| {
        bytes.clone_from(&whole);
        bytes[end - 36..end].copy_from_slice(&fake::bytes(2, 36));
    });
    let wild = confined(&repo, &[]);
    assert!(matches!(wild.code, 1 | 3), "{}{}", wild.stdout, wild.stderr);
}

#[test]
fn bits_that_flip_in_a_delta_cost_what_is_made_of_it_and_no_more() {
    let repo = TestRepo::new();
    let mut pack = PackFile::new();
    add_leak(&mut pack);
    let (base, middle, last) = (leak(2), leak(2) + &leak(3), leak(4));
    let base_id = pack.whole("blob", base.as_bytes());
    let middle_id = id_of("blob", middle.as_bytes());
    pack.against(middle_id, base_id, &typed(base.as_bytes(), middle.as_bytes()));
    pack.against(id_of("blob", last.as_bytes()), middle_id, &typed(middle.as_bytes(), last.as_bytes()));
    let place = pack.end_of(middle_id) - 20;
    let path = pack.install(&repo);
    change(&repo.at(&format!("{path}.pack")).display().to_string(), |bytes| bytes[place] ^= 0x10);

    let ran = confined(&repo, &[]);

    assert_told(&ran, 1, &["2 leaks", &hex(middle_id), "scanned 2 of 4 (2 failed)"]);
}

#[test]
fn deltas_that_are_made_of_each_other_are_told() {
    let repo = TestRepo::new();
    let mut pack = PackFile::new();
    add_leak(&mut pack);
    let names: [Id; 2] = [id_of("blob", b"a"), id_of("blob", b"b")];
    pack.against(names[0], names[1], &typed(b"b", b"a"));
    pack.against(names[1], names[0], &typed(b"a", b"b"));
    pack.install(&repo);

    let ran = confined(&repo, &[]);

    assert_told(&ran, 1, &["1 leak", &hex(names[0]), &hex(names[1]), "scanned 1 of 3 (2 failed)"]);
}

#[test]
fn a_delta_whose_base_is_nowhere_is_told() {
    let repo = TestRepo::new();
    let mut pack = PackFile::new();
    add_leak(&mut pack);
    let name = id_of("blob", b"a");
    pack.against(name, id_of("blob", b"nowhere"), &typed(b"nowhere", b"a"));
    pack.install(&repo);

    assert_told(&confined(&repo, &[]), 1, &["1 leak", &hex(name), "scanned 1 of 2 (1 failed)"]);
}

#[test]
fn an_object_that_one_pack_holds_damaged_is_read_from_another() {
    let repo = TestRepo::new();
    let (mut first, mut second) = (PackFile::new(), PackFile::new());
    let text = leak(1);
    first.add(id_of("blob", text.as_bytes()), 3, text.len(), &[], b"no zlib");
    add_leak(&mut second);
    first.install_as(&repo, "pack-0");
    second.install_as(&repo, "pack-1");

    assert_eq!(confined(&repo, &[]).code, 1);
}

#[test]
fn a_size_that_cannot_be_takes_no_memory() {
    let repo = TestRepo::new();
    let mut pack = PackFile::new();
    add_leak(&mut pack);
    // One that its data cannot have, one that it could have, and one that something is made of.
    let noise = deflated(&fake::bytes(1, 8_000_000));
    let names = [id_of("blob", b"a"), id_of("blob", b"b"), id_of("blob", b"c"), id_of("blob", b"d")];
    pack.add(names[0], 3, 1 << 60, &[], &deflated(b"a"));
    pack.add(names[1], 3, 5 << 30, &[], &noise);
    pack.add(names[2], 3, 5 << 30, &[], &noise);
    pack.against(names[3], names[2], &[&size(5 << 30)[..], &size(1), &[1, b'd']].concat());
    pack.install(&repo);

    let ran = confined(&repo, &[]);

    assert_told(&ran, 1, &["1 leak", "scanned 1 of 5 (4 failed)"]);
}

#[test]
fn a_pack_of_many_small_objects_takes_little() {
    let repo = TestRepo::new();
    let mut pack = PackFile::new();
    for number in 0..50_000_u32 {
        pack.whole("blob", number.to_string().as_bytes());
    }
    add_leak(&mut pack);
    pack.install(&repo);

    let ran = confined(&repo, &[]);

    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("scanned 50001 of 50001"), "{}", ran.stdout);
}

#[test]
fn a_large_file_that_breaks_off_is_told_and_its_beginning_is_scanned() {
    let repo = TestRepo::new();
    repo.write("a.py", [leak(1).into_bytes(), fake::bytes(1, 9 << 20)].concat()).stage().commit("large");
    let id = repo.git(&["rev-parse", "HEAD:a.py"]);
    let loose = repo.at(&format!(".git/objects/{}/{}", &id[..2], &id.trim()[2..]));
    change(&loose.display().to_string(), |bytes| bytes.truncate(6 << 20));

    assert_told(&confined(&repo, &[]), 1, &["1 leak", id.trim(), "scanned 2 of 3 (1 failed)"]);
}

#[test]
fn an_object_that_was_deleted_is_missed() {
    let repo = TestRepo::new();
    repo.write("a.py", "pass\n").stage().commit("one");
    let id = repo.git(&["rev-parse", "HEAD:a.py"]);
    std::fs::remove_file(repo.at(&format!(".git/objects/{}/{}", &id[..2], &id.trim()[2..]))).unwrap();

    assert_told(&confined(&repo, &[]), 3, &["1 object", "missing"]);
}

#[test]
fn what_a_partial_clone_keeps_back_is_missed() {
    let origin = TestRepo::new();
    origin.write("a.py", leak(1)).write("b.py", "pass\n").stage().commit("one");
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", origin.path().display());
    let mut clone = hermetic("git", folder.path());
    clone.args(["clone", "--quiet", "--no-checkout", "--filter=blob:none", &url, "."]);
    assert!(clone.output().unwrap().status.success());

    let ran = crate::common::ideoguard_in(folder.path(), &["scan", "--history"], b"");

    assert_told(&ran, 3, &["2 objects", "missing"]);
}
