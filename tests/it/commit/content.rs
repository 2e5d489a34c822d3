//! Texts that others skip: UTF-16, binaries, pictures, lock files, vendored code.

use super::{guarded, leak, passes, refused};
use crate::fake;

/// Returns a text in UTF-16, low byte first.
fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_key_is_found_in_every_kind_of_file() {
    let code = leak(1);
    let json = format!("{{\"ideogram_api_key\": \"{}\"}}\n", fake::ideogram_key(1));
    let texts: [(&str, Vec<u8>); 9] = [
        ("utf16.ps1", [b"\xff\xfe".to_vec(), utf16(&code)].concat()),
        ("utf16-without-mark.reg", utf16(&code)),
        ("crlf.py", format!("a\r\n{}", code.replace('\n', "\r\n")).into_bytes()),
        ("no-newline-at-the-end.py", code.trim_end().as_bytes().to_vec()),
        ("binary.bin", [b"\0\x01\x02\xff\xfe\0".to_vec(), code.clone().into_bytes(), vec![0; 99]].concat()),
        ("picture.svg", format!("<svg><!-- IDEOGRAM_API_KEY={} --></svg>", fake::ideogram_key(1)).into_bytes()),
        ("package-lock.json", json.clone().into_bytes()),
        ("node_modules/pkg/index.js", format!("const {code}").into_bytes()),
        ("dist/app.min.js", format!("{};{}", "a=1;".repeat(5000), json.trim_end()).into_bytes()),
    ];
    for (path, text) in texts {
        let repo = guarded();
        repo.write(path, text).stage();

        let said = refused(&repo, "commit --quiet --message add");

        assert!(said.contains(&format!("{path}:")), "{said}");
    }
}

#[test]
fn attributes_hide_no_key() {
    let repo = guarded();
    repo.write(".gitattributes", "*.py -diff -text\n*.bin binary\n*.gen linguist-generated export-ignore\n");
    repo.write("a.py", leak(1)).write("b.bin", leak(2)).write("c.gen", leak(3)).stage();

    let said = refused(&repo, "commit --quiet --message add");

    for place in ["a.py:1:21", "b.bin:1:21", "c.gen:1:21"] {
        assert!(said.contains(place), "{said}");
    }
}

#[test]
fn a_filter_is_judged_by_what_it_stores() {
    let repo = guarded();
    repo.git(&["config", "filter.hide.clean", "sed s/IDEOGRAM_API_KEY.*/hidden/"]);
    repo.git(&["config", "filter.hide.smudge", "cat"]);
    repo.write(".gitattributes", "*.py filter=hide\n").write("a.py", leak(1)).stage();

    passes(&repo, "commit --quiet --message add");
}

#[test]
fn a_changed_line_is_judged_in_a_binary_file_too() {
    let repo = guarded();
    let old = format!("\0\0{}rest", leak(1));
    repo.write("a.bin", &old).stage().commit("leaked");
    repo.write("a.bin", old.replace("rest", &leak(2))).stage();

    let said = refused(&repo, "commit --quiet --message change");

    assert!(said.contains("  at       a.bin:2:21\n") && said.contains("1 secret in git already"), "{said}");
}

#[test]
fn many_leaks_are_told_without_a_flood() {
    let repo = guarded();
    for seed in 1..60 {
        repo.write(&format!("{seed}.py"), leak(seed));
    }
    repo.stage();

    let said = refused(&repo, "commit --quiet --message add");

    assert!(said.contains("49 more findings, by file"), "{said}");
    assert!(said.lines().count() < 150, "{}", said.lines().count());
}
