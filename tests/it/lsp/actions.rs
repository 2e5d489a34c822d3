//! What actions do to a document and to the allow file.

use serde_json::Value;

use super::editor::{Editor, modern, uri};
use crate::common::TestRepo;
use crate::fake;

/// The action whose title begins so.
#[track_caller]
fn action<'a>(actions: &'a [Value], title: &str) -> &'a Value {
    actions.iter().find(|action| action["title"].as_str().unwrap().starts_with(title)).expect(title)
}

/// The titles of actions.
fn titles(actions: &[Value]) -> Vec<&str> {
    actions.iter().map(|action| action["title"].as_str().unwrap()).collect()
}

/// Applies an edit as an editor does, of lines and columns of ASCII.
fn applied(text: &str, edit: &Value) -> String {
    let offset = |at: &Value| {
        let [line, column] = ["line", "character"].map(|name| usize::try_from(at[name].as_u64().unwrap()).unwrap());
        text.split_inclusive('\n').take(line).map(str::len).sum::<usize>() + column
    };
    let range = &edit["range"];
    let mut text = text.to_owned();
    text.replace_range(offset(&range["start"])..offset(&range["end"]), edit["newText"].as_str().unwrap());
    text
}

/// The one edit of an action that changes one document.
fn edit(action: &Value) -> &Value {
    &action["edit"]["documentChanges"][0]["edits"][0]
}

#[test]
fn a_key_moves_to_an_environment_variable_and_the_file_is_clean() {
    let key = fake::ideogram_key(1);
    for (name, language, before, after) in [
        ("a.py", "python", "API_KEY = 'KEY'\n", "API_KEY = os.environ[\"IDEOGRAM_API_KEY\"]\n"),
        ("a.ts", "typescript", "const k = `KEY`;\r\n", "const k = process.env.IDEOGRAM_API_KEY;\r\n"),
        ("a.go", "go", "ideogramApiKey := \"KEY\"\n", "ideogramApiKey := os.Getenv(\"IDEOGRAM_API_KEY\")\n"),
        ("a.rb", "ruby", "IDEOGRAM_PROD_KEY = \"KEY\"\n", "IDEOGRAM_PROD_KEY = ENV.fetch(\"IDEOGRAM_PROD_KEY\")\n"),
        (
            "call.sh",
            "shellscript",
            "curl -H \"Api-Key: KEY\" https://api.ideogram.ai/x\n",
            "curl -H \"Api-Key: ${IDEOGRAM_API_KEY}\" https://api.ideogram.ai/x\n",
        ),
    ] {
        let repo = TestRepo::new();
        let mut editor = Editor::start(&repo);
        let document = uri(repo.path(), name);
        let text = format!(
            "# ideogram\n{}",
            before
                .replace("KEY'", &format!("{key}'"))
                .replace("KEY`", &format!("{key}`"))
                .replace("KEY\"", &format!("{key}\""))
        );
        editor.open(&document, language, &text);
        let actions = editor.actions(&document);
        let moved = action(&actions, "Move to environment variable IDEOGRAM_");

        assert_eq!(applied(&text, edit(moved)), format!("# ideogram\n{after}"), "{name}");
        assert_eq!((moved["kind"].as_str(), moved["isPreferred"].as_bool()), (Some("quickfix"), Some(true)));
        assert!(!moved.to_string().contains(&key), "{moved}");
        repo.write(name, applied(&text, edit(moved)));
        let ran = repo.ideoguard(&["scan", name]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.stdout);
        editor.parts();
    }
}

#[test]
fn a_mark_allows_once_somebody_gives_the_reason() {
    let repo = TestRepo::new();
    let mut editor = Editor::start(&repo);
    let app = uri(repo.path(), "app.py");
    let text = format!("if x:\n    API_KEY = '{}'  # ideogram\n", fake::ideogram_key(1));
    editor.open(&app, "python", &text);
    let actions = editor.actions(&app);

    let marked = applied(&text, edit(action(&actions, "Allow with a reason, in a comment")));
    editor.replace(&app, 2, &marked);
    let told = editor.told(&app, 2);
    assert!(told[0]["message"].as_str().unwrap().contains("write the reason in words"), "{told:?}");

    editor.replace(&app, 3, &marked.replace("...", "made up for the tutorial"));
    assert_eq!(editor.told(&app, 3), Vec::<Value>::new());
    repo.write("app.py", marked.replace("...", "made up for the tutorial"));
    assert_eq!(repo.ideoguard(&["scan", "app.py"]).code, 0);
    editor.parts();
}

#[test]
fn an_entry_of_the_allow_file_allows_once_somebody_gives_the_reason() {
    let repo = TestRepo::new();
    let text = format!("{{ \"ideogram_api_key\": \"{}\" }}\n", fake::ideogram_key(1));
    repo.write("a.json", &text);
    let mut editor = Editor::start(&repo);
    let json = uri(repo.path(), "a.json");
    editor.open(&json, "json", &text);

    let actions = editor.actions(&json);
    assert_eq!(titles(&actions), ["Allow with a reason, in the allow file"]);
    let changes = &actions[0]["edit"]["documentChanges"];
    assert_eq!(
        (&changes[0]["kind"], changes[0]["uri"].as_str().unwrap().ends_with("/.ideoguard.toml")),
        (&"create".into(), true)
    );
    let entry = applied("", &changes[1]["edits"][0]);

    repo.write(".ideoguard.toml", &entry);
    let refused = repo.ideoguard(&["scan", "a.json"]);
    assert_eq!(refused.code, 2, "{}", refused.stdout);
    assert!(refused.stderr.contains("the reason is empty"), "{}", refused.stderr);
    repo.write(".ideoguard.toml", entry.replace("reason = \"\"", "reason = \"made up\""));
    assert_eq!(repo.ideoguard(&["scan", "a.json"]).code, 0);
    editor.parts();
}

#[test]
fn an_entry_goes_behind_what_stands_in_an_open_allow_file() {
    let repo = TestRepo::new();
    repo.write(".ideoguard.toml", "");
    let mut editor = Editor::start(&repo);
    let (app, allow) = (uri(repo.path(), "a.json"), uri(repo.path(), ".ideoguard.toml"));
    let unsaved = "# ours\r\n[rules]\r\ndisable = []";
    editor.open(&app, "json", &format!("{{ \"ideogram_api_key\": \"{}\" }}\n", fake::ideogram_key(1)));
    editor.open(&allow, "toml", unsaved);

    let actions = editor.actions(&app);

    let change = &actions[0]["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"]["version"], 1);
    let text = applied(unsaved, &change["edits"][0]);
    assert!(text.starts_with("# ours\r\n[rules]\r\ndisable = []\r\n\r\n[[allow]]\r\nfingerprints = [\"ig1:"), "{text}");
    editor.parts();
}

#[test]
fn an_old_editor_gets_plain_edits_or_none() {
    let repo = TestRepo::new();
    let text = format!("IDEOGRAM_API_KEY = '{}'\n", fake::ideogram_key(1));
    let app = uri(repo.path(), "app.py");
    let mut plain = modern();
    plain["workspace"] = Value::Null;

    let mut editor = Editor::with(&repo, &[], plain);
    editor.open(&app, "python", &text);
    let actions = editor.actions(&app);
    assert_eq!(
        titles(&actions),
        ["Move to environment variable IDEOGRAM_API_KEY", "Allow with a reason, in a comment above"]
    );
    assert_eq!(
        applied(&text, &actions[0]["edit"]["changes"][&app][0]),
        "IDEOGRAM_API_KEY = os.environ[\"IDEOGRAM_API_KEY\"]\n"
    );
    editor.parts();

    let mut editor = Editor::with(&repo, &[], serde_json::json!({}));
    editor.open(&app, "python", &text);
    assert_eq!(editor.actions(&app), Vec::<Value>::new());
    editor.parts();
}

#[cfg(unix)]
#[test]
fn an_allow_file_that_leads_out_of_the_work_tree_is_not_edited() {
    let (repo, outside) = (TestRepo::new(), tempfile::tempdir().unwrap());
    std::fs::write(outside.path().join("x"), "").unwrap();
    std::os::unix::fs::symlink(outside.path().join("x"), repo.at(".ideoguard.toml")).unwrap();
    let mut editor = Editor::start(&repo);
    let app = uri(repo.path(), "a.json");

    editor.open(&app, "json", &format!("{{ \"ideogram_api_key\": \"{}\" }}\n", fake::ideogram_key(1)));

    assert_eq!(editor.told(&app, 1).len(), 1);
    assert_eq!(editor.actions(&app), Vec::<Value>::new());
    editor.parts();
}
