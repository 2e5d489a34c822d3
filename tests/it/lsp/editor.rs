//! An editor that speaks the protocol by hand.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{Ran, TestRepo, hermetic};

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// An editor, and the server that it started.
pub(super) struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    asked: i32,
    /// What came while something else was waited for.
    heard: Vec<Value>,
}

/// What a modern editor says of itself.
pub(super) fn modern() -> Value {
    json!({
        "textDocument": {
            "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix"] } } },
        },
        "workspace": { "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create"] } },
    })
}

/// The name of a file below a folder.
pub(super) fn uri(folder: &Path, path: &str) -> String {
    format!("file://{}/{path}", folder.display())
}

impl Editor {
    /// Starts the server in a folder, with further words, and says nothing yet.
    pub(super) fn silent(folder: &Path, words: &[&str]) -> Self {
        let mut child = hermetic(env!("CARGO_BIN_EXE_ideoguard"), folder)
            .arg("lsp")
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("ideoguard starts");
        let messages = listen(child.stdout.take().expect("a pipe"));
        Self { input: child.stdin.take(), child, messages, asked: 0, heard: Vec::new() }
    }

    /// Starts the server for a modern editor.
    pub(super) fn start(repo: &TestRepo) -> Self {
        Self::with(repo, &[], modern())
    }

    /// Starts the server with further words, for an editor that can do this.
    pub(super) fn with(repo: &TestRepo, words: &[&str], capabilities: Value) -> Self {
        let mut editor = Self::silent(repo.path(), words);
        let mut greeting = json!({ "processId": null, "rootUri": null });
        greeting["capabilities"] = capabilities;
        editor.request("initialize", greeting);
        editor.notify("initialized", json!({}));
        editor
    }

    /// Writes bytes as they are; a server that is gone does not read them.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        let _ = self.input.as_mut().expect("an open pipe").write_all(bytes);
    }

    /// Sends a message.
    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.write(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    /// Sends a notification.
    pub(super) fn notify(&mut self, method: &str, params: Value) {
        let mut message = json!({ "jsonrpc": "2.0", "method": method });
        message["params"] = params;
        self.send(&message);
    }

    /// Sends a request and returns the answer.
    #[track_caller]
    pub(super) fn request(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        message["params"] = params;
        self.send(&message);
        self.until(|message| message["id"] == id && message["method"].is_null())
    }

    /// Waits for a message, and keeps what comes before it.
    #[track_caller]
    fn until(&mut self, is_meant: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.heard.iter().position(&is_meant) {
            return self.heard.remove(at);
        }
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("an answer");
            if is_meant(&message) {
                return message;
            }
            self.heard.push(message);
        }
    }

    /// Waits for a notification or a request, and returns its parameters.
    #[track_caller]
    pub(super) fn hears(&mut self, method: &str) -> Value {
        self.until(|message| message["method"] == method)["params"].take()
    }

    /// Opens a document as version 1.
    pub(super) fn open(&mut self, uri: &str, language: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Replaces the whole text of a document.
    pub(super) fn replace(&mut self, uri: &str, version: i32, text: &str) {
        self.change(uri, version, &json!({ "text": text }));
    }

    /// Changes a document.
    pub(super) fn change(&mut self, uri: &str, version: i32, change: &Value) {
        let id = json!({ "uri": uri, "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": id, "contentChanges": [change] }));
    }

    /// Says that a document was saved.
    pub(super) fn save(&mut self, uri: &str) {
        self.notify("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
    }

    /// Waits for what is told of a version of a document.
    #[track_caller]
    pub(super) fn told(&mut self, uri: &str, version: i32) -> Vec<Value> {
        let is_it = |message: &Value| {
            let params = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && params["version"] == version
        };
        self.until(is_it)["params"]["diagnostics"].as_array().expect("diagnostics").clone()
    }

    /// Returns the actions for the whole of a document.
    #[track_caller]
    pub(super) fn actions(&mut self, uri: &str) -> Vec<Value> {
        let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9999, "character": 0 } });
        let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": { "diagnostics": [] } });
        self.request("textDocument/codeAction", params)["result"].as_array().expect("actions").clone()
    }

    /// Closes the pipe, and returns what the server left behind.
    pub(super) fn leaves(mut self) -> Ran {
        drop(self.input.take());
        self.child.wait_with_output().expect("ideoguard ends").into()
    }

    /// Says farewell as the protocol wants it; the server must end well.
    #[track_caller]
    pub(super) fn parts(mut self) {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        let ran = self.leaves();
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    }
}

/// Reads messages in a thread of its own, so that waiting for one can end.
fn listen(output: ChildStdout) -> Receiver<Value> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        while let Some(message) = read(&mut output) {
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Reads one message; `None` at the end.
fn read(output: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut header = String::new();
    output.read_line(&mut header).ok().filter(|read| *read > 0)?;
    let length = header.trim().strip_prefix("Content-Length: ").expect("a header").parse().expect("a length");
    output.read_line(&mut header).ok()?;
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("JSON"))
}
