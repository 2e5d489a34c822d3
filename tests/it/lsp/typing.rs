//! What is told while somebody types.

use serde_json::{Value, json};

use super::editor::{Editor, modern, uri};
use crate::common::TestRepo;
use crate::fake;

/// A stretch of a document on one line.
fn range(line: u32, from: usize, to: usize) -> Value {
    json!({ "start": { "line": line, "character": from }, "end": { "line": line, "character": to } })
}

#[test]
fn a_key_is_told_as_it_is_typed_and_no_more_when_it_is_gone() {
    let (repo, key) = (TestRepo::new(), fake::ideogram_key(1));
    let mut editor = Editor::start(&repo);
    let app = uri(repo.path(), "app.py");

    editor.open(&app, "python", "import os\nIDEOGRAM_API_KEY = ''\n");
    assert_eq!(editor.told(&app, 1), Vec::<Value>::new());

    editor.change(&app, 2, &json!({ "range": range(1, 20, 20), "text": key }));
    let told = editor.told(&app, 2);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["range"], range(1, 20, 20 + key.len()));
    assert_eq!(told[0]["code"], "ideogram-api-key");
    assert_eq!((&told[0]["severity"], &told[0]["source"]), (&json!(1), &json!("ideoguard")));
    assert!(told[0]["codeDescription"]["href"].as_str().unwrap().starts_with("https://"), "{told:?}");

    editor.change(&app, 3, &json!({ "range": range(1, 20, 20 + key.len()), "text": "" }));
    assert_eq!(editor.told(&app, 3), Vec::<Value>::new());
    editor.parts();
}

#[test]
fn a_message_says_why_and_what_to_do_and_shows_four_characters() {
    let (repo, key) = (TestRepo::new(), fake::ideogram_key(1));
    let mut editor = Editor::start(&repo);
    let app = uri(repo.path(), "app.py");

    editor.open(&app, "python", &format!("IDEOGRAM_API_KEY = '{key}'\n"));
    let told = editor.told(&app, 1);

    assert!(!told[0].to_string().contains(&key[..5]), "{told:?}");
    insta::assert_snapshot!("lsp_message", told[0]["message"].as_str().unwrap().replace(&key[..4], "KEY1"));
    editor.parts();
}

#[test]
fn what_only_warns_is_a_warning() {
    let repo = TestRepo::new();
    let value = fake::chars(3, fake::BASE62, 24);
    repo.write(".ideoguard.toml", "[rules.override.generic-secret]\nconfidence = 'medium'\n");
    let mut editor = Editor::start(&repo);
    let app = uri(repo.path(), "app.py");

    editor.open(&app, "python", &format!("service_password = '{value}'\n"));

    assert_eq!(editor.told(&app, 1)[0]["severity"], 2);
    editor.parts();
}

#[test]
fn columns_are_those_that_were_agreed_on() {
    let (repo, key) = (TestRepo::new(), fake::ideogram_key(1));
    let before = "/* é🔑 */ KEY = '";
    let app = uri(repo.path(), "app.js");
    let mut utf8 = modern();
    utf8["general"] = json!({ "positionEncodings": ["utf-16", "utf-8"] });

    for (capabilities, column) in [(modern(), before.encode_utf16().count()), (utf8, before.len())] {
        let mut editor = Editor::with(&repo, &[], capabilities);
        editor.open(&app, "javascript", &format!("ideogram\r\n{before}'\r\n"));
        editor.told(&app, 1);
        editor.change(&app, 2, &json!({ "range": range(1, column, column), "text": key }));

        assert_eq!(editor.told(&app, 2)[0]["range"], range(1, column, column + key.len()));
        editor.parts();
    }
}

#[test]
fn the_last_of_many_changes_is_told_and_none_after_it() {
    let (repo, key) = (TestRepo::new(), fake::ideogram_key(1));
    let mut editor = Editor::start(&repo);
    let app = uri(repo.path(), "app.py");
    let leak = format!("IDEOGRAM_API_KEY = '{key}'\n");

    editor.open(&app, "python", "");
    for version in 2..=200 {
        editor.replace(&app, version, if version % 2 == 0 { "" } else { &leak });
    }
    editor.replace(&app, 201, &leak);
    assert_eq!(editor.told(&app, 201).len(), 1);
    editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": app } }));

    let closed = loop {
        let told = editor.hears("textDocument/publishDiagnostics");
        if told["version"].is_null() {
            break told;
        }
        assert!(told["version"].as_i64().unwrap() < 201, "{told}");
    };
    assert_eq!(closed["diagnostics"], json!([]));
    editor.parts();
}

#[test]
fn a_document_over_the_limit_is_told_to_be_left_out_until_it_is_small_again() {
    let (repo, key) = (TestRepo::new(), fake::ideogram_key(1));
    let mut editor = Editor::with(&repo, &["--max-blob-size", "1KiB"], modern());
    let app = uri(repo.path(), "app.py");
    let leak = format!("IDEOGRAM_API_KEY = '{key}'\n");

    editor.open(&app, "python", &format!("{leak}{}", " ".repeat(1024)));
    let told = editor.told(&app, 1);
    assert_eq!((told.len(), &told[0]["code"]), (1, &json!("too-large")));
    assert!(told[0]["message"].as_str().unwrap().contains("larger than 1"), "{told:?}");

    editor.replace(&app, 2, &leak);
    assert_eq!(editor.told(&app, 2)[0]["code"], "ideogram-api-key");
    editor.parts();
}

#[test]
fn a_document_without_a_file_or_a_repository_is_judged_by_the_built_in_rules() {
    let (folder, key) = (tempfile::tempdir().unwrap(), fake::ideogram_key(1));
    let mut editor = Editor::silent(folder.path(), &[]);
    editor.request("initialize", json!({ "capabilities": modern() }));

    for name in ["untitled:Untitled-1".to_owned(), uri(folder.path(), "new/app.py")] {
        editor.open(&name, "python", &format!("IDEOGRAM_API_KEY = '{key}'\n"));
        assert_eq!(editor.told(&name, 1).len(), 1, "{name}");
    }
    editor.parts();
}
