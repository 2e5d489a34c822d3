//! Commands that are named within a sentence: the program knows them, and each of their options.

use super::page::Page;
use super::{pages, source};
use crate::common::ideoguard_in;

/// What stands between backticks in a text and begins as a command of ours.
fn commands(prose: &str) -> Vec<&str> {
    let code = prose.split('`').skip(1).step_by(2);
    code.filter(|code| code.starts_with("ideoguard ")).collect()
}

/// The help of a command: of as many of its words as are commands.
fn help(words: &[&str]) -> Option<String> {
    let is_word =
        |word: &&&str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') && !word.starts_with('-');
    let named: Vec<&str> = words.iter().take_while(is_word).copied().collect();
    (1..=named.len().min(2)).rev().find_map(|count| {
        let ran = ideoguard_in(&source(""), &[&named[..count], &["--help"]].concat(), b"");
        (ran.code == 0).then_some(ran.stdout)
    })
}

/// Says what is wrong with a command that is named.
fn problem(command: &str) -> Option<String> {
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    let Some(help) = help(&words) else {
        return Some(format!("`{command}` is no command"));
    };
    let options = words.iter().filter(|word| word.starts_with("--")).map(|word| word.split('=').next().unwrap());
    let unknown: Vec<&str> = options.filter(|option| !help.contains(option)).collect();
    (!unknown.is_empty()).then(|| format!("`{command}` has no {unknown:?}"))
}

#[test]
fn every_command_that_a_sentence_names_is_one() {
    let prose: Vec<(String, String)> = pages().into_iter().map(|path| (Page::read(&path).prose(), path)).collect();
    let named: Vec<(&str, &str)> =
        prose.iter().flat_map(|(text, path)| commands(text).into_iter().map(move |one| (path.as_str(), one))).collect();

    let problems: Vec<String> =
        named.iter().filter_map(|(path, one)| problem(one).map(|problem| format!("{path}: {problem}"))).collect();

    assert_eq!(problems, Vec::<String>::new());
    assert!(named.len() > 20, "there are commands to look at");
}
