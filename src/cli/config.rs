//! What configuration files say: what is allowed, and the rules of one's own; with the files that they extend.

use std::path::{Path, PathBuf};

use ideoguard::decide::Policy;
use ideoguard::detect::Engine;
use ideoguard::error::{Error, Result};
use ideoguard::path::RepoPath;
use ideoguard::rules::RuleBook;
use ideoguard::rules::own::{Extended, extended};

use super::scan::today;
use super::text_file::{self, Purpose};

/// As many files may extend each other in a row.
const DEEPEST: usize = 8;

/// What configuration files say, put together.
pub(super) struct Config {
    /// What is allowed.
    pub(super) policy: Policy,
    /// The rules of one's own, and what is changed of others.
    pub(super) rules: RuleBook,
    /// How many files were read.
    pub(super) files: usize,
}

/// A file, and what stands in it.
type Text = (PathBuf, String);

impl Config {
    /// Reads files, in order, each after those that it extends.
    pub(super) fn read<'a>(files: impl IntoIterator<Item = &'a Path>) -> Result<Self> {
        let mut texts = Vec::new();
        for file in files {
            if !texts.iter().any(|(known, _): &Text| same(known, file)) {
                collect(file, &mut Vec::new(), &mut texts)?;
            }
        }
        let mut rules = RuleBook::default();
        for (path, text) in &texts {
            rules.read(path, text)?;
        }
        let mut policy = Policy::none(today());
        for (path, text) in &texts {
            policy = policy.and(Policy::parse_with(path, text, today(), &rules)?);
        }
        Ok(Self { policy, rules, files: texts.len() })
    }

    /// Returns the engine with these rules.
    pub(super) fn engine(&self) -> Engine {
        Engine::with(&self.rules)
    }
}

/// Reads a file and, before it, those that it extends; each once.
fn collect(path: &Path, above: &mut Vec<PathBuf>, texts: &mut Vec<Text>) -> Result<()> {
    let text = text_file::read(path, Purpose::AllowFile)?;
    above.push(path.to_owned());
    for one in extended(path, &text)? {
        let at = |problem: String| wrong(path, &one, problem);
        let is_same = |known: &PathBuf| same(known, &one.path);
        if above.iter().any(is_same) {
            return Err(at("the files extend each other in a ring".to_owned()));
        }
        if above.len() == DEEPEST {
            return Err(at(format!("more than {DEEPEST} files extend each other in a row")));
        }
        if !texts.iter().any(|(known, _)| is_same(known)) {
            let named = || at(format!("it extends `{}`, which is not there", RepoPath::from(one.path.as_path())));
            one.path.symlink_metadata().map_err(|_| named())?;
            collect(&one.path, above, texts)?;
        }
    }
    above.pop();
    texts.push((path.to_owned(), text));
    Ok(())
}

/// Tells whether two paths lead to one file.
fn same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Says what is wrong with a file that another one names.
fn wrong(path: &Path, named: &Extended, problem: String) -> Error {
    Error::Config { path: path.to_owned(), line: named.line, column: named.column, problem }
}
