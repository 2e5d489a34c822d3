//! What configuration files say: what is allowed, and the rules of one's own; with the files that they extend.

use std::path::{Path, PathBuf};

use ideoguard::decide::Policy;
use ideoguard::detect::Engine;
use ideoguard::error::{Error, Result};
use ideoguard::path::RepoPath;
use ideoguard::rules::RuleBook;
use ideoguard::rules::own::{Extended, extended, is_gitleaks};

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
struct Known {
    path: PathBuf,
    text: String,
    /// Whether rules of gitleaks in it that cannot be run are left out.
    is_lenient: bool,
}

impl Config {
    /// Reads files, in order, each after those that it extends.
    pub(super) fn read<'a>(files: impl IntoIterator<Item = &'a Path>) -> Result<Self> {
        let mut texts = Vec::new();
        for file in files {
            if !texts.iter().any(|known: &Known| same(&known.path, file)) {
                collect(file, false, &mut Vec::new(), &mut texts)?;
            }
        }
        let mut rules = RuleBook::default();
        for Known { path, text, is_lenient } in &texts {
            if *is_lenient { rules.read_leniently(path, text) } else { rules.read(path, text) }?;
        }
        let mut policy = Policy::none(today()).with_rules(&rules);
        for Known { path, text, .. } in texts.iter().filter(|one| !is_gitleaks(&one.text)) {
            policy = policy.and(Policy::parse_with(path, text, today(), &rules)?);
        }
        Ok(Self { policy, rules, files: texts.len() })
    }

    /// Says that not all of the files is honoured, if that is so.
    pub(super) fn notice(&self) -> Option<String> {
        let way = "`ideoguard rules check` lists them";
        match self.rules.remarks().len() {
            0 => None,
            1 => Some(format!("1 thing in the rule files is not honoured; {way}")),
            count => Some(format!("{count} things in the rule files are not honoured; {way}")),
        }
    }

    /// Returns the engine with these rules.
    pub(super) fn engine(&self) -> Engine {
        Engine::with(&self.rules)
    }
}

/// Reads a file and, before it, those that it extends; each once.
fn collect(path: &Path, is_lenient: bool, above: &mut Vec<PathBuf>, texts: &mut Vec<Known>) -> Result<()> {
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
        if !texts.iter().any(|known| is_same(&known.path)) {
            let named = || at(format!("it extends `{}`, which is not there", RepoPath::from(one.path.as_path())));
            one.path.symlink_metadata().map_err(|_| named())?;
            collect(&one.path, is_lenient || one.is_lenient, above, texts)?;
        }
    }
    above.pop();
    texts.push(Known { path: path.to_owned(), text, is_lenient });
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
