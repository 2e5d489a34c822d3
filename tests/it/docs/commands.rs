//! Every command in a block runs, in order, as its reader runs it; those that do not say why.

use std::thread;

use super::page::Page;
use super::{pages, script};

#[test]
fn every_page_can_be_followed() {
    let follow = |path: String| thread::spawn(move || script::follow(&Page::read(&path)));
    let readers: Vec<_> = pages().into_iter().map(follow).collect();

    let problems: Vec<String> = readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect();

    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

#[test]
fn what_does_not_run_says_why() {
    let mut told = Vec::new();
    for page in pages().iter().map(|path| Page::read(path)) {
        for block in &page.blocks {
            let is_left_out = block.language == "sh,norun";
            let reason = block.mark("norun").unwrap_or_default();
            assert_eq!(is_left_out, !reason.is_empty(), "{}:{}: `sh,norun` and a reason", page.path, block.line);
            if is_left_out {
                told.push(format!("{}: {}: {reason}", page.path, block.lines[0].trim()));
            }
        }
    }
    insta::assert_snapshot!(format!("{} blocks\n{}", told.len(), told.join("\n")));
}

#[test]
fn commands_stand_in_blocks_that_are_run() {
    const KNOWN: &[&str] = &["console", "json", "lua", "python", "sh", "sh,norun", "text", "toml", "yaml"];
    for page in pages().iter().map(|path| Page::read(path)) {
        for block in &page.blocks {
            assert!(KNOWN.contains(&block.language.as_str()), "{}:{}: {}", page.path, block.line, block.language);
        }
    }
}
