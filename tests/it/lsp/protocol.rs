//! The talk itself: greeting, farewell, and what is no message.

use serde_json::{Value, json};

use super::editor::{Editor, modern, uri};
use crate::common::{TestRepo, ideoguard_in};
use crate::fake;

#[test]
fn the_greeting_says_what_the_server_does() {
    let repo = TestRepo::new();
    let mut editor = Editor::silent(repo.path(), &["--stdio"]);

    let greeting = editor.request("initialize", json!({ "capabilities": modern() }));

    let text = serde_json::to_string_pretty(&greeting["result"]).unwrap();
    insta::assert_snapshot!("lsp_greeting", text.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    editor.parts();
}

#[test]
fn an_end_without_farewell_is_1() {
    let repo = TestRepo::new();

    let mut exits = Editor::start(&repo);
    exits.notify("exit", Value::Null);
    assert_eq!(exits.leaves().code, 1);
    assert_eq!(Editor::start(&repo).leaves().code, 1);
    assert_eq!(Editor::silent(repo.path(), &[]).leaves().code, 1);
}

#[test]
fn a_farewell_without_exit_is_0() {
    let repo = TestRepo::new();
    let mut editor = Editor::start(&repo);

    editor.request("shutdown", Value::Null);

    assert_eq!(editor.leaves().code, 0);
}

#[test]
fn what_is_no_message_ends_it_with_2_and_is_not_repeated() {
    let repo = TestRepo::new();
    let key = fake::ideogram_key(1);
    for garbage in [
        format!("hello {key}\n"),
        format!("Content-Length: {}\r\n\r\n\"{key}\"", key.len() + 2),
        format!("Content-Length: 9999\r\n\r\n{key}"),
        format!("Content-Type: {key}\r\n\r\n"),
        format!("Content-Length: 99999999999999\r\n\r\n{key}"),
        format!("X-{}: {key}\r\n\r\n", "long".repeat(100_000)),
    ] {
        let mut editor = Editor::start(&repo);
        editor.write(garbage.as_bytes());
        let ran = editor.leaves();

        assert_eq!(ran.code, 2, "{garbage}: {}", ran.stderr);
        assert!(ran.stderr.contains("no message of the Language Server Protocol"), "{}", ran.stderr);
        assert!(!ran.stderr.contains(&key[..5]), "{}", ran.stderr);
    }
}

#[test]
fn a_request_that_cannot_be_answered_is_refused_with_the_protocols_code() {
    let repo = TestRepo::new();
    let mut editor = Editor::silent(repo.path(), &[]);
    let code = |answer: &Value| answer["error"]["code"].as_i64().unwrap();

    assert_eq!(code(&editor.request("textDocument/codeAction", json!({}))), -32002);
    assert_eq!(code(&editor.request("initialize", json!({ "capabilities": 7 }))), -32602);
    editor.request("initialize", json!({ "capabilities": {} }));
    assert_eq!(code(&editor.request("initialize", json!({ "capabilities": {} }))), -32600);
    assert_eq!(code(&editor.request("textDocument/hover", json!({}))), -32601);
    assert_eq!(code(&editor.request("textDocument/codeAction", json!({}))), -32602);
    editor.request("shutdown", Value::Null);
    assert_eq!(code(&editor.request("textDocument/codeAction", json!({}))), -32600);
    editor.notify("exit", Value::Null);
    assert_eq!(editor.leaves().code, 0);
}

#[test]
fn a_notification_that_makes_no_sense_is_shown_without_its_text_and_the_server_goes_on() {
    let repo = TestRepo::new();
    let key = fake::ideogram_key(1);
    let mut editor = Editor::start(&repo);
    let app = uri(repo.path(), "app.py");

    editor.notify("textDocument/didOpen", json!({ "textDocument": key }));
    let shown = editor.hears("window/showMessage").to_string();
    assert!(shown.contains("textDocument/didOpen") && !shown.contains(&key[..5]), "{shown}");
    editor.replace(&app, 2, "");
    assert!(editor.hears("window/showMessage").to_string().contains("not open"));

    editor.open(&app, "python", &format!("IDEOGRAM_API_KEY = '{key}'\n"));
    assert_eq!(editor.told(&app, 1).len(), 1);
    editor.parts();
}

#[test]
fn whoever_starts_it_by_hand_is_told_what_it_is_for() {
    let repo = TestRepo::new();

    let ran = ideoguard_in(repo.path(), &["lsp"], b"help\n");

    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    insta::assert_snapshot!("lsp_by_hand", ran.stderr);
}
