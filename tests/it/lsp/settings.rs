//! What counts in an editor is what counts in a scan of the work tree.

use serde_json::{Value, json};

use super::editor::{Editor, modern, uri};
use crate::common::TestRepo;
use crate::fake;

/// A line with a made-up key.
fn leak(seed: u64) -> String {
    format!("IDEOGRAM_API_KEY = '{}'\n", fake::ideogram_key(seed))
}

/// The codes of what is told.
fn codes(told: &[Value]) -> Vec<&str> {
    told.iter().map(|one| one["code"].as_str().unwrap()).collect()
}

#[test]
fn marks_the_allow_file_and_the_baseline_count() {
    let repo = TestRepo::new();
    repo.write("old.py", leak(1)).stage().commit("old");
    assert_eq!(repo.ideoguard(&["baseline", "create", "--reason", "old", "--who", "me"]).code, 0);
    repo.write(".ideoguard.toml", "[[allow]]\npaths = ['samples/**']\nreason = 'made up'\n");
    let mut editor = Editor::start(&repo);

    for (path, text, expected) in [
        ("old.py", leak(1), vec![]),
        ("samples/a.py", leak(3), vec![]),
        ("marked.py", format!("{} # ideoguard:allow made up\n", leak(4).trim_end()), vec![]),
        ("new.py", leak(5), vec!["ideogram-api-key"]),
    ] {
        let name = uri(repo.path(), path);
        editor.open(&name, "python", &text);
        assert_eq!(codes(&editor.told(&name, 1)), expected, "{path}");
    }
    editor.parts();
}

#[test]
fn what_is_allowed_is_a_hint_when_everything_is_asked_for() {
    let repo = TestRepo::new();
    let mut editor = Editor::with(&repo, &["-v"], modern());
    let app = uri(repo.path(), "app.py");

    editor.open(&app, "python", &format!("{} # ideoguard:allow made up\n", leak(1).trim_end()));

    let told = editor.told(&app, 1);
    assert_eq!(told[0]["severity"], 4);
    assert!(told[0]["message"].as_str().unwrap().contains("allowed, mark: made up"), "{told:?}");
    assert_eq!(editor.actions(&app), Vec::<Value>::new());
    editor.parts();
}

#[test]
fn rules_of_ones_own_find_and_say_so() {
    let repo = TestRepo::new();
    let token = format!("acme_{}", fake::chars(1, fake::BASE62, 24));
    repo.write(
        ".ideoguard.toml",
        "[[rule]]\nid = 'acme-token'\ntitle = 'Acme token'\npattern = 'acme_[0-9A-Za-z]{24}'\n",
    );
    let mut editor = Editor::start(&repo);
    let app = uri(repo.path(), "app.py");

    editor.open(&app, "python", &format!("x = '{token}'\n"));

    assert_eq!(codes(&editor.told(&app, 1)), ["acme-token"]);
    editor.parts();
}

#[test]
fn what_git_ignores_is_left_alone_unless_it_is_tracked() {
    let repo = TestRepo::new();
    repo.write(".gitignore", ".env*\n").write(".env.tracked", "");
    repo.git(&["add", "--force", ".env.tracked"]);
    let mut editor = Editor::start(&repo);

    for (path, expected) in [(".env", vec![]), (".env.tracked", vec!["ideogram-api-key"]), (".git/x", vec![])] {
        let name = uri(repo.path(), path);
        editor.open(&name, "dotenv", &leak(1));
        assert_eq!(codes(&editor.told(&name, 1)), expected, "{path}");
    }
    editor.parts();
}

#[test]
fn a_file_that_comes_to_be_ignored_is_told_of_no_more() {
    let repo = TestRepo::new();
    let mut editor = Editor::start(&repo);
    let env = uri(repo.path(), ".env");
    editor.open(&env, "dotenv", &leak(1));
    assert_eq!(editor.told(&env, 1).len(), 1);

    repo.write(".gitignore", ".env\n");
    editor.save(&uri(repo.path(), ".gitignore"));

    assert_eq!(editor.told(&env, 1).len(), 0);
    editor.parts();
}

#[test]
fn a_wrong_allow_file_is_shown_and_nothing_is_silently_clean() {
    let repo = TestRepo::new();
    repo.write(".ideoguard.toml", "[[allow]]\nrules = ['ideogram-api-key']\npaths = ['x']\n");
    let mut editor = Editor::start(&repo);
    let app = uri(repo.path(), "app.py");

    editor.open(&app, "python", &leak(1));
    let shown = editor.hears("window/showMessage");
    let told = editor.told(&app, 1);

    assert_eq!(shown["type"], 1);
    for words in [&shown["message"], &told[0]["message"]] {
        let words = words.as_str().unwrap();
        assert!(words.contains(".ideoguard.toml:1:1: this entry has no `reason`"), "{words}");
    }
    assert_eq!(codes(&told), ["not-scanned"]);
    editor.parts();
}

#[test]
fn a_mended_allow_file_counts_when_it_is_saved() {
    let repo = TestRepo::new();
    repo.write(".ideoguard.toml", "nonsense\n");
    let mut editor = Editor::start(&repo);
    let app = uri(repo.path(), "app.py");
    editor.open(&app, "python", &leak(1));
    assert_eq!(codes(&editor.told(&app, 1)), ["not-scanned"]);

    repo.write(".ideoguard.toml", "");
    editor.save(&uri(repo.path(), ".ideoguard.toml"));
    assert_eq!(codes(&editor.told(&app, 1)), ["ideogram-api-key"]);

    repo.write(".ideoguard.toml", "[[allow]]\npaths = ['app.py']\nreason = 'made up'\n");
    editor.notify("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    assert_eq!(codes(&editor.told(&app, 1)), Vec::<&str>::new());
    editor.parts();
}

#[test]
fn an_editor_that_can_is_asked_to_watch_what_counts() {
    let repo = TestRepo::new();
    let mut capabilities = modern();
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({ "dynamicRegistration": true });
    let mut editor = Editor::with(&repo, &[], capabilities);

    let asked = editor.hears("client/registerCapability");

    let watchers = asked["registrations"][0]["registerOptions"]["watchers"].to_string();
    for glob in ["**/*.toml", "**/.ideoguard/baseline", "**/.gitignore"] {
        assert!(watchers.contains(glob), "{watchers}");
    }
    editor.parts();
}
