//! The README's chapter "My key leaked, what now?": every command in it, run from the alarm to a dead key.
#![cfg(target_os = "linux")]

use std::process::Command;
use std::sync::Mutex;

use super::rotate::guided::typed;
use super::{assert_nowhere, key, made_up, name, recorded};
use crate::common::{Ran, TestRepo};
use crate::server::{Act, Server};

/// The commands of the chapter, in order: between backticks, or a line of a block, without its comment.
fn commands() -> Vec<String> {
    let readme = include_str!("../../../README.md");
    let chapter = readme.split("## My key leaked, what now?").nth(1).unwrap().split("\n## ").next().unwrap();
    let mut commands = Vec::new();
    let mut is_block = false;
    for line in chapter.lines() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
        } else if is_block {
            commands.push(line.split(" #").next().unwrap().trim().to_owned());
        } else {
            commands.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    commands.retain(|command| command.starts_with("ideoguard "));
    commands
}

/// A repository into which a key leaked, as whoever gets the alarm finds it.
fn leaked() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("app.py", format!("IDEOGRAM_API_KEY = \"{}\"\n", made_up(1))).stage().commit("bring");
    repo.write("app.py", "import os\nIDEOGRAM_API_KEY = os.environ[\"IDEOGRAM_API_KEY\"]\n").stage().commit("hide");
    repo.write(".env", format!("IDEOGRAM_API_KEY={}\n", made_up(1)));
    repo.write("admin-key", made_up(9));
    Command::new("chmod").arg("600").arg(repo.at("admin-key")).status().unwrap();
    repo
}

/// An account in which the old key is alive when it is asked for first, and was revoked when it is asked for again.
fn account() -> Server {
    let asked = Mutex::new(0);
    Server::start(move |seen| {
        if seen.path == "/v2/account/api-keys" {
            let key = r#"{"api_key_id":"a","redacted_api_key":"Ab1c","creation_time":"1999-01-01T00:00:00Z","status":"active"}"#;
            return Act::Answer(200, format!(r#"{{"api_keys":[{key}]}}"#).into_bytes());
        }
        let mut asked = asked.lock().unwrap();
        let is_old = seen.header("api-key") == made_up(1);
        *asked += u32::from(is_old);
        Act::Answer(if is_old && *asked > 1 { 401 } else { 200 }, vec![])
    })
}

/// Runs a command as the chapter has it, but for the address of the account, and with what a reader puts in.
fn run(repo: &TestRepo, server: &Server, command: &str) -> Ran {
    let base = server.url("");
    match command {
        "ideoguard key rotate" => {
            let answers = [("New key", made_up(2)), ("Replace it", String::new()), ("Is it set", String::new())];
            let mut answers: Vec<(&str, &str)> = answers.iter().map(|(ask, say)| (*ask, say.as_str())).collect();
            answers.push(("Revoke the old key", ""));
            typed(repo, &base, &answers)
        }
        "ideoguard key verify" => key(repo, &["verify", "--base-url", &base], &made_up(1)),
        "ideoguard key account --key-file admin-key" => {
            key(repo, &["account", "--key-file", "admin-key", "--base-url", &base], "")
        }
        other => {
            let words = other.replace("ig1:…", &name(&made_up(1))).replace('"', "");
            repo.ideoguard(&words.split(' ').skip(1).collect::<Vec<_>>())
        }
    }
}

#[test]
fn every_command_of_the_chapter_does_what_it_says() {
    let (repo, server) = (leaked(), account());
    let expected = [
        ("ideoguard scan --history", 1, "Ab1c"),
        ("ideoguard where ig1:…", 1, "git filter-repo"),
        ("ideoguard key verify", 0, "alive: Ab1c…"),
        ("ideoguard key account --key-file admin-key", 1, "active"),
        ("ideoguard key rotate", 0, "rotated: the old key is dead"),
        ("ideoguard where ig1:…", 1, "app.py"),
        ("ideoguard allow ig1:… --reason \"revoked\"", 0, ".ideoguard.toml"),
        ("ideoguard doctor --fix", 1, "11 items"),
        ("ideoguard audit show", 0, "ideoguard.key.rotate.end"),
    ];
    assert_eq!(commands(), expected.map(|(command, _, _)| command), "the story and the README tell the same");

    let told: Vec<Ran> = expected
        .iter()
        .map(|(command, code, says)| {
            let ran = run(&repo, &server, command);
            assert_eq!(ran.code, *code, "{command}: {}{}", ran.stdout, ran.stderr);
            assert!(ran.stdout.contains(says), "{command}: {}{}", ran.stdout, ran.stderr);
            ran
        })
        .collect();

    assert_eq!(std::fs::read_to_string(repo.at(".env")).unwrap(), format!("IDEOGRAM_API_KEY={}\n", made_up(2)));
    assert_eq!(repo.ideoguard(&["scan", "--history"]).code, 0, "what is left in the history is allowed");
    assert!(recorded(&repo).iter().any(|(action, _, _)| action == "ideoguard.key.rotate.end"));
    std::fs::remove_file(repo.at(".env")).unwrap();
    let told: Vec<&Ran> = told.iter().collect();
    assert_nowhere(&repo, &made_up(2), &told);
    assert_nowhere(&repo, &made_up(1), &told);
}
