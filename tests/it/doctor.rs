//! The security checklist, on example projects that are made up here.

mod environment;
mod fix;
mod go;
mod javascript;
mod jvm;
mod keys;
mod php;
mod python;
mod report;
mod ruby;
mod several;
mod upkeep;

use serde_json::Value;

use crate::common::{Ran, TestRepo};

/// One item of the checklist, as a program reads it.
pub(crate) struct Item(Value);

impl Item {
    /// `pass`, `fail`, `not-applicable` or `unknown`.
    pub(crate) fn verdict(&self) -> &str {
        self.0["verdict"].as_str().unwrap()
    }

    /// What it rests on, a line each: `path:line: words`.
    pub(crate) fn evidence(&self) -> Vec<String> {
        let text = |place: &Value| {
            let says = place["says"].as_str().unwrap();
            match (place["path"].as_str(), place["line"].as_u64()) {
                (Some(path), Some(line)) => format!("{path}:{line}: {says}"),
                (Some(path), None) => format!("{path}: {says}"),
                (None, _) => says.to_owned(),
            }
        };
        self.0["evidence"].as_array().unwrap().iter().map(text).collect()
    }

    /// The reason and everything else that it says, as one text.
    pub(crate) fn text(&self) -> String {
        self.0.to_string()
    }
}

/// Runs the checklist, and returns the item of that name.
#[track_caller]
pub(crate) fn item(repo: &TestRepo, id: &str) -> Item {
    let ran = examined(repo);
    let list: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr));
    let found = list["checks"].as_array().unwrap().iter().find(|check| check["id"] == id).cloned();
    Item(found.unwrap_or_else(|| panic!("there is no item {id}")))
}

/// Runs the checklist for programs.
#[track_caller]
pub(crate) fn examined(repo: &TestRepo) -> Ran {
    repo.ideoguard(&["doctor", "--format", "json", "--no-store"])
}

/// Makes a project of one handler of webhooks, and returns what is said of it.
#[track_caller]
pub(crate) fn handler(path: &str, code: &str) -> Item {
    let repo = TestRepo::new();
    repo.write(path, code);
    item(&repo, "webhook-signatures")
}

/// Says that a handler passes all that is asked of it.
#[track_caller]
pub(crate) fn is_good(path: &str, code: &str) {
    let item = handler(path, code);
    assert_eq!(item.verdict(), "pass", "{:#?}", item.evidence());
    assert_eq!(item.evidence().len(), 3, "signature, window and bytes: {:#?}", item.evidence());
}

/// Says that a handler fails, with these words among the evidence.
#[track_caller]
pub(crate) fn is_bad(path: &str, code: &str, words: &[&str]) {
    let item = handler(path, code);
    assert_eq!(item.verdict(), "fail", "{:#?}", item.evidence());
    for words in words {
        assert!(item.evidence().iter().any(|line| line.contains(words)), "{words}: {:#?}", item.evidence());
    }
}

/// What is said of a signature that is compared byte for byte.
pub(crate) const PLAIN: &str = "compared byte for byte";
/// What is said of a handler that checks no signature.
pub(crate) const UNSIGNED: &str = "checks no signature";
/// What is said of a timestamp that nothing is done with.
pub(crate) const UNUSED: &str = "never compared with the clock";
/// What is said where no timestamp is read.
pub(crate) const AGELESS: &str = "no timestamp is read";
/// What is said of a body that was made anew.
pub(crate) const ANEW: &str = "made anew";
