//! Every link within our documents leads to a file and a heading, and every page stands in the list.

use std::collections::BTreeSet;

use super::page::Page;
use super::{pages, source};

/// The targets of links in a text: `[words](target)`, and pictures.
fn targets(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect()
}

/// What a heading is called in links.
fn anchor(heading: &str) -> String {
    let letters = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = letters.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

/// Says what is wrong with a link of a page.
fn problem(page: &str, target: &str) -> Option<String> {
    let (path, heading) = target.split_once('#').unwrap_or((target, ""));
    let file = if path.is_empty() { source(page) } else { source(page).parent()?.join(path) };
    let Ok(text) = std::fs::read(&file) else {
        return Some(format!("{page}: {target} leads to no file"));
    };
    let text = String::from_utf8_lossy(&text);
    let has_it = heading.is_empty() || text.lines().any(|line| line.starts_with('#') && anchor(line) == heading);
    (!has_it).then(|| format!("{page}: {target} leads to no heading"))
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let mut problems = Vec::new();
    let mut count = 0;
    for path in pages() {
        let prose = Page::read(&path).prose();
        let here = targets(&prose).into_iter().filter(|target| !target.contains("://"));
        let found: Vec<_> = here.inspect(|_| count += 1).filter_map(|target| problem(&path, target)).collect();
        problems.extend(found);
    }
    assert_eq!(problems, Vec::<String>::new());
    assert!(count > 20, "there are links to look at");
}

#[test]
fn the_book_lists_every_page_once() {
    let summary = std::fs::read_to_string(source("docs/src/SUMMARY.md")).unwrap();
    let listed = targets(&summary);
    let all: BTreeSet<String> = listed.iter().map(|page| format!("docs/src/{page}")).collect();
    let there: BTreeSet<String> =
        pages().into_iter().filter(|page| !["README.md", "docs/src/SUMMARY.md"].contains(&page.as_str())).collect();

    assert_eq!(all, there);
    assert_eq!(listed.len(), all.len(), "no page is listed twice");
}
